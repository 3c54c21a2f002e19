"""What the papers tell people to type works, as it stands there."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import PASSWORDS, House

ROOT = Path(__file__).parents[2]
PAPERS = ("README.md", "README.zh-CN.md", "docs/api.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(paper: str) -> list[tuple[str, str]]:
    """The language and text of every block of code in a paper."""
    return BLOCK.findall((ROOT / paper).read_text("utf-8"))


def lines_that_begin(*starts: str) -> list[str]:
    """Every command of the papers that begins so, once, with its continued lines."""
    shells = (text for paper in PAPERS for kind, text in blocks(paper) if kind in {"", "sh"})
    commands = (line for text in shells for line in text.replace("\\\n", " ").splitlines())
    return list(dict.fromkeys(line for line in commands if line.startswith(starts)))


def python_blocks() -> list[str]:
    return [text for paper in PAPERS for kind, text in blocks(paper) if kind == "python"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like the checkout, where commands may leave files."""
    for name in (".venv", "cli.py", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def placed(text: str, house: House) -> str:
    """The text with this house's address and the guest's password."""
    return text.replace("http://127.0.0.1:7860", house.address).replace(
        "PASSWORD", PASSWORDS["guest"]
    )


@pytest.mark.parametrize("command", lines_that_begin("curl "))
def test_a_curl_line_is_answered(command: str, house: House, checkout: Path) -> None:
    words = [placed(word, house) for word in shlex.split(command)]
    done = subprocess.run([*words, "--silent"], cwd=checkout, capture_output=True, check=True)
    assert "result_id" in json.loads(done.stdout)


@pytest.mark.parametrize("command", lines_that_begin(".venv/bin/python cli.py "))
def test_a_line_of_the_command_line_works(command: str, checkout: Path) -> None:
    password = "a password of some length\n"
    done = subprocess.run(
        shlex.split(command),
        cwd=checkout,
        env=os.environ | {"GLIP_DATA_DIR": str(checkout / "data")},
        input=password * 2,
        capture_output=True,
        check=False,
        encoding="utf-8",
        start_new_session=True,  # no terminal, so that the password is read from here
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", python_blocks(), ids=lambda code: code.splitlines()[0])
def test_a_python_block_runs(code: str, house: House, checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", placed(code, house)], cwd=checkout, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"dog" in done.stdout


def documented_call() -> Any:
    """The function of the documented client, without the lines that use it."""
    code = next(text for text in python_blocks() if "def call(" in text)
    names: dict[str, Any] = {}
    exec(code[: code.index("with httpx.Client(")], names)
    return names["call"]


def test_the_documented_client_waits_as_long_as_it_is_told() -> None:
    answers = iter(
        [
            httpx.Response(503, headers={"Retry-After": "3"}),
            httpx.Response(429, headers={"Retry-After": "7"}),
            httpx.Response(200, json={"well": True}),
        ]
    )
    waited: list[int] = []
    transport = httpx.MockTransport(lambda _request: next(answers))
    with httpx.Client(base_url="http://a.test", transport=transport) as client:
        assert documented_call()(client, "GET", "/", wait=waited.append) == {"well": True}
    assert waited == [3, 7]


def test_the_documented_client_raises_the_servers_sentence(house: House) -> None:
    auth = ("guest", PASSWORDS["guest"])
    with (
        httpx.Client(base_url=house.address, auth=auth, timeout=60) as client,
        pytest.raises(RuntimeError, match="image_missing: Please choose a picture first"),
    ):
        documented_call()(client, "POST", "/api/detect", files={"text": (None, "a dog")})
