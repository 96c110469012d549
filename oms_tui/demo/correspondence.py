"""Who writes about which order, when, and whether somebody has answered."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final

from oms_tui.demo.letters import BYE, CUSTOMERS, DESK, HELLO, ON_WROTE
from oms_tui.demo.life import DAY, HOUR
from oms_tui.demo.mailboxes import SUPPORT, TRADE, Mail, message_id
from oms_tui.demo.places import COUNTRIES, place
from oms_tui.demo.workdays import ZONE, next_working_hour
from oms_tui.domain.tracking_numbers import tracking_url

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from oms_tui.demo.life import Order
    from oms_tui.demo.mailboxes import Mailboxes

SIGNATURE: Final = "\n\nKind regards\n{agent}\nBright Shop"
_AGENTS: Final = ("Ana Ruiz", "Ben Okafor", "Lea Brandt")
_WRITES_UP_TO: Final = 45  # days after the order

# For each trouble: the occasion of the mail, how likely one is, and when: before or after which moment, hours.
_OCCASIONS: Final[dict[str, tuple[str, float, str, tuple[float, float]]]] = {
    "weather": ("where", 0.6, "promised", (4, 60)),
    "missorted": ("where", 0.6, "promised", (4, 60)),
    "overloaded": ("where", 0.6, "promised", (4, 60)),
    "silent": ("where", 0.7, "promised", (4, 70)),
    "customs": ("where", 0.5, "shipped", (70, 160)),
    "duties": ("where", 0.4, "shipped", (70, 160)),
    "address": ("where", 0.5, "shipped", (30, 90)),
    "damaged": ("where", 0.5, "promised", (2, 40)),
    "lost": ("where", 0.9, "promised", (12, 70)),
    "pickup": ("where", 0.3, "shipped", (40, 90)),
    "not_handed_over": ("where", 0.4, "shipped", (30, 60)),
    "coming_back": ("where", 0.5, "promised", (10, 80)),
    "half": ("where", 0.4, "promised", (1, 30)),
    "hold": ("where", 0.3, "placed", (30, 80)),
    "declined": ("pay", 0.6, "placed", (0.5, 20)),
    "unpaid": ("pay", 0.25, "placed", (70, 150)),
    "refund_due": ("refund", 0.7, "placed", (50, 110)),
    "overdue": ("invoice", 0.4, "shipped", (300, 420)),
    "short": ("stock", 0.6, "placed", (20, 80)),
    "broken": ("broken", 1.0, "delivered", (1, 20)),
    "missing": ("missing", 1.0, "delivered", (2, 30)),
    "wrong_item": ("wrong", 1.0, "delivered", (1, 24)),
    "return_open": ("return", 0.9, "delivered", (20, 90)),
    "goodwill": ("broken", 0.6, "delivered", (3, 30)),
    "vendor_late": ("where", 0.7, "promised", (5, 60)),
    "vendor_silent": ("stock", 0.4, "placed", (60, 120)),
}
_QUIET: Final = (
    ("where", 0.06, "shipped", (10, 50)),
    ("invoice", 0.05, "shipped", (20, 120)),
    ("thanks", 0.03, "delivered", (3, 40)),
    ("address", 0.03, "placed", (1, 9)),
    ("cancel", 0.02, "placed", (0.5, 8)),
    ("return", 0.03, "delivered", (20, 90)),
)
"""What is written where nothing went wrong."""

_WELCOME: Final = {
    "en": ("Dear {first},\n\nyou are welcome!", "You are welcome. Enjoy the light!"),
    "de": ("Sehr gern!", "Guten Tag {name},\n\ngern geschehen, viel Freude damit."),
    "pl": ("Dzień dobry,\n\nproszę bardzo!",),
    "fr": ("Avec plaisir !",),
}


def _answered(age: timedelta) -> float:
    """How likely a mail of this age has been answered: the desk is behind by a day or two, and no more."""
    return 0.15 if age < DAY else 0.45 if age < 2 * DAY else 0.85 if age < 4 * DAY else 1.0


@dataclass(slots=True)
class Thread:
    """A conversation being written: its subject and the messages so far."""

    order: Order
    occasion: str
    language: str
    box: str
    facts: dict[str, Any]
    subject: str
    mails: list[Mail]


def write_about(order: Order, boxes: Mailboxes, now: datetime, seed: int) -> None:
    """The conversation about an order, if its customer writes at all."""
    if (now - order.placed_at).days > _WRITES_UP_TO:
        return
    chance = Random(f"mail/{seed}/{order.index}")
    found = _occasion(order, chance, now)
    if found is None:
        return
    occasion, at = found
    thread = begin(order, occasion, chance, at, TRADE if order.customer.company else SUPPORT)
    _go_on(thread, chance, now)
    deliver(thread, boxes)


def begin(order: Order, occasion: str, chance: Random, at: datetime, box: str) -> Thread:
    """A customer's first mail of a conversation."""
    language = _language(order, occasion)
    facts = facts_of(order, chance, language)
    text = chance.choice(_that_fit(CUSTOMERS[occasion][language], order, at))
    subject, body = _filled(text, facts, chance, language)
    mail = Mail(
        sender=(order.customer.latin if chance.random() < 0.9 else "", order.customer.email),
        to=("Bright Shop", box),
        subject=subject,
        text=body,
        at=at,
        message_id=message_id("in", order.index, occasion, host=order.customer.email.partition("@")[2]),
        html=chance.random() < 0.4,
        photo=f"IMG_{4000 + order.index % 5:04d}.png" if occasion == "broken" else "",
    )
    return Thread(order, occasion, language, box, facts, subject, [mail])


