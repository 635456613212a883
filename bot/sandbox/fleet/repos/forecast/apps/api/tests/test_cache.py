from api.cache import Cache


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


async def count(key):
    count.calls += 1
    return f"{key} {count.calls}"


def test_an_answer_is_kept_for_a_while(event_loop):
    count.calls, clock = 0, Clock()
    cache = Cache(60, clock)
    event_loop.run_until_complete(cache.get("quay-1", count))
    clock.now = 59
    answer = event_loop.run_until_complete(cache.get("quay-1", count))
    assert answer == "quay-1 1"


def test_and_asked_for_anew_afterwards(event_loop):
    count.calls, clock = 0, Clock()
    cache = Cache(60, clock)
    event_loop.run_until_complete(cache.get("quay-1", count))
    clock.now = 60
    answer = event_loop.run_until_complete(cache.get("quay-1", count))
    assert answer == "quay-1 2"
