"""What the settings mean to each room: one function a room, no decision of their own."""

import os
from pathlib import Path

from accounts.limits import LimitRules
from config import Settings
from detection.image import ImageLimits
from feedback.elastic import ElasticAddress
from gate.gate import GateRules
from serving.limits import ServingLimits


def limit_rules(settings: Settings) -> LimitRules:
    return LimitRules(
        detect=settings.limit_detect,
        detect_address=settings.limit_detect_address,
        upload=settings.limit_upload,
        feedback=settings.limit_feedback,
        feedback_address=settings.limit_feedback_address,
        request=settings.limit_request,
        flood_address=settings.limit_flood_address,
        sign_in=settings.limit_sign_in,
    )


def image_limits(settings: Settings) -> ImageLimits:
    return ImageLimits(
        max_bytes=settings.max_image_bytes,
        max_pixels=settings.max_image_pixels,
        max_side=settings.max_image_side,
    )


def serving_limits(settings: Settings) -> ServingLimits:
    return ServingLimits(
        pool_workers=settings.pool_workers,
        pool_queue=settings.pool_queue,
        max_batch=settings.max_batch,
        max_wait_ms=settings.max_wait_ms,
        model_queue=settings.model_queue,
        deadline_s=settings.deadline_s,
        cache_bytes=settings.cache_bytes,
        cache_ttl_s=settings.cache_ttl_s,
        models_bytes=settings.models_bytes,
        recent_image_bytes=settings.recent_image_bytes,
    )


def gate_rules(settings: Settings) -> GateRules:
    return GateRules(
        allowed_hosts=frozenset(settings.allowed_hosts),
        trusted_proxies=frozenset(settings.trusted_proxies),
        max_body_bytes=settings.max_body_bytes,
    )


def elastic_address(settings: Settings) -> ElasticAddress | None:
    """Where Elasticsearch is and how to sign in; None where there is none."""
    if not settings.elasticsearch_url:
        return None
    return ElasticAddress(
        url=settings.elasticsearch_url,
        index=settings.elasticsearch_index,
        api_key=settings.elasticsearch_api_key.get_secret_value(),
        user=settings.elasticsearch_user,
        password=settings.elasticsearch_password.get_secret_value(),
        ca_file=Path(ca_file) if (ca_file := settings.elasticsearch_ca_file) else None,
    )


def uploads_folder(settings: Settings) -> Path:
    """Where Gradio keeps the page's files."""
    own = settings.data_dir.absolute() / "uploads"
    return Path(os.environ.get("GRADIO_TEMP_DIR", own))
