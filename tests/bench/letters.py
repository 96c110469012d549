"""A mailbox as a shop has one, invented: half of it in threads, a third beyond ASCII, written as a Maildir.

The shares are those of a support mailbox: 35 of 100 plain text, 51 with HTML beside it, 14 with an attachment; a
quarter names an order of its sender's. The same seed gives the same bytes.
"""

from __future__ import annotations

import base64
import os
import random
from dataclasses import dataclass, field
from email.header import Header
from email.utils import format_datetime
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

DESK = "help@shop.example"
WORDS = 20_000
_ZIPF = [1 / (rank + 2) for rank in range(WORDS)]
_SYLLABLES = "ba ko li mer sta ren ul vo tri nes ham gor el fin dal ost wik pra zu ma be lo sen ker ti nor va".split()  # noqa: SIM905
_ACCENTED = ("Grüße aus Köln", "café crème", "żółta łódź", "señor Peña", "Привет из города", "こんにちは")
_SUBJECTS = ("Where is my parcel", "Question about", "Wrong colour", "Return of", "Invoice for", "Danke")
_POOL = 600  # different bodies; each mail adds a line of its own


def vocabulary(chance: random.Random) -> list[str]:
    """Words, the frequent first."""
    found = dict.fromkeys("".join(chance.choices(_SYLLABLES, k=chance.randrange(1, 5))) for _ in range(WORDS * 3))
    return list(found)[:WORDS]


@dataclass
class Letters:
    """Mails of one seed, oldest first. ``customers`` are name, address and an order's number."""

    count: int
    now: datetime
    step: timedelta
    customers: Sequence[tuple[str, str, str]]
    seed: int = 11
    _roots: list[tuple[str, str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._words = vocabulary(self._chance)
        self._weights = list(accumulate(_ZIPF[: len(self._words)]))
        self._plain = [self._text(self._chance.randrange(40, 400)) for _ in range(_POOL)]
        self._html = [_html(text) for text in self._plain]
        self._files = [
            base64.encodebytes(self._chance.randbytes(self._chance.randrange(8_000, 90_000))) for _ in range(60)
        ]

    def __iter__(self) -> Iterator[tuple[datetime, bytes]]:
        for number in range(self.count):
            yield self._letter(number)

    def _text(self, count: int) -> str:
        words = self._chance.choices(self._words, cum_weights=self._weights, k=count)
        if self._chance.random() < 0.35:
            words[:0] = [self._chance.choice(_ACCENTED)]
        lines = [" ".join(words[start : start + 12]) for start in range(0, count, 12)]
        return "\r\n".join((*lines, "", "Kind regards", ""))

    def _letter(self, number: int) -> tuple[datetime, bytes]:
        chance = self._chance
        at = self.now - self.step * (self.count - number)
        name, address, order = chance.choice(self.customers)
        subject = f"{chance.choice(_SUBJECTS)} {' '.join(chance.choices(self._words[:2000], k=2))}"
        if chance.random() < 0.25:
            subject = f"{subject} #{order}"
        references = ""
        message_id = f"<{chance.getrandbits(64):016x}.{number}@mail.example>"
        if self._roots and chance.random() < 0.55:
            root, about, name, address = self._roots[-chance.randrange(1, min(len(self._roots), 400) + 1)]
            subject = f"Re: {about}"
            references = f"In-Reply-To: {root}\r\nReferences: {root}\r\n"
        else:
            self._roots.append((message_id, subject, name, address))
        said = " ".join(chance.choices(self._words, cum_weights=self._weights, k=8))
        own = f"\r\nMail {chance.getrandbits(48):012x} of {address}, {said}\r\n"
        head = (
            f"Return-Path: <{address}>\r\nDelivered-To: {DESK}\r\n"
            f"Received: from mx{number % 9}.mail.example (mx.mail.example [192.0.2.{number % 250}])\r\n"
            f"\tby in.shop.example (Postfix) with ESMTPS id {chance.getrandbits(40):010X}\r\n"
            f"\tfor <{DESK}>; {format_datetime(at)}\r\n"
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=mail.example; s=s1;\r\n"
            f"\tbh={chance.getrandbits(256):064x}; b={chance.getrandbits(1000):0250x}\r\n"
            f"From: {_named(name)} <{address}>\r\nTo: Shop <{DESK}>\r\nSubject: {_header(subject)}\r\n"
            f"Date: {format_datetime(at)}\r\nMessage-ID: {message_id}\r\n{references}MIME-Version: 1.0\r\n"
        )
        return at, (head.encode() + self._body(number, own))

    def _body(self, number: int, own: str) -> bytes:
        kind, chosen = self._chance.random(), self._chance.randrange(_POOL)
        plain = (self._plain[chosen] + own).encode()
        if kind < 0.35:
            return b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + plain
        both = (
            b"--alt\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + plain
            + b"\r\n--alt\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + self._html[chosen].encode()
            + b"\r\n--alt--\r\n"
        )  # fmt: skip
        if kind < 0.86:
            return b'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n' + both
        return (
            b'Content-Type: multipart/mixed; boundary="mix"\r\n\r\n--mix\r\n'
            b'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n' + both
            + b"--mix\r\nContent-Type: image/jpeg; name=photo.jpg\r\nContent-Transfer-Encoding: base64\r\n"
            b"Content-Disposition: attachment; filename=photo.jpg\r\n\r\n"
            + self._files[number % len(self._files)] + b"--mix--\r\n"
        )  # fmt: skip


def written(letters: Letters, maildir: Path) -> int:
    """Write them into ``maildir``, each with its time; how many bytes they are."""
    for part in ("cur", "new", "tmp"):
        (maildir / part).mkdir(parents=True)
    total = 0
    for number, (at, raw) in enumerate(letters):
        path = maildir / "cur" / f"{int(at.timestamp())}.{number}.shop:2,{'S' if number % 3 else ''}"
        path.write_bytes(raw)
        os.utime(path, (at.timestamp(), at.timestamp()))
        total += len(raw)
    return total


def _html(text: str) -> str:
    body = "".join(
        f'<tr><td style="font-family:Arial,sans-serif;font-size:14px;padding:4px 8px">{line}</td></tr>\r\n'
        for line in text.split("\r\n")
    )
    return (
        '<html><head><meta charset="utf-8"><style>td{margin:0}p{line-height:1.4}</style></head>\r\n'
        f'<body><table width="600">{body}</table>\r\n<p><a href="https://mail.example/x">Sent from my phone</a></p>'
        "</body></html>"
    )


def _named(name: str) -> str:
    return name if name.isascii() else Header(name, "utf-8").encode()


def _header(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode()
