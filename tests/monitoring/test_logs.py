import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from monitoring.logs import JsonFormatter, configure_logs, masked


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the root logger writes while a test runs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs("info", stream)
    yield stream
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic canary",
        "authorization=Bearer canary",
        "Basic canary",
        "password=canary&user=x",
        "GLIP_ADMIN_PASSWORD='canary'",
        '{"password": "canary", "name": "x"}',
        "{'x-api-key': 'canary'}",
        "Cookie: glip=x; other=canary",
        "set-cookie: canary; HttpOnly",
        "glip_token=canary",
        "https://elastic:canary@localhost:9200/",
    ],
)
def test_secrets_are_masked(text: str) -> None:
    assert "canary" not in masked(text)


@pytest.mark.parametrize(
    "text",
    ["serving on http://127.0.0.1:7860/", "3 tokens in the prompt", "the password is too short"],
)
def test_harmless_text_is_kept(text: str) -> None:
    assert masked(text) == text


def test_secrets_in_arguments_extras_and_exceptions_are_masked(log: io.StringIO) -> None:
    logger = logging.getLogger("some.library")
    try:
        int("password=canary")
    except ValueError:
        logger.exception("sent %s", {"password": "canary"}, extra={"header": "Basic canary"})
    assert "canary" not in log.getvalue()
    assert "ValueError" in lines(log)[0]["exception"]


def test_a_newline_forges_no_line(log: io.StringIO) -> None:
    logging.getLogger("x").info('\r\n{"level": "error"}\x1b[31m\u2028')
    assert len(log.getvalue().splitlines()) == 1
    assert "\x1b" not in log.getvalue()


def test_extra_facts_become_fields(log: io.StringIO) -> None:
    logging.getLogger("x").info("ready", extra={"request_id": "abc"})
    assert lines(log)[0] | {"at": ""} == {
        "at": "",
        "level": "info",
        "logger": "x",
        "message": "ready",
        "request_id": "abc",
    }


def test_loggers_with_handlers_of_their_own_write_json_once(log: io.StringIO) -> None:
    foreign = logging.getLogger("foreign")
    foreign.addHandler(logging.StreamHandler(sys.stderr))
    configure_logs("info", log)
    foreign.warning("hello")
    assert [line["message"] for line in lines(log)] == ["hello"]


def test_lines_below_the_level_are_left_out(log: io.StringIO) -> None:
    logging.getLogger("x").debug("too fine")
    assert log.getvalue() == ""


def test_a_stack_is_kept() -> None:
    record = logging.LogRecord("x", logging.INFO, "f.py", 1, "here", None, None, sinfo="Stack: a()")
    assert json.loads(JsonFormatter().format(record))["stack"] == "Stack: a()"
