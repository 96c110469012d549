"""Amounts of money as people type them."""

from __future__ import annotations

import re
from typing import Final

from oms_tui.actions.base import Refused
from oms_tui.domain.money import minor_digits, money_text

_AMOUNT: Final = re.compile(r"\d{1,12}(?:[.,]\d{1,4})?", re.ASCII)


def read_amount(text: str, currency: str, field: str = "amount") -> int:
    """Minor units of ``currency``: ``4.90``, ``4,9``, ``EUR 12``.

    Raises:
        Refused: it is no amount, is nothing, or has more decimals than the currency; code ``usage``.
    """
    from decimal import Decimal

    plain = text.upper().replace(currency.upper(), "").strip(" \u00a0€$£¥")
    if not _AMOUNT.fullmatch(plain):
        raise Refused(f"{text!r} is no amount", code="usage", field=field, hint="write it as 12.50")
    amount = Decimal(plain.replace(",", ".")).scaleb(minor_digits(currency))
    if amount != int(amount) or not amount:
        raise Refused(f"{text!r} is no amount of {currency.upper()}", code="usage", field=field)
    return int(amount)


def amount_of(text: str, rest: int, currency: str, language: str, *, done: str, of: str) -> int:
    """Minor units asked for: all of ``rest`` where nothing or ``all`` is said, never more.

    Args:
        text: as typed.
        rest: what is left, minor units.
        currency: of both.
        language: of the words.
        done: what cannot be done with more, such as "paid back".
        of: what it is taken from, such as "this payment".

    Raises:
        Refused: it is no amount, or more than is left.
    """
    amount = rest if text in {"", "all"} else read_amount(text, currency)
    if not 0 < amount <= rest:
        raise Refused(
            f"{money_text(amount, currency, language)} cannot be {done}",
            field="amount",
            hint=f"at most {money_text(rest, currency, language)} is left of {of}",
        )
    return amount
