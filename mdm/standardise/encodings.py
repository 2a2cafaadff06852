"""The encodings that Vietnamese extracts come in: read, write, and tell apart.

Which encoding a file is in is judged over the whole file (or a column), never over a cell: the bytes of `Hồ` in VNI are
those of `Hòa` in Windows-1252. The judge is the grammar of syllables: only under the right table do words come out
legal.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np
import polars as pl

from mdm.standardise.syllables import is_syllable

ALIASES = {
    "utf-8": "utf8 utf-8-sig utf8-sig unicode",
    "utf-16": "utf16 utf-16le utf-16be utf-16-le utf-16-be",
    "tcvn3": "tcvn-3 tcvn abc tcvn5712-1 tcvn-5712",
    "vni": "vni-windows vni-win vni-times",
    "viscii": "viscii1.1",
    "windows-1258": "cp1258 1258 windows1258",
    "windows-1252": "cp1252 1252 windows1252 latin-1 latin1 iso-8859-1",
}
"""Encoding as `mdm.yaml` names it → other spellings that are understood (with `auto`, which asks `detect`)."""

_NAMES = {alias: name for name, aliases in ALIASES.items() for alias in (name, *aliases.split())}

# One letter a byte: what stands at each byte from 0x80 on. Bytes that a table leaves free read as Windows-1252, whose
# own free bytes (81 8D 8F 90 9D) read as the control characters of that number, so that every byte can be read.
_WINDOWS_1252 = (
    "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ"
    "\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿"
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß"
    "àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"
)
_WINDOWS_1258 = (
    "€\x81‚ƒ„…†‡ˆ‰\x8a‹Œ\x8d\x8e\x8f\x90‘’“”•–—˜™\x9a›œ\x9d\x9eŸ"
    "\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿"
    "ÀÁÂĂÄÅÆÇÈÉÊË\u0300ÍÎÏĐÑ\u0309ÓÔƠÖ×ØÙÚÛÜƯ\u0303ß"
    "àáâăäåæçèéêë\u0301íîïđñ\u0323óôơö÷øùúûüư₫ÿ"
)
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    "ÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_TCVN3 = (
    "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ"
    "\xa0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ"
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò"
    "ỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_SMALL = "".join(sorted({c.lower() for c in _VISCII if c.isalpha()}))
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}

_ASCII = "".join(map(chr, range(128)))
_TABLES = {
    "tcvn3": _ASCII + _TCVN3,
    "viscii": _ASCII.translate(_VISCII_LOW) + _VISCII,
    "windows-1252": _ASCII + _WINDOWS_1252,
    "windows-1258": _ASCII + _WINDOWS_1258,
}

# VNI-Windows: most letters are two bytes, a base letter and a mark. No mark is the base of another pair, so a pair is
# recognised where it stands, whatever stands around it.

_VNI_MARKS = {  # base letter → what it becomes under each mark (as Windows-1252 shows the bytes)
    "a": "ùáøàûảõãïạââáấàầåẩãẫäậêăéắèằúẳüẵëặ",
    "e": "ùéøèûẻõẽïẹâêáếàềåểãễäệ",
    "o": "ùóøòûỏõõïọâôáốàồåổãỗäộ",
    "ô": "ùớøờûởõỡïợ",
    "u": "ùúøùûủõũïụ",
    "ö": "ùứøừûửõữïự",
    "y": "ùýøỳûỷõỹ",
}
_VNI_SINGLES = dict(zip("íìæóòôöîñ", "íìỉĩịơưỵđ", strict=True))


def _vni_pairs() -> dict[str, str]:
    small = {base + row[i]: row[i + 1] for base, row in _VNI_MARKS.items() for i in range(0, len(row), 2)}
    mixed = {pair[0].upper() + pair[1]: letter.upper() for pair, letter in small.items()}
    return small | mixed | {pair.upper(): letter.upper() for pair, letter in small.items()}


_VNI_PAIRS = _vni_pairs()
_VNI_LETTERS = _VNI_SINGLES | {shown.upper(): letter.upper() for shown, letter in _VNI_SINGLES.items()}
_VNI_ENCODING = {letter: shown for shown, letter in _VNI_LETTERS.items()} | {
    letter: pair for pair, letter in _VNI_PAIRS.items() if pair.isupper() or pair.islower()
}

_VNI_SINGLE = np.array([ord(_VNI_LETTERS.get(c, c)) for c in _TABLES["windows-1252"]], dtype="<u4")
_VNI_PAIR = np.zeros((256, 256), dtype="<u4")
for _pair, _letter in _VNI_PAIRS.items():
    _VNI_PAIR[tuple(_pair.encode("latin-1"))] = ord(_letter)

_CHUNK = 1 << 23


def name_of(encoding: str) -> str | None:
    """The name that `mdm.yaml` uses of an encoding written in any way (`CP1258`, `utf_8`), or None if unknown."""
    return _NAMES.get(encoding.strip().lower().replace("_", "-"))


def decode(raw: bytes, encoding: str) -> str:
    """Text of a whole file or cell, NFC, without byte order mark.

    Raises LookupError on an unknown encoding and UnicodeDecodeError on bytes that are not UTF-8 or UTF-16 under those;
    every other encoding reads any bytes.
    """
    match name_of(encoding):
        case None:
            raise LookupError(f"unknown encoding {encoding}")
        case "utf-8":
            return raw.decode("utf-8-sig")
        case "utf-16":
            return raw.decode(_utf_16(raw)).removeprefix("\ufeff")
        case "vni":
            return "".join(map(_decode_vni, _chunks(raw)))
        case name:
            text, _ = codecs.charmap_decode(raw, "strict", _TABLES[name])
            return normalize("NFC", text) if name in ("windows-1258", "tcvn3") else text


def encode(text: str, encoding: str) -> bytes:
    """The bytes of text in an encoding, as a system of that time would have saved it; raises LookupError if unknown.

    What the encoding can't write becomes `?`. TCVN3 has no capitals with marks (its capital fonts draw lower-case bytes
    as capitals), so these become small.
    """
    text = normalize("NFC", text)
    match name_of(encoding):
        case None:
            raise LookupError(f"unknown encoding {encoding}")
        case "utf-8" | "utf-16" as name:
            return text.encode(name)
        case name:
            table = _ENCODERS[name]
            return b"".join(table.get(c, b"?") for c in text)


def _utf_16(raw: bytes) -> str:
    """The byte order of UTF-16: by its mark, else by the side on which the zeros stand."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = raw[:_CHUNK]
    return "utf-16-be" if sample[0::2].count(0) > sample[1::2].count(0) else "utf-16-le"


