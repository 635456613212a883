"""Answers of the forge, kept so that it can say "unchanged": one SQLite file, private, bounded, free to be deleted.

Only what was read stands in it, under the identity that read it: no credential. A broken file is begun anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 64 * 1024 * 1024
LARGEST = 4 * 1024 * 1024
_FORM = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, etag TEXT, headers TEXT, body BLOB, pulse TEXT, since REAL, checked REAL, used REAL);
CREATE TABLE IF NOT EXISTS marks (key TEXT PRIMARY KEY, kind TEXT, pulse TEXT, at REAL);
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """``since``: how long it has been the same. ``checked``: when that was last asked, under which ``pulse``."""

    etag: str
    headers: Mapping[str, str]
    body: str
    pulse: str
    since: float
    checked: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A repository was at rest: what its pulse was, read off what, and when."""

    kind: str
    pulse: str
    at: float


class Store:
    """What one identity has read. ``identity`` names the forge and the login, never a token."""

    def __init__(self, path: Path, identity: str, most: int = MOST_BYTES) -> None:
        self._path, self._most = path, most
        self._prefix = hashlib.sha256(identity.encode()).hexdigest()[:16]
        self._lock = threading.Lock()
        self._base = self._opened()

    def close(self) -> None:
        """Throw out what was not used for longest, and close."""
        over = "SELECT key, SUM(LENGTH(body)) OVER (ORDER BY used DESC, key) AS so_far FROM answers"
        self._do(f"DELETE FROM answers WHERE key IN (SELECT key FROM ({over}) WHERE so_far > ?)", self._most)  # noqa: S608
        self._base.close()

    def get(self, address: str) -> Answer | None:
        """What was answered there last."""
        query = "SELECT etag, headers, body, pulse, since, checked FROM answers WHERE key = ?"
        for etag, headers, body, pulse, since, checked in self._do(query, self._key(address)):
            return Answer(etag, json.loads(headers), zlib.decompress(body).decode(), pulse, since, checked)
        return None

    def put(self, address: str, answer: Answer) -> None:
        """Keep an answer in place of the one before."""
        body = zlib.compress(answer.body.encode())
        if len(body) <= LARGEST:
            told = (self._key(address), answer.etag, json.dumps(dict(answer.headers)), body, answer.pulse)
            times = (answer.since, answer.checked, time.time())
            self._do("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *told, *times)

    def same(self, address: str, pulse: str, now: float) -> None:
        """The forge said: unchanged."""
        query = "UPDATE answers SET pulse = ?, checked = ?, used = ? WHERE key = ?"
        self._do(query, pulse, now, time.time(), self._key(address))

    def mark(self, repo: str) -> Mark | None:
        """How the repository was when it was last at rest."""
        found = self._do("SELECT kind, pulse, at FROM marks WHERE key = ?", self._key(repo))
        return Mark(*found[0]) if found else None

    def set_mark(self, repo: str, mark: Mark) -> None:
        """It is at rest."""
        self._do(
            "INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)", self._key(repo), mark.kind, mark.pulse, mark.at
        )

    def _do(self, query: str, *values: Any) -> list[Any]:
        """What goes wrong here costs a request and nothing else."""
        with self._lock:
            try:
                with self._base:
                    return self._base.execute(query, values).fetchall()
            except sqlite3.Error:
                return []

    def _key(self, address: str) -> str:
        return f"{self._prefix} {address}"

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for _ in range(2):
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            base = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
            try:
                if base.execute("PRAGMA user_version").fetchone()[0] in (0, _FORM):
                    base.executescript(_TABLES)
                    base.execute("PRAGMA synchronous = OFF")
                    base.execute(f"PRAGMA user_version = {_FORM}")
                    return base
            except sqlite3.DatabaseError:
                pass
            base.close()
            self._path.unlink(missing_ok=True)
        raise OSError(f"{self._path}: cannot be used")
