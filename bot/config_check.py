"""Checking a ``config.yaml`` and complaining about it in plain words, each with file, line and column."""

from __future__ import annotations

import re

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot import yamltext
from bot.config import ConfigError, suggestion
from bot.config_file import (
    CommitSection,
    ConfigFile,
    ForgeSection,
    FreezeSection,
    OrganisationSection,
    PolicySection,
    ScheduleSection,
    ServiceSection,
    WindowSection,
)

SECTIONS: dict[str | int, type[BaseModel]] = {
    "policy": PolicySection,
    "forge": ForgeSection,
    "services": ServiceSection,
    "commit": CommitSection,
    "repositories": OrganisationSection,
}
TAGS = ("by_name", "of_owner")
"""What pydantic puts into a place to tell the kinds of entries apart."""

POLICY: dict[str | int, type[BaseModel]] = {
    "schedule": ScheduleSection,
    "windows": WindowSection,
    "freeze": FreezeSection,
}
"""Sections inside the policy."""

KINDS = {
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of names to settings",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "too_short": "must name at least one",
    "missing": "is missing",
}

PATTERNS = {
    "campaign": "must be letters, digits, - and _ only, since it becomes part of branch names",
    "home": "must be a repository as owner/name",
    "repo": "must be a repository as owner/name",
    "repositories": "must name repositories as owner/name",
    "organisation": "must be the name of an account",
    "include": "must be patterns such as svc-*",
    "exclude": "must be patterns such as svc-*",
}


def check(text: str, name: str) -> ConfigFile:
    """The file's content, or ConfigError with every complaint in the order of the text."""
    try:
        document = yamltext.parse(text)
    except yamltext.YamlError as error:
        raise ConfigError((f"{_at(name, error.mark)}: {error.message}",)) from None
    try:
        return ConfigFile.model_validate({} if document.data is None else document.data)
    except ValidationError as found:
        errors = sorted(_complaint(error, document) for error in found.errors())
        raise ConfigError(tuple(f"{_at(name, mark)}: {words}" for mark, words in errors)) from None


def _at(name: str, mark: yamltext.Mark | None) -> str:
    return f"{name}:{mark.line}:{mark.column}" if mark else name


def _complaint(error: ErrorDetails, document: yamltext.Document) -> tuple[yamltext.Mark, str]:
    path = tuple(part for part in error["loc"] if part not in TAGS)
    if error["type"] == "extra_forbidden":
        return document.keys.get(path, yamltext.Mark(1, 1)), _unknown(path)
    at = path[:-1] if error["type"] == "missing" else path
    return document.values.get(at, yamltext.Mark(1, 1)), f"{_dotted(path)} {_wants(error)}"


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in path if not isinstance(part, int)) or "the file"


def _unknown(path: tuple[str | int, ...]) -> str:
    *where, key = path
    words = f'unknown key "{key}" ' + (f"under {_dotted(tuple(where))}" if where else "at the top level")
    inner = [part for part in where if part in POLICY] if where[:1] == ["policy"] else []
    section = POLICY[inner[-1]] if inner else SECTIONS[where[0]] if where else ConfigFile
    known = list(section.model_fields)
    homes = [f"under {home}" for home, section in SECTIONS.items() if key in section.model_fields]
    homes += ["at the top level"] if key in ConfigFile.model_fields else []
    if homes:
        return f"{words}; it belongs {homes[0]}"
    return words + (suggestion(str(key), known) or f"; known are {', '.join(known)}")


def _wants(error: ErrorDetails) -> str:
    kind, got, context = error["type"], error["input"], error.get("ctx", {})
    match kind:
        case "value_error":
            return str(context["error"])
        case "missing":
            return "is missing"
        case "literal_error":
            choices = re.findall(r"'([^']*)'", context["expected"])
            near = suggestion(got, choices) if isinstance(got, str) else ""
            return f"must be one of {', '.join(choices)}, not {_shown(got)}{near}"
        case "string_pattern_mismatch":
            key = [part for part in error["loc"] if isinstance(part, str) and part not in TAGS][-1]
            return f"{PATTERNS[key]}, not {_shown(got)}"
        case "greater_than_equal":
            return f"must be at least {context['ge']}, not {_shown(got)}"
        case "less_than_equal":
            return f"must be at most {context['le']}, not {_shown(got)}"
    return f"{KINDS.get(kind, error['msg'])}, not {_shown(got)}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list" if value else "an empty list"
    return f'"{value}"'[:80] if isinstance(value, str) else str(value)[:80]
