"""Which picture files a name on a command line stands for: a file, a folder or a pattern."""

from glob import glob, has_magic
from pathlib import Path

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def find_pictures(name: str, leave_out: Path | None = None) -> list[Path]:
    """Return the pictures that `name` stands for, sorted; none for an empty folder or pattern.

    A folder stands for every picture in and below it, but for hidden ones and what lies in the
    folder `leave_out`. A plain name stands for itself, even if there is no such file: whoever
    opens it learns what is wrong.
    """
    path = Path(name)
    if path.is_dir():
        return _pictures_below(path, leave_out)
    if path.exists() or not has_magic(name):
        return [path]
    matched = glob(name, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute patterns
    matches = map(Path, sorted(matched))
    found = [
        picture
        for match in matches
        for picture in (_pictures_below(match, leave_out) if match.is_dir() else [match])
        if _is_picture(picture)
    ]
    return list(dict.fromkeys(found))  # `**` matches a folder and, once more, what is in it


def _pictures_below(folder: Path, leave_out: Path | None) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if _is_picture(path)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not (leave_out and path.resolve().is_relative_to(leave_out.resolve()))
    ]


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES and path.is_file()
