"""Every series the server exports, on one page. Names, labels and buckets are decided here only.

`docs/metrics.md` says the same in sentences.
"""

from collections.abc import Collection
from functools import partial
from types import TracebackType
from typing import Self
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, start_http_server

from monitoring.labels import OTHER, closed

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Each stands for itself and for what lies under it; the longest that fits counts.
ROUTES = (
    "/admin",
    "/api/detect",
    "/api/feedback",
    "/api/models",
    "/demo",
    "/docs",
    "/healthz",
    "/openapi.json",
    "/readyz",
    "/api/sessions",
    "/static",
)
STATUS_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
ROLES = ("admin", "guest", "anonymous")
STAGES = ("queue", "prepare", "model", "save", "total")
QUEUES = ("pool", "model")
CACHES = ("detections", "digests", "credentials")
CACHE_RESULTS = ("hit", "joined", "miss")
UNRATED = "none"
# Of one rating each; but "failed" of a request, and "crashed" of the relay itself.
RELAY_OUTCOMES = ("sent", "dead", "waits", "failed", "crashed")
RATINGS = ("1", "2", "3", "4", "5", UNRATED)

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LOADING_SECONDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
JOBS = (1, 2, 4, 8, 16, 32)


class Metrics:
    """All series, in a registry of their own. Thread-safe.

    `error_codes` are the keys `errors` tells apart: those of the error tree and of the gate.
    """

    def __init__(self, *, version: str = "unknown", error_codes: Collection[str] = ()) -> None:
        self.registry = registry = CollectorRegistry()
        counter = partial(Counter, registry=registry)
        gauge = partial(Gauge, registry=registry)
        seconds = partial(Histogram, registry=registry, buckets=SECONDS)
        jobs = partial(Histogram, registry=registry, buckets=JOBS)

        requests = {"method": METHODS, "route": ("/", *ROUTES), "status": STATUS_CLASSES}
        self.requests = closed(counter, "glip_requests", "HTTP requests answered.", requests)
        errors = {"code": (*error_codes, "internal")}
        self.errors = closed(counter, "glip_errors", "Requests refused or failed.", errors)
        self.inference_duration = seconds(
            "glip_inference_duration_seconds", "One batch's model run."
        )
        self.stage_duration = closed(
            seconds, "glip_stage_duration_seconds", "One detection's stage.", {"stage": STAGES}
        )
        self.batch_size = jobs("glip_batch_size", "Jobs in one batch.")
        self.queue_depth = closed(gauge, "glip_queue_depth", "Jobs waiting.", {"queue": QUEUES})
        self.models_loaded = gauge("glip_models_loaded", "Models that answer.")
        self.models_bytes = gauge("glip_models_bytes", "What these models take, about.")
        self.model_load_duration = Histogram(
            "glip_model_load_duration_seconds",
            "Building one model from its files.",
            registry=registry,
            buckets=LOADING_SECONDS,
        )
        self.models_unloaded = counter("glip_models_unloaded", "Models that made room.")
        caches = {"cache": CACHES, "result": CACHE_RESULTS}
        self.cache_requests = closed(counter, "glip_cache_requests", "Look-ups.", caches)
        roles = {"role": ROLES}
        self.rate_limited = closed(counter, "glip_rate_limited", "Refused by a limit.", roles)
        self.auth_failures = counter("glip_auth_failures", "Failed sign-ins.")
        ratings = {"rating": RATINGS}
        self.feedback = closed(counter, "glip_feedback", "Opinions stored, with edits.", ratings)
        self.feedback_backlog = gauge("glip_feedback_backlog", "Ratings not yet in Elasticsearch.")
        self.feedback_backlog_age = gauge(
            "glip_feedback_backlog_age_seconds", "How long the oldest of them has waited."
        )
        self.feedback_dead_letters = gauge(
            "glip_feedback_dead_letters", "Ratings Elasticsearch refused for good."
        )
        outcomes = {"outcome": RELAY_OUTCOMES}
        self.feedback_relay = closed(
            counter, "glip_feedback_relay", "What the relay did.", outcomes
        )
        Info("glip_build", "What is running.", registry=registry).info({"version": version})

    def count_request(self, *, method: str, path: str, status: int) -> None:
        """Record one answered HTTP request; the path is reduced to a known route."""
        status_class = f"{status // 100}xx"
        self.requests.labels(method=method, route=route_of(path), status=status_class).inc()

    def observe_stages(self, **seconds: float) -> None:
        """Record how long one detection spent in each stage."""
        for stage, duration in seconds.items():
            self.stage_duration.labels(stage=stage).observe(duration)


def route_of(path: str) -> str:
    """Return the known route a path belongs to, or "other"."""
    if path == "/":
        return path
    fitting = [route for route in ROUTES if path == route or path.startswith(f"{route}/")]
    return max(fitting, key=len, default=OTHER)


class MetricsServer:
    """The scrape endpoint, on a port and a thread of its own."""

    def __init__(self, server: WSGIServer) -> None:
        self._server = server

    @property
    def port(self) -> int:
        return self._server.server_port

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def serve_metrics(metrics: Metrics, host: str, port: int) -> MetricsServer:
    """Answer scrapes on host:port (0 takes a free one). Raises OSError if the port is taken."""
    server, _thread = start_http_server(port, addr=host, registry=metrics.registry)
    return MetricsServer(server)
