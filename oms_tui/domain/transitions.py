"""What may become of what: one table, in which every pair of state and action is either a step or a refusal with words.

An order has four axes. Its state is a machine here; what an action asks of the others, of the money, the goods and
where they are, stands beside it (``ORDER_GATES``), with the words of each refusal.

A machine lists the steps its actions may take. Whatever is not listed is refused: because the thing is there already,
for a reason of its own (``but``), or for what its state is (``because``). A test walks the machines and finds a way to
an end from every state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import (
    ConflictState,
    ConversationStatus,
    DecisionState,
    FulfillmentStatus,
    OrderState,
    OutboxState,
    PaymentState,
    PaymentStatus,
    RefundState,
    RequestStatus,
    ShipmentState,
    Stage,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.domain.vocabulary import Word


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of the trade.

    Attributes:
        kind: its states.
        ends: where a thing may rest for ever.
        steps: for each action, the state that follows each state it may be used in.
        because: for each state, why it allows no more than it does.
        but: words for single pairs of action and state that need their own.
    """

    kind: type[Word]
    ends: frozenset[str]
    steps: Mapping[str, Mapping[str, str]]
    because: Mapping[str, str]
    but: Mapping[tuple[str, str], str]

    def refusal(self, action: str, state: str) -> str:
        """Why ``action`` is refused in ``state``, "" if it is not."""
        following = self.steps[action]
        if state in following:
            return ""
        if state not in self.because:
            return f"its state {state!r} is not one this desk knows"
        already = f"it is {words_of(self.kind, state)} already" if state in following.values() else ""
        return self.but.get((action, state)) or already or self.because[state]


def _machine(
    kind: type[Word],
    ends: str,
    *,
    because: Mapping[str, str],
    steps: Mapping[str, Mapping[str, str]],
    but: Mapping[tuple[str, str], str] | None = None,
) -> Machine:
    return Machine(kind, frozenset(ends.split()), steps, because, but or {})


def _from(states: str, to: str) -> dict[str, str]:
    """The same step from each of several states."""
    return dict.fromkeys(states.split(), to)


_OPEN_ORDERS: Final = {"open": "open"}
_ANY_SALE: Final = {
    "open": "open",
    "closed": "closed",
    "cancelled": "cancelled",
}  # money and goods come back at any time

ORDER: Final = _machine(
    OrderState,
    "closed cancelled",
    because={
        "draft": "it is still a draft: open it first",
        "open": "it is open",
        "closed": "it is closed: reopen it first",
        "cancelled": "it is cancelled, and that is final: place a new order",
    },
    steps={
        "open": {"draft": "open"},
        "close": {"open": "closed"},
        "reopen": {"closed": "open"},
        "cancel": _from("draft open", "cancelled"),
        "edit_address": {"draft": "draft", "open": "open"},
        "ask_customer": {"draft": "draft", "open": "open"},
        **dict.fromkeys(("hold", "release", "split", "drop_ship", "forward", "replace"), _OPEN_ORDERS),
        **dict.fromkeys(("refund", "return", "credit_note"), _ANY_SALE),
        "record_receipt": {"open": "open", "closed": "closed"},
    },
    but={
        ("open", "closed"): "it is closed: use reopen, with a reason",
        ("close", "draft"): "it is still a draft: open or cancel it",
        ("reopen", "draft"): "it is a draft: open it",
        ("refund", "draft"): "it is still a draft: nothing was paid",
        ("credit_note", "draft"): "it is still a draft: nothing was invoiced",
        ("return", "draft"): "it is still a draft: nothing was sent",
        ("record_receipt", "cancelled"): "it is cancelled: send the money back instead",
    },
)

ORDER_AXES: Final[Mapping[str, type[Word]]] = {
    "payment_status": PaymentStatus,
    "fulfillment_status": FulfillmentStatus,
    "stage": Stage,
}
"""What besides its state an order's actions are allowed by."""

_LEFT: Final = (Stage.HANDED_OVER, Stage.IN_TRANSIT, Stage.DELIVERED)
_MONEY_FIRST: Final = (
    PaymentStatus.PENDING,
    PaymentStatus.AUTHORIZED,
    PaymentStatus.PARTIALLY_PAID,
    PaymentStatus.EXPIRED,
)

