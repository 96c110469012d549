"""Mail that belongs to no conversation of the demo's own: what else lies in a shop's inbox on a Monday."""

# ruff: noqa: E501 - texts and lists of names have the lines they have

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, Final

from oms_tui.demo.life import HOUR
from oms_tui.demo.mailboxes import SUPPORT, TRADE, Mail, message_id
from oms_tui.demo.planted import HOTEL, JAN_PRIVATE, MARIA_WORK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from oms_tui.demo.life import Order
    from oms_tui.demo.mailboxes import Mailboxes

_US: Final = ("Bright Shop", SUPPORT)

HELLO: Final = "still no parcel, I live at Lindenweg 4, ordered the blue lamp\n"


def write_strays(boxes: Mailboxes, now: datetime, orders: Mapping[str, Order], seed: int) -> None:
    """Put them into the inboxes.

    Args:
        boxes: the shop's mailboxes.
        now: aware.
        orders: some orders to speak of, by what they are remembered for: ``jan``, ``hotel``, ``hotel2``, ``maria``,
            ``other`` (somebody else's), ``bounced``.
        seed: of the demo.
    """
    for number, (hours, make) in enumerate(_STRAYS):
        mail = make(orders)
        if mail is not None:
            boxes.receive(_sent(mail, now - hours * HOUR, number, seed))
    if "bounced" in orders:
        _bounce(boxes, now, orders["bounced"], seed)
    boxes.raw(SUPPORT, _odd(now), now - 30 * HOUR)
    _spam(boxes, now, seed)


def _sent(mail: dict[str, Any], at: datetime, number: int, seed: int) -> Mail:
    host = mail["sender"][1].partition("@")[2]
    return Mail(**{"to": _US, "at": at, "message_id": message_id("stray", seed, number, host=host), **mail})


def _jan(orders: Mapping[str, Order]) -> dict[str, Any] | None:
    """Scenario 1: nothing to go by but the street and the lamp."""
    del orders
    return {"sender": ("", JAN_PRIVATE), "subject": "Hello??", "text": HELLO}


def _stranger(orders: Mapping[str, Order]) -> dict[str, Any] | None:
    """Names somebody else's order from an address nobody knows: must not be linked by itself."""
    other = orders.get("other")
    if other is None:
        return None
    return {
        "sender": ("Delivery Desk", "claims@parcel-claims.example"),
        "subject": f"Order {other.number}: please confirm the address",
        "text": f"Hello,\n\nwe handle order {other.number} for the customer. Please send us the full delivery address, the phone number and "
        "what was ordered, so that we can release the parcel.\n\nThank you\nDelivery Desk",
    }


def _two_orders(orders: Mapping[str, Order]) -> dict[str, Any] | None:
    if "hotel" not in orders or "hotel2" not in orders:
        return None
    one, two = orders["hotel"].number, orders["hotel2"].number
    return {
        "sender": (HOTEL.latin, HOTEL.email),
        "to": ("Bright Shop", TRADE),
        "subject": f"Commandes {one} et {two}",
        "text": f"Bonjour,\n\nla commande {one} devait arriver la semaine dernière et la {two} n'est toujours pas expédiée. Nous ouvrons "
        "l'étage rénové vendredi : pouvez-vous me dire ce qui arrive, et quand ?\n\nMerci de me rappeler au +33 1 99 00 41 20.\n\n"
        "Claire Moreau\nHôtel Bellevue, Nantes",
    }


def _maria(orders: Mapping[str, Order]) -> dict[str, Any] | None:
    if "maria" not in orders:
        return None
    return {
        "sender": ("Maria Lund", MARIA_WORK),
        "subject": "Same lamp in black?",
        "text": "Hi,\n\nI love the lamp that came last week (I ordered it from home, Trädgårdsgatan 7 in Lund). Do you have it in black, and "
        "can I exchange the ochre one?\n\nBest\nMaria",
    }


