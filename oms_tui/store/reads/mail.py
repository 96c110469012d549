"""Mail as screens, commands and macros read it: what belongs to no order yet, one mail, the threads of an order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from oms_tui.domain import normalise
from oms_tui.domain.candidates import MOST
from oms_tui.domain.matching import match
from oms_tui.domain.safe_text import safe_line
from oms_tui.domain.vocabulary import ConversationStatus, Direction, MailState
from oms_tui.store import mail_rows
from oms_tui.store.answered import answered_at
from oms_tui.store.mail_lookup import StoreLookup
from oms_tui.store.order_sketches import emails_of
from oms_tui.store.reads.select import Values, rows
from oms_tui.store.rows import chunks, marks
from oms_tui.store.shapes import AttachmentView, CandidateView, ConversationView, MessageView, UnlinkedMail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.workspace import Workspace

_SHOWN: Final = "id, source, from_name, from_address, subject, sent_at, state, reason"
_MOST_SHOWN: Final = 500  # mails of one conversation that are shown: the newest
_SHUT: Final = "('closed','spam','merged')"
_TO_LINK: Final = (
    "state='unlinked' AND direction='inbound' AND gone_at IS NULL AND auto IN ('','bounce') "
    "AND EXISTS (SELECT 1 FROM conversations c WHERE c.id=m.conversation_id AND c.to_link>0) "
    "AND NOT EXISTS (SELECT 1 FROM messages o WHERE o.message_id=m.message_id AND m.message_id<>'' AND o.id>m.id "
    "AND o.conversation_id=m.conversation_id AND o.state='unlinked' AND o.gone_at IS NULL)"
)
_STATES: Final = tuple(str(state) for state in MailState)


def unlinked(
    store: Workspace, *, limit: int = 200, after: str | None = None
) -> tuple[tuple[UnlinkedMail, ...], str | None]:
    """Mails that wait for somebody to say which order they are about, newest first, and where the next page begins.

    Not what we sent, nor what a machine sent (but for what came back), nor conversations that somebody closed:
    ``mail_list`` has those. Of copies in several mailboxes the newest.
    """
    return _page(store, _TO_LINK, (), limit, after)


def quarantined_mail(
    store: Workspace, *, limit: int = 200, after: str | None = None
) -> tuple[tuple[UnlinkedMail, ...], str | None]:
    """Mails that could not be read, with the reason."""
    return mail_list(store, state=MailState.QUARANTINED, limit=limit, after=after)


def mail_list(
    store: Workspace, *, state: str = "", limit: int = 50, after: str | None = None
) -> tuple[tuple[UnlinkedMail, ...], str | None]:
    """Every mail there is in the mailboxes, or those of one state (a MailState), newest first."""
    if state:
        return _page(store, "state=? AND gone_at IS NULL", (state,), limit, after)
    return _page(store, "gone_at IS NULL", (), limit, after)


def mail_counts(store: Workspace) -> dict[str, int]:
    """How many mails were fetched; how many are linked, unlinked and quarantined: the three make the first."""
    keys = [f"mail.{state}" for state in _STATES]
    found = dict(
        store.cache.execute(f"SELECT key, value FROM badges WHERE key IN ({marks(len(keys))})", keys).fetchall()
    )
    counts = {state: int(found.get(f"mail.{state}", 0)) for state in _STATES}
    return {"fetched": sum(counts.values()), **counts}


def orders_of(store: Workspace, message_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The numbers of the orders on which mails lie, by the mail's id."""
    found: dict[int, tuple[str, ...]] = {}
    for part in chunks(message_ids):
        query = (
            "SELECT l.message, o.number FROM message_links l JOIN orders o ON o.id=l.order_id "
            f"WHERE l.message IN ({marks(len(part))}) ORDER BY l.message, l.confidence DESC, o.id"
        )
        for mail, number in store.cache.execute(query, list(part)):
            found[mail] = (*found.get(mail, ()), number)
    return found


def message(store: Workspace, message_id: int) -> MessageView | None:
    """One mail; None if there is none of that id."""
    found = rows(store.cache, "messages", "id=?", (message_id,))
    if not found:
        return None
    links = store.cache.execute(
        "SELECT order_id, reason, confidence FROM message_links WHERE message=? ORDER BY confidence DESC", (message_id,)
    ).fetchall()
    sender = normalise.email(found[0]["from_address"])
    known = any(sender in emails_of(store, order) for order, _, _ in links)
    return _view(found[0], (links[0][1], links[0][2]) if links else ("", 0), known=known)


