"""Orders as the store hands them out, made by hand: one with a lot going on, one that is calm, one hostile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from oms_tui.store.shapes import (
    AddressView,
    AttachmentView,
    CallView,
    ConflictValue,
    ConflictView,
    ConversationView,
    CustomerView,
    DelayView,
    Flag,
    IdentityView,
    InvoiceView,
    LineView,
    MessageView,
    MoneyView,
    OrderView,
    PurchaseView,
    QueueItem,
    RelatedView,
    ScanView,
    ShipmentView,
    StockView,
    TaskView,
    Term,
    TimelineItem,
)

ZONE = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    """Milliseconds of ``2026-11-24 09:58`` on the desk's clocks."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


NOW = at("2026-11-24 10:04")  # a Tuesday
TODAY = "2026-11-24"
SYNCED = NOW - 40_000
DHL_NUMBER = "00340434161094015902"


def queue_item(**changes: object) -> QueueItem:
    """The row of the order in the queue."""
    item = QueueItem(
        id=10482,
        source="shop",
        remote_id="5000482",
        number="10482",
        name="Jan Kowal",
        tier="key",
        account_manager="Lea Brandt",
        is_open=True,
        state="open",
        payment_status="partially_refunded",
        fulfillment_status="fulfilled",
        return_status="no_return",
        stage="in_transit",
        progress="",
        currency="EUR",
        total=8900,
        placed_at=at("2026-11-16 11:01"),
        promised_at=at("2026-11-20 23:59"),
        due_at=at("2026-11-24 10:42"),
        priority=87,
        flags=(Flag("late 4d", "alarm"), Flag("mail 2h", "warn"), Flag("call due", "warn")),
        next_action="draft",
        owner="ana",
        country="PL",
        carrier="dhl",
        tracking="exception",
        days_late=4,
        waiting_since=at(f"{TODAY} 07:58"),
        snoozed_until=None,
        risk=" late ",
    )
    return item._replace(**changes)  # type: ignore[arg-type] # the caller names fields of the class


def stock(sku: str, location: str, on_hand: int, committed: int, incoming: int = 0, expected: str = "") -> StockView:
    """A product at a location, as the ERP says."""
    expected_at = at(expected) if expected else None
    return StockView(
        "tryton", sku, location, on_hand, committed, on_hand - committed, incoming, expected_at, "", SYNCED
    )


LINES = (
    LineView(
        position=1,
        remote_id="l1",
        sku="LAMP-BLUE",
        gtin="4006381333931",
        title="Lamp, blue",
        quantity=2,
        unit_price=3950,
        fulfilled=2,
        short=0,
        stock=(
            stock("LAMP-BLUE", "Hall 14", 20, 6, 20, "2026-11-27 12:00"),
            stock("LAMP-BLUE", "Depot B", 0, 0),
        ),
    ),
    LineView(
        position=2,
        remote_id="l2",
        sku="SHADE-L",
        gtin="",
        title="Shade, large, hand-woven linen",
        quantity=1,
        unit_price=1000,
        fulfilled=0,
        short=1,
        stock=(stock("SHADE-L", "Hall 14", 1, 1, 6, "2026-12-01 12:00"), stock("SHADE-L", "Depot B", 0, 0)),
    ),
)


def money(kind: str, amount: int, **changes: object) -> MoneyView:
    """A payment, refund or dispute at the payment provider."""
    base = MoneyView(
        kind, "stripe", f"{kind}-1", "settled", amount, amount, "EUR", "card •••• 4242", "", None, NOW - 3_700_000
    )
    return replace(base, **changes)  # type: ignore[arg-type] # the caller names fields of the class


def invoice(number: str, status: str, total: int, paid: int, **changes: object) -> InvoiceView:
    """An invoice in the books."""
    base = InvoiceView(
        "stripe",
        number,
        "invoice",
        number,
        status,
        total,
        paid,
        "EUR",
        at("2026-11-16 11:02"),
        at("2026-11-30 12:00"),
        False,
        "",
        "",
        NOW - 3_700_000,
    )
    return replace(base, **changes)  # type: ignore[arg-type] # the caller names fields of the class


def scan(moment: str, status: str, text: str, location: str, reason: str = "", offset: int = 60) -> ScanView:
    """A scan of a parcel."""
    return ScanView(at(moment), offset, status, text, location, reason, "")


