"""Models over HTTP: how far each is, and what one should know before one asks it."""

from pydantic import BaseModel, Field

from accounts.permissions import Action, is_allowed
from accounts.user import User
from serving.offers import ModelState, ModelStatus


class FetchOut(BaseModel):
    """How far a model's files are."""

    done_bytes: int
    total_bytes: int = Field(description="0 while it is not known.")
    fault: dict[str, str] = Field(description="Why the last fetch failed; empty while all is well.")


class ModelOut(BaseModel):
    """One model that may be named in a request."""

    model_id: str
    state: ModelState = Field(
        description="`loaded` answers; `installed` and `failed` are loaded by a question; `loading`"
        " and `fetching` are on their way; `fetchable` needs an admin."
    )
    is_default: bool
    revision: str = Field(description="Of the weights; empty until the model is loaded.")
    languages: list[str] = Field(description="Languages of prompts it reads.")
    score_floor: float
    default_threshold: float
    knows: dict[str, str] = Field(description="What the model knows, in each of our languages.")
    licence: dict[str, str] = Field(description="Of its weights, in each of our languages.")
    size: str = Field(description="Of its weights, where it is published.")
    source: str = Field(description="Where its files come from.")
    missing: list[str] = Field(description="Files that are not here.")
    loading_s: float = Field(description="Seconds it has been loading.")
    fetching: FetchOut | None = None
    reason: str = Field(description="Why it could not be loaded, for admins.")


def model_of(status: ModelStatus, reader: User) -> ModelOut:
    """Format what is known of a model; only admins are shown what names files of this machine."""
    may_mend = is_allowed(reader, Action.MANAGE_MODELS)
    offer, card, fetching = status.offer, status.card, status.fetching
    return ModelOut(
        model_id=status.name,
        state=status.state,
        is_default=status.is_default,
        revision=status.revision,
        languages=list(card.languages),
        score_floor=card.score_floor,
        default_threshold=card.default_threshold,
        knows=dict(offer.knows or card.knows),
        licence=dict(offer.licence),
        size=offer.size,
        source=offer.source,
        missing=list(offer.missing),
        loading_s=round(status.loading_s, 1),
        fetching=fetching
        and FetchOut(
            done_bytes=fetching.done_bytes,
            total_bytes=fetching.total_bytes,
            fault=dict(fetching.fault) if may_mend else {},
        ),
        reason=status.reason if may_mend else "",
    )
