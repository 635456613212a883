"""Fetching what the forge keeps elsewhere (logs, artifacts): its answer is an address that is good for a minute.

Our credential goes to the forge only, never to that address. No more is read than anybody looks at.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
from github.Requester import Requester

TIMEOUT = httpx.Timeout(20.0)
LOOPBACK = ("127.0.0.1", "::1", "localhost")
REDIRECT = frozenset({302, 307})


def download(requester: Requester, path: str, most: int) -> bytes | None:
    """What stands behind a path of the API; None where there is nothing that we may have, or more than ``most``."""
    status, headers, _ = requester.requestJson("GET", path)
    address = str(headers.get("location", ""))
    if status not in REDIRECT or not _is_safe(address):
        return None
    try:
        with httpx.stream("GET", address, timeout=TIMEOUT, follow_redirects=False) as answer:
            return _read(answer, most) if answer.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, httpx.InvalidURL):
        return None


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _read(answer: httpx.Response, most: int) -> bytes | None:
    found = bytearray()
    for piece in answer.iter_bytes():
        found += piece
        if len(found) > most:
            return None
    return bytes(found)
