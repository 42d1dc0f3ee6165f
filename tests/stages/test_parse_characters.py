"""The characters of a document: decoded by evidence, mended, none costing more than itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.parse.characters import decode
from pipeline.stages.parse.plausibility import best_of
from tests.feeds import ACCENTS, entry_of, feed_of, rss


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ACCENTS.encode(), ""),
        (ACCENTS.encode("utf-8-sig"), ""),
        (ACCENTS.encode("utf-16"), ""),
        (ACCENTS.encode("utf-16-be"), ""),
        (ACCENTS.encode("utf-32"), ""),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + ACCENTS.encode("latin-1"), ""),
        (b"<?xml version='1.0' encoding='windows-1252'?>" + ACCENTS.encode("cp1252"), ""),
        (ACCENTS.encode("cp1252"), "text/xml; charset=iso-8859-1"),
        (ACCENTS.encode("cp1252"), ""),
        (b'<?xml version="1.0" encoding="UTF-8"?>' + ACCENTS.encode("cp1252"), "text/xml; charset=utf-8"),
        (b'<?xml version="1.0" encoding="utf-16"?>' + ACCENTS.encode(), ""),
        (b'<?xml version="1.0" encoding="iso-8859-1"?>' + ACCENTS.encode(), "text/xml"),
        (b'<?xml version="1.0" encoding="zlib_codec"?>' + ACCENTS.encode(), "text/xml; charset=rot13"),
        (b'<?xml version="1.0" encoding="iso-8859-15"?>' + ACCENTS.encode("latin-1"), "text/xml; charset=utf-8"),
        (b'<?xml version="1.0" encoding="cp037"?>' + ACCENTS.encode(), ""),
    ],
)
def test_accents_survive_every_label(body: bytes, content_type: str) -> None:
    """Labels lie: the bytes decide."""
    (entry,) = feed_of(body, content_type).entries

    assert entry.title_html == "Café déjà vu à Nîmes"


def test_one_bad_byte_costs_only_itself() -> None:
    """Reading the whole of such a document as windows-1252 would spoil every accent in it."""
    body = rss("<item><title>Café, déjà vu</title></item><item><title>BAD</title></item>").encode()

    feed = feed_of(body.replace(b"BAD", b"\xff!"), "text/xml; charset=utf-8")

    assert [entry.title_html for entry in feed.entries] == ["Café, déjà vu", "\ufffd!"]
    assert feed.problems == ("a byte that is not utf-8: replaced",)


@pytest.mark.parametrize(
    ("codec", "label", "text"),
    [
        ("cp1251", "windows-1251", "Новости"),
        ("koi8-r", "KOI8-R", "Новости"),
        ("gb18030", "gb2312", "新闻"),
        ("cp932", "Shift_JIS", "ニュース"),
        ("euc-jp", "EUC-JP", "ニュース"),
        ("iso-2022-jp", "ISO-2022-JP", "ニュース"),
        ("cp949", "euc-kr", "뉴스"),
        ("big5", "Big5", "新聞"),
        ("iso-8859-2", "iso-8859-2", "Zażółć gęślą"),
        ("iso-8859-15", "iso-8859-15", "éàùç€@ïî"),
        ("cp1252", "iso-8859-1", "“quoted” €"),
    ],
)
def test_the_encodings_of_the_world_are_read(codec: str, label: str, text: str) -> None:
    """Labels name the superset that is really used, as in browsers."""
    body = f'<?xml version="1.0" encoding="{label}"?>'.encode() + rss(f"<item><title>{text}</title></item>").encode(
        codec
    )

    assert entry_of(body).title_html == text


# ruff: noqa: RUF001 - letters of other alphabets that look like ours are what is tested
PROSE = {
    "ru": "Правительство объявило о новых мерах в области экономики и энергетики. Граждане ждут ответов.",
    "zh": "北京市政府宣布新图书馆的开馆日期。市民可以在晚上使用，经济部长说明了新的政策。",
    "tw": "台北市政府宣布新圖書館的開館日期。市民可以在晚上使用，經濟部長說明了新的政策。",
    "ja": "東京都は新しい図書館の開館日を発表した。市民の声を受けて、夜間も利用できるようになる。",
    "ko": "서울시는 새로운 도서관의 개관일을 발표했다. 시민들의 의견을 받아 야간에도 이용할 수 있게 된다.",
    "el": "Η κυβέρνηση ανακοίνωσε νέα μέτρα για την οικονομία και την ενέργεια. Οι πολίτες περιμένουν.",
    "he": "הממשלה הודיעה על צעדים חדשים בתחום הכלכלה והאנרגיה. האזרחים ממתינים לתשובות.",
    "ar": "أعلنت الحكومة عن إجراءات جديدة في مجال الاقتصاد والطاقة. المواطنون ينتظرون الإجابات.",
    "th": "รัฐบาลประกาศมาตรการใหม่สำหรับเศรษฐกิจและพลังงาน ประชาชนกำลังรอคำตอบ",
    "cs": "Vláda oznámila nová opatření pro hospodářství a energetiku. Lidé čekají na odpovědi, řekl předseda.",
    "fr": "Le gouvernement a annoncé de nouvelles mesures pour l’économie et l’énergie. « Déjà vu », dit-on à Nîmes.",
}


@pytest.mark.parametrize("label", ["", "utf-8", "iso-8859-1"])
@pytest.mark.parametrize(
    ("language", "codec"),
    [
        ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "iso-8859-5"), ("ru", "cp866"), ("zh", "gb18030"), ("tw", "big5"),
        ("ja", "cp932"), ("ja", "euc-jp"), ("ja", "iso-2022-jp"), ("ko", "cp949"), ("el", "cp1253"), ("he", "cp1255"),
        ("ar", "cp1256"), ("th", "cp874"), ("cs", "cp1250"), ("fr", "cp1252"), ("ru", "utf-16-le"),
        ("zh", "utf-16-be"), ("ja", "utf-32-le"),
    ],
)  # fmt: skip
def test_a_wrong_label_is_overruled_by_the_text(language: str, codec: str, label: str) -> None:
    """Servers put their default charset on what they send; what a reader can read tells which one it is."""
    declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else ""
    text = declaration + rss(f"<item><title>{PROSE[language]}</title></item>")

    assert entry_of(text.encode(codec)).title_html == PROSE[language]


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        (
            "cp1252",
            "Il consiglio ha approvato martedì la chiusura: la decisione è dolorosa, ma più di così non si può.",
        ),
        ("cp1252", "È però già così: la città non può più pagare."),
        ("cp1252", "Vårens første møte på Ås"),
        ("cp1250", "Vlada je včeraj sprejela predlog proračuna za naslednje leto."),
        ("cp1250", "Vláda včera schválila návrh rozpočtu na budúci rok."),
        ("cp1250", "Město včera otevřelo nové nádraží, lidé přišli již ráno."),
    ],
)
def test_west_and_centre_of_europe_are_told_apart_by_a_sentence(codec: str, text: str) -> None:
    """The same bytes are è or č, ì or ě: Italian ends words with them, Czech, Slovak and Slovene do not."""
    assert best_of(text.encode(codec), {})[0] == codec


@given(st.binary(max_size=400), st.sampled_from(["", "charset=gb2312", "charset=utf-16", "charset=iso-2022-jp", "x"]))
def test_any_bytes_under_any_label_are_decoded(body: bytes, content_type: str) -> None:
    """Decoding never raises, and gives no lone surrogate."""
    decode(body, content_type).text.encode()
    decode(b"<?xml version='1.0' encoding='big5'?>" + body, content_type).text.encode()


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("a\x00b\x08c\x0bd", "abcd"),
        ("a&#0;b&#8;c", "a\ufffdb\ufffdc"),
        ("a&#xD800;b", "a\ufffdb"),
        ("smile &#xD83D;&#xDE00;", "smile 😀"),
        ("a&#99999999999;b", "a\ufffdb"),
        ("caf&eacute; &mdash; cr&egrave;me", "café — crème"),
        ("AT&T &nosuch; R&D", "AT&amp;T &amp;nosuch; R&amp;D"),
        ("it&#8217;s &#8217 open", "it\u2019s \u2019 open"),
        ("1 &lt; 2", "1 &lt; 2"),
        ("<![CDATA[R&D <b>bold</b>]]>", "R&D <b>bold</b>"),
        ("\uffffx\ufffe", "x"),
    ],
)
def test_forbidden_characters_cost_only_themselves(title: str, expected: str) -> None:
    """One `&#xD800;` in one title makes a parser raise: without mending, the feed would be lost for ever."""
    feed = feed_of(rss(f"<item><title>{title}</title></item><item><title>next</title></item>"))

    assert [entry.title_html for entry in feed.entries] == [expected, "next"]


@pytest.mark.parametrize(
    "junk",
    [
        "\n\n  ",
        "<br />\n<b>Warning</b>: mysql_connect() in /x.php on line 3<br />\n",
        "Notice: x &amp; y\n",
        "<!-- x -->",
    ],
)
def test_junk_in_front_of_the_document_is_skipped(junk: str) -> None:
    """Scripts print their warnings before the feed."""
    assert entry_of(junk + '<?xml version="1.0"?>\n' + rss("<item><title>x</title></item>")).title_html == "x"


def test_a_doctype_and_its_entities_are_never_read() -> None:
    """Entities that expand into each other are a bomb; the accents of old DOCTYPEs are known without them."""
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    assert entry_of(bomb + rss("<item><title>x&b;&eacute;</title></item>")).title_html == "x&amp;b;é"


@pytest.mark.parametrize("comment", ["<!-- <rss> -->", f"<!--{'x' * 70_000}-->"], ids=["root in it", "long"])
def test_a_doctype_behind_a_comment_is_not_read_either(comment: str) -> None:
    """What may be parsed without mending is told by a look at the head: what it overlooks is refused by the tree."""
    feed = feed_of(f'{comment}<!DOCTYPE rss [<!ENTITY a "secret">]>' + rss("<item><title>x &a; y</title></item>"))

    assert "secret" not in repr(feed)
    assert len(feed.entries) == 1
