"""How the examples of pytest's rules are run: as small test suites."""

from transforms.rule import Environments

SUITE = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")


def failing_on(message: str) -> tuple[str, ...]:
    """The suite, with one warning as an error: for changes that by themselves only warn."""
    return (*SUITE, "-W", f"error:{message}")


ENVIRONMENTS = Environments(
    old=("pytest==8.3.4", "pytest-asyncio==0.23.8"),
    target=("pytest==9.0.2", "pytest-asyncio==1.3.0"),
    newest=("pytest==9.2.0", "pytest-asyncio==1.5.0"),
    subject="test runs",
    method="Small suites are run by pytest, with tests, fixtures and configuration as the examples have them.",
)
"""The two move together, so they are proven together. 0.23.8, since 0.23.0 crashes under pytest 8.3."""
