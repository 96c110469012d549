"""Which orders a mail belongs to, many to many: what is proved is linked with its reason, the rest is proposed.

In the order of trust: a reply to a mail of ours; a signed reply address; a number named by somebody who is known on
that order. Each of them can be forged or forwarded, so a sender nobody knows there is told apart: a number or a thread
named by a stranger is a candidate and never a link (zammad#5064, freescout#2382: that is how order data leak).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from oms_tui.domain import candidates, mail_numbers, normalise, reply_token
from oms_tui.domain.candidates import Candidate, Evidence, OrderSketch, Words
from oms_tui.domain.vocabulary import Direction, Word

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from oms_tui.domain.reply_token import Tokens


class LinkReason(Word):
    """Why a mail is on an order's timeline, the most trusted first."""

    PERSON = "person", "linked by hand"
    SENT_HERE = "sent_here", "written at this desk"
    REPLY_TO_OURS = "reply_to_ours", "answers our mail"
    THREAD = "thread", "same thread"
    REPLY_TOKEN = "reply_token", "signed reply address"
    BOUNCE = "bounce", "our mail came back"
    ORDER_NUMBER = "order_number"
    TRACKING_NUMBER = "tracking_number"
    INVOICE_NUMBER = "invoice_number"
    PAYMENT_REFERENCE = "payment_reference"


CONFIDENCE: Final[Mapping[LinkReason, int]] = {
    LinkReason.PERSON: 100,
    LinkReason.SENT_HERE: 100,
    LinkReason.REPLY_TO_OURS: 98,
    LinkReason.THREAD: 95,
    LinkReason.REPLY_TOKEN: 95,
    LinkReason.BOUNCE: 90,
    LinkReason.ORDER_NUMBER: 90,
    LinkReason.TRACKING_NUMBER: 85,
    LinkReason.INVOICE_NUMBER: 85,
    LinkReason.PAYMENT_REFERENCE: 80,
}
"""How sure each reason is, of 100."""

MOST_REFERENCES: Final = 50
"""Message-IDs looked up for one mail: the newest; a list of 20,000 is an attack."""


