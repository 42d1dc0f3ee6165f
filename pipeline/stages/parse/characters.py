"""Which characters the bytes of a document are.

Labels lie, so evidence decides: a BOM, then valid UTF-8, then the encoding whose reading is the most plausible, in
which the declared one (HTTP before XML, RFC 7303 section 3) has a start. A document that is mostly valid UTF-8 stays
UTF-8 and loses only its bad bytes: to read
all of it as windows-1252 for one bad byte would spoil every accent.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from pipeline.stages.parse.plausibility import CANDIDATES, best_of, plausibility

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its BOM begins alike
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOM_STARTS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe", b"\0")
# Which of every four bytes are NUL in text that is mostly markup (XML 1.0 appendix F, without its need of "<?").
_WIDE_PATTERNS = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
_MANY_ZEROS = 0.5
_WIDE_SAMPLE_BYTES = 96
_ESCAPE_TO_JAPANESE = b"\x1b$B"
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_WITHOUT_BRACKETS = bytes.maketrans(b"<>", b"  ")
_SEARCHED_BYTES = (16_384, 65_536)  # in most, the first have enough
_SAMPLE_BYTES = 3072  # more words change no verdict; measured: 15 ms for all candidates
# How much less plausible a reading may be when a label asks for it.
_TRUST = 0.3
_TRUST_IN_DEFAULT = 0.1  # servers and editors put iso-8859-1 on what they know nothing of
_HABIT = 0.1  # for windows-1252, where nothing is declared
_FEW_BYTES = 8
_PROSE = 0.5
_GOOD_PROSE = 0.9
_SAME_NAME = "big5 big5hkscs cp866 cp874 euc-jp gb18030 iso-2022-jp iso-2022-kr koi8-r koi8-u mac-roman utf-8"
_ISO_8859 = {f"iso-8859-{part}": f"iso-8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
_WINDOWS = {label: f"cp{page}" for page in range(1250, 1259) for label in (f"windows-{page}", f"cp{page}")}
# Labels to codecs as browsers read them (WHATWG Encoding: a label names the superset that is really used). Codecs
# that are not text, or that hide ASCII (utf-7), are not here and so never looked up.
_CODECS = (
    {name: name for name in _SAME_NAME.split()}
    | _ISO_8859
    | _WINDOWS
    | dict.fromkeys(("ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "cp819", "l1"), "cp1252")
    | dict.fromkeys(("iso-8859-9", "latin5"), "cp1254")
    | dict.fromkeys(("iso-8859-11", "tis-620", "windows-874"), "cp874")
    | dict.fromkeys(("gb2312", "gbk", "gb-2312", "x-gbk", "cp936", "euc-cn", "hz-gb-2312"), "gb18030")
    | dict.fromkeys(("shift-jis", "shiftjis", "sjis", "x-sjis", "windows-31j", "ms932", "cp932"), "cp932")
    | dict.fromkeys(("euc-kr", "ks-c-5601-1987", "ksc5601", "korean", "cp949", "windows-949"), "cp949")
    | {"utf8": "utf-8", "eucjp": "euc-jp", "ibm866": "cp866", "macintosh": "mac-roman", "big5-hkscs": "big5hkscs"}
)
_SERVER_DEFAULTS = frozenset({"cp1252", "utf-8"})
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"\s{0,99}+<\?xml[^<>]{0,250}+")
_XML_ENCODING = re.compile(rb"encoding\s{0,9}+=\s{0,9}+[\"']([\w.:-]{1,40}+)")
_HEAD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Characters:
    """The text of a document and what had to be mended to have it."""

    text: str
    problems: tuple[str, ...] = ()


def decode(body: bytes, content_type: str) -> Characters:
    """Decode *body*, a document served as *content_type* (the HTTP header, "" when unknown)."""
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return _replaced(body[len(bom) :], codec)
    wide = _wide(body[:_WIDE_SAMPLE_BYTES])
    if wide:
        return _replaced(body, wide)
    declared = _declared(body, content_type)
    if body.isascii():
        return _of_seven_bits(body, declared)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _without_valid_utf8(body, declared)
    mended = (f"declared as {_shown(declared)}, read as utf-8",) if declared and declared != "utf-8" else ()
    return Characters(text, mended)


def is_plain_utf8(body: bytes, content_type: str) -> bool:
    """Tell whether nothing says that *body* is not UTF-8: then a strict parser may try it undecoded."""
    return not body.startswith(_BOM_STARTS) and _declared(body, content_type) in (None, "utf-8")


def _wide(sample: bytes) -> str | None:
    """Name the encoding of two or four bytes a character that *sample* is in, which its NULs tell; None for none."""
    if b"\0" not in sample or len(sample) < 4:
        return None
    first, second, third, fourth = (sample[place::4].count(0) * 4 / len(sample) > _MANY_ZEROS for place in range(4))
    return _WIDE_PATTERNS.get((first, second, third, fourth))


def _of_seven_bits(body: bytes, declared: str | None) -> Characters:
    """Decode what is ASCII, or Japanese behind the escapes of ISO 2022."""
    stateful = declared if declared and declared.startswith("iso-2022") else None
    if stateful is None and _ESCAPE_TO_JAPANESE in body:
        stateful = "iso-2022-jp"
    return _replaced(body, stateful or "ascii")


def _declared(body: bytes, content_type: str) -> str | None:
    """Find the codec the document is declared in; None when none is named that we know."""
    header = _HTTP_CHARSET.search(content_type)
    by_http = _codec(header[1]) if header else None
    declaration = _XML_DECLARATION.match(body, 0, _HEAD_BYTES)
    encoding = _XML_ENCODING.search(declaration[0]) if declaration else None
    by_xml = _codec(encoding[1].decode("ascii", "replace")) if encoding else None
    if by_http in _SERVER_DEFAULTS and by_xml:
        return by_xml  # servers add their default charset to whatever they send
    return by_http or by_xml


def _codec(label: str) -> str | None:
    return _CODECS.get(label.lower().replace("_", "-"))


def _without_valid_utf8(body: bytes, declared: str | None) -> Characters:
    replaced = body.decode("utf-8", "replace")
    bad = replaced.count("\ufffd")
    good = len(replaced) - len(replaced.encode("ascii", "ignore")) - bad
    if good >= bad:
        return Characters(replaced, (_bad_bytes(bad, "utf-8"),))
    del replaced  # up to 40 MB
    codec = _by_evidence(_sample(body), declared)
    if codec == declared:
        return _replaced(body, codec)
    decoded = _replaced(body, codec)
    named = f"declared as {_shown(declared)}" if declared else "no encoding declared"
    return Characters(decoded.text, (f"{named}, read as {_shown(codec)}", *decoded.problems))


def _by_evidence(sample: bytes, declared: str | None) -> str:
    """Choose the codec whose reading of *sample* is the most plausible; the declared one needs less evidence."""
    if declared is None or declared == "utf-8":
        bonus = {"cp1252": _HABIT}
    elif declared == "cp1252":
        bonus = {"cp1252": _TRUST_IN_DEFAULT}
    else:
        bonus = {declared: _TRUST + _FEW_BYTES / max(len(sample), 1)}  # of little evidence, the label is most
    if declared in CANDIDATES and plausibility(sample.decode(declared, "replace"), declared) >= _GOOD_PROSE:
        return declared
    codec, score = best_of(sample, bonus)
    if declared and declared != "utf-8" and declared not in CANDIDATES and score < _PROSE:
        return declared  # which cannot be judged
    return codec if score > 0 or not declared or declared == "utf-8" else declared


def _sample(body: bytes) -> bytes:
    """Give words of *body* that are not ASCII, as many as are needed to tell what they are."""
    first = _HIGH_BYTE.search(body)
    start = max(0, first.start() - 64) if first else 0
    sample = b""
    for searched in _SEARCHED_BYTES:
        words = body[start : start + searched].translate(_WITHOUT_BRACKETS).split()
        sample = b" ".join([word for word in words if not word.isascii()])
        if len(sample) > 2 * _SAMPLE_BYTES:
            break
    return sample[:_SAMPLE_BYTES]


def _replaced(body: bytes, codec: str) -> Characters:
    try:
        return Characters(body.decode(codec))
    except UnicodeDecodeError:
        text = body.decode(codec, "replace")
        return Characters(text, (_bad_bytes(text.count("\ufffd"), codec),))


def _bad_bytes(count: int, codec: str) -> str:
    what = "a byte that is" if count == 1 else f"{count} bytes that are"
    return f"{what} not {_shown(codec)}: replaced"


def _shown(codec: str) -> str:
    return codec.replace("cp125", "windows-125")
