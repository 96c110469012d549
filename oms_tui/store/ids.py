"""Ids made by us: 63 bits, the upper 31 a time in seconds, the lower 32 a hash of what it names.

Made by the client, so that no engine has to hand out numbers; in order of time, so that "newest first" is the order of
the key and full-text search needs no sort. People see them in Crockford's base32 (``public``), 13 letters and digits.
"""

from __future__ import annotations

import os
from zlib import crc32

_EPOCH_SECONDS = 946_684_800  # 2000-01-01 UTC: 31 bits last until 2068
_LAST = (1 << 31) - 1
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)} | {"o": 0, "i": 1, "l": 1}
_DIGITS = 13


def timed_id(milliseconds: int, name: str) -> int:
    """An id for what is called ``name`` and happened at ``milliseconds`` since 1970 UTC (held within 2000 to 2068)."""
    seconds = milliseconds // 1000 - _EPOCH_SECONDS
    return (min(max(seconds, 0), _LAST) << 32) | crc32(name.encode("utf-8", "replace"))


def first_id(milliseconds: int) -> int:
    """The lowest id that what happened then can have: rows of a time are a range of their table's own key."""
    return min(max(milliseconds // 1000 - _EPOCH_SECONDS, 0), _LAST) << 32


def public(number: int) -> str:
    """The id as people see it."""
    letters = []
    for _ in range(_DIGITS):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(letters))


def parse(text: str) -> int | None:
    """The id people typed (either form), or None if it is none."""
    text = text.strip().lower()
    if text.isdecimal() and len(text) > _DIGITS:
        return int(text)
    if len(text) != _DIGITS or any(letter not in _VALUES for letter in text):
        return None
    number = 0
    for letter in text:
        number = number << 5 | _VALUES[letter]
    return number


def unique() -> str:
    """A name for a desk row that nothing else has."""
    return os.urandom(16).hex()  # as random as a uuid4, whose module costs 3 ms to import
