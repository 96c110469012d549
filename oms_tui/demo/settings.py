"""The demo's config: a desk of its own, with everything it needs in one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

MARK: Final = "# oms-tui demo"
"""How a demo's config begins: by this a folder is known as one."""

_CONFIG: Final = '''{mark}, made for {day}. Everything in this folder is invented, and nothing leaves this machine:
# replies are put into mail/outgoing. Change what you like; delete the folder when you are done.

[desk]
name = "Bright Shop"
agent = "ana"                           # try --as lea: a lead may do more
timezone = "Europe/Berlin"
undo_window = "10s"
portable = true                         # data, cache and logs lie in data/ beside this file
signature = """
Kind regards
Bright Shop"""

[desk.hours]
mon-fri = ["09:00-12:00", "13:00-17:30"]
holidays = [{holidays}]

[agents.ana]
name = "Ana Ruiz"
role = "agent"
email = "ana@bright-shop.example"
deputy = "ben"

[agents.ben]
name = "Ben Okafor"
role = "agent"
email = "ben@bright-shop.example"
deputy = "ana"

[agents.lea]
name = "Lea Brandt"
role = "lead"
email = "lea@bright-shop.example"
deputy = "ana"                          # while she is away (`oms-tui absent until fri lea`), her accounts are ana's

# ---- the systems: exports that lie in folders, and two mailboxes

[sources.shop]
kind = "files"                          # orders, their lines, customers
path = "shop"
currency = "EUR"
poll = "20s"
stale_after = "1h"

[sources.depot]
kind = "files"                          # stock, parcels that were packed, orders to vendors
path = "depot"
timezone = "Europe/Berlin"
orders_from = "shop"
poll = "20s"
stale_after = "1h"

[sources.parcels]
kind = "files"                          # what the carriers say
path = "parcels"
orders_from = "shop"
poll = "20s"
stale_after = "6h"

[sources.books]
kind = "files"                          # payments, refunds, chargebacks, invoices
path = "books"
timezone = "Europe/Berlin"
orders_from = "shop"
poll = "30s"
stale_after = "6h"

[sources.support]
kind = "maildir"
path = "mail/support"
address = "support@bright-shop.example"
deliver_to = "mail/outgoing"
poll = "10s"

[sources.trade]
kind = "maildir"                        # business customers write here
path = "mail/trade"
address = "trade@bright-shop.example"
deliver_to = "mail/outgoing"
poll = "10s"

# ---- how customers are served

[tiers.key]
when = "tag:contract"                   # the shop marks them; or by worth: customer.spend:>5000
first_response = "1h"
next_response = "2h"
resolution = "2d"
calls = ["placed", "shipped", "delayed", "delivered"]
call_within = "1h"
account_manager = "lea"

[tiers.priority]
when = "customer.orders:>=3"
first_response = "2h"
next_response = "4h"

[tiers.one_off]
when = "customer.orders:1"
first_response = "8h"

[tiers.standard]
when = ""
first_response = "4h"

# ---- procedures: the set steps for a kind of order

[procedures."Gift"]
when = "tag:gift"
steps = [
    {{ title = "Write the gift card", role = "agent" }},
    {{ title = "Wrap it, take the prices off", role = "warehouse" }},
    {{ title = "Tell the customer it is on its way", role = "agent", action = "send" }},
]

[procedures."Lost or coming back"]
when = "tracking:returning OR reason:carrier_parcel_lost"
steps = [
    {{ title = "Call the customer", role = "agent", action = "log_call" }},
    {{ title = "Open a claim with the carrier", role = "lead" }},
    {{ title = "Replace or refund", role = "agent" }},
    {{ title = "Say why it is late", role = "agent", action = "set_delay_reason" }},
]

# ---- what is done by itself: J on the desk, or `oms-tui rules list`

[rules.customs]                         # a draft lies ready before the customer asks; a person sends it
when = "tracking:exception is:untold reason:customs*"
do = "draft"
fields = {{ macro = "customs" }}
again = "returns"

[rules.held-up]                         # the same where the parcel is stuck for another reason
when = "tracking:exception is:untold -reason:customs*"
do = "draft"
fields = {{ macro = "parcel-held" }}
again = "returns"

[rules.slipping]                        # a good customer's order will not be there on the promised day
when = "ship:slipping -tracking:exception is:untold (tier:key OR tier:priority)"
do = "draft"
fields = {{ macro = "later-than-promised" }}
again = "returns"

[rules.late]                            # on its way, late, and a good customer heard nothing of it
when = "ship:late tracking:in_transit is:untold (tier:key OR tier:priority)"
do = "draft"
fields = {{ macro = "wismo-late" }}
again = "returns"

[rules.unanswered]                      # the lead is told before the promised time is over
when = "clock:>80% (tier:key OR tier:priority)"
do = "escalate"
fields = {{ to = "lead" }}
again = "returns"

[rules.large]
when = "total:>1000 state:open payment:paid"
do = "tag"
fields = {{ tags = "large" }}

[rules.release]                         # the files of this shop take no orders from here; a shop's own system does
when = "payment:paid stock:ok stage:ready_to_release"
do = "release"
enabled = false

[macros]
folder = "macros"

[ui]
theme = "dark"
'''


def config_text(now: datetime) -> str:
    """The config of a demo that is made ``now`` (aware)."""
    years = (now.year, now.year + 1)
    holidays = ", ".join(f'"{year}-{day}"' for year in years for day in ("01-01", "05-01", "10-03", "12-25", "12-26"))
    return _CONFIG.format(mark=MARK, day=f"{now:%d %B %Y}", holidays=holidays)
