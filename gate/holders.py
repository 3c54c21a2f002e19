"""Who holds what: short memories of the gate, in this process, bounded.

Gradio forgets its tabs and deletes their files when it stops, so these need not outlive it.
"""

import threading
from collections import OrderedDict

# More than Gradio keeps tabs (1,000), so that what is forgotten here is long gone there.
MAX_CLAIMS = 20_000
MAX_HOLDINGS = 100_000


class Claims:
    """A name belongs to the session that uses it first."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    def claim(self, name: str, session_id: str) -> bool:
        """Take the name if nobody has it; say whether it is the session's now."""
        self._owners.setdefault(name, session_id)
        if len(self._owners) > MAX_CLAIMS:
            self._owners.popitem(last=False)
        return self.is_owner(name, session_id)

    def is_owner(self, name: str, session_id: str) -> bool:
        if self._owners.get(name) != session_id:
            return False
        self._owners.move_to_end(name)
        return True


class Holdings:
    """Several sessions may hold the same thing: equal pictures lie in one file.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._pairs: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, name: str, session_id: str) -> None:
        with self._lock:
            self._pairs[name, session_id] = None
            self._pairs.move_to_end((name, session_id))
            if len(self._pairs) > MAX_HOLDINGS:
                self._pairs.popitem(last=False)

    def has(self, name: str, session_id: str) -> bool:
        return (name, session_id) in self._pairs

    def forget_session(self, session_id: str) -> list[str]:
        """Take everything from the session; return what nobody else holds."""
        with self._lock:
            names = {name for name, owner in self._pairs if owner == session_id}
            for name in names:
                del self._pairs[name, session_id]
            return sorted(names - {name for name, _ in self._pairs})
