"""Maildirs and the messages in them, as mail programs write them."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from hashlib import blake2b
from html import escape
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

SUPPORT: Final = "support@bright-shop.example"
TRADE: Final = "trade@bright-shop.example"
BOXES: Final = {SUPPORT: "support", TRADE: "trade"}
"""The shop's mailboxes and their folders."""

_OURS: Final = "bright-shop.example"


@dataclass(slots=True)
class Mail:
    """A message. ``sender`` and ``to`` are (name, address); ``at`` is aware."""

    sender: tuple[str, str]
    to: tuple[str, str]
    subject: str
    text: str
    at: datetime
    message_id: str
    references: tuple[str, ...] = ()
    html: bool = False
    photo: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    seen: bool = False


class Mailboxes:
    """The shop's Maildirs, open to put messages in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.written = 0
        for box in BOXES.values():
            for name in ("", ".Sent"):
                for part in ("cur", "new", "tmp"):
                    (folder / box / name / part).mkdir(parents=True, exist_ok=True)
        for part in ("cur", "new", "tmp"):
            (folder / "outgoing" / part).mkdir(parents=True, exist_ok=True)

    def receive(self, mail: Mail) -> None:
        """A message from somebody, into the inbox it is addressed to."""
        self._write(BOXES[mail.to[1]], mail, sent=False)

    def sent(self, mail: Mail) -> None:
        """A message of ours, into Sent."""
        self._write(f"{BOXES[mail.sender[1]]}/.Sent", mail, sent=True)

    def raw(self, address: str, content: bytes, at: datetime) -> None:
        """A message that no mail program would write."""
        self._put(BOXES[address], content, at, flags="")

    def _write(self, box: str, mail: Mail, *, sent: bool) -> None:
        self._put(box, message(mail).as_bytes(), mail.at, flags=":2,S" if sent or mail.seen else ":2,")

    def _put(self, box: str, content: bytes, at: datetime, *, flags: str) -> None:
        self.written += 1
        seconds = at.timestamp()
        path = self._folder / box / "cur" / f"{int(seconds)}.M{self.written}P1.bright-shop{flags or ':2,'}"
        path.write_bytes(content)
        os.utime(path, (seconds, seconds))


def message_id(*what: object, host: str = _OURS) -> str:
    """A Message-ID of its own for whatever is named."""
    name = blake2b("/".join(map(str, what)).encode(), digest_size=12).hexdigest()
    return f"<{name}@{host}>"


def message(mail: Mail) -> EmailMessage:
    """The message as it travels."""
    made = EmailMessage()
    made["Date"] = format_datetime(mail.at.replace(microsecond=0))
    made["From"] = Address(mail.sender[0], addr_spec=mail.sender[1])
    made["To"] = Address(mail.to[0], addr_spec=mail.to[1])
    made["Subject"] = mail.subject
    made["Message-ID"] = mail.message_id
    if mail.references:
        made["In-Reply-To"] = mail.references[-1]
        made["References"] = " ".join(mail.references)
    for name, value in mail.headers:
        made[name] = value
    made.set_content(mail.text, cte="8bit" if mail.text.isascii() else "quoted-printable")
    if mail.html:
        made.add_alternative(_html(mail.text), subtype="html", cte="quoted-printable")
    if mail.photo:
        made.add_attachment(photo(mail.photo), maintype="image", subtype="png", filename=mail.photo)
    for number, part in enumerate(part for part in made.walk() if part.is_multipart()):
        part.set_boundary(f"=_{number}_{mail.message_id[1:25]}")  # Python's own is another each time
    return made


def _html(text: str) -> str:
    paragraphs = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in text.split("\n\n"))
    return f'<html><head><meta charset="utf-8"></head><body style="font-family:Arial">{paragraphs}</body></html>'


@cache
def photo(name: str) -> bytes:
    """A photograph of a broken lamp, as far as arithmetic can take one: a PNG of some 40 kB."""
    chance, width, height = Random(name), 320, 240
    crack = chance.randrange(80, 240)
    rows = bytearray()
    for y in range(height):
        crack += chance.choice((-2, -1, 0, 1, 2))
        row = bytearray(
            max(40, 235 - (abs(x - 160) + abs(y - 100)) // 2) + grain % 12
            for x, grain in enumerate(chance.randbytes(width))
        )
        if y > height // 6:
            row[crack : crack + 3] = b"\x08\x00\x05"  # where the glass broke
        rows += b"\0" + row

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 3, 0, 0, 0))
    warm = bytes(part for light in range(256) for part in (light, max(0, light - 10), max(0, light - 45)))
    parts = ((b"IHDR", header), (b"PLTE", warm), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)
