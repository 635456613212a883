"""Asks the other services for their figures."""

from pathlib import Path

from dotenv import load_dotenv
from tenacity import retry, retry_any, retry_if_exception_type, stop_after_attempt, wait_none

load_dotenv(Path(__file__).with_name("reports.env"))


@retry(
    retry=retry_any(retry_if_exception_type(OSError), lambda state: state.outcome.result() is None),
    wait=wait_none(),
    stop=stop_after_attempt(3),
    retry_error_callback=lambda state: {},
)
async def figures(source, month):
    """A source's figures of a month; none when it does not answer."""
    return await source(month)


async def patience(source, month):
    """How many questions it takes to get a source's figures."""
    await figures(source, month)
    return figures.statistics["attempt_number"]
