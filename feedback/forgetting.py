"""Forgetting a session: whatever it left anywhere in the house goes in one call."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from accounts.asker import Asker
from accounts.permissions import Action, require
from feedback.image_keeping import ImageKeeping
from feedback.results import ResultStore
from feedback.store import FeedbackStore


class Answers(Protocol):
    """Where answers and pictures are remembered for a while."""

    def forget_images(self, digests: Collection[str]) -> int:
        """Drop what is remembered of these pictures; return how many answers that were."""
        ...


class Uploads(Protocol):
    """Where the page puts files."""

    def forget_session(self, session_id: str) -> int:
        """Delete the files only this session was shown; return how many."""
        ...


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """How many of each there were; all 0 when there was nothing (left) to forget."""

    ratings: int
    results: int
    images: int  # that were kept to learn from
    answers: int
    uploads: int


class Forgetting:
    """Knows every place where a session leaves something. Safe to use from several threads."""

    def __init__(
        self,
        *,
        store: FeedbackStore,
        results: ResultStore,
        images: ImageKeeping,
        answers: Answers,
        uploads: Uploads,
        also: Sequence[Callable[[str], object]] = (),
    ) -> None:
        """`also` are told the session's id; what they forget is not counted."""
        self._store = store
        self._results = results
        self._images = images
        self._answers = answers
        self._uploads = uploads
        self._also = also

    def forget(self, session_id: str, asker: Asker) -> Forgotten:
        """Forget the asker's own session, or anybody's for who manages users.

        Ratings on their way to Elasticsearch are included. A picture stays as long as another
        session's rating leaves it too. Calling again finishes what an error broke off. Raises
        NotAllowed or NotSaved.
        """
        if session_id != asker.session_id:
            require(asker.user, Action.MANAGE_USERS)
        with self._results.held(session_id):  # else a rating on its way would stay
            return self._forget(session_id)

    def _forget(self, session_id: str) -> Forgotten:
        rated = [feedback.image_digest for feedback in self._store.of_session(session_id)]
        ratings = self._store.forget_session(session_id)
        images = self._images.let_go(rated)
        asked = self._results.forget_session(session_id)
        for forget in self._also:
            forget(session_id)
        return Forgotten(
            ratings=ratings,
            results=len(asked),
            images=images,
            answers=self._answers.forget_images({*rated, *asked}),
            uploads=self._uploads.forget_session(session_id),
        )
