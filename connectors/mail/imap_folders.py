"""Which folder is for what: by the server's word (RFC 6154), else by the names mail programs give them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPECIAL = {
    "\\sent": "sent",
    "\\drafts": "drafts",
    "\\junk": "junk",
    "\\trash": "trash",
    "\\archive": "archive",
    "\\all": "all",
}
_UNUSABLE = frozenset({"\\noselect", "\\nonexistent"})
_NAMES = {
    "sent": (
        r"sent|sent[ -]?(?:items?|mail|messages?)|gesendet(?:e (?:elemente|objekte|nachrichten))?"
        r"|(?:éléments |messages )?envoyés?|(?:elementos |itens )?enviad[oa]s?|inviat[ai]|posta inviata"
        r"|verzonden(?: items| berichten)?|(?:elementy )?wysłane|skickat|skickade|sendt|lähetetyt|odeslané|odoslané"
        r"|trimise|gönderilmiş.*|отправленные|надіслані|已发送.*|寄件備份|送信済み.*|보낸 ?편지함"
    ),
    "drafts": (
        r"drafts?|entw[üu]rfe|brouillons?|borradores|rascunhos|bozze|concepten|kopie robocze|utkast|kladder|luonnokset"
        r"|черновики|草稿.*|下書き"
    ),
    "junk": (
        r"junk|spam|junk[ -]?e?-?mail|bulk mail|ungewollt|unerw[üu]nscht|courrier indésirable|correo no deseado"
        r"|ongewenste.*|спам"
    ),
    "trash": (
        r"trash|deleted (?:items|messages)|papierkorb|gel[öo]schte (?:elemente|objekte)|corbeille|papelera|lixeira"
        r"|cestino|prullenbak|kosz|корзина"
    ),
    "archive": r"archives?|archiv|archief|archivio|archivo|arkiv",
}
_BY_NAME = {role: re.compile(rf"(?:{names})\Z", re.IGNORECASE) for role, names in _NAMES.items()}


def roles(listed: Sequence[tuple[tuple[str, ...], str, str]], *, sent: str = "") -> dict[str, str]:
    r"""Folder of each role out of (flags, delimiter, name). ``sent`` is what the config says.

    Flags are compared without regard to case: Cyrus can send ``\sent``.
    """
    found = {"inbox": "INBOX"}
    usable = [
        ({flag.lower() for flag in flags}, name.rpartition(delimiter)[2] if delimiter else name, name)
        for flags, delimiter, name in listed
        if _UNUSABLE.isdisjoint(flag.lower() for flag in flags)
    ]
    for flags, _, name in usable:
        for flag in flags & _SPECIAL.keys():
            found.setdefault(_SPECIAL[flag], name)
    for role, pattern in _BY_NAME.items():
        if role in found:
            continue
        named = [name for _, last, name in usable if pattern.match(last)]
        if named:
            found[role] = min(named, key=lambda name: (len(name), name))
    if sent:
        found["sent"] = sent
    return found
