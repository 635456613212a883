"""A mark on a fixture never had an effect, and is an error now.

https://docs.pytest.org/en/stable/deprecations.html#applying-a-mark-to-a-fixture-function
"""

from __future__ import annotations

from transforms.model import Level, Proof
from transforms.pytest_world.proving import SUITE
from transforms.pytest_world.sites import definition, own
from transforms.rewrites import Rewrite, remove
from transforms.rule import Example, Probe, Rule, Verdicts
from transforms.tree import Tree

_MEANT = {
    "usefixtures": "if the other fixture was meant to be set up, make it a parameter",
    "parametrize": "if the fixture was meant to be parametrised, give it `params`",
    "skip": "a test is skipped by its own mark, or by `pytest.skip` in the fixture",
    "skipif": "a test is skipped by its own mark, or by `pytest.skip` in the fixture",
    "xfail": "a test is expected to fail by its own mark",
}


def survey(tree: Tree) -> Verdicts:
    """Every mark among a fixture's decorators."""
    for fixture in own(tree).fixtures:
        marks = [(i, name) for i, name in enumerate(fixture.decorators) if name and name.startswith("pytest.mark.")]
        if not marks or not tree.inside(fixture.path) or (found := definition(tree, fixture)) is None:
            continue
        page, node = found
        for index, name in marks:
            mark = name.removeprefix("pytest.mark.")
            advice = _MEANT.get(mark)
            message = f"mark `{mark}` taken off the fixture `{fixture.fixture}`: it never had an effect"
            level = Level.ADVICE if advice else None
            message = f"{message}; {advice}" if advice else message
            yield Rewrite(node.decorators[index], message, (remove(node.decorators[index]),), (), level, page.path)


_PROBE = Probe(old="1 passed", broken="Marks applied to fixtures have no effect", works="1 passed", command=SUITE)

RULE = Rule(
    id="PYT001",
    title="Marks on fixtures go",
    library="pytest",
    link="https://docs.pytest.org/en/stable/deprecations.html#applying-a-mark-to-a-fixture-function",
    was="`PytestRemovedIn9Warning: Marks applied to fixtures have no effect`",
    now="The same text, and no test of the module is collected; since 9.1 the import of the file fails.",
    proof=Proof.RAN,
    survey=survey,
    examples=(
        Example(
            "above and below the fixture decorator",
            "import pytest\nimport pytest_asyncio\n\n\n@pytest.mark.asyncio\n@pytest_asyncio.fixture\n"
            "async def above():\n    return 1\n\n\n@pytest_asyncio.fixture()\n@pytest.mark.asyncio\n"
            "async def below():\n    return 1\n\n\n@pytest.mark.asyncio\nasync def test_both(above, below):\n"
            "    assert above == below\n",
            "import pytest\nimport pytest_asyncio\n\n\n@pytest_asyncio.fixture\n"
            "async def above():\n    return 1\n\n\n@pytest_asyncio.fixture()\n"
            "async def below():\n    return 1\n\n\n@pytest.mark.asyncio\nasync def test_both(above, below):\n"
            "    assert above == below\n",
            path="test_app.py",
            probe=_PROBE,
        ),
        Example(
            "in a conftest: marks that were meant to do something",
            "import pytest\n\nslow = pytest.mark.slow\n\n\n@slow\n@pytest.mark.usefixtures('tmp_path')\n"
            "@pytest.fixture\ndef number():\n    return 1\n",
            "import pytest\n\nslow = pytest.mark.slow\n\n\n@pytest.fixture\ndef number():\n    return 1\n",
            path="conftest.py",
            others={"test_app.py": "def test_number(number):\n    assert number\n"},
            notes=(7,),
            probe=_PROBE,
        ),
        Example(
            "marks on tests, and on functions that are no fixtures",
            "import pytest\n\n\n@pytest.mark.slow\ndef test_one(): ...\n\n\n"
            "@pytest.mark.slow\ndef helper(): ...\n\n\n"
            "@pytest.fixture(params=[pytest.param(1, marks=pytest.mark.slow)])\ndef number(request): ...\n",
            path="test_app.py",
        ),
    ),
)
