"""Fetches what to learn from. The store answers in pieces and now and then drops one."""

import os

from dotenv import load_dotenv
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential


class Truncated(Exception):
    """A piece came without its end."""


@retry(
    retry=retry_if_exception_type(Truncated),
    wait=wait_random_exponential(multiplier=0.001, max=0.01),
    stop=stop_after_attempt(4),
    reraise=True,
)
def piece(store, day):
    """The samples of a day."""
    *samples, end = store.samples(day)
    if end != "end":
        raise Truncated(day)
    return samples


def history(store, days):
    """The samples of all days, and how many pieces had to be fetched again."""
    samples, again = [], 0
    for day in days:
        samples += piece(store, day)
        again += piece.retry.statistics["attempt_number"] - 1
    return samples, again


def days_to_learn_from(env_file):
    """How far back to look: set in the file that the image mounts."""
    load_dotenv(env_file)
    return int(os.environ.get("TRAINER_DAYS", "28"))
