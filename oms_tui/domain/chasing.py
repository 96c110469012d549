"""Whether a customer's mail chases an order: "where is my parcel?", in the languages the desk's customers write.

By words and not by a model: a chase is counted beside a call that was missed, so a reader must see why it counts.
A mail that only mentions a parcel is none; one that asks where it is, when it comes, or says that nothing came, is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LOOKED_AT: Final = 2_000
"""Characters of a mail that are looked at: who chases says so at its beginning."""

_PHRASES: Final = (
    # English
    r"where(?:s| is| are| has)\b.{0,30}\b(?:order|parcel|package|delivery|shipment|goods|stuff|lamps?|item)",
    r"\bwhen (?:will|does|is|can|do)\b.{0,40}\b(?:arrive|come|deliver|delivered|ship|shipped|sent|here|expect|get)",
    r"\b(?:still|yet) (?:no|not|have not|havent|waiting|nothing|hasnt)\b",
    r"\b(?:not|never|nothing|hasnt|havent)\b.{0,20}\b(?:arrived|received|come|turned up|been delivered)",
    r"\bany (?:news|update|idea when)\b",
    r"\b(?:status|whereabouts) of (?:my|our|the|this)\b",
    r"\b(?:late|overdue|delayed|stuck|lost)\b.{0,30}\b(?:parcel|order|package|delivery|shipment)",
    r"\b(?:parcel|order|package|delivery|shipment)\b.{0,30}\b(?:late|overdue|delayed|stuck|lost|missing)\b",
    r"\btracking\b.{0,40}\b(?:not|nothing|stopped|stuck|same|days|changed|moved)",
    r"\b(?:waiting for|chasing|chase up)\b.{0,20}\b(?:my|our|the|this)\b",
    # German
    r"\bwo (?:ist|sind|bleibt|bleiben|steckt)\b",
    r"\bwann (?:kommt|kommen|wird|werden|ist|erhalte|bekomme|kann|darf)\b",
    r"\b(?:noch|bisher|immer noch) (?:nicht|nichts|kein|keine|keinen)\b",
    r"\bnicht (?:angekommen|erhalten|eingetroffen|geliefert|da)\b",
    r"\b(?:warte|warten) (?:\w+ ){0,3}(?:auf|noch|immer|seit)\b",
    r"\b(?:paket|bestellung|lieferung|sendung)\b.{0,40}\b(?:ueberfaellig|uberfallig|verspaetet|verspatet|verloren|haengt)",
    r"\b(?:sendungsstatus|lieferstatus|sendungsverfolgung|nachforschung)\b",
    # French
    r"\bou (?:est|en est|sont|se trouve)\b",
    r"\bquand (?:\w+ ){0,3}(?:arriv|livr|recev|sera|vais)",
    r"\b(?:toujours|encore) (?:pas|rien|en attente)\b|\b(?:rien recu|pas recu|pas encore recu|pas arrive)",
    r"\b(?:colis|commande|livraison)\b.{0,30}\b(?:retard|perdu|bloque|pas)",
    # Spanish, Italian, Portuguese
    r"\bdonde (?:esta|estan|anda)\b|\bcuando (?:llega|llegara|recib|sera|me)",
    r"\b(?:no ha llegado|no he recibido|todavia no|aun no|sigo esperando)\b",
    r"\bdov ?e\b.{0,20}\b(?:pacco|ordine|ordini|spedizione|consegna)",
    r"\bquando (?:arriva|arrivera|sara)",
    r"\b(?:non e (?:ancora )?arrivat|non ho (?:ancora )?ricevuto|ancora nulla|ancora niente)",
    r"\bonde esta\b|\bquando chega\b|\bainda nao (?:chegou|recebi)\b",
    # Dutch, Swedish, Danish, Norwegian, Polish
    r"\bwaar (?:is|blijft|blijven|zijn)\b|\bwanneer (?:komt|wordt|kan|krijg)\b|\bnog (?:niet|niets|steeds niet|geen)\b",
    r"\bvar (?:ar|finns)\b.{0,25}\b(?:paket|bestallning|order|leverans)|\bnar (?:kommer|far|levereras|ankommer)\b",
    r"\b(?:inte|ikke) (?:kommit|fatt|anlant|kommet|modtaget|mottatt|ankommet)\b|\bhvor (?:er|bliver|blir)\b",
    r"\bgdzie (?:jest|sa)\b|\bkiedy (?:dotrze|bedzie|przyjdzie|otrzymam)\b",
    r"\b(?:nie dotarl|nie dostal|nie otrzymal|jeszcze nie)",
)
_CHASES: Final = re.compile("|".join(_PHRASES))
_CHASES_EAST: Final = re.compile(
    r"まだ届|届いて(?:い)?(?:ません|ない)|いつ届|どこにあ|还没(?:有)?(?:收到|到)|什么时候(?:到|送)|在哪"
)
_LETTERS: Final = str.maketrans("łøđ", "lod")
_APOSTROPHES: Final = re.compile("['\u2019\u00b4`]")
_BLANKS: Final = re.compile(r"\s+")


def is_chasing(subject: str, text: str) -> bool:
    """Whether a mail, without what it quotes, asks where the order is. Both as shown; of any length."""
    told = f"{subject}\n{text[:_LOOKED_AT]}"
    if _CHASES_EAST.search(told):
        return True
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", told).casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)
    return _CHASES.search(_BLANKS.sub(" ", bare)) is not None


def without_quotes(text: str, quoted: Iterable[Sequence[int]]) -> str:
    """A mail's own lines: of each part it quotes ``quoted`` has the first line and the one after the last."""
    lines = text.split("\n")
    inside = {number for part in quoted for number in range(part[0], min(part[1], len(lines)))}
    return "\n".join(line for number, line in enumerate(lines) if number not in inside)
