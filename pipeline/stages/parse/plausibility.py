"""How much a text looks like one that somebody wrote: evidence for which encoding its bytes are in.

Rules of this file: a decoded sample is judged by the letters that the languages of an encoding use, weighed by how
frequent they are, and by how letters stand beside each other; nothing is learned, so nothing has to be shipped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

# ruff: noqa: RUF001 - letters of other alphabets that look like ours are what this file is about
_FREQUENT, _LETTER, _CAPITAL, _PUNCTUATION, _OTHER, _DAMAGE = 1.0, 0.5, 0.2, 0.3, -1.0, -6.0
_QUOTES = "“”‘’–—…«»„€№·•©®™°\u00a0\u00ad"
_WIDE_QUOTES = "\u3000、。，．・：；？！（）「」『』【】《》〈〉“”‘’…—ー～〜％１２３０"
_HAN_LETTER = 0.0  # a rare ideograph proves nothing: wrong encodings are full of them

_LATIN_1 = "éèàâêîôûëïüöäçñáíóúãõßåøæùìòœðþý"
_LATIN_9 = "œšžÿ"  # which ISO 8859-15 has where Latin-1 has signs; its euro sign is among the quotes
_LATIN_2 = "áéíóúýčďěňřšťůžąćęłńśźżőűăâîșțäöüßđľĺôŕ"
_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґўјљњћђџ"
_GREEK = "αοιετσνηυρπκμλςωίάόέθήγδύφχβώξζψ"
_TURKISH = "ışğüçöâîû"
_HEBREW = "יולהאמרתבשנעםדחקספגצןטכזךףץ"
_ARABIC = "اليمنرتوبسعدهكفقحةجشصطخأزضغذئءثظىإؤآ\u060c\u061f\u064b\u067e\u06af\u06cc"
_BALTIC = "ąčęėįšųūžāēģīķļņõäöü"
_THAI = "านรอกเงมยลวดทสตะปบคหแจพชขใไโผซัิี่้์ืุู็ำึถภธณษศฟ"
_KANA = "".join(map(chr, (*range(0x3041, 0x3094), *range(0x30A1, 0x30F7))))
_KANJI = (
    "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九入選"
    "立開手米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制治度務強気小"
)
_SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
    "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已"
    "工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利等产或新己制身果加西月话合回特代内信表化"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作里用道行所然家種事"
    "成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日軍者意無力它與長把機十民第公此已"
    "工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利等產或新己制身果加西月話合回特代內信表化"
    "台灣港"
)
_HANGUL = (
    "이다는의에을가고한를하로은지기도사자어서리대나시인그정일아라해전수보스으들있과상장니동부제조원여국구년주면적만우마화비신"
    "오생러모교공안경민회선성당위치방금중등개발세내용북미트르계했됐습까않것때문더될통령했재명진관출영입심현행직후무차연"
)


def _alphabet(letters: str, frequent: int) -> dict[str, float]:
    """Weigh *letters*, of which the first are *frequent*, and their capitals."""
    lower = {letter: _FREQUENT if rank < frequent else _LETTER for rank, letter in enumerate(letters)}
    return {letter.upper(): _CAPITAL for letter in letters if len(letter.upper()) == 1} | lower


def _weights(*parts: Mapping[str, float]) -> dict[str, float]:
    weights = dict.fromkeys(_QUOTES, _PUNCTUATION)
    for part in parts:
        weights |= part
    return weights


def _signs(characters: str, weight: float) -> dict[str, float]:
    return dict.fromkeys(characters, weight)


_WIDE = _signs(_WIDE_QUOTES, _LETTER)
_BY_CODEC: dict[str, dict[str, float]] = {
    "cp1252": _weights(_alphabet(_LATIN_1, 28)),
    "cp1250": _weights(_alphabet(_LATIN_2, 29)),
    "iso-8859-15": _weights(_alphabet(_LATIN_1 + _LATIN_9, 28)),
    "iso-8859-2": _weights(_alphabet(_LATIN_2, 29)),
    "cp1251": _weights(_alphabet(_CYRILLIC, 12)),
    "koi8-r": _weights(_alphabet(_CYRILLIC[:33], 12)),
    "iso-8859-5": _weights(_alphabet(_CYRILLIC, 12)),
    "cp866": _weights(_alphabet(_CYRILLIC[:33], 12)),
    "cp1253": _weights(_alphabet(_GREEK, 20)),
    "iso-8859-7": _weights(_alphabet(_GREEK, 20)),
    "cp1254": _weights(_alphabet(_TURKISH, 6)),
    "cp1255": _weights(_alphabet(_HEBREW, 13)),
    "iso-8859-8": _weights(_alphabet(_HEBREW, 13)),
    "cp1256": _weights(_alphabet(_ARABIC, 12)),
    "iso-8859-6": _weights(_alphabet(_ARABIC, 12)),
    "cp1257": _weights(_alphabet(_BALTIC, 14)),
    "cp874": _weights(_alphabet(_THAI, 42)),
    "gb18030": _weights(_WIDE, _signs(_SIMPLIFIED, _FREQUENT)),
    "big5": _weights(_WIDE, _signs(_TRADITIONAL, _FREQUENT)),
    "cp932": _weights(_WIDE, _signs(_KANJI, _FREQUENT), _signs(_KANA, _FREQUENT)),
    "euc-jp": _weights(_WIDE, _signs(_KANJI, _FREQUENT), _signs(_KANA, _FREQUENT)),
    "cp949": _weights(_WIDE, _signs(_HANGUL, _FREQUENT)),
}
CANDIDATES: tuple[str, ...] = tuple(_BY_CODEC)
"""The codecs that can be told from the text they give; of equals, the first is the more common."""

_FIRST_LOOK_BYTES = 320  # enough to rule an encoding out, at a tenth of the cost of judging the whole sample
_LOOKED_AT_TWICE = 4
# Signs that stand beside a letter where one 8-bit encoding was read as another.
_NO_NEIGHBOURS = frozenset("¹²³¼½¾¿¡¦¶µ¤ªº†‡ˇ¨´")
# Western languages end words with these; Central Europe's letters of the same bytes (č, ě, ů) stand inside.
_INSIDE = re.compile("[ìù][a-z]|è[aeiou]")
_LAST_LATIN = "\u024f"
_HAN = re.compile("[\u4e00-\u9fff]")
_HANGUL_SYLLABLE = re.compile("[\uac00-\ud7a3]")
_DAMAGED = re.compile("[\x80-\x9f\ufffd\ue000-\uf8ff]")


def plausibility(text: str, codec: str) -> float:
    """Weigh *text*, what *codec* made of a sample: about 1 for prose of its languages, below 0 for noise."""
    counts = Counter(text)
    weights = _BY_CODEC[codec]
    total = score = 0.0
    for character, count in counts.items():
        if character > "\x7f":
            total += count
            score += count * (weights[character] if character in weights else _unlisted(character))
    return (score - _misfits(text)) / total if total else 0.0


def _unlisted(character: str) -> float:
    if _HAN.match(character):
        return _HAN_LETTER
    if _HANGUL_SYLLABLE.match(character):
        return _HAN_LETTER
    return _DAMAGE if _DAMAGED.match(character) else _OTHER


def _misfits(text: str) -> int:
    """Count the pairs of neighbours that words hardly have.

    They are: a capital behind a small letter, ASCII beside another script, two Latin letters with accents, a grave
    accent inside a word.
    """
    return sum(map(_is_misfit, text, text[1:]))


@lru_cache(maxsize=16_384)  # a text repeats its pairs
def _is_misfit(first: str, second: str) -> bool:
    if first <= "\x7f":
        return second > "\x7f" and first.isalpha() and (second in _NO_NEIGHBOURS or _is_foreign(second))
    if second <= "\x7f":
        is_strange = first in _NO_NEIGHBOURS or _is_foreign(first) or _INSIDE.match(first + second) is not None
        return second.isalpha() and is_strange
    if first <= _LAST_LATIN and second <= _LAST_LATIN:
        return first.isalpha() and second.isalpha()
    return second.isupper() and first.islower()


def _is_foreign(character: str) -> bool:
    return character > _LAST_LATIN and character.isalpha()


def best_of(sample: bytes, bonus: Mapping[str, float]) -> tuple[str, float]:
    """Choose the codec that gives the most plausible reading of *sample*, each with its *bonus*; and its score."""

    def score(codec: str, part: bytes) -> float:
        return plausibility(part.decode(codec, "replace"), codec) + bonus.get(codec, 0.0)

    start = sample[:_FIRST_LOOK_BYTES]
    likely = sorted(CANDIDATES, key=lambda codec: -score(codec, start))  # of equals, the more common stays the first
    return max(((codec, score(codec, sample)) for codec in likely[:_LOOKED_AT_TWICE]), key=lambda one: one[1])
