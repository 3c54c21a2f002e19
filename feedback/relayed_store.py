"""Ratings that are also copied elsewhere: kept as ever, and the relay is told."""

from feedback.record import Feedback
from feedback.relay import Relay
from feedback.store import FeedbackStore


class RelayedStore:
    """A FeedbackStore in front of `kept`; what it says is true before anything is copied."""

    def __init__(self, kept: FeedbackStore, relay: Relay) -> None:
        self._kept = kept
        self._relay = relay

    def record(self, feedback: Feedback) -> Feedback:
        stored = self._kept.record(feedback)
        self._relay.wake()
        return stored

    def of_session(self, session_id: str) -> list[Feedback]:
        return self._kept.of_session(session_id)

    def of_result(self, session_id: str, result_id: str) -> Feedback | None:
        return self._kept.of_result(session_id, result_id)

    def remove(self, session_id: str, result_id: str) -> bool:
        removed = self._kept.remove(session_id, result_id)
        self._relay.wake()
        return removed

    def forget_session(self, session_id: str) -> int:
        count = self._kept.forget_session(session_id)
        self._relay.wake()
        return count
