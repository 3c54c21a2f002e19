"""The formats ratings are exported in: one table, and the one function that writes them."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from feedback.export.chunks import in_chunks
from feedback.export.coco import write_coco
from feedback.export.label_studio import write_label_studio
from feedback.export.lines import write_lines
from feedback.export.odvg import write_odvg
from feedback.export.parquet import write_parquet
from feedback.export.pictures import PictureOf, no_pictures
from feedback.export.provenance import Provenance
from feedback.export.table import write_table
from feedback.export.yolo import write_yolo
from feedback.record import Feedback

Writer = Callable[[Iterable[Feedback], Provenance, PictureOf], Iterator[bytes]]


class FormatName(StrEnum):
    """What a format is called in a query string and on the command line."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    COCO = "coco"
    YOLO = "yolo"
    LABEL_STUDIO = "labelstudio"
    ODVG = "odvg"


@dataclass(frozen=True, kw_only=True)
class ExportFormat:
    """One format: how its file is named and served, and who writes it."""

    suffix: str  # with its dot
    media_type: str
    write: Writer

    def file_name(self, at: datetime) -> str:
        """Return a name for a file that was exported at `at` (UTC)."""
        return f"glip-feedback-{at:%Y%m%d-%H%M%S}{self.suffix}"


def _without_pictures(
    write: Callable[[Iterable[Feedback], Provenance], Iterator[bytes]],
) -> Writer:
    """Let a writer that only names pictures stand beside those that pack them."""
    return lambda records, provenance, _picture_of: write(records, provenance)


FORMATS: Mapping[FormatName, ExportFormat] = MappingProxyType(
    {
        FormatName.JSONL: ExportFormat(
            suffix=".jsonl", media_type="application/jsonl", write=_without_pictures(write_lines)
        ),
        FormatName.CSV: ExportFormat(
            suffix=".csv",
            media_type="text/csv; charset=utf-8",
            write=_without_pictures(write_table),
        ),
        FormatName.PARQUET: ExportFormat(
            suffix=".parquet",
            media_type="application/vnd.apache.parquet",
            write=_without_pictures(write_parquet),
        ),
        FormatName.COCO: ExportFormat(
            suffix=".coco.json", media_type="application/json", write=_without_pictures(write_coco)
        ),
        FormatName.YOLO: ExportFormat(
            suffix=".yolo.zip", media_type="application/zip", write=write_yolo
        ),
        FormatName.LABEL_STUDIO: ExportFormat(
            suffix=".labelstudio.json",
            media_type="application/json",
            write=_without_pictures(write_label_studio),
        ),
        FormatName.ODVG: ExportFormat(
            suffix=".odvg.zip", media_type="application/zip", write=write_odvg
        ),
    }
)


def write(
    name: FormatName,
    records: Iterable[Feedback],
    provenance: Provenance,
    picture_of: PictureOf = no_pictures,
) -> Generator[bytes, None, None]:
    """Yield a file of `records`, oldest first, in chunks of 64 KiB or more.

    However many there are, memory stays the same but for the names in a zip. Closing the iterator
    lets go of `records` and of what was written to temporary files. What reading them raises, it
    raises.
    """
    yield from in_chunks(FORMATS[name].write(records, provenance, picture_of))
