"""What the admin page speaks to, handed in by the composition root."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from accounts.directory import UserDirectory
from feedback.archive import FeedbackArchive
from monitoring.metrics import Metrics
from serving.service import DetectionService
from utils.clock import Clock


@dataclass(frozen=True, kw_only=True)
class AdminServices:
    """The archive holds what people said, the directory who may, the service what answers."""

    archive: FeedbackArchive
    users: UserDirectory
    service: DetectionService
    metrics: Metrics
    clock: Clock
    version: str
    find_picture: Callable[[str], Path | None]  # by the digest of its pixels; None if not kept
    export_formats: Collection[str]  # as GET /api/feedback/export names them
