"""At the foot of the page: forget all this session left, once it is sure that this is meant."""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

import anyio.to_thread
import gradio as gr

from accounts.asker import Asker
from accounts.permissions import Action
from feedback.forgetting import Forgetting, Forgotten
from texts import Language, say
from ui.guard import QUIET, Guard, Updates


@dataclass(frozen=True)
class ForgetPanel:
    """The components that ask, and say what was removed."""

    ask: gr.Button
    question: gr.Column
    do: gr.Button
    keep: gr.Button
    note: gr.Markdown
    language: Language

    def parts(self) -> tuple[gr.blocks.Block, ...]:
        """What a handler may change."""
        return self.ask, self.question, self.note

    def asking(self) -> Updates:
        """Is that meant?"""
        return {**self._showing(is_asking=True), self.note: ""}

    def idle(self, note: str = "") -> Updates:
        """Nothing was asked, or it has been answered."""
        return {**self._showing(is_asking=False), self.note: note}

    def said(self, forgotten: Forgotten) -> Updates:
        """What was removed, and how many of each."""
        found = [
            say(f"page.forgotten_{name}", self.language, count=count)
            for name, count in asdict(forgotten).items()
            if count
        ]
        if not found:
            return self.idle(say("page.forgotten_nothing", self.language))
        between = say("page.between", self.language)
        return self.idle(say("page.forgotten", self.language, found=between.join(found)))

    def _showing(self, *, is_asking: bool) -> Updates:
        return {
            self.ask: gr.update(visible=not is_asking),
            self.question: gr.update(visible=is_asking),
        }


def build_forget(language: Language) -> ForgetPanel:
    """Lay out the foot of the page."""
    with gr.Column(elem_id="forget"):
        ask = gr.Button(say("page.forget", language), elem_id="forget-ask")
        with gr.Column(visible=False, elem_id="forget-confirm") as question:
            gr.Markdown(say("page.forget_question", language), elem_id="forget-question")
            with gr.Row(elem_id="forget-buttons"):
                do = gr.Button(say("page.forget_do", language), elem_id="forget-do")
                keep = gr.Button(say("page.forget_keep", language), elem_id="forget-keep")
        note = gr.Markdown(elem_id="forget-note")
    return ForgetPanel(ask, question, do, keep, note, language)


def connect_forget(
    panel: ForgetPanel,
    forgetting: Forgetting,
    *,
    emptied: Updates,
) -> None:
    """Wire the buttons; `emptied` is the page of a session that has left nothing."""

    async def ask(_asker: Asker) -> AsyncIterator[Updates]:
        yield panel.asking()

    async def keep(_asker: Asker) -> AsyncIterator[Updates]:
        yield panel.idle()

    async def forget(asker: Asker) -> AsyncIterator[Updates]:
        forgotten = await anyio.to_thread.run_sync(forgetting.forget, asker.session_id, asker)
        yield {**emptied, **panel.said(forgotten)}

    may_ask = Guard(Action.FEEDBACK, panel.language)
    panel.ask.click(may_ask(ask), outputs=[*panel.parts()], **QUIET)
    panel.keep.click(may_ask(keep), outputs=[*panel.parts()], **QUIET)
    panel.do.click(may_ask(forget), outputs=[*emptied, *panel.parts()], **QUIET)
