"""A plug-in that reads English alone."""

from dataclasses import dataclass

from tests.fakes import FakeDetector


@dataclass
class EnglishOnly(FakeDetector):
    """Named by its own import path, as every plug-in is."""

    model_id: str = "tests.commands.english_only:EnglishOnly"
