"""What the page speaks to, handed in by the composition root."""

from dataclasses import dataclass, field

from feedback.desk import FeedbackDesk
from feedback.forgetting import Forgetting
from feedback.results import ResultStore
from serving.service import DetectionService
from ui.history import History


@dataclass(frozen=True, kw_only=True)
class Services:
    """The service answers, the store remembers results, the desk takes ratings."""

    service: DetectionService
    results: ResultStore
    desk: FeedbackDesk
    forgetting: Forgetting
    history: History = field(default_factory=History)
