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
│   ├── BadRating                neither stars nor a marked box
│   ├── BadComment
│   ├── BadVerdict               not about a box that was shown, or two about one
│   ├── BadPhrase                the right label is missing, too long or not text
│   ├── BadMissedBox             outside the picture, without an inside, or too many
│   ├── BadFilter
│   └── UnknownModel
├── NotAllowed               signed in, but the role may not do this
├── ResultNotFound           no such result in the asker's session
├── ImageGone                the picture is no longer at hand, so it cannot be kept
├── TooManyRequests          a limit is reached
├── Unavailable              nobody's fault; the same request may succeed later
│   ├── Overloaded               a queue is full
│   ├── DeadlineExceeded         waited too long
│   ├── ModelUnavailable         the model failed to load
│   │   ├── ModelLoading             it is on its way
│   │   └── ModelNotInstalled        its files are not here
│   ├── NotSaved                 the disk refused
│   └── ArchiveUnavailable       what keeps the ratings does not answer
└── AccountError             from the user directory
    ├── UserExists
    ├── UserUnknown
    ├── LastAdmin                nobody would be left in charge
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
    """Not a whole number from 1 to 5, or nothing said at all."""


class BadComment(BadInput):
    """Facts: `limit` (code points)."""


class BadVerdict(BadInput):
    """Facts: `count` (boxes that were shown)."""


class BadPhrase(BadInput):
    """Facts: `limit` (code points)."""


class BadMissedBox(BadInput):
    """Facts: `limit` (boxes), `width`, `height` (of the picture)."""


class BadFilter(BadInput):
    """Facts: `field` (its name in the query string)."""


class UnknownModel(BadInput):
    """Facts: `model`, `known` (names, comma separated)."""


class NotAllowed(GlipError):
    """Facts: `action`."""


class ResultNotFound(GlipError):
    """No such result in the asker's session; another session's result looks the same."""


class ImageGone(GlipError):
    """The pixels are no longer in memory; asking about the picture again brings them back."""


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


class ModelLoading(ModelUnavailable):
    """Facts: `model`, `retry_after_s`."""


class ModelNotInstalled(ModelUnavailable):
    """Facts: `model`, `source` (where its files come from)."""


class NotSaved(Unavailable):
    """The disk refused; nothing was stored."""


class ArchiveUnavailable(Unavailable):
    """What keeps the ratings to be searched does not answer."""


class AccountError(GlipError):
    """From the user directory."""


class UserExists(AccountError):
    """Facts: `name`."""


class UserUnknown(AccountError):
    """Facts: `name`."""


class LastAdmin(AccountError):
    """Facts: `name`."""


class BadUserName(AccountError):
    """Facts: `name`."""


class BadPassword(AccountError):
    """Facts: `limit` (least number of characters)."""
