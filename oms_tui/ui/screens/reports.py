"""What the desk learns about itself: reports at the left, the figures of one and how they are made beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.ui.keys import REPORTS
from oms_tui.ui.place import Place
from oms_tui.ui.questions import Question
from oms_tui.ui.report_rows import figure_rows, list_rows
from oms_tui.ui.screens.lists import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.widget import Widget

    from oms_tui.store.reads.reports.shape import Report, ReportKind
    from oms_tui.store.session import Session
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.messages import Answer

_WEEKS: Final = (1, 2, 4, 8, 13, 26, 52)
_USUAL: Final = 8


def kinds(session: Session) -> Sequence[ReportKind]:
    """The reports there are. ``session`` is the reader's; they are the same for everybody."""
    from oms_tui.store.reads.reports.catalogue import REPORTS as FOUND

    del session
    return tuple(FOUND.values())


def made(session: Session, name: str, weeks: int, by: str) -> Report:
    """One report."""
    from oms_tui.store.reads.reports.catalogue import make

    return make(session, name, weeks=weeks, by=by)


class ReportsScreen(Place):
    """The list of reports, and one of them."""

    PLACE = REPORTS
    HERE = "go_reports"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    DEFAULT_CSS: ClassVar[str] = """
    ReportsScreen #reports { width: 34; height: 1fr; }
    ReportsScreen #figures { height: 1fr; }
    ReportsScreen.-narrow #split { layout: vertical; }
    ReportsScreen.-narrow #reports { width: 1fr; height: 10; }
    ReportsScreen.-narrow.-reading #reports { display: none; }
    """

    def body(self) -> Iterable[Widget]:
        """The list, and the figures."""
        from textual.containers import Horizontal

        self._list = Chosen("Reports", id="reports")
        self._figures = Chosen("Figures", id="figures")
        self._kinds: Sequence[ReportKind] = ()
        self._report: Report | None = None
        self._wanted: tuple[str, int, str] | None = None
        self._weeks = _USUAL
        self._by: dict[str, str] = {}
        with Horizontal(id="split"):
            yield self._list
            yield self._figures

    def on_mount(self) -> None:
        """Read which there are."""
        super().on_mount()
        self._list.focus()
        self._list.say("reading")
        self.desk.reader.ask("kinds", self, kinds)

    def on_screen_resume(self) -> None:
        """The figures may be old."""
        super().on_screen_resume()
        self._wanted = None
        self._ask()

    @property
    def _kind(self) -> ReportKind | None:
        return next((each for each in self._kinds if each.name == self._list.cursor_key), None)

    def _ask(self) -> None:
        """Have the chosen report made, unless it is shown or being made."""
        kind = self._kind
        if kind is None:
            return
        wanted = (kind.name, self._weeks, self._by.get(kind.name, ""))
        if wanted == self._wanted:
            return
        if self._wanted is None or self._wanted[0] != kind.name:
            self._report = None
            self._figures.border_title = kind.title
            self._figures.say("adding up")
        self._wanted = wanted
        self.desk.reader.ask("report", self, made, *wanted)
        self.show_keys()

    def on_answer(self, event: Answer) -> None:
        """What the reader found."""
        if event.error:
            (self._list if event.slot == "kinds" else self._figures).say(event.error, "alarm")
        elif event.slot == "kinds":
            self._kinds = event.value
            self._list.show(lambda width: list_rows(self._kinds, width), below=f"{len(self._kinds)}")
            self._ask()
        elif event.slot == "report" and self._kind is not None and event.value.kind.name == self._kind.name:
            self._show(event.value)

    def _show(self, report: Report) -> None:
        self._report = report
        self._figures.border_title = report.kind.title
        weeks = "this week" if report.weeks == 1 else f"{report.weeks} weeks"
        below = f"{weeks} · by {report.by}" if report.by else weeks
        self._figures.show(partial(figure_rows, report), below=below, top=True)
        self.show_keys()

    def on_chosen_moved(self, event: Chosen.Moved) -> None:
        """Another report."""
        if event.view is self._list:
            self._ask()

    def on_descendant_focus(self) -> None:
        """Where there is little room, the figures that are read have all of it; the footer says what enter does."""
        self.set_class(self._figures.has_focus, "-reading")
        self.show_keys()

    # ---- commands

    def titles(self) -> Mapping[str, str]:
        """The next way to group it, and what enter does."""
        by = self._next_by()
        return {"report_by": f"by {by}" if by else "by…", "open": "its orders" if self._figures.has_focus else "open"}

    def refusals(self) -> dict[str, str]:
        """What has one way only cannot be grouped by another."""
        return {} if self._next_by() else {"report_by": "this report is grouped one way only"}

    def _next_by(self) -> str:
        kind, report = self._kind, self._report
        if kind is None or len(kind.by) < 2:  # noqa: PLR2004 - two ways make a choice
            return ""
        now = report.by if report is not None and report.by in kind.by else kind.by[0]
        return kind.by[(kind.by.index(now) + 1) % len(kind.by)]

    def do_report_by(self) -> None:
        """Group it by something else."""
        kind, by = self._kind, self._next_by()
        if kind is None or not by:
            self.desk.say("this report is grouped one way only")
            return
        self._by[kind.name] = by
        self._ask()

    def do_report_more(self) -> None:
        """More weeks."""
        self._stretch(1)

    def do_report_less(self) -> None:
        """Fewer weeks."""
        self._stretch(-1)

    def _stretch(self, step: int) -> None:
        at = _WEEKS.index(self._weeks) + step
        if not 0 <= at < len(_WEEKS):
            self.desk.say("a year is the most" if step > 0 else "a week is the least")
            return
        self._weeks = _WEEKS[at]
        self._ask()

    def do_report_save(self) -> None:
        """Write it as a table for a spreadsheet."""
        if self._report is None:
            self.desk.say("it is not there yet")
            return
        from oms_tui.store.reads.reports.export import save

        folder = self.desk.config.folders.data / "reports"
        try:
            path = save(self._report, folder, self.desk.session.now())
        except OSError as error:
            self.desk.say(f"{folder} cannot be written: {error.strerror}", "error")
            return
        self.desk.say(f"saved: {path}")

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter: into the figures; there, the orders behind a row."""
        event.stop()
        if event.view is self._list:
            self._figures.focus()
        elif self._report is not None and isinstance(event.key, int):
            self._go_to_orders(self._report, event.key)

    def _go_to_orders(self, report: Report, at: int) -> None:
        from oms_tui.ui.report_rows import query_behind, title_of, words_behind

        row = report.rows[at]
        query = query_behind(report.kind, row)
        if query:
            self.desk.show_list(Question(query, "priority", words_behind(report.kind, row)))
        else:
            self.desk.say(f"{title_of(report.kind, row)}: no list of orders lies behind this row")

    def do_open(self) -> None:
        """The same where the list did not take the key."""
        self._figures.focus()

    def do_back(self) -> None:
        """Back to the list, then to the desk."""
        if self._figures.has_focus:
            self.remove_class("-reading")  # what is not shown cannot have the focus
            self._list.focus()
        else:
            self.desk.do_go_queue()

    def do_copy(self) -> None:
        """The command that prints the same."""
        if self._wanted is not None:
            name, weeks, by = self._wanted
            self.desk.copy(f"oms-tui report {name} --weeks {weeks}" + (f" --by {by}" if by else ""))
