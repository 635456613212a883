"""``wait_random_exponential(min=…)`` now keeps its lower bound; before, every wait started at 0.

https://github.com/jd/tenacity/releases/tag/9.0.0
"""

from __future__ import annotations

import libcst as cst

from transforms.model import Level, Proof
from transforms.page import Page
from transforms.rewrites import Flag, argument
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tenacity.names import thing


def find(page: Page) -> Verdicts:
    """Calls that state a lower bound other than nought."""
    for call in page.all(cst.Call):
        if thing(page, call.func) in {"wait_random_exponential", "wait_full_jitter"}:
            lower = argument(call, "min", 3)
            if lower is not None and not _is_nought(lower.value):
                text = page.module.code_for_node(lower.value)
                yield Flag(
                    call,
                    f"no wait is shorter than {text} now; drop `min` to keep the old waits",
                )


def _is_nought(value: cst.BaseExpression) -> bool:
    return isinstance(value, (cst.Integer, cst.Float)) and float(value.evaluated_value) == 0


_WAIT = """\
from tenacity import wait_full_jitter, wait_random_exponential

wait = wait_random_exponential(multiplier=1, min=5, max=10)
same = wait_full_jitter(1, 10, 2, 5)
"""

_LEFT = """\
from mylib import wait_random_exponential as own
from tenacity import wait_exponential, wait_random_exponential

waits = [
    wait_random_exponential(multiplier=1, max=60),
    wait_random_exponential(min=0, max=60),
    wait_exponential(multiplier=1, min=4, max=10),
    own(min=5),
]
"""

_LOWEST = """
class State:
    attempt_number = 1


print("kept" if min(wait(State) for _ in range(300)) >= 5 else "from 0")
"""

RULE = Rule(
    id="TEN006",
    title="`wait_random_exponential(min=…)` keeps its lower bound",
    library="tenacity",
    link="https://github.com/jd/tenacity/releases/tag/9.0.0",
    was="`min` is ignored: waits are drawn from 0 up.",
    now="The lower bound is honoured: of 300 draws with `min=5` none is shorter than 5.",
    plan="The plan renamed `wait_exponential` to `wait_exponential_multiplier`: no such name exists.",
    proof=Proof.RAN,
    level=Level.CHANGES_SILENTLY,
    needles=(b"wait_random_exponential", b"wait_full_jitter"),
    apply=find,
    examples=(
        Example(
            title="A stated lower bound, by keyword and by position",
            before=_WAIT,
            flags=((3, Level.CHANGES_SILENTLY), (4, Level.CHANGES_SILENTLY)),
            probe=Probe(script=_LOWEST, old="from 0", broken="kept"),
        ),
        Example(title="No lower bound, another wait, another library", before=_LEFT),
    ),
)
