"""``InfluxDBClient(...)`` said as ``InfluxDBClient3(...)``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from transforms.definitions import assigned
from transforms.influxdb3_python.inf004_timeout import repeatable
from transforms.influxdb3_python.layout import named, separator
from transforms.influxdb_client.hanging import fitted
from transforms.model import Level
from transforms.page import Page
from transforms.rewrites import Edit, Flag, Import, Rewrite, string_value, with_string

_POSITIONS = ("url", "token", "debug", "timeout", "enable_gzip", "org", "default_tags")
_SAME = frozenset(
    {"token", "debug", "enable_gzip", "org", "default_tags", "verify_ssl", "ssl_ca_cert", "cert_file"}
    | {"cert_key_file", "cert_key_password", "ssl_context", "proxy", "proxy_headers", "connection_pool_maxsize"}
    | {"retries", "username", "password", "auth_basic"}
)
_RENAMED = {"url": "host", "bucket": "database"}
_DROPPED = frozenset({"profilers"})
_ADDRESS = re.compile(r"(?P<host>http://(?:\[[^\]]*\]|[^/:]+))(?P<port>:[^/]+)?(?P<rest>.*)")
_PORT = "without a port the 3.x client takes 443 where the 2.x client took 80: said"


@dataclass(frozen=True, slots=True)
class Extra:
    """What a client needs beyond its own arguments: how it writes, and the database."""

    args: tuple[cst.Arg, ...] = ()
    imports: tuple[Import, ...] = ()


def arguments(call: cst.Call) -> dict[str, cst.Arg] | None:
    """The arguments by name; None where some are unpacked."""
    if any(arg.star for arg in call.args) or sum(a.keyword is None for a in call.args) > len(_POSITIONS):
        return None
    return {arg.keyword.value if arg.keyword else _POSITIONS[i]: arg for i, arg in enumerate(call.args)}


def constructed(page: Page, call: cst.Call, extra: Extra) -> Rewrite | Flag:
    """The whole call, or why it cannot be said."""
    told = arguments(call)
    if told is None:
        return Flag(
            call, "arguments are unpacked: name them, `url` is `host` and `org`, `token` stay", file=page.path
        )
    if trouble := next(_troubles(page, told), ""):
        return Flag(call, trouble, file=page.path)
    message, level = _note(told)
    return Rewrite(call, message, (_edit(page, call, extra),), extra.imports, level=level, file=page.path)


def _note(told: dict[str, cst.Arg]) -> tuple[str, Level | None]:
    if _needs_port(told):
        return _PORT, Level.CHANGES_SILENTLY
    if string_value(told["url"].value) is not None:
        return "the 3.x client", None
    return "its URL has to name the port (443 is taken without) and no path (it is dropped)", Level.ADVICE


def _troubles(page: Page, told: dict[str, cst.Arg]) -> Iterator[str]:
    for name, arg in told.items():
        if name not in _SAME | _DROPPED | _RENAMED.keys() | {"timeout"}:
            yield f"the 3.x client has no `{name}=`"
        if name == "timeout" and not repeatable(arg.value):
            yield "`timeout=` becomes `write_timeout=` and `query_timeout=` in milliseconds, one number each"
    if "url" not in told:
        yield "the 3.x client needs a `host=`"
    else:
        yield from _url_troubles(page, told["url"].value)


def _url_troubles(page: Page, url: cst.BaseExpression) -> Iterator[str]:
    value = assigned(page, url)
    if isinstance(url, cst.Name) and url.value == "None":
        yield "the 3.x client makes `https://None:443` of no address: say one"
    literal = string_value(url)
    told = [literal] if literal is not None else [string_value(s) or "" for s in _strings(page, value, url)]
    for text in told:
        _, _, rest = text.partition("://")
        path = "/" + rest.partition("/")[2]
        if "://" not in text:
            if literal is not None:
                yield "the 3.x client takes an address without a scheme for https: say it"
        elif path != "/":
            yield f"the 3.x client drops the path `{path}` of its URL"
        elif literal is None and _lacks_port(text):
            yield "without a port the 3.x client takes 443 where the 2.x client took 80: name it in the URL"


def _strings(
    page: Page, value: tuple[Page, cst.BaseExpression] | None, url: cst.BaseExpression
) -> Iterator[cst.SimpleString]:
    where, node = value or (page, url)
    return (s for s in where.below(node, cst.SimpleString) if (string_value(s) or "").startswith("http"))


def _needs_port(told: dict[str, cst.Arg]) -> bool:
    return _lacks_port(string_value(told["url"].value) or "")


def _lacks_port(text: str) -> bool:
    """Whether an address, or a pattern for one, is plain and names no port."""
    found = _ADDRESS.match(text)
    return found is not None and not found["port"]


def _edit(page: Page, call: cst.Call, extra: Extra) -> Edit:
    between = separator(call)

    def to(now: cst.Call) -> cst.Call:
        names = list(arguments(call) or {})
        new = [arg for name, old in zip(names, now.args, strict=True) for arg in _said(name, old)]
        new += extra.args
        ends = now.args[-1]
        spaced = [a.with_changes(comma=_kept(a, between), whitespace_after_arg=_tight()) for a in new[:-1]]
        last = new[-1].with_changes(comma=ends.comma, whitespace_after_arg=ends.whitespace_after_arg)
        return fitted(page, call, now.with_changes(args=[*spaced, last]))

    return Edit(call, to)


def _kept(arg: cst.Arg, between: cst.Comma) -> cst.Comma:
    """An argument's own comma with the comment behind it, unless it was the last one."""
    space = arg.comma.whitespace_after if isinstance(arg.comma, cst.Comma) else None
    commented = isinstance(space, cst.ParenthesizedWhitespace) and space.first_line.comment is not None
    return arg.comma if commented and isinstance(arg.comma, cst.Comma) else between


def _tight() -> cst.SimpleWhitespace:
    return cst.SimpleWhitespace("")


def _said(name: str, arg: cst.Arg) -> Iterator[cst.Arg]:
    """An old argument as the new ones that say the same."""
    bare = named(name, arg.value).with_changes(comma=arg.comma)
    if name in _DROPPED:
        return
    if name == "timeout":
        yield named("write_timeout", arg.value)
        yield bare.with_changes(keyword=cst.Name("query_timeout"))
    elif name == "url":
        yield bare.with_changes(keyword=cst.Name("host"), value=_with_port(arg.value))
    else:
        yield bare.with_changes(keyword=cst.Name(_RENAMED.get(name, name)))


def _with_port(url: cst.BaseExpression) -> cst.BaseExpression:
    found = _ADDRESS.match(string_value(url) or "")
    if not isinstance(url, cst.SimpleString) or found is None or found["port"]:
        return url
    return with_string(url, f"{found['host']}:80{found['rest']}")
