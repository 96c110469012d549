"""The parts of a mail, found in its bytes: one pass, an explicit stack, hard limits.

Written for bulk and for hostile input: the standard library's parser takes a millisecond a mail, recurses, and checks
every line against every enclosing boundary; here a boundary is searched for in its parent's bytes only, and depth and
number are capped. Where a mail is broken the reading that loses nothing is taken: an unclosed part runs to its parent's
end.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from connectors.mail import header
from connectors.mail.charset import decode

MAX_DEPTH = 50
MAX_PARTS = 1000
_MAX_PARAMETERS = 100
_MAX_NAME = 1000
_PIECE_DIGITS = 3  # of the number of a continuation (RFC 2231)

_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_COMMENT = re.compile(r"\([^()]*\)")
_TYPE = re.compile(r"\s*([A-Za-z0-9!#$&^_.+-]{1,100})/([A-Za-z0-9!#$&^_.+-]{1,100})")
_UUENCODED = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)
_AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*(?=\r?\n|\Z)")
_NEWLINE = 10
_BLANK = b" \t\r\n"


@dataclass(slots=True)
class Part:
    """A leaf: its type, and where its bytes lie. ``section`` is the type of the multipart it stands in."""

    content_type: str
    parameters: dict[str, str]
    disposition: str
    name: str
    encoding: str
    content_id: str
    start: int
    end: int
    section: int = 0  # index of the enclosing multipart in Structure.sections
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """A multipart: its subtype, the section around it (-1: none), and its children in order."""

    subtype: str
    parent: int
    children: list[tuple[bool, int]] = field(default_factory=list)  # (is a section, index)


@dataclass(slots=True)
class Structure:
    """What a message is made of. ``sections[0]`` is the message itself."""

    parts: list[Part] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def structure(raw: bytes, fields: dict[bytes, list[bytes]], body: int) -> Structure:
    """The parts of the message ``raw``, whose header is ``fields`` and whose body starts at ``body``."""
    found = Structure(sections=[Section("mixed", -1)])
    stack = [(fields, body, len(raw), 0, 0, "text/plain")]
    while stack:
        own, start, end, parent, depth, default = stack.pop()
        if len(found.parts) + len(found.sections) > MAX_PARTS:
            found.warnings.append(f"more than {MAX_PARTS} parts: the rest was not read")
            break
        part = _part(own, start, end, default)
        boundary = part.parameters.get("boundary", "") if part.content_type.startswith("multipart/") else ""
        spans = _spans(raw, start, end, boundary) if boundary and depth < MAX_DEPTH else []
        if boundary and depth >= MAX_DEPTH:
            found.warnings.append(f"parts nested deeper than {MAX_DEPTH}: the inner ones were not read")
            part.content_type, part.disposition = "application/octet-stream", "attachment"
        elif part.content_type.startswith("multipart/") and not spans:
            found.warnings.append("a multipart without its boundary was read as text")
            part.content_type = "text/plain"
        if not spans:
            part.section = parent
            found.sections[parent].children.append((False, len(found.parts)))
            found.parts.append(part)
            continue
        number = len(found.sections)
        found.sections.append(Section(part.content_type[10:], parent))
        found.sections[parent].children.append((True, number))
        if len(spans) > MAX_PARTS:
            found.warnings.append(f"more than {MAX_PARTS} parts: the rest was not read")
            del spans[MAX_PARTS:]
        inner = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for first, last in reversed(spans):
            chunk = raw[first:last]
            child, offset, _ = header.split(chunk)
            stack.append((child, first + offset, last, number, depth + 1, inner))
    return found


def _spans(raw: bytes, start: int, end: int, boundary: str) -> list[tuple[int, int]]:
    """Where the parts between ``boundary`` lines lie; at most MAX_PARTS and one more."""
    mark = b"--" + boundary.encode("utf-8", "replace")
    spans: list[tuple[int, int]] = []
    open_at = -1
    place = raw.find(mark, start, end)
    while place >= 0:
        tail = _AFTER_BOUNDARY.match(raw, place + len(mark), end)
        if tail is None or not (place == 0 or raw[place - 1] == _NEWLINE):
            place = raw.find(mark, place + 1, end)
            continue
        if open_at >= 0:
            last = max(open_at, place - 1)
            spans.append((open_at, last - (last > open_at and raw[last - 1 : last] == b"\r")))
        if tail[1] or len(spans) > MAX_PARTS:
            return spans
        line_end = raw.find(b"\n", tail.end(), end)
        open_at = line_end + 1 if line_end >= 0 else end
        place = raw.find(mark, tail.end(), end)
    if open_at >= 0:
        spans.append((open_at, end))  # never closed: a mail cut short
    return spans


def _part(fields: dict[bytes, list[bytes]], start: int, end: int, default: str) -> Part:
    warnings: list[str] = []
    content_type, parameters = _valued(fields, b"content-type", warnings)
    disposition, more = _valued(fields, b"content-disposition", warnings)
    match = _TYPE.match(content_type)
    kind = (
        f"{match[1]}/{match[2]}".lower()
        if match
        else ("text/plain" if content_type.strip().lower() == "text" else default)
    )
    if content_type and not match and kind == default:
        warnings.append("a content type could not be read")
    encodings = fields.get(b"content-transfer-encoding", ())
    identity = fields.get(b"content-id", ())
    return Part(
        content_type=kind,
        parameters=parameters,
        disposition=disposition.strip().lower(),
        name=(more.get("filename") or parameters.get("name") or "")[:_MAX_NAME],
        encoding=_COMMENT.sub("", encodings[0].decode("ascii", "replace")).strip().strip('"').lower()
        if encodings
        else "",
        content_id=header.message_id(identity) if identity else "",
        start=start,
        end=max(start, end),
        warnings=warnings,
    )


def _valued(fields: dict[bytes, list[bytes]], name: bytes, warnings: list[str]) -> tuple[str, dict[str, str]]:
    values = fields.get(name)
    if not values:
        return "", {}
    line = header.unfolded(values[0], warnings)
    value, semicolon, _ = line.partition(";")
    if not semicolon:
        return value, {}
    return value, _parameters(line[len(value) :], warnings)


def _parameters(line: str, warnings: list[str]) -> dict[str, str]:
    """The parameters of a header, RFC 2231 continuations joined and percent signs decoded, encoded words tolerated."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(line)):
        if count >= _MAX_PARAMETERS:
            warnings.append("a header has too many parameters")
            break
        name, value = match[1].lower(), match[2].strip()
        if value.startswith('"'):
            value = _ESCAPED.sub(r"\1", value[1:].removesuffix('"'))
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(base, header.words(value, warnings) if "=?" in value else value)
            continue
        number = rest.removesuffix("*")
        pieces.setdefault(base, []).append(
            (
                int(number) if number.isdecimal() and len(number) <= _PIECE_DIGITS else 0,
                rest.endswith("*") or not rest,
                value,
            )
        )
    for base, parts in pieces.items():
        plain[base] = _joined(parts)
    return plain