def _chunks(raw: bytes) -> Iterable[bytes]:
    """Pieces of whole lines, so that no pair is cut."""
    start = 0
    while start < len(raw):
        end = raw.find(b"\n", start + _CHUNK) + 1 or len(raw)
        yield raw[start:end]
        start = end


def _decode_vni(raw: bytes) -> str:
    codes = np.frombuffer(raw, dtype=np.uint8)
    letters = _VNI_SINGLE[codes]
    pairs = _VNI_PAIR[codes[:-1], codes[1:]]
    paired = np.flatnonzero(pairs)
    letters[paired] = pairs[paired]
    kept = np.ones(len(codes), dtype=bool)
    kept[paired + 1] = False
    return letters[kept].tobytes().decode("utf-32-le")


def _encoder(table: str) -> dict[str, bytes]:
    return {letter: bytes([byte]) for byte, letter in reversed(list(enumerate(table)))}


def _encoders() -> dict[str, dict[str, bytes]]:
    encoders = {name: _encoder(table) for name, table in _TABLES.items()}
    tcvn3 = encoders["tcvn3"]
    tcvn3 |= {letter.upper(): tcvn3[letter] for letter in _SMALL if letter.upper() not in "ĂÂÊÔƠƯĐ"}
    marked = encoders["windows-1258"]
    for letter in map(chr, range(0xC0, 0x1EFA)):
        if letter not in marked and (written := _composed(letter, marked)):
            marked[letter] = written
    plain = encoders["windows-1252"]
    encoders["vni"] = plain | {letter: shown.encode("latin-1") for letter, shown in _VNI_ENCODING.items()}
    return encoders


