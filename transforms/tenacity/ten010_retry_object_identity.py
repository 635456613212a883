"""``retry_state.retry_object`` is a copy made for the call, no longer the object that ``f.retry`` is.

https://github.com/jd/tenacity/releases/tag/8.4.2
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts


def find(page: Page) -> Verdicts:
    """``state.retry_object is f.retry`` and its like."""
    for site in page.all(cst.Comparison):
        sides = [site.left, *(c.comparator for c in site.comparisons)]
        compares = all(
            isinstance(c.operator, (cst.Is, cst.IsNot, cst.Equal, cst.NotEqual)) for c in site.comparisons
        )
        names = {side.attr.value for side in sides if isinstance(side, cst.Attribute)}
        if compares and names == {"retry_object", "retry"}:
            yield Flag(site, "never the same object now, since each call works on a copy: compare settings instead")


_SAME = """\
from tenacity import retry, stop_after_attempt


def seen(state):
    print("same", state.retry_object is fetch.retry)


@retry(stop=stop_after_attempt(2), before=seen)
def fetch(): ...
"""

_LEFT = """\
def seen(state, fetch):
    return state.retry_object.stop is fetch.retry.stop and state.retry_object is not None
"""

RULE = Rule(
    id="TEN010",
    title="`retry_state.retry_object` is a copy",
    library="tenacity",
    link="https://github.com/jd/tenacity/releases/tag/8.4.2",
    was="`retry_state.retry_object is f.retry` holds.",
    now="It is False: the state belongs to the copy that runs the call.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(b"retry_object",),
    apply=find,
    examples=(
        Example(
            title="Compared by identity",
            before=_SAME,
            flags=((5, Level.CHANGES_SILENTLY),),
            probe=Probe(script="fetch()", old="same True", broken="same False"),
        ),
        Example(title="Settings compared", before=_LEFT),
    ),
)
