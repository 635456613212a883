"""The log of a server: one line for each thing, on standard error, in which no secret ever stands."""

from __future__ import annotations

import logging
from base64 import b64encode
from urllib.parse import quote

from bot.cli.out import visible


class OneLine(logging.Formatter):
    """Somebody else's text cannot break the line or steer a terminal. Secrets are a second time kept out here."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._secrets = {form for secret in secrets for form in _forms(secret)}

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return visible(line)


def logging_to_stderr(*secrets: str) -> None:
    """Our own lines from INFO on, others' from WARNING on; what strangers send to a listener is no news."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(secrets))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("convoy").setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.ERROR)


def _forms(secret: str) -> set[str]:
    basic = b64encode(f"x-access-token:{secret}".encode()).decode()
    return {secret, quote(secret, safe=""), basic}
