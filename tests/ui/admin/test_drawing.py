import io

import numpy as np
from PIL import Image

from detection.image import SourceImage
from feedback.record import BoxVerdict, MissedBox, Verdict
from tests.fakes import image_bytes
from tests.feedback.archive_contract import rating_of
from tests.feedback.samples import some_detections
from ui.admin.drawing import MAX_SIDE, draw_opinion

MISSED = MissedBox(phrase="左边的杯子", xyxy=(100.0, 100.0, 400.0, 300.0))


def drawn(*, picture: SourceImage | None = None, **changes: object) -> Image.Image:
    return Image.open(io.BytesIO(draw_opinion(rating_of(1, **changes), picture)))


def differ(first: Image.Image, second: Image.Image) -> bool:
    return bool((np.asarray(first) != np.asarray(second)).any())


def test_without_the_picture_the_canvas_has_its_size() -> None:
    assert drawn().size == (640, 480)


def test_a_large_picture_is_scaled_down() -> None:
    assert drawn(size_wh=(6000, 3000)).size == (MAX_SIDE, MAX_SIDE // 2)


def test_a_picture_of_one_line_stays_one() -> None:
    assert drawn(size_wh=(12_000, 300), detections=some_detections(boxes=0)).size == (MAX_SIDE, 30)


def test_the_kept_picture_lies_below_the_boxes() -> None:
    picture = SourceImage.from_bytes(image_bytes(64, 48, colour=(10, 200, 10)))
    kept = drawn(picture=picture, size_wh=(64, 48), detections=some_detections(boxes=0))
    assert kept.getpixel((30, 30)) == (10, 200, 10)


def test_verdicts_and_missed_boxes_are_seen() -> None:
    plain = drawn(threshold=0.0)
    pictures = [plain, drawn(threshold=0.0, missed=(MISSED,))]
    for verdict in Verdict:
        said = BoxVerdict(index=0, verdict=verdict, phrase="x" if "label" in verdict else "")
        pictures.append(drawn(threshold=0.0, verdicts=(said,)))
    for index, picture in enumerate(pictures):
        assert all(differ(picture, other) for other in pictures[index + 1 :])


def test_a_verdict_on_a_box_that_is_not_there_draws_nothing() -> None:
    said = BoxVerdict(index=9, verdict=Verdict.RIGHT)
    assert not differ(drawn(verdicts=(said,)), drawn())


def test_no_detections_at_all_can_be_drawn() -> None:
    nothing = some_detections(boxes=0)
    assert drawn(detections=nothing, missed=(MISSED,)).size == (640, 480)
