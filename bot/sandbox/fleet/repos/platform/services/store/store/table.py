"""The table of readings, as far as the rest of the store knows it."""

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random


class Busy(Exception):
    """Somebody else holds the table."""


class Table:
    """Writes batches. A batch that is written twice counts once: a reading's key is its meter and time."""

    def __init__(self, database):
        self.database = database
        self.contention = 0

    @retry(
        retry=retry_if_exception_type(Busy),
        wait=wait_random(0, 0.005),
        stop=stop_after_attempt(6),
        reraise=True,
    )
    def _insert(self, batch):
        return self.database.insert({(meter, at): energy for meter, at, energy in batch})

    def write(self, batch):
        """Write a batch; how many of its readings were new."""
        new = self._insert(batch)
        self.contention += self._insert.retry.statistics["attempt_number"] - 1
        return new
