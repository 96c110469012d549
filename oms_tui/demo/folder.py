"""The demo's folder: made once, opened ever after."""

from __future__ import annotations

import os
from importlib import resources
from typing import TYPE_CHECKING, Final

from oms_tui.demo.settings import MARK, config_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from oms_tui.demo.life import Order

_CONFIG: Final = "config.toml"
_HALF: Final = ".making"  # a folder of a demo that was not finished
_EVERY: Final = 1000  # orders between two words on how far it is


class NotADemoError(Exception):
    """The folder holds something else; the argument is words for a person."""


def make(
    folder: Path, *, orders: int = 400, now: datetime, seed: int = 1, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Make a demo in ``folder``, or open the one that is there.

    Args:
        folder: where; made if it is not there.
        orders: how many there are to be; ignored where a demo is there already.
        now: the moment to which everything is relative; aware.
        seed: another one gives another shop.
        progress: told every thousand orders: how many are made, and of how many.

    Returns:
        the path of its config.

    Raises:
        NotADemoError: the folder holds something that is no demo; nothing was touched.
        OSError: it cannot be written.
        ValueError: ``orders`` is less than one.
    """
    if orders < 1:
        raise ValueError(f"a demo has at least one order, not {orders}")
    config = folder / _CONFIG
    if config.is_file() and _is_demo(config):
        return config
    half = folder / _HALF
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not half.exists())):
        raise NotADemoError(f"{folder} holds something that is no demo: name another folder with --dir, or empty it")
    folder.mkdir(parents=True, exist_ok=True)
    half.write_text(f"{MARK} that is being made\n", encoding="utf-8")
    _fill(folder, orders, now, seed, progress)
    written = folder / f"{_CONFIG}.new"
    written.write_text(config_text(now), encoding="utf-8")
    written.replace(config)  # with its config a demo is whole
    half.unlink()
    return config


def _is_demo(config: Path) -> bool:
    with config.open("rb") as file:
        return file.read(len(MARK)) == MARK.encode()


def _fill(folder: Path, count: int, now: datetime, seed: int, progress: Callable[[int, int], None] | None) -> None:
    from oms_tui.demo.correspondence import write_about
    from oms_tui.demo.mailboxes import Mailboxes
    from oms_tui.demo.planted import planted
    from oms_tui.demo.shop import Shop
    from oms_tui.demo.strays import write_strays
    from oms_tui.demo.tables import Tables

    shop = Shop(count, now, seed)
    shop.planted = planted(shop)
    boxes = Mailboxes(folder / "mail")
    remembered: dict[str, Order] = {}
    with Tables(folder, now) as tables:
        for order in shop.orders():
            tables.order(order)
            write_about(order, boxes, now, seed)
            _remember(order, remembered, now)
            if progress and (order.index + 1) % _EVERY == 0:
                progress(order.index + 1, count)
        tables.stock(shop.demand)
    write_strays(boxes, now, remembered, seed)
    _shipped(folder, "macros", ".md")
    _shipped(folder, "views", ".toml")
    _age(folder, now)
    if progress:
        progress(count, count)


def _remember(order: Order, remembered: dict[str, Order], now: datetime) -> None:
    """Keep the orders that other mails speak of."""
    from oms_tui.demo.planted import HOTEL, MARIA, PAULA

    if order.customer.email == HOTEL.email:
        remembered["hotel2" if "hotel" in remembered else "hotel"] = order
    elif order.customer.email == MARIA.email:
        remembered["maria"] = order
    elif order.customer.email == PAULA.email:
        remembered["bounced"] = order
    elif (now - order.placed_at).days < 6 and not order.customer.company and order.address.country == "DE":
        remembered.setdefault("other", order)


def _shipped(folder: Path, part: str, suffix: str) -> None:
    """The texts that come with the demo: replies, and the desk's shared views."""
    there = folder / part
    there.mkdir(parents=True, exist_ok=True)
    for text in resources.files("oms_tui.demo").joinpath(part).iterdir():
        if text.name.endswith(suffix):
            (there / text.name).write_text(text.read_text(encoding="utf-8"), encoding="utf-8")


def _age(folder: Path, now: datetime) -> None:
    """The exports are from a moment ago: whoever reads them need not wait whether they still grow."""
    at = now.timestamp() - 60
    for part in ("shop", "depot", "parcels", "books"):
        for path in (folder / part).iterdir():
            os.utime(path, (at, at))
