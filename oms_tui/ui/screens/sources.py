"""Every connected system: how fresh, how many records, what went wrong, what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from oms_tui.ui.bar import age
from oms_tui.ui.keys import SOURCES
from oms_tui.ui.place import Place
from oms_tui.ui.rows import BLANK, Column, Part, Row, table, wrap
from oms_tui.ui.screens.lists import Framed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from oms_tui.store.shapes import SourceHealth
    from oms_tui.ui.questions import Status

_STATES = {
    "ok": Part("✓ ok", "good"),
    "stale": Part("! stale", "alarm"),
    "failed": Part("! failed", "alarm"),
    "paused": Part("- paused", "muted"),
    "never": Part("? not yet read", "warn"),
}
_COLUMNS = (
    Column(),
    Column(drop=2),
    Column(),
    Column(align="right"),
    Column(align="right"),
    Column(align="right", drop=1),
)


class SourcesScreen(Place):
    """The sources' health."""

    PLACE = SOURCES
    HERE = "go_sources"
    DEFAULT_CSS: ClassVar[str] = "SourcesScreen Framed { height: 1fr; }"

    def body(self) -> Iterable[Widget]:
        """One table."""
        self._lines = Framed("Sources", id="sources")
        yield self._lines

    def on_mount(self) -> None:
        """What is known already, at once."""
        super().on_mount()
        self._lines.focus()
        if self.desk.status is not None:
            self.show_status(self.desk.status)
        else:
            self._lines.say("asking the store how the sources do")

    def show_status(self, status: Status) -> None:
        """New counts or ages."""
        super().show_status(status)
        if not status.health:
            self._lines.say("no source is configured; `oms-tui init` connects one", "warn")
            return
        found = status.health
        self._lines.show(lambda width: health_rows(found, width), below=f"{len(found)}")

    def do_copy(self) -> None:
        """The first error there is, to send it to somebody who can help."""
        status = self.desk.status
        wrong = [each for each in status.health if each.error] if status else []
        if wrong:
            self.desk.copy(f"{wrong[0].source}: {wrong[0].error} {wrong[0].hint}".strip())
        else:
            self.desk.say("nothing is wrong with the sources")


def health_rows(found: Sequence[SourceHealth], width: int) -> list[Row]:
    """The table, and below each source in trouble what is wrong and what to do."""
    lines = [_heading()] + [_line(each) for each in found]
    drawn = table(_COLUMNS, lines, width)
    rows = [Row(drawn[0])]
    for each, parts in zip(found, drawn[1:], strict=True):
        rows.append(Row(parts))
        for words, level in ((each.error, "alarm"), (each.hint, "text")):
            rows += [Row((Part("    "), Part(line, level))) for line in (wrap(words, width - 4) if words else ())]
        if each.error or each.hint:
            rows.append(BLANK)
    return rows


def _heading() -> list[list[Part]]:
    words = ("source", "kind", "state", "last read", "records", "set aside")
    return [[Part(word, "muted")] for word in words]


def _line(each: SourceHealth) -> list[list[Part]]:
    state = _STATES.get(each.state, Part(each.state, "warn"))
    if each.total and each.done < each.total:
        state = Part(f"{each.done:,} of {each.total:,}", "info")
    read = f"{age(each.age_seconds)} ago" if each.age_seconds is not None else "never"
    aside = Part(f"{each.quarantined:,}" if each.quarantined else "", "warn")
    return [
        [Part(each.source, "strong")],
        [Part(each.kind, "muted")],
        [state],
        [Part(read, "alarm" if each.state in {"stale", "failed"} else "text")],
        [Part(f"{each.records:,}", "text")],
        [aside],
    ]
