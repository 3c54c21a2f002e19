"""A zip archive that is sent while it is made."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from feedback.export.chunks import CHUNK, Outlet
from feedback.export.pictures import PictureOf, file_name_of

Member = tuple[str, Iterable[bytes]]  # a name and the content


def write_zip(members: Iterable[Member], at: datetime) -> Iterator[bytes]:
    """Yield the archive; only the list of names stays in memory, some hundred bytes a member."""
    outlet = Outlet()
    with ZipFile(outlet, "w") as archive:
        for name, parts in members:
            member = ZipInfo(name, at.timetuple()[:6])
            # Pictures are packed already.
            member.compress_type = ZIP_STORED if name.endswith(".png") else ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            with archive.open(member, "w", force_zip64=name.endswith(".jsonl")) as file:
                for part in parts:
                    file.write(part)
                    yield outlet.take()
    yield outlet.take()


def picture_members(digest: str, picture_of: PictureOf) -> Iterator[Member]:
    """Yield the picture of a digest, if it was kept; it may go at any moment."""
    path = picture_of(digest)
    try:
        file = path.open("rb") if path else None
    except FileNotFoundError:
        return
    if file:
        with file:
            yield f"images/{file_name_of(digest)}", iter(partial(file.read, CHUNK), b"")
