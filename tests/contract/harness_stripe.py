"""Stripe held against the contract, on a stand-in with events and idempotency keys (localstripe has neither)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import httpx
from harness import Harness, Priced, Refused, Sign, Write
from servers.stand_in_stripe import KEY, StandIn

from connectors.base import Account, Action, Change
from connectors.errors import AuthExpired, Forbidden, ProtocolError, Temporary
from connectors.invoicing import stripe_reading
from connectors.records import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pytest

_URL = "https://api.stripe.com"
_WORDS = ("الطرد مكسور", "Zażółć gęślą jaźń", "evil \u202etxt \x1b[31mred", "x" * 5000)
_NEWS = "payment_intent.succeeded"


def _now() -> datetime:
    return datetime.now(UTC)


def _settled(payment: str) -> Callable[[Any], bool]:
    return lambda record: record.remote_id == payment and getattr(record, "state", "") == "settled"


@dataclass
class StripeHarness(Harness):
    """Payments, a refund, a dispute, invoices and a credit note of one shop."""

    key: ClassVar[str] = "stripe"
    server: StandIn = field(default_factory=lambda: StandIn(_now()))

    def __post_init__(self) -> None:
        for n in range(5):
            payment = self.server.pay(7900 + n, order=str(10482 + n))
        self.server.add("refunds", "re", amount=100, status="succeeded", payment_intent=payment)
        self.server.add("disputes", "dp", amount=100, status="needs_response", payment_intent=payment)
        for words in _WORDS:
            line = {"description": words, "quantity": 1, "amount": 100}
            self.server.add("invoices", "in", status="open", total=100, amount_paid=0, lines={"data": [line]})
        self.server.add("credit_notes", "cn", status="issued", total=100)

    def account(self, **options: Any) -> Account:
        return self._account({}, options)

    def network(self) -> httpx.BaseTransport | None:
        return httpx.MockTransport(self.server.handle)

    def secrets(self) -> Sequence[str]:
        return (KEY,)

    def refused(self) -> Sequence[Refused]:
        def answer(status: int, text: str) -> dict[str, Any]:
            return {"transport": httpx.MockTransport(lambda _: httpx.Response(status, text=text))}

        def refuse(_: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("Name or service not known")

        return (
            Refused("wrong key", self._account({"key": "sk_test_wrong0000"}, {}), AuthExpired),
            Refused("expired", self._account({}, answer(401, "{}")), AuthExpired),
            Refused("missing scope", self._account({}, answer(403, "{}")), Forbidden),
            Refused("wrong host", self._account({}, {"transport": httpx.MockTransport(refuse)}), Temporary),
            Refused("a page, not the API", self._account({}, answer(200, "<html>Hello</html>")), ProtocolError),
        )

    def seeded(self) -> Mapping[str, set[str]]:
        places = ("refunds", "disputes", "invoices", "credit_notes")
        return {"payments": set(self.server.objects["payment_intents"])} | {
            place: set(self.server.objects[place]) for place in places
        }

    def changes(self) -> Mapping[Change | str, Callable[[], Sign]]:
        def paid() -> Sign:
            payment = self.server.pay(5000, status="processing", amount_received=0)
            self._write_event(_NEWS, "payment_intents", payment, status="succeeded", amount_received=5000)
            return Sign("payments", _settled(payment), Ref("payment", payment))

        def refunded() -> Sign:
            made = self.server.add("refunds", "re", amount=50, status="succeeded", payment_intent=self._first())
            self._write_event("refund.created", "refunds", made)
            return Sign("refunds", lambda record: record.remote_id == made, Ref("refund", made))

        return {Change.PAID: paid, Change.REFUND: refunded}

    def small_pages(self, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
        monkeypatch.setattr(stripe_reading, "PAGE", size)

    def together(self, count: int) -> tuple[str, set[str]]:
        made: set[str] = set()
        second = self.server.now + 1
        for _ in range(count):
            self.server.now = second - 1  # adding one moves it on
            made.add(self.server.pay())
        for payment in made:
            self.server.now = second - 1
            self.server.happen(_NEWS, "payment_intents", payment)
        return "payments", made

    def touch(self) -> Sign:
        payment = list(self.server.objects["payment_intents"])[-1]  # the newest stands first in a list
        amount = int(self.server.objects["payment_intents"][payment]["amount_received"]) - 1
        self._write_event(_NEWS, "payment_intents", payment, amount_received=amount)
        return Sign("payments", lambda one: one.remote_id == payment and getattr(one, "captured", 0) == amount)

    def records_in(self, document: Any) -> list[dict[str, Any]]:
        if not isinstance(document, dict):
            return []
        return list(document["data"]) if isinstance(document.get("data"), list) else [document]

    def priced(self) -> Sequence[Priced]:
        amounts = (("jpy", 500, 500), ("eur", 7999, 7999), ("kwd", 12340, 12340), ("isk", 50000, 500))
        return [
            Priced(currency.upper(), self.account(), "payments", self.server.pay(theirs, currency=currency), ours)
            for currency, theirs, ours in amounts
        ]

    def writes(self) -> Mapping[str, Callable[[], Write]]:
        def refund() -> Write:
            payment = self.server.pay(7900)
            action = Action("refund", Ref("order", "10482"), {"payment": payment, "amount": 1000})

            def effects() -> int:
                refunds = self.server.objects["refunds"].values()
                return sum(one["payment_intent"] == payment and one["amount"] == 1000 for one in refunds)

            def meanwhile() -> None:
                self.server.add("refunds", "re", amount=50, status="succeeded", payment_intent=payment)

            return Write(action, "refundable:7900", effects, meanwhile)

        def credit_note() -> Write:
            invoice = self.server.bill(7900, paid=7900)
            action = Action("credit_note", Ref("order", "10482"), {"invoice": invoice, "amount": 1000})

            def effects() -> int:
                notes = self.server.objects["credit_notes"].values()
                return sum(one.get("invoice") == invoice and one["total"] == 1000 for one in notes)

            def meanwhile() -> None:
                self.server.objects["invoices"][invoice]["post_payment_credit_notes_amount"] += 50

            return Write(action, "credited:0", effects, meanwhile)

        return {"refund": refund, "credit_note": credit_note}

    def backfill(self, count: int) -> tuple[Account, str]:
        server = StandIn(_now())
        for _ in range(count):
            server.pay()
        return self._account({}, {"transport": httpx.MockTransport(server.handle)}), "payments"

    def hostile(self) -> Mapping[str, Sequence[str]]:
        return {"invoices": _WORDS}

    def _first(self) -> str:
        return str(next(iter(self.server.objects["payment_intents"])))

    def _write_event(self, kind: str, place: str, remote_id: str, **changes: Any) -> None:
        self.server.now = max(self.server.now, int(_now().timestamp()))
        self.server.happen(kind, place, remote_id, **changes)

    def _account(self, values: dict[str, Any], options: dict[str, Any]) -> Account:
        settings = {"key": KEY, "account": "", "order_reference": ["order_number"], "url": _URL, **values}
        return Account("books", settings, self.folder, {"transport": self.network(), **options})
