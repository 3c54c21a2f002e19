"""The last questions of each session, so that a click returns to one. Knows no Gradio.

In this process only: Gradio deletes the pictures when it stops.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from accounts.asker import Asker

MOST_KEPT = 8  # questions a session
MOST_SESSIONS = 1000  # as many as Gradio keeps tabs


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question that was answered; the result itself is in the store of results."""

    result_id: str
    picture: Path  # the upload
    thumbnail: Path
    caption: str


class History:
    """Each session sees its own questions alone. Safe to use from several threads."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, tuple[Asked, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, asked: Asked, asker: Asker) -> None:
        """Put a question first; the oldest one gives way."""
        with self._lock:
            earlier = self._sessions.get(asker.session_id, ())
            self._sessions[asker.session_id] = (asked, *earlier)[:MOST_KEPT]
            self._sessions.move_to_end(asker.session_id)
            if len(self._sessions) > MOST_SESSIONS:
                self._sessions.popitem(last=False)

    def forget_session(self, session_id: str) -> None:
        """The session is to be forgotten; its files are deleted elsewhere."""
        with self._lock:
            self._sessions.pop(session_id, None)

    def of(self, asker: Asker) -> tuple[Asked, ...]:
        """Return the session's questions, newest first; those whose files are gone are left out."""
        with self._lock:
            kept = self._sessions.get(asker.session_id, ())
        return tuple(asked for asked in kept if asked.picture.exists() and asked.thumbnail.exists())

    def find(self, result_id: str, asker: Asker) -> Asked | None:
        """Return one of the session's questions."""
        return next((asked for asked in self.of(asker) if asked.result_id == result_id), None)
