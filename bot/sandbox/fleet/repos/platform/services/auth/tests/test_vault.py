import pytest
from auth.vault import Sealed, health, signing_key


def test_an_open_vault_gives_the_key_at_once(open_vault):
    assert signing_key(open_vault) == b"low tide"
    assert health() == {"status": "ok", "attempts": 1}


def test_a_vault_that_opens_late_is_asked_again(opening_vault):
    assert signing_key(opening_vault) == b"low tide"
    assert health() == {"status": "slow vault", "attempts": 3}


def test_a_vault_that_stays_sealed_is_reported(sealed_vault):
    with pytest.raises(Sealed):
        signing_key(sealed_vault)
