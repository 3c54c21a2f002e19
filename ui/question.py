"""The left side of the page: picture, words, button, scenes. Layout only; no handler."""

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from texts import Language, say
from ui.guard import Updates
from ui.model_choice import ModelChoice, build_model_choice
from ui.path_image import PathImage
from ui.scenes import Scene


@dataclass(frozen=True)
class QuestionPanel:
    """The components a question is made with."""

    picture: gr.Image
    prompt: gr.Textbox
    detect: gr.Button
    cancel: gr.Button
    status: gr.Markdown
    problem: gr.Markdown
    scenes: gr.Gallery
    model: ModelChoice

    def parts(self) -> tuple[gr.components.Component, ...]:
        """What a handler may change."""
        return self.picture, self.prompt, self.detect, self.cancel, self.status, self.problem

    def busy(self, sentence: str) -> Updates:
        """The question is on its way: say where it is, offer to cancel."""
        return {
            self.status: sentence,
            self.problem: "",
            self.detect: gr.update(visible=False),
            self.cancel: gr.update(visible=True),
        }

    def idle(self, sentence: str = "") -> Updates:
        """Ready for a question."""
        return {
            self.status: sentence,
            self.problem: "",
            self.detect: gr.update(visible=True),
            self.cancel: gr.update(visible=False),
        }

    def refused(self, sentence: str) -> Updates:
        """The question has no answer: say why, where it can be mended."""
        return {**self.idle(), self.problem: sentence}


def build_question(
    language: Language, scenes: tuple[Scene, ...], models: Sequence[str] = ()
) -> QuestionPanel:
    """Lay out the question inside the current column; `models` are names, the default one first."""
    picture = PathImage(
        label=say("page.picture", language),
        type="filepath",
        image_mode=None,
        sources=["upload", "clipboard"],
        buttons=["fullscreen"],
        height=320,
        elem_id="picture",
    )
    # One line that grows: Enter then asks, and Shift+Enter starts a new line.
    prompt = gr.Textbox(
        label=say("page.prompt", language),
        info=say("page.prompt_info", language),
        placeholder=say("page.prompt_placeholder", language),
        lines=1,
        max_lines=6,
        elem_id="prompt",
    )
    model = build_model_choice(language, models)
    detect = gr.Button(say("page.detect", language), variant="primary", elem_id="detect")
    cancel = gr.Button(say("page.cancel", language), visible=False, elem_id="cancel")
    status = gr.Markdown(elem_id="status")
    problem = gr.Markdown(elem_id="problem")
    gallery = _build_gallery(language, scenes)
    gr.Markdown(" ".join({scene.credits[language]: "" for scene in scenes}), elem_id="credits")
    return QuestionPanel(picture, prompt, detect, cancel, status, problem, gallery, model)


def _build_gallery(language: Language, scenes: tuple[Scene, ...]) -> gr.Gallery:
    return gr.Gallery(
        value=[(scene.path, scene.prompts[language]) for scene in scenes],
        label=say("page.scenes", language),
        columns=3,
        height="auto",
        object_fit="cover",
        allow_preview=False,
        interactive=False,
        buttons=[],
        elem_id="scenes",
    )
