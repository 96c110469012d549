"""What a reply is written from: its draft, the order, the mail it answers, and a macro filled in with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from oms_tui.actions.base import DESK_AND_FINANCE, Refused
from oms_tui.actions.reply_people import mail_named
from oms_tui.domain.rules import rule_of
from oms_tui.store import desk_rows

if TYPE_CHECKING:
    from oms_tui.domain.macros import Macro, Rendered
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import MailAccount, Session
    from oms_tui.store.shapes import ConversationView, MessageView, OrderView


@dataclass(frozen=True, slots=True)
class Writing:
    """A draft with all it is about. Without ``mail`` it is a letter of its own."""

    draft: Values
    order: OrderView
    conversation: ConversationView | None
    mail: MessageView | None


def allowed(session: Session) -> None:
    """Whether this agent may write to customers.

    Raises:
        Refused: no; code ``forbidden``.
    """
    if session.store.read_only:
        raise Refused("this desk was opened to read only", code="forbidden")
    if session.agent.role not in DESK_AND_FINANCE:
        raise Refused(f"{session.agent.shown} may not write to customers: it takes an agent", code="forbidden")


def order_of(session: Session, order_id: int) -> OrderView:
    """The whole order.

    Raises:
        Refused: there is none; code ``not_found``.
    """
    from oms_tui.store.reads.order import read_order

    view = read_order(session.store, session.policy, order_id, now=session.now())
    if view is None:
        raise Refused("this order is not there any more", code="not_found", field="order")
    return view


def draft_row(session: Session, draft_id: str) -> Values:
    """A draft as it lies in the desk.

    Raises:
        Refused: it is gone; code ``not_found``.
    """
    row = desk_rows.get(session.store.desk, "drafts", draft_id)
    if row is None:
        raise Refused("this draft is not there any more: it was sent or discarded", code="not_found", field="draft")
    return row


def writing(session: Session, draft_id: str) -> Writing:
    """A draft and all it is about.

    Raises:
        Refused: the draft or its order is gone; code ``not_found``.
    """
    from oms_tui.store.reads.reply_facts import order_id_of

    row = draft_row(session, draft_id)
    number = order_id_of(session.store, row["source"], row["remote_id"])
    if number is None:
        raise Refused("this draft's order is not in the cache just now", code="not_found", hint="run `oms-tui sync`")
    order = order_of(session, number)
    conversation, mail = mail_named(order, row["mail"]) or (None, None)
    return Writing(row, order, conversation, mail)


def account_of(session: Session, name: str) -> MailAccount | None:
    """The mailbox of that name, if it can send."""
    return next((account for account in session.accounts if account.source == name), None)


def record_of(session: Session, order: OrderView, mail: MessageView | None) -> dict[str, Any]:
    """The order record that macros see, and that is kept with a reply as its snapshot."""
    from oms_tui.store.macro_record import Writer, macro_record

    policy, agent = session.policy, session.agent
    name = policy.name if rule_of(agent.id) else agent.name  # the name of whoever takes it up comes in then
    writer = Writer(name, agent.email, policy.name, policy.signature.strip())
    return macro_record(order, writer, mail=mail, now=datetime.fromtimestamp(session.now() / 1000, UTC))


def filled(session: Session, macro: Macro, order: OrderView, mail: MessageView | None) -> Rendered:
    """A macro with the order's facts in it.

    Raises:
        Refused: the macro is wrong; the message has its file and line.
    """
    from oms_tui.domain.macros import MacroError, render

    policy = session.policy
    try:
        return render(macro, record_of(session, order, mail), zone=policy.zone, language=policy.language)
    except MacroError as error:
        raise Refused(f"the macro cannot be used: {error}", field="macro", hint="correct its file") from error


def macro_called(session: Session, name: str) -> Macro:
    """The desk's macro of that name.

    Raises:
        Refused: there is none, or it cannot be read; code ``usage``.
    """
    from oms_tui.actions.macro_files import broken, find_macros, macro_named

    macro = macro_named(session.macros, name)
    if macro is not None:
        return macro
    for error in broken(session.macros):
        if error.file.removesuffix(".md") == name.removesuffix(".md"):
            raise Refused(f"the macro cannot be read: {error}", code="usage", field="macro", hint="correct its file")
    near = [each.name.removesuffix(".md") for each in find_macros(session.macros, name)[:2]]
    hint = f"did you mean {' or '.join(near)}?" if near else "`oms-tui macros list` shows them"
    raise Refused(f"there is no macro {name!r}", code="usage", field="macro", hint=hint)


def macro_fault(session: Session, name: str) -> str:
    """Why the desk's macro of that name cannot be used, "" if it can."""
    try:
        macro_called(session, name)
    except Refused as refused:
        return refused.message
    return ""


def snapshot(session: Session, order: OrderView, mail: MessageView | None) -> str:
    """The order record as JSON, with when each source was last read: what the writer had before their eyes."""
    document = {"record": record_of(session, order, mail), "source_ages": order.source_ages}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong into a record")