def _newsletter(_: Mapping[str, Order]) -> dict[str, Any]:
    return {
        "sender": ("Retail Weekly", "news@retail-weekly.example"),
        "subject": "Seven trends in lighting for the new year",
        "text": "This week: why linen is back, what freight will cost in spring, and an interview with a stockist in Malmö.\n\n"
        "Read it in your browser: https://retail-weekly.example/47\nUnsubscribe: https://retail-weekly.example/u/8812",
        "headers": (
            ("List-Id", "Retail Weekly <weekly.retail-weekly.example>"),
            ("List-Unsubscribe", "<https://retail-weekly.example/u/8812>"),
            ("Precedence", "bulk"),
        ),
        "html": True,
    }


def _away(orders: Mapping[str, Order]) -> dict[str, Any] | None:
    other = orders.get("other")
    if other is None:
        return None
    return {
        "sender": (other.customer.latin, other.customer.email),
        "subject": "Automatische Antwort: Ihre Nachricht",
        "text": "Guten Tag,\n\nich bin bis Ende des Monats nicht im Büro. Ihre Mail wird nicht weitergeleitet.\n\nMit freundlichen Grüßen",
        "headers": (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")),
    }


def _carrier(_: Mapping[str, Order]) -> dict[str, Any]:
    return {
        "sender": ("Collection service", "pickup@carrier-depot.example"),
        "subject": "Collection on 24 December: only until noon",
        "text": "Dear customer,\n\non 24 December our drivers collect until 12:00 only. Please have your parcels ready by 11:30.\n\n"
        "This message was sent automatically.",
        "headers": (("Auto-Submitted", "auto-generated"),),
    }


def _wholesale(_: Mapping[str, Order]) -> dict[str, Any]:
    return {
        "sender": ("Giulia Santoro", "giulia@studio-santoro.example"),
        "to": ("Bright Shop", TRADE),
        "subject": "Trade prices for a restaurant in Verona",
        "text": "Buongiorno,\n\nwe are fitting out a restaurant in Verona and need 36 pendant lamps Dome (black or copper). Do you have trade "
        "prices, and how long is the delivery to Italy at the moment?\n\nKind regards\nGiulia Santoro\nStudio Santoro",
    }


def _gift(_: Mapping[str, Order]) -> dict[str, Any]:
    return {
        "sender": ("Oma Helga", "helga.winter@web-mail.example"),
        "subject": "Frage",
        "text": "Guten Tag,\nmein Enkel hat mir eine Lampe geschenkt, sie flackert. Er weiß die Nummer nicht mehr. Es ist die kleine weiße "
        "neben dem Bett. Was soll ich tun?\nHelga Winter, Rosenweg 3, Kassel",
    }


def _markup(_: Mapping[str, Order]) -> dict[str, Any]:
    """Harmless, as long as nobody takes it for anything but text."""
    return {
        "sender": ("[bold]Nils[/bold] \x1b[31mRed", "nils@terminal-fan.example"),
        "subject": "[blink]URGENT[/blink] \x1b]0;title\x07 [link=file:///etc/passwd]order[/link]",
        "text": "Hi,\n\nmy terminal mail program ate the brackets: [red]is the lamp [i]Mira[/i] still sold?[/red]\n\x1b[2J\x1b[H\x1b[31mred text"
        "\x1b[0m and \u202eback to front\u202c and {{ order.total }} and ${HOME}\n\n[@click=app.quit()]Nils[/]",
    }


def _supplier(_: Mapping[str, Order]) -> dict[str, Any]:
    return {
        "sender": ("Möbelwerk Ostermann, Vertrieb", "vertrieb@moebelwerk-ostermann.example"),
        "to": ("Bright Shop", TRADE),
        "subject": "Auftragsbestätigung und Liefertermin Sofa Noor",
        "text": "Sehr geehrte Damen und Herren,\n\ndas Sofa Noor in Leinen natur ist wegen einer Stofflieferung erst in drei Wochen wieder "
        "lieferbar. Blau ist vorrätig. Bitte geben Sie Ihren Kunden Bescheid.\n\nMit freundlichen Grüßen\nK. Ostermann",
    }


_STRAYS: Final = (
    (3.2, _jan),
    (20.0, _stranger),
    (2.4, _two_orders),
    (5.5, _maria),
    (50.0, _newsletter),
    (26.0, _away),
    (70.0, _carrier),
    (16.0, _wholesale),
    (40.0, _gift),
    (9.0, _markup),
    (46.0, _supplier),
)


def _bounce(boxes: Mailboxes, now: datetime, order: Order, seed: int) -> None:
    """Our mail to a mistyped address, and what the server there says."""
    at, wrong = max(now - 22 * HOUR, order.placed_at + HOUR), order.customer.email
    ours = Mail(
        sender=_US,
        to=(order.customer.latin, wrong),
        subject=f"Your order {order.number}",
        text=f"Dear {order.customer.latin},\n\nwe have a question about your order {order.number}: may we ship it to a parcel shop?\n\n"
        "Kind regards\nBen Okafor\nBright Shop",
        at=at,
        message_id=message_id("bounced", seed),
    )
    boxes.sent(ours)
    boundary = "=_bounce_1"
    head = (
        f"Date: {(at + HOUR / 30):%a, %d %b %Y %H:%M:%S +0000}\r\nFrom: Mail Delivery System <mailer-daemon@bright-shop.example>\r\n"
        f"To: {SUPPORT}\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: {message_id('dsn', seed)}\r\n"
        f'Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n\r\n'
    )
    body = (
        f"--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nI'm sorry to have to inform you that your message could not be delivered.\r\n\r\n"
        f"<{wrong}>: Host or domain name not found\r\n\r\n--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; bright-shop.example\r\n\r\nFinal-Recipient: rfc822; {wrong}\r\nAction: failed\r\nStatus: 5.4.4\r\n"
        f"Diagnostic-Code: X-Postfix; Host or domain name not found\r\n\r\n--{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: {SUPPORT}\r\nTo: {wrong}\r\nSubject: Your order {order.number}\r\nMessage-ID: {ours.message_id}\r\n\r\n--{boundary}--\r\n"
    )
    boxes.raw(SUPPORT, (head + body).encode(), at + HOUR / 30)


def _odd(now: datetime) -> bytes:
    """A mail as some old program sends it: bytes in the header, no charset named, lines of any length."""
    at = now - 30 * HOUR
    return (
        f"Date: {at:%a, %d %b %Y %H:%M:%S +0000}\r\nFrom: ".encode()
        + "Jürgen Groß".encode("cp1252")
        + b" <j.gross@altes-postamt.example>\r\nTo: support@bright-shop.example\r\nSubject: "
        + "Größe der Lampe?".encode("cp1252")
        + b"\r\nMessage-ID: <old.program.4711@altes-postamt.example>\r\n\r\n"
        + "Guten Tag,\r\nwie groß ist die Stehleuchte Heron? Passt sie unter eine Dachschräge (1,60 m)?\r\nGrüße, J. Groß\r\n".encode(
            "cp1252"
        )
    )


def _spam(boxes: Mailboxes, now: datetime, seed: int) -> None:
    chance = Random(f"spam/{seed}")
    for number, (sender, subject, text) in enumerate(_SPAM):
        at = now - chance.uniform(4, 120) * HOUR
        boxes.receive(
            Mail(
                (sender, f"{chance.randrange(10**6)}@cheap-offers.example"),
                _US,
                subject,
                text,
                at,
                message_id("spam", seed, number, host="cheap-offers.example"),
            )
        )


_SPAM: Final = (
    (
        "SEO Experts",
        "Your website is on page 7 of the search results",
        "Dear owner,\n\nwe can bring your shop to page 1 within 14 days. Only 299. Reply YES.",
    ),
    (
        "Invoice Dept",
        "Unpaid invoice attached !!!",
        "Your account will be suspended. Open the attachment at once. http://pay-now.example/login",
    ),
    (
        "Lottery Board",
        "CONGRATULATIONS dear winner",
        "You have won 850,000.00. Send your full name, address and a copy of your card.",
    ),
)
