from accounts.user import Role, User
from gate.credential_cache import MAX_ENTRIES, TTL_S, CredentialCache
from tests.fakes import FakeClock

ANN = User("ann", Role.GUEST)


def test_what_was_stored_is_found_until_it_expires() -> None:
    clock = FakeClock()
    cache = CredentialCache(clock)
    cache.store(cache.key("Basic a"), ANN, 1)
    clock.advance(TTL_S - 1)
    assert cache.load(cache.key("Basic a"), 1) == ANN
    assert cache.load(cache.key("Basic b"), 1) is None
    clock.advance(1)
    assert cache.load(cache.key("Basic a"), 1) is None


def test_an_edited_directory_empties_it() -> None:
    cache = CredentialCache(FakeClock())
    cache.store(cache.key("Basic a"), ANN, 1)
    assert cache.load(cache.key("Basic a"), 2) is None
    assert cache.load(cache.key("Basic a"), 1) is None


def test_a_verification_begun_before_an_edit_is_of_no_use_after_it() -> None:
    cache = CredentialCache(FakeClock())
    cache.load(cache.key("Basic a"), 2)
    cache.store(cache.key("Basic a"), ANN, 1)
    assert cache.load(cache.key("Basic a"), 2) is None


def test_it_is_bounded() -> None:
    cache = CredentialCache(FakeClock())
    for number in range(MAX_ENTRIES + 1):
        cache.store(cache.key(str(number)), ANN, 1)
    assert len(cache._entries) == MAX_ENTRIES
    assert cache.load(cache.key("0"), 1) is None


def test_keys_differ_between_processes() -> None:
    assert CredentialCache(FakeClock()).key("a") != CredentialCache(FakeClock()).key("a")
