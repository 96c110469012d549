"""The queue's side of the desk: asks for pages, reads them again when the store changed, says in its frame what it is.

A page that no index knows comes in steps: each looks at some thousand orders, keys are answered between two of them,
and the frame says how far it is.

The frame is a widget of its own around the list: a border of the list itself would be sent again with each of its
lines (172 bytes a step of the cursor).
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.widget import Widget

from oms_tui.ui import questions
from oms_tui.ui.last_view import first_items, last_view, remember
from oms_tui.ui.questions import Counted, Question, QueueAnswer
from oms_tui.ui.queue.list import QueueList
from oms_tui.ui.queue.model import PAGE, QueueModel
from oms_tui.ui.rows import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem
    from oms_tui.ui.app import DeskApp
    from oms_tui.ui.messages import Answer
    from oms_tui.ui.order.frame import Frame
    from oms_tui.ui.questions import Status

FIRST: Final = 50
"""Orders read before the first frame: what the tallest terminals show."""

MOST_COUNTED: Final = 10_000
"""The store counts no further."""

_AGAIN_AFTER: Final = 0.3
_REST: Final = 3  # times as long as many steps took, before they are done again: never the whole of the thread


class _Again:
    """A list that is being read again: what was found, how much is wanted, and when it began."""

    def __init__(self, wanted: int) -> None:
        self.items: list[QueueItem] = []
        self.wanted = wanted
        self.began = monotonic()
        self.steps = 0


class QueueSide(Widget):
    """The list in its frame.

    Args:
        session: who looks; its connections are used for the first page alone.
    """

    DEFAULT_CSS: ClassVar[str] = """
    QueueSide {
        width: 36; height: 1fr;
        border: round $oms-border; border-title-color: $oms-muted; border-subtitle-color: $oms-muted;
    }
    QueueSide:focus-within { border: round $oms-focus; border-title-color: $oms-accent; border-title-style: bold; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.question = Question()
        self.model = QueueModel()
        self.list = QueueList(self.model, agent=session.agent.id, id="queue")
        self._count: int | None = None
        self._to: int | None = None
        self._page_asked = 0
        self._stale = False
        self._words = ("", "")
        self._first_reading = ""
        self._again: Timer | None = None
        self._again_of: _Again | None = None
        self._rest = _AGAIN_AFTER
        self._wanted = 0  # orders of a page that is being looked for
        self._looking = False  # whether such a page comes in steps
        self._looked = self._reach = self._look_at = 0
        self._read = False
        self.restored = False
        self._read_first_page(session)

    def _read_first_page(self, session: Session) -> None:
        """What the agent left last, else the queue itself; the view's own page is asked for after the first frame."""
        try:
            if (left := last_view(session)) is not None:
                self.question, self.restored = left.question, True
                self.list.use_columns(left.question.columns, self._now)
                self.model.fill(first_items(session, left.orders), None)
                self.list.show_words("reading the view")
                return
            page = questions.page_of(session, self.question, limit=FIRST)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the store is said where the orders would be
            from oms_tui.ui.reader import in_words

            self.list.show_words(f"! {in_words(error)}", "alarm")
            return
        self.model.fill(page.items, page.next)
        self._say_if_empty()

    def compose(self) -> ComposeResult:
        """The list."""
        yield self.list

    def on_mount(self) -> None:
        """The first words in the frame."""
        self.name_it()

    def on_unmount(self) -> None:
        """The view as it stands now is there at the next start."""
        self._remember()

    @property
    def _desk(self) -> DeskApp:
        return cast("DeskApp", self.app)

    def _now(self) -> Frame:
        from oms_tui.ui.order.frame import Frame

        session = self._desk.session
        return Frame(session.now(), session.policy.zone, agent=session.agent.id)

    # ---- asking

    def ask(self, question: Question, *, to: int | None = None) -> None:
        """Show another list; the cursor goes to the order ``to`` if it is on its first page, else to the top."""
        self.question, self._to = question, to
        self.list.use_columns(question.columns, self._now)
        self._count = None
        self._page_asked = 0
        self._wanted, self._looking = PAGE, False
        self._looked = self._reach = self._look_at = 0
        self._read = False
        self._again_of = None
        self._desk.reader.ask("queue", self, questions.queue, question, limit=PAGE)

    def ask_again(self) -> None:
        """Read what is loaded once more, now; a page that is being looked for is waited for."""
        self._again = None
        if self._looking or self._again_of is not None:
            self.changed()
            return
        limit = min(max(len(self.model.items), PAGE), questions.MOST_AGAIN)
        self._again_of = _Again(limit)
        self._desk.reader.ask("again", self, questions.queue, self.question, limit=limit)

    def changed(self) -> None:
        """Rows may differ: they are read a moment later, so that a burst of changes costs one reading."""
        if self._again is None:
            self._again = self.set_timer(self._rest, self.ask_again)

    def on_queue_list_near_end(self) -> None:
        """The next page, once."""
        loaded = len(self.model.items)
        if self._page_asked == loaded or self._looking or self.model.after is None:
            return
        self._page_asked = loaded
        self._wanted = PAGE
        self._ask_more()

    def _ask_more(self) -> None:
        """What is still wanted of a page."""
        asked = {"limit": self._wanted, "after": self.model.after, "reach": self._reach, "look_at": self._look_at}
        self._desk.reader.ask("more", self, questions.queue, self.question, **asked)

    # ---- answers

    def on_answer(self, event: Answer) -> None:
        """A page; how many orders there are; or the orders that are to be marked."""
        if event.slot == "marks":
            self._mark(event)
            return
        answer: QueueAnswer | Counted | None = event.value
        if answer is None:
            self._failed(event)
        elif answer.question != self.question:
            return  # something else was asked for meanwhile
        elif isinstance(answer, Counted):
            self._count = answer.number
            self.name_it()
        else:
            self._show(event.slot, answer)

    def _show(self, slot: str, answer: QueueAnswer) -> None:
        if slot == "again":
            if not self._read_again(answer):
                return
        elif slot == "queue":
            self._note_how_far(answer)
            self.model.fill(answer.items, answer.after)
            self._say_if_empty()
            self.list.refilled()
            at = self.model.index_of(self._to) if self._to is not None else None
            if at is not None:
                self.list.go(at)
            self._to = None
            self._tell_moved()
            self._remember()
            self._ask_count()
        else:
            since = len(self.model.items)
            empty = not since
            self._note_how_far(answer)
            self.model.extend(answer.items, answer.after)
            self._say_if_empty()
            self.list.extended(since)
            if empty and self.model.items:
                self._tell_moved()
        self._page_asked = 0
        self._stale = False
        self._read = True
        self.name_it()
        if self._looking and slot != "again":
            self._ask_more()

    def _note_how_far(self, answer: QueueAnswer) -> None:
        """After a step: whether the page is there, and else how many orders were looked at."""
        self._looked += answer.looked
        self._reach, self._look_at = answer.reach, answer.look_at
        self._wanted -= len(answer.items)
        self._looking = answer.cut and self._wanted > 0

    def _ask_count(self) -> None:
        """How many there are; of a list that is loaded to its end that is known."""
        if self.model.after is not None:
            self._desk.reader.ask("count", self, questions.count, self.question)

    def _read_again(self, answer: QueueAnswer) -> bool:
        """A step of reading a list again; whether that was the last one."""
        again = self._again_of
        if again is None:
            return False  # it is of the list before
        again.items += answer.items
        if answer.cut and len(again.items) < again.wanted:
            again.steps += 1
            limit = again.wanted - len(again.items)
            asked = {"limit": limit, "after": answer.after, "reach": answer.reach, "look_at": answer.look_at}
            self._desk.reader.ask("again", self, questions.queue, self.question, **asked)
            return False
        self._again_of = None
        self._rest = max(_AGAIN_AFTER, _REST * (monotonic() - again.began)) if again.steps else _AGAIN_AFTER
        self._renew(again.items, answer.after)
        self._ask_count()
        return True

    def begin(self, defined: Question | None) -> None:
        """After the first frame: what the restored view finds, as it is ``defined`` now (None: it is no longer)."""
        restored, self.restored = self.question, False
        if defined == restored and self.model.items:
            self.ask_again()
        else:
            self.ask(defined or Question())

    def _remember(self) -> None:
        """Keep the view for the next start; a filter somebody wrote is gone with the desk."""
        if not self.question.title.startswith("/"):
            orders = [item.id for item in self.model.items[:FIRST]]
            self._desk.reader.call(remember, self.question, orders, to=self._desk, slot="remembered")

    def _failed(self, event: Answer) -> None:
        """Said once; what is on the screen stays there and is marked as old."""
        self._again_of, self._looking = None, False
        if not self.model.items:
            self.list.show_words(f"! {event.error}", "alarm")
        if not self._stale:
            self._desk.say(event.error, "error")
        self._stale = True
        self.name_it()

    def _renew(self, items: list[QueueItem], after: str | None) -> None:
        before, on = self.model.cursor, self.model.current
        differing = self.model.renew(items, after)
        self._say_if_empty()
        self.list.renewed(differing, before)
        now = self.model.current
        if (on and on.id) != (now and now.id):
            self._tell_moved()

    def _tell_moved(self) -> None:
        """Told from here: what a child posts on its parent's behalf goes no further than to the parent."""
        self.post_message(QueueList.Moved(self.model.current))

    def mark_found(self, query: str) -> None:
        """Mark what a query finds."""
        self._desk.reader.ask("marks", self, questions.found_by, query)

    def _mark(self, event: Answer) -> None:
        if event.error:
            self._desk.say(event.error, "error")
            return
        found, more = event.value
        self.model.marked.update({item.id: item for item in found})
        self.list.marks_changed()
        words = f"{len(found):,} order{'s' if len(found) != 1 else ''} found and marked"
        self._desk.say(f"{words}, the most pressing; there are more" if more else words)

    # ---- words

    def _say_if_empty(self) -> None:
        if self.model.items:
            self.list.show_words("")
        elif self._looking:
            self.list.show_words(f"looking: {self._how_far()}", "info")
        elif self.question.query:
            self.list.show_words("no order matches; esc shows all")
        elif self._first_reading:
            self.list.show_words(f"being read for the first time: {self._first_reading}", "info")
        else:
            self.list.show_words("no open order")

    def show_status(self, status: Status) -> None:
        """An empty list says how far the sources are that were never read to their end."""
        from oms_tui.ui.bar import freshness

        unread = [each for each in status.health if each.state == "never" or (each.total and each.done < each.total)]
        words = " · ".join(freshness(each).text for each in unread)
        if words != self._first_reading:
            self._first_reading = words
            self._say_if_empty()

    def name_it(self) -> None:
        """The words in the frame: what is shown, how many, in which order; all above where there is no lower edge."""
        from rich.text import Text

        count = self._counted()
        if self._looking:  # in the frame's few signs
            count += f", {100 * self._looked // max(self._reach, self._looked, 1)}% looked at"
        marked = f"{len(self.model.marked)} marked" if self.model.marked else ""
        stale = "! not the newest" if self._stale else ""
        below = " · ".join(filter(None, (stale, marked, count, f"by {self.question.sort.replace('_', ' ')}")))
        narrow = self.screen.has_class("-narrow")
        above = f"{self.question.title} · {below}" if narrow else self.question.title
        words = (clean(above), "" if narrow else below)
        if words != self._words:  # kept here: Textual hands a title back as markup, which is never what was set
            self._words = words
            self.border_title, self.border_subtitle = (Text(each, end="") for each in words)

    def _how_far(self) -> str:
        """How many orders of how many were looked at; those placed meanwhile are no reason to say more than all."""
        return f"{self._looked:,} of {max(self._reach, self._looked):,} orders"

    def _counted(self) -> str:
        """How many there are: "200+" where there may be more than were found or counted, "" before any answer."""
        loaded = len(self.model.items)
        if not self._read:
            return ""
        if self.model.after is None:
            return f"{loaded:,}"
        if self._count is None:
            return f"{loaded:,}+"
        return f"{self._count:,}{'+' if self._count >= MOST_COUNTED else ''}"

    def on_queue_list_marks_changed(self) -> None:
        """The frame says how many are marked."""
        self.name_it()

    def on_resize(self) -> None:
        """The words may stand elsewhere."""
        self.name_it()
