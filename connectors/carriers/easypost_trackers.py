"""EasyPost's trackers as records, and its names of carriers as ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from connectors.carriers.status_map import meaning
from connectors.records import TrackingEventRecord, TrackingRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.base import TrackingRef

Document = dict[str, Any]

# EasyPost's name of a carrier, folded, and ours.
_OURS: Final[Mapping[str, str]] = {
    "amazonshipping": "amazon",
    "amazonmws": "amazon",
    "australiapost": "australia_post",
    "canadapost": "canada_post",
    "deutschepost": "deutsche_post",
    "dhlecommerceasia": "dhl_ecommerce",
    "dhlecs": "dhl_ecommerce",
    "dhlexpress": "dhl_express",
    "dhlpaket": "dhl",
    "dhlparcel": "dhl",
    "dpd": "dpd",
    "dpduk": "dpd",
    "evri": "evri",
    "fedex": "fedex",
    "fedexsmartpost": "fedex",
    "gls": "gls",
    "hermes": "hermes",
    "lasershipv2": "lasership",
    "ontracv3": "ontrac",
    "postnl": "postnl",
    "royalmail": "royal_mail",
    "ups": "ups",
    "upsdap": "ups",
    "upsmailinnovations": "ups",
}

# How EasyPost wants to be told of a carrier. One that is not here is left to EasyPost to find out from the number.
_THEIRS: Final[Mapping[str, str]] = {
    "australia_post": "AustraliaPost",
    "canada_post": "CanadaPost",
    "dhl_express": "DHLExpress",
    "dpd": "DPD",
    "fedex": "FedEx",
    "gls": "GLS",
    "royal_mail": "RoyalMail",
    "ups": "UPS",
    "usps": "USPS",
}


def carrier_key(name: str) -> str:
    """Our key of a carrier EasyPost names; a carrier new to us keeps its name in small letters."""
    folded = "".join(sign for sign in name.casefold() if sign.isalnum())
    return _OURS.get(folded, folded)


def carrier_name(key: str) -> str:
    """EasyPost's name of our carrier; "" where EasyPost finds it out better by itself."""
    return _THEIRS.get(key, "")


def tracking_record(tracker: Any, ref: TrackingRef) -> tuple[TrackingRecord, list[str]]:
    """The record of a tracker, and what of it could not be read.

    The carrier stays the one we asked about, so that the answer finds its parcel; the tracker's where we named none.

    Raises:
        ValueError: it is no tracker, or one of another parcel.
    """
    if not isinstance(tracker, dict) or not isinstance(tracker.get("id"), str):
        raise ValueError("the answer is no tracker")  # noqa: TRY004 - what is wrong is the answer, not our code
    number = _text(tracker, "tracking_code")
    if _compact(number) != _compact(ref.tracking_number):
        raise ValueError("the answer is about another parcel")
    status, detail = _text(tracker, "status"), _text(tracker, "status_detail")
    events: list[TrackingEventRecord] = []
    faults: list[str] = []
    unmapped: dict[str, None] = {}
    late: set[datetime] = set()
    details = tracker.get("tracking_details") or []
    if not isinstance(details, list):
        raise ValueError("its scans are no list")  # noqa: TRY004 - see above
    for place, entry in enumerate(details, start=1):
        try:
            event, delayed, unknown = _event(entry)
        except ValueError as error:
            faults.append(f"scan {place} cannot be read: {error}")
            continue
        events.append(event)
        late.update([event.occurred_at] if delayed else ())
        unmapped.update(dict.fromkeys(unknown))
    newest = max(events, key=lambda event: event.occurred_at, default=None)
    text = newest.text if newest else ""
    still_late = newest is not None and newest.occurred_at in late
    said = meaning("easypost", status, detail, text=text)
    unmapped.update(dict.fromkeys(said.unmapped))
    record = TrackingRecord(
        carrier=ref.carrier or carrier_key(_text(tracker, "carrier")),
        tracking_number=ref.tracking_number,
        status=said.status,
        events=tuple(events),
        delayed=said.delayed or (still_late and said.status not in {"delivered", "returned", "cancelled"}),
        reason=said.reason,
        raw_code=f"{status}/{detail}" if detail else status,
        raw_text=text,
        estimated_delivery_at=_moment_or_none(tracker, "est_delivery_date", faults),
        tracking_url=_https(_text(tracker, "public_url")),
        remote_id=tracker["id"],
        unmapped=tuple(unmapped),
        updated_at=_moment_or_none(tracker, "updated_at", faults),
    )
    return record, faults


def _event(entry: Any) -> tuple[TrackingEventRecord, bool, tuple[str, ...]]:
    """(the scan, whether it speaks of a delay, codes the map does not know)."""
    if not isinstance(entry, dict):
        raise ValueError("it is no scan")  # noqa: TRY004 - what is wrong is the answer, not our code
    status, detail, text = _text(entry, "status"), _text(entry, "status_detail"), _text(entry, "message")
    said = meaning("easypost", status, detail, text=text)
    event = TrackingEventRecord(
        occurred_at=_moment(_text(entry, "datetime")),
        status=said.status,
        raw_code=_text(entry, "carrier_code") or (f"{status}/{detail}" if detail else status),
        text=text or _text(entry, "description"),
        location=_location(entry.get("tracking_location")),
        reason=said.reason,
    )
    return event, said.delayed, said.unmapped


def _location(place: Any) -> str:
    """``Houston, TX 77063, US`` of what is known of it."""
    if not isinstance(place, dict):
        return ""
    region = " ".join(filter(None, (_text(place, "state"), _text(place, "zip"))))
    return ", ".join(filter(None, (_text(place, "city"), region, _text(place, "country"))))


def _moment(text: str) -> datetime:
    """A time with the offset it was given. EasyPost writes UTC where it does not know the place; bare times are UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment_or_none(document: Document, key: str, faults: list[str]) -> datetime | None:
    text = _text(document, key)
    if not text:
        return None
    try:
        return _moment(text)
    except ValueError:
        faults.append(f"{key} is no time")
        return None


def _https(address: str) -> str:
    return address if address.startswith("https://") else ""


def _compact(number: str) -> str:
    return "".join(number.split()).upper()


def _text(document: Document, key: str) -> str:
    found = document.get(key)
    return found if isinstance(found, str) else ""
