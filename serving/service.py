"""The way of a question, from the form to its result: legs 2 to 9 of the design, in their order.

Threads and futures; who lives on an event loop wraps the future. Knows nothing about HTTP or torch.
"""

import logging
import secrets
from collections.abc import Callable, Collection
from concurrent.futures import Future, wait
from functools import partial
from typing import Protocol

from accounts.asker import Asker
from accounts.limits import A_TENTH, WHOLE, Limit, Limits
from accounts.permissions import Action, require
from detection.detector import Detector
from detection.errors import GlipError, ImageMissing, NotSaved
from detection.image import ImageLimits, SourceImage
from detection.prompt import Prompt
from detection.query import DetectionForm, validated_threshold
from detection.result import DetectionResult, Detections
from monitoring.metrics import Metrics
from serving.batcher import Batcher, Job
from serving.cache import CacheKey, DetectionCache, Found, Seat
from serving.deadlines import Deadlines
from serving.futures import answer, fail, overloaded
from serving.images import Picture, PictureMemo
from serving.limits import ServingLimits
from serving.offers import EmptyStock, Stock
from serving.plugs import PluggedModel
from serving.pool import CpuPool, Task
from serving.progress import Progress, Stage
from serving.question import Question
from serving.shelf import ModelShelf
from utils.clock import Clock

VARIANT = "default"  # the only arm while there is no experiment

_log = logging.getLogger(__name__)


class Results(Protocol):
    """Where results are kept until they are rated."""

    def save(self, result: DetectionResult, asker: Asker) -> None:
        """Raises NotSaved."""
        ...


