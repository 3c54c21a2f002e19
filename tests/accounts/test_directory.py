import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from accounts.directory import UserDirectory
from accounts.user import Role, User
from detection.errors import BadPassword, BadUserName, LastAdmin, UserExists, UserUnknown

PASSWORD = "correct horse"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "glip.sqlite3"


@pytest.fixture
def directory(path: Path) -> Iterator[UserDirectory]:
    directory = UserDirectory(path)
    yield directory
    directory.close()


def test_a_user_signs_in_with_the_right_password_only(directory: UserDirectory) -> None:
    directory.add("ann", PASSWORD, Role.GUEST)
    assert directory.verify("ann", PASSWORD) == User("ann", Role.GUEST)
    assert directory.verify("ann", "wrong horse") is None
    assert directory.verify("bob", PASSWORD) is None


def test_an_unknown_name_costs_as_much_as_a_wrong_password(directory: UserDirectory) -> None:
    directory.add("ann", PASSWORD, Role.GUEST)

    def cost(name: str) -> float:
        start = time.thread_time()
        directory.verify(name, "wrong horse")
        return time.thread_time() - start

    known, unknown = (statistics.median(cost(name) for _ in range(9)) for name in ("ann", "bob"))
    assert 0.7 < unknown / known < 1.4


def test_nobody_signs_in_with_what_stands_in_the_file(directory: UserDirectory, path: Path) -> None:
    directory.add("ann", PASSWORD, Role.GUEST)
    rows = sqlite3.connect(path).execute("SELECT password_hash FROM users").fetchall()
    assert PASSWORD not in rows[0][0]
    assert directory.verify("ann", rows[0][0]) is None


def test_a_new_password_replaces_the_old(directory: UserDirectory) -> None:
    directory.add("ann", PASSWORD, Role.GUEST)
    directory.set_password("ann", "another horse")
    assert directory.verify("ann", PASSWORD) is None
    assert directory.verify("ann", "another horse") is not None


def test_roles_change_and_users_go(directory: UserDirectory) -> None:
    directory.add("ann", PASSWORD, Role.GUEST)
    directory.add("bob", PASSWORD, Role.GUEST)
    directory.set_role("ann", Role.ADMIN)
    directory.remove("bob")
    assert directory.list_users() == [User("ann", Role.ADMIN)]


@pytest.mark.parametrize("name", ["", "a" * 65, "a:b", "ann ", "安", "a/b", "a\n", "<b>"])
def test_names_basic_or_a_page_could_not_carry_are_refused(
    directory: UserDirectory, name: str
) -> None:
    with pytest.raises(BadUserName):
        directory.add(name, PASSWORD, Role.GUEST)


def test_two_names_that_differ_by_case_are_one(directory: UserDirectory) -> None:
    directory.add("Ann", PASSWORD, Role.GUEST)
    with pytest.raises(UserExists):
        directory.add("ANN", PASSWORD, Role.ADMIN)
    assert directory.verify("aNN", PASSWORD) == User("Ann", Role.GUEST)


def test_an_unknown_user_is_an_error(directory: UserDirectory) -> None:
    with pytest.raises(UserUnknown):
        directory.set_password("ann", PASSWORD)
    with pytest.raises(UserUnknown):
        directory.set_role("ann", Role.ADMIN)
    with pytest.raises(UserUnknown):
        directory.remove("ann")


def test_a_short_password_leaves_no_user_behind(directory: UserDirectory) -> None:
    with pytest.raises(BadPassword):
        directory.add("ann", "short", Role.GUEST)
    assert directory.list_users() == []


def test_every_edit_of_another_process_is_seen(directory: UserDirectory, path: Path) -> None:
    other = UserDirectory(path)
    seen = [directory.generation]
    other.add("ann", PASSWORD, Role.GUEST)
    seen.append(directory.generation)
    other.set_password("ann", "another horse")
    seen.append(directory.generation)
    other.set_role("ann", Role.ADMIN)
    seen.append(directory.generation)
    other.remove("ann")
    seen.append(directory.generation)
    other.close()
    assert len(set(seen)) == 5
    assert directory.generation == seen[-1]


def test_a_hash_with_older_parameters_is_renewed_at_sign_in(
    directory: UserDirectory, path: Path
) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    directory.add("ann", PASSWORD, Role.GUEST)
    directory._edit("UPDATE users SET password_hash = ?", old)
    directory.verify("ann", PASSWORD)
    (password_hash,) = sqlite3.connect(path).execute("SELECT password_hash FROM users").fetchone()
    assert password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_first_users_are_generated_once_and_can_sign_in(directory: UserDirectory) -> None:
    generated = directory.ensure_first_users()
    assert sorted(generated) == ["admin", "guest"]
    assert directory.verify("admin", generated["admin"]) == User("admin", Role.ADMIN)
    assert directory.verify("guest", generated["guest"]) == User("guest", Role.GUEST)
    assert directory.ensure_first_users() == {}


def test_a_guest_added_beforehand_does_not_leave_the_house_without_an_admin(
    directory: UserDirectory,
) -> None:
    directory.add("guest", PASSWORD, Role.GUEST)
    assert list(directory.ensure_first_users()) == ["admin"]
    assert directory.verify("guest", PASSWORD) is not None


def test_an_admin_added_beforehand_is_in_charge(directory: UserDirectory) -> None:
    directory.add("ann", PASSWORD, Role.ADMIN)
    assert directory.ensure_first_users() == {}


def test_processes_that_start_together_generate_once(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from accounts.directory import UserDirectory;"
        "print(len(UserDirectory(Path(sys.argv[1])).ensure_first_users()))"
    )
    starts = [
        subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    printed = [start.communicate()[0].strip() for start in starts]
    assert sorted(printed) == ["0", "0", "0", "2"]


def test_many_threads_share_a_directory(directory: UserDirectory) -> None:
    directory.add("ann", PASSWORD, Role.GUEST)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: directory.verify("ann", PASSWORD), range(16)))
    assert answers == [User("ann", Role.GUEST)] * 16


def test_the_last_admin_stays_where_that_is_asked_for(directory: UserDirectory) -> None:
    directory.add("ann", PASSWORD, Role.ADMIN)
    directory.add("bob", PASSWORD, Role.GUEST)
    with pytest.raises(LastAdmin):
        directory.remove("ANN", keep_admin=True)
    with pytest.raises(LastAdmin):
        directory.set_role("ann", Role.GUEST, keep_admin=True)
    with pytest.raises(UserUnknown):
        directory.remove("eve", keep_admin=True)
    directory.set_role("ann", Role.ADMIN, keep_admin=True)
    directory.set_role("bob", Role.ADMIN, keep_admin=True)
    directory.remove("ann", keep_admin=True)
    assert directory.list_users() == [User("bob", Role.ADMIN)]
    directory.remove("bob")  # the command line may: the next start brings a new admin
    assert directory.list_users() == []


def test_admins_who_remove_each_other_leave_one(directory: UserDirectory) -> None:
    names = [f"admin{number}" for number in range(4)]
    for name in names:
        directory.add(name, PASSWORD, Role.ADMIN)

    def remove(name: str) -> bool:
        try:
            directory.remove(name, keep_admin=True)
        except LastAdmin:
            return False
        return True

    with ThreadPoolExecutor() as pool:
        assert sum(pool.map(remove, names)) == 3
    assert len(directory.list_users()) == 1
