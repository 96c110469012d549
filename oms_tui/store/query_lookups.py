"""Words that find orders by what lies in other tables: numbers, people, products, tags, mail, and any text in them.

Each tests a row by that table's key, and knows what is near by an index of that table (see ``query_parts``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.query_tree import Wild
from oms_tui.store.order_keys import order_key
from oms_tui.store.query_begun import AFTER_ANY, begun, phrase
from oms_tui.store.query_parts import NEWEST, OPEN, Asked, Sql, among, compared, indexed, like, pattern

if TYPE_CHECKING:
    from oms_tui.domain.query_tree import Term
    from oms_tui.store.query_parts import Builder

_FEWEST_LAST_DIGITS: Final = 4
_MOST_NUMBERS: Final = 1_000
_MAIL_SHARE: Final = 5  # of what a search looks at, one part in so many is mail


def text_of(term: Term) -> str:
    """What was written, without its wildcards."""
    value = term.value
    return ("".join(value.parts) if isinstance(value, Wild) else str(value)).strip()


def keys(*kinds: str) -> Builder:
    """Orders with a number of one of these kinds: whole, a beginning (``104*``), an end (``*482``), or any part."""
    listed = ",".join(f"'{kind}'" for kind in kinds)

    def build(term: Term, _: Asked) -> Sql:
        value, of_kind = term.value, f"kind IN ({listed})"
        if not isinstance(value, Wild):
            return among(f"SELECT order_id FROM order_keys WHERE {of_kind} AND value = ?", [order_key(str(value))])
        parts = tuple(order_key(part) for part in value.parts)
        if not any(parts):
            return Sql(f"EXISTS (SELECT 1 FROM order_keys k WHERE k.order_id = q.order_id AND {of_kind})")
        if not parts[0] and not any(parts[1:-1]):
            text, bound = like("reversed", Wild((parts[-1][::-1], "")))
            of_kind = f"+{of_kind}"  # the ends have an index, but SQLite would go through all of the kind
        else:
            text, bound = like("value", Wild(parts))
        return Sql(
            f"EXISTS (SELECT 1 FROM order_keys k WHERE k.order_id = q.order_id AND {of_kind} AND {text})",
            bound,
            f"SELECT order_id FROM order_keys WHERE {of_kind} AND {text}",
            bound,
            exact=True,
        )

    return build


def found(term: Term, _: Asked) -> Sql:
    """Free text: what stands on the order, in its numbers (their beginnings and ends too), and in its mail."""
    text = text_of(term)
    newest, bound = _newest("orders_fts", text, NEWEST)
    searches = [f"SELECT rowid FROM ({newest})"]
    key = order_key(text)
    if key and any(char.isdigit() for char in key):
        backwards = key[::-1]
        for column, start in (("value", key), ("reversed", backwards)):
            if column == "value" or (key.isdigit() and len(key) >= _FEWEST_LAST_DIGITS):
                searches.append(
                    f"SELECT order_id FROM (SELECT order_id FROM order_keys WHERE {column} >= ? AND {column} < ? "
                    f"LIMIT {_MOST_NUMBERS})"
                )
                bound += [start, start + AFTER_ANY]
    newest, of_mail = _newest("messages_fts", text, NEWEST // _MAIL_SHARE)
    searches.append(f"SELECT order_id FROM message_links WHERE message IN ({newest})")
    return among(" UNION ALL ".join(searches), bound + of_mail)


def _newest(index: str, text: str, most: int) -> tuple[str, list[Any]]:
    """A statement for the newest entries of a full-text index that hold a text: as a word, else as a word's beginning.

    Words that begin so are not looked for where the word itself fills what is looked at.
    """
    if len(text) == 1 or " " in text:
        match, bound = "?", [phrase(text)]
    else:
        filled = f"(SELECT 1 FROM {index} WHERE {index} MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET {most - 1})"
        words, of_words = begun(index, text)
        match, bound = f"CASE WHEN {filled} THEN ? ELSE {words} END", [phrase(text), phrase(text), *of_words]
    return f"SELECT rowid FROM {index} WHERE {index} MATCH {match} ORDER BY rowid DESC LIMIT {most}", bound


def customer(term: Term, _: Asked) -> Sql:
    """A customer's name or company: by its words, then by how the row reads."""
    from oms_tui.domain.normalise import fold

    text = text_of(term)
    if not text:
        return Sql("q.name <> ''")
    words = text.split()
    asked = [begun("orders_fts", word) for word in words]
    match, bound = " || ' AND ' || ".join(each[0] for each in asked), [value for each in asked for value in each[1]]
    names = (
        "folded(q.name || ' ' || coalesce((SELECT c.name || ' ' || c.company FROM customers c "
        "WHERE c.id = q.customer_id), ''))"
    )
    named = " AND ".join(f"instr({names}, ?) > 0" for _ in words)
    rows = f"SELECT rowid FROM orders_fts WHERE orders_fts MATCH {match} ORDER BY rowid DESC LIMIT {NEWEST}"
    condition = f"q.order_id IN (SELECT rowid FROM ({rows})) AND {named}"
    return indexed(condition, [*bound, *map(fold, words)])


