"""Credit notes of the stand-in for Stripe, by the rules of its API pages (version 2024-10-28).

An open invoice: the note lowers what is due, at most to nothing, and no money goes anywhere. A paid one: refund, credit
and out of band amounts add up to the note, and all notes together are no more than the invoice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from servers.stand_in_stripe import StandIn

_REASONS = {"duplicate", "fraudulent", "order_change", "product_unsatisfactory"}
_SPLIT = ("refund_amount", "credit_amount", "out_of_band_amount")
_KNOWN = {"invoice", "amount", "reason", "memo", "email_type", "refund", "effective_at", *_SPLIT}


class Refusal(Exception):
    """A 400 of Stripe's: its message, and the parameter."""

    def __init__(self, message: str, param: str = "") -> None:
        super().__init__(message)
        self.param = param


class CreditNotes:
    """Issues and previews them on the objects of a stand-in."""

    def __init__(self, server: StandIn) -> None:
        self._server = server

    def preview(self, form: dict[str, str]) -> dict[str, Any]:
        """As it would be; nothing changes."""
        return {"id": "cn_preview", "object": "credit_note", **self._note(form)}

    def issue(self, form: dict[str, str]) -> dict[str, Any]:
        """Issued, the invoice and the money with it."""
        note = self._note(form)
        invoice = self._server.objects["invoices"][form["invoice"]]
        before = sum(one.get("invoice") == form["invoice"] for one in self._server.objects["credit_notes"].values())
        note["number"] = f"{invoice['number']}-CN-{before + 1:02}"
        if refunded := note.pop("refund_amount"):
            payment = str(invoice.get("payment_intent") or "")
            fields = {"amount": refunded, "status": "succeeded", "payment_intent": payment}
            note["refund"] = self._server.add("refunds", "re", currency=note["currency"], **fields)
        made = self._server.add("credit_notes", "cn", **note)
        total = note["total"]
        if note["type"] == "pre_payment":
            left = invoice["amount_remaining"] - total
            invoice.update(amount_remaining=left, amount_due=invoice["amount_due"] - total)
            invoice["status"] = "open" if left else "paid"
        invoice[f"{note['type']}_credit_notes_amount"] += total
        self._server.happen("credit_note.created", "credit_notes", made)
        self._server.happen("invoice.updated", "invoices", form["invoice"])
        return self._server.objects["credit_notes"][made]

    def _note(self, form: dict[str, str]) -> dict[str, Any]:
        for name in form:
            if name not in _KNOWN and not name.startswith("metadata["):
                raise Refusal(f"Received unknown parameter: {name}", name)
        invoice = self._server.objects["invoices"].get(form.get("invoice", ""))
        if invoice is None:
            raise Refusal(f"No such invoice: {form.get('invoice')!r}", "invoice")
        if invoice["status"] not in {"open", "paid"}:
            raise Refusal("You can only create a credit note for an open or paid invoice.", "invoice")
        if form.get("reason", "duplicate") not in _REASONS:
            raise Refusal("Invalid reason", "reason")
        if "amount" not in form:
            raise Refusal("One of amount, lines, or shipping_cost must be provided.", "amount")
        amount, paid = int(form["amount"]), invoice["status"] == "paid"
        split = {name: int(form.get(name, 0)) for name in _SPLIT}
        credited = invoice["pre_payment_credit_notes_amount"] + invoice["post_payment_credit_notes_amount"]
        most = invoice["total"] - credited if paid else invoice["amount_remaining"]
        if not 0 < amount <= most:
            raise Refusal(f"The credit note amount must be positive and at most {most}.", "amount")
        if sum(split.values()) != (amount if paid else 0):
            raise Refusal("The refund, credit and out of band amounts must add up to the credit note's.", "amount")
        return {
            "invoice": form["invoice"],
            "status": "issued",
            "type": "post_payment" if paid else "pre_payment",
            "currency": invoice["currency"],
            "amount": amount,
            "total": amount,
            "refund_amount": split["refund_amount"],
            "out_of_band_amount": split["out_of_band_amount"] or None,
            "reason": form.get("reason"),
            "customer": invoice["customer"],
            "effective_at": self._server.now,
            "lines": {"data": [{"description": "Credit", "quantity": 1, "amount": amount}]},
            "metadata": {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")},
        }
