"""What is looked after: old pictures go, a hung model ends the process."""

from dataclasses import dataclass
from threading import Event
from typing import cast

import pytest

from feedback.image_keeping import ImageKeeping
from house.upkeep import EXIT_HUNG, purge_images, watch_model
from serving.service import DetectionService


@dataclass
class Model:
    """A service whose batch has been running for a while."""

    stuck_for_s: float


class TwoLooks(Event):
    """Ends a thread's loop after its second look."""

    looks = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.looks += 1
        return self.looks > 2


@dataclass
class Images:
    """Kept pictures on a disk that fails once."""

    purged: int = 0

    def purge(self) -> int:
        self.purged += 1
        if self.purged == 1:
            raise OSError("the disk")
        return 3


def test_kept_pictures_are_purged_at_start_and_again_whatever_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    images = Images()
    with caplog.at_level("INFO", logger="glip.app"):
        purge_images(cast("ImageKeeping", images), closing=TwoLooks())
    assert images.purged == 3
    assert [line.getMessage() for line in caplog.records] == [
        "kept pictures could not be purged",
        "3 kept pictures purged",
        "3 kept pictures purged",
    ]


@pytest.mark.parametrize(
    ("stuck_for_s", "ended"), [(130.0, [EXIT_HUNG]), (110.0, [])], ids=["hung", "slow"]
)
def test_only_a_hung_model_ends_the_process(stuck_for_s: float, ended: list[int]) -> None:
    left: list[int] = []
    service = cast("DetectionService", Model(stuck_for_s))
    watch_model(service, hang_exit_s=120.0, closing=TwoLooks(), leave=left.append)
    assert left == ended
