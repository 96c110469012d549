"""A worker at its busiest: takes invented orders in and derives them until it is ended. Run as a program."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from stores import PAGE, POLICY, orders  # noqa: E402 - it lies in the folder just made importable

from connectors.records import Page  # noqa: E402 - likewise
from oms_tui.commands.sync_command import give_way  # noqa: E402 - likewise
from oms_tui.store.derive.run import derive_dirty  # noqa: E402 - likewise
from oms_tui.store.workspace import Workspace  # noqa: E402 - likewise
from oms_tui.sync.ingest import ingest_page  # noqa: E402 - likewise


def main() -> None:
    """Until killed: pages of new orders, each derived at once."""
    give_way()
    now = datetime.now(UTC)
    moment = int(now.timestamp() * 1000)
    with Workspace(Path(sys.argv[1]), checkpoints=True) as store:
        batch = []
        for order in orders(10_000_000, now, seed=int(time.time())):
            # Placed just now: what comes in is not what presses most, so the list on the screen stays what it was.
            named = {"remote_id": f"new-{order.remote_id}", "number": f"N{order.number}"}
            batch.append(replace(order, **named, placed_at=now, promised_at=now + timedelta(days=5)))
            if len(batch) == PAGE:
                ingest_page(store, "shop", "orders", Page(records=list(batch), cursor={}), now=moment)
                derive_dirty(store, POLICY, now=moment)
                batch.clear()


if __name__ == "__main__":
    main()