def conversations_of(store: Workspace, order_id: int, policy: DeskPolicy, now: int) -> tuple[ConversationView, ...]:
    """The conversations with a mail on this order, those with the newest mail first, each with all its mails.

    A mail that lies in several mailboxes is shown once; one that a person took off the order is not shown.
    """
    del policy, now  # who waits was derived when mail came; it does not change with time alone
    cache = store.cache
    links = {
        message: (reason, confidence)
        for message, reason, confidence in cache.execute(
            "SELECT message, reason, confidence FROM message_links WHERE order_id=?", (order_id,)
        )
    }
    if not links:
        return ()
    ids = {
        number
        for part in chunks(links)
        for (number,) in cache.execute(
            "SELECT DISTINCT conversation_id FROM messages "
            f"WHERE id IN ({marks(len(part))}) AND conversation_id IS NOT NULL",
            list(part),
        )
    }
    order = cache.execute("SELECT source, remote_id FROM orders WHERE id=?", (order_id,)).fetchone() or ("", "")
    off = {
        name
        for (name,) in store.desk.execute(
            "SELECT mail FROM link_decisions WHERE source=? AND remote_id=? AND linked=0", order
        )
    }
    known = emails_of(store, order_id)
    views = []
    for row in (
        row for part in chunks(ids) for row in rows(cache, "conversations", f"id IN ({marks(len(part))})", part)
    ):
        mails = rows(cache, "messages", "conversation_id=?", (row["id"],), f"sent_at DESC, id DESC LIMIT {_MOST_SHOWN}")
        shown = [
            _view(mail, links.get(mail["id"], ("", 0)), known=normalise.email(mail["from_address"]) in known)
            for mail in _once(mails, links)
            if mail_rows.content_name(mail["message_id"], mail["digest"]) not in off
        ]
        shown.reverse()
        views.append(_conversation(_with_answers(store, row, mails), tuple(shown)))
    return tuple(sorted(views, key=lambda view: -(view.messages[-1].sent_at if view.messages else 0)))


def _with_answers(store: Workspace, row: Values, mails: list[Values]) -> Values:
    """A conversation's row with what was sent on the desk and no mailbox shows yet."""
    if row["waiting_since"] is None:
        return row
    names = {mail_rows.content_name(mail["message_id"], mail["digest"]): mail for mail in mails}
    sent = max(answered_at(store, names).values(), default=None)
    if sent is None:
        return row
    later = [
        mail for mail in mails if mail["direction"] == Direction.INBOUND and not mail["auto"] and mail["sent_at"] > sent
    ]
    if later:
        return row | {"waiting_since": min(mail["sent_at"] for mail in later)}
    return row | {"waiting_since": None, "unanswered": None, "status": ConversationStatus.PENDING.value}


def candidates(store: Workspace, policy: DeskPolicy, message_id: int, limit: int = 9) -> list[CandidateView]:
    """The orders a mail may be about, the likeliest first, each with what speaks for it; those it lies on left out."""
    mails = mail_rows.load(store.cache, "id", [message_id], text=True)
    if not mails or mails[0].state == MailState.QUARANTINED:
        return []
    result = match(
        mails[0].facts(policy.own_addresses), StoreLookup(store), own_addresses=policy.own_addresses, key=policy.key
    )
    linked = {
        order for (order,) in store.cache.execute("SELECT order_id FROM message_links WHERE message=?", (message_id,))
    }
    return [
        CandidateView(
            order_id=each.order.id,
            number=each.order.number,
            name=next(iter(each.order.names), ""),
            score=each.score,
            evidence=tuple(item.words for item in each.evidence),
        )
        for each in result.candidates
        if each.order.id not in linked
    ][: min(limit, MOST)]


def shown_messages(store: Workspace, ids: Iterable[int]) -> list[UnlinkedMail]:
    """Mails of these ids as lists show them, in the order asked for."""
    wanted = list(ids)
    found: dict[int, UnlinkedMail] = {}
    for part in chunks(wanted):
        query = f"SELECT {_SHOWN} FROM messages WHERE id IN ({marks(len(part))})"
        found.update((row[0], UnlinkedMail(*row)) for row in store.cache.execute(query, list(part)))
    return [found[number] for number in wanted if number in found]


