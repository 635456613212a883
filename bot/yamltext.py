"""YAML as plain data that still knows where each value stood, so that a complaint can name file, line and column.

Built on PyYAML's node tree with the safe tags only. Hostile text is expected: size, depth, and the number of values
after aliases and merges are bounded, keys are text as written, and the one exception is ``YamlError``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

Path = tuple[str | int, ...]

MAX_BYTES = 512 * 1024
MAX_DEPTH = 64
MAX_VALUES = 50_000


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the text, both 1-based."""

    line: int
    column: int


class YamlError(Exception):
    """The text is not YAML that we accept. ``mark`` is where, when it is known."""

    def __init__(self, message: str, mark: Mark | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark


@dataclass(frozen=True, slots=True)
class Document:
    """The data, and for every path in it the place of its key and of its value."""

    data: object
    keys: Mapping[Path, Mark]
    values: Mapping[Path, Mark]


def parse(text: str, *, local_tags: bool = False) -> Document:
    """Read one YAML document. An empty text is None. Raises YamlError and nothing else.

    With ``local_tags`` a value under an application's own tag (``!reset``) is the text as written.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise YamlError(f"larger than {MAX_BYTES // 1024} KiB")
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        builder = _Builder(loader, local_tags)
        return Document(builder.build(node, ()) if node else None, builder.keys, builder.values)
    except yaml.MarkedYAMLError as error:
        raise YamlError(_words(error), _mark(error.problem_mark)) from None
    except yaml.reader.ReaderError as error:
        raise YamlError("a character that YAML does not allow", _place(text, error.position)) from None
    except RecursionError:
        raise YamlError("nested too deeply") from None


@dataclass
class _Builder:
    loader: yaml.SafeLoader
    local_tags: bool
    keys: dict[Path, Mark] = field(default_factory=dict)
    values: dict[Path, Mark] = field(default_factory=dict)
    left: int = MAX_VALUES

    def build(self, node: yaml.Node, path: Path) -> object:
        mark = _mark(node.start_mark)
        self.left -= 1
        if self.left < 0:
            raise YamlError(f"more than {MAX_VALUES} values after following aliases", mark)
        if len(path) > MAX_DEPTH:
            raise YamlError("nested too deeply, or an alias inside itself", mark)
        self.values[path] = mark or Mark(1, 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        own: dict[str, object] = {}
        merged: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise YamlError("a key that is not plain text", _mark(key.start_mark))
            if key.tag == "tag:yaml.org,2002:merge":
                for part in self._merged(value, path):
                    merged = part | merged
                continue
            if key.value in own:
                raise YamlError(f'the key "{key.value}" stands here twice', _mark(key.start_mark))
            self.keys[(*path, key.value)] = _mark(key.start_mark) or Mark(1, 1)
            own[key.value] = self.build(value, (*path, key.value))
        return merged | own

    def _merged(self, value: yaml.Node, path: Path) -> Iterator[dict[str, object]]:
        """``<<: *base`` and ``<<: [*base, *more]``; earlier ones win, as YAML says."""
        parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
        for part in parts:
            if not isinstance(part, yaml.MappingNode):
                raise YamlError("<< wants a mapping", _mark(value.start_mark))
            built = self.build(part, path)
            assert isinstance(built, dict)
            yield built

    def _scalar(self, node: yaml.Node) -> object:
        if self.local_tags and node.tag.startswith("!"):
            return node.value
        try:
            return self.loader.construct_object(node, deep=True)
        except (ValueError, OverflowError):
            raise YamlError(f"cannot be read as {node.tag.rpartition(':')[2]}", _mark(node.start_mark)) from None


def _mark(mark: yaml.Mark | None) -> Mark | None:
    return Mark(mark.line + 1, mark.column + 1) if mark else None


def _place(text: str, position: int) -> Mark:
    before = text[:position]
    return Mark(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)


def _words(error: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (error.problem, error.context) if part)
