"""What an agent who writes has to know of the thread they write in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.domain.vocabulary import Direction

if TYPE_CHECKING:
    from oms_tui.store.shapes import DraftView, OrderView
    from oms_tui.ui.order.frame import Frame


def news_words(before: OrderView, after: OrderView, frame: Frame) -> str:
    """What came into the order's threads between two readings, in words; "" for nothing."""
    known = {mail.id for thread in before.conversations for mail in thread.messages}
    new = [mail for thread in after.conversations for mail in thread.messages if mail.id not in known]
    if not new:
        return ""
    newest = max(new, key=lambda mail: mail.sent_at)
    who = newest.from_name or newest.from_address
    did = "wrote again" if newest.direction == Direction.INBOUND else "has answered meanwhile"
    more = f", and {len(new) - 1} more" if len(new) > 1 else ""
    return f"{who} {did} ({frame.moment(newest.sent_at)}){more}"


def answered_words(view: OrderView, draft: DraftView, frame: Frame) -> str:
    """The mail a draft answers, in words; "" for none."""
    for thread in view.conversations:
        for mail in thread.messages:
            if draft.mail and mail.content_name == draft.mail:
                who = mail.from_name or mail.from_address
                return f"{who}, {frame.moment(mail.sent_at)}"
    return ""
