"""One question answered on the spot: no server, no queue, no cache."""

import secrets
import time
from datetime import UTC, datetime

from detection.detector import Detector
from detection.image import ImageLimits, SourceImage
from detection.query import DetectionForm, validate, validated_threshold
from detection.result import DetectionResult, Timings


def detect_once(
    form: DetectionForm, detector: Detector, limits: ImageLimits | None = None
) -> tuple[SourceImage, DetectionResult]:
    """Decode the form's picture and ask `detector` about it. Raises BadInput."""
    threshold = validated_threshold(form.threshold, detector.card)
    started = time.perf_counter()
    query = validate(form, detector.vocabulary, limits)
    job = detector.prepare(query.image, query.prompt)
    prepared = time.perf_counter()
    detections = detector.detect_batch([job])[0]
    done = time.perf_counter()
    return query.image, DetectionResult(
        id=secrets.token_hex(16),
        image_digest=query.image.digest,
        size_wh=query.image.size_wh,
        prompt=query.prompt,
        model_id=detector.model_id,
        revision=detector.revision,
        variant="default",
        detections=detections,
        threshold=threshold,
        from_cache=False,
        at=datetime.now(UTC),
        timings=Timings(
            prepare_ms=(prepared - started) * 1e3,
            model_ms=(done - prepared) * 1e3,
            total_ms=(done - started) * 1e3,
        ),
    )
