"""The desk that takes a rating: may they, is it sound, what is it about, and is it safely kept."""

from typing import Protocol

from accounts.asker import Asker
from accounts.limits import Limit, Limits
from accounts.permissions import Action, require
from detection.errors import GlipError
from detection.result import DetectionResult
from feedback.record import Feedback, RatingForm, feedback_id
from feedback.store import FeedbackStore
from monitoring.metrics import Metrics
from utils.clock import Clock


class Results(Protocol):
    """Where the desk finds what is being rated."""

    def load(self, result_id: str, asker: Asker) -> DetectionResult:
        """Return a result of the asker's own session. Raises ResultNotFound."""
        ...


class FeedbackDesk:
    """Takes ratings, for the page and the API alike."""

    def __init__(
        self,
        *,
        store: FeedbackStore,
        results: Results,
        metrics: Metrics,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._store = store
        self._results = results
        self._metrics = metrics
        self._clock = clock
        self._limits = limits

    def rate(self, form: RatingForm, asker: Asker) -> Feedback:
        """Store a rating and return it as stored; it cannot be lost once this has returned.

        Blocks for the disk: call it off the event loop. Raises NotAllowed, TooManyRequests,
        BadRating, BadComment, BadThreshold, ResultNotFound or NotSaved.
        """
        try:
            stored = self._rate(form, asker)
        except GlipError as error:
            self._metrics.errors.labels(code=error.key).inc()
            raise
        self._metrics.feedback.labels(rating=str(stored.rating)).inc()
        return stored

    def _rate(self, form: RatingForm, asker: Asker) -> Feedback:
        require(asker.user, Action.FEEDBACK)
        self._limits.charge(Limit.FEEDBACK, asker)
        form.validate()
        result = self._results.load(form.result_id, asker)
        return self._store.record(self._feedback(form, result, asker))

    def _feedback(self, form: RatingForm, result: DetectionResult, asker: Asker) -> Feedback:
        return Feedback(
            id=feedback_id(asker.session_id, result.id),
            edit=1,
            session_id=asker.session_id,
            user=asker.user.name,
            role=asker.user.role,
            result_id=result.id,
            rating=form.rating,
            comment=form.comment,
            prompt=result.prompt,
            model_id=result.model_id,
            revision=result.revision,
            variant=result.variant,
            image_digest=result.image_digest,
            size_wh=result.size_wh,
            detections=result.detections,
            threshold=result.threshold if form.threshold is None else form.threshold,
            language=asker.language,
            timings=result.timings,
            at=self._clock.now(),
        )
