"""The archive in Elasticsearch: its search, its counts, and a scan over one moment of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from detection.errors import ArchiveUnavailable
from feedback.archive import (
    DayCount,
    FeedbackFilter,
    FeedbackPage,
    FeedbackSummary,
    VariantCount,
    bounds_of,
)
from feedback.elastic_fields import feedback_of
from feedback.elastic_query import PER_DAY, PER_RATING, PER_VARIANT, query_of, sort_by_time
from feedback.outbox import Outbox
from feedback.record import Feedback

SEARCH_S = 10.0
_SCANNED_AT_ONCE = 500
WINDOW = 10_000  # as far as Elasticsearch pages by itself
_KEPT_OPEN = "10m"  # between two pieces of a scan

_Hits = Sequence[Mapping[str, Any]]


class ElasticArchive:
    """A FeedbackArchive over the index behind `alias`; `outbox` knows what is still on its way.

    What arrived within the last second may not be found yet. Every method but `pending` raises
    ArchiveUnavailable.
    """

    def __init__(
        self, client: Elasticsearch, alias: str, *, outbox: Outbox, window: int = WINDOW
    ) -> None:
        self._client = client.options(request_timeout=SEARCH_S)
        self._alias = alias
        self._outbox = outbox
        self._window = window

    def search(self, wanted: FeedbackFilter, *, page: int = 1, size: int = 20) -> FeedbackPage:
        offset, limit = bounds_of(page, size)
        query = query_of(wanted)
        ordered = {"query": query, "sort": sort_by_time("desc")}
        with _trouble_said():
            total = int(self._client.count(index=self._alias, query=query)["count"])
            hits = self._hits(ordered, offset=offset, limit=limit) if offset < total else []
        return FeedbackPage(items=tuple(map(_feedback, hits)), total=total)

    def scan(self, wanted: FeedbackFilter) -> Iterator[Feedback]:
        """Yield what was there when the first was asked for."""
        with _trouble_said():
            opened = self._client.open_point_in_time(index=self._alias, keep_alive=_KEPT_OPEN)
        point: dict[str, Any] = {"id": opened["id"], "keep_alive": _KEPT_OPEN}
        try:
            yield from self._scan(point, wanted)
        finally:
            with _trouble_said():
                self._client.close_point_in_time(id=point["id"])

    def summary(self, wanted: FeedbackFilter) -> FeedbackSummary:
        with _trouble_said():
            answer = self._client.search(
                index=self._alias,
                query=query_of(wanted),
                aggs={"days": PER_DAY, "ratings": PER_RATING, "variants": PER_VARIANT},
                size=0,
                track_total_hits=True,
            )
        counted = answer["aggregations"]
        ratings = {bucket["key"]: bucket["doc_count"] for bucket in counted["ratings"]["buckets"]}
        return FeedbackSummary(
            total=answer["hits"]["total"]["value"],
            per_day=tuple(map(_day, counted["days"]["buckets"])),
            per_variant=tuple(map(_variant, counted["variants"]["buckets"])),
            ratings={points: ratings.get(points, 0) for points in range(1, 6)},
        )

    def find(self, feedback_id: str) -> Feedback | None:
        with _trouble_said():
            answer = self._client.mget(index=self._alias, ids=[feedback_id])
        document = answer["docs"][0]
        return _feedback(document) if document.get("found") else None

    def pending(self) -> int:
        return self._outbox.backlog().count

    def close(self) -> None:
        """Nothing: the client is the relay's."""

    def _hits(self, query: Mapping[str, Any], *, offset: int, limit: int) -> _Hits:
        """Return the hits from `offset` on, which may lie beyond the window."""
        if offset + limit <= self._window:
            return self._search({**query, "from_": offset, "size": limit})
        after: dict[str, Any] = {}
        while offset:
            step = min(offset, self._window)
            hits = self._search({**query, **after, "size": step, "source": False})
            if len(hits) < step:
                return []
            after, offset = {"search_after": hits[-1]["sort"]}, offset - step
        return self._search({**query, **after, "size": limit})

    def _search(self, request: Mapping[str, Any]) -> _Hits:
        hits: _Hits = self._client.search(index=self._alias, **request)["hits"]["hits"]
        return hits

    def _scan(self, point: dict[str, Any], wanted: FeedbackFilter) -> Iterator[Feedback]:
        query, sort, after = query_of(wanted), sort_by_time("asc"), None
        while True:
            with _trouble_said():
                answer = self._client.search(
                    pit=point, query=query, sort=sort, search_after=after, size=_SCANNED_AT_ONCE
                )
            hits = answer["hits"]["hits"]
            yield from map(_feedback, hits)
            if len(hits) < _SCANNED_AT_ONCE:
                return
            point["id"], after = answer["pit_id"], hits[-1]["sort"]


@contextmanager
def _trouble_said() -> Iterator[None]:
    try:
        yield
    except (ApiError, TransportError) as error:
        raise ArchiveUnavailable from error


def _feedback(hit: Mapping[str, Any]) -> Feedback:
    return feedback_of(hit["_source"])


def _day(bucket: Mapping[str, Any]) -> DayCount:
    day = datetime.fromtimestamp(bucket["key"] / 1000, UTC).date()
    return DayCount(day=day, count=bucket["doc_count"], mean=bucket["mean"]["value"])


def _variant(bucket: Mapping[str, Any]) -> VariantCount:
    return VariantCount(**bucket["key"], count=bucket["doc_count"], mean=bucket["mean"]["value"])
