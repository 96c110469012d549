"""Macros: replies written once, as files, with the order's own facts filled in.

A file begins with lines of ``key: value`` (title, subject, when, to, tags); after a blank line, the text in Jinja2::

    title: Where is my parcel, late
    subject: Your order {{ order.number }}
    when: ship:late
    tags: wismo, late

    Dear {{ customer.first_name | default("customer") }},
    {{ parcel.carrier }} has your parcel since {{ parcel.shipped_at | date }}.

What has no value stands in the text as ``⟨parcel.shipped_at?⟩``, and a text with such a mark must not be sent: nobody
receives "Dear ,". ``unresolved`` finds the marks in any text, however it came to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.query_words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

LONGEST: Final = 20_000
"""Characters of a macro file."""

KEYS: Final = ("title", "subject", "when", "to", "tags")
"""What the head of a macro may say."""

_HEAD_LINE: Final = re.compile(r"([A-Za-z][A-Za-z_-]{0,30})[ \t]*:(?:[ \t]+(.*))?")
_MARK: Final = re.compile(r"⟨([^⟨⟩\n]{1,200})\?⟩|\{\{(.*?)(?:\}\}|$)|\{%(.*?)(?:%\}|$)|\{#(.*?)(?:#\}|$)")
_DEEPEST: Final = 4  # levels of the record that ``variables`` lists


class MacroError(ValueError):
    """A macro that cannot be read or rendered: ``file``, ``line`` (from 1) and words for its author."""

    def __init__(self, file: str, line: int, words: str) -> None:
        super().__init__(f"{file}:{line}: {words}")
        self.file = file
        self.line = line
        self.words = words


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro as written. ``when`` is a query: the orders it is meant for; ``lines`` say where each part begins."""

    name: str
    title: str
    body: str
    subject: str = ""
    when: str = ""
    to: str = ""
    tags: tuple[str, ...] = ()
    lines: tuple[tuple[str, int], ...] = ()

    def line(self, part: str) -> int:
        """The file's line on which ``subject``, ``to`` or ``body`` begins."""
        return dict(self.lines).get(part, 1)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A place in a text that still has to be filled: what is missing, and where (``text[start:end]``)."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """A macro filled in. Nothing of it may be sent while ``missing`` or ``missing_in_subject`` has anything in it."""

    text: str
    subject: str
    to: str
    missing: tuple[Unresolved, ...]
    missing_in_subject: tuple[Unresolved, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every variable had a value."""
        return not (self.missing or self.missing_in_subject or unresolved(self.to))


def parse(text: str, name: str) -> Macro:
    """A macro from its file's text; ``name`` is the file's name, without a title of its own also the title.

    Raises:
        MacroError: the head has a key there is not, or the file is too long.
    """
    if len(text) > LONGEST:
        raise MacroError(name, 1, f"is longer than {LONGEST:,} characters")
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    at = 0
    if _HEAD_LINE.fullmatch(rows[0]):
        while at < len(rows) and rows[at].strip():
            key, value = _head(rows[at], name, at + 1)
            if key in values:
                raise MacroError(name, at + 1, f"{key} is said twice")
            values[key], lines[key] = value, at + 1
            at += 1
    while at < len(rows) and not rows[at].strip():
        at += 1
    tags = tuple(tag.strip() for tag in values.pop("tags", "").split(",") if tag.strip())
    title = values.pop("title", "") or name.rpartition("/")[2].removesuffix(".md")
    body = "\n".join(rows[at:])
    return Macro(name=name, title=title, body=body, tags=tags, lines=(*lines.items(), ("body", at + 1)), **values)


def _head(row: str, name: str, line: int) -> tuple[str, str]:
    found = _HEAD_LINE.fullmatch(row.rstrip())
    if found is None:
        raise MacroError(name, line, "the head ends with a blank line; before it stand only lines such as title: …")
    key = found[1].lower()
    if key not in KEYS:
        meant = nearest(key, KEYS)
        words = f"did you mean {meant[0]}?" if meant else f"there are {', '.join(KEYS)}"
        raise MacroError(name, line, f"the head has no {key}; {words}")
    return key, (found[2] or "").strip()


def render(macro: Macro, record: Mapping[str, Any], *, zone: tzinfo, language: str = "en") -> Rendered:
    """``macro`` with the values of ``record`` filled in.

    Args:
        macro: as ``parse`` gave it.
        record: tables within tables, lists, texts, numbers, dates and aware moments; money as a table of ``amount``
            (minor units) and ``currency``. None, an empty text and an absent key are values that are missing.
        zone: the time zone in which dates and times are said.
        language: in which they and money are said (``en``, ``de``, ``fr``, ``es``, ``it``, ``nl``, ``pl``).

    Raises:
        MacroError: the macro is wrong (its language, a name to decide by that is not there), or grows out of bounds.
    """
    from oms_tui.domain.macro_values import wrap  # Jinja2 costs 30 ms: only who uses a macro pays

    values = {name: wrap(value, name) for name, value in record.items()}
    text, subject, to = (
        _filled(macro, part, source, values, language=(zone, language))
        for part, source in (("body", macro.body), ("subject", macro.subject), ("to", macro.to))
    )
    subject, to = " ".join(subject.split()), " ".join(to.split())
    return Rendered(text, subject, to, tuple(unresolved(text)), tuple(unresolved(subject)))


def _filled(macro: Macro, part: str, source: str, values: Mapping[str, Any], *, language: tuple[tzinfo, str]) -> str:
    if "{" not in source:
        return source
    from oms_tui.domain.macro_language import LineError, MacroLanguage

    try:
        return MacroLanguage(*language).rendered(source, values)
    except LineError as error:
        raise MacroError(macro.name, macro.line(part) + error.line - 1, error.words) from None


def unresolved(text: str) -> list[Unresolved]:
    """What a text still lacks before it may be sent: marks of missing values, and ``{{ … }}`` written by hand.

    Quoted lines (``> …``) are another's words and are passed over.
    """
    found: list[Unresolved] = []
    start = 0
    for line in text.split("\n"):
        if not line.startswith(">"):
            for mark in _MARK.finditer(line):
                name = next((group for group in mark.groups() if group is not None), "")
                found.append(Unresolved(name.strip(), start + mark.start(), start + mark.end()))
        start += len(line) + 1
    return found


def variables(record: Mapping[str, Any]) -> list[str]:
    """The names a macro may use, for completion: ``customer.first_name``, ``lines[0].sku``… in the record's order."""
    return list(_names(record, "", _DEEPEST))


def _names(value: Any, path: str, depth: int) -> Iterator[str]:
    from collections.abc import Mapping as Table

    if isinstance(value, Table) and depth:
        if path and {"amount", "currency"} <= value.keys():
            yield path
        for key, each in value.items():
            yield from _names(each, f"{path}.{key}" if path else str(key), depth - 1)
    elif isinstance(value, list | tuple) and value and depth:
        yield path
        yield from _names(value[0], f"{path}[0]", depth - 1)
    else:
        yield path
