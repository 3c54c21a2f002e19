"""How routes say no, as OpenAPI tells it: each status, its codes, and of each a true example."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.errors import status_of
from detection import errors
from detection.errors import GlipError
from texts import DEFAULT_LANGUAGE, Language, say

MEDIA_TYPE = "application/problem+json"
SCHEMA = {"$ref": "#/components/schemas/Problem"}
Responses = dict[int | str, dict[str, Any]]

# What fills the sentences of the examples; tests provoke each of them over HTTP.
EXAMPLE_FACTS: Mapping[type[GlipError], Mapping[str, object]] = {
    errors.ImageTooLarge: {"bytes": 20971521, "limit": 20971520},
    errors.ImageDimensions: {
        "width": 20000,
        "height": 20000,
        "max_pixels": 25000000,
        "max_side": 12000,
        "max_aspect": 40.0,
    },
    errors.PromptTooLong: {"length": 501, "limit": 500},
    errors.PromptCharacter: {"name": "U+0000", "position": 2},
    errors.BadThreshold: {"value": 7.0, "floor": 0.05},
    errors.UnknownModel: {"model": "nobody", "known": "glip-nano"},
    errors.BadComment: {"limit": 2000},
    errors.BadVerdict: {"count": 1},
    errors.BadPhrase: {"limit": 200},
    errors.BadMissedBox: {"limit": 50, "width": 64, "height": 48},
    errors.BadFilter: {"field": "since"},
    errors.NotAllowed: {"action": "export"},
    errors.TooManyRequests: {"retry_after_s": 42.0},
    errors.Overloaded: {"retry_after_s": 1.0},
    errors.ModelUnavailable: {"model": "glip-nano"},
    errors.ModelLoading: {"model": "glip-tiny", "retry_after_s": 5.0},
    errors.ModelNotInstalled: {"model": "glip-tiny", "source": "GLIPModel/GLIP"},
}


class Problem(BaseModel):
    """`application/problem+json` (RFC 9457): why a request was not carried out."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["about:blank"]
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="A sentence in the language of `Accept-Language`: en or zh.")
    code: str = Field(description="Which problem it is; stays the same in every language.")
    request_id: str = Field(description="As in `X-Request-ID`; helps to find it in the logs.")


@dataclass(frozen=True)
class ProblemCase:
    """One way to say no: a status, and a sentence `key` (`file.entry`) filled by `facts`."""

    status: int
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.key.partition(".")[2]

    def detail(self, language: Language) -> str:
        """Return the sentence. Raises KeyError when a fact is missing."""
        return say(self.key, language, **self.facts)

    def example(self) -> Problem:
        """Return the body as a program gets it that asks for no language."""
        return Problem(
            type="about:blank",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=self.detail(DEFAULT_LANGUAGE),
            code=self.code,
            request_id="0123456789abcdef",
        )


def case_of(kind: type[GlipError]) -> ProblemCase:
    """Return how an error is answered, with the facts of its example."""
    return ProblemCase(status_of(kind), f"errors.{kind.key}", EXAMPLE_FACTS.get(kind, {}))


def problems(*kinds: type[GlipError]) -> Responses:
    """Return what a route's decorator takes as `responses`: the errors this route may end in."""
    responses: Responses = {}
    add_problems(responses, map(case_of, kinds))
    return responses


def add_problems(responses: dict[Any, dict[str, Any]], cases: Iterable[ProblemCase]) -> None:
    """Add cases to `responses`, whose keys are statuses, numbers or words; none twice."""
    for case in cases:
        key = next((name for name in responses if str(name) == str(case.status)), case.status)
        response = responses.setdefault(key, {"description": HTTPStatus(case.status).phrase})
        content = response.setdefault("content", {}).setdefault(MEDIA_TYPE, {"schema": SCHEMA})
        content.setdefault("examples", {})[case.code] = {
            "summary": f"{case.code}: {case.detail('zh')}",
            "value": case.example().model_dump(),
        }