def unattended(store: Workspace, policy: DeskPolicy, now: int, *, limit: int = 500) -> list[UnlinkedMail]:
    """Inbound mails nobody takes care of, the longest waiting first, each with why.

    A mail is attended to when it is answered, when its conversation was closed with a reason or put aside until a time,
    or when an order it lies on is owned by somebody and something says by when (a clock, a task), or has an open task
    of somebody that is not overdue. An answer that came back is none: its mail waits until somebody writes again,
    closes it or sets a task. ``is:unattended`` tells the same of orders.
    """
    del policy  # in whose hands an order is was derived by it
    found = store.cache.execute(
        "SELECT c.unanswered, c.id, c.returned_at IS NOT NULL FROM conversations c "
        "WHERE c.waiting_since IS NOT NULL AND c.unanswered IS NOT NULL "
        f"AND c.status NOT IN {_SHUT} ORDER BY c.waiting_since"
    ).fetchall()
    waiting: list[tuple[int, str]] = []
    for part in chunks(found, 200):
        orders = _orders_of_conversations(store, [conversation for _, conversation, _ in part])
        cared, owned = _cared_for(store, {order for each in orders.values() for order in each}, now)
        leaving = _leaving(store, [mail for mail, *_ in part])
        for mail, conversation, returned in part:
            on = orders.get(conversation, set())
            if mail in leaving:
                continue
            of_task, by_clock = on & cared, set() if returned else on & owned.keys()
            if of_task or any(owned[order] for order in by_clock):
                continue
            what = "our answer came back" if returned else "unanswered"
            if not on:
                waiting.append((mail, f"{what}, and on no order"))
            elif on & owned.keys():
                waiting.append((mail, what if returned else f"{what}, somebody's, and nothing says by when"))
            else:
                waiting.append((mail, f"{what}, and nobody's"))
        if len(waiting) >= limit:
            break
    reasons = dict(waiting[:limit])
    gone = _gone(store, reasons)
    return [
        UnlinkedMail(
            each.id,
            each.source,
            each.from_name,
            each.from_address,
            each.subject,
            each.sent_at,
            each.state,
            reasons[each.id],
        )
        for each in shown_messages(store, reasons)
        if not (each.id in gone and each.state == MailState.UNLINKED)
    ]


# ---- inside


def _page(
    store: Workspace, condition: str, values: tuple[str, ...], limit: int, after: str | None
) -> tuple[tuple[UnlinkedMail, ...], str | None]:
    """A page by keyset: ``after`` is "<sent_at>.<id>" of the last mail of the page before.

    Of one state by its index; all of them by their ids, which are in the order of time as well.
    """
    more: tuple[int, ...] = ()
    by_state = condition.startswith("state=")
    if after:
        at, _, number = after.partition(".")
        if at.lstrip("-").isdecimal() and number.isdecimal():
            condition += " AND (sent_at, id) < (?, ?)" if by_state else " AND id < ?"
            more = (int(at), int(number)) if by_state else (int(number),)
    order = "sent_at DESC, id DESC" if by_state else "id DESC"
    found = store.cache.execute(
        f"SELECT {_SHOWN} FROM messages m WHERE {condition} ORDER BY {order} LIMIT ?",
        (*values, *more, limit + 1),
    ).fetchall()
    items = tuple(UnlinkedMail(*row) for row in found[:limit])
    return items, f"{items[-1].sent_at}.{items[-1].id}" if len(found) > limit else None


def _once(mails: Iterable[Values], links: dict[int, tuple[str, int]]) -> list[Values]:
    """One row of each mail: of copies the one that lies on the order, then the one still in its mailbox."""
    best: dict[tuple[str, str, str], Values] = {}
    for mail in mails:
        name = mail_rows.content_name(mail["message_id"], mail["digest"]), mail["from_address"], mail["subject"]
        other = best.get(name)
        if other is None or _rank(mail, links) > _rank(other, links):
            best[name] = mail
    return sorted(best.values(), key=_place, reverse=True)


