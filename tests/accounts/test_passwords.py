import pytest
from argon2 import PasswordHasher

from accounts.passwords import generate_password, hash_password, is_password, needs_rehash
from detection.errors import BadPassword


def test_the_hash_is_argon2id_with_the_agreed_cost() -> None:
    assert hash_password("correct horse").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_matches_its_own_hash_only() -> None:
    password_hash = hash_password("correct horse")
    assert is_password("correct horse", password_hash)
    assert not is_password("correct horsf", password_hash)


@pytest.mark.parametrize("password_hash", ["", "secret", "$argon2id$nonsense"])
def test_an_unreadable_hash_matches_nothing(password_hash: str) -> None:
    assert not is_password("", password_hash)


def test_one_or_two_code_points_for_an_accent_are_the_same_password() -> None:
    assert is_password("cafe\u0301 cafe", hash_password("caf\u00e9 cafe"))


def test_a_short_password_is_refused() -> None:
    with pytest.raises(BadPassword, match="limit=8"):
        hash_password("1234567")


def test_a_hash_with_older_parameters_asks_to_be_renewed() -> None:
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))
    assert not needs_rehash(hash_password("correct horse"))


def test_generated_passwords_differ_and_can_be_read_aloud() -> None:
    generated = {generate_password() for _ in range(100)}
    assert len(generated) == 100
    assert not set("".join(generated)) & set("01ilo")
