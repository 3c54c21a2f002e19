"""Further styles of the same emoji: ``python -m training.artwork PACKAGE OUT``.

PACKAGE is an unpacked ``@iconify-json/fluent-emoji`` (MIT) or ``@iconify-json/twemoji`` (CC-BY 4.0)
of npm; OUT receives ``1f436.png`` and so on. Fluent lists no code points: ``--characters`` names
Twemoji's ``chars.json``. Needs the PyPI package ``resvg-py``, no dependency of the project.
"""

import argparse
import json
from importlib import import_module
from pathlib import Path
from typing import Any

from training.sprites import name_file
from training.words import load_words

HEIGHT = 136  # pixels, as Noto's bitmaps


def render_all(package: Path, out: Path, characters_file: Path) -> int:
    """Rasterise every emoji the project uses; returns how many the package has."""
    resvg = import_module("resvg_py")
    drawing = json.loads((package / "icons.json").read_text("utf-8"))
    characters = json.loads(characters_file.read_text("utf-8"))
    named = {code.replace("-fe0f", ""): name for code, name in characters.items()}
    done = 0
    for thing in load_words().things:
        code = name_file(thing.glyph or "")
        svg = find_drawing(named.get(code, ""), drawing)
        if svg is not None:
            png = bytes(resvg.svg_to_bytes(svg_string=svg, width=HEIGHT, height=HEIGHT))
            (out / f"{code}.png").write_bytes(png)
            done += 1
    return done


def find_drawing(name: str, drawing: dict[str, Any]) -> str | None:
    """The SVG of an icon or alias in an iconify package, or None."""
    name = drawing.get("aliases", {}).get(name, {}).get("parent", name)
    if name not in drawing["icons"]:
        return None
    size = f"{drawing.get('width', 32)} {drawing.get('height', 32)}"
    body = drawing["icons"][name]["body"]
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} viewBox="0 0 {size}">{body}</svg>'


def main() -> None:
    """Read the command line and rasterise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--characters", type=Path, help="PACKAGE/chars.json unless given")
    given = parser.parse_args()
    characters = given.characters or given.package / "chars.json"
    given.out.mkdir(parents=True, exist_ok=True)
    print(render_all(given.package, given.out, characters))


if __name__ == "__main__":
    main()
