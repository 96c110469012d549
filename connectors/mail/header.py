"""The header of a mail: split, unfold, decode. Bytes in, text out, in time linear in the length, whatever it holds."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from typing import TYPE_CHECKING

from connectors.mail.charset import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK_LIMIT = 2 * 1024 * 1024  # bytes of a header that are read
VALUE_LIMIT = 65_536  # bytes of one header's value that are read
WORD_LIMIT = 200  # encoded words of one header that are decoded
REFERENCES_LIMIT = 100
REFERENCES_TAIL = 20  # beyond the limit: the first id and the last so many, as JWZ's threading needs

_RETURN = 13
_BLANK = (b" ", b"\t")
_NAME = re.compile(rb"[!-9;-~]+[ \t]*\Z")
_FOLD = re.compile(r"[\r\n\t\0\x0b\x0c\x85\u2028\u2029]+[ \t]*")
_BLANKS = re.compile(r"[ \t\r\n]+")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,64})\?([bBqQ])\?([^?\r\n]*)\?=")
_TOKEN = re.compile(rb"<[^<>\s\x00-\x20\x7f-\xff]{1,500}>")
_BARE_ID = re.compile(rb"\s*<?([^<>\s\x00-\x20\x7f-\xff]{1,490}@[^<>\s\x00-\x20\x7f-\xff]{1,490})>?\s*\Z")
_DATE = re.compile(
    r"\s*(?:[A-Za-z]{3},?\s+)?(\d{1,2})[ -]([A-Za-z]{3})[ -](\d{4})\s+(\d{1,2}):(\d\d)(?::(\d\d))?"
    r"\s*(?:([+-])(\d\d)(\d\d)|(GMT|UTC?|Z))"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def split(raw: bytes) -> tuple[dict[bytes, list[bytes]], int, bool]:
    """Values of each header by its name in lower case, where the body starts, and whether a line was no header.

    Only a line feed ends a line: a bare carriage return is a trick to overwrite what is before it. A line that is no
    header (a continuation without its blank) is passed over, except where no blank line follows: there the body starts.
    """
    start = 0
    if raw.startswith((b"From ", b">From ")):  # an mbox separator left on top
        start = raw.find(b"\n") + 1 or len(raw)
    if raw.startswith((b"\n", b"\r\n"), start):
        return {}, raw.index(b"\n", start) + 1, False
    end, body = _blank_line(raw, start)
    block = raw[start : min(end, start + BLOCK_LIMIT)]
    fields: dict[bytes, list[bytes]] = {}
    broken = False
    offset = start
    for line in _lines(block):
        name, colon, value = line.partition(b":")
        if colon and (field := _field(name)):
            fields.setdefault(field, []).append(value)
        elif line.strip():
            if body < 0 or not fields:
                return fields, raw.find(line, offset), True
            broken = True
        offset += len(line)
    return fields, body if body >= 0 else len(raw), broken


def _blank_line(raw: bytes, start: int) -> tuple[int, int]:
    """Where the first blank line begins (with the end of the line before) and ends; (the whole length, -1): none."""
    place, width = raw.find(b"\n\r\n", start), 3
    bare = raw.find(b"\n\n", start, place + 1 if place >= 0 else len(raw))
    if bare >= 0:
        place, width = bare, 2
    if place < 0:
        return len(raw), -1
    return place - (place > start and raw[place - 1] == _RETURN), place + width


def _lines(block: bytes) -> list[bytes]:
    """Each header with its continuations, which begin with a blank."""
    lines: list[bytes] = []
    current: list[bytes] = []
    for piece in block.split(b"\n"):
        if current and piece[:1] in _BLANK:
            current.append(piece)
        else:
            if current:
                lines.append(b"\n".join(current).removesuffix(b"\r"))
            current = [piece]
    lines.append(b"\n".join(current))
    return lines


@lru_cache(maxsize=1024)
def _field(name: bytes) -> bytes:
    """A header's name in lower case, empty if it is none. Mails have the same few, and most have them spelled alike."""
    return name.rstrip().lower() if _NAME.match(name) else b""


def text(value: bytes, warnings: list[str]) -> str:
    """A header's value as one line of text, encoded words decoded."""
    if len(value) > VALUE_LIMIT:
        value = value[:VALUE_LIMIT]
        warnings.append(f"a header was cut at {VALUE_LIMIT // 1024} kB")
    plain = unfolded(value, warnings)
    return words(plain, warnings) if "=?" in plain else plain


