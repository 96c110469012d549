"""A reply's bytes from its pieces, fixed once and for all before it goes to the outbox.

Nothing a stranger wrote becomes a header, a recipient or a control character of ours: addresses and ids are tokens or
are refused, texts are cleaned, long lines are encoded. The headers are written here and not by the standard library,
which accepts ESC and NUL in them and encodes long Message-IDs into something no thread is found by. Pure: the clock and
the ids are the caller's, and the same pieces give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from oms_tui.domain.safe_text import safe_block, safe_file_name, safe_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

REFERENCES_LIMIT = 100  # beyond it: the first id and the last so many, which is what threading needs
REFERENCES_TAIL = 20
SUBJECT_LIMIT = 200
NAME_LIMIT = 100
QUOTE_LIMIT = 20_000  # characters of the original that are repeated
_WORD_BYTES = 45  # of UTF-8 in one encoded word: 60 letters of base64, below the 75 of RFC 2047
_DOMAIN_LIMIT = 253

_ID = re.compile(r"<[^<>\s\x00-\x20\x7f-\U0010ffff]{1,500}>\Z")
_OWN_ID = re.compile(r"[A-Za-z0-9._:@-]{1,200}\Z")
_REPLY_MARK = re.compile(
    r"\s*(?:re|aw|sv|vs|antw|odp|rif|res|r|ynt|回复|回覆|答复|返信)(?:\[\d{1,3}\]|\^\d{1,3})?\s*[:\uff1a]",
    re.IGNORECASE,
)
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f-\x9f()<>@,;:\\\"\[\]]{1,64}\Z")
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z", re.IGNORECASE
)
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~ -]*\Z")
_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}\Z")
_NOT_IN_BODY = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Seven bits on the wire: not every server speaks 8BITMIME, and longer lines are encoded by the library itself.
_WIRE = policy.SMTP.clone(cte_type="7bit")


class UnsendableReply(ValueError):
    """A piece of the reply cannot be sent. ``field`` says which; the message says why, for the person who wrote it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and the name shown with it, as text."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file to attach."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Original:
    """The mail that is answered. ``sent_at`` is in the zone its reader should see; ids have their angle brackets."""

    sender: Mailbox
    text: str = ""
    sent_at: datetime | None = None
    message_id: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply is made of. ``own_id`` names the outbox item; without ``original`` it is a new mail."""

    sender: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    body: str
    message_id: str
    own_id: str
    date: datetime  # aware
    cc: tuple[Mailbox, ...] = ()
    original: Original | None = None
    quote: bool = True
    files: tuple[File, ...] = ()
    reply_to: Mailbox | None = None  # where answers should go, if not to the sender


def build_reply(reply: Reply) -> bytes:
    """The message as it goes over the wire: CRLF, no bare line feed, no line above 998 octets.

    Raises:
        UnsendableReply: an address is none, there is no recipient, or an id of ours is malformed.
    """
    if not reply.to:
        raise UnsendableReply("to", "the reply has no recipient")
    if not _ID.match(reply.message_id):
        raise UnsendableReply("message_id", f"{reply.message_id!a} is no Message-ID")
    if not _OWN_ID.match(reply.own_id):
        raise UnsendableReply("own_id", f"{reply.own_id!a} is no id of an outbox item")
    subject = reply_subject(reply.subject) if reply.original else safe_line(reply.subject, SUBJECT_LIMIT).strip()
    head = [
        ("From", _mailbox(reply.sender, "from")),
        ("To", _mailboxes(reply.to, "to")),
        ("Cc", _mailboxes(reply.cc, "cc")),
        ("Reply-To", _mailbox(reply.reply_to, "reply_to") if reply.reply_to else ""),
        ("Subject", _encoded(subject)),
        ("Date", format_datetime(reply.date)),
        ("Message-ID", reply.message_id),
    ]
    if reply.original:
        head.append(("In-Reply-To", reply.original.message_id if _ID.match(reply.original.message_id) else ""))
        head.append(("References", "\r\n ".join(thread_ids(reply.original))))
    head.append(("X-OMS-ID", reply.own_id))
    written = "".join(f"{name}: {value}\r\n" for name, value in head if value)
    return written.encode("ascii") + _content(reply)


def recipients(reply: Reply) -> tuple[str, ...]:
    """Whom the message goes to: every address of To and Cc once, as SMTP takes it.

    Raises:
        UnsendableReply: one of them is no address.
    """
    found = [*(sendable_address(mailbox.address, "to") for mailbox in reply.to)]
    found += [sendable_address(mailbox.address, "cc") for mailbox in reply.cc]
    return tuple(dict.fromkeys(found))


def reply_subject(subject: str) -> str:
    """``subject`` with one ``Re:``, whatever marks of a reply (``AW:``, ``SV:``, ``Re[2]:``…) it had."""
    rest = safe_line(subject, SUBJECT_LIMIT)
    while match := _REPLY_MARK.match(rest):
        rest = rest[match.end() :]
    return f"Re: {rest.strip()}".strip()


def thread_ids(original: Original) -> tuple[str, ...]:
    """The References of a reply to ``original``: its own and its id, valid tokens only, each once, bounded."""
    tokens = tuple(dict.fromkeys(token for token in (*original.references, original.message_id) if _ID.match(token)))
    return tokens if len(tokens) <= REFERENCES_LIMIT else (tokens[0], *tokens[-REFERENCES_TAIL:])


def quoted(original: Original) -> str:
    """``original`` as a reply repeats it: who wrote it and when, then its lines behind ``>``."""
    text = safe_block(original.text, QUOTE_LIMIT).rstrip()
    if not text.strip():
        return ""
    who = safe_line(original.sender.name, NAME_LIMIT).strip() or safe_line(original.sender.address, NAME_LIMIT)
    when = f"On {original.sent_at:%Y-%m-%d at %H:%M}, " if original.sent_at else ""
    lines = "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in text.split("\n"))
    return f"{when}{who} wrote:\n{lines}"


def sendable_address(address: str, field: str) -> str:
    """``address`` as SMTP takes it, an international domain in its ASCII form.

    Raises:
        UnsendableReply: it is none, or its local part has letters that need SMTPUTF8.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        wire = domain if domain.isascii() or len(domain) > _DOMAIN_LIMIT else domain.encode("idna").decode("ascii")
    except UnicodeError:
        wire = ""
    if not _LOCAL.match(local) or not _DOMAIN.match(wire) or len(wire) > _DOMAIN_LIMIT:
        raise UnsendableReply(field, f"{address!a} is no address mail can be sent to")
    if not local.isascii():
        raise UnsendableReply(field, f"{safe_line(address)} has letters before the @ that mail servers seldom take")
    return f"{local}@{wire.lower()}"


