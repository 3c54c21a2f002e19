"""Asking: from the question on the left to the answer on the right. Handlers and their wiring."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
import gradio as gr
from gradio.processing_utils import save_file_to_cache

from accounts.asker import Asker
from accounts.permissions import Action
from detection.errors import GlipError, ResultNotFound
from detection.query import DetectionForm
from serving.progress import Stage
from texts import Language, say
from ui.answer import AnswerPanel
from ui.facts import Facts, facts_of
from ui.guard import QUIET, Guard, Updates, sentence_of
from ui.history import Asked
from ui.history_strip import HistoryStrip
from ui.pictures import save_pictures
from ui.question import QuestionPanel
from ui.rating import RatingPanel
from ui.scenes import Scene
from ui.services import Services
from ui.stage_feed import StageFeed
from ui.view import View


@dataclass(frozen=True, kw_only=True)
class DetectTab:
    """The panels of one page and what stands behind them."""

    language: Language
    services: Services
    scenes: tuple[Scene, ...]
    question: QuestionPanel
    answer: AnswerPanel
    rating: RatingPanel
    history: HistoryStrip

    async def ask(
        self,
        asker: Asker,
        picture: str | None,
        prompt: str,
        threshold: float,
        model: str | None = None,
    ) -> AsyncIterator[Updates]:
        """Send the question and show its answer; what is wrong with it is said below the button."""
        try:
            form = DetectionForm(await _read(picture), prompt, threshold, model)
            async for updates in self._ask(asker, picture, form):
                yield updates
        except GlipError as error:
            yield self.question.refused(sentence_of(error, self.language))

    async def look_again(
        self, asker: Asker, result_id: str, picture: str | None, threshold: float
    ) -> AsyncIterator[Updates]:
        """Word the result on the page at another threshold: a view, no model runs."""
        result = await anyio.to_thread.run_sync(self.services.results.load, result_id, asker)
        view = View(result, threshold, self.language)
        yield self.answer.showing(view.headline(), self._facts(asker, view, picture))

    async def return_to(
        self, asker: Asker, index: int, result_ids: str, threshold: float
    ) -> AsyncIterator[Updates]:
        """Show an earlier answer of the session: its question, its boxes and its rating."""
        asked = self.services.history.find(result_ids.split()[index], asker)
        if asked is None:
            raise ResultNotFound
        result = await anyio.to_thread.run_sync(self.services.results.load, asked.result_id, asker)
        rated = await anyio.to_thread.run_sync(self.services.desk.of_result, asked.result_id, asker)
        view = View(result, threshold, self.language)
        picture = str(asked.picture)
        yield {
            **self.question.idle(),
            self.question.picture: picture,
            self.question.prompt: result.prompt.text,
            **await self._show(asker, view, picture),
            **self.rating.restored(rated),
        }

    async def pick_scene(self, _asker: Asker, index: int) -> AsyncIterator[Updates]:
        """Put a bundled picture and its prompt into the question."""
        scene = self.scenes[index]
        path = save_file_to_cache(scene.path, self.question.picture.GRADIO_CACHE)
        yield {
            self.question.picture: path,
            self.question.prompt: scene.prompts[self.language],
            **self.answer.emptied(),
        }

    def emptied(self) -> Updates:
        """The page as whoever opens it first sees it."""
        return {
            **self.question.idle(),
            self.question.picture: None,
            self.question.prompt: "",
            **self.answer.emptied(),
            **self.rating.cleared(),
            **self.history.showing(()),
        }

    async def change_picture(self, _asker: Asker) -> AsyncIterator[Updates]:
        """Take the old answer away: it belongs to another picture."""
        yield {**self.question.idle(), **self.answer.emptied()}

    async def cancel(self, _asker: Asker) -> AsyncIterator[Updates]:
        """Say that the question was dropped; Gradio closes `ask`, which frees its place."""
        yield self.question.idle(say("page.cancelled", self.language))

    async def _ask(
        self, asker: Asker, picture: str | None, form: DetectionForm
    ) -> AsyncIterator[Updates]:
        """Send the question, tell each step as it is reached, show the answer."""
        yield self.question.busy(say("page.stage_queued", self.language))
        steps = StageFeed()
        future = self.services.service.submit(
            form, asker, on_stage=steps.report, on_place=steps.report
        )
        try:
            async for step in steps.until_done(future):
                yield {self.question.status: self._step(step)}
            result = await asyncio.wrap_future(future)
        finally:
            future.cancel()  # the page was closed or the question cancelled: free its place
        view = View(result, result.threshold, self.language)
        shown = await self._show(asker, view, picture or "", is_new=True)
        kept = self.history.showing(self.services.history.of(asker))
        yield {**shown, **kept, **self.rating.cleared(), **self.question.idle()}

    async def _show(
        self, asker: Asker, view: View, picture: str, *, is_new: bool = False
    ) -> Updates:
        """Show the answer; a new one is remembered."""
        cache = Path(self.answer.picture.GRADIO_CACHE)
        saved = await anyio.to_thread.run_sync(save_pictures, Path(picture), view, cache)
        if is_new:
            asked = Asked(
                result_id=view.result.id,
                picture=Path(picture),
                thumbnail=saved.thumbnail,
                caption=view.caption(),
            )
            self.services.history.add(asked, asker)
        facts = self._facts(asker, view, picture)
        return self.answer.showing(view.headline(), facts, str(saved.screen))

    def _facts(self, asker: Asker, view: View, picture: str | None) -> Facts:
        """What the page draws, and what a program needs to ask the same."""
        file = Path(picture).name if picture else ""
        return {**facts_of(view), "user": asker.user.name, "file": file}

    def _step(self, step: Stage | int) -> str:
        """The stage, or how many wait before this question."""
        if isinstance(step, Stage):
            return say(f"page.stage_{step}", self.language)
        key = {0: "place_next", 1: "place_one"}.get(step, "place_many")
        return say(f"page.{key}", self.language, count=step)


def connect_detection(tab: DetectTab) -> None:
    """Wire the panels: button, Enter, scenes, threshold, cancel, another picture, the strip."""
    question, answer, history = tab.question, tab.answer, tab.history
    may_detect = Guard(Action.DETECT, tab.language)
    outputs = [*question.parts(), *answer.parts(), *tab.rating.parts(), *history.parts()]
    asking = {
        "fn": may_detect(tab.ask, otherwise=question.idle()),
        "inputs": [
            question.picture,
            question.prompt,
            answer.threshold,
            question.model.model,
        ],
        "outputs": outputs,
        **QUIET,
    }
    asked = gr.on([question.detect.click, question.prompt.submit], trigger_mode="once", **asking)
    picked = question.scenes.select(may_detect.selecting(tab.pick_scene), outputs=outputs, **QUIET)
    running = [asked, picked.then(**asking)]
    gr.on(
        [question.picture.upload, question.picture.clear],
        may_detect(tab.change_picture),
        outputs=outputs,
        cancels=running,
        **QUIET,
    )
    question.cancel.click(may_detect(tab.cancel), outputs=outputs, cancels=running, **QUIET)
    answer.threshold.input(
        may_detect(tab.look_again),
        inputs=[answer.result_id, question.picture, answer.threshold],
        outputs=outputs,
        trigger_mode="always_last",
        **QUIET,
    )
    history.gallery.select(
        may_detect.selecting(tab.return_to),
        inputs=[history.result_ids, answer.threshold],
        outputs=outputs,
        cancels=running,
        **QUIET,
    )


async def _read(picture: str | None) -> bytes | None:
    return await anyio.to_thread.run_sync(Path(picture).read_bytes) if picture else None
