"""Writes to other systems, from the outbox: once, with a key; what got no answer is asked about, not repeated.

The key makes a repeat harmless where the system knows keys, and lets ``confirm`` find the write where it does not. An
item whose answer was lost is asked about for some minutes. Was it done, it is sent; says the system it was not, it is
done again; cannot it be asked, a person decides.
"""

from __future__ import annotations

import logging
import time
from random import Random
from typing import TYPE_CHECKING, Any, Final

from connectors.base import Action
from connectors.errors import (
    AuthExpired,
    CertificateRejected,
    Conflict,
    ConnectorError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    Rejected,
)
from connectors.records import Ref
from oms_tui.domain.events import EVENT_GROUPS
from oms_tui.domain.safe_text import safe_line
from oms_tui.sync import outbox_rows as rows
from oms_tui.sync.outbox_rows import Event, Moved
from oms_tui.sync.schedule import backoff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connectors.base import OrderActions, Receipt
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session

ASK_FOR_MS: Final = 180_000
"""How long a lost answer is asked about: the system may still be at work."""

_ASK_EVERY_MS: Final = 10_000
_DOUBT_EVERY_MS: Final = 300_000
_GIVE_UP_MS: Final = 86_400_000
_FIRST_RETRY_SECONDS: Final = 10.0
_LONGEST_RETRY_SECONDS: Final = 1800.0
_REFUSED: Final = (Rejected, Conflict, NotFound)
_PARKED: Final = (AuthExpired, Forbidden, CertificateRejected)
_PARKED_SECONDS: Final = 900.0
_KINDS: Final = {
    "cancel": "cancelled",
    "refund": "refund_issued",
    "credit_note": "credit_note_issued",
    "edit_address": "edited",
    "hold": "held",
    "release": "released",
    "note": "source_note",
}
"""The timeline's word for an action that was done."""

_LOG = logging.getLogger(__name__)


class ActionRunner:
    """Performs what is due.

    Args:
        session: whose desk file holds the outbox.
        actions: each source that can be written to.
        done: told of an item that was done, so that its order is read again.
        may_act: asked before the wire; False: this process lost its right to.
        stopping: asked between two items.
    """

    def __init__(
        self,
        session: Session,
        actions: Mapping[str, OrderActions],
        *,
        done: Callable[[Values], None] = lambda _item: None,
        may_act: Callable[[], bool] = lambda: True,
        stopping: Callable[[], bool] = lambda: False,
        dice: Random | None = None,
    ) -> None:
        self._desk = session.store.desk
        self._actions = actions
        self._done = done
        self._may_act = may_act
        self._stopping = stopping
        self._dice = dice or Random()  # noqa: S311 - spreads retries, hides nothing
        self._asked: dict[str, int] = {}
        self._now = 0
        self._started = 0.0

    def tick(self, now: int) -> int:
        """Do what is due at ``now`` (milliseconds); how many items moved."""
        self._now, self._started = now, time.monotonic()
        moved = 0
        for item in rows.items(
            self._desk, ("held", "queued", "sending", "in_doubt"), sorted(self._actions), actions=True
        ):
            if self._stopping() or not self._may_act():
                break
            moved += self._look_after(item)
        return moved

    def _look_after(self, item: Values) -> bool:
        if item["state"] in {"sending", "in_doubt"}:
            return self._settle(item)
        if item["not_before"] > self._moment():
            return False
        queued = self._step(item, "queue") if item["state"] == "held" else item
        return queued is not None and self._perform(queued)

    def _perform(self, item: Values) -> bool:
        payload = rows.mapped(item["payload"])
        action = Action(str(payload.get("action", "")), Ref("order", item["remote_id"]), payload.get("fields") or {})
        # One commit and not two: perform gives no sign before its point of no return, so it counts from here.
        sending = self._step(item, "send", phase="committing", attempts=item["attempts"] + 1, error="")
        if sending is None:
            return False
        try:
            receipt = self._actions[item["account"] or item["source"]].perform(
                action, key=item["key"] or item["id"], expect=str(payload.get("expect", ""))
            )
        except Exception as error:  # noqa: BLE001 - whatever it was, the row must say how far it came
            self._not_done(sending, error)
        else:
            self._is_done(sending, receipt)
        return True

    def _is_done(self, item: Values, receipt: Receipt) -> None:
        action = str(rows.mapped(item["payload"]).get("action", "")) or "action"
        kind = _KINDS.get(action, action if action in EVENT_GROUPS else "edited")
        words = f"{action.replace('_', ' ')} done at {item['account'] or item['source']}"
        words += f": {receipt.detail}" if receipt.detail else ""
        if receipt.remote_id and receipt.remote_id not in words:
            words += f" ({receipt.remote_id})"
        step = "resolve_sent" if item["state"] == "in_doubt" else "confirm"
        event = Event(kind, words, {"action": action, "remote_id": receipt.remote_id})
        sent = self._step(item, step, event=event, phase="", answer=safe_line(receipt.detail), error="")
        if sent is not None:
            self._step(sent, "file", filed=1)  # there is nothing to file
            self._done(item)

    def _not_done(self, item: Values, error: Exception) -> None:
        if not isinstance(error, ConnectorError):
            _LOG.error("outbox item %s: a fault of ours", item["id"], exc_info=error)
        if isinstance(error, OutcomeUnknown) or not isinstance(error, ConnectorError):
            self._try(lambda: rows.note(self._desk, item, error=rows.words(error)), item)
            return
        if isinstance(error, _REFUSED) or self._moment() - item["created_at"] > _GIVE_UP_MS:
            words = f"{item['account'] or item['source']} did not do it: {error}"
            self._step(item, "fail", event=Event("action_failed", words), phase="", error=rows.words(error))
            return
        wait = (
            _PARKED_SECONDS
            if isinstance(error, _PARKED)
            else backoff(item["attempts"], self._dice, first=_FIRST_RETRY_SECONDS, longest=_LONGEST_RETRY_SECONDS)
        )
        later = self._moment() + int(wait * 1000)
        self._step(item, "requeue", phase="", error=rows.words(error), not_before=later)

    def _settle(self, item: Values) -> bool:
        """After a crash or a lost answer: ask whether it happened."""
        now, doubted = self._moment(), item["state"] == "in_doubt"
        last = self._asked.get(item["id"])
        if last is not None and now - last < (_DOUBT_EVERY_MS if doubted else _ASK_EVERY_MS):
            return False
        self._asked[item["id"]] = now
        patient = doubted or now - item["updated_at"] < ASK_FOR_MS  # the system may still be at it
        try:
            receipt = self._actions[item["account"] or item["source"]].confirm(item["key"] or item["id"])
        except ConnectorError as error:
            words = f"nobody can tell whether {item['account'] or item['source']} did it: {error}"
            event = Event("action_in_doubt", words)
            return not patient and self._step(item, "doubt", event=event, error=safe_line(words)) is not None
        if receipt is not None:
            self._is_done(item, receipt)
            return True
        return not patient and self._step(item, "requeue", phase="", not_before=now) is not None

    def _moment(self) -> int:
        return self._now + int((time.monotonic() - self._started) * 1000)

    def _step(self, item: Values, action: str, *, event: Event | None = None, **changes: Any) -> Values | None:
        return self._try(lambda: rows.advance(self._desk, item, action, self._moment(), event=event, **changes), item)

    def _try(self, step: Callable[[], Values], item: Values) -> Values | None:
        try:
            return step()
        except Moved as moved:
            _LOG.info("outbox item %s: %s", item["id"], moved)
            return None