def email(term: Term, _: Asked) -> Sql:
    """An address of the order or of its customer, a beginning, or a part of it (``*@firma.example``)."""
    from oms_tui.domain import normalise

    value = term.value
    if not isinstance(value, Wild):
        address = normalise.email(str(value))
        return among(
            "SELECT id FROM orders WHERE email = ? UNION SELECT o.id FROM customer_identities i "
            "JOIN orders o ON o.customer_id = i.customer_id WHERE i.kind = 'email' AND i.value = ?",
            [address, address],
        )
    lowered = Wild(tuple(part.lower() for part in value.parts))
    ours, bound = like("o.email", lowered)
    theirs = like("i.value", lowered)[0]
    text = (
        f"(EXISTS (SELECT 1 FROM orders o WHERE o.id = q.order_id AND {ours}) OR EXISTS (SELECT 1 FROM "
        f"customer_identities i WHERE i.customer_id = q.customer_id AND i.kind = 'email' AND {theirs}))"
    )
    if value.anything:
        return Sql(text, bound * 2)
    return Sql(
        text,
        bound * 2,
        f"SELECT o.id FROM orders o WHERE {ours} UNION ALL SELECT r.order_id FROM customer_identities i "
        f"CROSS JOIN queue_row r ON r.customer_id = i.customer_id WHERE i.kind = 'email' AND {theirs}",
        bound * 2,
        exact=True,
    )


def phone(term: Term, _: Asked) -> Sql:
    """A phone number, with or without its country's code; of guests as it stands on the order."""
    from oms_tui.domain import normalise

    text = text_of(term)
    variants = normalise.phone_variants(normalise.phone(text)) or (text,)
    places = ",".join("?" * len(variants))
    return among(
        "SELECT o.id FROM customer_identities i JOIN orders o ON o.customer_id = i.customer_id "
        f"WHERE i.kind = 'phone' AND i.value IN ({places}) "
        f"UNION SELECT id FROM orders WHERE phone IN ({places}) AND id IN "
        f"(SELECT rowid FROM orders_fts WHERE orders_fts MATCH ? ORDER BY rowid DESC LIMIT {NEWEST})",
        [*variants, *variants, " OR ".join(phrase(each) for each in variants)],
    )


def sku(term: Term, _: Asked) -> Sql:
    """A product on one of the order's lines, in whatever case."""
    value = term.value
    of_row = "EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = q.order_id AND"
    if not isinstance(value, Wild):
        wanted = str(value)
        return Sql(f"{of_row} lower(l.sku) = ?)", [_lower(wanted)], *_near_sku([wanted], phrase(wanted)))
    if value.anything:
        return Sql(f"{of_row} l.sku <> '')")
    text = f"{of_row} l.sku LIKE ? ESCAPE '!')"
    head, *rest = value.parts
    if rest == [""]:
        return Sql(text, [pattern(value)], *_near_sku([head], phrase(head, prefix=True), beginning=True))
    near = "SELECT order_id FROM order_lines WHERE sku LIKE ? ESCAPE '!'"
    return Sql(text, [pattern(value)], near, [pattern(value)], exact=True)


