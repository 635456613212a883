"""Classes of a service that derive from tenacity's controllers, and whether they are used as decorators."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from transforms.page import Page
from transforms.rewrites import dotted_text
from transforms.tenacity.names import CONTROLLERS, thing

SETTINGS = frozenset(
    {"sleep", "stop", "wait", "retry", "before", "after", "before_sleep", "reraise"}
    | {"retry_error_cls", "retry_error_callback"}
)
"""What a copy of a controller is made with."""


def controllers(page: Page) -> Iterator[tuple[cst.ClassDef, str]]:
    """Every class that derives from a controller, and that controller's name."""
    for klass in page.all(cst.ClassDef):
        names = [n for base in klass.bases if (n := thing(page, base.value)) in CONTROLLERS]
        if names and names[0] is not None:
            yield klass, names[0]


def decorates(page: Page, klass: cst.ClassDef) -> bool:
    """Whether somewhere in the service an object of the class wraps a function (each call then works on a copy)."""
    name = klass.name.value
    return any(
        use.attr.value == "wraps" and dotted_text(use.value) != "functools"
        for other in page.tree.pages(name.encode())
        for use in other.all(cst.Attribute)
    )