class DetectionService:
    """Answers questions. Safe to use from any thread; `submit` never blocks for long."""

    def __init__(
        self,
        *,
        limits: Limits,
        results: Results,
        metrics: Metrics,
        clock: Clock,
        default_model: str,
        stock: Stock | None = None,
        serving_limits: ServingLimits | None = None,
        image_limits: ImageLimits | None = None,
    ) -> None:
        sizes = self._sizes = serving_limits or ServingLimits()
        self._limits = limits
        self._results = results
        self._metrics = metrics
        self._clock = clock
        self.shelf = ModelShelf(
            stock or EmptyStock(),
            default_model=default_model,
            max_bytes=sizes.models_bytes,
            build_batcher=self._build_batcher,
            metrics=metrics,
            clock=clock,
        )
        self._pictures = PictureMemo(
            image_limits or ImageLimits(),
            recent_bytes=sizes.recent_image_bytes,
            metrics=metrics,
            clock=clock,
        )
        self._cache = DetectionCache(
            max_bytes=sizes.cache_bytes, ttl_s=sizes.cache_ttl_s, clock=clock
        )
        self._pool = CpuPool(workers=sizes.pool_workers, capacity=sizes.pool_queue)
        self._deadlines = Deadlines(sizes.deadline_s, clock=clock)
        self._is_closing = False
        metrics.queue_depth.labels(queue="pool").set_function(self._pool.__len__)

    def plug(self, detector: Detector) -> None:
        """Offer a detector, on a thread of its own. Raises ValueError when its name is taken."""
        self.shelf.plug(detector)

    @property
    def ready(self) -> bool:
        """Whether the default model is plugged in and questions are accepted."""
        return self.shelf.has_default() and not self._is_closing

    @property
    def stuck_for_s(self) -> float:
        """Seconds the slowest model has been at its current batch; 0 when all are idle."""
        return self.shelf.stuck_for_s()

    def models(self) -> list[PluggedModel]:
        """Return what answers now, the default model first."""
        return self.shelf.loaded()

    def submit(
        self,
        form: DetectionForm,
        asker: Asker,
        *,
        on_stage: Callable[[Stage], None] | None = None,
        on_place: Callable[[int], None] | None = None,
    ) -> Future[DetectionResult]:
        """Ask. The future holds the result, or a GlipError of any leg; this call raises none.

        Cancelling the future drops the work nobody else waits for. `on_stage`, and `on_place` with
        the number of questions ahead in the model's queue, are called on the working threads.
        """
        future: Future[DetectionResult] = Future()
        future.add_done_callback(self._count)
        try:
            self._admit(form, asker, Progress(self._clock, on_stage, on_place), future)
        except GlipError as error:
            fail(future, error)
        return future

    def recall_image(self, digest: str) -> SourceImage | None:
        """Return a picture that was asked about lately, if its file is at hand. CPU work."""
        return self._pictures.recall(digest)

    def forget_images(self, digests: Collection[str]) -> int:
        """Drop what is remembered of these pictures; return how many answers that were."""
        self._pictures.forget(digests)
        return self._cache.forget_images(digests)

    def close(self, timeout_s: float) -> None:
        """Refuse new questions, finish accepted ones; after `timeout_s` answer with Overloaded."""
        self._is_closing = True
        self.shelf.close()
        started = self._clock.monotonic()
        wait(self._deadlines.pending(), timeout_s)
        left_s = max(0.0, timeout_s - (self._clock.monotonic() - started))
        self._pool.close(left_s)
        self.shelf.close_plugs(left_s)
        for future in self._deadlines.pending():
            fail(future, overloaded())
        self._deadlines.close()

    def _admit(
        self,
        form: DetectionForm,
        asker: Asker,
        progress: Progress,
        future: Future[DetectionResult],
    ) -> None:
        """Legs 2 to 4: may they, whom do they ask, is it sound. Nothing costly happens here."""
        require(asker.user, Action.DETECT)
        if self._is_closing:
            raise overloaded()
        self._limits.charge(Limit.DETECT, asker, A_TENTH)
        plug = self.shelf.choose(form.model, future)
        question = Question(
            prompt=Prompt.parse(form.text, plug.detector.vocabulary),
            threshold=validated_threshold(form.threshold, plug.detector.card),
            asker=asker,
            plug=plug,
            progress=progress,
            future=future,
        )
        if not form.image_bytes:
            raise ImageMissing
        self._deadlines.watch(future)
        self._pool.submit(Task(partial(self._look_up, question, form), future), question.lane)

    def _look_up(self, question: Question, form: DetectionForm) -> None:
        """Leg 5, on the pool: an old answer, a seat beside somebody who asks the same, or ours."""
        question.progress.enter(Stage.PREPARING)
        picture, image = self._pictures.identify(form)
        detector = question.plug.detector
        key = CacheKey(detector.model_id, detector.revision, picture.digest, question.prompt.text)
        seat = self._cache.join(key, on_miss=partial(self._charge_the_rest, question.asker))
        self._metrics.cache_requests.labels(cache="detections", result=seat.found.value).inc()
        if seat.found is Found.HIT:
            self._finish(question, picture, seat)
            return
        seat.answer.add_done_callback(partial(self._hand_over, question, picture, seat))
        question.future.add_done_callback(lambda _done: seat.answer.cancel())
        if seat.found is Found.MISS:
            self._prepare(question, seat, form, image)
        else:
            question.progress.enter(Stage.QUEUED)

    def _prepare(
        self, question: Question, seat: Seat, form: DetectionForm, image: SourceImage | None
    ) -> None:
        """Legs 6 and 7, on the pool: CPU work, then into the model's queue."""
        if seat.source.done():  # whoever asked has gone
            return
        try:
            image = self._pictures.decode(form) if image is None else image
            prepared = question.plug.detector.prepare(image, question.prompt)
            question.progress.enter(Stage.QUEUED)
            detecting = partial(question.progress.enter, Stage.DETECTING)
            job = Job(prepared, seat.source, detecting, question.progress.move)
            question.plug.batcher.submit(job, question.lane)
        except Exception as error:
            fail(seat.source, error)  # whoever joined is told as well
            raise

    def _hand_over(
        self, question: Question, picture: Picture, seat: Seat, done: Future[Detections]
    ) -> None:
        """Back from the model's thread to the pool, which has time for the disk."""
        if done.cancelled():
            question.future.cancel()
        elif (error := done.exception()) is not None:
            fail(question.future, error)
        else:
            step = partial(self._finish, question, picture, seat)
            self._pool.submit_first(Task(step, question.future))

    def _finish(self, question: Question, picture: Picture, seat: Seat) -> None:
        """Leg 9, on the pool: an answer of this asker's own, kept until it is rated."""
        detections = seat.answer.result()
        question.progress.enter(Stage.DONE)
        result = DetectionResult(
            id=secrets.token_hex(16),
            image_digest=picture.digest,
            size_wh=picture.size_wh,
            prompt=question.prompt,
            model_id=question.plug.detector.model_id,
            revision=question.plug.detector.revision,
            variant=VARIANT,
            detections=detections,
            threshold=question.threshold,
            from_cache=seat.found is not Found.MISS,
            at=self._clock.now(),
            timings=question.progress.timings(),
        )
        self._keep(result, question.asker)
        answer(question.future, result)

    def _keep(self, result: DetectionResult, asker: Asker) -> None:
        """Save the result; a full disk costs the rating, not the answer."""
        started = self._clock.monotonic()
        try:
            self._results.save(result, asker)
        except NotSaved:
            _log.warning("a result could not be kept and cannot be rated")
        self._metrics.observe_stages(
            queue=result.timings.queue_ms / 1000,
            prepare=result.timings.prepare_ms / 1000,
            model=result.timings.model_ms / 1000,
            total=result.timings.total_ms / 1000,
            save=self._clock.monotonic() - started,
        )

    def _charge_the_rest(self, asker: Asker) -> None:
        """A tenth was charged on the way in; a question the model must answer costs the whole."""
        self._limits.charge(Limit.DETECT, asker, WHOLE - A_TENTH)

    def _count(self, future: Future[DetectionResult]) -> None:
        """Every error a question ends in, once."""
        if future.cancelled() or (error := future.exception()) is None:
            return
        code = error.key if isinstance(error, GlipError) else "internal"
        self._metrics.errors.labels(code=code).inc()

    def _build_batcher(self, detector: Detector) -> Batcher:
        return Batcher(
            detector,
            limits=self._sizes,
            metrics=self._metrics,
            clock=self._clock,
            drop_expired=self._deadlines.expire,
        )
