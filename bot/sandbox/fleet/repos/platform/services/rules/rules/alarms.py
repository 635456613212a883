"""Alarms that were raised, and the horn that is told about each of them once."""

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_none

raised = set()


class HornError(Exception):
    def __init__(self, code):
        super().__init__(f"the horn answered {code}")
        self.code = code


def is_overloaded(state):
    """Whether the horn asked for patience rather than refused."""
    error = state.outcome.exception()
    return isinstance(error, HornError) and error.code == 503


@retry(
    retry=retry_if_exception_type(OSError) | is_overloaded,
    wait=wait_none(),
    stop=stop_after_attempt(4),
    reraise=True,
)
async def sound(horn, meter):
    """Sound the horn for a meter."""
    await horn.sound(meter)


async def judge(rules, readings, horn):
    """Raise what is broken, once, until it is whole again."""
    for rule in rules:
        if not rule.broken_by(readings):
            raised.discard(rule.meter)
        elif rule.meter not in raised:
            await sound(horn, rule.meter)
            raised.add(rule.meter)
