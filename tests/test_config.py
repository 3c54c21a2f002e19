"""Settings: where secrets may stand, and that nobody sees them."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError

from config import Settings

PASSWORD = "GLIP_ELASTICSEARCH_PASSWORD"


def password_of(**given: object) -> str:
    return Settings(_env_file=None, **given).elasticsearch_password.get_secret_value()  # type: ignore[arg-type] # as they come


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("from a file\n")
    return path


def test_a_secret_may_stand_in_a_file(secret_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PASSWORD}_FILE", str(secret_file))
    assert password_of() == "from a file"


def test_the_file_may_be_named_in_dot_env(secret_file: Path, tmp_path: Path) -> None:
    dot_env = tmp_path / ".env"
    dot_env.write_text(f"{PASSWORD}_FILE={secret_file}\n")
    settings = Settings(_env_file=dot_env)
    assert settings.elasticsearch_password.get_secret_value() == "from a file"


def test_a_value_that_is_given_counts_more(
    secret_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PASSWORD}_FILE", str(secret_file))
    monkeypatch.setenv(PASSWORD, "given")
    assert password_of() == "given"


def test_only_secrets_are_read_from_files(
    secret_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLIP_HOST_FILE", str(secret_file))
    assert Settings(_env_file=None).host == "127.0.0.1"


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PASSWORD}_FILE", "/nowhere")
    with pytest.raises(SettingsError, match='"elasticsearch_password_file"'):
        password_of()


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "hidden-from-all")
    settings = Settings(_env_file=None)
    assert "hidden-from-all" not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.parametrize(
    "url", ["localhost:9200", "http://user:word@host:9200", "ftp://host", "http://a b"]
)
def test_an_address_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="elasticsearch_url"):
        Settings(_env_file=None, elasticsearch_url=url)