def _near_sku(wanted: list[str], match: str, *, beginning: bool = False) -> tuple[str, list[Any]]:
    """By the lines' index as it was written and in one case; by the full-text index in any other."""
    spellings = list(dict.fromkeys(each for text in wanted for each in (text, text.upper(), text.lower())))
    test = "(sku >= ? AND sku < ?)" if beginning else "sku = ?"
    parts = [f"SELECT order_id FROM order_lines WHERE {test}" for _ in spellings]
    bound = [each for text in spellings for each in ((text, text + AFTER_ANY) if beginning else (text,))]
    parts.append("SELECT rowid FROM orders_fts WHERE orders_fts MATCH ?")
    return " UNION ALL ".join(parts), [*bound, match]


def _lower(text: str) -> str:
    """As SQLite's ``lower`` does: ASCII alone."""
    return "".join(char.lower() if char.isascii() else char for char in text)


def tag(term: Term, _: Asked) -> Sql:
    """One of the order's tags, in whatever case."""
    value = term.value
    if isinstance(value, Wild) and value.anything:
        return Sql("q.tags <> '[]'", near="SELECT order_id FROM order_tags", exact=True)
    wanted = Wild(tuple(part.casefold() for part in value.parts)) if isinstance(value, Wild) else str(value).casefold()
    text, bound = like("t.tag", wanted) if isinstance(wanted, Wild) else ("t.tag = ?", [wanted])
    return Sql(
        f"EXISTS (SELECT 1 FROM order_tags t WHERE t.order_id = q.order_id AND {text})",
        bound,
        f"SELECT t.order_id FROM order_tags t WHERE {text}",
        bound,
        exact=True,
    )


def customer_tag(term: Term, _: Asked) -> Sql:
    """A tag that a source gave to the person who placed it, by whichever of their customer records."""
    value = term.value
    if isinstance(value, Wild):
        if value.anything:
            return _of_tagged("1", [])
        return _of_tagged(*like("t.tag", Wild(tuple(part.casefold() for part in value.parts))))
    return _of_tagged("t.tag = ?", [str(value).casefold()])


def contract(term: Term, _: Asked) -> Sql:
    """Whether one of those tags says that they have a contract."""
    from oms_tui.domain.tiers import CONTRACT_TAGS

    # a colon or a blank and whatever follows: "contract", "contract: gold", "contract gold"
    tests = ["t.tag = ?", "(t.tag >= ? || ':' AND t.tag < ? || ';')", "(t.tag >= ? || ' ' AND t.tag < ? || '!')"]
    text = " OR ".join(test for _ in CONTRACT_TAGS for test in tests)
    found = _of_tagged(text, [tag for tag in CONTRACT_TAGS for _ in range(5)])
    return found if term.value == "yes" else Sql(f"NOT {found.text}", found.bound)


def _of_tagged(text: str, bound: list[Any]) -> Sql:
    return Sql(
        "EXISTS (SELECT 1 FROM customers c JOIN person_tags t ON t.person_id = c.person_id "
        f"WHERE c.id = q.customer_id AND ({text}))",
        bound,
        "SELECT q.order_id FROM person_tags t CROSS JOIN customers c ON c.person_id = t.person_id "
        f"CROSS JOIN queue_row q ON q.customer_id = c.id WHERE {text}",
        bound,
        exact=True,
    )


def worth(column: str) -> Builder:
    """A figure over all orders of the person who placed it; of guests, whom nobody keeps, none.

    Of amounts in several currencies it is the one that is named, else the largest: so all orders of a person are found
    alike, whichever currency they are in (``domain.tiers`` tells it the same way).
    """

    def build(term: Term, _: Asked) -> Sql:
        text, values = compared(f"w.{column}", term)
        bound: list[Any] = [*values]
        if term.currency:
            text, bound = f"{text} AND w.currency = ?", [*values, term.currency]
        else:
            text += (
                " AND NOT EXISTS (SELECT 1 FROM person_worth b WHERE b.person_id = w.person_id "
                f"AND (b.{column}, b.currency) > (w.{column}, w.currency))"
            )
        return Sql(
            "EXISTS (SELECT 1 FROM customers c JOIN person_worth w ON w.person_id = c.person_id "
            f"WHERE c.id = q.customer_id AND {text})",
            bound,
            # CROSS: the few who spent so much lead; without statistics SQLite would begin with every order.
            "SELECT q.order_id FROM person_worth w CROSS JOIN customers c ON c.person_id = w.person_id "
            f"CROSS JOIN queue_row q ON q.customer_id = c.id WHERE {text}{OPEN}",
            bound,
            exact=True,
        )

    return build