def _occasion(order: Order, chance: Random, now: datetime) -> tuple[str, datetime] | None:
    """Why and when the customer writes; None where not, or not yet."""
    offers = [_OCCASIONS[order.trouble]] if order.trouble in _OCCASIONS else list(_QUIET)
    for occasion, share, since, (least, most) in offers:
        if chance.random() >= share:
            continue
        shipped = order.parcels[0].shipped_at if order.parcels else None
        start = {
            "placed": order.placed_at,
            "shipped": shipped,
            "delivered": order.delivered_at,
            "promised": order.promised_at and order.promised_at + DAY,
        }[since]
        if start is None:
            continue
        at = start + chance.uniform(least, most) * HOUR
        local = at.astimezone(ZONE)
        if local.hour < 7:
            at += 7 * HOUR
        if at < now:
            return occasion, at
    return None


def _go_on(thread: Thread, chance: Random, now: datetime) -> None:
    """Our answer and what follows, as far as it has happened."""
    first = thread.mails[0]
    if chance.random() >= _answered(now - first.at):
        return
    at = next_working_hour(first.at.astimezone(ZONE) + chance.uniform(0.5, 6) * HOUR, 9, 17.4)
    if at >= now:
        return
    answer(thread, chance, at)
    follows = chance.random()
    if thread.occasion in {"where", "missing", "refund", "stock"} and follows < 0.32:
        again = at + chance.uniform(20, 60) * HOUR
        if again < now:
            reply(thread, "still", chance, again)
            if chance.random() < _answered(now - again):
                later = next_working_hour(again.astimezone(ZONE) + 3 * HOUR, 9, 17.4)
                if later < now:
                    answer(thread, chance, later)
    elif follows > 0.8:
        again = at + chance.uniform(0.3, 9) * HOUR
        later = next_working_hour(again.astimezone(ZONE) + HOUR, 9, 17.4)
        if again < now:
            reply(thread, "good", chance, again)
        if later < now:
            answer(thread, chance, later, chance.choice(_WELCOME.get(thread.language, _WELCOME["en"])))


def answer(thread: Thread, chance: Random, at: datetime, text: str = "") -> None:
    """What the desk writes back, with the mail below it."""
    letters = DESK.get(thread.occasion, DESK["any"])
    if thread.language not in letters:
        letters = DESK["any"]
    language = thread.language if thread.language in letters else "en"
    if not text:
        text = chance.choice(_that_fit(letters[language], thread.order, at))
    body = text.format(**thread.facts)
    body += SIGNATURE.format(agent=chance.choice(_AGENTS))
    last = thread.mails[-1]
    thread.mails.append(
        Mail(
            sender=("Bright Shop", thread.box),
            to=(thread.order.customer.latin, thread.order.customer.email),
            subject=_re(thread.subject),
            text=body + _quote(last, language),
            at=at,
            message_id=message_id("out", thread.order.index, len(thread.mails)),
            references=tuple(mail.message_id for mail in thread.mails),
        )
    )


