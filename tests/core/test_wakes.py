"""Wakes coalesce, and none is lost between two looks."""

import threading

from bot.wakes import Wakes


def test_many_wakes_of_one_repository_are_one_look() -> None:
    wakes = Wakes()
    for _ in range(5):
        wakes.add("acme/shop")
    wakes.add("acme/hub")
    assert wakes.take() == {"acme/shop", "acme/hub"}
    assert wakes.take() == frozenset()


def test_whoever_waits_is_told_at_once_and_without_a_wake_gives_up() -> None:
    wakes = Wakes()
    assert not wakes.wait(0)
    waker = threading.Thread(target=wakes.add, args=("acme/shop",))
    waker.start()
    assert wakes.wait(10)
    waker.join()
    assert wakes.take() == {"acme/shop"}


def test_once_closed_nobody_waits() -> None:
    wakes = Wakes()
    closer = threading.Thread(target=wakes.close)
    closer.start()
    assert not wakes.wait(10)
    closer.join()
    assert not wakes.wait(10)
