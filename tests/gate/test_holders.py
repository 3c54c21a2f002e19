from gate.holders import MAX_CLAIMS, MAX_HOLDINGS, Claims, Holdings


def test_the_first_to_use_a_name_keeps_it() -> None:
    claims = Claims()
    assert not claims.is_owner("tab", "ann")
    assert claims.claim("tab", "ann")
    assert claims.claim("tab", "ann")
    assert not claims.claim("tab", "bob")
    assert not claims.is_owner("tab", "bob")


def test_what_was_silent_longest_is_forgotten_and_belongs_to_nobody() -> None:
    claims = Claims()
    for number in range(MAX_CLAIMS):
        claims.claim(str(number), "ann")
    assert claims.is_owner("0", "ann")
    claims.claim("one more", "ann")
    assert claims.is_owner("0", "ann")
    assert not claims.is_owner("1", "ann")


def test_several_sessions_hold_the_same_file() -> None:
    holdings = Holdings()
    holdings.add("a.png", "ann")
    holdings.add("a.png", "bob")
    assert holdings.has("a.png", "ann")
    assert holdings.has("a.png", "bob")
    assert not holdings.has("a.png", "eve")
    assert not holdings.has("b.png", "ann")


def test_holdings_are_bounded() -> None:
    holdings = Holdings()
    for number in range(MAX_HOLDINGS + 1):
        holdings.add(str(number), "ann")
    assert not holdings.has("0", "ann")
    assert holdings.has("1", "ann")


def test_a_session_that_is_forgotten_leaves_what_others_hold() -> None:
    holdings = Holdings()
    for name, session_id in (("a.png", "ann"), ("b.png", "ann"), ("b.png", "bob")):
        holdings.add(name, session_id)
    assert holdings.forget_session("ann") == ["a.png"]
    assert not holdings.has("b.png", "ann")
    assert holdings.has("b.png", "bob")
    assert holdings.forget_session("ann") == []