def _joined(parts: list[tuple[int, bool, str]]) -> str:
    charset = ""
    raw = b""
    for order, (_, extended, value) in enumerate(sorted(parts, key=lambda piece: piece[0])):
        part = value
        if extended:
            if order == 0 and value.count("'") >= 2:  # noqa: PLR2004 - charset'language'text
                charset, _, part = value.split("'", 2)
            raw += unquote_to_bytes(part)
        else:
            raw += part.encode("utf-8", "replace")
    return decode(raw, charset)[0]


def content(raw: bytes, part: Part) -> bytes:
    """The bytes of ``part``, its transfer encoding undone. What cannot be decoded is passed over, never raised."""
    body = raw[part.start : part.end]
    if part.encoding == "base64":
        return header.base64_bytes(body)
    if part.encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    if part.encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _uudecoded(body)
    return body


def stored_size(raw: bytes, part: Part) -> int:
    """How many bytes ``part`` has once its transfer encoding is undone. Archives are never opened."""
    if part.encoding != "base64":
        return len(content(raw, part))
    letters = (
        part.end - part.start - sum(raw.count(blank, part.start, part.end) for blank in (b"\r", b"\n", b" ", b"\t"))
    )
    return letters * 3 // 4 - raw.count(b"=", max(part.start, part.end - 8), part.end)


def _uudecoded(body: bytes) -> bytes:
    begin = _UUENCODED.search(body)
    if not begin:
        return body
    lines: list[bytes] = []
    for line in body[begin.end() :].splitlines():
        if line.strip(_BLANK) in {b"end", b"`"}:
            break
        try:
            lines.append(binascii.a2b_uu(line))
        except binascii.Error:  # trailing blanks lost on the way, or too many: take what the length byte says
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            try:
                lines.append(binascii.a2b_uu(line[:wanted]))
            except binascii.Error:
                continue
    return b"".join(lines)
