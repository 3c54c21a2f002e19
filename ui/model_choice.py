"""Choosing a model: what there is, how far each is, and whether it reads what was typed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from accounts.asker import Asker
from accounts.permissions import Action, is_allowed
from detection.errors import BadPrompt, ModelUnavailable
from detection.prompt import Prompt
from detection.reading import list_warnings
from serving.offers import ModelState, ModelStatus
from serving.shelf import ModelShelf
from texts import Language, say
from ui.guard import QUIET, Guard, Updates

_LOOK_EVERY_S = 1.0
_ON_ITS_WAY = (ModelState.LOADING, ModelState.FETCHING)
_USABLE = (ModelState.LOADED, ModelState.INSTALLED)


@dataclass(frozen=True, kw_only=True)
class ModelChoice:
    """The components a model is chosen with. `look` ticks while something is on its way."""

    model: gr.Dropdown
    note: gr.Markdown
    fetch: gr.Button
    unread: gr.Markdown
    switch: gr.Button
    look: gr.Timer

    def parts(self) -> tuple[gr.components.Component, ...]:
        """What a handler may change."""
        return self.model, self.note, self.fetch, self.unread, self.switch, self.look


def build_model_choice(language: Language, names: Sequence[str]) -> ModelChoice:
    """Lay out the choice inside the current column, the default model first."""
    return ModelChoice(
        model=gr.Dropdown(
            choices=list(names),
            value=next(iter(names), None),
            label=say("choice.model", language),
            filterable=False,
            elem_id="model",
        ),
        note=gr.Markdown(visible=False, elem_id="model-note"),
        fetch=gr.Button(
            say("choice.fetch", language), visible=False, size="sm", elem_id="model-fetch"
        ),
        unread=gr.Markdown(visible=False, elem_id="unread"),
        switch=gr.Button("", visible=False, size="sm", elem_id="unread-switch"),
        look=gr.Timer(_LOOK_EVERY_S, active=False),
    )


@dataclass(frozen=True, kw_only=True)
class ModelChooser:
    """The handlers of a choice, and what else on the page depends on the model."""

    language: Language
    shelf: ModelShelf
    choice: ModelChoice
    knows: gr.Markdown
    threshold: gr.Slider

    def opening(self, asker: Asker) -> Updates:
        """The choice as a page that opens shows it."""
        return self._show(asker, None)

    async def look(self, asker: Asker, model: str | None) -> AsyncIterator[Updates]:
        """Say how far the models are; go on looking while the chosen one is on its way."""
        yield self._show(asker, model)

    async def choose(self, asker: Asker, model: str | None, prompt: str) -> AsyncIterator[Updates]:
        """Load what was chosen, in the background, and say what it knows and reads."""
        status = self._find(model)
        if status.state in {ModelState.INSTALLED, ModelState.FAILED}:
            try:
                self.shelf.load(status.name)
            except ModelUnavailable:
                yield self._show(asker, model)
                return
        card = status.card
        yield {
            **self._show(asker, model),
            **self._warn(model, prompt),
            self.knows: status.offer.knows.get(self.language, ""),
            self.threshold: gr.update(minimum=card.score_floor, value=card.default_threshold),
        }

    async def check(self, _asker: Asker, model: str | None, prompt: str) -> AsyncIterator[Updates]:
        """Warn, before the question is asked, of words the model does not read."""
        yield self._warn(model, prompt)

    async def switch(self, asker: Asker, prompt: str) -> AsyncIterator[Updates]:
        """Choose a model that reads Chinese."""
        reader = self._find_reader()
        if reader is None:
            return
        async for updates in self.choose(asker, reader.name, prompt):
            yield {**updates, self.choice.model: self._dropdown(reader.name)}

    async def fetch(self, asker: Asker, model: str | None) -> AsyncIterator[Updates]:
        """Have the files of the chosen model fetched. Raises NotAllowed for whoever may not."""
        self.shelf.fetch(self._find(model).name)
        yield self._show(asker, model)

    def _show(self, asker: Asker, model: str | None) -> Updates:
        status = self._find(model)
        may_fetch = is_allowed(asker.user, Action.MANAGE_MODELS)
        note = self._note(status, may_fetch=may_fetch)
        return {
            self.choice.model: self._dropdown(status.name),
            self.choice.note: gr.update(value=note, visible=bool(note)),
            self.choice.fetch: gr.update(
                visible=may_fetch and status.state is ModelState.FETCHABLE
            ),
            self.choice.look: gr.Timer(active=status.state in _ON_ITS_WAY),
        }

    def _warn(self, model: str | None, prompt: str) -> Updates:
        sentence = self._unread(self._find(model), prompt)
        reader = self._find_reader() if sentence else None
        switch = reader and say("choice.switch", self.language, name=reader.name)
        return {
            self.choice.unread: gr.update(value=sentence, visible=bool(sentence)),
            self.choice.switch: gr.update(value=switch or "", visible=bool(switch)),
        }

    def _dropdown(self, value: str) -> dict[str, Any]:
        choices = [(self._label(status), status.name) for status in self.shelf.statuses()]
        update: dict[str, Any] = gr.update(choices=choices, value=value)
        return update

    def _label(self, status: ModelStatus) -> str:
        state = say(f"choice.{status.state}", self.language)
        return say("choice.label", self.language, name=status.name, state=state)

    def _note(self, status: ModelStatus, *, may_fetch: bool) -> str:
        offer, fetching = status.offer, status.fetching
        sentences = [
            say(
                f"choice.note_{status.state}",
                self.language,
                name=status.name,
                seconds=f"{status.loading_s:.0f}",
                percent=f"{100 * fetching.progress:.0f}" if fetching else "0",
                source=offer.source,
                size=offer.size or say("choice.size_unknown", self.language),
                licence=offer.licence.get(self.language, ""),
            )
        ]
        if status.state is ModelState.FETCHABLE and not may_fetch:
            sentences.append(say("choice.ask_an_admin", self.language))
        if may_fetch:
            sentences += [status.reason, fetching.fault.get(self.language, "") if fetching else ""]
        return "\n\n".join(filter(None, sentences))

    def _unread(self, status: ModelStatus, prompt: str) -> str:
        try:
            parsed = Prompt.parse(prompt)
        except BadPrompt:  # it is said when it is asked
            return ""
        warnings = list_warnings(parsed, model=status.name, languages=status.card.languages)
        return " ".join(warning.sentence(self.language) for warning in warnings)

    def _find(self, model: str | None) -> ModelStatus:
        """The chosen model, or the default one, which comes first."""
        statuses = self.shelf.statuses()
        return next((status for status in statuses if status.name == model), statuses[0])

    def _find_reader(self) -> ModelStatus | None:
        """A model that reads Chinese, one that answers already if there is one."""
        readers: Sequence[ModelStatus] = [
            status
            for status in self.shelf.statuses()
            if "zh" in status.card.languages and status.state in _USABLE
        ]
        return min(readers, key=lambda status: _USABLE.index(status.state), default=None)


def connect_model_choice(chooser: ModelChooser, prompt: gr.Textbox) -> None:
    """Wire the choice: choosing, looking while something is on its way, words, the two buttons."""
    choice = chooser.choice
    may_detect = Guard(Action.DETECT, chooser.language)
    may_manage = Guard(Action.MANAGE_MODELS, chooser.language)
    outputs = [*choice.parts(), chooser.knows, chooser.threshold]
    wiring: dict[str, Any] = {"outputs": outputs, **QUIET}
    choice.look.tick(may_detect(chooser.look), inputs=[choice.model], **wiring)
    choice.model.input(may_detect(chooser.choose), inputs=[choice.model, prompt], **wiring)
    prompt.change(
        may_detect(chooser.check),
        inputs=[choice.model, prompt],
        trigger_mode="always_last",
        **wiring,
    )
    choice.switch.click(may_detect(chooser.switch), inputs=[prompt], **wiring)
    choice.fetch.click(may_manage(chooser.fetch), inputs=[choice.model], **wiring)
