"""What leaves and what left: states, reasons, and the decisions only a person can take."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from oms_tui.domain.vocabulary import OutboxState, words_of
from oms_tui.ui.keys import OUTBOX
from oms_tui.ui.queue.row import numbered
from oms_tui.ui.rows import BLANK, Part, Row, cut, spread, wrap
from oms_tui.ui.screens.listing import Listing
from oms_tui.ui.screens.lists import Chosen, Framed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OrderView, OutboxView
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.messages import Answer, Changed
    from oms_tui.ui.order.frame import Frame

_LEVELS: Final = {
    "in_doubt": "alarm",
    "blocked": "alarm",
    "failed": "alarm",
    "held": "info",
    "queued": "info",
    "sending": "info",
    "sent": "good",
    "filed": "good",
}


def listed(session: Session) -> tuple[OutboxView, ...]:
    """Everything whose last word is not spoken, then what left lately."""
    from oms_tui.store.reads.outbox import outbox

    open_items = outbox(session.store)
    return (*open_items, *outbox(session.store, ("filed", "recalled"))[:50])


def order_of(session: Session, item: OutboxView) -> tuple[OutboxView, OrderView | None]:
    """The order an item is about, to decide with its thread in sight; None if it is not in the store."""
    from oms_tui.store.reads.order import read_order
    from oms_tui.ui.questions import order_named

    found = order_named(session, item.source, item.remote_id)
    view = read_order(session.store, session.policy, found, now=session.now()) if found is not None else None
    return item, view


def decide(session: Session, item: str, choice: str) -> str:
    """Carry a decision out; returns what was done, in words.

    Raises:
        Refused: it is no longer in a state in which that can be decided.
    """
    from oms_tui.actions.reply_outbox import CHOICE_WORDS, resolve

    draft = resolve(session, item, choice).draft
    return f"{CHOICE_WORDS[choice]}: done" + ("; it is a draft again, on its order" if draft is not None else "")


def choices(state: str) -> Sequence[tuple[str, str]]:
    """What a person may decide about an item in a state: the choice, and how it reads."""
    from oms_tui.actions.reply_outbox import CHOICE_WORDS, CHOICES

    return [(choice, CHOICE_WORDS[choice]) for choice in CHOICES.get(state, ())]


class OutboxScreen(Listing):
    """The outbox."""

    PLACE = OUTBOX
    HERE = "go_outbox"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    DEFAULT_CSS: ClassVar[str] = """
    OutboxScreen #items { width: 56; height: 1fr; }
    OutboxScreen #item { height: 1fr; }
    OutboxScreen.-narrow #split { layout: vertical; }
    OutboxScreen.-narrow #items { width: 1fr; height: 9; }
    """

    def body(self) -> Iterable[Widget]:
        """The list, and one item in full."""
        from textual.containers import Horizontal

        self._items = Chosen("Outbox", id="items")
        self._detail = Framed("What it is", id="item")
        self._found: tuple[OutboxView, ...] = ()
        with Horizontal(id="split"):
            yield self._items
            yield self._detail

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self._items.focus()
        self._items.say("reading the outbox")
        self._ask()

    def _ask(self) -> None:
        self.desk.reader.ask("list", self, listed)

    def store_changed(self, changed: Changed) -> None:
        """Something left, or was stopped."""
        if changed.kinds() - {"source", "message"}:
            self._ask()

    def on_answer(self, event: Answer) -> None:
        """What the reader found."""
        if event.error:
            self._say_failed(event, self._items, empty=not self._found)
        elif event.slot == "list":
            self._show(event.value)
        elif event.slot == "order":
            self._ask_decision(*event.value)
        else:
            self.desk.say(event.value)
            self._ask()

    def _show(self, found: tuple[OutboxView, ...]) -> None:
        self._found = found
        if not found:
            self._items.say("nothing waits, nothing left lately")
            self._detail.say("")
            return
        frame = self._now()
        waiting = sum(1 for item in found if item.state in {"in_doubt", "blocked", "failed"})
        below = f"{waiting} to decide · {len(found)}" if waiting else f"{len(found)}"
        self._items.show(lambda width: item_rows(found, frame, width), below=below)
        self._show_one()

    def on_chosen_moved(self) -> None:
        """Another item."""
        self._show_one()

    @property
    def _current(self) -> OutboxView | None:
        return next((item for item in self._found if item.id == self._items.cursor_key), None)

    def _show_one(self) -> None:
        item, frame = self._current, self._now()
        if item is not None:
            self._detail.show(lambda width: detail_rows(item, frame, width), top=True)
        self.show_keys()

    # ---- commands

    def refusals(self) -> dict[str, str]:
        """What is done needs no decision."""
        item = self._current
        if item is None:
            return dict.fromkeys(("decide", "open"), "nothing is chosen")
        return {} if choices(item.state) else {"decide": f"it is {words_of(OutboxState, item.state)}"}

    def do_decide(self) -> None:
        """Choose what becomes of it, with the order's thread in sight."""
        item = self._current
        if item is None or not choices(item.state):
            self.desk.say(self.refusals().get("decide", "there is nothing to decide"))
        else:
            self.desk.reader.ask("order", self, order_of, item)

    def _ask_decision(self, item: OutboxView, view: OrderView | None) -> None:
        if view is not None:
            from oms_tui.ui.dialogs.decision import Decision

            self.desk.push_screen(Decision(item, view, self._now()), partial(self._decided, item.id))
            return
        entries = [(words, "", partial(self._decided, item.id, choice)) for choice, words in choices(item.state)]
        self.desk.choose(f"what becomes of the {item.kind.replace('_', ' ')} on {numbered(item.number)}?", entries)

    def _decided(self, item: str, choice: str | None) -> None:
        if choice:
            self.desk.reader.call(decide, item, choice, to=self, slot="decide")

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter: decide where something is to be decided, else go to the order."""
        event.stop()
        item = self._current
        if item is None:
            return
        if item.state in {"in_doubt", "blocked", "failed"}:
            self.do_decide()
        else:
            self.desk.show_number(item.source, item.remote_id)

    def do_back(self) -> None:
        """To the desk."""
        self.desk.do_go_queue()

    def do_copy(self) -> None:
        """The Message-ID: what a mail server's log is searched for."""
        if (item := self._current) is not None:
            self.desk.copy(item.message_id or item.id)


