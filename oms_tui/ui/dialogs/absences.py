"""Who works here and who is away: a key says from when and until when, and who stands in; another that one is back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.binding import Binding, BindingType

from oms_tui.actions.base import WHEN_EXAMPLES, Field
from oms_tui.ui.dialogs.rows_dialog import RowsDialog
from oms_tui.ui.order.frame import Frame
from oms_tui.ui.rows import BLANK, Part, Row, cut, flow, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from oms_tui.actions.base import Outcome
    from oms_tui.store.absences import AbsenceView
    from oms_tui.store.session import Session
    from oms_tui.ui.app import DeskApp
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.messages import Answer

_LEAD: Final = "    "


@dataclass(frozen=True)
class AwayForm:
    """What is asked of somebody who will be away, for the form that asks actions' fields."""

    title: str = "Away"
    help: str = "What is theirs goes to who stands in, until they are back."
    destructive: bool = False
    fields: tuple[Field, ...] = (
        Field("until", "Back", "when", required=True, help=f"when they are back; {WHEN_EXAMPLES}"),
        Field("start", "From", "when", help="from when on they are away; nothing: from now"),
        Field("deputy", "Stands in", "agent", help="who attends to what is theirs; none: whom the config names"),
        Field("note", "Why", help="for colleagues"),
    )


def here_or_away(session: Session) -> tuple[AbsenceView, ...]:
    """The absences, by the same read as ``oms-tui absent``."""
    from oms_tui.store.absences import absences

    return absences(session.store.desk, session.policy, session.now())


def say_away(session: Session, agent: str, said: Mapping[str, str]) -> Outcome:
    """Write an absence, and let the queue show it.

    Raises:
        Refused: as ``set_away``.
    """
    from oms_tui.actions.absences import set_away
    from oms_tui.actions.run import settle

    outcome = set_away(session, agent, **said)
    settle(session)
    return outcome


def say_back(session: Session, agent: str) -> Outcome:
    """End an absence before its day.

    Raises:
        Refused: as ``set_back``.
    """
    from oms_tui.actions.absences import set_back
    from oms_tui.actions.run import settle

    outcome = set_back(session, agent)
    settle(session)
    return outcome


class AbsencesDialog(RowsDialog):
    """Everybody who works here. The answers of the reader come to it.

    Args:
        session: who looks; their own row is the first.
    """

    WIDTH: ClassVar[int] = 92
    TITLE_WORDS: ClassVar[str] = "Who is away"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "away", "Say that somebody is away", id="absent.away", show=False),
        Binding("b", "back", "Say that they are back", id="absent.back", show=False),
    ]

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: tuple[AbsenceView, ...] | None = None
        super().__init__()

    @property
    def _desk(self) -> DeskApp:
        return cast("DeskApp", self.app)

    def on_mount(self) -> None:
        """Read who is away."""
        self._ask()

    def _ask(self) -> None:
        self._desk.reader.ask("absences", self, here_or_away)

    def on_answer(self, event: Answer) -> None:
        """Who is away; or what became of what was said."""
        if event.error:
            self._desk.say(event.error, "error")
        elif event.slot == "absences":
            self._found = event.value
            self._fit()
            self.lines.reload()
        else:
            outcome: Outcome = event.value
            undo = self._desk.keys.shown("undo")
            words = f"{outcome.summary}; {undo} takes it back" if undo and outcome.undo_id else outcome.summary
            warning = outcome.warning
            self._desk.say(f"{words}; {warning}" if warning else words, "warning" if warning else "information")
            self._ask()

    # ---- what is shown

    def rows(self, width: int) -> Sequence[Row]:
        """A row for each agent, and below it the absences that are not over."""
        if self._found is None:
            return [Row((Part("reading who is away", "muted"),))]
        frame = Frame(self._session.now(), self._session.policy.zone)
        rows: list[Row] = []
        for agent in self._agents():
            rows += self._agent_rows(agent, self._found, frame, width)
        return [*rows, BLANK, *_hints(width)]

    def _agents(self) -> list[str]:
        own = self._session.agent.id
        return [own, *(each for each in self._session.agents if each != own)]

    def _agent_rows(self, agent: str, found: Sequence[AbsenceView], frame: Frame, width: int) -> Iterator[Row]:
        facts = self._session.agents.get(agent, self._session.agent)
        theirs = [each for each in found if each.agent == agent]
        away = any(each.away for each in theirs)
        state = Part("  away", "warn") if away else Part("  here", "good")
        usual = self._session.agents.get(facts.deputy)
        deputy = f"  deputy {usual.shown}" if usual is not None else "  no deputy"
        parts = [Part(facts.shown, "strong"), Part(f"  {str(facts.role).replace('_', ' ')}", "muted"), state]
        yield Row(cut([*parts, Part(deputy, "muted")], width), key=agent)
        for each in theirs:
            yield from self._absence_rows(each, frame, width)

    def _absence_rows(self, each: AbsenceView, frame: Frame, width: int) -> Iterator[Row]:
        acting = self._session.agents.get(each.stand_in)
        who = f"{acting.shown} stands in" if acting is not None else "nobody stands in"
        span = f"back {frame.exact(each.until)}"
        words = f"{span}; {who}" if each.away else f"from {frame.exact(each.start)}, {span}; {who}"
        said = "; ".join(filter(None, (words, each.note, "as the config says" if each.source == "config" else "")))
        level = "text" if acting is not None else "alarm"
        for line in wrap(said, width - len(_LEAD)):
            yield Row((Part(_LEAD), Part(line, level)))

    # ---- keys

    @property
    def _chosen(self) -> str:
        return str(self.lines.cursor_key or self._session.agent.id)

    def action_away(self) -> None:
        """Ask from when, until when, and who stands in."""
        from oms_tui.actions.absences import may_say
        from oms_tui.domain.refused import Refused
        from oms_tui.ui.dialogs.action_form import ActionForm

        agent = self._chosen
        try:
            may_say(self._session, agent)
        except Refused as refused:
            self._desk.say(refused.message, "warning")
            return
        about = self._session.agents.get(agent, self._session.agent).shown
        form = ActionForm(AwayForm(), self._session, about)
        self._desk.push_screen(form, partial(self._said, agent))

    def _said(self, agent: str, values: dict[str, str] | None) -> None:
        if values is not None:
            self._desk.reader.call(say_away, agent, values, to=self, slot="said")

    def action_back(self) -> None:
        """They are back before the day."""
        self._desk.reader.call(say_back, self._chosen, to=self, slot="said")

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter: the same as the key for away."""
        event.stop()
        self.action_away()


def _hints(width: int) -> Iterator[Row]:
    keys = (("a", "away: from, until, who stands in"), ("b", "back before the day"))
    for line in flow([[Part(key, "accent", bold=True), Part(f" {words}", "muted")] for key, words in keys], width):
        yield Row(line)
