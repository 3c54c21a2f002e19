"""One admitted question on its way. Its facts travel in here, never on anything shared."""

from concurrent.futures import Future
from dataclasses import dataclass

from accounts.asker import Asker
from detection.prompt import Prompt
from detection.query import DetectionForm
from detection.result import DetectionResult
from serving.plugs import Plug
from serving.progress import Progress


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """Sound in everything but the image, which is decoded on the pool."""

    form: DetectionForm
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