def item_rows(found: Sequence[OutboxView], frame: Frame, width: int) -> list[Row]:
    """Two lines an item: its state, order and age; to whom and about what."""
    rows = []
    for item in found:
        state = Part(f"{_sign(item.state)}{words_of(OutboxState, item.state)}", _LEVELS.get(item.state, "muted"))
        left = [state, Part(f"  {numbered(item.number)}", "strong")]
        rows.append(Row(spread(left, [Part(frame.moment(item.since), "muted")], width), key=item.id))
        about = ", ".join(item.recipients) or item.kind.replace("_", " ")
        rows.append(Row(cut([Part("  "), Part(about, "text"), Part(f"  {item.subject}", "muted")], width)))
    return rows


def _sign(state: str) -> str:
    return "! " if _LEVELS.get(state) == "alarm" else ""


def detail_rows(item: OutboxView, frame: Frame, width: int) -> list[Row]:
    """One item in full."""
    facts: list[tuple[str, Any]] = [
        ("state", words_of(OutboxState, item.state)),
        ("order", numbered(item.number)),
        ("from", item.account),
        ("to", ", ".join(item.recipients)),
        ("subject", item.subject),
        ("by", item.agent),
        ("since", frame.exact(item.since)),
        ("leaves", frame.exact(item.not_before) if item.state in {"held", "queued"} else ""),
        ("attempts", item.attempts or ""),
        ("Message-ID", item.message_id),
        ("in Sent", "yes" if item.filed else ""),
    ]
    rows = []
    for name, value in facts:
        for at, line in enumerate(wrap(str(value), max(8, width - 12)) if value not in {"", None} else ()):
            rows.append(Row((Part(f"{'' if at else name:<12}", "muted"), Part(line, "text"))))
    for words in (*item.guard, item.error):
        if words:
            rows.append(BLANK)
            rows += [
                Row((Part("! " if not at else "  ", "alarm"), Part(line, "alarm")))
                for at, line in enumerate(wrap(words, width - 2))
            ]
    if found := choices(item.state):
        rows.append(BLANK)
        rows += [Row((Part("  ▹ ", "muted"), Part(words, "accent"))) for _choice, words in found]
    return rows
