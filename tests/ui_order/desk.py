"""A small desk around the pane: no store, a reader that runs what it is told at once on answers made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.app import App, ComposeResult
from ui_order import sample

from oms_tui.domain.macros import Macro, parse
from oms_tui.domain.refused import Refused
from oms_tui.store.shapes import DraftView, OrderView, OutboxView
from oms_tui.ui import theme
from oms_tui.ui.composer import desk_calls
from oms_tui.ui.messages import Answer
from oms_tui.ui.order.pane import OrderPane

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

    from oms_tui.actions.reply_check import Problem

MACROS = (
    (
        "wismo-late.md",
        (
            "title: Where is my parcel, late\ntags: wismo, late\nwhen: ship:late\n\n"
            "Dear {{ customer.first_name }},\n\nyour parcel is at {{ parcel.last_scan.place }}.\n"
        ),
    ),
    (
        "refund.md",
        "title: Refund made\ntags: money\n\nDear {{ customer.first_name }},\n\nwe have paid back {{ refundable }}.\n",
    ),
)

MACRO_TEXT = (
    "Dear Jan,\n\nyour parcel (DHL 00340434161094015902) is in Leipzig.\n"
    "Customs asked us for a paper.\n\nKind regards\nAna, Bright Shop\n"
)


def draft(**changes: Any) -> DraftView:
    """A draft of ana's to the complaint."""
    base = DraftView(
        id="d1",
        agent="ana",
        account="support",
        mail="mail-2",
        to=("j.k.private@example.net",),
        cc=(),
        subject="Re: Hello??",
        body="\n\nKind regards\nAna, Bright Shop\n",
        quote=True,
        macro="",
        attachments=(),
        prepared_by="",
        updated_at=sample.NOW,
    )
    return replace(base, **changes)


def outgoing(state: str = "held", **changes: Any) -> OutboxView:
    """The reply in the outbox."""
    base = OutboxView(
        id="o1",
        kind="mail",
        source="shop",
        remote_id="5000482",
        number="10482",
        agent="ana",
        account="support",
        state=state,
        message_id="<o1@bright-shop.example>",
        recipients=("j.k.private@example.net",),
        subject="Re: Hello??",
        attempts=0,
        not_before=sample.NOW + 10_000,
        error="",
        guard=(),
        filed=False,
        since=sample.NOW,
    )
    return replace(base, **changes)


class Reader:
    """The reader thread's stand-in: keeps one draft, answers at once, fails when told to."""

    def __init__(self) -> None:
        self.draft: DraftView | None = None
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.saves: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        self.failing = ""
        self.sent: list[DraftView] = []
        self.resolved: list[str] = []
        self._generation = 0

    def call(
        self, function: Callable[..., Any], *arguments: Any, to: MessagePump, slot: str = "", **options: Any
    ) -> int:
        """Do it now, answer by message."""
        del options
        self._generation += 1
        name = function.__name__
        self.calls.append((name, arguments))
        try:
            value = getattr(self, f"_{name}")(*arguments)
        except Refused as refused:
            to.post_message(Answer(slot, self._generation, None, refused.message, refused))
        else:
            to.post_message(Answer(slot, self._generation, value))
        return self._generation

    def _start(self, order_id: int, message_id: int | None, macro: str) -> DraftView:
        del order_id, message_id
        self.draft = self.draft or draft(body=MACRO_TEXT if macro else draft().body, macro=macro)
        return self.draft

    def _save(self, draft_id: str, changes: dict[str, Any]) -> DraftView:
        assert self.draft is not None
        assert draft_id == self.draft.id
        if self.failing:
            raise Refused(self.failing)
        self.saves.append(dict(changes))
        self.draft = replace(self.draft, **changes)
        return self.draft

    def _check(self, draft_id: str) -> list[Problem]:
        del draft_id
        return list(self.problems)

    def _preview(self, draft_id: str) -> str:
        del draft_id
        assert self.draft is not None
        return f"To: {', '.join(self.draft.to)}\nSubject: {self.draft.subject}\n\n{self.draft.body}\n> Hello??\n"

    def _send(self, draft_id: str) -> OutboxView:
        assert self.draft is not None
        assert draft_id == self.draft.id
        if self.failing:
            raise Refused(self.failing)
        self.sent.append(self.draft)
        item = outgoing(recipients=self.draft.to, subject=self.draft.subject)
        self.draft = None
        return item

    def _seen(self, draft_id: str) -> DraftView | None:
        del draft_id
        return self.draft

    def _discard(self, draft_id: str) -> str:
        del draft_id
        self.draft = None
        return "undo-1"

    def _apply_macro(self, draft_id: str, macro: str) -> DraftView:
        del draft_id
        assert self.draft is not None
        self.draft = replace(self.draft, body=MACRO_TEXT, macro=macro)
        return self.draft

    def _attach(self, draft_id: str, path: Any) -> DraftView:
        assert self.draft is not None
        self.draft = replace(self.draft, attachments=(*self.draft.attachments, f"attachments/{draft_id}/{path.name}"))
        return self.draft

    def _recall(self, outbox_id: str) -> DraftView:
        del outbox_id
        self.draft = self.sent.pop() if self.sent else draft(id="d2")
        return self.draft

    def _resolve(self, outbox_id: str, choice: str) -> Any:
        from oms_tui.actions.reply_outbox import Resolved

        del outbox_id
        self.resolved.append(choice)
        self.draft = draft(id="d3") if choice == "edit" else None
        return Resolved(outgoing("recalled"), self.draft)

    def _find_macros(self, text: str, draft_id: str) -> list[Macro]:
        del draft_id
        from oms_tui.actions.macro_files import score_of

        found = [parse(body, name) for name, body in MACROS]
        return [macro for macro in found if score_of(text, macro.title) > 0]


class Desk(App[None]):
    """A pane, and what it could not do itself."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, view: OrderView | None = None, *, theme_name: str = "dark") -> None:
        super().__init__()
        theme.use(theme.load(theme_name))
        made = theme.current().as_textual()
        self.register_theme(made)
        self.theme = made.name
        self.reader = Reader()
        self.now = sample.NOW
        self.wanted: list[OrderPane.Wanted] = []
        self.pane = OrderPane(reader=self.reader, zone=sample.ZONE, clock=lambda: self.now, agent="ana", id="order")
        self._view = view

    def compose(self) -> ComposeResult:
        """The pane alone."""
        yield self.pane

    def on_mount(self) -> None:
        """An order is shown and its conversation is in use."""
        if self._view is not None:
            self.pane.show(self._view)
            self.pane.action_panel("conversation")

    def on_order_pane_wanted(self, event: OrderPane.Wanted) -> None:
        """What the shell would do."""
        self.wanted.append(event)


__all__ = ["Desk", "Reader", "desk_calls", "draft", "outgoing"]
