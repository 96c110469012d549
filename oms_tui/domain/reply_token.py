"""A reply address that names its order and cannot be made up: ``support+o3k9w…-abcdefghijklmnop@shop.example``.

The order is in the token for all to see; the signature (HMAC-SHA256, 80 bits of it) says that this desk wrote it. Local
parts may change their case on the way and hold at most 64 characters, hence base 36 and base 32 in small letters.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

_TOKEN: Final = re.compile(r"o([0-9a-z]{1,13})-([a-z2-7]{16})", re.ASCII)
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_MAC_BYTES: Final = 10


class Tokens(NamedTuple):
    """The orders that valid tokens name, and how many tokens were not ours."""

    orders: tuple[int, ...]
    forged: int


def sign(key: bytes, order: int) -> str:
    """The token for an order: what goes between ``+`` and ``@``. ``order`` is its id in the store, at most 63 bits.

    Raises:
        ValueError: ``order`` is no such id.
    """
    if not 0 <= order < 1 << 63:
        raise ValueError(f"{order} is not the id of an order")
    name = _base36(order)
    return f"o{name}-{_mac(key, name)}"


def word(order: int) -> str:
    """What names the order in its token, before the signature: to search by, it proves nothing."""
    return f"o{_base36(order)}"


def address(key: bytes, order: int, mailbox: str) -> str:
    """``mailbox`` with the order's token in it."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{sign(key, order)}@{domain}"


def read(key: bytes, addresses: Iterable[str], mailboxes: AbstractSet[str] = frozenset()) -> Tokens:
    """The orders that the tokens in ``addresses`` name.

    A token with a wrong signature is only counted, and so is anything else with a digit in it behind the ``+`` of one
    of our ``mailboxes`` (lower case): somebody guesses. A plain word there (``support+news@``) is the owner's affair.
    """
    orders: dict[int, None] = {}
    forged: set[str] = set()
    for text in addresses:
        local, _, domain = text[:320].lower().rpartition("@")
        mailbox, plus, tag = local.partition("+")
        found = _TOKEN.fullmatch(tag)
        if found and hmac.compare_digest(_mac(key, found[1]), found[2]):
            orders[int(found[1], 36)] = None
        elif found or (plus and f"{mailbox}@{domain}" in mailboxes and any(map(str.isdigit, tag))):
            forged.add(tag)
    return Tokens(tuple(orders), len(forged))


def _mac(key: bytes, name: str) -> str:
    digest = hmac.digest(key, b"oms-tui reply " + name.encode(), "sha256")
    return b32encode(digest[:_MAC_BYTES]).decode().lower()


def _base36(number: int) -> str:
    text = ""
    while True:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
        if not number:
            return text
