"""What exports call the states of things, as rows of our word and theirs; folded like headings when compared.

A word that is not here can be given a meaning in the config (``values``). One that has none keeps its raw form beside
the default, and is reported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connectors.orders.files_kinds import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATE = """
    draft: draft, quotation, quote, checkout draft, entwurf, angebot, brouillon, borrador, bozza
    open: open, new, pending, processing, confirmed, in progress, active, on hold, paid, shipped, offen, neu,
        bestätigt,
        in bearbeitung, ouverte, en cours, abierto, aperto, otwarte, nowe, w realizacji
    closed: closed, complete, completed, done, finished, archived, fulfilled, delivered, abgeschlossen, erledigt,
        archiviert, terminée, cerrado, chiuso, zakończone, zamknięte
    cancelled: cancelled, canceled, cancel, void, voided, storniert, abgebrochen, annulée, cancelado,
        annullato, anulowane
"""
_PAYMENT_STATUS = """
    pending: pending, unpaid, open, not paid, awaiting, awaiting payment, due, no, false, 0, failed, offen, unbezahlt,
        ausstehend, nein, nicht bezahlt, impayée, en attente, non, pendiente, non pagato, nieopłacone, nie
    authorized: authorized, authorised, reserved, autorisiert, reserviert
    partially_paid: partially paid, partial, partly paid, teilbezahlt, teilweise bezahlt, partiellement payée
    paid: paid, captured, settled, complete, completed, succeeded, yes, true, 1, bezahlt, ja, payée, payé,
        oui, pagado,
        pagato, opłacone, zapłacone, tak, betaald
    partially_refunded: partially refunded, partly refunded, teilerstattet, teilweise erstattet
    refunded: refunded, reversed, erstattet, remboursée, reembolsado, rimborsato, zwrócone
    voided: voided, void, cancelled, canceled, storniert
    expired: expired, abgelaufen
"""
_FULFILLMENT_STATUS = """
    unfulfilled: unfulfilled, not fulfilled, unshipped, not shipped, open, pending, none, no, false, 0, nicht
        versendet,
        offen, nein, non expédiée, no enviado, non spedito, niewysłane
    scheduled: scheduled, geplant, planned
    on_hold: on hold, hold, held, waiting, angehalten, gesperrt, zurückgestellt
    in_progress: in progress, processing, picking, packing, packed, partial in progress, in bearbeitung, wird gepackt
    partially_fulfilled: partially fulfilled, partial, partially shipped, partly shipped, teilgeliefert,
        teillieferung,
        teilweise versendet
    fulfilled: fulfilled, shipped, sent, dispatched, delivered, complete, completed, done, yes, true, 1, versendet,
        verschickt, geliefert, zugestellt, ja, expédiée, livrée, enviado, spedito, wysłane, dostarczone, verzonden
    request_declined: request declined, declined, rejected, abgelehnt
"""
_RETURN_STATUS = """
    no_return: no return, none, no, false, 0, keine, nein
    requested: requested, return requested, angefragt, angemeldet
    in_progress: in progress, on the way, unterwegs
    returned: returned, received, complete, zurückgesendet, erhalten, yes, ja
    declined: declined, rejected, abgelehnt
"""
_PAYMENT_STATE = """
    created: created, pending, open, requires action, processing, offen, ausstehend
    authorized: authorized, authorised, requires capture, autorisiert
    settled: settled, paid, captured, succeeded, success, complete, completed, bezahlt, erfolgreich, payé, pagado,
        pagato, opłacone
    declined: declined, refused, failed, denied, abgelehnt, fehlgeschlagen
    error: error, fehler
    cancelled: cancelled, canceled, voided, void, expired, storniert
"""
_REFUND_STATE = """
    pending: pending, requires action, open, processing, offen, ausstehend
    settled: settled, succeeded, success, paid, complete, completed, refunded, erstattet, erfolgreich
    failed: failed, canceled, cancelled, error, fehlgeschlagen
"""
_DISPUTE_STATE = """
    needs_response: needs response, open, new, warning needs response, offen
    under_review: under review, submitted, warning under review, in prüfung
    won: won, closed won, gewonnen
    lost: lost, verloren
    accepted: accepted, anerkannt
    charge_refunded: charge refunded, refunded
"""
_INVOICE_STATUS = """
    draft: draft, entwurf, brouillon
    submitted: submitted, awaiting approval
    open: open, unpaid, sent, due, overdue, authorised, authorized, posted, not paid, offen, unbezahlt,
        überfällig, fällig,
        impayée, pendiente, non pagata, nieopłacona
    partially_paid: partially paid, partial, teilbezahlt
    paid: paid, settled, complete, bezahlt, beglichen, payée, pagada, pagata, opłacona, betaald
    void: void, voided, cancelled, canceled, storniert
    deleted: deleted, gelöscht
    uncollectible: uncollectible, written off, write off, uneinbringlich, ausgebucht
"""
_INVOICE_KIND = """
    invoice: invoice, sales invoice, rechnung, facture, factura, fattura, faktura
    credit_note: credit note, credit, credit memo, refund, gutschrift, avoir, abono, nota di credito, korekta
    supplier_bill: supplier bill, bill, vendor bill, purchase invoice, eingangsrechnung
