"""The floor of the desk's start: a bare Textual app with header, footer and a table of 40 rows. Run as a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.widgets import DataTable, Footer, Header

if TYPE_CHECKING:
    from textual.app import ComposeResult


class Bare(App[None]):
    """What anybody would start with."""

    def compose(self) -> ComposeResult:
        yield Header()
        yield DataTable(cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("number", "customer", "stage", "total", "due", "flags")
        for row in range(40):
            table.add_row(f"#{10000 + row}", "Jan Kowal", "in transit", "79.00", "10:42", "late 2d")


if __name__ == "__main__":
    Bare().run()
