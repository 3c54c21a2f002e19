"""The desk that takes a rating: may they, is it sound, what is it about, and is it safely kept."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from accounts.asker import Asker
from accounts.limits import Limit, Limits
from accounts.permissions import Action, require
from detection.errors import GlipError
from detection.result import DetectionResult
from feedback.image_keeping import ImageKeeping
from feedback.record import Feedback, RatingForm, feedback_id
from feedback.store import FeedbackStore
from monitoring.metrics import UNRATED, Metrics
from utils.clock import Clock


class Results(Protocol):
    """Where the desk finds what is being rated."""

    def load(self, result_id: str, asker: Asker) -> DetectionResult:
        """Return a result of the asker's own session. Raises ResultNotFound."""
        ...

    def held(self, session_id: str) -> AbstractContextManager[object]:
        """Inside, none of the session's results is forgotten."""
        ...


class FeedbackDesk:
    """Takes ratings, shows them to whom they belong, and takes them back.

    For the page and the API alike. It blocks for the disk: call it off the event loop.
    """

    def __init__(
        self,
        *,
        store: FeedbackStore,
        results: Results,
        images: ImageKeeping,
        metrics: Metrics,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._store = store
        self._results = results
        self._images = images
        self._metrics = metrics
        self._clock = clock
        self._limits = limits

    def rate(self, form: RatingForm, asker: Asker) -> Feedback:
        """Store an opinion and return it as stored; it cannot be lost once this has returned.

        It replaces all the session said of this result before. Raises NotAllowed,
        TooManyRequests, BadInput, ResultNotFound, ImageGone or NotSaved.
        """
        with self._counting_errors():
            self._admit(asker)
            form.validate()
            with self._results.held(asker.session_id):
                stored = self._record(form, asker)
        self._metrics.feedback.labels(rating=str(stored.rating or UNRATED)).inc()
        return stored

    def remove(self, result_id: str, asker: Asker) -> bool:
        """Take back all the session said of a result; False if it had said nothing.

        Raises NotAllowed, TooManyRequests or NotSaved.
        """
        with self._counting_errors():
            self._admit(asker)
            stored = self._store.of_result(asker.session_id, result_id)
            if stored is None:
                return False
            removed = self._store.remove(asker.session_id, result_id)
            self._images.let_go([stored.image_digest])
            return removed

    def of_session(
        self, session_id: str, asker: Asker, *, result_id: str | None = None
    ) -> list[Feedback]:
        """Return the asker's own opinions, or any session's for who may export; oldest first.

        With `result_id`, only what was said of that result. Raises NotAllowed.
        """
        with self._counting_errors():
            require(
                asker.user, Action.FEEDBACK if session_id == asker.session_id else Action.EXPORT
            )
        if result_id is None:
            return self._store.of_session(session_id)
        said = self._store.of_result(session_id, result_id)
        return [said] if said else []

    def of_result(self, result_id: str, asker: Asker) -> Feedback | None:
        """Return what the asker's session said of a result. Raises NotAllowed."""
        require(asker.user, Action.FEEDBACK)
        return self._store.of_result(asker.session_id, result_id)

    def _admit(self, asker: Asker) -> None:
        require(asker.user, Action.FEEDBACK)
        self._limits.charge(Limit.FEEDBACK, asker)

    def _record(self, form: RatingForm, asker: Asker) -> Feedback:
        result = self._results.load(form.result_id, asker)
        form.validate_for(result)
        feedback = self._feedback(form, result, asker)
        with self._images.rating(result.image_digest, keep=form.keep_image):
            return self._store.record(feedback)

    @contextmanager
    def _counting_errors(self) -> Iterator[None]:
        try:
            yield
        except GlipError as error:
            self._metrics.errors.labels(code=error.key).inc()
            raise

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
            threshold=form.threshold_for(result),
            language=asker.language,
            timings=result.timings,
            at=self._clock.now(),
            verdicts=tuple(sorted(form.verdicts, key=lambda verdict: verdict.index)),
            missed=form.missed,
            image_kept=form.keep_image,
        )
