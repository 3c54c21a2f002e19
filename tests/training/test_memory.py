"""Keeping memory must never fail, whatever the machine's malloc. In a process of its own."""

import subprocess
import sys

CODE = """
from training.memory import keep_freed_memory

keep_freed_memory()
keep_freed_memory()
assert bytearray(64 * 2**20)[-1] == 0
"""


def test_it_can_be_asked_for_twice() -> None:
    assert subprocess.run([sys.executable, "-c", CODE], check=False).returncode == 0
