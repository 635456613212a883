"""Tokens are the meter's name and a signature; they do not expire, a key rotation ends them all."""

import hmac


def sign(meter, key):
    """A token for this meter."""
    return f"{meter}.{_signature(meter, key)}"


def meter_of(token, key):
    """The meter that this token belongs to, or None when nobody signed it."""
    meter, _, signature = token.rpartition(".")
    return meter if hmac.compare_digest(signature, _signature(meter, key)) else None


def _signature(meter, key):
    return hmac.new(key, meter.encode(), "sha256").hexdigest()[:32]
