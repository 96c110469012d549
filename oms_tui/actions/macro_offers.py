"""The macros to offer for an order: those that its own ``when`` is meant for come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.call_scripts import is_script
from oms_tui.actions.macro_files import find_macros

if TYPE_CHECKING:
    from oms_tui.domain.macros import Macro
    from oms_tui.store.session import Session


def offered(session: Session, order_id: int, text: str = "") -> list[Macro]:
    """The macros that ``text`` may mean, the fitting ones in front where nothing was typed."""
    return _sent(find_macros(session.macros, text, lambda macro: fits(session, order_id, macro)))


def offered_for(session: Session, draft_id: str, text: str = "") -> list[Macro]:
    """The same for the order of a draft; one that is gone has no order to fit."""
    from oms_tui.store.reads.reply_facts import order_of_draft

    order_id = order_of_draft(session.store, draft_id)
    return _sent(find_macros(session.macros, text)) if order_id is None else offered(session, order_id, text)


def _sent(found: list[Macro]) -> list[Macro]:
    """Without what is read out in a call."""
    return [macro for macro in found if not is_script(macro)]


def fits(session: Session, order_id: int, macro: Macro) -> bool:
    """Whether a macro is meant for this order. One without ``when`` is for any, and so for none in particular."""
    from oms_tui.domain.query import parse
    from oms_tui.domain.query_words import QueryError
    from oms_tui.store.query_words import CATALOGUE
    from oms_tui.store.reads.queue import matches

    if not macro.when:
        return False
    try:
        tree = parse(macro.when, CATALOGUE)
    except QueryError:
        return False  # `oms-tui macros check` says what is wrong with it
    policy = session.policy
    return matches(session.store, order_id, tree, now=session.now(), zone=policy.zone, agent=session.agent.id)
