import pytest
from store.table import Busy, Table

BATCH = [("quay-1", 0, 1.0), ("quay-1", 60, 1.5)]


def test_new_readings_are_counted(database):
    assert Table(database).write(BATCH) == 2


def test_a_batch_that_comes_twice_counts_once(database):
    table = Table(database)
    table.write(BATCH)
    assert table.write(BATCH) == 0


def test_a_busy_database_is_asked_again_and_the_contention_counted(database):
    table = Table(database)
    database.busy_for = 3
    assert table.write(BATCH) == 2
    assert table.write(BATCH) == 0
    assert table.contention == 3


def test_a_database_that_stays_busy_is_reported(database):
    database.busy_for = 99
    with pytest.raises(Busy):
        Table(database).write(BATCH)
