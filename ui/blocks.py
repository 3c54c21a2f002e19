"""The page in one language, as a table of contents: question left, answer and rating right."""

import asyncio
from collections.abc import AsyncIterator

import gradio as gr

from accounts.asker import Asker
from accounts.permissions import Action
from detection.detector import ModelCard
from texts import Language, say
from ui.answer import build_answer
from ui.detect_tab import DetectTab, connect_detection
from ui.guard import Guard, Updates
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
        _build_header(language)
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=5, min_width=320, elem_id="left"):
                question = build_question(language, scenes)
            with gr.Column(scale=7, min_width=320, elem_id="right"):
                answer = build_answer(language)
                with answer.body:
                    rating = build_rating(language)
        knows = gr.Markdown(elem_id="knows")
        tab = DetectTab(
            language=language,
            services=services,
            scenes=scenes,
            question=question,
            answer=answer,
            rating=rating,
        )
        connect_detection(tab)
        connect_rating(
            rating, services.desk, result_id=answer.result_id, threshold=answer.threshold
        )
        _connect_card(page, language, services, knows=knows, threshold=answer.threshold)
    return page


def _build_header(language: Language) -> None:
    other = _OTHER[language]
    with gr.Row(elem_id="header"):
        gr.Markdown(
            f"# {say('page.headline', language)}\n\n{say('page.lead', language)}", elem_id="claim"
        )
        gr.Markdown(
            f"[{say('page.language_name', other)}](/demo/?lang={other})",
            elem_id="language",
        )


def _connect_card(
    page: gr.Blocks,
    language: Language,
    services: Services,
    *,
    knows: gr.Markdown,
    threshold: gr.Slider,
) -> None:
    """When a browser opens the page: what the model knows, and how low its scores go."""

    async def introduce(_asker: Asker) -> AsyncIterator[Updates]:
        if not services.service.models():
            yield {knows: say("page.loading", language)}
        card = await _default_card(services)
        yield {
            knows: card.knows.get(language, ""),
            threshold: gr.update(minimum=card.score_floor, value=card.default_threshold),
        }

    page.load(
        Guard(Action.DETECT, language)(introduce),
        outputs=[knows, threshold],
        show_progress="hidden",
        api_visibility="private",
    )


async def _default_card(services: Services) -> ModelCard:
    """The default model's card. A page may be opened while the model still loads; it waits then."""
    for _ in range(_LOADING_POLLS):
        if models := services.service.models():
            return models[0].card
        await asyncio.sleep(_LOADING_POLL_S)
    return ModelCard()