def _composed(letter: str, encoder: dict[str, bytes]) -> bytes | None:
    """A letter written as its vowel with quality mark, then its tone."""
    decomposed = normalize("NFD", letter)
    for tone in "\u0300\u0301\u0303\u0309\u0323":
        vowel = normalize("NFC", decomposed.replace(tone, "", 1))
        if tone in decomposed and vowel in encoder:
            return encoder[vowel] + encoder[tone]
    return None


_ENCODERS = _encoders()


# Which encoding is it?

SAMPLE = 1 << 21
"""Bytes of a file that are judged; enough for tens of thousands of words."""
LEGAL, MARGIN = 0.6, 0.15
"""The share of words that must be legal under the best table, and its lead over the second."""

_JUDGED = ("tcvn3", "vni", "viscii", "windows-1258", "utf-8")
_RAW_WORD = re.compile(
    rb"[A-Za-z\x02\x05\x06\x14\x19\x1e\x80-\xff]*[\x80-\xff][A-Za-z\x02\x05\x06\x14\x19\x1e\x80-\xff]*"
)
_NOT_LETTERS = re.compile(r"[^\w\u0300-\u036f]+|[\d_]+")


@dataclass(frozen=True)
class Detected:
    """What the bytes of a file or column say: an encoding, or None where the evidence is not clear."""

    encoding: str | None
    confidence: float
    evidence: str
    """A sentence for the steward; counts only, no text of the file."""


def detect(raw: bytes) -> Detected:
    """The encoding of a whole file, or of a column's cells joined by line ends.

    Byte order mark or zeros, then strict UTF-8, then the grammar: words with marks are read under each table, and the
    table under which most are legal syllables wins if its lead is clear.
    """
    if raw.startswith(codecs.BOM_UTF8):
        return Detected("utf-8", 1.0, "byte order mark")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Detected("utf-16", 1.0, "byte order mark")
    if _has_zeros_of_utf_16(raw[:SAMPLE]):
        return Detected("utf-16", 0.99, "every other byte is zero")
    if raw.isascii() and not _has_viscii_low(raw):
        return Detected("utf-8", 1.0, "ASCII only")
    if _is_utf_8(raw):
        return Detected("utf-8", 1.0, "valid UTF-8")
    return _judge(_sample(raw))


def detect_text(texts: Iterable[str]) -> Detected:
    """As `detect`, for a column read as Unicode that may hold legacy bytes shown as Windows-1252 (`NguyÔn ThÞ`).

    `utf-8` means: as it stands. Otherwise `redecode` with the encoding found.
    """
    counts = Counter(word for text in texts for word in _NOT_LETTERS.split(text) if not word.isascii())
    if not counts:
        return Detected("utf-8", 1.0, "ASCII only")
    raw = Counter({word.encode("utf-8"): n for word, n in counts.items()})
    legacy = Counter({shown: n for word, n in counts.items() if (shown := _as_shown(word)) is not None})
    shares = _shares(legacy, sum(counts.values())) | {"utf-8": _share(raw, "utf-8", sum(counts.values()))}
    return _verdict(shares, sum(counts.values()))


def redecode(text: str, encoding: str) -> str:
    """Text that was read as Windows-1252 though it was in `encoding`; unchanged if it holds other letters."""
    raw = _as_shown(text)
    return text if raw is None or name_of(encoding) == "utf-8" else decode(raw, encoding)


def _as_shown(text: str) -> bytes | None:
    """The bytes that Windows-1252 shows as this text; None if it could not."""
    table = _ENCODERS["windows-1252"]
    letters = [table.get(letter) for letter in text]
    return None if None in letters else b"".join(letter for letter in letters if letter)


def _has_zeros_of_utf_16(sample: bytes) -> bool:
    even, odd = sorted((sample[0::2].count(0), sample[1::2].count(0)))
    return odd > 0.2 * len(sample) and even < 0.05 * odd


def _has_viscii_low(raw: bytes) -> bool:
    return any(bytes([byte]) in raw for byte in _VISCII_LOW)


def _is_utf_8(raw: bytes) -> bool:
    reader = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(raw), _CHUNK):
            reader.decode(raw[start : start + _CHUNK], final=start + _CHUNK >= len(raw))
    except UnicodeDecodeError:
        return False
    return True


