"""Reads the signing key from the vault, which refuses while it is being unsealed."""

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential


class Sealed(Exception):
    """The vault is up but not open yet."""


@retry(
    retry=retry_if_exception_type(Sealed),
    wait=wait_exponential(multiplier=0.001, max=0.01),
    stop=stop_after_attempt(5),
    reraise=True,
)
def signing_key(vault):
    """The key, as soon as the vault opens."""
    return vault.read("meters/signing-key")


def health():
    """What the readiness probe shows: how many attempts the last read of the key took."""
    attempts = signing_key.retry.statistics["attempt_number"]
    return {"status": "ok" if attempts == 1 else "slow vault", "attempts": attempts}
