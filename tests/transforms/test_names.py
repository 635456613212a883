"""Whose name is it? What a page resolves, and what it must not take for the library's."""

from __future__ import annotations

import libcst as cst
import pytest

from transforms.page import Page
from transforms.registry import exports
from transforms.tree import Tree


def page(source: str, path: str = "app.py", **others: str) -> Page:
    files = {path: source.encode()} | {
        name.replace(".", "/") + ".py": text.encode() for name, text in others.items()
    }
    found = Tree(files, exports=exports()).page(path)
    assert found is not None
    return found


def resolved(source: str, path: str = "app.py", **others: str) -> str | None:
    """What the function of the last call in the source is called in full."""
    here = page(source, path, **others)
    return here.resolve(here.all(cst.Call)[-1].func)


@pytest.mark.parametrize(
    "source",
    [
        "import tenacity\ntenacity.retry()",
        "import tenacity as t\nt.retry()",
        "from tenacity import retry\nretry()",
        "from tenacity import retry as again\nagain()",
        "from tenacity import *\nretry()",
        "import tenacity.wait\ntenacity.retry()",
        "def f():\n    from tenacity import retry\n    retry()",
        "from tenacity import retry\n\nclass C:\n    retry = 1\n    def f(self):\n        retry()",
        "from tenacity import retry\ndef f(x=retry()): ...",
        "from tenacity import retry\n\n@retry()\ndef f(retry): ...",
        "try:\n    from tenacity import retry\nexcept ImportError:\n    retry = None\nretry()",
        "try:\n    from tenacity import retry\nexcept ImportError:\n    from backoff import retry\nretry()",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from tenacity import retry\nretry()",
        "from tenacity import retry\nprint([retry() for x in y])",
        "from tenacity import retry\ndef f():\n    def g(retry): ...\n    retry()",
    ],
)
def test_the_librarys_thing_however_it_is_spelled(source: str) -> None:
    assert resolved(source) == "tenacity.retry"


@pytest.mark.parametrize(
    "source",
    [
        "retry()",
        "def retry(): ...\nretry()",
        "from tenacity import retry\nretry = print\nretry()",
        "from tenacity import retry\ndef f(retry):\n    retry()",
        "from tenacity import retry\ndef f():\n    retry = 1\n    retry()",
        "from tenacity import retry\ndef f():\n    with x as retry:\n        retry()",
        "from tenacity import retry\ndef f():\n    for retry in x:\n        retry()",
        "from tenacity import retry\ndef f():\n    (retry, y) = x\n    retry()",
        "from tenacity import retry\ndef f():\n    if (retry := x):\n        retry()",
        "from tenacity import retry\n[retry() for retry in x]",
        "from tenacity import retry\n(lambda retry: retry())",
        "from tenacity import retry\ndef f():\n    global retry\n    retry = 2\nretry()",
        "from tenacity import retry\nclass C:\n    retry = 1\n    retry()",
        "from tenacity import retry\nmatch x:\n    case retry:\n        retry()",
        "from tenacity import *\nfrom mine import *\nretry()",
        "from tenacity import *\nasyncio()",
        "self.retry()",
    ],
)
def test_somebody_elses_thing_of_the_same_name(source: str) -> None:
    assert resolved(source) is None


def test_a_module_of_the_service_hides_the_library() -> None:
    assert resolved("from tenacity import retry\nretry()", tenacity="retry = print") is None


def test_a_submodule_named_like_the_library_hides_nothing() -> None:
    assert resolved("from tenacity import retry\nretry()", **{"app.tenacity": "x = 1"}) == "tenacity.retry"


def test_a_relative_import_is_counted_from_the_services_packages() -> None:
    source = "from ..net import fetch\nfetch()"
    here = page(source, "app/jobs/run.py", **{"app.__init__": "", "app.jobs.__init__": "", "app.net": ""})
    (call,) = here.all(cst.Call)
    assert isinstance(call.func, cst.Name)
    assert here.scopes.imported_own(call.func) == "app.net.fetch"
    assert here.tree.find("app.net", here.path) == "app/net.py"


def test_lines_are_those_of_the_file() -> None:
    here = page("\n\n# note\n@deco\ndef f():\n    pass\n")
    (function,) = here.all(cst.FunctionDef)
    assert here.line(function) == 5
    assert here.line(function.decorators[0]) == 4
