"""What the desk may do in Tryton: leave a note, change where a sale goes, cancel a draft, credit an invoice.

Tryton knows no idempotency keys. Each write therefore leaves a note on the sale that carries the key, and ``confirm``
looks for it. The note is written first: a cancellation whose answer was lost is told by the note and the sale's state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.base import Receipt
from connectors.errors import Conflict, NotFound, Rejected
from connectors.orders.tryton_addresses import ADDRESSED_BY_DESK, TrytonAddresses
from connectors.orders.tryton_credits import TrytonCredits
from connectors.orders.tryton_marks import mark, marked
from connectors.orders.tryton_row import Row, record_id

if TYPE_CHECKING:
    from connectors.base import Action
    from connectors.orders.tryton_rpc import TrytonRpc

_CANCELLABLE = frozenset({"draft", "quotation"})
_CANCELLED_BY_DESK = "Cancelled by the support desk"


class TrytonActions:
    """Writes to sales and their invoices."""

    kinds = ("note", "cancel", "edit_address", "credit_note")

    def __init__(self, rpc: TrytonRpc, name: str) -> None:
        self._rpc = rpc
        self._name = name
        self._credits = TrytonCredits(rpc, name)
        self._addresses = TrytonAddresses(rpc, name)

    def preview(self, action: Action) -> str:
        """In words, the calls that will be made.

        Raises:
            Rejected: Tryton cannot do that through its API.
        """
        self._refuse_others(action)
        if action.kind == "credit_note":
            return self._credits.preview(action)
        if action.kind == "edit_address":
            return self._addresses.preview(action)
        sale = f"sale {action.order.remote_id}"
        if action.kind == "note":
            return f"Tryton: add a note to {sale}: {_text(action)}"
        return f"Tryton: add a note to {sale}, then press Cancel on it (possible while it is a draft or quotation)"

    def perform(self, action: Action, *, key: str, expect: str) -> Receipt:
        """Do it unless it was done with this key before.

        Raises:
            Conflict: the sale is no longer the version it was decided on.
            Rejected: Tryton does not allow it.
            OutcomeUnknown: no answer came; ``confirm`` tells.
        """
        self._refuse_others(action)
        if action.kind == "credit_note":
            return self._credits.perform(action, key=key, expect=expect)
        done = self.confirm(key)
        if done is not None:
            return done
        sale = self._sale(action)
        changed = sale.changed_at()
        if expect and (changed is None or changed.isoformat() != expect):
            raise Conflict(f"{self._name}: sale {sale.text('number') or sale.id} was changed in Tryton in the meantime")
        if action.kind == "note":
            note = mark(self._rpc, f"sale.sale,{sale.id}", _text(action), key)
            return Receipt(remote_id=str(note), detail="note added")
        if action.kind == "edit_address":
            return self._addresses.perform(action, sale, key=key)
        if sale.text("state") not in _CANCELLABLE:
            raise Rejected(
                f"{self._name}: Tryton cancels drafts and quotations only; this sale is {sale.text('state')}",
                field="order",
                hint="in Tryton, cancel its shipments and credit its invoices",
            )
        if not marked(self._rpc, key):
            mark(self._rpc, f"sale.sale,{sale.id}", _CANCELLED_BY_DESK, key)
        self._rpc.write("model.sale.sale.cancel", [sale.id])
        return Receipt(remote_id=str(sale.id), detail="cancelled")

    def confirm(self, key: str) -> Receipt | None:
        """Whether the write with ``key`` happened.

        Raises:
            ConnectorError: Tryton could not be asked.
        """
        for note in marked(self._rpc, key):
            model, sale = note.reference("resource")
            if model != "sale.sale":
                continue
            if note.text("message").startswith(ADDRESSED_BY_DESK):
                return self._addresses.confirm(note)
            if not note.text("message").startswith(_CANCELLED_BY_DESK):
                return Receipt(remote_id=str(note.id), detail="note added")
            rows = self._rpc.search_read("sale.sale", [["id", "=", sale]], ["state"])
            if rows and Row(rows[0]).text("state") == "cancelled":
                return Receipt(remote_id=str(sale), detail="cancelled")
        return self._credits.confirm(key)

    def _refuse_others(self, action: Action) -> None:
        if action.kind not in self.kinds:
            raise Rejected(f"{self._name}: Tryton cannot {action.kind} from here", field="kind", hint="do it in Tryton")
        if action.kind == "note":
            _text(action)

    def _sale(self, action: Action) -> Row:
        number = action.order.remote_id
        domain = [["id", "=", record_id(number) or -1]]
        rows = self._rpc.search_read("sale.sale", domain, ["number", "state", "write_date", "create_date"])
        if not rows:
            raise NotFound(f"{self._name}: Tryton has no sale {number!r} any more")
        return Row(rows[0])


def _text(action: Action) -> str:
    found = action.fields.get("text")
    if not isinstance(found, str) or not found.strip():
        raise Rejected("a note needs a text", field="text")
    return found.strip()
