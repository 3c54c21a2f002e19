"""The files Gradio wrote for a session, and how to be rid of them before Gradio is."""

import contextlib
from pathlib import Path

from gate.holders import Holdings


class PageFiles:
    """Uploads and drawn answers below `folder`; `holdings` knows whom they were shown to."""

    def __init__(self, folder: Path, holdings: Holdings) -> None:
        self._folder = folder.resolve()
        self._holdings = holdings

    def forget_session(self, session_id: str) -> int:
        """Delete the files only this session was shown; return how many."""
        shown = map(Path, self._holdings.forget_session(session_id))
        return sum(self._delete(path.resolve()) for path in shown)

    def _delete(self, path: Path) -> bool:
        """Delete one file, and Gradio's folder around it, which bears the file's hash."""
        if not path.is_relative_to(self._folder) or not path.is_file():
            return False
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # other files of the same content lie there too
            path.parent.rmdir()
        return True
