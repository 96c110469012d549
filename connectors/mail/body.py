"""What of a message's parts is its text, and what is attached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.mail import header, mime
from connectors.mail.charset import decode, text_codec
from connectors.records import Attachment

if TYPE_CHECKING:
    from connectors.mail.mime import Part, Structure

MAX_TEXT = 1_000_000  # characters of a message that are kept as its text
MAX_TEXT_BYTES = 16 * 1024 * 1024  # of one text part that are decoded
_SNIFFED = 2048
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_TEXT_TYPES = frozenset(
    {"text/plain", "text/html", "text/enriched", "text/markdown", "text/richtext", "application/xhtml+xml"}
)
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_NEWLINES = re.compile(r"\r+\n|\r")
_TRAILING = re.compile(r"(?<![ \t])[ \t]+(?=\n)")
_MANY_BLANK = re.compile(r"\n{4,}")


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a message, its attachments, and what was cut or guessed."""

    text: str
    attachments: tuple[Attachment, ...]
    warnings: tuple[str, ...]


def readable(raw: bytes, structure: Structure) -> Content:
    """The text a person is meant to read (plain text before HTML), and every other part as an attachment."""
    warnings = list(structure.warnings)
    choice = _Choice(raw, structure)
    shown = choice.texts(0)
    pieces: list[str] = []
    room = MAX_TEXT
    for number in shown:
        piece = choice.text(number)
        if piece and room > 0:
            pieces.append(piece[:room])
        if len(piece) > room:
            warnings.append(f"its text was cut at {MAX_TEXT} characters")
        room -= len(piece)
        warnings += choice.warnings.get(number, ())
    hidden = set(shown) | choice.passed_over
    attached = tuple(
        _attachment(raw, part, number)
        for number, part in enumerate(structure.parts)
        if number not in hidden and _is_something(part)
    )
    for part in structure.parts:
        warnings += part.warnings
    return Content("\n\n".join(pieces), attached, tuple(warnings))


class _Choice:
    """Which text parts are read. Texts are decoded once and kept."""

    def __init__(self, raw: bytes, structure: Structure) -> None:
        self._raw = raw
        self._structure = structure
        self._decoded: dict[int, str] = {}
        self.warnings: dict[int, list[str]] = {}
        self.passed_over: set[int] = set()  # the other forms of a text that is read

    def texts(self, section: int) -> list[int]:
        """Numbers of the text parts to show, in order. Depth is bounded by mime.MAX_DEPTH."""
        own = self._structure.sections[section]
        options = [
            self.texts(number) if is_section else self._leaf(number, section) for is_section, number in own.children
        ]
        if own.subtype == "alternative":
            return self._best(options)
        if own.subtype == "related":
            return next((option for option in options if option), [])
        return [number for option in options for number in option]

    def text(self, number: int) -> str:
        if number not in self._decoded:
            self._decoded[number] = self._read(number)
        return self._decoded[number]

    def _leaf(self, number: int, section: int) -> list[int]:
        part = self._structure.parts[number]
        if part.content_type not in _TEXT_TYPES or part.disposition == "attachment":
            return []
        alone = section == 0 and len(self._structure.parts) == 1
        return [number] if alone or not part.name else []

    def _best(self, options: list[list[int]]) -> list[int]:
        """Of several forms the first in plain text that says something, else the last that does."""
        parts = self._structure.parts
        plain = (
            option
            for option in options
            if option and all(parts[number].content_type == "text/plain" for number in option)
        )
        chosen = next((option for option in plain if any(self.text(number).strip() for number in option)), None)
        if chosen is None:
            chosen = next(
                (option for option in reversed(options) if any(self.text(number).strip() for number in option)), []
            )
        self.passed_over.update(number for option in options if option is not chosen for number in option)
        return chosen

    def _read(self, number: int) -> str:
        part = self._structure.parts[number]
        warnings = self.warnings.setdefault(number, [])
        body = mime.content(self._raw, part)
        if len(body) > MAX_TEXT_BYTES:
            body = body[:MAX_TEXT_BYTES]
            warnings.append(f"only the first {MAX_TEXT_BYTES // 2**20} MB of its text were read")
        html = part.content_type in _HTML_TYPES
        charset = part.parameters.get("charset", "")
        if html and not text_codec(charset):
            charset = _meta_charset(body)
        text, guessed = decode(body, charset)
        if guessed:
            warnings.append("its charset was wrong or missing: some characters may be")
        if html:
            from connectors.mail.html_text import html_to_text  # selectolax is loaded for mail that has HTML only

            converted = html_to_text(text.replace("\0", ""))
            warnings += converted.warnings
            return converted.text
        text = text.replace("\0", "").removeprefix("\ufeff").replace("\r\n", "\n")
        if "\r" in text:
            text = _NEWLINES.sub("\n", text)
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
        if " \n" in text or "\t\n" in text:  # the expression stops at every blank of the text
            text = _TRAILING.sub("", text)
        return _MANY_BLANK.sub("\n\n\n", text).strip("\n").rstrip()


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Paragraphs of ``format=flowed`` text joined to one line each (RFC 3676); quote depth is respected."""
    paragraphs: list[list[str]] = []
    open_depth = -1  # of the line that flows on; -1: none does
    for line in text.split("\n"):
        stripped = line.lstrip(">")
        depth = len(line) - len(stripped)
        words = stripped.removeprefix(" ")  # space-stuffing
        flows = words.endswith(" ") and words != "-- "
        words = words[:-1] if flows and delete_space else words
        if open_depth == depth and words != "-- ":
            paragraphs[-1].append(words)
        else:
            paragraphs.append([f"{'>' * depth} {words}" if depth else words])
        open_depth = depth if flows else -1
    return "\n".join("".join(paragraph) for paragraph in paragraphs)


def _meta_charset(body: bytes) -> str:
    """The charset an HTML text names itself. UTF-7 and the like are never taken from there: they hide markup."""
    match = _META.search(body[:_SNIFFED])
    name = match[1].decode("ascii") if match else ""
    return "" if text_codec(name) in {"", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "hz"} else name


def _is_something(part: Part) -> bool:
    return part.end > part.start or bool(part.name)


def _attachment(raw: bytes, part: Part, number: int) -> Attachment:
    name = part.name
    if not name and part.content_type == "message/rfc822":
        fields, _, _ = header.split(raw[part.start : part.start + header.VALUE_LIMIT])
        subject = header.text(fields[b"subject"][0], []) if b"subject" in fields else ""
        name = f"{subject or 'forwarded message'}.eml"
    inline = part.disposition == "inline" or (bool(part.content_id) and part.disposition != "attachment")
    return Attachment(number, name, part.content_type, mime.stored_size(raw, part), inline)
