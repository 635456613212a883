"""Reads a weather station, over a radio that is not always heard."""

from tenacity import retry, retry_if_result, stop_after_attempt, wait_fixed


@retry(
    retry=retry_if_result(lambda bulletin: not bulletin) & (lambda state: state.attempt_number < 3),
    wait=wait_fixed(0.001),
    stop=stop_after_attempt(9),
)
def bulletin(radio):
    """The station's bulletin, empty when it was not heard three times."""
    return radio.listen()


def parse(text):
    """A bulletin's values: ``temperature wind wind wind …``."""
    temperature, *wind = map(float, text.split())
    return temperature, wind
