"""Where a fixture hands its loop on, and whether what takes it would run a loop that runs already."""

from __future__ import annotations

import ast

import libcst as cst

from transforms.older import parsed
from transforms.page import Page
from transforms.rewrites import dotted_text
from transforms.tree import Tree

_HARMLESS = frozenset(
    {
        "call_at",
        "call_exception_handler",
        "call_later",
        "call_soon",
        "call_soon_threadsafe",
        "create_future",
        "create_task",
        "default_exception_handler",
        "get_debug",
        "get_exception_handler",
        "is_closed",
        "is_running",
        "set_debug",
        "set_default_executor",
        "set_exception_handler",
        "set_task_factory",
        "slow_callback_duration",
        "time",
    }
)
"""What a running loop does as a waiting one."""

_BLOCKING = (b"run_until_complete", b"run_forever")


def only_handed_on(page: Page, name: cst.Name) -> bool:
    """Whether the loop is passed, returned, kept in an attribute, or asked for what a running one does too."""
    match page.parent(name):
        case cst.Arg() | cst.Return() | cst.Yield() | cst.Comparison() | cst.ComparisonTarget():
            return True
        case cst.Attribute(attr=cst.Name(value=method)):
            return method in _HARMLESS
        case cst.Assign(targets=targets):
            return all(isinstance(t.target, cst.Attribute) for t in targets)
    return False


def blocking_taker(page: Page, name: cst.Name) -> str | None:
    """The class or function of the tree that gets the loop as an argument and blocks on some loop."""
    arg = page.parent(name)
    call = page.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(call, cst.Call):
        return None
    taker = (page.resolve(call.func) or dotted_text(call.func) or "").rpartition(".")[2]
    return taker if taker in page.tree.once(blocking_definitions) else None


def blocking_definitions(tree: Tree) -> frozenset[str]:
    """The names of all classes and functions of the tree in which some loop is run. Ask for it with ``once``."""
    found: set[str] = set()
    for path, content in tree.files.items():
        if path.endswith(".py") and any(word in content for word in _BLOCKING):
            found |= _definitions(content)
    return frozenset(found)


def _definitions(content: bytes) -> set[str]:
    try:
        module = parsed(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(module) if isinstance(node, kinds) and _blocks(node)}


def _blocks(node: ast.AST) -> bool:
    words = {word.decode() for word in _BLOCKING}
    return any(isinstance(inner, ast.Attribute) and inner.attr in words for inner in ast.walk(node))
