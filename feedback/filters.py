"""The filter over ratings as it comes in: from the page, a query string or the command line."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from detection.characters import is_refused
from detection.errors import BadFilter
from feedback.archive import FeedbackFilter

MAX_TEXT = 500  # code points, as a prompt has
MAX_NAME = 200
_RATINGS = {str(points): points for points in range(1, 6)}
_DAY = timedelta(days=1)
_DAY_LENGTH = len("2026-01-31")


@dataclass(frozen=True, kw_only=True)
class FilterForm:
    """Nothing in it is trusted; the names are those of the query string. Empty wants any."""

    since: str = ""  # a day or a moment (ISO 8601), UTC unless it says otherwise
    until: str = ""  # likewise; a day is included whole, a moment is not
    model: str = ""
    variant: str = ""
    user: str = ""
    session: str = ""
    rating: tuple[str, ...] = ()
    text: str = ""

    def parse(self) -> FeedbackFilter:
        """Return the filter. Raises BadFilter, which names the first field that cannot be used."""
        return FeedbackFilter(
            since=_moment("since", self.since),
            until=_moment("until", self.until, whole_day=True),
            model_id=_plain("model", self.model, MAX_NAME),
            variant=_plain("variant", self.variant, MAX_NAME),
            user=_plain("user", self.user, MAX_NAME),
            session_id=_plain("session", self.session, MAX_NAME),
            ratings=_ratings(self.rating),
            text=_plain("text", self.text, MAX_TEXT),
        )

    def query(self) -> list[tuple[str, str]]:
        """Return what is not empty as the pairs of a query string."""
        names = asdict(self)
        ratings = [("rating", points) for points in names.pop("rating")]
        return [(name, value) for name, value in names.items() if value] + ratings


def _plain(field: str, value: str, limit: int) -> str:
    value = value.strip()
    if len(value) > limit or any(map(is_refused, value)):
        raise BadFilter(field=field)
    return value


def _ratings(values: tuple[str, ...]) -> frozenset[int]:
    if not set(values) <= set(_RATINGS):
        raise BadFilter(field="rating")
    return frozenset(_RATINGS[value] for value in values)


def _moment(field: str, value: str, *, whole_day: bool = False) -> datetime | None:
    value = value.strip()
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        is_day = len(value) == _DAY_LENGTH
        return moment + _DAY if whole_day and is_day else moment
    except (ValueError, OverflowError):
        raise BadFilter(field=field) from None
