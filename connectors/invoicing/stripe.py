"""Stripe: payments, refunds, disputes, invoices and credit notes; money back, and credit notes issued.

Its API: https://docs.stripe.com/api. The version is pinned, so that an account's own default changes nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from connectors.base import Capability, Change, Health, Manifest, Setting
from connectors.errors import ConnectorError, Forbidden, NotFound, Rejected
from connectors.http import HttpApi
from connectors.invoicing.stripe_credits import StripeCredits
from connectors.invoicing.stripe_kinds import STREAMS
from connectors.invoicing.stripe_reading import StripeReading
from connectors.invoicing.stripe_records import Reader
from connectors.invoicing.stripe_refunds import StripeRefunds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from connectors.base import Account, Action, Receipt
    from connectors.records import Page, Ref

API: Final = "https://api.stripe.com"
VERSION: Final = "2024-10-28.acacia"
ORDER_KEYS: Final = ("order_id", "order_number", "order")
_PER_SECOND: Final = 20  # a live account may make 100 a second, its shop among them


class Stripe:
    """One Stripe account, or one connected to it."""

    manifest = Manifest(
        key="stripe",
        title="Stripe",
        capabilities=frozenset({Capability.PAYMENTS, Capability.INVOICES, Capability.ORDER_ACTIONS}),
        settings=(
            Setting(
                "key",
                "secret",
                required=True,
                help="better a restricted key (rk_live_…): read charges, payment intents, disputes, invoices, credit "
                "notes and events, write refunds and credit notes",
            ),
            Setting("account", help="a connected account (acct_…), where the key is the platform's"),
            Setting(
                "order_reference",
                "list",
                default=list(ORDER_KEYS),
                help="metadata keys that name the order, the best first; one that ends in _id holds the shop's own id",
            ),
            Setting("url", default=API, help="where the API answers"),
        ),
        cursor_covers=frozenset({Change.PAID, Change.REFUND}),
        actions=("refund", "credit_note"),
        streams=tuple(STREAMS),
        scale="silver",
        proof="localstripe (lists, reads, refunds), Stripe's official fixtures, a written stand-in for the rest",
    )

    def __init__(self, account: Account) -> None:
        key = str(account.values["key"])
        self._key_is_test = "_test_" in key
        headers = {"Authorization": f"Bearer {key}", "Stripe-Version": VERSION}
        if connected := str(account.values.get("account") or ""):
            headers["Stripe-Account"] = connected
        self._api = HttpApi(
            account,
            str(account.values.get("url") or API),
            headers=headers,
            redact=(key,),
            per_second=_PER_SECOND,
            burst=_PER_SECOND,
        )
        reader = Reader(account.values.get("order_reference") or ORDER_KEYS)
        self._reading = StripeReading(self._api, reader)
        parts = (self._api, self._reading, reader, account.options.get("clock"))
        self._writes: dict[str, StripeRefunds | StripeCredits] = {
            "refund": StripeRefunds(*parts),
            "credit_note": StripeCredits(*parts),
        }

    def check(self) -> Health:
        """List one object of each kind: what the key may not read is named."""
        missing = []
        paths = [kind.path for kinds in STREAMS.values() for kind in kinds]
        for path in [*paths, "/v1/events"]:
            try:
                self._reading.look(path)
            except (Forbidden, NotFound) as error:
                if path == paths[0]:
                    raise
                missing.append(f"reading {path.rpartition('/')[2]}: {_words(error)}")
        return Health(
            ok=True,
            detail="Stripe, test mode" if self._key_is_test else "Stripe",
            version=VERSION,
            missing=tuple(missing),
            clock_skew=self._api.clock_skew,
        )

    def close(self) -> None:
        """Let go of connections."""
        self._api.close()

    def changed(self, stream: str, cursor: dict[str, Any] | None, *, until: datetime) -> Iterator[Page]:
        """Pages of one of the manifest's streams: the lists first, then what the log of events names.

        Raises:
            NotFound: there is no such stream.
            ConnectorError: any of the family.
        """
        if stream not in STREAMS:
            raise NotFound(f"Stripe has no stream {stream!r}; there are: {', '.join(STREAMS)}")
        return self._reading.changed(stream, cursor, until=until)

    def fetch(self, refs: Sequence[Ref]) -> Page:
        """Given objects again, payments with their refunds."""
        return self._reading.fetch(refs)

    def preview(self, action: Action) -> str:
        """In words, the exact call that will be made."""
        return self._writing(action).preview(action)

    def perform(self, action: Action, *, key: str, expect: str) -> Receipt:
        """Refund, or issue a credit note, once for each ``key``."""
        return self._writing(action).perform(action, key=key, expect=expect)

    def confirm(self, key: str) -> Receipt | None:
        """Whether the write with ``key`` was made."""
        for write in self._writes.values():
            if (receipt := write.confirm(key)) is not None:
                return receipt
        return None

    def _writing(self, action: Action) -> StripeRefunds | StripeCredits:
        if action.kind not in self._writes:
            raise Rejected(f"Stripe can refund and credit; it cannot {action.kind}", field="action")
        return self._writes[action.kind]


def _words(error: ConnectorError) -> str:
    return str(error)[:200]