PARCEL = ShipmentView(
    source="shop",
    source_id="s1",
    carrier="dhl",
    tracking_number=DHL_NUMBER,
    state="shipped",
    status="exception",
    service="DHL Parcel International",
    location="Hall 14",
    shipped_at=at("2026-11-19 09:15"),
    delivered_at=None,
    delayed=True,
    reason="customs_documentation",
    raw_code="failure",
    raw_text="held, documents missing",
    estimated_delivery_at=at("2026-11-26 18:00"),
    tracking_url=f"https://www.dhl.de/track/{DHL_NUMBER}",
    tracking_source="parcels",
    lines=(("LAMP-BLUE", 2),),
    events=(
        scan("2026-11-20 03:12", "exception", "held, documents missing", "Leipzig DE", "customs_documentation"),
        scan("2026-11-19 22:40", "in_transit", "arrived at hub", "Leipzig DE"),
        scan("2026-11-19 09:15", "picked_up", "handed over, 1.9 kg", "Łódź PL"),
        scan("2026-11-18 16:20", "pre_transit", "label printed", ""),
    ),
    synced_at=SYNCED,
    tracked_at=NOW - 240_000,
)

COMPLAINT = """Hello??
still no parcel, I live at Lindenweg 4, ordered the blue lamp. What is going on??

On Mon, 16 Nov 2026 at 11:02, Bright Shop <support@bright-shop.example> wrote:
> Dear Jan Kowal,
>
> thank you for your order #10482.
>
> 2 x Lamp, blue
> 1 x Shade, large
>
> We send it as soon as it is packed.
>
> Kind regards
> Bright Shop"""


def message(number: int, **changes: object) -> MessageView:
    """A mail of the thread."""
    base = MessageView(
        id=number,
        source="support",
        source_id=f"INBOX:{number}",
        message_id=f"<{number}@example.net>",
        content_name=f"mail-{number}",
        direction="inbound",
        from_name="Jan Kowal",
        from_address="j.k.private@example.net",
        to=("support@bright-shop.example",),
        cc=(),
        reply_to=(),
        subject="Hello??",
        sent_at=at(f"{TODAY} 07:58"),
        auto="",
        has_body=True,
        text=COMPLAINT,
        quoted=((3, 15),),
        attachments=(),
        warnings=(),
        state="linked",
        link_reason="by ana: same street, product words",
        link_confidence=100,
        conversation_id=1,
        known_sender=False,
        synced_at=NOW - 5_000,
    )
    return replace(base, **changes)  # type: ignore[arg-type] # the caller names fields of the class


CONFIRMATION = message(
    1,
    direction="outbound",
    from_name="Bright Shop",
    from_address="support@bright-shop.example",
    to=("jan.kowal@firma.example",),
    subject="Your order #10482",
    sent_at=at("2026-11-16 11:02"),
    text="Thank you for your order #10482.\n\nWe send it as soon as it is packed.\n\nKind regards\nBright Shop",
    quoted=(),
    link_reason="order number",
    known_sender=True,
)
HELLO = message(
    2, attachments=(AttachmentView(1, "doorbell.jpg", "image/jpeg", 1_258_291),), text=COMPLAINT, quoted=((3, 15),)
)

THREAD = ConversationView(
    id=1,
    root="<1@example.net>",
    status="open",
    subject="Hello??",
    customer="Jan Kowal",
    waiting_since=at(f"{TODAY} 07:58"),
    unanswered=2,
    messages=(CONFIRMATION, HELLO),
)


def happened(
    number: int, moment: str, kind: str, group: str, source: str, summary: str, **more: object
) -> TimelineItem:
    """One thing on the timeline."""
    return TimelineItem(f"e{number}", at(moment), at(moment), kind, group, source, summary, **more)  # type: ignore[arg-type] # alarm, message


TIMELINE = (
    happened(14, f"{TODAY} 09:40", "note", "internal", "ana", "Ana: sent customs paper to DHL"),
    happened(
        13,
        f"{TODAY} 07:58",
        "mail_received",
        "mail",
        "support",
        "Hello?? still no parcel, I live at Lindenweg 4",
        message=2,
        alarm=True,
    ),
    happened(12, "2026-11-21 12:00", "rule_ran", "internal", "rule", "draft prepared: delay, customs"),
    happened(11, "2026-11-20 09:15", "call_missed", "calls", "ana", "shipped: due 09:15, not made", alarm=True),
    happened(10, "2026-11-20 03:12", "tracking", "tracking", "dhl", "exception: customs documentation", alarm=True),
    happened(9, "2026-11-19 22:40", "tracking", "tracking", "dhl", "arrived at hub Leipzig"),
    happened(8, "2026-11-19 09:15", "handed_over", "tracking", "shop", "fulfilled, handed to DHL"),
    happened(7, "2026-11-18 16:20", "packed", "internal", "depot", "packed by Ben, 1.9 kg, slips printed"),
    happened(6, "2026-11-17 10:30", "refund_issued", "money", "stripe", "refunded 10.00 goodwill (Ana)"),
    happened(5, "2026-11-16 11:02", "mail_sent", "mail", "support", "order confirmation sent", message=1),
    happened(4, "2026-11-16 11:01", "invoice_issued", "money", "stripe", "invoice INV-2201 over 89.00"),
    happened(3, "2026-11-16 11:01", "payment_captured", "money", "stripe", "paid 89.00"),
    happened(2, "2026-11-16 11:01", "placed", "shop", "shop", "placed: 2 LAMP-BLUE, 1 SHADE-L"),
)