def _place(mail: Values) -> tuple[int, bool, int]:
    """Of the same second what came in stands before what went out, as threading has it."""
    return mail["sent_at"], mail["direction"] == Direction.OUTBOUND, mail["id"]


def _rank(mail: Values, links: dict[int, tuple[str, int]]) -> tuple[bool, bool, bool]:
    return mail["id"] in links, mail["gone_at"] is None, mail["has_body"] == 1


def _conversation(row: Values, mails: tuple[MessageView, ...]) -> ConversationView:
    unanswered = row["unanswered"]
    if unanswered is not None and all(mail.id != unanswered for mail in mails):
        copy = [mail.id for mail in mails if mail.direction == Direction.INBOUND and not mail.auto]
        unanswered = copy[-1] if copy else None
    return ConversationView(
        id=row["id"],
        root=row["root"],
        status=row["status"],
        subject=row["subject"],
        customer=row["customer"],
        waiting_since=row["waiting_since"],
        unanswered=unanswered,
        messages=mails,
    )


def _view(row: Values, link: tuple[str, int], *, known: bool) -> MessageView:
    return MessageView(
        id=row["id"],
        source=row["source"],
        source_id=safe_line(f"{row['folder']} {row['uid']}"),
        message_id=row["message_id"],
        content_name=mail_rows.content_name(row["message_id"], row["digest"]),
        direction=row["direction"],
        from_name=row["from_name"],
        from_address=row["from_address"],
        to=tuple(json.loads(row["to_addresses"])),
        cc=tuple(json.loads(row["cc_addresses"])),
        reply_to=tuple(json.loads(row["reply_to"])),
        subject=row["subject"],
        sent_at=row["sent_at"],
        auto=row["auto"],
        has_body=row["has_body"] == 1,
        text=row["text"],
        quoted=tuple((first, last) for first, last in json.loads(row["quoted"])),
        attachments=tuple(AttachmentView(*each) for each in json.loads(row["attachments"])),
        warnings=tuple(json.loads(row["warnings"])),
        state=row["state"],
        link_reason=link[0],
        link_confidence=link[1],
        conversation_id=row["conversation_id"],
        known_sender=known or row["direction"] == Direction.OUTBOUND,
        synced_at=row["synced_at"],
    )


def _orders_of_conversations(store: Workspace, conversations: Sequence[int]) -> dict[int, set[int]]:
    query = (
        "SELECT m.conversation_id, l.order_id FROM messages m JOIN message_links l ON l.message=m.id "
        f"WHERE m.conversation_id IN ({marks(len(conversations))})"
    )
    found: dict[int, set[int]] = {}
    for conversation, order in store.cache.execute(query, list(conversations)):
        found.setdefault(conversation, set()).add(order)
    return found


def _cared_for(store: Workspace, orders: Iterable[int], now: int) -> tuple[set[int], dict[int, bool]]:
    """Those of these orders that have a task of somebody in time; those somebody owns, and whether they are due."""
    cared: set[int] = set()
    owned: dict[int, bool] = {}
    for part in chunks(orders):
        query = (
            "SELECT order_id, coalesce(in_hand_until >= ?, 0), owner <> '', due_at IS NOT NULL FROM queue_row "
            f"WHERE order_id IN ({marks(len(part))})"
        )
        for order, in_time, has_owner, due in store.cache.execute(query, [now, *part]):
            if in_time:
                cared.add(order)
            if has_owner:
                owned[order] = bool(due)
    return cared, owned


def _leaving(store: Workspace, mails: Iterable[int]) -> set[int]:
    """Those of these mails whose answer was sent on the desk, and no mailbox shows it yet."""
    names: dict[str, int] = {}
    for part in chunks(mails):
        query = f"SELECT id, message_id, digest FROM messages WHERE id IN ({marks(len(part))})"
        for number, message_id, digest in store.cache.execute(query, list(part)):
            names[mail_rows.content_name(message_id, digest)] = number
    return {names[name] for name in answered_at(store, names)}


def _gone(store: Workspace, ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for part in chunks(ids):
        query = f"SELECT id FROM messages WHERE gone_at IS NOT NULL AND id IN ({marks(len(part))})"
        found.update(number for (number,) in store.cache.execute(query, list(part)))
    return found
