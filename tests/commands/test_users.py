"""`cli.py users`."""

from pathlib import Path

import pytest

from accounts.directory import UserDirectory
from accounts.user import Role, User
from tests.commands.calls import call

PASSWORD = "correct horse battery"


def test_a_user_can_be_added_before_the_first_start(tmp_path: Path) -> None:
    result = call(
        tmp_path,
        "users",
        "add",
        "ann",
        "--role",
        "admin",
        "--password-stdin",
        stdin=f"{PASSWORD}\n",
    )
    assert result.exit_code == 0
    directory = UserDirectory(tmp_path / "glip.sqlite3")
    assert directory.verify("ann", PASSWORD) == User("ann", Role.ADMIN)
    directory.close()


def test_a_password_typed_otherwise_the_second_time_changes_nothing(tmp_path: Path) -> None:
    result = call(tmp_path, "users", "add", "ann", stdin=f"{PASSWORD}\nsomething else\n")
    assert result.exit_code == 2
    assert "differ" in result.stderr
    assert call(tmp_path, "users", "list").stdout == ""


def test_users_are_listed_changed_and_removed(tmp_path: Path) -> None:
    call(tmp_path, "users", "add", "ann", "--password-stdin", stdin=PASSWORD)
    call(tmp_path, "users", "role", "ann", "admin")
    assert call(tmp_path, "users", "list").stdout == "admin\tann\n"
    assert call(tmp_path, "users", "remove", "ann").exit_code == 0
    assert call(tmp_path, "users", "list").stdout == ""


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("users", "add", "ann", "--password-stdin"), "short"),
        (("users", "add", "an n", "--password-stdin"), PASSWORD),
        (("users", "passwd", "nobody", "--password-stdin"), PASSWORD),
        (("users", "remove", "nobody"), ""),
    ],
    ids=["a short password", "a name with a space", "an unknown name", "removing nobody"],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, words: tuple[str, ...], stdin: str
) -> None:
    result = call(tmp_path, *words, stdin=stdin)
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert "Traceback" not in result.output
