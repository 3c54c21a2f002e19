from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.limits import LimitRules, Limits
from monitoring.metrics import Metrics
from serving.limits import ServingLimits
from serving.service import DetectionService
from tests.fakes import FakeClock, FakeDetector
from tests.serving.samples import Door, KeptResults

Build = Callable[..., DetectionService]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(error_codes=["prompt_empty", "overloaded", "deadline_exceeded"])


@pytest.fixture
def results() -> KeptResults:
    return KeptResults()


@pytest.fixture
def detector() -> FakeDetector:
    return FakeDetector()


@pytest.fixture
def door(detector: FakeDetector) -> Door:
    """A door before the detector, closed until the test opens it."""
    detector.before_batch = door = Door()
    return door


@pytest.fixture
def build(clock: FakeClock, metrics: Metrics, results: KeptResults) -> Iterator[Build]:
    """Builds services with the ServingLimits and the detection limit given; closes them."""
    services = []

    def build(*detectors: Any, detect: str = "1000/minute", **sizes: Any) -> DetectionService:
        rules = LimitRules(detect=detect, detect_address="100000/minute")
        service = DetectionService(
            limits=Limits(rules, clock=clock, metrics=metrics),
            results=results,
            metrics=metrics,
            clock=clock,
            default_model="fake",
            serving_limits=ServingLimits(**{"max_wait_ms": 0.0} | sizes),
        )
        for detector in detectors:
            service.plug(detector)
        services.append(service)
        return service

    yield build
    for service in services:
        service.close(0)


@pytest.fixture
def service(build: Build, detector: FakeDetector) -> DetectionService:
    return build(detector)
