"""Values of a record as the store keeps them: text made safe, times in milliseconds, numbers that fit.

Millions pass through here at the first sync, and most of them are plain ASCII: that way is kept short.
"""

from __future__ import annotations

import json
import marshal
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain import normalise
from oms_tui.domain.safe_text import BLOCK_LIMIT, LINE_LIMIT, safe_block, safe_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connectors.records import Address

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_MOST: Final = 2**53  # larger amounts are no amounts, and JSON readers lose their last digits
_CACHED: Final = 120
_LONGEST_ID: Final = 300
_FEWEST_DIGITS: Final = 6
_MOST_DIGITS: Final = 15
_MARSHAL_VERSION: Final = 2  # the last in which the same values always have the same bytes
_DIGEST_BYTES: Final = 12


def line(text: str) -> str:
    """``text`` as one safe line."""
    if text.isascii() and text.isprintable() and len(text) <= LINE_LIMIT:
        return text
    return _odd_line(text) if len(text) <= _CACHED else safe_line(text)


_odd_line = lru_cache(maxsize=8192)(safe_line)  # towns, products and names come again and again


def lines(*texts: str) -> tuple[str, ...]:
    """Each text as one safe line; one look at all of them where they are plain."""
    whole = "".join(texts)
    if whole.isascii() and whole.isprintable() and len(whole) <= LINE_LIMIT:
        return texts
    return tuple([line(text) for text in texts])


def block(text: str) -> str:
    """``text`` with its lines, safe."""
    if text.isascii() and text.isprintable() and len(text) <= BLOCK_LIMIT:
        return text
    return safe_block(text)


def web_address(url: str) -> str:
    """A web address people may open, else "": another scheme could run something of theirs."""
    plain = line(url)
    return plain if plain.startswith(("https://", "http://")) else ""


def identifier(text: str, what: str = "its id") -> str:
    """A remote id, unchanged.

    Raises:
        ValueError: it is empty, or cannot be an id: making it safe would name another record.
    """
    if text and text.isascii() and text.isprintable() and len(text) <= _LONGEST_ID:
        return text
    if not text:
        raise ValueError(f"{what} is empty")
    if len(text) > _LONGEST_ID or safe_line(text) != text:
        raise ValueError(f"{what} is too long, or holds characters that cannot be shown")
    return text


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 UTC.

    Raises:
        TypeError: it has no offset, so nobody knows when it is.
    """
    return (moment - _EPOCH) // _MILLISECOND


def maybe(moment: datetime | None) -> int | None:
    """Milliseconds since 1970 UTC, None for None."""
    return None if moment is None else (moment - _EPOCH) // _MILLISECOND


def integer(value: int, what: str) -> int:
    """``value``, if it is a whole number of a size that is one.

    Raises:
        ValueError: it is not.
    """
    if type(value) is int and -_MOST <= value <= _MOST:
        return value
    raise ValueError(f"{what} is no whole number: {str(value)[:40]!r}")


def email(text: str) -> str:
    """A mail address, normalised."""
    return normalise.email(line(text)) if text else ""


def phone(text: str, country: str) -> str:
    """A phone number to compare, "" for none."""
    digits = text[1:]
    if text[:1] == "+" and digits.isascii() and digits.isdecimal() and _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
        return text
    return normalise.phone(line(text), country)


def listed(words: Iterable[str]) -> str:
    """Texts as a JSON list."""
    safe = [line(word) for word in words]
    return json.dumps(safe, ensure_ascii=False) if safe else "[]"


def mapped(words: Mapping[str, str]) -> str:
    """A system's own words as a JSON object."""
    return _object(tuple(words.items())) if words else "{}"


@lru_cache(maxsize=4096)
def _object(items: tuple[tuple[str, str], ...]) -> str:
    return json.dumps({line(str(name)): line(str(word)) for name, word in items}, ensure_ascii=False)


def address_json(address: Address | None) -> str:
    """An address as a JSON object of what is known of it, "" for none."""
    if address is None:
        return ""
    parts = {
        name: line(value)
        for name in ("name", "company", "street", "city", "region", "postcode", "country", "phone")
        if (value := getattr(address, name))
    }
    return json.dumps(parts, ensure_ascii=False) if parts else ""


def digest(content: tuple[Any, ...]) -> str:
    """A short name of a row's content, the same wherever and whenever it is read."""
    return blake2b(marshal.dumps(content, _MARSHAL_VERSION), digest_size=_DIGEST_BYTES).hexdigest()
