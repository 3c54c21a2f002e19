"""Asking: from the question on the left to the answer on the right. Handlers and their wiring."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio.to_thread
import gradio as gr
from gradio.processing_utils import save_file_to_cache

from accounts.asker import Asker
from accounts.permissions import Action
from detection.query import DetectionForm
from detection.result import DetectionResult
from texts import Language, say
from ui.answer import AnswerPanel
from ui.guard import Guard, Updates
from ui.pictures import load_screen_picture
from ui.question import QuestionPanel
from ui.rating import RatingPanel
from ui.scenes import Scene
from ui.services import Services
from ui.stage_feed import StageFeed
from ui.view import View

# Gradio's own spinner would cover what we say better; programs have /api.
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, kw_only=True)
class DetectTab:
    """The panels of one page and what stands behind them."""

    language: Language
    services: Services
    scenes: tuple[Scene, ...]
    question: QuestionPanel
    answer: AnswerPanel
    rating: RatingPanel

    async def ask(
        self, asker: Asker, picture: str | None, prompt: str, threshold: float
    ) -> AsyncIterator[Updates]:
        """Send the question, tell each stage as it is reached, show the answer."""
        yield self.question.busy(say("page.stage_queued", self.language))
        stages = StageFeed()
        form = DetectionForm(await _read(picture), prompt, threshold)
        future = self.services.service.submit(form, asker, on_stage=stages.report)
        try:
            async for stage in stages.until_done(future):
                yield {self.question.status: say(f"page.stage_{stage}", self.language)}
            result = await asyncio.wrap_future(future)
        finally:
            future.cancel()  # the page was closed or the question cancelled: free its place
        shown = await self._shown(result, picture, threshold)
        yield {**shown, **self.rating.cleared(), **self.question.idle()}

    async def look_again(
        self, asker: Asker, result_id: str, picture: str | None, threshold: float
    ) -> AsyncIterator[Updates]:
        """Show the result on the page at another threshold: a view, no model runs."""
        result = await anyio.to_thread.run_sync(self.services.results.load, result_id, asker)
        yield await self._shown(result, picture, threshold)

    async def pick_scene(self, _asker: Asker, index: int) -> AsyncIterator[Updates]:
        """Put a bundled picture and its prompt into the question."""
        scene = self.scenes[index]
        path = save_file_to_cache(scene.path, self.question.picture.GRADIO_CACHE)
        yield {
            self.question.picture: path,
            self.question.prompt: scene.prompts[self.language],
            **self.answer.emptied(),
        }

    async def change_picture(self, _asker: Asker) -> AsyncIterator[Updates]:
        """Take the old answer away: it belongs to another picture."""
        yield {**self.question.idle(), **self.answer.emptied()}

    async def cancel(self, _asker: Asker) -> AsyncIterator[Updates]:
        """Say that the question was dropped; Gradio closes `ask`, which frees its place."""
        yield self.question.idle(say("page.cancelled", self.language))

    async def _shown(
        self, result: DetectionResult, picture: str | None, threshold: float
    ) -> Updates:
        view = View(result, threshold, self.language)
        drawn = await anyio.to_thread.run_sync(_draw, view, picture)
        return self.answer.showing(view, drawn)


def connect_detection(tab: DetectTab) -> None:
    """Wire the panels: button, Enter, scenes, threshold, cancel, another picture."""
    question, answer = tab.question, tab.answer
    may_detect = Guard(Action.DETECT, tab.language)
    outputs = [*question.parts(), *answer.parts(), *tab.rating.parts()]
    asking = {
        "fn": may_detect(tab.ask, otherwise=question.idle()),
        "inputs": [question.picture, question.prompt, answer.threshold],
        "outputs": outputs,
        **_QUIET,
    }
    asked = gr.on([question.detect.click, question.prompt.submit], trigger_mode="once", **asking)
    picked = question.scenes.select(may_detect.selecting(tab.pick_scene), outputs=outputs, **_QUIET)
    asked_scene = picked.then(**asking)
    gr.on(
        [question.picture.upload, question.picture.clear],
        may_detect(tab.change_picture),
        outputs=outputs,
        cancels=[asked, asked_scene],
        **_QUIET,
    )
    question.cancel.click(
        may_detect(tab.cancel), outputs=outputs, cancels=[asked, asked_scene], **_QUIET
    )
    answer.threshold.input(
        may_detect(tab.look_again),
        inputs=[answer.result_id, question.picture, answer.threshold],
        outputs=outputs,
        trigger_mode="always_last",
        **_QUIET,
    )


async def _read(picture: str | None) -> bytes | None:
    return await anyio.to_thread.run_sync(Path(picture).read_bytes) if picture else None


def _draw(view: View, picture: str | None) -> bytes | None:
    """The boxes as a JPEG, or None where the page no longer holds the result's own picture."""
    if not picture:
        return None
    screen = load_screen_picture(Path(picture))
    if screen.source_digest != view.result.image_digest:
        return None
    return screen.with_boxes(view.shown, view.result.prompt)
