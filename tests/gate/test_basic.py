import asyncio
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from accounts.directory import UserDirectory
from accounts.limits import LimitRules, Limits
from accounts.user import Role, User
from detection.errors import Overloaded, TooManyRequests
from gate.authenticator import SignInRequired
from gate.basic import MAX_WAITING, BasicAuthenticator, parse_basic
from monitoring.metrics import Metrics
from tests.fakes import FakeClock

PASSWORD = "correct horse"
ANN = User("ann", Role.GUEST)


class Directory:
    """Counts and can hold up verifications; knows ann."""

    def __init__(self) -> None:
        self.generation = 0
        self.verified: list[str] = []
        self.was_asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def verify(self, name: str, password: str) -> User | None:
        self.verified.append(name)
        self.was_asked.set()
        assert self.may_answer.wait(5)
        return ANN if (name, password) == ("ann", PASSWORD) else None


class Door:
    """An authenticator with everything it was built from."""

    def __init__(self, directory: Directory | UserDirectory | None = None) -> None:
        self.directory = directory or Directory()
        self.clock = FakeClock()
        self.metrics = Metrics()
        self.basic = BasicAuthenticator(
            self.directory,  # type: ignore[arg-type] # a fake directory
            limits=Limits(LimitRules(), clock=self.clock, metrics=self.metrics),
            metrics=self.metrics,
            clock=self.clock,
        )

    @property
    def verified(self) -> list[str]:
        assert isinstance(self.directory, Directory)
        return self.directory.verified

    async def knock(self, name: str, password: str, address: str = "192.0.2.1") -> str:
        """Return the user's name, or what the door says instead."""
        try:
            user = await self.basic.authenticate(basic_header(name, password), address)
        except (SignInRequired, TooManyRequests, Overloaded) as error:
            return type(error).__name__
        return user.name


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    yield door
    door.basic.close()


def basic_header(name: str, password: str) -> Headers:
    token = b64encode(f"{name}:{password}".encode()).decode()
    return Headers({"Authorization": f"Basic {token}"})


@pytest.mark.parametrize(
    ("header", "credentials"),
    [
        ("Basic YW5uOnB3", ("ann", "pw")),
        ("basic YW5uOnB3", ("ann", "pw")),
        ("Basic YW5uOmE6Yg==", ("ann", "a:b")),
        ("Basic 5a6JOuWvhueggQ==", ("安", "密码")),
        ("Basic Og==", ("", "")),
        ("Basic YW5u", None),
        ("Basic ///", None),
        ("Basic /////w==", None),
        ("Bearer YW5uOnB3", None),
        ("Basic", None),
        ("", None),
    ],
)
def test_credentials_are_read_as_the_rfc_writes_them(
    header: str, credentials: tuple[str, str] | None
) -> None:
    assert parse_basic(header) == credentials


def test_the_refusal_tells_the_browser_to_ask(door: Door) -> None:
    with pytest.raises(SignInRequired) as refusal:
        asyncio.run(door.basic.authenticate(Headers(), "192.0.2.1"))
    assert refusal.value.status == 401
    assert refusal.value.headers["WWW-Authenticate"].startswith("Basic realm=")


def test_a_page_load_verifies_once(door: Door) -> None:
    async def load_page() -> list[str]:
        return await asyncio.gather(*(door.knock("ann", PASSWORD) for _ in range(80)))

    assert asyncio.run(load_page()) == ["ann"] * 80
    assert asyncio.run(door.knock("ann", PASSWORD)) == "ann"
    assert door.verified == ["ann"]


def test_a_verification_is_forgotten_after_five_minutes(door: Door) -> None:
    asyncio.run(door.knock("ann", PASSWORD))
    door.clock.advance(301)
    asyncio.run(door.knock("ann", PASSWORD))
    assert door.verified == ["ann", "ann"]


def test_a_removed_user_is_out_at_once(tmp_path: Path) -> None:
    directory = UserDirectory(tmp_path / "glip.sqlite3")
    directory.add("ann", PASSWORD, Role.GUEST)
    door = Door(directory)
    assert asyncio.run(door.knock("ann", PASSWORD)) == "ann"
    other_process = UserDirectory(tmp_path / "glip.sqlite3")
    other_process.remove("ann")
    assert asyncio.run(door.knock("ann", PASSWORD)) == "SignInRequired"
    door.basic.close()
    directory.close()
    other_process.close()


