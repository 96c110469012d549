"""A file of any size is read in bounded memory, and a page of it costs what a page costs."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import psutil

from connectors.records import Ref

if TYPE_CHECKING:
    from conftest import NOW, Folder
else:
    from datetime import UTC, datetime

    NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

ORDERS = 40_000


def test_forty_thousand_orders_with_lines_in_another_file_leave_the_memory_as_it_was(folder: Folder) -> None:
    with (folder.path / "orders.csv").open("w") as orders, (folder.path / "order_lines.csv").open("w") as lines:
        orders.write("order id,number,date,total,email,ship name,ship street,ship city\n")
        lines.write("order id,sku,qty,price\n")
        for number in range(ORDERS):
            orders.write(
                f"i{number},{number},2026-01-05T10:00:00Z,39.50,c{number}@x.example,Jan Kowal,Lindenweg 4,Berlin\n"
            )
            lines.write(f"i{number},LAMP-{number % 100},1,39.50\n")
    source = folder.source()
    pages = source.changed("orders", None, until=NOW)
    for _ in range(3):
        next(pages)
    gc.collect()
    before = psutil.Process().memory_info().rss
    seen = with_lines = 0
    for page in pages:
        seen += len(page.records)
        with_lines += sum(len(order.lines) for order in page.records)
    gc.collect()
    grown = psutil.Process().memory_info().rss - before
    assert (seen, with_lines) == (ORDERS, ORDERS)
    assert grown < 25_000_000, f"{grown:,} bytes more"
    assert [order.number for order in source.fetch([Ref("order", f"i{ORDERS - 7}")]).records] == [str(ORDERS - 7)]
