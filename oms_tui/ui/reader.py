"""The desk's second thread: it reads the store, runs actions and watches the change feed, so that drawing never waits.

One thread, on connections of its own. Work is asked by slot: a newer question in a slot replaces an older one that
has not begun (holding Down asks for a hundred orders and reads the last). Answers come as messages. What others changed
is looked for when no key came for a moment. Measured: to open an order takes 2 ms, a look at the feed 2 microseconds.
"""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.ui.messages import Answer, Changed, FeedFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import Change

POLL_SECONDS: Final = 0.2
"""Between looks at the feed."""

REST_SECONDS: Final = 0.4
"""The same after a look that found something: a worker that always commits costs two or three readings a second."""

QUIET_SECONDS: Final = 0.2
"""So long after a key the feed is left alone: what is read again meanwhile would make the next key wait."""

LONGEST_SECONDS: Final = 5.0
"""Who types without a pause sees what changed after so long."""


class _Work(NamedTuple):
    slot: str
    generation: int
    target: MessagePump
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    replaces: bool


class Reader:
    """The thread and what waits for it. Every method but ``_run`` and what it calls belongs to the screen's thread.

    Args:
        session: who works at which store; the thread opens its own connections to the same files.
        target: gets ``Changed`` and ``FeedFailed``.
    """

    def __init__(self, session: Session, target: MessagePump) -> None:
        self._session = session
        self._target = target
        self._waiting: deque[_Work] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._working = False
        self._generation = 0
        self._typed_at = 0.0
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """Finish what was begun, drop nothing that writes, and end. Waits up to ``timeout`` seconds."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join(timeout)

    @property
    def busy(self) -> bool:
        """Whether something waits or is being done."""
        with self._wake:
            return bool(self._waiting) or self._working

    def typed(self) -> None:
        """A key came: what others changed is looked for when no more do."""
        self._typed_at = monotonic()

    def ask(self, slot: str, target: MessagePump, function: Callable[..., Any], *arguments: Any, **options: Any) -> int:
        """Run ``function(session, *arguments, **options)`` unless a newer question in the slot comes before.

        For reading: the answer goes to ``target`` as an ``Answer`` with the generation returned here.
        """
        return self._put(slot, target, function, arguments, options, replaces=True)

    def call(
        self, function: Callable[..., Any], *arguments: Any, to: MessagePump, slot: str = "", **options: Any
    ) -> int:
        """Run ``function(session, *arguments, **options)`` for certain, in order: for actions and saving.

        The answer goes to ``to`` as an ``Answer`` with the generation returned here.
        """
        return self._put(slot, to, function, arguments, options, replaces=False)

    def _put(
        self,
        slot: str,
        target: MessagePump,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        options: dict[str, Any],
        *,
        replaces: bool,
    ) -> int:
        with self._wake:
            self._generation += 1
            if replaces:
                stale = [work for work in self._waiting if work.slot == slot and work.target is target]
                for work in stale:
                    self._waiting.remove(work)
            self._waiting.append(_Work(slot, self._generation, target, function, arguments, options, replaces))
            self._wake.notify()
            return self._generation

    # ---- in the thread

    def _run(self) -> None:
        from oms_tui.store.workspace import StoreError, Workspace

        own = self._session.store
        try:
            store = Workspace(own.folder, read_only=own.read_only)
        except StoreError as error:
            self._target.post_message(FeedFailed(str(error)))
            self._refuse_all(str(error))
            return
        with store:
            session = self._session.on(store)
            watch = _Watch(session, self._target)
            while True:
                with self._wake:
                    if not self._waiting and not self._stopping:
                        self._wake.wait(max(0.0, watch.at(self._typed_at) - monotonic()))
                    work = self._waiting.popleft() if self._waiting else None
                    self._working = work is not None
                    stopping = self._stopping
                if work is not None:
                    work.target.post_message(_answer(session, work))
                    if not work.replaces:  # the agent's own doing is seen at once
                        watch.look()
                    self._working = False
                elif stopping:
                    return
                if monotonic() >= watch.at(self._typed_at):  # also where work never ends
                    watch.look()

    def _refuse_all(self, error: str) -> None:
        while True:
            with self._wake:
                if not self._waiting and not self._stopping:
                    self._wake.wait()
                if self._stopping:
                    return
                work = self._waiting.popleft() if self._waiting else None
            if work is not None:
                work.target.post_message(Answer(work.slot, work.generation, None, error))


class _Watch:
    """The change feed, looked at while nobody types; a failure is told once, not five times a second."""

    def __init__(self, session: Session, target: MessagePump) -> None:
        from oms_tui.store.reads.changes import Feed

        self._feed = Feed(session.store)
        self._target = target
        self._failed = False
        self._looked_at = 0.0
        self._next = 0.0

    def at(self, typed_at: float) -> float:
        """When to look next; what changes until then is told together."""
        return max(self._next, min(typed_at + QUIET_SECONDS, self._looked_at + LONGEST_SECONDS))

    def look(self) -> None:
        """Tell what changed since the last look."""
        found = self._poll()
        self._looked_at = monotonic()
        self._next = self._looked_at + (REST_SECONDS if found else POLL_SECONDS)
        if found:
            self._target.post_message(Changed(found))

    def _poll(self) -> list[Change]:
        try:
            changes = self._feed.poll()
        except Exception as error:  # noqa: BLE001 - a feed that cannot be read must not end the thread
            if not self._failed:
                self._target.post_message(FeedFailed(f"the store cannot be read: {error}"))
            self._failed = True
            return []
        self._failed = False
        return changes


def _answer(session: Session, work: _Work) -> Answer:
    try:
        value = work.function(session, *work.arguments, **work.options)
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes words on the screen and the thread goes on
        return Answer(work.slot, work.generation, None, in_words(error), error)
    return Answer(work.slot, work.generation, value)


def in_words(error: Exception) -> str:
    """An exception as a sentence: our own errors are sentences already, others are told as a fault of ours."""
    message = getattr(error, "message", "") or str(error)
    if type(error).__module__.startswith("oms_tui."):
        hint = getattr(error, "hint", "")
        return f"{message} - {hint}" if hint else str(message)
    from oms_tui.store.space import HINT, is_full

    if is_full(error):
        return f"the disk is full, and this was not kept: {HINT}"
    return f"this did not work, and it is a fault of ours: {type(error).__name__}: {message}"
