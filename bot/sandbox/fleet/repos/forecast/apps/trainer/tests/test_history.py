import pytest
from trainer.history import Truncated, days_to_learn_from, history


def test_all_days_are_learnt_from(store):
    samples, again = history(store, [0, 1])
    assert len(samples) == 3
    assert again == 0


def test_a_piece_without_its_end_is_fetched_again(dropping_store):
    samples, again = history(dropping_store, [0, 1])
    assert len(samples) == 3
    assert again == 2


def test_a_store_that_never_ends_is_reported(store):
    store.drops = 99
    with pytest.raises(Truncated):
        history(store, [0])


def test_the_mounted_file_says_how_far_to_look(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINER_DAYS", "")
    monkeypatch.delenv("TRAINER_DAYS")
    mounted = tmp_path / "trainer.env"
    mounted.write_text("TRAINER_DAYS=90\n")
    assert days_to_learn_from(mounted) == 90
