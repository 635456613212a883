from api.settings import settings


def test_defaults_hold_when_nobody_says_otherwise(monkeypatch):
    monkeypatch.delenv("API_PAGE", raising=False)
    assert settings()["API_PAGE"] == "50"


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    file = tmp_path / "api.env"
    file.write_text('API_PAGE=20\nAPI_STORE="http://localhost:8080"\n')
    monkeypatch.setenv("API_PAGE", "10")
    assert settings(file) == {"API_PAGE": "10", "API_STORE": "http://localhost:8080"}
