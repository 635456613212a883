"""Extra attributes of a controller's subclass are back at their defaults in the copy that runs each decorated call.

https://github.com/jd/tenacity/releases/tag/8.4.2
"""

from __future__ import annotations

import libcst as cst

from transforms.definitions import method
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tenacity.subclasses import SETTINGS, controllers, decorates


def find(page: Page) -> Verdicts:
    """Optional parameters of ``__init__`` beside tenacity's own, in a subclass that passes the rest on."""
    for klass, _ in controllers(page):
        init = method(klass, "__init__")
        if init is None or init.params.star_kwarg is None or method(klass, "copy") is not None:
            continue
        extra = [p.name.value for p in _optional(init) if p.name.value not in SETTINGS]
        if extra and decorates(page, klass):
            names = ", ".join(f"`{name}`" for name in extra)
            yield Flag(
                init, f"the copy that runs each call gets the default of {names}: override `copy()` to hand it on"
            )


def _optional(init: cst.FunctionDef) -> list[cst.Param]:
    return [p for p in (*init.params.params[1:], *init.params.kwonly_params) if p.default is not None]


_STATE = """\
from tenacity import Retrying, stop_after_attempt


class Owned(Retrying):
    def __init__(self, owner="nobody", **kwargs):
        super().__init__(**kwargs)
        self.owner = owner

    def begin(self):
        print("by", self.owner)
        super().begin()


@Owned(owner="orders", stop=stop_after_attempt(2)).wraps
def fetch(): ...
"""

_COPIED = """\
from tenacity import Retrying


class Owned(Retrying):
    def __init__(self, owner="nobody", **kwargs):
        super().__init__(**kwargs)
        self.owner = owner

    def copy(self, **kwargs):
        made = super().copy(**kwargs)
        made.owner = self.owner
        return made


class Plain(Retrying):
    def __init__(self, reraise=True, **kwargs):
        super().__init__(reraise=reraise, **kwargs)


fetch = Owned().wraps(Plain().wraps(print))
"""

RULE = Rule(
    id="TEN009",
    title="A subclass with attributes of its own, used as a decorator",
    library="tenacity",
    link="https://github.com/jd/tenacity/releases/tag/8.4.2",
    was="The object runs every call itself, so its attributes are what they were set to.",
    now="Every call runs on a copy made with tenacity's settings only: extra parameters are at their default.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(b"Retrying",),
    apply=find,
    examples=(
        Example(
            title="A parameter that the copy does not get",
            before=_STATE,
            flags=((5, Level.CHANGES_SILENTLY),),
            probe=Probe(script="fetch()", old="by orders", broken="by nobody"),
        ),
        Example(title="Handed on by copy(), or one of tenacity's own settings", before=_COPIED),
    ),
)
