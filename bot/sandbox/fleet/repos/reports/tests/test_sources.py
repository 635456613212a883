import os

import pytest
from reports.sources import figures, patience

pytestmark = pytest.mark.asyncio(loop_scope="module")


def source(*answers):
    """Gives these answers one after the other; exceptions are raised."""
    left = list(answers)

    async def ask(month):
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


async def test_a_source_that_is_not_ready_is_asked_again():
    assert await figures(source(None, {"energy": 3}), "may") == {"energy": 3}


async def test_a_source_that_never_answers_counts_as_empty():
    assert await figures(source(None, None, None), "may") == {}


async def test_patience_is_the_number_of_questions():
    assert await patience(source(OSError(), {"energy": 3}), "may") == 2


async def test_the_defaults_stand_beside_the_code():
    assert os.environ["REPORTS_CURRENCY"] == "NOK"
