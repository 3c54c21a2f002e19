"""Models by name."""

import subprocess
import sys

import pytest

from detection.errors import UnknownModel
from models.registry import NAMES, build_detector


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownModel) as raised:
        build_detector("no-such-model")
    assert raised.value.facts == {"model": "no-such-model", "known": ", ".join(NAMES)}


def test_importing_the_registry_leaves_torch_alone() -> None:
    code = "import sys, models.registry; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
