"""Panel 1: what was ordered, what of it is there, and when the rest comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.ui.order.frame import amount
from oms_tui.ui.order.panel import Panel
from oms_tui.ui.rows import Column, Part, Row, cut, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.shapes import LineView, OrderView, StockView
    from oms_tui.ui.order.frame import Frame

_WIDE: Final = 50  # cells from which a line and its stock stand side by side


def stock_rows(view: OrderView, frame: Frame, width: int) -> list[Row]:
    """A row for each line of the order, and below it its stock by location where there is more than one."""
    if not view.lines:
        return [Row((Part("no lines are known of this order", "muted"),))]
    return _side_by_side(view, frame, width) if width >= _WIDE else _stacked(view, frame, width)


def _side_by_side(view: OrderView, frame: Frame, width: int) -> list[Row]:
    columns = (
        Column("right"),
        Column(least=12),
        Column(least=6, drop=2),
        Column("right"),
        Column(),
        Column(least=8),
    )
    currency = view.item.currency
    beside = any(len(line.stock) > 1 for line in view.lines)  # then the SKU stands with the locations, below
    coming = any(each.incoming > 0 for line in view.lines for each in line.stock)
    names = ("qty", "item", "" if beside else "sku", "each", "free", "incoming" if coming else "")
    head = [[Part(name, "faint")] if name else [] for name in names]
    lines: list[list[list[Part]]] = [head]
    keys: list[object] = [None]
    for line in view.lines:
        lines.append(
            [
                [Part(str(line.quantity), "strong")],
                [Part(line.title or line.sku or "?", "text")],
                [Part("" if beside else line.sku, "muted")] if line.title else [],
                [Part(amount(line.unit_price, currency, currency), "text")],
                _free(line),
                _incoming(line.stock, frame),
            ]
        )
        keys.append(("line", line.position))
    rows: list[Row] = []
    for key, each, parts in zip(keys, (None, *view.lines), table(columns, lines, width), strict=True):
        rows.append(Row(parts, key=key))
        if each is not None:
            sku = [Part(each.sku, "muted"), Part("  ")] if beside and each.title and each.sku else []
            rows += [
                Row(cut([Part("     "), *sku, *place], width))
                for place in _places(each, frame) or ([[]] if sku else [])
            ]
    return rows


def _stacked(view: OrderView, frame: Frame, width: int) -> list[Row]:
    columns = (Column("right"), Column(least=8), Column("right"))
    currency = view.item.currency
    lines = [
        [
            [Part(str(line.quantity), "strong")],
            [Part(line.title or line.sku or "?", "text")],
            [Part(amount(line.unit_price, currency, currency), "text")],
        ]
        for line in view.lines
    ]
    rows: list[Row] = []
    for line, parts in zip(view.lines, table(columns, lines, width), strict=True):
        rows.append(Row(parts, key=("line", line.position)))
        stock = [Part("   "), *_free(line), Part("  "), *_incoming(line.stock, frame)]
        if line.title and line.sku:
            stock += [Part(f"  {line.sku}", "muted")]
        rows.append(Row(cut(stock, width)))
        rows += [Row(cut([Part("   "), *place], width)) for place in _places(line, frame)]
    return rows


def _free(line: LineView) -> list[Part]:
    """What can be promised of what lies there, and what is missing for this order."""
    if not line.stock:
        left = line.quantity - line.fulfilled
        if line.short:
            return [Part(f"short {line.short}", "alarm", bold=True)]
        return [Part("shipped", "muted")] if left <= 0 else [Part("stock not known", "muted")]
    free = sum(each.available for each in line.stock)
    on_hand = sum(each.on_hand for each in line.stock)
    if line.short:
        return [Part(f"short {line.short}", "alarm", bold=True), Part(f" of {line.quantity}", "muted")]
    level = "good" if free > 0 else "warn"
    return [Part(str(free), level, bold=True), Part(f" of {on_hand}", "muted")]


def _incoming(stock: Sequence[StockView], frame: Frame) -> list[Part]:
    coming = [each for each in stock if each.incoming > 0]
    if not coming:
        return []
    units = sum(each.incoming for each in coming)
    dates = [each.expected_at for each in coming if each.expected_at is not None]
    when = f" {frame.day(min(dates))}" if dates else ", no date"
    return [Part(f"+{units}", "info"), Part(when, "muted" if dates else "warn")]


def _places(line: LineView, frame: Frame) -> list[list[Part]]:
    """Stock by location, where the sum above would hide something."""
    if len(line.stock) < 2:  # noqa: PLR2004 - one location is the sum itself
        return []
    parts: list[Part] = []
    for each in line.stock:
        if parts:
            parts.append(Part(" · ", "faint"))
        parts.append(Part(f"{each.location} ", "muted"))
        parts.append(Part(str(each.available), "text" if each.available > 0 else "faint"))
        if each.on_hand != each.available:
            parts.append(Part(f"/{each.on_hand}", "faint"))
        if each.incoming and sum(1 for other in line.stock if other.incoming) > 1:
            parts.append(Part(f" +{each.incoming}", "info"))
            if each.expected_at is not None:
                parts.append(Part(f" {frame.day(each.expected_at)}", "muted"))
    return [parts]


class StockPanel(Panel):
    """The lines of the order with their stock."""

    NUMBER: ClassVar[int] = 1
    TITLE: ClassVar[str] = "Lines and stock"

    def lay_out(self, view: OrderView, width: int) -> Sequence[Row]:
        """The rows of ``stock_rows``."""
        return stock_rows(view, self.frame, width)

    def title(self) -> Sequence[Part]:
        """What is missing, where something is."""
        short = sum(line.short for line in self.view.lines) if self.view else 0
        return (Part(f"  short {short}", "alarm", bold=True),) if short else ()

    def records(self, view: OrderView) -> list[tuple[str, int | None]]:
        """Every stock figure; without any, the order itself."""
        found: list[tuple[str, int | None]] = [
            (each.source, each.synced_at) for line in view.lines for each in line.stock
        ]
        return found or [(view.item.source, view.synced_at)]
