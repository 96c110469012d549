"""A credit note for a posted invoice of Tryton's, by its own wizard: of the whole invoice, once.

Tryton's wizard credits all of an invoice. One that is not paid is cancelled by its note in the same step. Of one that
is paid the note comes as a draft, which is then posted; the money is for Tryton's people to give back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connectors.base import Receipt
from connectors.errors import Conflict, NotFound, OutcomeUnknown, Rejected, Temporary
from connectors.orders.tryton_marks import mark, marked
from connectors.orders.tryton_row import Row, record_id
from connectors.records import minor_digits, minor_units

if TYPE_CHECKING:
    from decimal import Decimal

    from connectors.base import Action
    from connectors.orders.tryton_rpc import TrytonRpc

_MODEL: Final = "account.invoice"
_WIZARD: Final = "wizard.account.invoice.credit"
_FIELDS: Final = ("number", "type", "state", "total_amount", "currency.code", "payment_lines")
_NOTE_FIELDS: Final = ("number", "state", "total_amount", "currency.code")
_IN_FORCE: Final = frozenset({"posted", "paid"})
_VERSION: Final = "credited:"
_CREDITED_BY_DESK: Final = "Credited by the support desk"


class TrytonCredits:
    """The action ``credit_note``.

    Its fields: ``invoice`` (its id), ``amount`` (minor units, which must be all of it where it is given), ``currency``
    (checked where given), ``reason``, and ``money`` (outside, as Tryton gives nothing back by itself).
    """

    def __init__(self, rpc: TrytonRpc, name: str) -> None:
        self._rpc = rpc
        self._name = name

    def preview(self, action: Action) -> str:
        """In words, the calls that will be made.

        Raises:
            Rejected: Tryton would not do it.
        """
        invoice = self._invoice(action)
        self._check(action, invoice, self._notes(invoice.id))
        does = "cancels it by" if _cancels(invoice) else "makes"
        number, total = invoice.text("number") or str(invoice.id), _money(invoice.number("total_amount"), invoice)
        return f"Tryton: credit invoice {number} with its own wizard, which {does} a credit note of {total}; post that"

    def perform(self, action: Action, *, key: str, expect: str) -> Receipt:
        """Issue it unless it was with this key. ``expect`` ("credited:0") is what was credited when it was decided.

        Raises:
            Conflict: it was credited since.
            Rejected: Tryton does not allow it.
            OutcomeUnknown: no answer came; ``confirm`` tells.
        """
        begun = marked(self._rpc, key)
        done = self._issued(begun)
        if done is not None:
            return done
        invoice = self._invoice(action)
        notes = self._notes(invoice.id)
        credited = sum(-_minor(note) for note in notes if note.text("state") in _IN_FORCE)
        if expect.startswith(_VERSION) and expect != f"{_VERSION}{credited}":
            raise Conflict(f"{self._name}: invoice {invoice.text('number')} was credited in Tryton in the meantime")
        self._check(action, invoice, notes)
        if not begun:
            why = str(action.fields.get("reason") or "")
            mark(self._rpc, f"{_MODEL},{invoice.id}", f"{_CREDITED_BY_DESK}: {why}".removesuffix(": "), key)
        try:
            made = self._issue(invoice, notes, key)
        except Temporary as error:  # what is asked after the act may be asked again; the act may not be done again
            raise OutcomeUnknown(str(error)) from None
        if made is None:
            raise OutcomeUnknown(f"{self._name}: Tryton's wizard left no credit note of invoice {invoice.id}")
        return made

    def _issue(self, invoice: Row, notes: list[Row], key: str) -> Receipt | None:
        if not any(_waits(note) for note in notes):
            self._run_wizard(invoice)
            notes = self._notes(invoice.id)
        if drafts := [note.id for note in notes if _waits(note)]:
            self._rpc.write(f"model.{_MODEL}.post", drafts[-1:])
        return self.confirm(key)

    def confirm(self, key: str) -> Receipt | None:
        """Whether the credit note with ``key`` was issued: nothing had been credited when its mark was left.

        Raises:
            ConnectorError: Tryton could not be asked.
        """
        return self._issued(marked(self._rpc, key))

    def _issued(self, marks: list[Row]) -> Receipt | None:
        """The note in force of the invoice that one of ``marks`` was left on."""
        for left in marks:
            model, invoice = left.reference("resource")
            if model != _MODEL:
                continue
            for note in self._notes(invoice):
                if note.text("state") in _IN_FORCE:
                    total = _money(-note.number("total_amount"), note)
                    return Receipt(str(note.id), f"credit note {note.text('number')} of {total}")
        return None

    def _invoice(self, action: Action) -> Row:
        wanted = str(action.fields.get("invoice") or "")
        rows = self._rpc.search_read(_MODEL, [["id", "=", record_id(wanted) or -1], ["type", "=", "out"]], _FIELDS)
        if not rows:
            raise NotFound(f"{self._name}: Tryton has no invoice {wanted[:40]!r}")
        return Row(rows[0])

    def _notes(self, invoice: int) -> list[Row]:
        """Its credit notes, the oldest first."""
        domain = [["origin_invoices", "=", invoice], ["type", "=", "out"]]
        rows = [Row(values) for values in self._rpc.search_read(_MODEL, domain, _NOTE_FIELDS)]
        return [row for row in rows if row.number("total_amount") < 0]

    def _check(self, action: Action, invoice: Row, notes: list[Row]) -> None:
        number = invoice.text("number") or str(invoice.id)
        if invoice.text("state") not in _IN_FORCE or invoice.number("total_amount") <= 0:
            raise Rejected(
                f"{self._name}: Tryton credits posted invoices; {number} is {invoice.text('state')}", field="invoice"
            )
        if any(note.text("state") in _IN_FORCE for note in notes):
            raise Rejected(f"{self._name}: {number} was credited already", field="invoice", hint="look in Tryton")
        currency, named = _code(invoice), str(action.fields.get("currency") or "").upper()
        if named not in {"", currency}:
            raise Rejected(f"{self._name}: {number} is in {currency}, not in {named[:3]}", field="currency")
        if action.fields.get("amount") not in {None, _minor(invoice)}:
            total = _money(invoice.number("total_amount"), invoice)
            raise Rejected(
                f"{self._name}: Tryton credits the whole of {number} from here, {total}",
                field="amount",
                hint="credit a part of it in Tryton",
            )
        if action.fields.get("money") not in {None, "", "outside"}:
            raise Rejected(f"{self._name}: Tryton pays nothing back from here", field="money", hint="do it in Tryton")

    def _run_wizard(self, invoice: Row) -> None:
        session, *_ = self._rpc.write(f"{_WIZARD}.create")
        start = {"with_refund": _cancels(invoice), "invoice_date": None}
        about = {"active_model": _MODEL, "active_id": invoice.id, "active_ids": [invoice.id]}
        self._rpc.write(f"{_WIZARD}.execute", session, {"start": start}, "credit", context=about)


def _cancels(invoice: Row) -> bool:
    """Whether its credit note cancels it: nothing was paid."""
    return invoice.text("state") == "posted" and not invoice.links("payment_lines")


def _waits(note: Row) -> bool:
    return note.text("state") in {"draft", "validated"}


def _code(row: Row) -> str:
    currency = row.row("currency")
    return currency.text("code") if currency is not None else ""


def _minor(row: Row) -> int:
    return minor_units(row.number("total_amount"), _code(row))


def _money(amount: Decimal, row: Row) -> str:
    return f"{amount:.{minor_digits(_code(row))}f} {_code(row)}"
