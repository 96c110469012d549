"""Mail of a connector as rows of the store: bare addresses, safe texts, milliseconds.

A first sync brings fifty thousand headers, most of them plain ASCII, and all of it must take no longer than fetching
them: so what is printable ASCII is taken as it is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from oms_tui.domain import normalise
from oms_tui.domain.safe_text import LINE_LIMIT, safe_block, safe_line
from oms_tui.domain.vocabulary import Direction
from oms_tui.store.ingest_mail import MailBatch
from oms_tui.store.mail_rows import Mail, packed
from oms_tui.sync.records_in_text import milliseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from connectors.records import MailAddress, MailKey, MailPage, MailRecord
    from oms_tui.store.mail_rows import Key

_LONGEST_ID: Final = 500
_MOST_PEOPLE: Final = 50  # addresses of one header that are kept
_MOST_REFERENCES: Final = 50


def batch(source: str, page: MailPage, own: Collection[str], *, is_sent: bool) -> MailBatch:
    """A page as the store takes it.

    Args:
        source: the mailbox's name in the config.
        page: what the connector read.
        own: the desk's own addresses, normalised.
        is_sent: the folder is the one of sent mail.
    """
    return MailBatch(
        mails=[mail(source, record, own, is_sent=is_sent) for record in page.messages],
        gone=[place(key) for key in page.gone],
        moved=[(place(old), place(new)) for old, new in page.moved],
        flags=[(place(key), packed(tuple(map(_line, flags)))) for key, flags in page.flags],
        unreadable=[
            (place(key), _line(item.reason)) for key, item in zip(page.quarantined_keys, page.quarantined, strict=True)
        ],
    )


def place(key: MailKey) -> Key:
    """Where a message lies."""
    return key.folder, key.generation, key.uid


def mail(source: str, record: MailRecord, own: Collection[str], *, is_sent: bool) -> Mail:
    """A message as the store takes it. Its time is the earlier of its Date and its arrival; 0 if it has neither."""
    folder, generation, uid = record.key.folder, record.key.generation, record.key.uid
    sender, reply_to = _lower(record.from_.address), _addresses(record.reply_to)
    to, cc = _addresses(record.to), _addresses(record.cc)
    sent_at = None if record.sent_at is None else milliseconds(record.sent_at)
    received_at = None if record.received_at is None else milliseconds(record.received_at)
    times = [at for at in (sent_at, received_at) if at is not None]
    text, quoted = _text(record) if record.text else ("", ())
    attachments = [(each.index, _line(each.name), _line(each.content_type), each.size) for each in record.attachments]
    return Mail(
        source,
        folder,
        generation,
        uid,
        min(times, default=0),
        _direction(sender, reply_to, to + cc, own, is_sent=is_sent),
        _id(record.message_id),
        _id(record.in_reply_to) if record.in_reply_to else "",
        tuple([_id(name) for name in record.references[-_MOST_REFERENCES:]]) if record.references else (),
        _line(record.from_.name),
        sender,
        to,
        cc,
        reply_to,
        tuple(map(_line, record.delivered_to)),
        _line(record.subject),
        received_at,
        record.auto,
        _line(record.own_id) if record.own_id else "",
        record.size,
        record.digest,
        packed(tuple(map(_line, record.flags))) if record.flags else "[]",
        packed(tuple(map(_line, record.labels))) if record.labels else "[]",
        _line(record.thread_hint) if record.thread_hint else "",
        int(record.has_body),
        text,
        quoted,
        packed(attachments),
        tuple(map(_line, record.warnings)) if record.warnings else (),
    )


def _direction(
    sender: str, reply_to: Sequence[str], recipients: Sequence[str], own: Collection[str], *, is_sent: bool
) -> Direction:
    """Who wrote to whom. A form on our own site writes to us, from our address, and names the customer in Reply-To."""
    if is_sent:
        return Direction.OUTBOUND
    if normalise.email(sender) not in own:
        return Direction.INBOUND
    to_us_only = all(normalise.email(address) in own for address in recipients)
    from_outside = bool(reply_to) and all(normalise.email(address) not in own for address in reply_to)
    return Direction.INBOUND if to_us_only and from_outside else Direction.OUTBOUND


def _text(record: MailRecord) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text made safe, with the quoted ranges in its lines: a strange line end may have become one more line."""
    safe = safe_block(record.text)
    if not record.quoted or safe.count("\n") == record.text.count("\n"):
        return safe, record.quoted
    starts = [0]
    for line in record.text.split("\n"):
        starts.append(starts[-1] + safe_block(line).count("\n") + 1)
    last = len(starts) - 1
    return safe, tuple((starts[min(first, last)], starts[min(end, last)]) for first, end in record.quoted)


def _line(text: str) -> str:
    if text.isascii() and text.isprintable() and len(text) <= LINE_LIMIT:
        return text
    return safe_line(text)


def _id(text: str) -> str:
    return _line(text[:_LONGEST_ID])


@lru_cache(maxsize=8192)
def _lower(address: str) -> str:
    """An address in small letters: it is looked up by, and no mail server tells capitals apart."""
    return _line(address.strip().lower())


def _addresses(people: Sequence[MailAddress]) -> tuple[str, ...]:
    if not people:
        return ()
    return tuple([_lower(who.address) for who in people[:_MOST_PEOPLE] if who.address])