def _sample(raw: bytes) -> bytes:
    """Whole lines, from the first byte that isn't ASCII on."""
    first = re.search(rb"[\x80-\xff]", raw)
    start = raw.rfind(b"\n", 0, first.start()) + 1 if first else 0
    end = raw.find(b"\n", start + SAMPLE)
    return raw[start : end if end >= 0 else len(raw)]


def _judge(sample: bytes) -> Detected:
    words = Counter(_RAW_WORD.findall(sample))
    total = sum(words.values())
    return _verdict(_shares(words, total), total)


def _shares(words: Counter[bytes], total: int) -> dict[str, float]:
    return {encoding: _share(words, encoding, total) for encoding in _JUDGED}


def _share(words: Counter[bytes], encoding: str, total: int) -> float:
    """Share of the words that are Vietnamese under an encoding."""
    legal = sum(count for word, count in words.items() if _is_vietnamese(word, encoding))
    return legal / total if total else 0.0


def _is_vietnamese(word: bytes, encoding: str) -> bool:
    try:
        text = decode(word, encoding).lower()
    except UnicodeDecodeError:
        return False
    parts = [part for part in _NOT_LETTERS.split(text) if part]
    return bool(parts) and all(map(is_syllable, parts))


def _verdict(shares: dict[str, float], total: int) -> Detected:
    ranked = sorted(shares, key=lambda encoding: (-shares[encoding], encoding))
    best, second = ranked[:2]
    clear = shares[best] >= LEGAL and shares[best] - shares[second] >= MARGIN
    evidence = (
        f"of {total} words with marks, {shares[best]:.0%} are Vietnamese when read as {best}, "
        f"{shares[second]:.0%} as {second}"
    )
    return Detected(best if clear else None, round(shares[best] - shares[second], 3), evidence)


# Capitals that TCVN3 lost

_HALF_SHOUTED = rf"[A-Z]{{2}}|[{_SMALL}][A-Z]"


def recase(text: str) -> str:
    """A cell in capitals whose marked letters came out small (`NGUYễN THị`), in capitals; any other unchanged."""
    return text.upper() if re.search(_HALF_SHOUTED, text) and not re.search("[a-z]", text) else text


def recase_column(cells: pl.Series) -> pl.Series:
    """`recase` on a String column."""
    shouted = cells.str.contains(_HALF_SHOUTED) & ~cells.str.contains("[a-z]")
    return (
        cells.to_frame("cell")
        .select(pl.when(shouted).then(pl.col("cell").str.to_uppercase()).otherwise("cell").alias(cells.name))
        .to_series()
    )


# UTF-8 that was read as Windows-1252, once or twice

_CONTINUATION = "".join(_WINDOWS_1252[:64])
_SEQUENCE = re.compile(  # the first bytes of Vietnamese letters, combining marks and typographic signs
    rf"[ÂÃÄÅÆÌ][{re.escape(_CONTINUATION)}]|Ë[†œ]|(?:á[º»]|â[€‚„])[{re.escape(_CONTINUATION)}]|ï»¿"
)
_LOST_D = re.compile(r"(?<!\w)Ä[\x90\ufffd]?(?=[^\W\d_])(\w+)")
_ONLY_SPACE_AFTER = re.compile(r"(?<![a-z])[ÂÃÄÅÆÌ]\xa0")


def undo_mojibake(text: str) -> str:
    """UTF-8 that was read as Windows-1252 (`Nguyá»…n`), read as UTF-8; any other text unchanged.

    A Đ whose second byte Windows-1252 doesn't have comes back where it makes a syllable (`Äặng`).
    """
    for _ in range(2):
        if not _SEQUENCE.search(_ONLY_SPACE_AFTER.sub("", text)):
            break
        text = _SEQUENCE.sub(_reread, text)
    return _LOST_D.sub(_with_d, text) if "Ä" in text else text


def _reread(sequence: re.Match[str]) -> str:
    raw = _as_shown(sequence[0]) or b""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return sequence[0]


def _with_d(word: re.Match[str]) -> str:
    restored = "Đ" + word[1]
    return restored if is_syllable(normalize("NFC", restored).lower()) else word[0]