def unfolded(value: bytes, warnings: list[str]) -> str:
    """A header's value as one line, encoded words as they stand (an address is parsed before they are decoded)."""
    if len(value) > VALUE_LIMIT:
        value = value[:VALUE_LIMIT]
        warnings.append(f"a header was cut at {VALUE_LIMIT // 1024} kB")
    if value.isascii():
        plain = value.decode("ascii")
    else:
        plain, guessed = decode(value)
        if guessed:
            warnings.append("a header's charset was guessed")
    return _one_line(plain)


def words(value: str, warnings: list[str]) -> str:
    """``value`` with its RFC 2047 encoded words decoded; neighbours of a charset are joined before."""
    pieces: list[str] = []
    pending: list[bytes] = []
    charset = ""
    position = 0
    for count, match in enumerate(_ENCODED_WORD.finditer(value)):
        if count >= WORD_LIMIT:
            warnings.append(f"only {WORD_LIMIT} encoded words of a header were decoded")
            break
        gap = value[position : match.start()]
        next_charset = match[1].lower().partition("*")[0]
        if pending and (gap.strip(" ") or next_charset != charset):
            pieces.append(decode(b"".join(pending), charset)[0])
            pending.clear()
        if gap.strip(" ") or count == 0:
            pieces.append(gap)
        charset = next_charset
        pending.append(_word_bytes(match[2], match[3]))
        position = match.end()
    if pending:
        pieces.append(decode(b"".join(pending), charset)[0])
    pieces.append(value[position:])
    return _one_line("".join(pieces))


def _word_bytes(encoding: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    return base64_bytes(raw)


def base64_bytes(raw: bytes) -> bytes:
    """Base64 as mail has it: foreign characters passed over, a broken end dropped."""
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        pass  # a wrong length; the valid part is still wanted
    body = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    body = body[: len(body) - (len(body) % 4 == 1)]
    return binascii.a2b_base64(body + b"=" * (-len(body) % 4))


def _one_line(value: str) -> str:
    if "\n" in value or "\r" in value or not value.isprintable():
        value = _FOLD.sub(" ", value)
    return value.strip(" \t")


def message_id(values: Iterable[bytes]) -> str:
    """The first id of a Message-ID or In-Reply-To header, with its angle brackets; "" if there is none."""
    for value in values:
        if token := _TOKEN.search(value[:VALUE_LIMIT]):
            return token[0].decode("ascii")
        if bare := _BARE_ID.match(value[:1000]):
            return f"<{bare[1].decode('ascii')}>"
    return ""


def references(values: Iterable[bytes]) -> tuple[tuple[str, ...], bool]:
    """The ids of a References header in their order, each once, and whether some in the middle were left out."""
    found: dict[bytes, None] = {}
    cut = False
    for value in values:
        part = value
        if len(part) > VALUE_LIMIT:
            half = VALUE_LIMIT // 2
            part, cut = part[:half] + b" " + part[-half:], True
        found.update(dict.fromkeys(_TOKEN.findall(part)))
    tokens = [token.decode("ascii") for token in found]
    if len(tokens) > REFERENCES_LIMIT:
        tokens, cut = [tokens[0], *tokens[-REFERENCES_TAIL:]], True
    return tuple(tokens), cut


def date(value: str) -> datetime | None:
    """The time a Date header gives, aware; None if it gives none. A zone that is unknown or missing is read as UTC."""
    if match := _DATE.match(value):
        day, month, year, hour, minute, second, sign, zone_hours, zone_minutes, _ = match.groups()
        offset = timedelta(hours=int(zone_hours or 0), minutes=int(zone_minutes or 0))
        if month.lower() not in _MONTHS:
            return None
        number = _MONTHS.index(month.lower()) + 1
        fields = (int(year), number, int(day), int(hour), int(minute), min(int(second or 0), 59))
        return _moment(fields, -offset if sign == "-" else offset)
    try:
        parts = parsedate_tz(value[:200])
    except (ValueError, IndexError, OverflowError, TypeError):  # its own slips on odd input
        return None
    if parts is None:
        return None
    return _moment((*parts[:5], min(parts[5], 59)), timedelta(seconds=parts[9] or 0))


def _moment(fields: tuple[int, int, int, int, int, int], offset: timedelta) -> datetime | None:
    try:
        zone = timezone(offset) if offset else UTC
        return datetime(*fields, tzinfo=zone)
    except (ValueError, OverflowError):
        return None
