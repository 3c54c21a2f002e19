"""Where an export comes from: which version wrote it, when, from which ratings, and what lacks."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from feedback.archive import FeedbackArchive, FeedbackFilter
from texts import Language, say

EXPORT_SCHEMA = 1  # of the layouts of all formats together


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Stands in every export, in the place its format has for such things."""

    app_version: str
    exported_at: datetime  # UTC
    wanted: FeedbackFilter
    ratings: int  # that fitted the filter when the export began
    pending: int  # acknowledged, but not in the archive yet
    note: str  # a sentence on what is pending; empty if nothing is

    def facts(self) -> Mapping[str, Any]:
        """Return all of it as what JSON can hold; of the filter what was filled in."""
        return {
            "schema": EXPORT_SCHEMA,
            "app": "glip-demo",
            "app_version": self.app_version,
            "exported_at": self.exported_at.isoformat(),
            "filter": describe_filter(self.wanted),
            "ratings": self.ratings,
            "pending": self.pending,
            "note": self.note,
        }


def provenance_of(
    archive: FeedbackArchive,
    wanted: FeedbackFilter,
    *,
    app_version: str,
    exported_at: datetime,
    language: Language,
) -> Provenance:
    """Ask the archive what an export that begins now will hold and will lack."""
    pending = archive.pending()
    return Provenance(
        app_version=app_version,
        exported_at=exported_at,
        wanted=wanted,
        ratings=archive.search(wanted, size=1).total,
        pending=pending,
        note=say("export.pending", language, count=pending) if pending else "",
    )


def describe_filter(wanted: FeedbackFilter) -> Mapping[str, Any]:
    """Return what was filled in, under our names."""
    filled = {
        field.name: value for field in fields(wanted) if (value := getattr(wanted, field.name))
    }
    return {name: _plain(value) for name, value in filled.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value
