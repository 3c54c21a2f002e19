"""Everything that can go wrong, as one tree. A caller catches the branch it can answer.

GlipError
├── BadInput                 what the asker sent cannot be used
│   ├── BadImage
│   │   ├── ImageMissing         no picture
│   │   ├── ImageTooLarge        more bytes than the limit
│   │   ├── ImageDimensions      too many pixels, too long a side, or too thin
│   │   ├── ImageFormat          neither JPEG, PNG nor WebP
│   │   ├── ImageAnimated        more than one frame
│   │   └── ImageBroken          truncated or damaged
│   ├── BadPrompt
│   │   ├── PromptEmpty
│   │   ├── PromptTooLong
│   │   ├── PromptCharacter      a control or bidi character
│   │   └── PromptWithoutPhrase  only separators
│   ├── BadThreshold
│   ├── BadRating
│   ├── BadComment
│   └── UnknownModel
├── NotAllowed               signed in, but the role may not do this
├── ResultNotFound           no such result in the asker's session
├── TooManyRequests          a limit is reached
├── Unavailable              nobody's fault; the same request may succeed later
│   ├── Overloaded               a queue is full
│   ├── DeadlineExceeded         waited too long
│   ├── ModelUnavailable         the model is still loading, or failed to
│   └── NotSaved                 the disk refused
└── AccountError             from the user directory
    ├── UserExists
    ├── UserUnknown
    ├── BadUserName
    └── BadPassword

Sentences for people are in `texts/errors.toml`, under `key`.
"""

import re
from typing import ClassVar


class GlipError(Exception):
    """Root of the tree. `facts` fill the placeholders of the sentence named by `key`."""

    key: ClassVar[str] = "glip_error"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.key = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, **facts: object) -> None:
        super().__init__(self.key, facts)
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.key}({facts})"


class BadInput(GlipError):
    """What the asker sent cannot be used."""


class BadImage(BadInput):
    """The picture cannot be used."""


class ImageMissing(BadImage):
    """No picture was sent."""


class ImageTooLarge(BadImage):
    """Facts: `bytes`, `limit` (both in bytes)."""


class ImageDimensions(BadImage):
    """Facts: `width`, `height` (from the header), `max_pixels`, `max_side`, `max_aspect`."""


class ImageFormat(BadImage):
    """The bytes are neither JPEG, PNG nor WebP."""


class ImageAnimated(BadImage):
    """More than one frame."""


class ImageBroken(BadImage):
    """Truncated or damaged."""


class BadPrompt(BadInput):
    """The prompt cannot be used."""


class PromptEmpty(BadPrompt):
    """Nothing, or only white space."""


class PromptTooLong(BadPrompt):
    """Facts: `length`, `limit` (both in code points)."""


class PromptCharacter(BadPrompt):
    """Facts: `name` (of the character), `position` (1-based code point)."""


class PromptWithoutPhrase(BadPrompt):
    """Only separators: nothing to look for."""


class BadThreshold(BadInput):
    """Facts: `value`, `floor`."""


class BadRating(BadInput):
    """A rating is a whole number from 1 to 5."""


class BadComment(BadInput):
    """Facts: `limit` (code points)."""


class UnknownModel(BadInput):
    """Facts: `model`, `known` (names, comma separated)."""


class NotAllowed(GlipError):
    """Facts: `action`."""


class ResultNotFound(GlipError):
    """No such result in the asker's session; another session's result looks the same."""


class TooManyRequests(GlipError):
    """Facts: `retry_after_s` (seconds until the next request may succeed)."""


class Unavailable(GlipError):
    """Nobody's fault; the same request may succeed later."""


class Overloaded(Unavailable):
    """Facts: `retry_after_s`."""


class DeadlineExceeded(Unavailable):
    """The answer did not come in time."""


class ModelUnavailable(Unavailable):
    """Facts: `model`."""


class NotSaved(Unavailable):
    """The disk refused; nothing was stored."""


class AccountError(GlipError):
    """From the user directory."""


class UserExists(AccountError):
    """Facts: `name`."""


class UserUnknown(AccountError):
    """Facts: `name`."""


class BadUserName(AccountError):
    """Facts: `name`."""


class BadPassword(AccountError):
    """Facts: `limit` (least number of characters)."""
