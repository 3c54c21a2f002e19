from pathlib import Path

import pytest

from tests.gate.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A gate around an application that tells what reached it."""
    return House(tmp_path / "glip.sqlite3")
