"""Whom a reply goes to and through which mailbox: rules over the mail it answers and what is known of the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oms_tui.actions.mail_decisions import known_addresses
from oms_tui.domain import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from oms_tui.store.session import MailAccount
    from oms_tui.store.shapes import ConversationView, MessageView, OrderView


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom. ``offered`` were in copy, and nobody here knows them: a person adds them, or not."""

    account: MailAccount
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


def mail_to_answer(order: OrderView, message_id: int | None = None) -> tuple[ConversationView, MessageView] | None:
    """The mail a reply answers, and its conversation; None if there is none.

    The given one; else the newest that nobody answered; else the newest the customer wrote; else our own newest, which
    a second letter follows. Machine-made mail is never answered unless somebody names it.
    """
    found = [(each, mail) for each in order.conversations for mail in each.messages]
    if message_id is not None:
        return next((pair for pair in found if pair[1].id == message_id), None)
    written = [pair for pair in found if not pair[1].auto]
    for wanted in (
        [pair for pair in written if pair[1].id == pair[0].unanswered],
        [pair for pair in written if pair[1].direction == "inbound"],
        written,
    ):
        if wanted:
            return max(wanted, key=lambda pair: (pair[1].sent_at, pair[1].id))
    return None


def mail_named(order: OrderView, content_name: str) -> tuple[ConversationView, MessageView] | None:
    """The mail of that name on the order, and its conversation."""
    if not content_name:
        return None
    pairs = ((each, mail) for each in order.conversations for mail in each.messages)
    return next((pair for pair in pairs if pair[1].content_name == content_name), None)


def envelope(
    order: OrderView,
    mail: MessageView | None,
    accounts: Sequence[MailAccount],
    own: AbstractSet[str],
) -> Envelope:
    """Who writes to whom.

    Reply-To goes before From; nobody of ours is written to, and no address a mail of ours just came back from. Whoever
    was in copy stays there if the order knows them.

    Args:
        order: the whole order.
        mail: what is answered; None for a new letter to the customer.
        accounts: the mailboxes that can send, at least one.
        own: every address of the desk, normalised.
    """
    ours = own | {normalise.email(account.address) for account in accounts}
    barred = ours | bounced(order)
    known = known_addresses(order)
    if mail is None:
        return Envelope(accounts[0], _first(_kept([order.email, *sorted(known)], barred)))
    account = _account(mail, accounts)
    if mail.direction == "outbound":
        return Envelope(account, tuple(_kept(mail.to, barred)), tuple(_kept(mail.cc, barred)))
    to = _kept(mail.reply_to or (_written(mail.from_name, mail.from_address),), barred)
    to = to or _kept([_written(mail.from_name, mail.from_address)], barred)
    to = to or list(_first(_kept([order.email, *sorted(known)], barred)))
    there = {key_of(each) for each in to}
    others = [each for each in _kept((*mail.to, *mail.cc), barred) if key_of(each) not in there]
    return Envelope(
        account,
        tuple(to),
        tuple(each for each in others if key_of(each) in known),
        tuple(each for each in others if key_of(each) not in known),
    )


def bounced(order: OrderView) -> frozenset[str]:
    """Addresses that our mail came back from, until somebody writes from there. Normalised.

    A bounce is a conversation of its own (its author is a machine): what came back is an address that it names and we
    wrote to before; where it names none, those of our last mail before it.
    """
    dead: set[str] = set()
    written_to: dict[str, None] = {}
    last: list[str] = []
    mails = [mail for conversation in order.conversations for mail in conversation.messages]
    for mail in sorted(mails, key=lambda mail: (mail.sent_at, mail.auto == "bounce", mail.id)):
        if mail.direction == "outbound":
            last = [key_of(each) for each in (*mail.to, *mail.cc)]
            written_to.update(dict.fromkeys(last))
        elif mail.auto == "bounce":
            text = mail.text.lower()
            dead.update([address for address in written_to if address in text] or last)
        else:
            dead.discard(normalise.email(mail.from_address))
    return frozenset(dead)


def key_of(written: str) -> str:
    """An address as it is compared, from ``Jan Kowal <j.k@x.example>`` or the bare address."""
    return normalise.email(split(written)[1])


def split(written: str) -> tuple[str, str]:
    """Name and address of what people write into To: ``Jan Kowal <j.k@x.example>``, or the address alone."""
    text = written.strip()
    if text.endswith(">") and "<" in text:
        name, _, address = text[:-1].rpartition("<")
        return name.strip().strip('"').strip(), address.strip()
    return "", text


def _written(name: str, address: str) -> str:
    return f"{name} <{address}>" if name and name != address else address


def _kept(written: Iterable[str], barred: AbstractSet[str]) -> list[str]:
    """Each address once, where and as it was first written, without the barred ones."""
    by_key: dict[str, str] = {}
    for each in written:
        if "@" in each:
            by_key.setdefault(key_of(each), each)
    return [each for key, each in by_key.items() if key not in barred]


def _first(written: Sequence[str]) -> tuple[str, ...]:
    return tuple(written[:1])


def _account(mail: MessageView, accounts: Sequence[MailAccount]) -> MailAccount:
    """The mailbox it arrived at; else the one it was written to; else the desk's first."""
    for account in accounts:
        if account.source == mail.source:
            return account
    there = {key_of(each) for each in (*mail.to, *mail.cc)}
    return next((each for each in accounts if normalise.email(each.address) in there), accounts[0])
