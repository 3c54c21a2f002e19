"""Who asks: what the gate left in the request's state, as one value."""

from collections.abc import Mapping
from typing import Any

from accounts.asker import Asker


def asker_of(state: Mapping[str, Any]) -> Asker:
    """Return the asker from `scope["state"]`. Raises KeyError where no gate stands in front."""
    return Asker(
        user=state["user"],
        session_id=state["session_id"],
        address=state["address"],
        has_cookie=state["has_cookie"],
        language=state["language"],
    )
