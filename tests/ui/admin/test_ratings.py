from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import gradio as gr
import pytest

from detection.errors import BadFilter
from feedback.filters import FilterForm
from feedback.sqlite import SqliteFeedbackStore
from tests.fakes import image_bytes
from tests.feedback.archive_contract import rating_of
from tests.ui.admin.conftest import FORMATS, SilentArchive, ask, value_of
from tests.ui.conftest import Toasts
from texts import say
from ui.admin.ratings import PAGE_SIZE, Ratings, build_ratings, export_link
from ui.admin.services import AdminServices

ANY: Sequence[object] = ["", "", "", "", "", "", [], ""]


@pytest.fixture
def ratings(admin: AdminServices) -> Ratings:
    with gr.Blocks():
        return Ratings(build_ratings("en", FORMATS), admin)


def comments(ratings: Ratings, update: dict[object, object]) -> list[str]:
    return [row[2] for row in value_of(update[ratings.panel.table])]


def fill(store: SqliteFeedbackStore, count: int) -> None:
    for number in range(count):
        store.record(rating_of(number, comment=f"comment {number}", rating=1 + number % 5))


def test_an_archive_that_does_not_answer_is_said_in_its_place(ratings: Ratings) -> None:
    panel, archive = ratings.panel, cast("Any", SilentArchive())
    silent = replace(ratings, services=replace(ratings.services, archive=archive))
    (updates,) = ask(silent.enter, *ANY)
    assert value_of(updates[panel.empty]) == say("errors.archive_unavailable", "en")
    assert not updates[panel.found]["visible"]
    *_, listed = ask(ratings.enter, *ANY)
    assert value_of(listed[panel.empty]) == say("admin.none_found", "en")


def test_a_page_and_the_next(ratings: Ratings, store: SqliteFeedbackStore) -> None:
    fill(store, PAGE_SIZE + 1)
    panel = ratings.panel
    (first,) = ask(ratings.search, *ANY)
    assert comments(ratings, first)[0] == f"comment {PAGE_SIZE}"
    assert (first[panel.back]["interactive"], first[panel.on]["interactive"]) == (False, True)
    (second,) = ask(ratings.turn_on, first[panel.page], *ANY)
    assert comments(ratings, second) == ["comment 0"]
    assert second[panel.place] == say("admin.place", "en", page=2, last=2, total=PAGE_SIZE + 1)
    (again,) = ask(ratings.turn_back, second[panel.page], *ANY)
    assert comments(ratings, again) == comments(ratings, first)


@pytest.mark.parametrize("page", [2, 10**30])
def test_beyond_the_last_page_is_the_last_page(
    ratings: Ratings, store: SqliteFeedbackStore, page: int
) -> None:
    fill(store, PAGE_SIZE + 1)
    (last,) = ask(ratings.turn_on, page, *ANY)
    assert comments(ratings, last) == ["comment 0"]
    assert (last[ratings.panel.page], last[ratings.panel.on]["interactive"]) == (2, False)


@pytest.mark.parametrize("page", [None, 0, -3, 0.0])
def test_there_is_no_page_before_the_first(ratings: Ratings, page: float | None) -> None:
    (update,) = ask(ratings.turn_back, page, *ANY)
    assert update[ratings.panel.page] == 1


def test_what_is_filtered_is_what_the_links_export(
    ratings: Ratings, store: SqliteFeedbackStore
) -> None:
    fill(store, 5)
    (update,) = ask(ratings.search, "", "", "", "", "", "", ["2"], "comment & 1")
    assert comments(ratings, update) == []
    (update,) = ask(ratings.search, "", "", "", "", "", "", ["2"], "comment 1")
    assert comments(ratings, update) == ["comment 1"]
    link = urlsplit(update[ratings.panel.exports["coco"]]["link"])
    assert link.path == "/api/feedback/export"
    assert parse_qsl(link.query) == [("format", "coco"), ("text", "comment 1"), ("rating", "2")]


