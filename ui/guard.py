"""The border of every handler: who asks, whether he may, and errors as sentences."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from accounts.asker import Asker
from accounts.permissions import Action, require
from detection.errors import GlipError
from gate.asker import asker_of
from texts import Language, say

logger = logging.getLogger(__name__)

# What a handler yields: new values or gr.update, by component.
Updates = Mapping[Any, Any]
# Called with the asker and the values of the event's inputs.
Handler = Callable[..., AsyncIterator[Updates]]
# Gradio's own spinner would cover what we say better; programs have /api.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def sentence_of(error: GlipError, language: Language) -> str:
    """What a person reads of an error."""
    return say(f"errors.{error.key}", language, **error.facts)


@dataclass(frozen=True)
class Guard:
    """Requires `action` of whoever asks, and answers errors in `language`. Decorates handlers."""

    action: Action
    language: Language
    unexpected: str = "page.unexpected"  # the sentence for what is our own fault

    def __call__(self, handler: Handler, *, otherwise: Updates | None = None) -> Handler:
        """Wrap `handler` for Gradio. After an error the page shows a sentence and `otherwise`.

        Nothing the asker typed is touched by an error.
        """

        # Gradio finds the request by its annotation and hands the values over by position.
        async def guarded(request: gr.Request, *values: Any) -> AsyncIterator[Updates]:
            try:
                async for updates in handler(self._admit(request), *values):
                    yield updates
            except GlipError as error:
                gr.Warning(sentence_of(error, self.language))
                yield otherwise or gr.skip()
            except Exception:
                # Whatever breaks, the asker gets a sentence, and the log the rest.
                logger.exception("the page could not answer")
                gr.Warning(say(self.unexpected, self.language))
                yield otherwise or gr.skip()

        return guarded

    def selecting(self, handler: Handler) -> Handler:
        """Wrap a handler whose first value is the index of what was selected."""
        guarded = self(handler)

        async def selected(
            request: gr.Request, event: gr.SelectData, *values: Any
        ) -> AsyncIterator[Updates]:
            async for updates in guarded(request, event.index, *values):
                yield updates

        return selected

    def _admit(self, request: gr.Request) -> Asker:
        """Return who asks, in the page's language. Raises NotAllowed."""
        state = request.request.scope["state"] if request.request else {}
        asker = asker_of(state)
        require(asker.user, self.action)
        return replace(asker, language=self.language)
