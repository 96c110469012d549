"""What somebody here is to know of: escalations, notes with their name; each until it is seen to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.domain.rules import rule_of
from oms_tui.ui.keys import NOTICES
from oms_tui.ui.queue.row import numbered
from oms_tui.ui.rows import Part, Row, spread, wrap
from oms_tui.ui.screens.listing import Listing
from oms_tui.ui.screens.lists import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.widget import Widget

    from oms_tui.store.reads.agent_notices import NoticeView
    from oms_tui.store.session import Session
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.messages import Answer, Changed
    from oms_tui.ui.order.frame import Frame

_LEVELS: Final = {"escalation": "alarm", "mention": "info"}
_KINDS: Final = frozenset({"notice", "rule", "order", "everything"})


def listed(session: Session, *, done: bool) -> tuple[NoticeView, ...]:
    """An agent's notices."""
    from oms_tui.store.reads.agent_notices import notices_for

    return notices_for(session, done=done)


def seen_to(session: Session, notice: str, *, again: bool) -> str:
    """See to a notice, or open it ``again``; returns what was done, in words."""
    from oms_tui.store.writes.agent_notices import done, reopen

    if again:
        return "it is open again" if reopen(session, [notice]) else "it is open already"
    return "seen to" if done(session, [notice]) else "somebody has seen to it already"


class NoticesScreen(Listing):
    """One list: the open ones, or those that were seen to."""

    PLACE = NOTICES
    HERE = "go_notices"
    DEFAULT_CSS: ClassVar[str] = "NoticesScreen Chosen { height: 1fr; }"

    def body(self) -> Iterable[Widget]:
        """The list."""
        self._lines = Chosen("Notices", id="notices")
        self._found: tuple[NoticeView, ...] = ()
        self._old = False
        yield self._lines

    def on_mount(self) -> None:
        """Read it."""
        super().on_mount()
        self._lines.focus()
        self._lines.say("reading the notices")
        self._ask()

    def _ask(self) -> None:
        self.desk.reader.ask("list", self, listed, done=self._old)

    def store_changed(self, changed: Changed) -> None:
        """Somebody was told of something, or has seen to it."""
        if changed.kinds() & _KINDS:
            self._ask()

    def on_answer(self, event: Answer) -> None:
        """What the reader found."""
        if event.error:
            self._say_failed(event, self._lines, empty=not self._found)
        elif event.slot == "list":
            self._show(event.value)
        else:
            self.desk.say(event.value)
            self._ask()

    def _show(self, found: tuple[NoticeView, ...]) -> None:
        self._found = found
        self._lines.border_title = "Notices seen to" if self._old else "Notices"
        if not found:
            self._lines.say(
                "none was seen to yet" if self._old else "nothing to know of: no escalation, and no note for you",
                "muted",
            )
        else:
            frame = self._now()
            names = {agent.id: agent.shown for agent in self.desk.session.agents.values()}
            self._lines.show(lambda width: notice_rows(found, frame, names, width), below=f"{len(found)}")
        self.show_keys()

    def on_chosen_moved(self) -> None:
        """Other keys may mean something."""
        self.show_keys()

    @property
    def _current(self) -> NoticeView | None:
        return next((notice for notice in self._found if notice.id == self._lines.cursor_key), None)

    # ---- commands

    def refusals(self) -> dict[str, str]:
        """Without a notice there is nothing to see to."""
        return {} if self._current is not None else dict.fromkeys(("notice_done", "open"), "nothing is chosen")

    def titles(self) -> dict[str, str]:
        """What the keys do on the list that is shown."""
        return {"notice_done": "open again", "notice_all": "open ones"} if self._old else {}

    def do_notice_done(self) -> None:
        """It is seen to, or open again."""
        if (notice := self._current) is None:
            self.desk.say("nothing is chosen")
        else:
            self.desk.reader.call(seen_to, notice.id, again=self._old, to=self, slot="done")

    def do_notice_all(self) -> None:
        """The other list."""
        self._old = not self._old
        self._ask()

    def do_open(self) -> None:
        """To its order."""
        notice = self._current
        if notice is not None and notice.remote_id:
            self.desk.show_number(notice.source, notice.remote_id)
        elif notice is not None:
            self.desk.say("it is about no order")

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter: to its order."""
        event.stop()
        self.do_open()

    def do_back(self) -> None:
        """To the desk."""
        self.desk.do_go_queue()

    def do_copy(self) -> None:
        """What it says."""
        if (notice := self._current) is not None:
            self.desk.copy(f"{notice.number} {notice.words}".strip())


def notice_rows(found: Sequence[NoticeView], frame: Frame, names: Mapping[str, str], width: int) -> list[Row]:
    """A head for each notice: its kind, order and age; then what it says, and who has seen to it."""
    rows = []
    for notice in found:
        level = _LEVELS.get(notice.kind, "text") if notice.done_at is None else "muted"
        mark = "! " if level == "alarm" else "  "
        left = [Part(f"{mark}{notice.kind.replace('_', ' ')}", level)]
        if notice.number:
            left.append(Part(f"  {numbered(notice.number)}", "strong"))
        rule = rule_of(notice.sender)
        left.append(Part(f"  by rule {rule}" if rule else f"  by {names.get(notice.sender, notice.sender)}", "muted"))
        if notice.recipient.startswith("role:"):
            left.append(Part(f"  to every {notice.recipient.removeprefix('role:').replace('_', ' ')}", "muted"))
        rows.append(Row(spread(left, [Part(frame.moment(notice.created_at), "muted")], width), key=notice.id))
        rows += [Row((Part("    "), Part(line, "text"))) for line in wrap(notice.words, width - 4)]
        if notice.done_at is not None:
            rows.append(Row((Part(f"    seen to by {names.get(notice.done_by, notice.done_by)}", "good"),)))
    return rows
