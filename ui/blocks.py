"""The page in one language, as a table of contents: question left, answer and rating right."""

import asyncio
from collections.abc import AsyncIterator

import gradio as gr

from accounts.asker import Asker
from accounts.permissions import Action, is_allowed
from detection.detector import ModelCard
from texts import Language, say
from ui.answer import build_answer
from ui.detect_tab import DetectTab, connect_detection
from ui.forget import build_forget, connect_forget
from ui.guard import QUIET, Guard, Updates
from ui.history_strip import build_history
from ui.model_choice import ModelChooser, connect_model_choice
from ui.question import build_question
from ui.rating import build_rating, connect_rating
from ui.scenes import Scene
from ui.services import Services

# Pictures may be asked about, and looked at again, for as long as results are kept.
_PURGE_EVERY_S = 600
_KEPT_S = 24 * 3600
_LOADING_POLL_S, _LOADING_POLLS = 0.25, 480
_OTHER: dict[Language, Language] = {"en": "zh", "zh": "en"}


def build_blocks(language: Language, services: Services, scenes: tuple[Scene, ...]) -> gr.Blocks:
    """Build the whole page. Nothing is read from disk but the scenes' pictures."""
    page = gr.Blocks(
        title=say("page.title", language),
        analytics_enabled=False,
        delete_cache=(_PURGE_EVERY_S, _KEPT_S),
    )
    with page:
        links = _build_header(language)
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=5, min_width=320, elem_id="left"):
                names = [status.name for status in services.service.shelf.statuses()]
                question = build_question(language, scenes, names)
                history = build_history(language)
            with gr.Column(scale=7, min_width=320, elem_id="right"):
                answer = build_answer(language)
                with answer.body:
                    rating = build_rating(language)
        knows = gr.Markdown(elem_id="knows")
        forget = build_forget(language)
        tab = DetectTab(
            language=language,
            services=services,
            scenes=scenes,
            question=question,
            answer=answer,
            rating=rating,
            history=history,
        )
        connect_detection(tab)
        chooser = ModelChooser(
            language=language,
            shelf=services.service.shelf,
            choice=question.model,
            knows=knows,
            threshold=answer.threshold,
        )
        connect_model_choice(chooser, question.prompt)
        connect_rating(
            rating, services.desk, result_id=answer.result_id, threshold=answer.threshold
        )
        _connect_opening(page, tab, chooser, links)
        connect_forget(forget, services.forgetting, emptied=tab.emptied())
    return page


def _build_header(language: Language) -> gr.Markdown:
    with gr.Row(elem_id="header"):
        gr.Markdown(
            f"# {say('page.headline', language)}\n\n{say('page.lead', language)}", elem_id="claim"
        )
        return gr.Markdown(_to_other_language(language), elem_id="language")


def _to_other_language(language: Language) -> str:
    other = _OTHER[language]
    return f"[{say('page.language_name', other)}](/demo/?lang={other})"


def _connect_opening(
    page: gr.Blocks, tab: DetectTab, chooser: ModelChooser, links: gr.Markdown
) -> None:
    """When a browser opens the page: the models, what was asked before, admins' way."""
    services, language, threshold = tab.services, tab.language, tab.answer.threshold
    knows = chooser.knows

    async def introduce(asker: Asker) -> AsyncIterator[Updates]:
        choice = chooser.opening(asker)
        if not services.service.models():
            yield {**choice, knows: say("page.loading", language)}
            choice = {}  # somebody may have chosen by the time the model is there
        card = await _default_card(services)
        yield {
            **choice,
            knows: card.knows.get(language, ""),
            threshold: gr.update(minimum=card.score_floor, value=card.default_threshold),
            **tab.history.showing(services.history.of(asker)),
        }
        if is_allowed(asker.user, Action.EXPORT):
            to_admin = f"[{say('admin.link', language)}](/admin/)"
            yield {links: to_admin + _to_other_language(language)}

    page.load(
        Guard(Action.DETECT, language)(introduce),
        outputs=[knows, links, threshold, *chooser.choice.parts(), *tab.history.parts()],
        **QUIET,
    )


async def _default_card(services: Services) -> ModelCard:
    """The default model's card. A page may be opened while the model still loads; it waits then."""
    for _ in range(_LOADING_POLLS):
        if models := services.service.models():
            return models[0].card
        await asyncio.sleep(_LOADING_POLL_S)
    return ModelCard()
