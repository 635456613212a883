"""One PyGithub client for each account, as the app's tokens are; a single one where one token opens everything."""

from __future__ import annotations

import threading

from bot.adapters.credentials import Access, AppAccess
from bot.adapters.pace import Pace
from bot.adapters.wire import Client, Shelf, connect


class Clients:
    """Clients made when they are needed, on one shelf of answers."""

    def __init__(self, url: str, access: Access, shelf: Shelf, *, throttled: bool = True) -> None:
        self._url, self._access, self._shelf, self._throttled = url, access, shelf, throttled
        self._made: dict[str, Client] = {}
        self._lock = threading.Lock()

    @property
    def installed(self) -> bool:
        """An app, which sees what it was installed on and no more."""
        return isinstance(self._access, AppAccess)

    def of(self, repo: str) -> Client:
        """The client for this repository, or for an account."""
        owner = repo.partition("/")[0].lower() if self.installed else ""
        with self._lock:
            if owner not in self._made:
                self._made[owner] = connect(
                    self._url, self._access.auth(owner), throttled=self._throttled, shelf=self._shelf, pace=Pace()
                )
            return self._made[owner]

    def strain(self) -> str:
        """Why nothing new is to be begun, by the tightest limit of all; or nothing."""
        return next((why for client in self._made.values() if (why := client.strain())), "")

    def close(self) -> None:
        """Close the connections."""
        for client in self._made.values():
            client.close()