ORDER_GATES: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "release": {
        "payment_status": {
            **{each: f"it is {words_of(PaymentStatus, each)}: the money comes first" for each in _MONEY_FIRST},
            PaymentStatus.VOIDED: "its payment was voided: ask for another one",
            PaymentStatus.REFUNDED: "the money went back: cancel it or close it",  # or it stays in the list to ship
        },
        "fulfillment_status": dict.fromkeys(
            (FulfillmentStatus.IN_PROGRESS, FulfillmentStatus.FULFILLED), "the warehouse has it already"
        ),
    },
    "hold": {
        "fulfillment_status": {
            FulfillmentStatus.ON_HOLD: "it is on hold already",
            FulfillmentStatus.FULFILLED: "it has left",
        },
    },
    "cancel": {"stage": dict.fromkeys(_LEFT, "the parcel has left: take it back as a return")},
    "edit_address": {
        "stage": {
            **dict.fromkeys(_LEFT, "the parcel has left: ask the carrier to redirect it"),
            **dict.fromkeys((Stage.AFTER_SALES, Stage.DONE), "nothing is on its way there any more"),
        },
    },
    "record_receipt": {
        "payment_status": {
            PaymentStatus.PAID: "it is paid",
            PaymentStatus.PARTIALLY_REFUNDED: "it is paid",
            PaymentStatus.REFUNDED: "it was paid, and the money went back",
        },
    },
}
"""For each action, by axis, the values in which it is refused and why; what is not here stands in nobody's way."""


def order_refusal(action: str, state: str, axes: Mapping[str, str]) -> str:
    """Why ``action`` is refused to an order, by its state and then by the other axes (``ORDER_AXES``); "" if it is not.

    Raises:
        KeyError: there is no such action.
    """
    if why := ORDER.refusal(action, state):
        return why
    gates = ORDER_GATES.get(action, {})
    return next((why for axis, told in gates.items() if (why := told.get(axes.get(axis, ""), ""))), "")


PAYMENT: Final = _machine(
    PaymentState,
    "settled cancelled",
    because={
        "created": "no answer of the provider yet",
        "authorized": "it is authorized: cancel it instead",
        "settled": "the money was taken: refund it instead",
        "declined": "it was declined: ask for another payment",
        "error": "it failed: ask for another payment",
        "cancelled": "it is cancelled: ask for another payment",
    },
    steps={
        "authorize": {"created": "authorized"},
        "settle": _from("created authorized", "settled"),
        "decline": {"created": "declined"},
        "fail": _from("created authorized", "error"),
        "cancel": _from("created authorized settled declined error", "cancelled"),
    },
)

REFUND: Final = _machine(
    RefundState,
    "settled failed",
    because={"pending": "it is under way", "settled": "it was paid out", "failed": "it failed: make a new refund"},
    steps={"settle": {"pending": "settled"}, "fail": {"pending": "failed"}},
)

SHIPMENT: Final = _machine(
    ShipmentState,
    "delivered cancelled",
    because={
        "created": "it is not prepared yet",
        "pending": "it is being prepared",
        "shipped": "it has left",
        "delivered": "it was delivered: take it back as a return",
        "cancelled": "it was cancelled: make a new parcel",
    },
    steps={
        "prepare": {"created": "pending"},
        "ship": {"pending": "shipped"},
        "deliver": _from("pending shipped", "delivered"),  # the scan of the handing over may be missing
        "cancel": _from("created pending shipped", "cancelled"),
    },
)

_LIVE: Final = "open pending snoozed closed"

CONVERSATION: Final = _machine(
    ConversationStatus,
    "closed spam merged",
    because={
        "open": "it is open",
        "pending": "it waits for the customer",
        "snoozed": "it is snoozed",
        "closed": "it is closed: reopen it first",
        "spam": "it is marked as spam: reopen it first",
        "merged": "it was merged into another conversation: split it off first",
    },
    steps={
        "reply": _from(_LIVE, "pending"),
        "receive": {**_from(_LIVE, "open"), "spam": "spam", "merged": "merged"},
        "snooze": _from("open pending snoozed", "snoozed"),
        "close": _from("open pending snoozed", "closed"),
        "reopen": _from("pending snoozed closed spam", "open"),
        "mark_spam": _from(_LIVE, "spam"),
        "merge": _from(_LIVE, "merged"),
        "split": {"merged": "open"},
    },
)

