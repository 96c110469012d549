"""One map for everybody's tracking codes: (system, code, detail) to our status, ``delayed`` and a reason.

The key is always the system *and* the code: ``DL`` is delivered at FedEx and out for delivery at UPS, ``PL`` is a plane
that landed at FedEx and a pickup at DHL Express. What the map does not know becomes ``unknown`` and is reported in
``unmapped``: never a crash, never a quiet "in transit".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.carriers.reason_rows import PHRASES, REASON_ROWS
from connectors.carriers.status_rows import DELAY_ROWS, DETAIL_ROWS, FAMILIES, STATUS_ROWS

if TYPE_CHECKING:
    from connectors.words import TrackingStatus

_LONGEST_RAW: Final = 80
_MOVING: Final = frozenset({"picked_up", "in_transit", "out_for_delivery", "available_for_pickup"})
_TROUBLED: Final = frozenset({"exception", "delivery_attempted", "returning", "returned"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means. ``unmapped`` names what the map does not know (``ups:ZZ``), for ``doctor`` to count."""

    status: TrackingStatus
    delayed: bool = False
    reason: str = ""
    unmapped: tuple[str, ...] = ()


def _fold(code: str) -> str:
    return code.strip().casefold()


_STATUS: Final[dict[str, dict[str, TrackingStatus]]] = {
    system: {_fold(code): status for status, codes in rows.items() for code in codes.split()}
    for system, rows in STATUS_ROWS.items()
}
_DELAYED: Final = {system: frozenset(map(_fold, codes.split())) for system, codes in DELAY_ROWS.items()}
_DETAILS: Final = {system: frozenset(map(_fold, codes.split())) for system, codes in DETAIL_ROWS.items()}
_REASON: Final = {
    system: {_fold(code): reason for reason, codes in rows.items() for code in codes.split()}
    for system, rows in REASON_ROWS.items()
}


def systems() -> frozenset[str]:
    """The systems whose codes the map knows."""
    return frozenset(_STATUS)


def meaning(system: str, code: str, detail: str = "", *, text: str = "", return_flag: bool = False) -> Meaning:
    """What ``code`` (and its ``detail``, sub-tag or substatus) of ``system`` means.

    Args:
        system: whose code it is: ``easypost``, ``aftership``, ``ups``… (``systems`` lists them).
        code: the status as the system spells it; case does not matter.
        detail: the finer code beside it, where the system has one.
        text: the carrier's own sentence, asked for a reason only where the codes tell none.
        return_flag: DHL's ``returnFlag``: the parcel is on its way back, and "delivered" means back at the sender.
    """
    rows = _STATUS.get(system, {})
    key, finer = _fold(code), _fold(detail)
    both = f"{key}/{finer}" if finer else ""
    family = system in FAMILIES
    status = rows.get(both) or (rows.get(finer) if family else None)
    fine_known = status is not None
    unmapped: tuple[str, ...] = ()
    if status is None:
        status = rows.get(key)
    if status is None:
        # A later sub-tag of a known tag (Exception_042): the tag's meaning, and reported all the same.
        status = rows.get(key.partition("_")[0]) if family else None
        unmapped = (_name(system, code, detail),)
    elif finer and not fine_known and finer not in _known_details(system):
        unmapped = (_name(system, code, detail),)
    status = status or "unknown"
    codes = [one for one in (both, finer, key) if one]
    delayed = not _DELAYED.get(system, frozenset()).isdisjoint(codes if family else [both, key])
    if return_flag:
        status = _homeward(status)
    reason = next((_REASON[system][one] for one in codes if one in _REASON.get(system, {})), "")
    if not reason and (delayed or status in _TROUBLED):
        reason = reason_in(text)
    return Meaning(status, delayed, reason, unmapped)


def reason_in(text: str) -> str:
    """The reason a carrier's sentence gives, "" if it gives none we know."""
    folded = text.casefold()
    return next((reason for phrase, reason in PHRASES if phrase in folded), "")


def _known_details(system: str) -> frozenset[str]:
    """Details that need no report: documented ones, reasons, and the system's own codes (UPS: type D, code FS)."""
    return _DETAILS.get(system, frozenset()) | _REASON.get(system, {}).keys() | _STATUS[system].keys()


def _homeward(status: TrackingStatus) -> TrackingStatus:
    if status == "delivered":
        return "returned"
    return "returning" if status in _MOVING else status


def _name(system: str, code: str, detail: str) -> str:
    raw = f"{code}/{detail}" if detail else code
    return f"{system}:{raw[:_LONGEST_RAW]}"
