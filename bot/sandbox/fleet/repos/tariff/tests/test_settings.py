from tariff.settings import Settings, settings

NAMES = ("TARIFF_ZONE", "TARIFF_CURRENCY", "TARIFF_GRID_FEE")


def test_without_an_environment_the_defaults_file_counts(monkeypatch):
    for name in NAMES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    assert settings() == Settings("NO5", "NOK", 0.48)


def test_the_environment_wins_over_the_file(monkeypatch):
    for name, value in zip(NAMES, ("SE3", "SEK", "0.31")):
        monkeypatch.setenv(name, value)
    assert settings() == Settings("SE3", "SEK", 0.31)
