"""Reading Stripe: everything once by lists, then what changed by its log of events.

The lists are the newest first and know no "changed since", so they serve the first read only. The log goes back thirty
days and is in no order, so an event only says *which* object to read again, and a cursor that has grown older than the
log starts over with the lists.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from connectors.errors import NotFound, ProtocolError, Rejected
from connectors.invoicing.stripe_kinds import CHARGE, CREDIT_NOTE, EVENTS, INTENT, REFUND, STREAMS, Kind, kind_of
from connectors.records import Page, Quarantined, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from connectors.http import HttpApi
    from connectors.invoicing.stripe_records import Document, Reader

PAGE: Final = 100
LOG_REACHES: Final = timedelta(days=29)  # thirty, less a day for a clock that is off and a run that takes long
OVERLAP: Final = timedelta(minutes=10)  # events appear a little late, and clocks differ
_LONGEST_RAW: Final = 20_000


class StripeReading:
    """Pages of a stream, and single objects."""

    def __init__(self, api: HttpApi, reader: Reader) -> None:
        self._api = api
        self._reader = reader

    def changed(self, stream: str, cursor: dict[str, Any] | None, *, until: datetime) -> Iterator[Page]:
        """Pages of ``stream`` since ``cursor``, the full lists where there is none or the log does not reach so far."""
        start = int((until - OVERLAP).timestamp())
        oldest = int((until - LOG_REACHES).timestamp())
        if not cursor or _since(cursor) < oldest:
            return self._listed(stream, {"since": start, "list": 0, "after": ""})
        return self._listed(stream, cursor) if "list" in cursor else self._logged(stream, cursor, start)

    def look(self, path: str) -> None:
        """Read one object of a list, to see that it is there, ours to read, and Stripe's.

        Raises:
            ConnectorError: it is not.
        """
        self._list(path, {}, limit=1)

    def fetch(self, refs: Sequence[Ref]) -> Page:
        """The objects again, a payment with its refunds. What is gone, or none of Stripe's, is in ``deleted``."""
        page = Page()
        for ref in refs:
            kind = kind_of(ref.remote_id)
            if kind is None:
                page.deleted.append(ref)
                continue
            if self._reread(page, kind, ref) and kind.record == "payment":
                for refund in self.refunds_of(ref.remote_id):
                    self._take(page, REFUND, refund)
        return page

    def refunds_of(self, payment: str) -> Iterator[Document]:
        """Every refund of a payment intent or charge, the newest first."""
        kind = kind_of(payment)
        params = {"payment_intent" if kind is INTENT else "charge": payment, "expand[]": _in_list(REFUND)}
        return self.all_of(REFUND, params)

    def credit_notes_of(self, invoice: str) -> Iterator[Document]:
        """Every credit note of an invoice, the newest first."""
        return self.all_of(CREDIT_NOTE, {"invoice": invoice})

    def all_of(self, kind: Kind, params: dict[str, Any] | None = None) -> Iterator[Document]:
        """Every object of a list, the newest first."""
        after = ""
        while True:
            documents, more = self._list(kind.path, {**(params or {}), **_from(after)})
            yield from documents
            last = _last_id(documents, after)
            if not more or last == after:
                return
            after = last

    def one(self, kind: Kind, remote_id: str) -> Document | None:
        """An object by its id; None when it is gone.

        Raises:
            ProtocolError: something else came back.
        """
        try:
            document = self._api.json(
                f"{kind.path}/{remote_id}", {"expand[]": list(kind.expand)} if kind.expand else None
            )
        except NotFound:
            return None
        if not isinstance(document, dict):
            raise ProtocolError(f"{self._api.name}: Stripe's {kind.name} {remote_id} is no object")
        return None if document.get("deleted") is True else document

    def _listed(self, stream: str, cursor: dict[str, Any]) -> Iterator[Page]:
        since, index, after = int(cursor["since"]), int(cursor["list"]), str(cursor["after"])
        kinds = STREAMS[stream]
        while index < len(kinds):
            kind = kinds[index]
            documents, more, after = self._list_on(
                kind.path, {"expand[]": _in_list(kind)} if kind.expand else {}, after
            )
            page = Page()
            for document in documents:
                self._take(page, kind, document)
            last = _last_id(documents, after)
            index, after = (index, last) if more and last != after else (index + 1, "")
            page.more = index < len(kinds)
            page.cursor = {"since": since, "list": index, "after": after} if page.more else {"since": since}
            yield page

    def _logged(self, stream: str, cursor: dict[str, Any], start: int) -> Iterator[Page]:
        since, next_since, after = int(cursor["since"]), int(cursor.get("next", start)), str(cursor.get("after", ""))
        params = {"types[]": list(EVENTS[stream]), "created[gte]": since}
        seen: set[str] = set()
        more = True
        while more:
            events, more, after = self._list_on("/v1/events", params, after)
            page = Page()
            for event in events:
                self._follow(page, stream, event, seen)
            last = _last_id(events, after)
            more, after = more and last != after, last
            page.more = more
            page.cursor = {"since": since, "next": next_since, "after": after} if more else {"since": next_since}
            yield page

    def _follow(self, page: Page, stream: str, event: Document, seen: set[str]) -> None:
        """Read again what an event is about, once a run: the event's own copy may be older than what we have."""
        data = event.get("data")
        thing = data.get("object") if isinstance(data, dict) else None
        if not isinstance(thing, dict) or not isinstance(thing.get("id"), str):
            page.quarantined.append(Quarantined(f"stripe event {event.get('id')}", "the event is about nothing"))
            return
        remote_id = thing["id"]
        if stream == "payments" and isinstance(thing.get("payment_intent"), str):
            remote_id = thing["payment_intent"]
        if remote_id in seen:
            return
        seen.add(remote_id)
        kind = kind_of(remote_id)
        if kind is None:
            page.quarantined.append(Quarantined(f"stripe event {event.get('id')}", "it is about no object we read"))
        elif stream == "refunds" and kind is CHARGE:
            for refund in self.refunds_of(remote_id):
                self._take(page, REFUND, refund)
        else:
            self._reread(page, kind, Ref(kind.record, remote_id))

    def _reread(self, page: Page, kind: Kind, ref: Ref) -> bool:
        """Put the object into ``page``; False when it is gone."""
        document = self.one(kind, ref.remote_id)
        if document is None:
            page.deleted.append(ref)
            return False
        self._take(page, kind, document)
        return True

    def _take(self, page: Page, kind: Kind, document: Document) -> None:
        if kind is CHARGE and document.get("payment_intent"):
            return  # its intent is the payment
        try:
            page.records.append(kind.read(self._reader, document))
        except ValueError as error:
            raw = json.dumps(document, default=str)[:_LONGEST_RAW]
            page.quarantined.append(Quarantined(f"stripe {kind.name} {document.get('id')}", str(error), raw))

    def _list_on(self, path: str, params: dict[str, Any], after: str) -> tuple[list[Document], bool, str]:
        """A page from ``after`` on; the list from its start where that object was deleted meanwhile."""
        try:
            documents, more = self._list(path, {**params, **_from(after)})
        except (NotFound, Rejected):
            if not after:
                raise
            after = ""
            documents, more = self._list(path, params)
        return documents, more, after

    def _list(self, path: str, params: dict[str, Any], *, limit: int = 0) -> tuple[list[Document], bool]:
        answer = self._api.json(path, {**params, "limit": limit or PAGE})
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, list) or not all(isinstance(document, dict) for document in data):
            raise ProtocolError(f"{self._api.name}: Stripe's answer to {path} is no list of objects")
        return data, answer.get("has_more") is True


def _since(cursor: dict[str, Any]) -> int:
    """Where a cursor begins, Unix time.

    Raises:
        ProtocolError: it is not one of ours.
    """
    try:
        for name in ("since", "next", "list"):
            int(cursor.get(name, 0))
        return int(cursor["since"])
    except (KeyError, TypeError, ValueError):
        raise ProtocolError(
            f"this cursor is not one of ours: {cursor!r}", hint="`oms-tui store rebuild-cache` reads everything again"
        ) from None


def _last_id(documents: Sequence[Document], before: str) -> str:
    """The id to go on from: the last that is one, else the one before."""
    return next((one["id"] for one in reversed(documents) if isinstance(one.get("id"), str) and one["id"]), before)


def _in_list(kind: Kind) -> list[str]:
    return [f"data.{name}" for name in kind.expand]


def _from(after: str) -> dict[str, str]:
    return {"starting_after": after} if after else {}
