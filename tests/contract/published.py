"""What GitHub publishes about its own JSON, and how an answer or a webhook of ours differs from it.

Shapes only. GitHub's own recorded traffic fails its description in places, so this judges nobody but the sandbox.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from openapi_schema_validator import OAS30ReadValidator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4, DRAFT7

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".convoy/github-schemas"
_DEEP = ("path", "ref", "branch", "basehead", "name")
"""Parameters in whose place a slash may stand."""
_ERROR = "/components/schemas/basic-error"
_SAME_FOR_ALL = ("304", "400", "401", "403", "404", "422", "502")
"""What may come on every path, whether its description lists it or not."""


@cache
def published(name: str) -> Any:
    """``rest``, ``webhooks`` or ``examples``; fetched when this checkout has not got them yet."""
    subprocess.run([sys.executable, str(ROOT / ".ci/github_schemas.py"), str(FOLDER)], check=True)
    return json.loads((FOLDER / f"{name}.json").read_bytes())


def answer_errors(method: str, path: str, status: int, body: bytes) -> list[str]:
    """How an answer differs from what the API description says of this path and status."""
    template = described(path)
    if template is None:
        return [] if status in (401, 404) else [f"GitHub describes no path like {path}"]
    responses = published("rest")["paths"][template].get(method.lower(), {}).get("responses", {})
    if str(status) not in (*responses, *_SAME_FOR_ALL):
        return [f"GitHub never answers {status} to {method} {template}"]
    pointer = _content(template, method.lower(), str(status), responses.get(str(status), {}))
    if pointer is None and status < 400:
        return [f"GitHub says nothing with {status} to {method} {template}"] if body else []
    return _differences(_rest(pointer or _ERROR), json.loads(body))


def webhook_errors(event: str, payload: dict[str, Any]) -> list[str]:
    """How a webhook's payload differs from the schema of its event and action."""
    name = f"{event}${payload.get('action', 'event')}"
    if name not in published("webhooks")["definitions"]:
        return [f"GitHub sends no {name}"]
    return _differences(_webhook(name), payload)


@cache
def described(path: str) -> str | None:
    """The described path that this one is an instance of: the one with the most words of its own."""
    return next((template for pattern, template in _patterns() if pattern.fullmatch(path)), None)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    templates = sorted(published("rest")["paths"], key=lambda path: (path.count("{"), -len(path)))
    return [(re.compile(_pattern(template)), template) for template in templates]


def _pattern(template: str) -> str:
    parts = re.split(r"\{(\w+)\}", template)
    fields = [".+" if name in _DEEP else "[^/]+" for name in parts[1::2]]
    return "".join(re.escape(word) + field for word, field in zip(parts[::2], [*fields, ""], strict=True))


def _content(template: str, method: str, status: str, response: dict[str, Any]) -> str | None:
    """Where the schema of this answer stands in the description, if it has a body at all."""
    pointer = f"/paths/{template.replace('~', '~0').replace('/', '~1')}/{method}/responses/{status}"
    if "$ref" in response:
        pointer = response["$ref"].removeprefix("#")
        response = published("rest")["components"]["responses"][pointer.rpartition("/")[2]]
    kinds = list(response.get("content", {}))
    return f"{pointer}/content/{kinds[0].replace('/', '~1')}/schema" if kinds else None


@cache
def _rest(pointer: str) -> Validator:
    registry = Registry().with_resource("urn:rest", Resource(published("rest"), DRAFT4))
    quoted = pointer.replace("{", "%7B").replace("}", "%7D")
    return OAS30ReadValidator(
        {"$ref": f"urn:rest#{quoted}"}, registry=registry, format_checker=oas30_format_checker
    )


@cache
def _webhook(name: str) -> Validator:
    registry = Registry().with_resource("urn:webhooks", Resource(published("webhooks"), DRAFT7))
    schema = {"$ref": f"urn:webhooks#/definitions/{name}"}
    return Draft7Validator(schema, registry=registry, format_checker=Draft7Validator.FORMAT_CHECKER)


def _differences(validator: Validator, content: Any) -> list[str]:
    deepest = [best_match([error]) for error in validator.iter_errors(content)]
    return [f"{error.json_path}: {error.message}"[:400] for error in deepest if not _null_allowed(error)]


def _null_allowed(error: Any) -> bool:
    """``nullable`` beside an ``enum`` or a ``oneOf`` without null: a check that still runs has no conclusion.

    The repository of a head whose fork is gone is null too: github/rest-api-description issue 1811 says so, and the
    webhooks' schema.
    """
    if error.instance is not None:
        return False
    return error.schema.get("nullable", False) or error.json_path.endswith(".head.repo")