@dataclass(frozen=True, slots=True)
class MailFacts:
    """A mail, as matching sees it. Texts may be as they came; addresses are bare.

    Attributes:
        message_id: its own Message-ID, with angle brackets; "" for none.
        sender: the From address; "" when there is none or several (then nobody is known).
        sender_name: the From display name.
        recipients: To and Cc.
        delivered_to: the addresses it came in by (Delivered-To, X-Original-To), with To and Cc searched for tokens.
        in_reply_to: a Message-ID.
        references: Message-IDs, oldest first.
        subject: decoded.
        text: what its author wrote.
        quoted: what it quotes of earlier mail.
        sent_at: aware.
        auto: why it is machine-made (``bounce``, ``auto-replied``…), "" if a person wrote it.
        bounced: Message-IDs of the mail that a bounce returns.
    """

    message_id: str
    sender: str
    sent_at: datetime
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    delivered_to: tuple[str, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    quoted: str = ""
    auto: str = ""
    bounced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownMail:
    """A mail the desk has: whether the desk (or its mailboxes) sent it, its orders, and everybody in its headers."""

    message_id: str
    ours: bool
    orders: tuple[int, ...]
    people: frozenset[str]


class Lookup(Protocol):
    """What matching asks the store. Every answer is bounded (some hundred orders at most), newest first.

    Keys come normalised by ``normalise`` and ``tracking_numbers.compact``; comparing ignores case and, for order
    numbers, a leading ``#``.
    """

    def mails(self, message_ids: Sequence[str]) -> Sequence[KnownMail]:
        """The known mails with one of these Message-IDs; those of the outbox too."""
        ...

    def orders(self, ids: Sequence[int]) -> Sequence[OrderSketch]:
        """These orders; those that are gone are left out."""
        ...

    def by_number(self, numbers: Sequence[str]) -> Sequence[tuple[str, OrderSketch]]:
        """Orders with one of these numbers, with the number; several sources may use the same one."""
        ...

    def by_tracking_number(self, numbers: Sequence[str]) -> Sequence[tuple[str, OrderSketch]]:
        """Orders with a parcel of one of these numbers."""
        ...

    def by_invoice_number(self, numbers: Sequence[str]) -> Sequence[tuple[str, OrderSketch]]:
        """Orders with one of these invoices or credit notes."""
        ...

    def by_payment_reference(self, references: Sequence[str]) -> Sequence[tuple[str, OrderSketch]]:
        """Orders with a payment or refund of one of these remote ids."""
        ...

    def by_email(self, address: str) -> Sequence[OrderSketch]:
        """Orders on which ``address`` is known."""
        ...

    def by_address(self, streets: Sequence[str], words: Sequence[str]) -> Sequence[OrderSketch]:
        """Recent orders that go to a street and number (``Street.key``), or to a postcode among ``words``."""
        ...

    def by_phone(self, phones: Sequence[str]) -> Sequence[OrderSketch]:
        """Recent orders with one of these phone numbers."""
        ...

    def by_words(self, words: Sequence[str]) -> Sequence[OrderSketch]:
        """Recent orders whose products, SKUs or names hold several of these folded words."""
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """A mail belongs to an order. If not ``sender_known``, nothing of the order may be quoted to that address."""

    order: int
    reason: LinkReason
    confidence: int
    sender_known: bool = True


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What is proved, what may be, and what a person should know about the sender.

    Attributes:
        links: each order once, the most trusted reason; the surest first.
        candidates: orders that are not linked, the likeliest first.
        direction: inbound, or outbound when one of our own addresses wrote it.
        warnings: in words for a person.
    """

    links: tuple[Link, ...]
    candidates: tuple[Candidate, ...]
    direction: Direction
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Findings:
    """What was found so far."""

    links: dict[int, Link] = field(default_factory=dict)
    known: list[tuple[int, Evidence]] = field(default_factory=list)
    proposed: list[OrderSketch] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def link(self, order: int, reason: LinkReason, *, sender_known: bool = True) -> None:
        if order not in self.links:
            self.links[order] = Link(order, reason, CONFIDENCE[reason], sender_known)

    def propose(self, order: OrderSketch, kind: str, words: str) -> None:
        self.proposed.append(order)
        self.known.append((order.id, Evidence(kind, words, candidates.POINTS[kind])))

    def warn(self, words: str) -> None:
        if words not in self.warnings:
            self.warnings.append(words)


def match(
    mail: MailFacts,
    lookup: Lookup,
    *,
    own_addresses: Collection[str],
    key: bytes,
    patterns: Sequence[re.Pattern[str]] = mail_numbers.DEFAULT,
    proof: bool = False,
) -> MatchResult:
    """Find the orders a mail belongs to.

    Args:
        mail: the mail.
        lookup: the store's answers.
        own_addresses: every address of the desk's mailboxes.
        key: the secret that reply addresses are signed with.
        patterns: what an order's number looks like (``mail_numbers.compiled``).
        proof: look for what proves a link only, not for orders that merely may be meant.
    """
    ours = {normalise.email(address) for address in own_addresses}
    sender = normalise.email(mail.sender)
    outbound = sender in ours
    # Of our own mail, those it goes to are whom the order must know.
    others = {normalise.email(address) for address in mail.recipients} - ours if outbound else {sender} - {""}
    found = _Findings()
    _by_thread(mail, lookup, others, found)
    tokens = reply_token.read(key, (*mail.delivered_to, *mail.recipients), ours)
    _by_token(mail, tokens, lookup, others, found)
    _by_numbers(mail, lookup, others, patterns, found)
    if not found.links and not outbound and not proof:
        _by_evidence(mail, lookup, sender, found)
    rest = [order for order in found.proposed if order.id not in found.links]
    return MatchResult(
        links=tuple(sorted(found.links.values(), key=lambda link: -link.confidence)),
        candidates=candidates.rank(_said(mail, sender), rest, found.known) if rest else (),
        direction=Direction.OUTBOUND if outbound else Direction.INBOUND,
        warnings=tuple(found.warnings),
    )


def _knows(order: OrderSketch, people: AbstractSet[str]) -> bool:
    return any(normalise.email(address) in people for address in order.emails)


def _by_thread(mail: MailFacts, lookup: Lookup, others: AbstractSet[str], found: _Findings) -> None:
    """What it answers, if somebody answers who was part of that mail or is known on the order; or what it returns."""
    if mail.auto == "bounce" and mail.bounced:
        returned = lookup.mails(mail.bounced[:MOST_REFERENCES])
        for order_id in (order_id for known in returned if known.ours for order_id in known.orders):
            found.link(order_id, LinkReason.BOUNCE)
    wanted = dict.fromkeys((mail.message_id, mail.in_reply_to, *reversed(mail.references[-MOST_REFERENCES:])))
    ids = [name for name in wanted if name][:MOST_REFERENCES]
    named: dict[int, None] = {}
    for known in sorted(lookup.mails(ids) if ids else (), key=lambda known: not known.ours):
        if others.isdisjoint(map(normalise.email, known.people)):
            named.update(dict.fromkeys(known.orders))
        else:
            for order_id in known.orders:
                found.link(order_id, LinkReason.REPLY_TO_OURS if known.ours else LinkReason.THREAD)
    doubtful = [order_id for order_id in named if order_id not in found.links]
    for order in lookup.orders(doubtful) if doubtful else ():
        if _knows(order, others):
            found.link(order.id, LinkReason.THREAD)
        else:
            found.propose(order, "thread", f"answers a mail of {order.number}, but from an address not known there")
            found.warn(f"{mail.sender or 'the sender'} was never part of the conversation this mail claims to answer")


def _by_token(mail: MailFacts, tokens: Tokens, lookup: Lookup, others: AbstractSet[str], found: _Findings) -> None:
    """A reply address that only we can have made."""
    if tokens.forged:
        found.warn("it came to a reply address that this desk did not make")
    if not tokens.orders:
        return
    for order in lookup.orders(tokens.orders[: mail_numbers.MOST]):
        known = _knows(order, others)
        found.link(order.id, LinkReason.REPLY_TOKEN, sender_known=known or order.id in found.links)
        if not known and order.id in found.links and not found.links[order.id].sender_known:
            found.warn(f"{mail.sender or 'the sender'} is not known on {order.number}, but used its reply address")


def _by_numbers(
    mail: MailFacts,
    lookup: Lookup,
    others: AbstractSet[str],
    patterns: Sequence[re.Pattern[str]],
    found: _Findings,
) -> None:
    """Numbers it names: a link if the sender is known on that very order, else only a candidate."""
    text = f"{mail.subject}\n{mail.text}\n{mail.quoted}"
    identifiers = mail_numbers.identifiers(text)
    searches: tuple[tuple[Callable[..., Sequence[tuple[str, OrderSketch]]], Sequence[str], LinkReason, str], ...] = (
        (lookup.by_number, mail_numbers.order_numbers(text, patterns), LinkReason.ORDER_NUMBER, "number"),
        (lookup.by_tracking_number, mail_numbers.parcel_numbers(text), LinkReason.TRACKING_NUMBER, "tracking"),
        (lookup.by_invoice_number, identifiers, LinkReason.INVOICE_NUMBER, "invoice"),
        (lookup.by_payment_reference, identifiers, LinkReason.PAYMENT_REFERENCE, "payment"),
    )
    for search, numbers, reason, kind in searches:
        for number, order in search(numbers) if numbers else ():
            if _knows(order, others):
                found.link(order.id, reason)
            elif order.id not in found.links:
                found.propose(order, kind, f"names {reason.words} {number}, but the sender is not known on it")
    # However they put it ("the number is 1042"): who is known on an order and says its number means it. From anybody
    # else a bare number says nothing: it may be a price, a year, a street.
    bare = mail_numbers.bare_numbers(text)
    for _, order in lookup.by_number(bare) if bare else ():
        if _knows(order, others):
            found.link(order.id, LinkReason.ORDER_NUMBER)


def _by_evidence(mail: MailFacts, lookup: Lookup, sender: str, found: _Findings) -> None:
    """Bring up orders that may be meant."""
    text = f"{mail.subject}\n{mail.text}"
    if sender:
        found.proposed.extend(lookup.by_email(sender))
    words = candidates.spoken_words(f"{text}\n{mail.sender_name}")
    if words:
        streets = list(dict.fromkeys(street.key for street in normalise.streets_in(text) if street.key))
        found.proposed.extend(lookup.by_address(streets[: 3 * mail_numbers.MOST], words))
        found.proposed.extend(lookup.by_words(words[: 2 * mail_numbers.MOST]))
    if phones := normalise.phones_in(text):
        found.proposed.extend(lookup.by_phone(phones))


def _said(mail: MailFacts, sender: str) -> Words:
    text = f"{mail.subject}\n{mail.text}"
    return Words(
        sender=sender,
        sender_name=normalise.name(mail.sender_name),
        words=tuple(normalise.word_list(text)),
        streets=frozenset(street.key for street in normalise.streets_in(text) if street.key),
        phones=frozenset(normalise.phones_in(text)),
        identifiers=frozenset(normalise.postcode(word) for word in mail_numbers.identifiers(text)),
        sent_at=mail.sent_at,
    )