def test_an_edit_while_a_password_is_being_verified_is_not_missed(door: Door) -> None:
    async def edit_meanwhile() -> None:
        assert isinstance(door.directory, Directory)
        door.directory.may_answer.clear()
        knock = asyncio.create_task(door.knock("ann", PASSWORD))
        await asyncio.to_thread(door.directory.was_asked.wait, 5)
        door.directory.generation += 1
        door.directory.may_answer.set()
        await knock
        await door.knock("ann", PASSWORD)

    asyncio.run(edit_meanwhile())
    assert door.verified == ["ann", "ann"]


def test_a_thousand_wrong_passwords_hardly_reach_argon2(door: Door) -> None:
    async def guess() -> list[str]:
        return [await door.knock("ann", f"guess {number}") for number in range(1_000)]

    answers = asyncio.run(guess())
    assert answers.count("SignInRequired") == len(door.verified) == 5
    assert answers.count("TooManyRequests") == 995


def test_guesses_that_arrive_together_get_no_further(door: Door) -> None:
    async def guess() -> list[str]:
        guesses = (door.knock("ann", f"guess {number}") for number in range(50))
        return await asyncio.gather(*guesses)

    asyncio.run(guess())
    assert len(door.verified) == 5


def test_one_address_may_not_go_from_name_to_name(door: Door) -> None:
    async def guess() -> None:
        for number in range(100):
            await door.knock(f"user{number}", "12345678")

    asyncio.run(guess())
    assert len(door.verified) == 10


def test_an_attacker_locks_nobody_else_out(door: Door) -> None:
    async def attack() -> str:
        for number in range(20):
            await door.knock("ann", f"guess {number}", address="203.0.113.9")
        return await door.knock("ann", PASSWORD, address="192.0.2.1")

    assert asyncio.run(attack()) == "ann"


def test_whoever_was_signed_in_stays_so_while_guesses_come_from_the_same_address(
    door: Door,
) -> None:
    async def attack() -> str:
        await door.knock("ann", PASSWORD)
        for number in range(20):
            await door.knock("ann", f"guess {number}")
        return await door.knock("ann", PASSWORD)

    assert asyncio.run(attack()) == "ann"


def test_more_verifications_than_may_wait_are_turned_away(door: Door) -> None:
    async def crowd() -> list[str]:
        assert isinstance(door.directory, Directory)
        door.directory.may_answer.clear()
        knocks = [
            asyncio.create_task(
                door.knock(f"user{number}", "wrong", address=f"198.51.100.{number}")
            )
            for number in range(MAX_WAITING + 3)
        ]
        await asyncio.wait(knocks, timeout=0)  # each has knocked, none has an answer
        door.directory.may_answer.set()
        return await asyncio.gather(*knocks)

    assert asyncio.run(crowd()).count("Overloaded") == 3


def test_failures_are_counted_and_nothing_secret_is_remembered(door: Door) -> None:
    asyncio.run(door.knock("ann", "wrong horse"))
    asyncio.run(door.knock("ann", PASSWORD))
    assert door.metrics.registry.get_sample_value("glip_auth_failures_total") == 1
    kept = repr(vars(door.basic._cache)) + repr(door.basic._flights)
    assert PASSWORD not in kept
    assert basic_header("ann", PASSWORD)["authorization"].split()[1] not in kept


def test_an_impatient_browser_does_not_end_the_verification_for_the_others(door: Door) -> None:
    async def leave() -> str:
        assert isinstance(door.directory, Directory)
        door.directory.may_answer.clear()
        impatient = asyncio.create_task(door.knock("ann", PASSWORD))
        patient = asyncio.create_task(door.knock("ann", PASSWORD))
        await asyncio.wait({impatient, patient}, timeout=0)  # both have knocked
        impatient.cancel()
        door.directory.may_answer.set()
        return await patient

    assert asyncio.run(leave()) == "ann"
    assert door.verified == ["ann"]
