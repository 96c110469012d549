"""A stand-in for Stripe: objects, the log of events and idempotency keys in memory, and answers that get lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
from servers.stand_in_stripe_credits import CreditNotes, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "sk_test_secret0000"
NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
_PLACES = ("payment_intents", "charges", "refunds", "disputes", "invoices", "credit_notes")


class StandIn:
    """Objects in memory behind Stripe's paths, with a log of events and idempotency keys.

    ``answers`` puts answers (or exceptions) in front of a path, once each; ``lose`` names paths whose writes are done
    and then not answered.
    """

    def __init__(self, now: datetime = NOW) -> None:
        self.objects: dict[str, dict[str, dict[str, Any]]] = {place: {} for place in _PLACES}
        self.events: list[dict[str, Any]] = []
        self.asked: list[httpx.Request] = []
        self.answers: dict[str, list[httpx.Response | Exception]] = {}
        self.lose: set[str] = set()
        self.now = int(now.timestamp())
        self._keys: dict[str, dict[str, Any]] = {}
        self._made = 0
        self._credits = CreditNotes(self)

    def add(self, place: str, prefix: str, **fields: Any) -> str:
        self._made += 1
        self.now += 1
        remote_id = f"{prefix}_{self._made:06}"
        base = {
            "id": remote_id,
            "object": place.removesuffix("s"),
            "created": self.now,
            "currency": "eur",
            "metadata": {},
        }
        self.objects[place][remote_id] = {**base, **fields}
        return remote_id

    def pay(self, amount: int = 7900, *, order: str = "10482", **fields: Any) -> str:
        charge = {"id": f"ch_{self._made:06}", "object": "charge", "created": self.now, "captured": True, "paid": True}
        card = {"type": "card", "card": {"brand": "visa", "last4": "4242"}}
        charge |= {"amount": amount, "amount_captured": amount, "payment_method_details": card}
        charge |= {"billing_details": {"email": "jan@example.com"}, "status": "succeeded", "metadata": {}}
        fields = {"status": "succeeded", "amount_received": amount, "latest_charge": charge, **fields}
        return self.add("payment_intents", "pi", amount=amount, metadata={"order_number": order}, **fields)

    def bill(self, total: int = 7900, *, paid: int = 0, order: str = "10482", **fields: Any) -> str:
        """A finalized invoice, paid if ``paid`` is all of it."""
        status = "paid" if paid >= total else "open"
        left = {"amount_due": total, "amount_paid": paid, "amount_remaining": total - paid}
        noted = {"pre_payment_credit_notes_amount": 0, "post_payment_credit_notes_amount": 0}
        lines = {"data": [{"description": "LAMP-BLUE", "quantity": 1, "amount": total}]}
        fields = {"status": status, "total": total, "lines": lines, "customer": "cus_1", **left, **noted, **fields}
        fields.setdefault("number", f"INV-{self._made + 1:04}")
        return self.add("invoices", "in", metadata={"order_number": order}, **fields)

    def happen(self, kind: str, place: str, remote_id: str, **changes: Any) -> None:
        """Change an object and write the event; the event's own copy is the old one."""
        self.now += 1
        old = dict(self.objects[place].get(remote_id) or {"id": remote_id})
        if remote_id in self.objects[place]:
            self.objects[place][remote_id].update(changes)
        event = {"id": f"evt_{len(self.events):06}", "object": "event", "type": kind, "created": self.now}
        self.events.append({**event, "data": {"object": old}})

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = request.url.path
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return _error(401, "Invalid API Key provided")
        if self.answers.get(path):
            answer = self.answers[path].pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        if request.method == "POST":
            answer = self._write(request)
            if path in self.lose:
                self.lose.discard(path)
                raise httpx.ReadTimeout("the answer was lost")
            return answer
        place, _, remote_id = path.removeprefix("/v1/").partition("/")
        if path == "/v1/credit_notes/preview":
            return _answered(lambda: self._credits.preview(dict(request.url.params)))
        if remote_id:
            found = self.objects.get(place, {}).get(remote_id)
            return (
                httpx.Response(200, json=self._full(found)) if found else _error(404, f"No such object: {remote_id!r}")
            )
        return self._list(place, request.url.params)

    def _list(self, place: str, params: httpx.QueryParams) -> httpx.Response:
        rows = list(reversed(self.events if place == "events" else [*self.objects[place].values()]))
        if place == "events":
            types = params.get_list("types[]")
            rows = [
                row for row in rows if row["type"] in types and row["created"] >= int(params.get("created[gte]", 0))
            ]
        for name in ("payment_intent", "charge", "invoice"):
            if name in params:
                rows = [row for row in rows if row.get(name) == params[name]]
        after = params.get("starting_after")
        if after:
            ids = [row["id"] for row in rows]
            if after not in ids:
                return _error(400, f"No such object: {after!r}", param="starting_after")
            rows = rows[ids.index(after) + 1 :]
        limit = int(params.get("limit", 10))
        data = [self._full(row) for row in rows[:limit]]
        return httpx.Response(200, json={"object": "list", "data": data, "has_more": len(rows) > limit})

    def _full(self, row: dict[str, Any]) -> dict[str, Any]:
        """With what we ask to be expanded."""
        intent = self.objects["payment_intents"].get(row.get("payment_intent") or "")
        if row["object"] == "credit_note":
            return {**row, "invoice": self.objects["invoices"].get(row.get("invoice") or "", row.get("invoice"))}
        return {**row, "payment_intent": intent} if intent and row["object"] in {"refund", "dispute"} else row

    def _write(self, request: httpx.Request) -> httpx.Response:
        """What a key answered once it answers again, refusals before the act excepted."""
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        key = request.headers.get("idempotency-key", "")
        if key in self._keys:
            return httpx.Response(200, json=self._keys[key])
        act = self._credits.issue if request.url.path == "/v1/credit_notes" else self._refund
        answer = _answered(lambda: act(form))
        if answer.status_code == 200:
            self._keys[key] = answer.json()
        return answer

    def _refund(self, form: dict[str, str]) -> dict[str, Any]:
        metadata = {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
        target = {name: form[name] for name in ("payment_intent", "charge") if name in form}
        fields = {"amount": int(form["amount"]), "status": "succeeded", "reason": form.get("reason"), **target}
        currency = self.objects["payment_intents"].get(form.get("payment_intent", ""), {}).get("currency", "eur")
        made = self.add("refunds", "re", metadata=metadata, currency=currency, **fields)
        return self.objects["refunds"][made]


def _answered(act: Callable[[], dict[str, Any]]) -> httpx.Response:
    try:
        return httpx.Response(200, json=act())
    except Refusal as refusal:
        return _error(400, str(refusal), param=refusal.param)


def _error(status: int, message: str, param: str = "") -> httpx.Response:
    return httpx.Response(status, json={"error": {"message": message, "param": param, "type": "invalid_request_error"}})