def _mailboxes(mailboxes: Iterable[Mailbox], field: str) -> str:
    return ",\r\n ".join(_mailbox(mailbox, field) for mailbox in mailboxes)


def _mailbox(mailbox: Mailbox, field: str) -> str:
    address = sendable_address(mailbox.address, field)
    name = safe_line(mailbox.name, NAME_LIMIT).strip()
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{_encoded(name)}\r\n <{address}>"
    if not _PLAIN_WORDS.match(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>"


def _encoded(text: str) -> str:
    """``text`` as it may stand in a header: as it is, or in encoded words of whole characters (RFC 2047)."""
    if text.isascii() and "=?" not in text:
        return text
    words: list[str] = []
    chunk = b""
    for sign in text:
        raw = sign.encode()
        if len(chunk) + len(raw) > _WORD_BYTES:
            words.append(_word(chunk))
            chunk = b""
        chunk += raw
    words.append(_word(chunk))
    return "\r\n ".join(words)


def _word(raw: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(raw).decode('ascii')}?="


def _content(reply: Reply) -> bytes:
    text = _cleaned(reply.body)
    repeated = quoted(reply.original) if reply.original and reply.quote else ""
    if repeated:
        text = f"{text}\n\n{repeated}" if text else repeated
    message = EmailMessage(policy=_WIRE)
    message.set_content(f"{text}\n", subtype="plain", charset="utf-8")
    seal = hashlib.sha256(text.encode())
    for file in reply.files:
        kind = file.content_type.lower()
        main, _, sub = (kind if _TYPE.match(kind) else "application/octet-stream").partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=safe_file_name(file.name))
        seal.update(file.content)
    if reply.files:
        # Of the content itself, so that the same reply gives the same bytes and no content can hold it.
        message.set_boundary(f"=_{seal.hexdigest()[:40]}")
    return message.as_bytes()


def _cleaned(body: str) -> str:
    """The agent's text, line ends as one kind, no control characters, no blanks at the end of a line."""
    text = _NOT_IN_BODY.sub("", _LINE_END.sub("\n", body))
    # A blank at a line's end means "flows on" to some readers; "-- " opens a signature (RFC 3676 4.3).
    return "\n".join(line if line == "-- " else line.rstrip(" \t") for line in text.split("\n")).strip("\n")
