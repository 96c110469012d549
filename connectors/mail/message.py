"""Raw mail to a record. Nothing in a mail makes this raise but ``UnreadableMail``, and that is for quarantine.

``parse_header`` is for bulk: it touches the header block only. ``parse_message`` adds text, quotes and the list of
attachments; ``attachment`` gives the bytes of one of them. Nothing is fetched, opened, unpacked or run.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from connectors.errors import NotFound, Rejected
from connectors.mail import auto, header, mime
from connectors.mail.addresses import addresses, clean_address
from connectors.mail.body import readable
from connectors.mail.quotes import quoted_ranges
from connectors.records import Attachment, MailAddress, MailRecord

if TYPE_CHECKING:
    from connectors.records import MailKey

MAX_BYTES = 64 * 1024 * 1024  # of a message that are read for its text
MAX_ATTACHMENT_BYTES = 50 * 1024 * 1024
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)  # a clock may be wrong and a zone wronger; beyond this a date is a claim
_RECIPIENTS_KEPT = 20
_SHORT = 300  # bytes of a header that names a person or two
_NOBODY = MailAddress("", "")

# Everything ``parse_header`` looks at: what a mailbox has to fetch when it fetches by name (RFC 9051, HEADER.FIELDS).
HEADER_FIELDS = (
    *("message-id", "in-reply-to", "references", "subject", "date", "from", "sender", "to", "cc", "reply-to"),
    *("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-oms-id", "content-type", "received"),
    *auto.FIELDS,
)


class UnreadableMail(ValueError):
    """This message defeats the parser: keep it raw, list it in quarantine, go on with the next."""


def parse_header(
    raw: bytes, key: MailKey, *, received_at: datetime | None = None, size: int = 0, flags: tuple[str, ...] = ()
) -> MailRecord:
    """A record from a header block (a whole message serves too: its body is left alone).

    ``received_at`` (aware) is the server's time of arrival, ``size`` the message's bytes as the server counts them.

    Raises:
        UnreadableMail: the parser failed on it.
    """
    try:
        fields, _, broken = header.split(raw)
        record = _headed(fields, key, received_at, broken=broken)
    except Exception as error:
        raise UnreadableMail(f"its header could not be read ({type(error).__name__})") from error
    record.size, record.flags, record.seen = size, flags, "\\Seen" in flags
    record.digest = hashlib.sha256(raw).hexdigest()
    return record


def parse_message(
    raw: bytes, key: MailKey, *, received_at: datetime | None = None, size: int = 0, flags: tuple[str, ...] = ()
) -> MailRecord:
    """A record with text, quoted ranges and attachments from a whole message.

    Raises:
        UnreadableMail: the parser failed on it.
    """
    digest = hashlib.sha256(raw).hexdigest()
    whole = len(raw)
    try:
        source = _bounded(raw)
        fields, body, broken = header.split(source)
        record = _headed(fields, key, received_at, broken=broken)
        if whole > MAX_BYTES:
            record.warnings += (f"only the first {MAX_BYTES // 2**20} MB were read",)
        structure = mime.structure(source, fields, body)
        content = readable(source, structure)
        record.text = content.text
        record.quoted = quoted_ranges(content.text)
        record.attachments = content.attachments
        record.warnings = _distinct((*record.warnings, *content.warnings))
        if record.auto == "bounce":
            _bounced(record, source, structure)
    except Exception as error:
        raise UnreadableMail(f"it could not be read ({type(error).__name__})") from error
    record.size, record.flags, record.seen = size or whole, flags, "\\Seen" in flags
    record.digest, record.has_body = digest, True
    return record


def attachment(raw: bytes, index: int) -> tuple[Attachment, bytes]:
    """The attachment with ``index`` as ``parse_message`` listed it, and its bytes.

    Raises:
        NotFound: the message has no such attachment.
        Rejected: it is larger than MAX_ATTACHMENT_BYTES.
        UnreadableMail: the parser failed on the message.
    """
    try:
        source = _bounded(raw)
        fields, body, _ = header.split(source)
        structure = mime.structure(source, fields, body)
        listed = {entry.index: entry for entry in readable(source, structure).attachments}
    except Exception as error:
        raise UnreadableMail(f"it could not be read ({type(error).__name__})") from error
    entry = listed.get(index)
    if entry is None:
        raise NotFound(f"the message has no attachment {index}; it has {len(listed)}", hint="read the message again")
    if entry.size > MAX_ATTACHMENT_BYTES:
        raise Rejected(
            f"attachment {entry.name!a} is too large to be saved: {entry.size // 2**20} MB",
            hint=f"fetch it with a mail program; here the limit is {MAX_ATTACHMENT_BYTES // 2**20} MB",
        )
    return entry, mime.content(source, structure.parts[index])


def _bounded(raw: bytes) -> bytes:
    source = raw[:MAX_BYTES]
    return source if b"\n" in source else source.replace(b"\r", b"\n")  # line ends of an old Mac


def _headed(
    fields: dict[bytes, list[bytes]], key: MailKey, received_at: datetime | None, *, broken: bool
) -> MailRecord:
    warnings: list[str] = ["a line of the header is no header"] if broken else []
    subject = header.text(fields[b"subject"][0], warnings) if b"subject" in fields else ""
    references, cut = header.references(fields.get(b"references", ()))
    if cut:
        warnings.append("the list of references was cut")
    record = MailRecord(
        key=key,
        message_id=header.message_id(fields.get(b"message-id", ())),
        subject=subject,
        sent_at=None,
        received_at=received_at,
        from_=_sender(fields, warnings),
        to=_addresses(fields, b"to", warnings),
        cc=_addresses(fields, b"cc", warnings),
        reply_to=_addresses(fields, b"reply-to", warnings),
        delivered_to=_delivered_to(fields, warnings),
        in_reply_to=header.message_id(fields.get(b"in-reply-to", ())),
        references=references,
        auto=auto.classify(fields, subject),
        own_id=header.text(fields[b"x-oms-id"][0], warnings)[:200] if b"x-oms-id" in fields else "",
    )
    record.sent_at = _sent_at(fields, received_at, warnings)
    record.warnings = _distinct(warnings)
    return record


def _addresses(fields: dict[bytes, list[bytes]], name: bytes, warnings: list[str]) -> tuple[MailAddress, ...]:
    values = fields.get(name)
    if not values:
        return ()

    if len(values) == 1 and len(values[0]) <= _SHORT:
        found, told = _usual_addresses(values[0])
        warnings += told
        return found
    everybody: list[MailAddress] = []
    for value in values[:_RECIPIENTS_KEPT]:
        everybody += _addresses_in(value, warnings)
    return tuple(everybody)


@lru_cache(maxsize=4096)
def _usual_addresses(value: bytes) -> tuple[tuple[MailAddress, ...], tuple[str, ...]]:
    """Addresses, and what had to be guessed: the same people write again, and always to us."""
    warnings: list[str] = []
    return _addresses_in(value, warnings), tuple(warnings)


def _addresses_in(value: bytes, warnings: list[str]) -> tuple[MailAddress, ...]:
    def decoded(words: str) -> str:
        return header.words(words, warnings) if "=?" in words else words

    return addresses(header.unfolded(value, warnings), decoded)


def _sender(fields: dict[bytes, list[bytes]], warnings: list[str]) -> MailAddress:
    """Who a mail says it is from. Of several, none: a mail with two senders must not be matched to one silently."""
    found = _addresses(fields, b"from", warnings)
    if not found:
        warnings.append("it names no sender")
        return next(iter(_addresses(fields, b"sender", warnings)), _NOBODY)
    if len({entry.address for entry in found}) > 1:
        everyone = ", ".join(f"{entry.name} <{entry.address}>".strip() for entry in found[:_RECIPIENTS_KEPT])
        warnings.append(f"it names {len(found)} senders; none of them is believed")
        return MailAddress(everyone, "")
    sender = found[0]
    if "@" in sender.name and (claimed := clean_address(sender.name)) and claimed != sender.address:
        warnings.append("the sender's name looks like another address")
    return sender


def _delivered_to(fields: dict[bytes, list[bytes]], warnings: list[str]) -> tuple[str, ...]:
    names = (b"delivered-to", b"x-original-to", b"envelope-to", b"x-envelope-to")
    found = (entry.address for name in names if name in fields for entry in _addresses(fields, name, warnings))
    return tuple(dict.fromkeys(address for address in found if address))[:_RECIPIENTS_KEPT]


def _sent_at(fields: dict[bytes, list[bytes]], received_at: datetime | None, warnings: list[str]) -> datetime | None:
    values = fields.get(b"date")
    claimed = header.date(header.unfolded(values[0][:400], warnings)) if values else None
    if claimed is None:
        warnings.append("its date could not be read" if values else "it has no date")
        return received_at
    latest = (received_at or datetime.now(UTC)) + _AHEAD
    if not _EARLIEST <= claimed <= latest:
        warnings.append(f"its date ({claimed.date().isoformat()}) cannot be right")
        return received_at
    return claimed


def _bounced(record: MailRecord, source: bytes, structure: mime.Structure) -> None:
    """Name the mail that came back in the references, and the status code in the warnings."""
    for part in structure.parts:
        if part.content_type in {"message/rfc822", "message/rfc822-headers", "text/rfc822-headers"}:
            original, _, _ = header.split(mime.content(source, part))
            bounced = header.message_id(original.get(b"message-id", ()))
            if bounced and bounced not in record.references:
                record.references += (bounced,)
        elif part.content_type == "message/delivery-status":
            _delivery_status(record, mime.content(source, part))


def _delivery_status(record: MailRecord, status: bytes) -> None:
    """RFC 3464: blocks of fields, one a recipient. A mere delay is no bounce."""
    actions: set[str] = set()
    for block in status.replace(b"\r\n", b"\n").split(b"\n\n")[:_RECIPIENTS_KEPT]:
        fields, _, _ = header.split(block.lstrip(b"\n") + b"\n\n")
        action = header.text(fields.get(b"action", [b""])[0], []).lower()
        if not action:
            continue
        actions.add(action)
        code = header.text(fields.get(b"status", [b""])[0], [])[:20]
        recipient = header.text(fields.get(b"final-recipient", [b""])[0], []).rpartition(";")[2].strip()[:200]
        word = "bounced" if action == "failed" else action[:20]
        record.warnings += (f"{word} {code}: {recipient}".rstrip(": "),)
    if actions and "failed" not in actions:
        record.auto = "auto-generated"


def _distinct(warnings: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(warnings))
