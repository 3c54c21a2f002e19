"""The parts of the house, each built once and handed to those that need it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from accounts.directory import UserDirectory
from accounts.limits import Limits
from config import VERSION, Settings
from detection.detector import Detector
from feedback.copies import Copies, build_copies
from feedback.desk import FeedbackDesk
from feedback.elastic_archive import ElasticArchive
from feedback.forgetting import Forgetting
from feedback.image_keeping import ImageKeeping
from feedback.kept_images import KeptImages
from feedback.relay import Relay
from feedback.relayed_store import RelayedStore
from feedback.results import ResultStore
from feedback.sqlite import SqliteFeedbackStore
from feedback.sqlite_archive import SqliteArchive
from gate.basic import BasicAuthenticator
from gate.holders import Holdings
from gate.page_files import PageFiles
from gate.sessions import SessionStore
from house.rules import (
    elastic_address,
    image_limits,
    limit_rules,
    serving_limits,
    uploads_folder,
)
from models.fetching import Fetches
from models.registry import build_detector
from models.stock import ModelStock
from monitoring.metrics import Metrics
from serving.offers import Stock
from serving.service import DetectionService
from texts import catalogue
from ui.history import History
from utils.clock import Clock

SHUTDOWN_S = 8.0
BuildDetector = Callable[[str], Detector]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the house is made of, once each."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    users: UserDirectory
    authenticator: BasicAuthenticator
    sessions: SessionStore
    limits: Limits
    results: ResultStore
    service: DetectionService
    store: SqliteFeedbackStore
    kept_images: KeptImages
    images: ImageKeeping
    desk: FeedbackDesk
    holdings: Holdings
    history: History
    forgetting: Forgetting
    relay: Relay | None  # None where SQLite is the only place
    archive: SqliteArchive | ElasticArchive

    def close(self) -> None:
        """Let go of everything, in the order in which it depends on each other."""
        self.service.close(SHUTDOWN_S)
        if self.relay:
            self.relay.close()
        self.archive.close()
        self.store.close()
        self.results.close()
        self.authenticator.close()
        self.users.close()


def build_parts(settings: Settings, clock: Clock, stock: Stock) -> Parts:
    """Build every part and hand each what it needs. Opens the database; loads no model."""
    database = settings.database
    metrics = Metrics(version=VERSION, error_codes=error_codes())
    limits = Limits(limit_rules(settings), clock=clock, metrics=metrics)
    users = UserDirectory(database)
    results = ResultStore(database, clock=clock)
    service = DetectionService(
        limits=limits,
        results=results,
        metrics=metrics,
        clock=clock,
        serving_limits=serving_limits(settings),
        image_limits=image_limits(settings),
        default_model=settings.model,
        stock=stock,
    )
    store = SqliteFeedbackStore(database, clock=clock)
    kept_images = KeptImages(
        settings.data_dir / "kept", retention_days=settings.keep_images_days, clock=clock
    )
    images = ImageKeeping(kept_images, service, is_wanted=store.wants_image)
    copies = copies_of(settings, metrics, clock)
    relayed = RelayedStore(store, copies.relay) if copies else store
    holdings, history = Holdings(), History()
    return Parts(
        settings=settings,
        clock=clock,
        metrics=metrics,
        users=users,
        authenticator=BasicAuthenticator(users, limits=limits, metrics=metrics, clock=clock),
        sessions=SessionStore(database, clock=clock),
        limits=limits,
        results=results,
        service=service,
        store=store,
        kept_images=kept_images,
        images=images,
        desk=FeedbackDesk(
            store=relayed,
            results=results,
            images=images,
            metrics=metrics,
            clock=clock,
            limits=limits,
        ),
        holdings=holdings,
        history=history,
        forgetting=Forgetting(
            store=relayed,
            results=results,
            images=images,
            answers=service,
            uploads=PageFiles(uploads_folder(settings), holdings),
            also=(history.forget_session,),
        ),
        relay=copies.relay if copies else None,
        archive=copies.archive if copies else SqliteArchive(database),
    )


def copies_of(settings: Settings, metrics: Metrics, clock: Clock) -> Copies | None:
    """What copies ratings to Elasticsearch, where its address is given."""
    if address := elastic_address(settings):
        return build_copies(address, settings.database, metrics=metrics, clock=clock)
    return None


def model_stock(settings: Settings, build: BuildDetector | None) -> ModelStock:
    """Where models come from; a fetch is a child process, whose environment is ours."""
    return ModelStock(
        settings.models_dir,
        default_model=settings.model,
        build=build
        or partial(build_detector, device=settings.device, models_dir=settings.models_dir),
        fetches=Fetches(settings.models_dir, os.environ),
    )


def error_codes() -> list[str]:
    """Every code an answer may carry: the error tree's and the gate's."""
    return [key.partition(".")[2] for key in catalogue() if key.startswith(("errors.", "gate."))]
