"""Label Studio's own library reads the export; it pins an older OpenCV, so it lives apart."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from feedback.export.label_studio import write_label_studio
from feedback.record import Feedback
from tests.feedback.export.ratings import PROVENANCE, everything, hostile_ratings

SDK = "label-studio-sdk==2.1.2"
ROOT = Path(__file__).parents[3]
UV = Path(sys.executable).with_name("uv")
LIMIT_S = 1200

READER = """
import json, sys
from xml.sax.saxutils import quoteattr
from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface

tasks_path, config_path, out = sys.argv[1:]
tasks = json.load(open(tasks_path))
interface = LabelInterface(open(config_path).read())
errors = [
    error
    for task in tasks
    for answer in task["predictions"] + task["annotations"]
    for error in interface.validate_prediction(answer, return_errors=True)
]
# The converter wants the labels in the interface; it does not know those that come with a task.
names = dict.fromkeys(label["value"] for task in tasks for label in task["data"]["labels"])
labels = "".join(f"<Label value={quoteattr(name)}/>" for name in names)
tag = '<RectangleLabels name="label" toName="image">'
config = f'<View><Image name="image" value="$image"/>{tag}{labels}</RectangleLabels></View>'
Converter(config=config, project_dir=None, download_resources=False).convert_to_coco(
    tasks_path, out, is_dir=False
)
print(json.dumps({"errors": errors, "coco": json.load(open(out + "/result.json"))}))
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with nothing but the SDK; skips without an index."""
    folder = tmp_path_factory.mktemp("label-studio") / "venv"
    python = folder / "bin" / "python"
    run([str(UV), "venv", "--quiet", "--python", sys.executable, str(folder)])
    try:
        run([str(UV), "pip", "install", "--quiet", "--python", str(python), SDK])
    except subprocess.CalledProcessError as error:
        pytest.skip(f"{SDK} cannot be installed here: {error.stderr.strip()[-300:]}")
    return python


def run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT_S)
    return done.stdout


def read_back(python: Path, folder: Path, ratings: Iterable[Feedback]) -> Any:
    tasks, config = folder / "tasks.json", folder / "config.xml"
    tasks.write_bytes(b"".join(write_label_studio(ratings, PROVENANCE)))
    page = (ROOT / "docs" / "export.md").read_text("utf-8")
    (interface,) = re.findall(r"```xml\n(.*?)```", page, re.DOTALL)
    config.write_text(interface)
    command = [str(python), "-c", READER, str(tasks), str(config), str(folder / "coco")]
    return json.loads(run(command).splitlines()[-1])


def test_the_converter_finds_pictures_and_corrections(python: Path, tmp_path: Path) -> None:
    read = read_back(python, tmp_path, everything())
    coco = read["coco"]
    names = {one["id"]: one["name"] for one in coco["categories"]}
    boxes = [
        (names[one["category_id"]], [round(value, 2) for value in one["bbox"]])
        for one in coco["annotations"]
        if one["image_id"] == 0
    ]
    assert read["errors"] == []
    assert len(coco["images"]) == len(everything())
    assert boxes == [
        ("a dog", [64, 48, 64, 48]),
        ("a dog", [10, 10, 40, 80]),
        ("the cat 🐱", [600, 400, 40, 80]),
        ("一只鸟 🐦", [320, 240, 160, 120]),
    ]


def test_hostile_texts_are_read(python: Path, tmp_path: Path) -> None:
    read = read_back(python, tmp_path, hostile_ratings()[:200])
    assert read["errors"] == []
    assert len(read["coco"]["images"]) == 200
    assert len(read["coco"]["annotations"]) == 200 * 4
