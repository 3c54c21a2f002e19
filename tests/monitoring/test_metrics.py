import http.client
import re
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from monitoring.metrics import CACHES, RELAY_OUTCOMES, STAGES, Metrics, route_of, serve_metrics

PAPER = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text("utf-8")

PROMISED = {
    "glip_requests",
    "glip_errors",
    "glip_inference_duration_seconds",
    "glip_stage_duration_seconds",
    "glip_batch_size",
    "glip_queue_depth",
    "glip_models_loaded",
    "glip_models_bytes",
    "glip_model_load_duration_seconds",
    "glip_models_unloaded",
    "glip_cache_requests",
    "glip_rate_limited",
    "glip_auth_failures",
    "glip_feedback",
    "glip_feedback_backlog",
    "glip_feedback_backlog_age_seconds",
    "glip_feedback_dead_letters",
    "glip_feedback_relay",
    "glip_build",
}


def test_every_promised_series_exists_and_no_other() -> None:
    assert {family.name for family in Metrics().registry.collect()} == PROMISED


def test_the_paper_names_every_series_and_no_other() -> None:
    written = re.findall(r"^\| `(glip_\w+?)(?:_total|_info)?` \|", PAPER, re.MULTILINE)
    assert sorted(written) == sorted(PROMISED)


@pytest.mark.parametrize("value", [*CACHES, *STAGES, *RELAY_OUTCOMES])
def test_the_paper_explains_the_labels(value: str) -> None:
    assert f"`{value}`" in PAPER


def test_hostile_labels_make_no_new_series() -> None:
    metrics = Metrics(error_codes=["image_missing"])
    metrics.count_request(method="EVIL", path="/x", status=999)
    metrics.errors.labels(code="x").inc()
    before = len(generate_latest(metrics.registry).splitlines())
    for number in range(1_000):
        metrics.count_request(method=f"EVIL{number}", path=f"/{number}", status=1000 + number)
        metrics.errors.labels(code=f"made_up_{number}").inc()
    assert len(generate_latest(metrics.registry).splitlines()) == before
    assert metrics.registry.get_sample_value("glip_errors_total", {"code": "other"}) == 1_001


def test_a_known_label_is_kept() -> None:
    metrics = Metrics(error_codes=["image_missing"])
    metrics.errors.labels(code="image_missing").inc()
    assert metrics.registry.get_sample_value("glip_errors_total", {"code": "image_missing"}) == 1


def test_a_single_label_starts_at_zero() -> None:
    assert Metrics().registry.get_sample_value("glip_feedback_total", {"rating": "5"}) == 0


def test_a_forgotten_label_is_refused() -> None:
    with pytest.raises(ValueError, match="cache"):
        Metrics().cache_requests.labels(result="hit")


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        ("/demo", "/demo"),
        ("/demo/gradio_api/queue/join", "/demo"),
        ("/demolition", "other"),
        ("/admin/zh/config", "/admin"),
        ("/api/feedback", "/api/feedback"),
        ("/api/feedback/7", "/api/feedback"),
        ("/api", "other"),
        ("", "other"),
    ],
)
def test_paths_are_reduced_to_routes(path: str, route: str) -> None:
    assert route_of(path) == route


def test_a_scrape_answers_over_http() -> None:
    metrics = Metrics(version="1.2.3")
    with serve_metrics(metrics, "127.0.0.1", 0) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        connection.request("GET", "/metrics")
        body = connection.getresponse().read().decode()
        connection.close()
    assert 'glip_build_info{version="1.2.3"} 1.0' in body
