"""Addresses as they are typed in a line, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def addresses(text: str) -> tuple[str, ...]:
    """The addresses of a line, separated by commas or semicolons; those within quotes or <> separate nothing."""
    found: list[str] = []
    part: list[str] = []
    quoted = angled = False
    for letter in text:
        if letter == '"':
            quoted = not quoted
        elif letter in "<>" and not quoted:
            angled = letter == "<"
        if letter in ",;" and not quoted and not angled:
            found.append("".join(part))
            part = []
        else:
            part.append(letter)
    found.append("".join(part))
    return tuple(each for each in (one.strip() for one in found) if each)


def line_of(found: Iterable[str]) -> str:
    """Addresses as one line."""
    return ", ".join(found)