def order(**changes: object) -> OrderView:
    """The order in which a lot goes on."""
    base = OrderView(
        item=queue_item(),
        priority_terms=(
            Term("late", 32, "4 days late"),
            Term("tier", 30, "key customer"),
            Term("call", 15, "call due"),
            Term("mail", 10, "unanswered for 2h"),
        ),
        next_why="the customer waits for an answer",
        next_due_at=at(f"{TODAY} 10:42"),
        email="jan.kowal@firma.example",
        phone="+48 42 123 45 67",
        ship_to=AddressView("Jan Kowal", "", "Lindenweg 4", "Łódź", "", "90-001", "PL", "+48 42 123 45 67"),
        instructions="Gift: no invoice in the parcel",
        note="",
        channel="Bright Shop",
        url="https://shop.example/admin/orders/5000482",
        came_from=(),
        replaces="",
        tags=("gift",),
        raw_status={},
        synced_at=NOW - 12_000,
        customer=CustomerView(
            id=7,
            source="shop",
            source_id="c7",
            name="Jan Kowal",
            company="Kowal Design",
            tier="key",
            tier_reason="customer.spend:>5000",
            account_manager="Lea Brandt",
            identities=(
                IdentityView("email", "jan.kowal@firma.example", True, "confirmed", "shop"),
                IdentityView("email", "j.k.private@example.net", False, "proposed", "support"),
            ),
            orders=7,
            spend=231_000,
            synced_at=NOW - 12_000,
        ),
        lines=LINES,
        payments=(money("payment", 8900, at=at("2026-11-16 11:01")),),
        refunds=(money("refund", 1000, at=at("2026-11-17 10:30"), reason="goodwill", method=""),),
        disputes=(),
        refundable=7900,
        invoices=(invoice("INV-2201", "paid", 8900, 8900),),
        shipments=(PARCEL,),
        conversations=(THREAD,),
        purchase_orders=(),
        tasks=(
            TaskView("t1", "milestone_call", "courtesy call: delayed", "ana", at(f"{TODAY} 12:00"), "open", "delayed"),
        ),
        calls=(CallView("k1", "ana", "outbound", "no_answer", "placed", "", at("2026-11-16 14:00")),),
        conflicts=(),
        related=(RelatedView(118, "B-118", ("same street", "same phone"), "proposed"),),
        timeline=TIMELINE,
        delay=DelayView(
            late=True,
            will_be_late=False,
            days=4,
            since=at("2026-11-20 23:59"),
            reason="customs_documentation",
            reason_text="customs documentation",
            reason_source="dhl",
            promised_at=at("2026-11-20 23:59"),
            promised_source="shop",
            predicted_at=at("2026-11-26 18:00"),
            predicted_source="dhl",
            customer_told_at=None,
        ),
        drafts=(),
        outbox=(),
        claim="",
        source_ages={
            "shop": NOW - 12_000,
            "tryton": NOW - 40_000,
            "stripe": NOW - 3_700_000,
            "parcels": NOW - 240_000,
            "support": NOW - 5_000,
        },
    )
    return replace(base, **changes)  # type: ignore[arg-type] # the caller names fields of the class


def calm() -> OrderView:
    """A paid order that nobody has written about and nothing has happened to."""
    nothing = DelayView(False, False, 0, None, "", "", "", None, "", None, "", None)
    return order(
        item=queue_item(
            id=3,
            number="10481",
            name="Amélie Durand",
            tier="one_off",
            stage="ready_to_release",
            flags=(Flag("ready to release", "info"),),
            payment_status="paid",
            fulfillment_status="unfulfilled",
            account_manager="",
            owner="",
            waiting_since=None,
            priority=8,
            promised_at=None,
            days_late=0,
            tracking="",
            carrier="",
        ),
        priority_terms=(Term("release", 8, "ready to release"),),
        next_why="paid and in stock",
        next_due_at=None,
        customer=replace(
            order().customer,
            name="Amélie Durand",
            tier="one_off",
            company="",
            account_manager="",
            orders=1,
            spend=8900,
            identities=(),
        ),
        instructions="",
        tags=(),
        refunds=(),
        refundable=8900,
        shipments=(),
        conversations=(),
        tasks=(),
        calls=(),
        related=(),
        timeline=TIMELINE[-2:],
        delay=nothing,
    )


