import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detection.errors import NotSaved
from detection.image import SourceImage
from feedback.kept_images import KeptImages
from tests.fakes import FakeClock
from tests.feedback.samples import some_image

DAY_S = 24 * 3600
IMAGE = some_image()


def test_a_kept_picture_has_the_same_pixels_and_no_metadata(kept: KeptImages) -> None:
    kept.keep(IMAGE)
    path = kept.path_of(IMAGE.digest)
    assert path is not None
    assert path.name == f"{IMAGE.digest}.png"
    assert SourceImage.from_bytes(path.read_bytes()) == IMAGE
    with Image.open(path) as opened:
        assert opened.info == {}


def test_keeping_twice_is_keeping_once(kept: KeptImages) -> None:
    kept.keep(IMAGE)
    kept.keep(SourceImage.from_pixels(np.array(IMAGE.pixels)))
    assert kept.digests() == [IMAGE.digest]


@pytest.mark.parametrize("digest", ["", "..", "../" * 21 + "x", "A" * 64, "0" * 64, "\x00" * 64])
def test_what_is_no_digest_or_not_kept_has_no_path(kept: KeptImages, digest: str) -> None:
    kept.keep(IMAGE)
    assert kept.path_of(digest) is None
    assert kept.forget([digest]) == 0
    assert kept.digests() == [IMAGE.digest]


def test_forgetting_says_how_many_there_were(kept: KeptImages) -> None:
    for seed in range(3):
        kept.keep(some_image(seed))
    digests = [some_image(seed).digest for seed in range(4)]
    assert kept.forget([*digests[1:], digests[1]]) == 2
    assert kept.digests() == digests[:1]
    assert kept.forget(digests[1:]) == 0


def test_a_picture_is_purged_when_its_time_is_over(kept: KeptImages, clock: FakeClock) -> None:
    kept.keep(IMAGE)
    clock.advance(364 * DAY_S)
    kept.keep(some_image(1))
    assert kept.purge() == 0
    clock.advance(2 * DAY_S)
    assert kept.purge() == 1
    assert kept.digests() == [some_image(1).digest]


def test_what_a_crash_left_half_written_is_purged_after_an_hour(
    kept: KeptImages, clock: FakeClock, tmp_path: Path
) -> None:
    draft = tmp_path / "kept" / "tmpabc.draft"
    draft.write_bytes(b"half")
    os.utime(draft, (clock.now().timestamp(),) * 2)
    assert (kept.purge(), kept.digests()) == (0, [])
    clock.advance(3601)
    assert kept.purge() == 1
    assert not draft.exists()


def test_a_disk_that_refuses_is_said_and_leaves_nothing(tmp_path: Path, clock: FakeClock) -> None:
    kept = KeptImages(tmp_path / "kept", retention_days=1, clock=clock)
    (tmp_path / "kept").rmdir()
    (tmp_path / "kept").write_text("a file in the way")
    with pytest.raises(NotSaved):
        kept.keep(IMAGE)
    assert kept.path_of(IMAGE.digest) is None
