"""The one way in which this service tries again, so that every channel behaves alike."""

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential


class ChannelDown(Exception):
    """The channel may work in a moment."""


class Patience(Retrying):
    """Try so many times, waiting a little longer every time.

    Every call works on a copy that tenacity makes with settings of its own, so they are passed on.
    """

    def __init__(self, attempts=1, **settings):
        ours = {
            "retry": retry_if_exception_type(ChannelDown),
            "wait": wait_exponential(multiplier=0.001, max=0.01),
            "stop": stop_after_attempt(attempts),
            "reraise": True,
        }
        super().__init__(**{**ours, **settings})
