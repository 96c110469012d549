"""The one gate through which text from outside reaches a screen, a file name or an index.

A terminal obeys control characters, reorders by bidi controls and hides what has no width; a customer's mail must do
none of it. ``safe_line`` and ``safe_block`` are for showing, ``searchable`` to match, ``safe_file_name`` to save.
What they give is plain text and still has to be drawn as such, never as markup.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LINE_LIMIT = 500
BLOCK_LIMIT = 200_000
_MARK_RUN = 4  # combining marks on one letter that some language needs; more climbs into other lines
_NAME_BYTES = 180  # of a file's name; file systems take 255, and a number may be added
_CUT = "…"

# Without width or with a hidden meaning: zero width, joiners, bidi, soft hyphen, fillers, variation selectors, tags.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_LINE_ENDS = "\n\r\x0b\x0c\x85\u2028\u2029"
_SUSPECT = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_INVISIBLE}]")
_SUSPECT_IN_LINE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_INVISIBLE}]")
_DROPPED = re.compile(f"[{_INVISIBLE}]+")
_OVERRIDE = re.compile("[\u202d\u202e]+")  # turns the reading direction round: good for nothing but deceit
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_LINE_ENDS_AND_TABS = re.compile(f"[{_LINE_ENDS}\t]+")
_WITHOUT_CONTROLS = bytes({*range(256)} - {*range(9), *range(0x0B, 0x20), 0x7F})
_ASCII_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ABOVE_LATIN = re.compile("[\u0300-\U0010ffff]")
_RARE_PLANE = re.compile("[\U00010000-\U0010ffff]")
_LAST_MARK = 0x1F000  # the tags and selectors beyond are dropped before

_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_FOREIGN = re.compile("[^\x00-\x7f]+(?: [^\x00-\x7f]+)*")

_PATH_SEPARATORS = re.compile(r"[/\\\u2044\u2215\u29f8\uff0f\uff3c]")
_BAD_IN_NAMES = re.compile(r'[<>:"|?*\x00-\x1f\x7f-\x9f]')
_BLANKS = re.compile(r"\s+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\Z", re.IGNORECASE)


def safe_line(text: str, limit: int = LINE_LIMIT) -> str:
    """``text`` as one line of at most ``limit`` characters; stable under repetition."""
    piece, cut = _piece(text, limit)
    if _SUSPECT_IN_LINE.search(piece):
        piece = _visible(_LINE_ENDS_AND_TABS.sub(" ", piece))
    return _capped(_composed(piece), limit, cut=cut)


def safe_block(text: str, limit: int = BLOCK_LIMIT) -> str:
    r"""``text`` with its lines (ended by ``\n``) and tabs, at most ``limit`` characters; stable under repetition."""
    piece, cut = _piece(text, limit)
    if _SUSPECT.search(piece):
        piece = _visible(_LINE_END.sub("\n", piece))
    return _capped(_composed(piece), limit, cut=cut)


def searchable(text: str) -> str:
    r"""``text`` as it should be matched and indexed: what is invisible is gone, look-alike digits and dashes are plain.

    Compatibility forms are folded (NFKC) and every dash is ``-``, so an order number written with a zero-width space,
    full-width digits or a typographic hyphen is found. Lines stay, case stays, control characters become blanks.
    """
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    if not text.isascii():
        # Folding is slow and looks back one character at most (a letter takes the accent after it), so it is done only
        # where something is beyond ASCII: a mail with a few umlauts costs a tenth.
        pieces: list[str] = []
        last = 0
        for run in _FOREIGN.finditer(text):
            start = max(last, run.start() - 1)
            pieces += (text[last:start], _folded(text[start : run.end()]))
            last = run.end()
        text = "".join((*pieces, text[last:]))
    if not text.encode("utf-8", "surrogatepass").translate(None, _WITHOUT_CONTROLS):
        return text  # asked so, it takes a fifth of what a search takes
    return _ASCII_CONTROL.sub(" ", _LINE_END.sub("\n", text))


def _folded(text: str) -> str:
    plain = _LINE_END.sub("\n", text)
    plain = _CONTROL.sub(" ", _DROPPED.sub("", plain))
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", _DASHES.sub("-", plain)))
    return _DROPPED.sub("", plain)


def safe_file_name(name: str) -> str:
    """A name under which an attachment called ``name`` may be saved in a folder of ours, its real extension kept.

    No folder, drive, stream or device is named by it, it is not hidden and no option of a command. It may exist:
    whoever saves opens it exclusively and counts up.
    """
    plain = unicodedata.normalize("NFC", _DROPPED.sub("", name[:2000]))
    plain = _CONTROL.sub("_", _LINE_ENDS_AND_TABS.sub(" ", plain))
    last = next((part for part in reversed(_PATH_SEPARATORS.split(plain)) if part.strip(" .~")), "")
    last = _BLANKS.sub(" ", _BAD_IN_NAMES.sub("_", last)).strip(" ").lstrip(".~- ").rstrip(". ")
    stem, dot, extension = last.rpartition(".")
    if not dot or not stem or len(extension) > 20:  # noqa: PLR2004 - no extension is longer
        stem, dot, extension = last, "", ""
    if _RESERVED.match(last.partition(".")[0].rstrip(" ")):
        stem = f"_{stem}"
    tail = f"{dot}{extension}"
    room = _NAME_BYTES - len(tail.encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ")
    return f"{stem}{tail}" if stem else "attachment"


def _piece(text: str, limit: int) -> tuple[str, bool]:
    most = limit * 4 + 64  # so that a megabyte of nothing is not cleaned to show a line
    return (text[:most], True) if len(text) > most else (text, False)


def _visible(piece: str) -> str:
    piece = _DROPPED.sub("", _OVERRIDE.sub("\ufffd", piece))
    return _CONTROL.sub(_symbol, piece)


def _symbol(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:  # noqa: PLR2004 - C0 has pictures of its own
        return chr(0x2400 + code)
    if code == 0x7F:  # noqa: PLR2004 - DEL likewise
        return "\u2421"
    return f"\\x{code:02x}" if code < 0xA0 else "\ufffd"  # noqa: PLR2004 - C1 has none; the rest are halves of characters


def _composed(piece: str) -> str:
    if piece.isascii() or not _ABOVE_LATIN.search(piece):
        return piece
    if not unicodedata.is_normalized("NFC", piece):
        piece = unicodedata.normalize("NFC", piece)
    return _long_runs(_LAST_MARK if _RARE_PLANE.search(piece) else 0xFFFF).sub(r"\1", piece)


@lru_cache(maxsize=2)
def _long_runs(last: int) -> re.Pattern[str]:
    """Too many marks on one letter, in text whose characters end at ``last``: 20 times as fast without rare planes.

    The class is made from Unicode's own data when first needed, in some 10 ms.
    """
    ranges: list[str] = []
    first = -1
    for code in range(0x300, last + 1):
        if unicodedata.category(chr(code)) in {"Mn", "Me"}:
            first = code if first < 0 else first
        elif first >= 0:
            ranges.append(f"{chr(first)}-{chr(code - 1)}")
            first = -1
    marks = f"[{''.join(ranges)}]"
    return re.compile(f"({marks}{{{_MARK_RUN}}}){marks}+")


def _capped(piece: str, limit: int, *, cut: bool) -> str:
    if len(piece) > limit or cut:
        return piece[: max(0, limit - len(_CUT))] + _CUT
    return piece
