import pytest
from auth.vault import Sealed


def pytest_report_header(config, startdir):
    return "vault: in memory"


class Vault:
    """Stays sealed for the first reads."""

    def __init__(self, sealed_for=0):
        self.sealed_for = sealed_for

    def read(self, path):
        if self.sealed_for:
            self.sealed_for -= 1
            raise Sealed(path)
        return b"low tide"


@pytest.fixture
def open_vault():
    return Vault()


@pytest.fixture
def opening_vault():
    return Vault(sealed_for=2)


@pytest.fixture
def sealed_vault():
    return Vault(sealed_for=99)
