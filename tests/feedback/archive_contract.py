"""What every FeedbackArchive does. A twin's tests inherit this and bring their own `shelf`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from detection.prompt import Prompt
from detection.result import Detections
from feedback.archive import (
    DayCount,
    FeedbackArchive,
    FeedbackFilter,
    FeedbackSummary,
    VariantCount,
)
from feedback.record import BoxVerdict, Feedback, MissedBox, Verdict
from tests.feedback.samples import some_detections, some_feedback

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = (
    '" OR comment:*',
    "red AND NOT cup",
    "* NEAR(a b)",
    "'; DROP TABLE feedback; --",
    '{"query": {"match_all": {}}}',
    "100 % _ \\ sure",
)


@dataclass(frozen=True)
class Shelf:
    """An archive, and how a rating gets into it: recorded, and there to be read on return."""

    archive: FeedbackArchive
    put: Callable[[Feedback], object]

    def put_all(self, *ratings: Feedback) -> None:
        for feedback in ratings:
            self.put(feedback)


def rating_of(number: int, **changes: Any) -> Feedback:
    """Rating `number`, given that many hours after noon; its prompt is given as a text."""
    if isinstance(prompt := changes.pop("prompt", None), str):
        changes["prompt"] = Prompt.parse(prompt)
    plain = {"result_id": f"{number:032x}", "at": NOON + number * HOUR, "comment": ""}
    return some_feedback(**{**plain, **changes})


class ArchiveContract:
    """Inherited by the tests of each archive."""

    @pytest.fixture
    def shelf(self) -> Shelf:
        pytest.fail("an archive's tests bring their own shelf")

    def found(self, shelf: Shelf, **wanted: Any) -> list[int]:
        """The numbers of the ratings that are found, newest first; scanning finds the same."""
        page = shelf.archive.search(FeedbackFilter(**wanted), size=100)
        scanned = list(shelf.archive.scan(FeedbackFilter(**wanted)))
        assert list(page.items) == scanned[::-1]
        assert page.total == len(scanned) == shelf.archive.summary(FeedbackFilter(**wanted)).total
        return [int(feedback.result_id, 16) for feedback in page.items]

    def test_an_empty_archive_says_so(self, shelf: Shelf) -> None:
        assert self.found(shelf) == []
        assert shelf.archive.summary(FeedbackFilter()) == FeedbackSummary()
        assert shelf.archive.find("0" * 64) is None
        assert shelf.archive.pending() == 0

    def test_a_rating_comes_back_whole(self, shelf: Shelf) -> None:
        feedback = rating_of(
            1,
            rating=None,
            comment="a <b>\u2028\n\t' \" 杯子 \U0001f43b",
            verdicts=(BoxVerdict(index=0, verdict=Verdict.WRONG_LABEL, phrase="猫"),),
            missed=(MissedBox(phrase="a cup", xyxy=(0.1, 0.2, 30.3, 40.4)),),
            image_kept=True,
        )
        shelf.put(feedback)
        assert shelf.archive.search(FeedbackFilter()).items == (feedback,)
        assert list(shelf.archive.scan(FeedbackFilter())) == [feedback]
        assert shelf.archive.find(feedback.id) == feedback

    def test_an_answer_without_boxes_comes_back(self, shelf: Shelf) -> None:
        nothing: Detections = some_detections(boxes=0)
        shelf.put(feedback := rating_of(1, detections=nothing))
        assert shelf.archive.find(feedback.id) == feedback

    def test_the_newest_come_first_page_by_page(self, shelf: Shelf) -> None:
        shelf.put_all(*(rating_of(number) for number in range(5)))
        pages = [shelf.archive.search(FeedbackFilter(), page=page, size=2) for page in (1, 2, 3, 4)]
        numbers = [[int(item.result_id, 16) for item in page.items] for page in pages]
        assert numbers == [[4, 3], [2, 1], [0], []]
        assert {page.total for page in pages} == {5}

    @pytest.mark.parametrize(("page", "size"), [(0, 2), (-5, 2), (1, 0), (10**12, 2), (1, 10**9)])
    def test_odd_pages_do_no_harm(self, shelf: Shelf, page: int, size: int) -> None:
        shelf.put_all(rating_of(0), rating_of(1))
        answer = shelf.archive.search(FeedbackFilter(), page=page, size=size)
        assert answer.total == 2
        assert len(answer.items) <= 2

    @pytest.mark.parametrize(
        ("wanted", "numbers"),
        [
            ({"since": NOON + HOUR}, [3, 2, 1]),
            ({"until": NOON + HOUR}, [0]),
            ({"since": NOON + HOUR, "until": NOON + 3 * HOUR}, [2, 1]),
            ({"model_id": "nano"}, [2]),
            ({"variant": "b"}, [3]),
            ({"user": "bob"}, [1]),
            ({"session_id": "b" * 32}, [1]),
            ({"ratings": frozenset({1, 2})}, [1, 0]),
            ({"ratings": frozenset({5}), "user": "alice"}, [2]),
            ({"user": "ali"}, []),
            ({"model_id": "nano", "variant": "b"}, []),
        ],
    )
    def test_filters(self, shelf: Shelf, wanted: dict[str, Any], numbers: list[int]) -> None:
        shelf.put_all(
            rating_of(0, rating=1),
            rating_of(1, rating=2, user="bob", session_id="b" * 32),
            rating_of(2, rating=5, model_id="nano"),
            rating_of(3, rating=None, variant="b"),
        )
        assert self.found(shelf, **wanted) == numbers

    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            ("red cup", [0]),
            ("RED CUP", [0]),
            ("cup red", []),
            ("dog", [1, 0]),
            ("红色杯子", [2]),
            ("杯子", [2]),
            ("杯", [2]),
            ("missing entirely", [1]),
            ("nobody wrote this", []),
        ],
    )
    def test_words_are_found_in_prompt_and_comment(
        self, shelf: Shelf, text: str, numbers: list[int]
    ) -> None:
        shelf.put_all(
            rating_of(0, prompt="a dog . the Red Cup"),
            rating_of(1, prompt="a cat", comment="the dog is\nmissing entirely"),
            rating_of(2, prompt="一只猫。红色杯子"),
        )
        assert self.found(shelf, text=text) == numbers

    @pytest.mark.parametrize("text", HOSTILE)
    def test_what_is_looked_for_is_never_a_query(self, shelf: Shelf, text: str) -> None:
        shelf.put_all(rating_of(0, comment=f"I wrote {text} here"), rating_of(1, comment="red cup"))
        assert self.found(shelf, text=text) == [0]

    @pytest.mark.parametrize("name", ["model_id", "variant", "user", "session_id"])
    @pytest.mark.parametrize("value", ["*", "%", "' OR 1 = 1 --", '{"match_all": {}}'])
    def test_names_are_never_patterns(self, shelf: Shelf, name: str, value: str) -> None:
        shelf.put(rating_of(0))
        assert self.found(shelf, **{name: value}) == []

    def test_an_edit_is_found_by_its_new_words_only(self, shelf: Shelf) -> None:
        first = rating_of(0, comment="first thoughts", rating=1)
        shelf.put(first)
        shelf.put(replace(first, comment="second thoughts", rating=4, edit=2, at=first.at + HOUR))
        assert self.found(shelf, text="first thoughts") == []
        assert self.found(shelf, text="second thoughts", ratings=frozenset({4})) == [0]
        assert shelf.archive.summary(FeedbackFilter()).total == 1

    def test_the_summary_counts_days_variants_and_stars(self, shelf: Shelf) -> None:
        shelf.put_all(
            rating_of(0, rating=2),
            rating_of(1, rating=5),
            rating_of(2, rating=None),
            rating_of(13, rating=4, model_id="nano", variant="b"),
            rating_of(40, rating=None, model_id="nano", variant="a"),
        )
        assert shelf.archive.summary(FeedbackFilter()) == FeedbackSummary(
            total=5,
            per_day=(
                DayCount(day=date(2026, 1, 10), count=3, mean=3.5),
                DayCount(day=date(2026, 1, 11), count=1, mean=4.0),
                DayCount(day=date(2026, 1, 12), count=1, mean=None),
            ),
            per_variant=(
                VariantCount(model_id="fake", variant="default", count=3, mean=3.5),
                VariantCount(model_id="nano", variant="a", count=1, mean=None),
                VariantCount(model_id="nano", variant="b", count=1, mean=4.0),
            ),
            ratings={1: 0, 2: 1, 3: 0, 4: 1, 5: 1},
        )

    def test_a_scan_yields_each_once_while_others_write(self, shelf: Shelf) -> None:
        ratings = [rating_of(number) for number in range(4)]
        shelf.put_all(*ratings)
        scan = shelf.archive.scan(FeedbackFilter())
        seen = [next(scan).result_id]
        shelf.put(rating_of(9))
        shelf.put(replace(ratings[0], comment="changed", edit=2, at=NOON + 10 * HOUR))
        shelf.put(replace(ratings[3], comment="changed", edit=2, at=NOON + 11 * HOUR))
        seen += [feedback.result_id for feedback in scan]
        assert seen == [feedback.result_id for feedback in ratings]
