"""One colour a phrase, told apart by colour-blind eyes too (after Okabe and Ito, 2008)."""

PALETTE: tuple[str, ...] = (
    "#0072b2",  # blue
    "#e69f00",  # orange
    "#009e73",  # bluish green
    "#d55e00",  # vermilion
    "#56b4e9",  # sky blue
    "#cc79a7",  # reddish purple
    "#f0e442",  # yellow
    "#000000",  # black
)


def phrase_colour(index: int) -> str:
    """Return the "#rrggbb" of the phrase with this index; phrases beyond the palette share one."""
    return PALETTE[index % len(PALETTE)]


def contrast_colour(colour: str) -> str:
    """Return black or white, whichever reads better on `colour` (by the contrast of WCAG 2)."""
    luminance = _luminance(colour)
    on_white = 1.05 / (luminance + 0.05)
    on_black = (luminance + 0.05) / 0.05
    return "#ffffff" if on_white >= on_black else "#000000"


def _luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", 0…1."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
