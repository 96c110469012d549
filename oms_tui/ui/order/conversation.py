"""Panel 5: what was written, newest first: what waits for an answer is open, what is settled is folded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from oms_tui.domain.vocabulary import ConversationStatus, Direction, words_of
from oms_tui.ui.order.letter import attached, body, heading, link_words, preview, remarks
from oms_tui.ui.order.panel import Panel
from oms_tui.ui.rows import BLANK, Part, Row, cut

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from oms_tui.store.shapes import ConversationView, MessageView, OrderView
    from oms_tui.ui.order.frame import Frame


def conversation_rows(
    view: OrderView,
    frame: Frame,
    width: int,
    *,
    toggled: Collection[int] = (),
    unfolded: Collection[tuple[int, int]] = (),
) -> list[Row]:
    """Every thread on the order, the one that waits first.

    Args:
        view: the order.
        frame: now and here.
        width: in cells.
        toggled: ids of messages that are shown the other way than by default.
        unfolded: quoted runs that are shown, as ``(message id, first line)``.
    """
    threads = in_order(view.conversations)
    if not any(thread.messages for thread in threads):
        return [Row((Part("  no mail on this order; r writes the first", "muted"),))]
    rows: list[Row] = []
    for thread in threads:
        if len(threads) > 1:
            rows += _thread_title(thread, width, first=not rows)
        said = thread.subject if len(threads) > 1 else ""
        rows += _thread(thread, frame, width, toggled, unfolded, said=said)
    return rows


def in_order(threads: Iterable[ConversationView]) -> list[ConversationView]:
    """The threads: those with an unanswered message first, then by their newest message."""

    def rank(thread: ConversationView) -> tuple[bool, int]:
        newest = thread.messages[-1].sent_at if thread.messages else 0
        return (thread.unanswered is None, -newest)

    return sorted(threads, key=rank)


def _thread_title(thread: ConversationView, width: int, *, first: bool) -> Iterator[Row]:
    if not first:
        yield BLANK
    status = words_of(ConversationStatus, thread.status)
    parts = [
        Part("── ", "faint"),
        Part(thread.subject or "no subject", "text", bold=True),
        Part(f"  {status}", "muted"),
        Part(f"  {len(thread.messages)} mail{'s' if len(thread.messages) != 1 else ''}", "muted"),
    ]
    yield Row(cut(parts, width), key=("thread", thread.id))


def _thread(
    thread: ConversationView,
    frame: Frame,
    width: int,
    toggled: Collection[int],
    unfolded: Collection[tuple[int, int]],
    *,
    said: str,
) -> Iterator[Row]:
    opened = open_by_default(thread)
    messages = thread.messages
    for at in range(len(messages) - 1, -1, -1):
        message = messages[at]
        shown = (message.id in opened) != (message.id in toggled)
        if at < len(messages) - 1 and (shown or (messages[at + 1].id in opened) != (messages[at + 1].id in toggled)):
            yield BLANK
        unanswered = message.id == thread.unanswered
        yield heading(message, frame, width, unanswered=unanswered, folded=not shown)
        if not shown:
            yield preview(message, width)
            continue
        before = messages[at - 1].subject if at else said
        yield from remarks(message, width, before=before)
        yield from body(message, width, unfolded)
        yield from attached(message, width)
        if message.direction == Direction.INBOUND and (words := link_words(message)):
            yield Row(cut([Part("  "), Part(words, "faint")], width), key=("link", message.id))


def open_by_default(thread: ConversationView) -> frozenset[int]:
    """The newest message, and every message of the customer since our last."""
    opened: set[int] = set()
    for message in reversed(thread.messages):
        if opened and message.direction == Direction.OUTBOUND:
            break
        opened.add(message.id)
        if message.direction == Direction.OUTBOUND:
            break
    return frozenset(opened)


def find_message(view: OrderView | None, number: int) -> MessageView | None:
    """A message of the order by its id."""
    if view is None:
        return None
    return next((each for thread in view.conversations for each in thread.messages if each.id == number), None)


class ConversationPanel(Panel):
    """The mails of the order. Enter folds and unfolds what the cursor is on."""

    NUMBER: ClassVar[int] = 5
    TITLE: ClassVar[str] = "Conversation"
    CURSOR = "rows"
    LEAST: ClassVar[int] = 4
    MORE: ClassVar[tuple[tuple[str, str], ...]] = (
        ("lines.open", "fold"),
        ("conversation.full", "whole mail"),
        ("conversation.quotes", "quotes"),
        ("conversation.next", "next mail"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("full_stop", "message(1)", "Next mail", id="conversation.next", show=False, tooltip="The mail below"),
        Binding(
            "comma", "message(-1)", "Mail before", id="conversation.previous", show=False, tooltip="The mail above"
        ),
        Binding("e", "quotes", "Quotes", id="conversation.quotes", show=False, tooltip="Fold or unfold every quote"),
        Binding("E", "everything", "All mails", id="conversation.all", show=False, tooltip="Fold or unfold every mail"),
        Binding(
            "o", "full", "Full screen", id="conversation.full", show=False, tooltip="Read this mail on the whole screen"
        ),
    ]

    class Asked(Message):
        """Something about a mail that the panel cannot do: ``body``, ``full`` or ``attachment`` (with its index)."""

        def __init__(self, what: str, message: int, index: int = 0) -> None:
            super().__init__()
            self.what = what
            self.message = message
            self.index = index

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.toggled: set[int] = set()
        self.unfolded: set[tuple[int, int]] = set()

    def show(self, view: OrderView | None, frame: Frame) -> None:
        """Another order is folded as it should be by default."""
        if view is None or self.view is None or view.item.id != self.view.item.id:
            self.toggled.clear()
            self.unfolded.clear()
        super().show(view, frame)

    def lay_out(self, view: OrderView, width: int) -> Sequence[Row]:
        """The rows of ``conversation_rows``."""
        return conversation_rows(view, self.frame, width, toggled=self.toggled, unfolded=self.unfolded)

    def title(self) -> Sequence[Part]:
        """How many mails there are."""
        count = sum(len(thread.messages) for thread in self.view.conversations) if self.view else 0
        return (Part(f"  {count}", "muted"),) if count else ()

    def below(self, view: OrderView) -> tuple[Part, ...]:
        """How long the customer has waited, and until when an answer is due."""
        waiting = [thread.waiting_since for thread in view.conversations if thread.waiting_since is not None]
        parts: list[Part] = []
        if waiting:
            parts.append(Part(f"waiting {self.frame.ago(min(waiting))}", "warn"))
            if view.item.due_at is not None:
                over = view.item.due_at <= self.frame.now
                words = f" · reply due {self.frame.moment(view.item.due_at)}"
                parts.append(Part(words, "alarm" if over else "warn"))
            parts.append(Part(" · ", "faint"))
        return (*parts, *super().below(view))

    def records(self, view: OrderView) -> list[tuple[str, int | None]]:
        """The mailboxes."""
        return [(each.source, each.synced_at) for thread in view.conversations for each in thread.messages]

    # ---- keys

    @property
    def message_id(self) -> int | None:
        """The mail the cursor is in; on the title of a thread the first below it."""
        keys = [row.key for row in self.rows[self._cursor :] if isinstance(row.key, tuple)]
        return next((key[1] for key in keys if key[0] != "thread"), None)

    def action_open(self) -> None:
        """Fold or unfold; ask for what is not here."""
        key = self.cursor_key
        if not isinstance(key, tuple):
            return
        match key:
            case ("quote", int(number), int(first)):
                self.unfolded ^= {(number, first)}
            case ("body", int(number)):
                self.post_message(self.Asked("body", number))
                return
            case ("attachment", int(number), int(index)):
                self.post_message(self.Asked("attachment", number, index))
                return
            case ("message" | "link", int(number)):
                self.toggled ^= {number}
                self.changed()
                self.move_to(("message", number))
                return
            case _:
                return
        self.changed()
        self.move_to(key)

    def open_message(self, number: int) -> None:
        """Unfold a mail and put the cursor on it."""
        shown = any(row.key == ("message", number) and row.text.startswith("▸") for row in self.rows)
        if shown:
            self.toggled ^= {number}
            self.changed()
        self.move_to(("message", number))
        self.scroll_to(y=self._cursor, animate=False, immediate=True)

    def action_message(self, step: int) -> None:
        """To the heading of the next or the previous mail."""
        heads: list[int] = []
        for at, row in enumerate(self.rows):
            if (
                isinstance(row.key, tuple)
                and row.key[0] == "message"
                and (not heads or self.rows[heads[-1]].key != row.key)
            ):
                heads.append(at)
        later = [at for at in heads if (at > self._cursor if step > 0 else at < self._cursor)]
        if later:
            self._put(later[0] if step > 0 else later[-1])

    def action_quotes(self) -> None:
        """Unfold every quote of the mails that are open; fold them all if any is."""
        runs = {key[1:] for row in self.rows if isinstance(key := row.key, tuple) and key[0] == "quote"}
        self.unfolded = set() if self.unfolded else runs
        self.changed()

    def action_everything(self) -> None:
        """Unfold every mail; a second time, back to the default."""
        if self.toggled or self.view is None:
            self.toggled.clear()
        else:
            opened = {each for thread in self.view.conversations for each in open_by_default(thread)}
            every = {each.id for thread in self.view.conversations for each in thread.messages}
            self.toggled = every - opened
        self.changed()

    def action_full(self) -> None:
        """Read the mail under the cursor on the whole screen."""
        if (number := self.message_id) is not None:
            self.post_message(self.Asked("full", number))
