"""A connection whose other end has stopped reading is not kept for ever.

An answer that nobody takes lies in memory, up to a whole picture of it; uvicorn waits without end.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

LOOK_EVERY_S = 30.0
LEAST_TAKEN = 2**16  # bytes between two looks


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that breaks off when next to nothing of what waits to be sent has been taken."""

    look_every_s = LOOK_EVERY_S
    _next_look: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """What waits has become much: the other end is slow, or has stopped."""
        super().pause_writing()
        self._look_later()

    def resume_writing(self) -> None:
        """Nearly all of it has been taken, or the connection is lost."""
        super().resume_writing()
        if self._next_look is not None:
            self._next_look.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._next_look is not None:
            self._next_look.cancel()

    def _look_later(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        self._next_look = self.loop.call_later(self.look_every_s, self._look, waiting)

    def _look(self, waiting: int) -> None:
        if waiting - self.transport.get_write_buffer_size() < LEAST_TAKEN:
            self.transport.abort()
        else:
            self._look_later()
