"""The floors of the house: imports only go down, heavy dependencies have one home."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {
    "utils": 0, "config": 0, "texts": 0, "monitoring": 0,
    "detection": 1,
    "accounts": 2,
    "feedback": 3, "plugins": 3,
    "gate": 4, "serving": 4,
    "models": 5, "api": 5, "ui": 5,
    "house": 6, "terminal": 6, "training": 6,
    "app": 7, "tools": 7,
    "commands": 8,
    "cli": 9,
}  # fmt: skip
SIDE_ROOMS = {"training": {"models", "utils", "detection"}}
HOMES = {
    "torch": {"models", "training"},
    "transformers": {"models"},
    "tokenizers": {"models", "training"},
    "safetensors": {"models", "training"},
    "gradio": {"ui"},
    "elasticsearch": {"feedback"},
    "pyarrow": {"feedback"},
    "matplotlib": {"ui"},
    "huggingface_hub": {"models"},
    "prometheus_client": {"monitoring"},
    "pluggy": {"plugins"},
    "slowapi": {"accounts"},
    "limits": {"accounts"},
    "argon2": {"accounts"},
}
DOMAIN_WORDS = {
    "detection",
    "detector",
    "phrase",
    "prompt",
    "box",
    "xyxy",
    "feedback",
    "rating",
    "session",
    "user",
    "model",
}


def sources() -> list[Path]:
    """Python files of the rooms, tests left out."""
    return [
        path
        for path in sorted(ROOT.rglob("*.py"))
        if path.relative_to(ROOT).parts[0].removesuffix(".py") in FLOORS
    ]


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    """Top-level names this file imports, lazily imported ones included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield (node.module or "").partition(".")[0]


def floor_faults(path: Path) -> list[str]:
    room = room_of(path)
    return [
        f"{path.relative_to(ROOT)} imports {other}"
        for other in imports_of(path)
        if other in FLOORS and other != room and not may_import(room, other)
    ]


def may_import(room: str, other: str) -> bool:
    if room in SIDE_ROOMS:
        return other in SIDE_ROOMS[room]
    if room == "tools":
        return FLOORS[other] <= FLOORS["tools"]
    return FLOORS[other] < FLOORS[room]


def reads_environment(path: Path) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)
    }
    return bool(names & {"os.environ", "os.getenv", "environ", "getenv", "Settings"})


def test_there_is_something_to_check() -> None:
    assert {"detection", "utils", "app", "config"} <= {room_of(path) for path in sources()}


def test_imports_only_go_down() -> None:
    assert [fault for path in sources() for fault in floor_faults(path)] == []


def test_heavy_dependencies_stay_at_home() -> None:
    strays = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources()
        for name in imports_of(path)
        if name in HOMES and room_of(path) not in HOMES[name] | {"tools"}
    ]
    assert strays == []


def test_only_what_assembles_or_is_started_reads_the_environment() -> None:
    readers = {room_of(path) for path in sources() if reads_environment(path)}
    assert readers <= {"app", "commands", "config", "house", "tools"}


def test_every_room_is_known() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert rooms <= set(FLOORS)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "utils").glob("[a-z]*.py")), ids=lambda path: path.name
)
def test_utils_know_no_domain_and_serve_two_rooms(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        word
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for word in node.name.lower().split("_")
    }
    users = {
        room_of(other)
        for other in sources()
        if room_of(other) != "utils" and f"utils.{path.stem}" in other.read_text("utf-8")
    }
    assert not names & DOMAIN_WORDS
    assert not set(imports_of(path)) & (set(FLOORS) - {"utils"})
    assert len(users) >= 2, f"used by {users or 'nobody'}"


SPOILED = [
    ("detection/spoiled.py", "from serving.cache import Cache", "imports serving"),
    ("serving/spoiled.py", "def f():\n    import gate", "imports gate"),
]


@pytest.mark.parametrize(("name", "source", "fault"), SPOILED, ids=["upward", "neighbour, lazily"])
def test_a_wrong_import_is_found(tmp_path: Path, name: str, source: str, fault: str) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text(source)
    room = path.parent.name
    faults = [
        other for other in imports_of(path) if other in FLOORS and not may_import(room, other)
    ]
    assert [f"imports {other}" for other in faults] == [fault]
