"""Tryton 8: sales, parties, stock, shipments, invoices, payments, purchases and opportunities over its own JSON-RPC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.base import Capability, Change, Health, Manifest, Setting
from connectors.errors import Forbidden, NotFound
from connectors.http import HttpApi
from connectors.orders.tryton_actions import TrytonActions
from connectors.orders.tryton_goods import MOVES
from connectors.orders.tryton_orders import SaleMap
from connectors.orders.tryton_read import STREAMS, TrytonReader
from connectors.orders.tryton_rpc import TrytonRpc
from connectors.orders.tryton_scan import walk
from connectors.records import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from connectors.base import Account, Action, Receipt
    from connectors.records import Ref

_USEFUL = {"stock_package_shipping": "tracking numbers", "sale_payment": "payments of sales"}


class Tryton:
    """One company of one Tryton database."""

    manifest: ClassVar[Manifest] = Manifest(
        key="tryton",
        title="Tryton",
        capabilities=frozenset(
            {
                Capability.ORDERS,
                Capability.CUSTOMERS,
                Capability.STOCK,
                Capability.SHIPMENTS,
                Capability.PAYMENTS,
                Capability.INVOICES,
                Capability.PURCHASES,
                Capability.ORDER_ACTIONS,
            }
        ),
        settings=(
            Setting("url", required=True, help="address of the server: https://erp.example.com"),
            Setting("database", required=True, help="name of the database"),
            Setting("user", required=True, help="login of a user who may read sales, stock and accounting"),
            Setting("password", type="secret", required=True, help="that user's password"),
            Setting("company", help="name of the company, where the user has several"),
            Setting(
                "warehouses", type="list", default=(), help="codes or names of the warehouses to show; all if empty"
            ),
            Setting("order_prefix", default="", help="put before Tryton's order numbers, to tell them from others"),
            Setting("promised_days", type="integer", default=0, help="days from shipping to the customer's door"),
            Setting("ca_file", type="path", help="certificate of your own authority"),
        ),
        cursor_covers=frozenset(Change) - {Change.DELIVERED},
        actions=TrytonActions.kinds,
        streams=tuple(STREAMS),
        scale="gold",
        proof="a real Tryton 8.2: leads, sales, stock, shipments, drop shipments, invoices, payments, purchases",
        min_poll=timedelta(seconds=15),
    )

    def __init__(self, account: Account) -> None:
        values = account.values
        self._name = account.name
        url, database = str(values["url"]).rstrip("/"), str(values["database"])
        self._clock: Callable[[], datetime] = account.options.get("clock") or (lambda: datetime.now(UTC))
        self._api = HttpApi(
            account,
            url,
            headers={"Content-Type": "application/json"},
            redact=[str(values["password"])],
            ca_file=str(values.get("ca_file") or ""),
        )
        self._rpc = TrytonRpc(
            self._api,
            database=database,
            user=str(values["user"]),
            password=str(values["password"]),
            company=str(values.get("company") or ""),
        )
        sale_map = SaleMap(
            link=f"{url}/#{database}/model/sale.sale/{{id}}",
            prefix=str(values.get("order_prefix") or ""),
            promised_days=int(values.get("promised_days") or 0),
            zone=account.zone,
        )
        self._reader = TrytonReader(
            self._rpc, sale_map, warehouses=tuple(values.get("warehouses") or ()), clock=self._clock
        )
        self._actions = TrytonActions(self._rpc, self._name)

    def check(self) -> Health:
        """Log in and name the modules and rights that are missing for full use.

        Raises:
            Forbidden: the user may not read sales, without which there is nothing to show.
            ConnectorError: not reached, not let in.
        """
        version = self._rpc.version()
        self._rpc.login()
        modules = {
            row["name"]
            for row in self._rpc.call(
                "model.ir.module.search_read", [["state", "=", "activated"]], 0, None, None, ["name"]
            )
        }
        missing: list[str] = []
        for name, stream in STREAMS.items():
            if stream.module not in modules:
                missing.append(f"module {stream.module} ({name})")
            elif not self._rpc.readable(stream.walk.model):
                missing.append(f"the right to read {stream.walk.model} ({name})")
        missing += [f"module {name} ({what})" for name, what in _USEFUL.items() if name not in modules]
        if "sale" in modules and not self._rpc.readable("sale.sale"):
            raise Forbidden(f"{self._name}: this Tryton user may not read sales", scope="sale.sale")
        return Health(
            ok=True,
            detail=f"Tryton {version}, {len(modules)} modules",
            version=version,
            missing=tuple(missing),
            clock_skew=self._api.clock_skew,
        )

    def close(self) -> None:
        """Let go of connections. Tryton forgets the session by itself."""
        self._api.close()

    def changed(self, stream: str, cursor: dict[str, Any] | None, *, until: datetime) -> Iterator[Page]:
        """Pages of what changed. A stream whose module or right is missing is empty; ``check`` names it.

        Raises:
            NotFound: there is no such stream.
            ConnectorError: any of the family.
        """
        if stream not in STREAMS:
            raise NotFound(f"{self._name}: Tryton has no stream {stream!r}; there are: {', '.join(STREAMS)}")
        what = STREAMS[stream].walk
        if not self._rpc.readable(what.model):
            yield Page(cursor=dict(cursor or {}))
            return
        by_moves = stream == "stock" and cursor is not None and bool(cursor.get("since"))
        now = min(self._clock(), until) + (self._api.clock_skew or timedelta())
        for step in walk(self._rpc, MOVES if by_moves else what, cursor, now=now):
            page = Page(cursor=step.cursor, more=step.more, total=step.total)
            self._reader.read(stream, self._reader.moved_products(step.ids) if by_moves else step.ids, page)
            yield page

    def fetch(self, refs: Sequence[Ref]) -> Page:
        """Records by ref; an order comes with its shipments, invoices, payments, purchases and notes.

        Raises:
            ConnectorError: any of the family.
        """
        page = Page()
        places = {ref: self._reader.locate(ref) for ref in refs}
        wanted: dict[str, set[int]] = {}
        for stream, number in filter(None, places.values()):
            wanted.setdefault(stream, set()).add(number)
        there = {stream: self._reader.read(stream, sorted(ids), page) for stream, ids in wanted.items()}
        if there.get("orders"):
            self._reader.hang_on(sorted(there["orders"]), page)
        page.deleted += [ref for ref, place in places.items() if place is None or place[1] not in there[place[0]]]
        return page

    def preview(self, action: Action) -> str:
        """In words, the call that will be made."""
        return self._actions.preview(action)

    def perform(self, action: Action, *, key: str, expect: str) -> Receipt:
        """Do it once. Raises a ConnectorError."""
        return self._actions.perform(action, key=key, expect=expect)

    def confirm(self, key: str) -> Receipt | None:
        """Whether the action with ``key`` happened. Raises a ConnectorError."""
        return self._actions.confirm(key)
