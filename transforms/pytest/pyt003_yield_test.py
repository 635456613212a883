"""A test with ``yield`` fails the collection of its module; it was an expected failure.

https://docs.pytest.org/en/stable/deprecations.html#yield-tests
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import own
from transforms.rewrites import Flag
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree


def survey(tree: Tree) -> Verdicts:
    """Sync tests that are generators, under no decorator that could change that."""
    world = own(tree)
    for test in world.tests:
        plain = all(name is not None and name.startswith("pytest.") for name in test.decorators)
        if (
            test.is_generator
            and not test.is_async
            and plain
            and not world.is_unittest(test)
            and tree.inside(test.path)
        ):
            message = "a test may not `yield`: its whole module is not collected any more; parametrise it instead"
            yield Flag(test.line, message, file=test.path)


RULE = Rule(
    id="PYT003",
    title="Tests with `yield`",
    library="pytest",
    link="https://docs.pytest.org/en/stable/deprecations.html#yield-tests",
    was="The test was reported as an expected failure and never ran.",
    now="`'yield' keyword is allowed in fixtures, but not in tests`: the whole module is not collected",
    proof=Proof.RAN,
    level=Level.BREAKS,
    survey=survey,
    examples=(
        Example(
            "a generator of checks",
            "def check(n):\n    assert n\n\n\ndef test_numbers():\n"
            "    for n in (1, 2):\n        yield check, n\n\n\n"
            "def test_other():\n    assert True\n",
            path="test_app.py",
            flags=((5, Level.BREAKS),),
            probe=Probe(old="1 passed, 1 xfailed", broken="but not in tests", command=SUITE),
        ),
        Example(
            "generators inside a test, fixtures, helpers, and what a decorator may turn into a test",
            "import contextlib\n\nimport pytest\n\n\n@pytest.fixture\ndef thing():\n    yield 1\n\n\n"
            "def test_thing(thing):\n    def numbers():\n        yield thing\n\n"
            "    assert list(numbers()) == [1]\n\n\n"
            "def numbers():\n    yield 1\n\n\n@contextlib.contextmanager\ndef test_context():\n    yield\n",
            path="test_app.py",
        ),
    ),
)