def empty() -> OrderView:
    """An order of which hardly anything is known."""
    return order(
        item=queue_item(
            id=4,
            number="X-1",
            name="",
            tier="",
            stage="awaiting_payment",
            flags=(),
            priority=0,
            due_at=None,
            promised_at=None,
            owner="",
            account_manager="",
            currency="",
        ),
        priority_terms=(),
        next_why="",
        next_due_at=None,
        email="",
        phone="",
        instructions="",
        channel="",
        url="",
        tags=(),
        ship_to=AddressView("", "", "", "", "", "", "", ""),
        customer=CustomerView(None, "", "", "", "", "", "", "", (), 0, 0, 0),
        lines=(),
        payments=(),
        refunds=(),
        invoices=(),
        shipments=(),
        conversations=(),
        tasks=(),
        calls=(),
        related=(),
        timeline=(),
        refundable=0,
        source_ages={},
        delay=DelayView(False, False, 0, None, "", "", "", None, "", None, "", None),
    )


HOSTILE = (
    "[/b] [@click=app.quit]x[/] \x1b[31mred\x1b[0m \u202eevil\u202c \a 🇩🇪👩‍👩‍👧 日本語テキスト שלום עולם " + "long" * 60
)


def hostile() -> OrderView:
    """Every text of it tries something."""
    base = order()
    letter = message(
        2,
        from_name=HOSTILE,
        subject=HOSTILE,
        text=f"{HOSTILE}\n\tTab\n{HOSTILE}",
        quoted=((1, 2),),
        warnings=(HOSTILE,),
    )
    return order(
        item=queue_item(name=HOSTILE, number="[#]", owner=HOSTILE, account_manager=HOSTILE),
        customer=replace(base.customer, name=HOSTILE, company=HOSTILE, account_manager=HOSTILE),
        ship_to=AddressView(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        instructions=HOSTILE,
        tags=(HOSTILE,),
        lines=tuple(replace(line, title=HOSTILE, sku=HOSTILE) for line in LINES),
        payments=(money("payment", 8900, method=HOSTILE),),
        refunds=(money("refund", 1000, reason=HOSTILE, state=HOSTILE),),
        invoices=(invoice(HOSTILE, HOSTILE, 8900, 1),),
        shipments=(
            replace(
                PARCEL,
                carrier=HOSTILE,
                tracking_number=HOSTILE,
                events=tuple(replace(each, text=HOSTILE, location=HOSTILE) for each in PARCEL.events),
            ),
        ),
        conversations=(replace(THREAD, subject=HOSTILE, messages=(letter,)),),
        timeline=tuple(replace(each, summary=HOSTILE, source=HOSTILE) for each in TIMELINE),
        conflicts=(
            ConflictView(HOSTILE, "open", (ConflictValue("shop", HOSTILE, NOW), ConflictValue("books", HOSTILE, NOW))),
        ),
        related=(RelatedView(1, HOSTILE, (HOSTILE,), "proposed"),),
        purchase_orders=(
            PurchaseView("tryton", "p1", HOSTILE, HOSTILE, "submitted", True, ((HOSTILE, 1),), NOW, NOW, HOSTILE, NOW),
        ),
    )


def long_thread(count: int = 60) -> OrderView:
    """An order with a thread of ``count`` mails of which the last three wait for an answer."""
    words = "The parcel was promised for last week and I was at home every single day, nobody rang. " * 4
    letters = tuple(
        message(
            number,
            direction="outbound" if number % 2 and number < count - 3 else "inbound",
            from_name="Ana, Bright Shop" if number % 2 and number < count - 3 else "Jan Kowal",
            sent_at=at("2026-10-01 09:00") + number * 7_200_000,
            text=f"Mail {number}.\n\n{words}\n\n{words}\n\n" + "\n".join(f"> quoted line {line}" for line in range(20)),
            quoted=((6, 26),),
        )
        for number in range(count)
    )
    return order(conversations=(replace(THREAD, messages=letters, unanswered=count - 1),))
