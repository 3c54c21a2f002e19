import io
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from PIL import Image

from feedback.archive import DayCount, FeedbackSummary, VariantCount
from texts import Language
from ui.admin.charts import SIZE_WH, Shade, draw_days, draw_stars, draw_variants

Drawing = Callable[[FeedbackSummary, Language, Shade], bytes]
DRAWINGS: list[Drawing] = [draw_days, draw_stars, draw_variants]
SUMMARY = FeedbackSummary(
    total=40,
    per_day=tuple(
        DayCount(day=date(2026, 1, 1) + timedelta(days=day), count=1 + day % 3, mean=4.0)
        for day in range(20)
    ),
    per_variant=tuple(
        VariantCount(model_id=f"模型-{number}" * 9, variant="$x", count=number, mean=mean)
        for number, mean in enumerate((1.0, 5.0, None, 3.3, 2.2, 4.4, 1.1, 2.0))
    ),
    ratings={1: 3, 2: 0, 3: 7, 4: 10, 5: 20},
)


def pixels_of(drawn: bytes) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    return np.asarray(Image.open(io.BytesIO(drawn)).convert("RGBA"))


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("summary", [SUMMARY, FeedbackSummary()], ids=["much", "nothing"])
def test_a_chart_is_a_sharp_picture_without_a_ground(
    draw: Drawing, summary: FeedbackSummary
) -> None:
    pixels = pixels_of(draw(summary, "zh", Shade.LIGHT))
    assert pixels.shape == (2 * SIZE_WH[1], 2 * SIZE_WH[0], 4)
    assert pixels[0, 0, 3] == 0
    assert pixels[..., 3].any()


@pytest.mark.parametrize("draw", DRAWINGS)
def test_each_shade_has_its_own_ink(draw: Drawing) -> None:
    light, dark = (pixels_of(draw(SUMMARY, "en", shade)) for shade in Shade)
    for pixels, shade in ((light, Shade.LIGHT), (dark, Shade.DARK)):
        mark = [int(shade.value.mark[at : at + 2], 16) for at in (1, 3, 5)]
        assert (pixels[..., :3] == mark).all(axis=-1).sum() > 100


def test_text_stands_out_from_its_ground() -> None:
    for shade, ground in ((Shade.LIGHT, "#ffffff"), (Shade.DARK, "#1b1b1f")):
        ink = shade.value
        assert contrast(ink.text, ground) >= 7
        assert contrast(ink.quiet, ground) >= 4.5
        assert contrast(ink.mark, ground) >= 3


def contrast(first: str, second: str) -> float:
    """The contrast of WCAG 2."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
