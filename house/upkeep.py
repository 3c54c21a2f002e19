"""What the house looks after while it serves: its model, its kept pictures, its metrics' door."""

import asyncio
import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial

from fastapi import FastAPI

from feedback.image_keeping import ImageKeeping
from house.parts import Parts
from monitoring.metrics import MetricsServer, serve_metrics
from serving.service import DetectionService

WATCH_EVERY_S = 1.0
PURGE_EVERY_S = 24 * 3600.0
EXIT_HUNG = 70
log = logging.getLogger("glip.app")


@contextlib.asynccontextmanager
async def lifespan(parts: Parts, _app: FastAPI) -> AsyncIterator[None]:
    """Load the model beside the running server; at the end let go of everything in order."""
    closing = threading.Event()
    watch = partial(watch_model, hang_exit_s=parts.settings.hang_exit_s, closing=closing)
    parts.service.shelf.load_default()
    threading.Thread(target=watch, args=(parts.service,), name="watch", daemon=True).start()
    purge = partial(purge_images, parts.images, closing=closing)
    threading.Thread(target=purge, name="purge", daemon=True).start()
    if parts.relay:
        parts.relay.start()
    with contextlib.ExitStack() as stack:
        if parts.settings.metrics_port:
            stack.enter_context(open_metrics(parts))
        yield
    closing.set()
    await asyncio.to_thread(parts.close)


def open_metrics(parts: Parts) -> MetricsServer:
    """Listen for Prometheus. Raises OSError when the port is taken, and says what to set."""
    host, port = parts.settings.host, parts.settings.metrics_port
    try:
        return serve_metrics(parts.metrics, host, port)
    except OSError:
        log.critical("cannot listen on %s:%d for metrics: set GLIP_METRICS_PORT", host, port)
        raise


def watch_model(
    service: DetectionService,
    *,
    hang_exit_s: float,
    closing: threading.Event,
    leave: Callable[[int], object] = os._exit,
) -> None:
    """End the process when a batch hangs: a thread cannot be stopped, a supervisor starts anew."""
    while not closing.wait(WATCH_EVERY_S):
        if service.stuck_for_s > hang_exit_s:
            log.critical("the model has hung for %.0f s: the process ends", service.stuck_for_s)
            leave(EXIT_HUNG)
            return


def purge_images(
    images: ImageKeeping, *, closing: threading.Event, every_s: float = PURGE_EVERY_S
) -> None:
    """At start and once a day, delete kept pictures that are too old or wanted by no rating."""
    while True:
        try:
            if count := images.purge():
                log.info("%d kept pictures purged", count)
        except (OSError, sqlite3.Error):  # a failing disk today; there is another purge tomorrow
            log.exception("kept pictures could not be purged")
        if closing.wait(every_s):
            return
