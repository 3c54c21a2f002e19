from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from accounts.asker import Asker
from accounts.limits import A_TENTH, Limit, LimitRules, Limits
from accounts.user import Role, User
from detection.errors import TooManyRequests
from monitoring.metrics import Metrics
from tests.fakes import FakeClock

ANN = Asker(
    user=User("ann", Role.GUEST),
    session_id="a" * 32,
    address="192.0.2.1",
    has_cookie=True,
    language="en",
)


def limits_of(clock: FakeClock | None = None, **rules: str) -> Limits:
    return Limits(LimitRules(**rules), clock=clock or FakeClock(), metrics=Metrics())  # type: ignore[arg-type] # strings only


def granted(limits: Limits, asker: Asker, *, tries: int, cost: int | None = None) -> int:
    """Return how many of the tries are let through."""
    costs = {} if cost is None else {"cost": cost}
    count = 0
    for _ in range(tries):
        try:
            limits.charge(Limit.DETECT, asker, **costs)
        except TooManyRequests:
            continue
        count += 1
    return count


def test_a_session_has_ten_detections_a_minute() -> None:
    assert granted(limits_of(), ANN, tries=15) == 10


def test_answers_from_the_cache_count_a_tenth() -> None:
    assert granted(limits_of(), ANN, tries=120, cost=A_TENTH) == 100


def test_admins_have_ten_times_as_many() -> None:
    admin = replace(ANN, user=User("root", Role.ADMIN))
    assert granted(limits_of(), admin, tries=120) == 100


def test_the_window_moves() -> None:
    clock = FakeClock()
    limits = limits_of(clock)
    granted(limits, ANN, tries=5)
    clock.advance(30)
    granted(limits, ANN, tries=5)
    clock.advance(30)
    assert granted(limits, ANN, tries=15) == 5


def test_the_refusal_says_when_to_come_back_and_is_right() -> None:
    clock = FakeClock()
    limits = limits_of(clock)
    granted(limits, ANN, tries=1, cost=A_TENTH)
    clock.advance(20)
    granted(limits, ANN, tries=9)
    assert granted(limits, ANN, tries=2) == 0
    with pytest.raises(TooManyRequests) as refusal:
        limits.charge(Limit.DETECT, ANN)
    wait_s = refusal.value.facts["retry_after_s"]
    assert wait_s == 40
    clock.advance(39)
    assert granted(limits, ANN, tries=1) == 0
    clock.advance(1)
    assert granted(limits, ANN, tries=1) == 1


def test_all_sessions_of_an_address_share_its_limit() -> None:
    limits = limits_of()
    askers = [replace(ANN, session_id=f"{number:032x}") for number in range(10)]
    assert sum(granted(limits, asker, tries=10) for asker in askers) == 60


def test_requests_without_a_cookie_share_one_bucket_whatever_they_call_themselves() -> None:
    limits = limits_of()
    askers = [replace(ANN, session_id=f"{number:032x}", has_cookie=False) for number in range(20)]
    assert sum(granted(limits, asker, tries=1) for asker in askers) == 10


def test_another_user_at_the_same_address_has_a_bucket_of_their_own() -> None:
    limits = limits_of()
    ann = replace(ANN, has_cookie=False)
    granted(limits, ann, tries=20)
    assert granted(limits, replace(ann, user=User("bob", Role.GUEST)), tries=20) == 10


def test_a_refusal_by_the_address_does_not_use_up_the_session() -> None:
    clock = FakeClock()
    limits = limits_of(clock, detect="10/hour", detect_address="2/minute")
    assert granted(limits, ANN, tries=10) == 2
    assert granted(limits, replace(ANN, address="192.0.2.2"), tries=3) == 2
    assert granted(limits, replace(ANN, address="192.0.2.3"), tries=3) == 2


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("testclient", "testclient", True),
    ],
)
def test_an_address_stands_for_its_owner(one: str, other: str, *, shared: bool) -> None:
    limits = limits_of(detect_address="1/minute")
    granted(limits, replace(ANN, address=one), tries=1)
    assert granted(limits, replace(ANN, address=other), tries=1) == (0 if shared else 1)


def test_failed_sign_ins_are_counted_by_pair_and_forgiven_when_right() -> None:
    clock = FakeClock()
    limits = limits_of(clock)
    for _ in range(50):
        limits.charge_sign_in("ann", "192.0.2.1")
        limits.forgive_sign_in("ann", "192.0.2.1")
    for _ in range(5):
        limits.charge_sign_in("ANN", "192.0.2.1")
    with pytest.raises(TooManyRequests):
        limits.charge_sign_in("ann", "192.0.2.1")
    limits.charge_sign_in("ann", "192.0.2.2")


def test_failing_for_an_hour_makes_the_wait_longer() -> None:
    clock = FakeClock()
    limits = limits_of(clock)
    for _ in range(4):
        for _ in range(5):
            limits.charge_sign_in("ann", "192.0.2.1")
        clock.advance(61)
    with pytest.raises(TooManyRequests) as refusal:
        limits.charge_sign_in("ann", "192.0.2.1")
    assert refusal.value.facts["retry_after_s"] == 3600 - 4 * 61


def test_one_address_may_not_try_name_after_name() -> None:
    limits = limits_of()
    for number in range(10):
        limits.charge_sign_in(f"user{number}", "192.0.2.1")
    with pytest.raises(TooManyRequests):
        limits.charge_sign_in("somebody", "192.0.2.1")


def test_refusals_are_counted_by_role() -> None:
    metrics = Metrics()
    limits = Limits(LimitRules(flood_address="1/minute"), clock=FakeClock(), metrics=metrics)
    granted(limits, ANN, tries=12)
    limits.charge_flood("192.0.2.1")
    with pytest.raises(TooManyRequests):
        limits.charge_flood("192.0.2.1")
    counted = {
        role: metrics.registry.get_sample_value("glip_rate_limited_total", {"role": role})
        for role in ("guest", "anonymous")
    }
    assert counted == {"guest": 2, "anonymous": 1}


def test_threads_together_get_no_more_than_the_limit() -> None:
    limits = limits_of()
    with ThreadPoolExecutor(8) as threads:
        counts = threads.map(lambda _: granted(limits, ANN, tries=10), range(8))
    assert sum(counts) == 10


def test_a_rule_that_cannot_be_read_stops_the_start() -> None:
    with pytest.raises(ValueError, match="many"):
        limits_of(detect="many")
