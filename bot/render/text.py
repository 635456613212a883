"""Text from a repository made safe to stand in our Markdown. Everything that is not ``Md`` gets escaped.

GitHub finds mentions, references and bare links in the *rendered* text, so an entity for ``@`` would not help: a
zero-width space behind it does. What Markdown itself would read is escaped with a backslash or an entity.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, urlsplit

_ZWSP = "\u200b"
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)")
_SPEAKING = re.compile(r"@|#(?=\w)|(?<=[gG][hH]-)(?=\d)|(?<=:)(?=//)|(?<=[wW]{3})(?=\.)")
_LEADING = re.compile(r"^(?=[-+=#](?:[-+=#\s]|$))|^\d+(?=[.)](?:\s|$))")
_COMMAND = re.compile(r"/(?=convoy)", re.IGNORECASE)
_TAME = re.compile(r"[\w .,:;/+=<>()\[\]{}~^%?'\"*$&#…→-]*")
_ENTITIES = {c: f"\\{c}" for c in "\\*_[]~$!"} | {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "`": "&#96;", _ZWSP: "&#8203;"
}  # fmt: skip


class Md(str):
    """Markdown of our own making: the only text that the templates print as it is."""

    __slots__ = ()


def escape(text: str) -> Md:
    """One line of text that shows as written and does nothing: no mention, reference, link, tag, cell or list."""
    quiet = _LEADING.sub(lambda m: m[0] + _ZWSP, _COMMAND.sub("/" + _ZWSP, plain(text)))
    return Md("".join(_ENTITIES.get(c, c) for c in quiet))


def code(text: str) -> Md:
    """A code span. Backticks when the text is harmless, else ``<code>`` around the escaped text."""
    line = one_line(text)
    if not line:
        return Md("")
    if _TAME.fullmatch(line) and "<!" not in line and "/convoy" not in line.lower():
        return Md(f"`{line}`")
    return Md(f"<code>{escape(line)}</code>")


def prose(text: str) -> Md:
    """A sentence of a rule's, which may hold words in backticks: those become code spans, the rest is escaped."""
    line = one_line(text)
    parts = line.split("`") if line.count("`") % 2 == 0 else [line]
    return Md("".join(code(part) if i % 2 else _inner(part) for i, part in enumerate(parts)))


def fence(text: str, lines: int = 12, width: int = 160) -> Md:
    """A block of somebody's output that cannot close its own fence, start a command or carry a marker."""
    shown = [one_line(raw, keep_indent=True) for raw in _ANSI.sub("", text).splitlines()]
    cut = [clip(line, width) for line in shown[:lines]]
    if len(shown) > lines:
        cut.append(f"… {len(shown) - lines} more lines")
    inner = "\n".join(cut).replace("<!--", f"<!{_ZWSP}--")
    inner = _COMMAND.sub("/" + _ZWSP, inner)
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", inner)), default=0))
    return Md(f"{ticks}text\n{inner}\n{ticks}")


def link(shown: str, url: str) -> Md:
    """A link when the address is plain http(s), else only the words. ``Md`` words stay as they are."""
    words = shown if isinstance(shown, Md) else escape(shown)
    return Md(f"[{words}]({address})") if (address := _address(url)) else Md(words)


def plain(text: str) -> str:
    """One line for commit messages and titles, where nothing is escaped but mentions and references still work."""
    return _SPEAKING.sub(lambda m: m[0] + _ZWSP, one_line(text))


def joined(parts: list[Md], separator: str = ", ") -> Md:
    """Our own Markdown, one after the other."""
    return Md(separator.join(parts))


def clip(text: str, width: int) -> str:
    """At most ``width`` characters, with an ellipsis when something is gone."""
    return text if len(text) <= width else text[: width - 1] + "…"


def one_line(text: str, keep_indent: bool = False) -> str:
    """Without controls, direction overrides and lone surrogates; any other white space is one blank."""
    cleaned = "".join(_KINDS.get(unicodedata.category(c), str)(c) for c in text)
    return cleaned.rstrip().replace("\t", "    ") if keep_indent else " ".join(cleaned.split())


def _inner(part: str) -> str:
    """Escaped, with the blanks that it has at its ends."""
    lead, tail = " " * part.startswith(" "), " " * (part.endswith(" ") and bool(part.strip()))
    return f"{lead}{escape(part)}{tail}"


def _blank(char: str) -> str:
    return " "


def _tab_or_nothing(char: str) -> str:
    return char if char == "\t" else " " if char.isspace() else ""


_KINDS: dict[str, Callable[[str], str]] = {
    "Cc": _tab_or_nothing,
    "Cf": lambda _: "",
    "Cs": lambda _: "\ufffd",
    "Zl": _blank,
    "Zp": _blank,
}


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    return quote(url.encode("utf-8", "replace"), safe="/:?#=&%+,;~-._")
