"""How the sandbox says no: GitHub's status codes in GitHub's words. Each door translates them for its clients."""

from __future__ import annotations


class Denied(Exception):
    """A refused request. ``errors`` are the details GitHub adds to a 422."""

    def __init__(self, status: int, message: str, errors: tuple[dict[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    @property
    def words(self) -> str:
        """Everything it said, on one line."""
        return "; ".join([self.message, *(e["message"] for e in self.errors if "message" in e)])


def not_found() -> Denied:
    return Denied(404, "Not Found")


def invalid(resource: str, message: str = "", *, field: str = "", code: str = "custom") -> Denied:
    """A 422 as GitHub writes it."""
    detail = {"resource": resource, "code": code, "field": field, "message": message}
    return Denied(422, "Validation Failed", ({key: value for key, value in detail.items() if value},))
