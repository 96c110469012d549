"""Bytes to text for mail that lies about its charset.

The ladder: the declared charset if it is one of text (an alias table heals the usual misnomers), UTF-8, a guess on a
sample, and Windows-1252 with replacement. Python's own registry is not trusted: it also holds codecs that are no
charsets (``rot13``, ``zlib``, ``idna``, ``undefined``) and that raise strange errors or blow up.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_NAME_LENGTH = 40
GUESS_BYTES = 16_384  # charset-normalizer takes 16 ms for 24 kB; more bytes do not make it wiser
_TOO_SHORT = 200  # bytes below which a guess is worse than the rule for Latin text
_LATIN_SHARE = 3  # in Latin text fewer than one byte in so many is beyond ASCII
_WHOLE_LETTERS = 3  # so many whole letters beyond ASCII excuse one that is broken
_SAMPLE = 100_000  # characters

# Python names of the charsets that mail is written in.
_TEXT_CODECS = frozenset(
    {
        *(
            "ascii",
            "utf-8",
            "utf-8-sig",
            "utf-7",
            "utf-16",
            "utf-16-le",
            "utf-16-be",
            "utf-32",
            "utf-32-le",
            "utf-32-be",
        ),
        *(f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
        *(f"cp{page}" for page in (1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)),
        *(
            f"cp{page}"
            for page in (437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874)
        ),
        *(
            "koi8-r",
            "koi8-u",
            "koi8-t",
            "kz1048",
            "ptcp154",
            "mac-roman",
            "mac-cyrillic",
            "mac-greek",
            "mac-latin2",
            "mac-turkish",
        ),
        *("gb2312", "gbk", "gb18030", "hz", "big5", "big5hkscs", "cp950"),
        *("euc_jp", "euc_jis_2004", "euc_jisx0213", "shift_jis", "shift_jis_2004", "shift_jisx0213", "cp932"),
        *("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext"),
        *("euc_kr", "cp949", "johab", "iso2022_kr", "tis-620"),
    }
)

# What people write, and what they mean. A narrow old name stands for its superset, as the WHATWG's standard has it.
_ALIASES = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi": "cp1252",
    "x-ansi": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "x-windows-874": "cp874",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "euc-cn": "gb18030",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "ks_c_5601-1989": "cp949",
    "euc-kr": "cp949",
    "windows-949": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "big5": "big5hkscs",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "unicode-1-1-utf-7": "utf-7",
    "utf8": "utf-8",
    "utf-8": "utf-8-sig",
    "utf8mb4": "utf-8",
    "cp-850": "cp850",
}
# Charsets whose bytes are all below 0x80, or that have NULs: for these "it is ASCII" decides nothing.
_NOT_ASCII_BASED = frozenset(
    {"utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "hz", "iso2022_kr"}
) | {name for name in _TEXT_CODECS if name.startswith("iso2022_jp")}
_HIGH = re.compile(rb"[\x80-\xff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=512)
def text_codec(charset: str) -> str:
    """Python's name of the charset ``charset`` as mail calls it, or "" if it is none that mail is written in."""
    name = charset.strip().strip("\"'").lower()
    name = name.partition("*")[0] if name.count("*") == 1 else name  # RFC 2231: charset*language
    if not name or len(name) > _NAME_LENGTH or not name.isascii() or "\0" in name:
        return ""
    try:
        found = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError, UnicodeError):
        return ""
    return found if found in _TEXT_CODECS else ""


def decode(raw: bytes, charset: str = "") -> tuple[str, bool]:
    """The text of ``raw``, and whether its charset had to be guessed or bytes replaced.

    Never raises, and the text never holds half of a surrogate pair.
    """
    codec = text_codec(charset) if charset else ""
    if raw.isascii() and codec not in _NOT_ASCII_BASED:
        return raw.decode("ascii"), False
    text, guessed = _decode(raw, codec)
    if _SURROGATE.search(text):  # UTF-7 can smuggle halves of characters in
        return _SURROGATE.sub("\ufffd", text), True
    return text, guessed


def _decode(raw: bytes, codec: str) -> tuple[str, bool]:
    if codec == "cp1252":
        # Also what ASCII and Latin-1 stand for. That it is UTF-8 is by far the most frequent lie, and no text in
        # Windows-1252 is valid UTF-8 by chance.
        try:
            return raw.decode("utf-8"), True
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
            return text, "\ufffd" in text
    if codec:
        try:
            return raw.decode(codec), False
        except (UnicodeError, ValueError):
            text = raw.decode(codec, "replace")
        if _mostly_right(text):
            return text, True
    try:
        return raw.decode("utf-8"), bool(codec)
    except UnicodeDecodeError:
        return raw.decode(_guess(raw), "replace"), True


def _mostly_right(text: str) -> bool:
    """Whether the declared charset is still the best reading: a few letters broken among many that are whole."""
    sample = text[:_SAMPLE]
    broken = sample.count("\ufffd")
    return broken * _WHOLE_LETTERS <= len(_BEYOND_ASCII.findall(sample)) - broken


def _guess(raw: bytes) -> str:
    sample = raw[:GUESS_BYTES]
    if len(_HIGH.findall(sample)) * _LATIN_SHARE < len(sample) < _TOO_SHORT:
        return "cp1252"  # a few accents among Latin letters: less than statistics can be made of
    from charset_normalizer import from_bytes  # its import costs 40 ms, and most mail needs no guess

    best = from_bytes(sample).best()
    return (text_codec(best.encoding) if best else "") or "cp1252"
