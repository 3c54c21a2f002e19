"""What the page speaks to, handed in by the composition root."""

from dataclasses import dataclass

from feedback.desk import FeedbackDesk
from feedback.results import ResultStore
from serving.service import DetectionService


@dataclass(frozen=True, kw_only=True)
class Services:
    """The service answers, the store remembers results, the desk takes ratings."""

    service: DetectionService
    results: ResultStore
    desk: FeedbackDesk
