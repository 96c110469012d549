"""Addresses out of From, To, Cc and their like: one pass over the text, whatever is in it.

The standard library's parser recurses on nested comments (python/cpython#103800) and changed its mind on what is an
address between patch releases; mail decides whom we answer, so the rules are here and in the tests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connectors.records import MailAddress

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ADDRESSES = 500
_MAX_LENGTH = 320  # RFC 5321: 64 + 1 + 255

# The two forms nearly all mail has: "Name" <address>, and the bare address.
_ATOMS = r'[^\s<>"(),:;\\@\[\]]+'
_SIMPLE = re.compile(rf'(?:"([^"\\]*)" {{0,2}}|([^"<>(),:;\\@\[\]]*))<({_ATOMS}@{_ATOMS})>\Z')
_BARE = re.compile(rf"{_ATOMS}@{_ATOMS}\Z")
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|[()<>,:;\\]|[^"()<>,:;\\]+', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_USUAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\Z")
_SEPARATORS = frozenset("<>,;")
_BAD_IN_ADDRESS = re.compile("[\\s\\x00-\\x20\\x7f-\\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd]+")


def addresses(value: str, decode: Callable[[str], str]) -> tuple[MailAddress, ...]:
    """The addresses in a header's unfolded ``value``; ``decode`` turns encoded words in a display name into text.

    The structure is read before names are decoded, so an encoded comma or angle bracket cannot add a recipient. Of a
    group the members are given, its name is not.
    """
    if match := _SIMPLE.match(value):
        quoted, plain, address = match.groups()
        return (MailAddress(decode(quoted if quoted is not None else plain.strip()), clean_address(address)),)
    if match := _BARE.match(value):
        return (MailAddress("", clean_address(match[0])),)
    return _Scan(decode).run(value)


def clean_address(address: str) -> str:
    """``address`` without blanks, controls and invisible characters, the domain in lower case; "" if it is none."""
    if len(address) <= _MAX_LENGTH and _USUAL.match(address):
        local, _, domain = address.partition("@")
        return f"{local}@{domain.lower()}"
    bare = _BAD_IN_ADDRESS.sub("", address).strip("<>,;:")
    local, at, domain = bare.rpartition("@")
    quoted = local.startswith('"')
    if not at or not local or not domain or len(bare) > _MAX_LENGTH or ("@" in local and not quoted):
        return ""
    if not _SEPARATORS.isdisjoint(bare):  # whoever reads it again would see two addresses
        return ""
    return f"{local}@{domain.lower()}"


class _Scan:
    """One address at a time: the words before ``<``, what is inside, and comments by their depth."""

    def __init__(self, decode: Callable[[str], str]) -> None:
        self._decode = decode
        self._found: list[MailAddress] = []
        self._phrase: list[str] = []
        self._comment: list[str] = []
        self._angle: list[str] | None = None
        self._closed: str | None = None
        self._depth = 0

    def run(self, value: str) -> tuple[MailAddress, ...]:
        for match in _PIECE.finditer(value):
            if len(self._found) >= MAX_ADDRESSES:
                break
            self._take(match[0])
        self._flush()
        return tuple(self._found)

    def _take(self, piece: str) -> None:
        if piece in {"(", ")"} or self._depth:
            self._take_comment(piece)
        elif piece == "<":
            self._angle = []
        elif piece == ">":
            self._closed = "".join(self._angle) if self._angle is not None else self._closed
            self._angle = None
        elif self._angle is not None:
            self._angle.append(piece)
        elif piece in {",", ";"}:
            self._flush()
        elif piece == ":":
            self._phrase.clear()  # the name of a group
        elif piece != "\\":
            self._phrase.append(piece)

    def _take_comment(self, piece: str) -> None:
        if piece == "(":
            self._depth += 1
        elif piece == ")":
            self._depth = max(0, self._depth - 1)
        else:
            self._comment.append(piece)

    def _flush(self) -> None:
        words = "".join(_unquoted(piece) for piece in self._phrase).strip()
        inside = self._closed if self._closed is not None else "".join(self._angle or ())
        if inside:  # a source route (<@a,@b:c@d>) counts for its last address only
            name, address = words, clean_address(inside.rpartition(":")[2])
        else:
            quoted = "".join(self._phrase).strip()
            name, address = "".join(self._comment).strip(), clean_address(quoted if quoted.startswith('"') else words)
            if not address:
                name = words
        if address or name:
            self._found.append(MailAddress(self._decode(name), address))
        self._phrase.clear()
        self._comment.clear()
        self._angle = self._closed = None


def _unquoted(piece: str) -> str:
    return _ESCAPED.sub(r"\1", piece.strip('"')) if piece.startswith('"') else piece
