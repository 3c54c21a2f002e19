"""What admins ask, as Elasticsearch wants to be asked: typed clauses, never a query language."""

import re
from datetime import UTC, datetime
from typing import Any, Literal

from feedback.archive import FeedbackFilter
from feedback.elastic_fields import folded

_EPOCH = datetime.fromtimestamp(0, UTC)
_MEAN = {"mean": {"avg": {"field": "rating"}}}
_MOST_VARIANTS = 1_000

PER_DAY = {
    "date_histogram": {"field": "timestamp", "calendar_interval": "day", "min_doc_count": 1},
    "aggs": _MEAN,
}
PER_RATING = {"terms": {"field": "rating", "size": 5}}
PER_VARIANT = {
    "composite": {
        "size": _MOST_VARIANTS,
        "sources": [
            {"model_id": {"terms": {"field": "model_id"}}},
            {"variant": {"terms": {"field": "variant"}}},
        ],
    },
    "aggs": _MEAN,
}


def query_of(wanted: FeedbackFilter) -> dict[str, Any]:
    """Return the query that finds what is wanted."""
    names = ("model_id", "variant", "user", "session_id")
    clauses: list[dict[str, Any]] = [
        {"term": {name: value}} for name in names if (value := getattr(wanted, name))
    ]
    if wanted.since or wanted.until:
        # Without a lower bound, counting days in a nanosecond field is an error of the server's.
        times = {"gte": wanted.since or _EPOCH, "lt": wanted.until}
        moments = {bound: moment.isoformat() for bound, moment in times.items() if moment}
        clauses.append({"range": {"timestamp": moments}})
    if wanted.ratings:
        clauses.append({"terms": {"rating": sorted(wanted.ratings)}})
    if wanted.text:
        clauses.append({"wildcard": {"folded_texts": {"value": _anywhere(wanted.text)}}})
    return {"bool": {"filter": clauses}}


def sort_by_time(order: Literal["asc", "desc"]) -> list[dict[str, Any]]:
    """Return an order in which no two ratings are equal."""
    timestamp = {"order": order, "format": "strict_date_optional_time_nanos"}
    return [{"timestamp": timestamp}, {"id": {"order": order}}]


def _anywhere(text: str) -> str:
    """Return the pattern that finds `text` inside another; its own stars are letters."""
    letters = re.sub(r"([*?\\])", r"\\\1", folded(text))
    return f"*{letters}*"
