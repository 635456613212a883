"""A retry condition combined with a plain function by ``|`` or ``&`` needs ``retry_any`` or ``retry_all``.

https://github.com/jd/tenacity/releases/tag/8.4.0
"""

from __future__ import annotations

from functools import partial

import libcst as cst

from transforms.definitions import definition
from transforms.model import Level, Proof
from transforms.page import Page
from transforms.references import refer
from transforms.rewrites import Edit, Flag, Rewrite
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tenacity.names import thing


def find(page: Page) -> Verdicts:
    """``condition | function`` and ``condition & function``."""
    for site in page.all(cst.BinaryOperation):
        name = _combiner(site.operator)
        if name is not None and _is_condition(page, site.left) and _is_function(page, site.right):
            yield _verdict(page, site, name)


def _verdict(page: Page, site: cst.BinaryOperation, name: str) -> Rewrite | Flag:
    reference = refer(page, site, f"tenacity.{name}")
    if reference is None or "#" in page.module.code_for_node(site):
        return Flag(site, f"a plain function on the right of a condition: write `{name}(…, …)`")
    text = page.module.code_for_node(reference.expression)
    edit = Edit(site, partial(_called, reference.expression))
    return Rewrite(site, f"a plain function on the right: `{text}(…)`", (edit,), reference.imports)


def _combiner(operator: cst.BaseBinaryOp) -> str | None:
    if isinstance(operator, cst.BitOr):
        return "retry_any"
    return "retry_all" if isinstance(operator, cst.BitAnd) else None


def _is_condition(page: Page, node: cst.BaseExpression) -> bool:
    match node:
        case cst.Call(func=func):
            return (thing(page, func) or "").startswith("retry_")
        case cst.BinaryOperation(left=left, right=right):
            return _combiner(node.operator) is not None and (
                _is_condition(page, left) or _is_condition(page, right)
            )
        case cst.Name():
            bound = [b.node for b in page.bindings(node)]
            return len(bound) == 1 and isinstance(bound[0], cst.Assign) and _is_condition(page, bound[0].value)
    return False


def _is_function(page: Page, node: cst.BaseExpression) -> bool:
    found = definition(page, node)
    return found is not None and not isinstance(found.node, cst.ClassDef)


def _called(callee: cst.BaseExpression, now: cst.BinaryOperation) -> cst.Call:
    """``left | right`` → ``callee(left, right)``; parentheses that only held the operands together go."""
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    right = now.right.with_changes(lpar=(), rpar=())
    return cst.Call(func=callee.deep_clone(), args=(cst.Arg(now.left, comma=comma), cst.Arg(right)))


_OR = """\
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt


def is_empty(state):
    return not state.outcome.failed and not state.outcome.result()


def call(work):
    again = retry_if_exception_type(OSError) | is_empty
    return Retrying(stop=stop_after_attempt(3), retry=again)(work)
"""

_OR_AFTER = _OR.replace(
    "import Retrying, retry_if_exception_type,", "import Retrying, retry_any, retry_if_exception_type,"
).replace("retry_if_exception_type(OSError) | is_empty", "retry_any(retry_if_exception_type(OSError), is_empty)")

_AND = """\
import tenacity

again = tenacity.retry_if_exception_type(OSError) & (lambda state: state.attempt_number < 5)
"""

_AND_AFTER = """\
import tenacity

again = tenacity.retry_all(tenacity.retry_if_exception_type(OSError), lambda state: state.attempt_number < 5)
"""

_BROKEN = """\
from tenacity import retry, retry_if_exception_type


def is_late(state):
    return state.attempt_number > 9


@retry(
    retry=(
        retry_if_exception_type(OSError)
        | is_late
    )
)
def fetch(): ...


@retry(
    retry=retry_if_exception_type(OSError)  # the network
    | is_late
)
def load(): ...
"""

_BROKEN_AFTER = """\
from tenacity import retry, retry_any, retry_if_exception_type


def is_late(state):
    return state.attempt_number > 9


@retry(
    retry=retry_any(retry_if_exception_type(OSError), is_late)
)
def fetch(): ...


@retry(
    retry=retry_if_exception_type(OSError)  # the network
    | is_late
)
def load(): ...
"""

_LEFT = """\
from tenacity import retry_if_exception_type, retry_if_result


def is_empty(state):
    return not state


both = retry_if_exception_type(OSError) | retry_if_result(is_empty)
flags = 1 | 2
union = int | None
sets = set() | is_empty({})
"""

RULE = Rule(
    id="TEN007",
    title="Combining a condition with a plain function",
    library="tenacity",
    link="https://github.com/jd/tenacity/releases/tag/8.4.0",
    was="`retry_if_exception_type(X) | my_function` makes a `retry_any` of both.",
    now="`AttributeError: 'function' object has no attribute '__ror__'`. `retry_any(…, …)` works on both.",
    proof=Proof.RAN,
    level=Level.BREAKS,
    needles=(b"tenacity",),
    apply=find,
    examples=(
        Example(
            title="A function on the right of `|`",
            before=_OR,
            after=_OR_AFTER,
            probe=Probe(
                script="results = iter([0, 0, 7])\nprint('got', call(lambda: next(results)))",
                old="got 7",
                broken="'function' object has no attribute '__ror__'",
                works="got 7",
            ),
        ),
        Example(
            title="A lambda on the right of `&`",
            before=_AND,
            after=_AND_AFTER,
            probe=Probe(
                script="print('fine')",
                old="fine",
                broken="'function' object has no attribute '__rand__'",
                works="fine",
            ),
        ),
        Example(
            title="Over several lines; with a comment inside a person has to do it",
            before=_BROKEN,
            after=_BROKEN_AFTER,
            flags=((18, Level.BREAKS),),
        ),
        Example(title="Conditions among themselves, and other things", before=_LEFT),
    ),
)
