"""How a leg of the gate says no: it raises, and `gate.problems` answers."""

import math
from collections.abc import Mapping

from detection.errors import Overloaded, TooManyRequests


class Refusal(Exception):
    """The answer: a status, the key of a sentence in `texts/`, its facts, and extra headers."""

    def __init__(
        self,
        status: int,
        key: str,
        *,
        facts: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, key)
        self.status = status
        self.key = key
        self.facts = facts or {}
        self.headers = headers or {}

    @classmethod
    def from_error(cls, error: TooManyRequests | Overloaded) -> "Refusal":
        """Say no and when to come back."""
        status = 429 if isinstance(error, TooManyRequests) else 503
        wait_s = max(1, math.ceil(float(str(error.facts["retry_after_s"]))))
        headers = {"Retry-After": str(wait_s)}
        return cls(status, f"errors.{error.key}", facts={"retry_after_s": wait_s}, headers=headers)
