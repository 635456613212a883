import asyncio

import pytest
from store.table import Busy


@pytest.fixture(scope="session")
def event_loop():
    """One loop for all tests: the intake's queue belongs to the process."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


class Database:
    """Keeps rows in memory and is busy for the first calls."""

    def __init__(self):
        self.rows = {}
        self.busy_for = 0

    def insert(self, rows):
        if self.busy_for:
            self.busy_for -= 1
            raise Busy
        new = len(rows.keys() - self.rows.keys())
        self.rows.update(rows)
        return new


@pytest.fixture
def database():
    return Database()
