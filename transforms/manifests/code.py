"""Requirements written as Python strings (``setup.py``, ``noxfile.py``): read with the parser, never executed."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace

from transforms.manifests.spot import Include, Reading, merged, pep508
from transforms.model import Problem

_HOLDER = re.compile(r"requir|depend|^deps$|^reqs$|extras", re.I)
_INSTALLERS = frozenset({"install", "run_install", "conda_install"})
_OPENING = re.compile(r"[A-Za-z]*(\"\"\"|'''|\"|')")


def read_setup(path: str, words: str) -> Reading:
    """``install_requires`` and its kin, in the call or in a variable."""
    return _read(path, words, "setup.py is code and is not edited", runtime=True)


def read_nox(path: str, words: str) -> Reading:
    """What nox sessions install."""
    return _read(path, words, "noxfile.py is code and is not edited", runtime=False)


def _read(path: str, words: str, skip: str, *, runtime: bool) -> Reading:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(words)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        return Reading(
            problems=(Problem(path, line, f"not valid Python: {error}; mend it and run again"),), partial=True
        )
    starts = _line_starts(words)
    return merged(_one(path, words, starts, found, skip, runtime) for found in dict.fromkeys(_constants(tree)))


def _one(path: str, words: str, starts: list[int], node: ast.Constant, skip: str, runtime: bool) -> Reading:
    value = str(node.value)
    if re.fullmatch(r"[\w./-]+\.(?:txt|in)", value):
        return Reading(includes=(Include(value, node.lineno, sure=False),))
    at = _inner(words, starts, node)
    spot = pep508(path, node.lineno, value, at)
    if spot is None:
        return Reading()
    return Reading((replace(spot, scope=f"{path}:{node.lineno}", skip=skip, runtime=runtime),))


def _constants(tree: ast.Module) -> Iterator[ast.Constant]:
    """Strings held as requirements: in keywords and variables of such a name, and in installer calls."""
    for node in ast.walk(tree):
        for value in _held(node):
            yield from _strings(value)


def _held(node: ast.AST) -> Sequence[ast.expr]:
    if isinstance(node, ast.keyword):
        return [node.value] if _HOLDER.search(node.arg or "") else []
    if isinstance(node, ast.Assign):
        return [node.value] if _HOLDER.search(_names(node.targets)) else []
    if isinstance(node, ast.AnnAssign | ast.AugAssign):
        return [node.value] if node.value and _HOLDER.search(_names([node.target])) else []
    if isinstance(node, ast.Dict):
        return [v for k, v in zip(node.keys, node.values, strict=True) if _HOLDER.search(_text(k))]
    return node.args if isinstance(node, ast.Call) and _installs(node) else []


def _installs(call: ast.Call) -> bool:
    """``session.install(…)``, and ``session.run("pip", "install", …)``."""
    if not isinstance(call.func, ast.Attribute):
        return False
    told = [_text(argument) for argument in call.args]
    return call.func.attr in _INSTALLERS or (
        call.func.attr in {"run", "run_always"} and "pip" in told and "install" in told
    )


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _names(targets: list[ast.expr]) -> str:
    return " ".join(t.id for t in targets if isinstance(t, ast.Name))


def _strings(node: ast.expr) -> Iterator[ast.Constant]:
    """String constants in a display; a dictionary's keys are names of extras, not requirements."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for element in node.elts:
            yield from _strings(element)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _strings(value)
    elif isinstance(node, ast.BinOp):
        yield from _strings(node.left)
        yield from _strings(node.right)
    elif isinstance(node, ast.Starred):
        yield from _strings(node.value)


def _line_starts(words: str) -> list[int]:
    return [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", words))]


def _inner(words: str, starts: list[int], node: ast.Constant) -> int:
    """The offset of the first character inside the quotes. The parser counts columns in UTF-8 bytes."""
    start = starts[node.lineno - 1]
    line = words[start:].partition("\n")[0].encode("utf-8", "surrogateescape")
    at = start + len(line[: node.col_offset].decode("utf-8", "surrogateescape"))
    opening = _OPENING.match(words, at)
    return opening.end() if opening else at