def reply(thread: Thread, occasion: str, chance: Random, at: datetime) -> None:
    """What the customer writes back."""
    language = thread.language if thread.language in CUSTOMERS[occasion] else "en"
    facts = thread.facts | {"re": _re(thread.subject)}
    subject, body = _filled(chance.choice(CUSTOMERS[occasion][language]), facts, chance, language)
    last = thread.mails[-1]
    thread.mails.append(
        Mail(
            sender=thread.mails[0].sender,
            to=("Bright Shop", thread.box),
            subject=subject,
            text=body + _quote(last, language),
            at=at,
            message_id=message_id("in", thread.order.index, occasion, len(thread.mails), host="mail.example"),
            references=tuple(mail.message_id for mail in thread.mails),
        )
    )


def deliver(thread: Thread, boxes: Mailboxes) -> None:
    """Put the messages where they belong: theirs into the inbox, ours into Sent."""
    for place_, mail in enumerate(thread.mails):
        if mail.sender[1] == thread.box:
            boxes.sent(mail)
        else:
            mail.seen = place_ + 1 < len(thread.mails)
            boxes.receive(mail)


def facts_of(order: Order, chance: Random, language: str) -> dict[str, Any]:
    """What a letter may name."""
    who, parcel = order.customer, order.parcels[0] if order.parcels else None
    new = place(chance, order.address.country)
    digits = 0 if order.currency == "JPY" else 2
    return {
        "number": order.number,
        "product": max(order.lines, key=lambda line: line.price).product.title.partition(",")[0],
        "promised": f"{order.promised_at or order.placed_at:%d.%m.}"
        if language in {"de", "pl"}
        else f"{order.promised_at or order.placed_at:%d %B}",
        "carrier": (parcel.carrier if parcel else order.address.country).replace("_", " ").upper()[:14],
        "tracking": parcel.number if parcel else "?",
        "url": tracking_url(parcel.carrier, parcel.number) if parcel else "",
        "shipped": f"{parcel.shipped_at:%d.%m.}" if parcel else "",
        "invoice": f"INV-{order.number}",
        "total": f"{order.total / 10**digits:.{digits}f} {order.currency}",
        "first": who.first if who.first.isascii() or language != "en" else who.latin.partition(" ")[0],
        "name": who.name if language in {"de", "pl", "fr", "es", "it"} else who.latin,
        "phone": who.phone,
        "new_street": new.street,
        "new_city": f"{new.postcode} {new.city}",
    }


def _language(order: Order, occasion: str) -> str:
    wanted = COUNTRIES[order.address.country].language
    return wanted if wanted in CUSTOMERS[occasion] else "en"


def _filled(text: str, facts: dict[str, Any], chance: Random, language: str) -> tuple[str, str]:
    """Subject and body."""
    hello = chance.choice(HELLO[language])
    bye = chance.choice(BYE[language]).format(**facts)
    subject, _, body = text.format(**facts, **({} if "re" in facts else {"re": ""}), hello=hello, bye=bye).partition(
        "\n"
    )
    return subject, body


def _that_fit(texts: tuple[str, ...], order: Order, at: datetime) -> list[str]:
    """The letters that can be meant: no parcel is named before there is one, no promise broken before its day."""
    shipped = bool(order.parcels) and order.parcels[0].shipped_at < at
    late = order.promised_at is not None and order.promised_at + DAY < at
    fitting = [
        text
        for text in texts
        if (shipped or not any(word in text for word in ("{tracking}", "{carrier}", "{shipped}", "{url}")))
        and (late or "{promised}" not in text)
    ]
    return fitting or [text for text in texts if "{tracking}" not in text] or list(texts)


def _re(subject: str) -> str:
    return subject if subject.startswith("Re: ") else f"Re: {subject}"


def _quote(mail: Mail, language: str) -> str:
    """The mail that is answered, below the answer."""
    who = mail.sender[0] or mail.sender[1]
    lines = [f"> {line}".rstrip() for line in mail.text.split("\n")[:30]]
    return (
        f"\n\n{ON_WROTE[language].format(date=f'{mail.at.astimezone(ZONE):%d.%m.%Y %H:%M}', who=who)}\n"
        + "\n".join(lines)
        + "\n"
    )
