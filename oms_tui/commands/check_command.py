"""Whom nobody looks after: every inbound mail must be answered, closed with a reason, or somebody's and due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands import documents, mail_documents
from oms_tui.commands.context import emit, opened, say, settled, table
from oms_tui.commands.failures import DONE, NOTHING

if TYPE_CHECKING:
    import argparse


_ALL = 1_000_000  # it is empty or lists all that is not


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--unattended", action="store_true", required=True, help="mails that nobody answered, closed or owns"
    )


def run(options: Any) -> int:
    """Do it: exit code 1 where something was found."""
    from oms_tui.store.reads.mail import unattended

    session = opened(options).session
    settled(session)
    found = unattended(session.store, session.policy, session.now(), limit=_ALL)
    if options.json:
        emit(documents.listed(mail_documents.unlinked(each) for each in found))
    elif found:
        rows = [
            (
                str(mail_documents.unlinked(each)["id"]),
                documents.moment(each.sent_at) or "",
                each.from_address,
                each.subject,
                each.reason,
            )
            for each in found
        ]
        table(rows, ("id", "sent", "from", "subject", "why"))
    else:
        say("nobody is left unattended")
    return NOTHING if found else DONE
