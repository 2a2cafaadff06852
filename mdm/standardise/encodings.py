"""The encodings that Vietnamese extracts come in: their tables, read and written.

Which one a file is in is told in `recognition.py`, over the whole file or a column, never over a cell: the bytes of
`Hồ` in VNI are those of `Hoà` in Windows-1252.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from unicodedata import normalize

import numpy as np
import numpy.typing as npt

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
"""Encoding as `mdm.yaml` names it → other spellings that are understood."""
UNICODE = ("utf-8", "utf-16")

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
            return raw.decode(utf_16(raw)).removeprefix("\ufeff")
        case "vni":
            return "".join(map(_decode_vni, _chunks(raw)))
        case name:
            text, _ = codecs.charmap_decode(raw, "strict", _TABLES[name])
            return normalize("NFC", text) if name in ("windows-1258", "tcvn3") else text


def decode_cell(raw: bytes, encoding: str) -> str:
    """As `decode`, of one cell; what was in capitals in TCVN3, whose fonts draw small letters so, is in capitals."""
    text = decode(raw, encoding)
    return recase(text) if name_of(encoding) == "tcvn3" else text


def encode(text: str, encoding: str) -> bytes:
    """The bytes of text in an encoding, as a system of that time would have saved it; raises LookupError if unknown.

    What the encoding can't write becomes `?`. TCVN3 has no capitals with marks (its capital fonts draw lower-case bytes
    as capitals), so these become small.
    """
    match name_of(encoding):
        case None:
            raise LookupError(f"unknown encoding {encoding}")
        case "utf-8" | "utf-16" as name:
            return text.encode(name)
        case name:
            text = normalize("NFC", text)
            return b"".join(_encode(text[i : i + _CHUNK], *_BYTES[name]) for i in range(0, len(text), _CHUNK))


def reads_back(raw: bytes, encoding: str) -> bool:
    """Whether decoding these bytes and encoding the text again gives the same bytes, a byte order mark aside.

    What doesn't: bytes that are no text, a letter written in another way than its system writes it (a tone that
    windows-1258 keeps apart from a vowel it has whole, VNI's `Aø` for `AØ`).
    """
    try:
        text = decode(raw, encoding)
    except UnicodeDecodeError:
        return False
    if name_of(encoding) in UNICODE:
        return True  # every code unit has been read strictly, and each text has one way to be written
    return encode(text, encoding) == raw


def _encode(text: str, first: npt.NDArray[np.uint8], second: npt.NDArray[np.uint8]) -> bytes:
    """Every letter as one byte or two, by two tables of the Basic Multilingual Plane."""
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4"), _LAST_CODE)
    written = first[codes]
    if not second.any():
        return bytes(written)
    written = np.stack([written, second[codes]], axis=1).ravel()
    there = np.ones(len(written), dtype=bool)
    there[1::2] = written[1::2] != 0
    return written[there].tobytes()


def redecode(text: str, encoding: str) -> str:
    """Text that was read as Windows-1252 though it was in `encoding`; unchanged if it holds other letters."""
    raw = as_shown(text)
    return text if raw is None or name_of(encoding) == "utf-8" else decode_cell(raw, encoding)


def as_shown(text: str) -> bytes | None:
    """The bytes that Windows-1252 shows as this text; None if it could not."""
    letters = [_SHOWN.get(letter) for letter in text]
    return None if None in letters else b"".join(letter for letter in letters if letter)


def utf_16(raw: bytes) -> str:
    """`utf-16-le` or `utf-16-be`: by the byte order mark, else by the side on which the zeros stand."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-be" if raw.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
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


_LAST_CODE = 0xFFFF


def _byte_tables(encoder: dict[str, bytes]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """First and second byte of every letter; without a second byte 0, and `?` for what the encoding can't write."""
    first, second = np.full(_LAST_CODE + 1, ord("?"), np.uint8), np.zeros(_LAST_CODE + 1, np.uint8)
    for letter, raw in encoder.items():
        first[ord(letter)], second[ord(letter)] = raw[0], raw[1] if len(raw) == 2 else 0
    return first, second


_ENCODERS = _encoders()
_SHOWN = _ENCODERS["windows-1252"]
_BYTES = {name: _byte_tables(encoder) for name, encoder in _ENCODERS.items()}


# Capitals that TCVN3 lost

_CAPITALS = "A-ZĂÂÊÔƠƯĐ"  # that TCVN3 has bytes for
HALF_SHOUTED = rf"[{_CAPITALS}]{{2}}|[{_SMALL}][{_CAPITALS}]"
"""A text without this needs no `recase`."""
_SHOUTED_WORD = re.compile(
    rf"(?<![^\W\d_])(?=[A-Z]*[^\x00-\x7f])(?=[{_CAPITALS}{_SMALL}]*?(?:{HALF_SHOUTED}))"
    rf"[{_CAPITALS}{_SMALL}]+(?![^\W\d_])"
)
_CAPITAL = str.maketrans(_SMALL, _SMALL.upper())


def recase(text: str) -> str:
    """A cell decoded from TCVN3, its marked capitals that came out small (`NGUYễN THị`) in capitals again.

    Where no ASCII letter of a cell is small, and a word with marks is in capitals as far as TCVN3 has them, all of the
    cell is; of any other cell only such words are. In TCVN3 that has the same bytes, but for small ă â ê ô ơ ư đ.
    """
    if not _SHOUTED_WORD.search(text):
        return text
    if re.search("[a-z]", text):
        return _SHOUTED_WORD.sub(lambda word: word[0].translate(_CAPITAL), text)
    return text.translate(_CAPITAL)


# UTF-8 that was read as Windows-1252 or as Latin-1, once or twice

_CONTROLS = "".join(map(chr, range(0x80, 0xA0)))  # what Latin-1 shows where Windows-1252 has signs
_CONTINUATION = _WINDOWS_1252[:64] + _CONTROLS
_AS_BYTE = {ord(sign): byte for byte, sign in enumerate(_WINDOWS_1252[:32], 0x80)}
_SEQUENCE = re.compile(  # the first bytes of Vietnamese letters, combining marks and typographic signs
    rf"[ÂÃÄÅÆÌ][{re.escape(_CONTINUATION)}]|Ë[†œ\x86\x9c]|(?:á[º»]|â[€‚„\x80\x82\x84])[{re.escape(_CONTINUATION)}]|ï»¿"
)
_LOST_D = re.compile(r"(?<!\w)Ä[\x90\ufffd]?(?=[^\W\d_])(\w+)")
_ONLY_SPACE_AFTER = re.compile(r"(?<![a-z])[ÂÃÄÅÆÌ]\xa0")


def undo_mojibake(text: str) -> str:
    """UTF-8 that was read as Windows-1252 or Latin-1 (`Nguyá»…n`), read as UTF-8; any other text unchanged.

    A Đ whose second byte Windows-1252 doesn't have comes back where it makes a syllable (`Äặng`).
    """
    for _ in range(2):
        if not _SEQUENCE.search(_ONLY_SPACE_AFTER.sub("", text)):
            break
        text = _SEQUENCE.sub(_reread, text)
    return _LOST_D.sub(_with_d, text) if "Ä" in text else text


def _reread(sequence: re.Match[str]) -> str:
    try:
        return sequence[0].translate(_AS_BYTE).encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return sequence[0]


def _with_d(word: re.Match[str]) -> str:
    restored = "Đ" + word[1]
    return restored if is_syllable(normalize("NFC", restored).lower()) else word[0]
