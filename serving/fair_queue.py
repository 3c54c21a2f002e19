"""A bounded queue whose turns go round by lane: one busy asker cannot crowd out the rest."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from itertools import zip_longest
from typing import Any, Generic, Protocol, TypeVar

from serving.futures import fail, overloaded


class Waiting(Protocol):
    """Something in a queue; once its future is done, nobody waits for it any more."""

    @property
    def future(self) -> Future[Any]: ...


Item = TypeVar("Item", bound=Waiting)


class FairQueue(Generic[Item]):
    """At most `capacity` items. Safe to use from several threads.

    An item whose future is done is never handed out. When the queue is full, the newest item of
    the longest lane gives way to a shorter lane's; its future fails with Overloaded.
    `tell_place` learns how many are ahead of an item whenever that may have changed; it is called
    with the queue locked, must be quick and may not fail.
    """

    def __init__(
        self, capacity: int, *, tell_place: Callable[[Item, int], None] | None = None
    ) -> None:
        if capacity < 1:
            raise ValueError(f"capacity: expected at least 1, got {capacity}")
        self._capacity = capacity
        self._first: deque[Item] = deque()
        self._lanes: OrderedDict[Hashable, deque[Item]] = OrderedDict()
        self._changed = threading.Condition()
        self._closed = False
        self._tell_place = tell_place

    def put(self, item: Item, lane: Hashable) -> None:
        """Queue the item. Raises Overloaded, at once, when there is no room."""
        displaced: Item | None = None
        with self._changed:
            if self._closed:
                raise overloaded()
            if self._waiting() >= self._capacity:
                self._forget_the_done()
            if self._waiting() >= self._capacity:
                displaced = self._make_room(lane)
            self._lanes.setdefault(lane, deque()).append(item)
            self._changed.notify()
            self._tell_places()
        if displaced is not None:
            fail(displaced.future, overloaded())
        if self._tell_place is not None:  # who gives up moves the others up
            item.future.add_done_callback(lambda _: self._tell_places())

    def put_first(self, item: Item) -> None:
        """Queue the last step of something that was admitted before: no bound, next in turn."""
        with self._changed:
            if not self._closed:
                self._first.append(item)
                self._changed.notify()
                return
        fail(item.future, overloaded())

    def take(self, most: int = 1, wait_s: float = 0.0) -> list[Item]:
        """Wait for an item, then up to `wait_s` for others; return 1 to `most`, one a lane in turn.

        An empty list means that the queue is closed and nothing is left.
        """
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._closed or len(self))
                if wait_s:
                    self._changed.wait_for(lambda: self._closed or len(self) >= most, wait_s)
                items = self._next(most)
                self._tell_places()
                if items or (self._closed and not len(self)):
                    return items

    def close(self) -> None:
        """Refuse new items; what is queued can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def abandon(self) -> None:
        """Close, and fail what is queued with Overloaded."""
        self.close()
        with self._changed:
            items = self._next(len(self))
        for item in items:
            fail(item.future, overloaded())

    def __len__(self) -> int:
        with self._changed:  # re-entrant
            return len(self._first) + self._waiting()

    def _waiting(self) -> int:
        return sum(map(len, self._lanes.values()))

    def _next(self, most: int) -> list[Item]:
        items: list[Item] = []
        while len(items) < most and len(self):
            item = self._pop()
            if not item.future.done():
                items.append(item)
        return items

    def _pop(self) -> Item:
        """Return the oldest item of the lane whose turn it is; the lane goes to the end."""
        if self._first:
            return self._first.popleft()
        lane, items = self._lanes.popitem(last=False)
        item = items.popleft()
        if items:
            self._lanes[lane] = items
        return item

    def _tell_places(self) -> None:
        """Tell each waiting item how many are ahead of it as things are now."""
        if self._tell_place is None:
            return
        with self._changed:
            waiting = [item for item in self._in_turn() if not item.future.done()]
            for ahead, item in enumerate(waiting):
                self._tell_place(item, ahead)

    def _in_turn(self) -> Iterator[Item]:
        """Yield what waits in the order in which it would be taken, if nothing more came."""
        yield from self._first
        for turn in zip_longest(*self._lanes.values()):
            yield from (item for item in turn if item is not None)

    def _forget_the_done(self) -> None:
        for lane, items in list(self._lanes.items()):
            alive = deque(item for item in items if not item.future.done())
            if alive:
                self._lanes[lane] = alive
            else:
                del self._lanes[lane]

    def _make_room(self, lane: Hashable) -> Item:
        """Take an item out of a lane that stays at least as long as the newcomer's becomes."""
        longest = max(self._lanes.values(), key=len, default=deque[Item]())
        if len(longest) <= len(self._lanes.get(lane, ())) + 1:
            raise overloaded()
        return longest.pop()
