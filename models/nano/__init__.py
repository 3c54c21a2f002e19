"""glip-nano: the small grounded detector this project trains and ships."""

from models.nano.detector import NanoDetector
from models.nano.load import load_nano

__all__ = ["NanoDetector", "load_nano"]