def test_a_link_is_a_link_whatever_was_typed() -> None:
    link = export_link("csv", FilterForm(text='"><script>&format=jsonl#'))
    assert parse_qsl(urlsplit(link).query) == [
        ("format", "csv"),
        ("text", '"><script>&format=jsonl#'),
    ]
    assert not set("<>\"'#") & set(link)


def test_nothing_found_is_said(ratings: Ratings) -> None:
    (update,) = ask(ratings.search, *ANY)
    assert update[ratings.panel.empty]["visible"]
    assert not update[ratings.panel.found]["visible"]


def test_a_filter_that_cannot_be_read_is_refused(ratings: Ratings) -> None:
    with pytest.raises(BadFilter):
        ask(ratings.search, "soon", *ANY[1:])


def test_opening_the_tab_offers_the_models(ratings: Ratings, store: SqliteFeedbackStore) -> None:
    fill(store, 1)
    offered, listed = ask(ratings.enter, *ANY)
    assert ("fake", "fake") in offered[ratings.panel.filter.model]["choices"]
    assert comments(ratings, listed) == ["comment 0"]


def test_clearing_wants_everything_again(ratings: Ratings, store: SqliteFeedbackStore) -> None:
    fill(store, 2)
    (update,) = ask(ratings.clear)
    assert update[ratings.panel.filter.text] == ""
    assert len(comments(ratings, update)) == 2


def test_a_rating_is_opened_whole_and_closed(ratings: Ratings, store: SqliteFeedbackStore) -> None:
    fill(store, 2)
    hostile = "<img src=x onerror=alert(1)> **x**"
    store.record(rating_of(2, comment=hostile, prompt="a <b>dog</b>"))
    panel, opened = ratings.panel, ratings.panel.opened
    (listed,) = ask(ratings.search, *ANY)
    (update,) = ask(ratings.open, [0, 2], listed[panel.ids])
    assert update[opened.prompt] == "a <b>dog</b>"
    assert value_of(update[opened.comment]) == hostile
    assert update[opened.note] == say("admin.picture_not_kept", "en")
    assert Path(value_of(update[opened.picture])).stat().st_size > 1000
    assert not update[panel.column]["visible"]
    (closed,) = ask(ratings.close)
    assert closed[opened.picture] is None
    assert closed[panel.column]["visible"]


def test_a_kept_picture_is_shown(
    ratings: Ratings, store: SqliteFeedbackStore, tmp_path: Path
) -> None:
    (tmp_path / "kept.png").write_bytes(image_bytes(640, 480))
    found = replace(ratings.services, find_picture=lambda _digest: tmp_path / "kept.png")
    ratings = replace(ratings, services=found)
    store.record(rating_of(0, image_kept=True))
    store.record(rating_of(1, image_kept=False))
    (listed,) = ask(ratings.search, *ANY)
    notes = []
    for row in (0, 1):
        (update,) = ask(ratings.open, [row, 0], listed[ratings.panel.ids])
        notes.append(update[ratings.panel.opened.note])
    assert notes == [say(f"admin.picture_{key}", "en") for key in ("not_kept", "kept")]


@pytest.mark.parametrize("data", [b"no picture", None], ids=["broken", "gone"])
def test_a_kept_picture_that_cannot_be_read_is_none(
    ratings: Ratings, store: SqliteFeedbackStore, tmp_path: Path, data: bytes | None
) -> None:
    path = tmp_path / "kept.png"
    if data:
        path.write_bytes(data)
    ratings = replace(ratings, services=replace(ratings.services, find_picture=lambda _: path))
    store.record(rating_of(0, image_kept=True))
    (listed,) = ask(ratings.search, *ANY)
    (update,) = ask(ratings.open, [0, 0], listed[ratings.panel.ids])
    assert update[ratings.panel.opened.note] == say("admin.picture_not_kept", "en")


@pytest.mark.parametrize(("row", "ids"), [(0, "f" * 64), (7, "f" * 64), (0, ""), (0, "' OR 1=1")])
def test_a_rating_that_is_gone_is_said_to_be(
    ratings: Ratings, toasts: Toasts, row: int, ids: str
) -> None:
    ask(ratings.open, [row, 0], ids)
    assert toasts() == [say("admin.gone", "en")]
