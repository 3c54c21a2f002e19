"""What the theme promises: legible text, and fonts of the reader's own machine."""

import re

import pytest

from ui.theme import build_theme

CSS: str = build_theme()._get_theme_css()  # type: ignore[no-untyped-call]  # Gradio's own


def colours(mode: str) -> dict[str, str]:
    """The theme's variables of one mode, references resolved."""
    light, dark = CSS.split(":root.dark", 1)
    block = dark if mode == "dark" else light
    return dict(re.findall(r"--([\w-]+): ([^;]+);", block))


def resolve(variables: dict[str, str], name: str) -> str:
    value = variables[name]
    while reference := re.fullmatch(r"var\(--([\w-]+)\)", value):
        value = variables[reference[1]]
    return {"white": "#ffffff", "black": "#000000"}.get(value, value)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "background"),
    [
        ("body-text-color", "body-background-fill"),
        ("body-text-color", "block-background-fill"),
        ("body-text-color-subdued", "body-background-fill"),
        ("body-text-color-subdued", "block-background-fill"),
        ("block-title-text-color", "block-background-fill"),
        ("block-info-text-color", "block-background-fill"),
        ("input-placeholder-color", "input-background-fill"),
        ("button-primary-text-color", "button-primary-background-fill"),
        ("button-primary-text-color", "button-primary-background-fill-hover"),
        ("button-secondary-text-color", "button-secondary-background-fill"),
        ("link-text-color", "block-background-fill"),
    ],
)
def test_text_stands_out_from_what_is_behind_it(mode: str, text: str, background: str) -> None:
    variables = colours(mode)
    light, dark = sorted(
        (luminance(resolve(variables, name)) for name in (text, background)), reverse=True
    )
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_no_font_is_fetched() -> None:
    assert "@font-face" not in CSS
    assert "@import" not in CSS
    assert "url(http" not in CSS
    assert build_theme()._stylesheets == []


def test_chinese_has_faces_of_its_own() -> None:
    assert "'PingFang SC'" in CSS
    assert "'Microsoft YaHei'" in CSS