OUTBOX: Final = _machine(
    OutboxState,
    "filed recalled",
    because={
        "held": "it can still be taken back: it leaves when the undo window ends",
        "queued": "it has not left yet",
        "sending": "it is on the wire",
        "sent": "it has left",
        "filed": "it has left",
        "failed": "it failed: retry or recall it",
        "blocked": "it is blocked: decide first what stopped it",
        "in_doubt": "nobody knows yet whether it left: resolve that first",
        "recalled": "it was taken back",
    },
    steps={
        "queue": {"held": "queued"},
        "block": _from("held queued", "blocked"),
        "send": {"queued": "sending"},
        "requeue": {"sending": "queued"},  # it never got as far as the point of no return
        "doubt": {"sending": "in_doubt"},
        "confirm": {"sending": "sent"},
        "fail": _from("queued sending", "failed"),
        "file": {"sent": "filed"},
        "retry": _from("failed blocked", "queued"),
        "resolve_sent": {"in_doubt": "sent"},
        "resolve_not_sent": {"in_doubt": "queued"},
        "recall": _from("held queued failed blocked", "recalled"),
    },
)

IDENTITY: Final = _machine(
    DecisionState,
    "confirmed rejected",
    because={
        "proposed": "nothing was decided yet",
        "confirmed": "it was confirmed: undo that first",
        "rejected": "it was rejected: undo that first",
    },
    steps={
        "confirm": {"proposed": "confirmed"},
        "reject": {"proposed": "rejected"},
        "undo": _from("confirmed rejected", "proposed"),
    },
    but={("undo", "proposed"): "nothing was decided yet"},
)

CONFLICT: Final = _machine(
    ConflictState,
    "resolved accepted",
    because={
        "open": "nothing was decided yet",
        "resolved": "it was resolved: undo that first",
        "accepted": "it was accepted as it is: undo that first",
    },
    steps={
        "resolve": {"open": "resolved"},
        "accept": {"open": "accepted"},
        "undo": _from("resolved accepted", "open"),
    },
    but={("undo", "open"): "nothing was decided yet"},
)

REQUEST: Final = _machine(
    RequestStatus,
    "closed",
    because={
        "unsubmitted": "nobody was asked yet",
        "submitted": "it was asked for, and no answer came yet",
        "accepted": "it was accepted",
        "rejected": "it was rejected: ask again or close it",
        "cancellation_requested": "cancelling was asked for: wait for the answer",
        "cancellation_accepted": "cancelling was agreed: ask again or close it",
        "cancellation_rejected": "cancelling was refused: it goes on as accepted",
        "closed": "it is closed",
    },
    steps={
        "submit": _from("unsubmitted rejected cancellation_accepted", "submitted"),
        "accept": {"submitted": "accepted"},
        "reject": {"submitted": "rejected"},
        "request_cancellation": _from("submitted accepted cancellation_rejected", "cancellation_requested"),
        "accept_cancellation": {"cancellation_requested": "cancellation_accepted"},
        "reject_cancellation": {"cancellation_requested": "cancellation_rejected"},
        "close": _from("unsubmitted accepted rejected cancellation_accepted cancellation_rejected", "closed"),
    },
)

TRANSITIONS: Final[Mapping[str, Machine]] = {
    "order": ORDER,
    "payment": PAYMENT,
    "refund": REFUND,
    "shipment": SHIPMENT,
    "conversation": CONVERSATION,
    "outbox": OUTBOX,
    "identity": IDENTITY,
    "conflict": CONFLICT,
    "request": REQUEST,
}
"""Every machine of the trade by name."""

NEEDS_REASON: Final = frozenset({("order", "reopen"), ("order", "cancel"), ("order", "hold")})
"""Steps that are only taken with words for the log."""


def why_not(machine: str, state: str, action: str) -> str:
    """Why ``action`` is refused in ``state``, in words for a person; "" when it is allowed.

    Raises:
        KeyError: there is no such machine or action.
    """
    return TRANSITIONS[machine].refusal(action, state)


def after(machine: str, state: str, action: str) -> str:
    """The state that follows.

    Raises:
        ValueError: the action is refused in this state; the message says why.
        KeyError: there is no such machine or action.
    """
    if why := why_not(machine, state, action):
        raise ValueError(why)
    return TRANSITIONS[machine].steps[action][state]
