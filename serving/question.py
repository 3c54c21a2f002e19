"""One admitted question on its way. Its facts travel in here, never on anything shared."""

from concurrent.futures import Future
from dataclasses import dataclass

from accounts.asker import Asker
from detection.prompt import Prompt
from detection.result import DetectionResult
from serving.plugs import Plug
from serving.progress import Progress


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """What its answer will need. The bytes and pixels of its image are handed on beside it.

    Futures keep their callbacks, and with them this: held here, an image would outlive its use.
    """

    prompt: Prompt
    threshold: float
    asker: Asker
    plug: Plug
    progress: Progress
    future: Future[DetectionResult]

    @property
    def lane(self) -> tuple[str, str]:
        """Whose turn it is, in every queue."""
        return self.asker.user.name, self.asker.address