"""
_SHIPMENT_STATE = """
    created: created, new, label created, ready, planned, draft, erstellt, neu
    pending: pending, announced, waiting, label printed, angekündigt
    shipped: shipped, sent, dispatched, in transit, out for delivery, handed over, versendet, verschickt, unterwegs,
        expédié, enviado, spedito, wysłane
    delivered: delivered, done, complete, zugestellt, geliefert, livré, entregado, consegnato, dostarczone
    cancelled: cancelled, canceled, void, voided, storniert
"""
_REQUEST_STATUS = """
    unsubmitted: unsubmitted, draft, not sent, entwurf
    submitted: submitted, sent, requested, ordered, open, pending, bestellt, gesendet, offen
    accepted: accepted, confirmed, acknowledged, bestätigt, angenommen
    rejected: rejected, declined, refused, abgelehnt
    cancellation_requested: cancellation requested
    cancellation_accepted: cancellation accepted, cancelled, canceled, storniert
    cancellation_rejected: cancellation rejected
    closed: closed, received, complete, shipped, delivered, done, erledigt, geliefert, abgeschlossen
"""
_TRACKING_STATUS = """
    unknown: unknown
    pre_transit: pre transit, info received, label created, announced, registered, electronically announced,
        angekündigt,
        elektronisch angekündigt
    picked_up: picked up, collected, accepted, handed over, abgeholt, eingeliefert
    in_transit: in transit, transit, departed, arrived, processed, on the way, shipped, unterwegs, in
        zustellung befördert,
        en transit, en tránsito, in transito, w drodze
    out_for_delivery: out for delivery, with courier, in delivery, in zustellung, en livraison, en reparto, w
        doręczeniu
    available_for_pickup: available for pickup, ready for pickup, at pickup point, abholbereit
    delivery_attempted: delivery attempted, attempt failed, delivery failed, not at home, zustellversuch,
        nicht zugestellt
    exception: exception, failure, problem, on hold, held, lost, damaged, delayed by customs, störung
    delivered: delivered, zugestellt, livré, entregado, consegnato, doręczona
    returning: returning, return to sender, returned to sender, rücksendung
    returned: returned, zurück beim absender
    cancelled: cancelled, canceled, label void, storniert
    expired: expired, not found
"""


def _rows(text: str) -> dict[str, str]:
    """Their folded words with ours."""
    found: dict[str, str] = {}
    ours = ""
    for row in text.strip().splitlines():
        head, colon, rest = row.strip().partition(":")
        ours = head if colon else ours
        words = rest if colon else row
        found.setdefault(fold(ours), ours)
        for word in words.split(","):
            if word.strip():
                found.setdefault(fold(word), ours)
    return found


WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "orders.state": _rows(_STATE),
    "orders.payment_status": _rows(_PAYMENT_STATUS),
    "orders.fulfillment_status": _rows(_FULFILLMENT_STATUS),
    "orders.return_status": _rows(_RETURN_STATUS),
    "payments.state": _rows(_PAYMENT_STATE),
    "refunds.state": _rows(_REFUND_STATE),
    "disputes.state": _rows(_DISPUTE_STATE),
    "invoices.status": _rows(_INVOICE_STATUS),
    "invoices.kind": _rows(_INVOICE_KIND),
    "shipments.state": _rows(_SHIPMENT_STATE),
    "shipments.request_status": _rows(_REQUEST_STATUS),
    "purchases.request_status": _rows(_REQUEST_STATUS),
    "tracking.status": _rows(_TRACKING_STATUS),
}
"""For ``kind.field``: folded word of theirs, word of ours."""

_ORDER_STATUS = """
    pending: open pending -
    pending payment: open pending -
    awaiting payment: open pending -
    failed: open pending -
    new: open - -
    open: open - -
    offen: open - -
    neu: open - -
    confirmed: open - -
    paid: open paid -
    bezahlt: open paid -
    processing: open paid -
    in bearbeitung: open paid -
    picking: open paid in_progress
    packing: open paid in_progress
    on hold: open - on_hold
    angehalten: open - on_hold
    partially shipped: open paid partially_fulfilled
    teilgeliefert: open paid partially_fulfilled
    shipped: open paid fulfilled
    versendet: open paid fulfilled
    delivered: open paid fulfilled
    geliefert: open paid fulfilled
    zugestellt: open paid fulfilled
    completed: closed paid fulfilled
    complete: closed paid fulfilled
    closed: closed - -
    abgeschlossen: closed paid fulfilled
    erledigt: closed paid fulfilled
    cancelled: cancelled - -
    canceled: cancelled - -
    storniert: cancelled - -
    refunded: closed refunded -
    erstattet: closed refunded -
    draft: draft - -
    checkout draft: draft - -
    entwurf: draft - -
"""

ORDER_STATUS: Final[Mapping[str, tuple[str, str, str]]] = {
    fold(word.strip()): (state, payment.replace("-", ""), fulfillment.replace("-", ""))
    for word, _, axes in (row.partition(":") for row in _ORDER_STATUS.strip().splitlines())
    for state, payment, fulfillment in (axes.split(),)
}
"""One status word of a shop (WooCommerce's among them): state, payment and fulfilment, "" for what it does not say.

That an order is paid or worked on says nothing of its parcels: another system may have shipped some.
"""
