"""Documents that were built to cost, made in memory: what the tests read and what the soak run measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.feeds import rss

_GOOD = "<item><guid>good</guid><title>good</title></item>"
_MIB = 1 << 20


def _with_good(hostile_item: str, head: str = "") -> str:
    return rss(_GOOD + hostile_item + _GOOD.replace("good", "also good"), head)


def _laughs() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>' + _with_good("<item><title>&l9;</title></item>")


def _quadratic_entity() -> str:
    entity = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'
    return entity + _with_good(f"<item><title>{'&a;' * 50_000}</title></item>")


def _external_entity() -> str:
    entities = '<!ENTITY f SYSTEM "file:///etc/hostname"><!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;'
    return f"<!DOCTYPE rss [{entities}]>" + _with_good("<item><title>&f;</title></item>")


def _attributes() -> str:
    attributes = " ".join(f'a{n}="x"' for n in range(100_000))
    return _with_good(f"<item><title {attributes}>x</title></item>")


def _attributes_of_the_root() -> str:
    return rss(_GOOD).replace("<rss ", "<rss " + " ".join(f'a{n}="x"' for n in range(100_000)) + " ")


def _namespaces() -> str:
    spaces = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(20_000))
    return rss(_GOOD).replace("<rss ", f"<rss {spaces} ")


def _undeclared_prefixes() -> str:
    return _with_good("<item>" + "".join(f"<n{n}:x/>" for n in range(100_000)) + "</item>")


def _json(items: str) -> str:
    return '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "good"}, ' + items


Build = Callable[[], str | bytes]

WITH_GOOD_ITEMS: Mapping[str, Build] = {
    "billion laughs": _laughs,
    "quadratic entity": _quadratic_entity,
    "external entities": _external_entity,
    "100k attributes": _attributes,
    "100k attributes of the root": _attributes_of_the_root,
    "20k namespaces": _namespaces,
    "100k undeclared prefixes": _undeclared_prefixes,
    "5 MB of <": lambda: _with_good(f"<item><title>{'<' * 5_000_000}</title></item>"),
    "2 MB of &": lambda: _with_good(f"<item><title>{'&' * 2_000_000}</title></item>"),
    "2 MB of &x": lambda: _with_good(f"<item><title>{'&x' * 1_000_000}</title></item>"),
    "100k elements nested": lambda: _with_good("<item>" + "<b>" * 100_000 + "</b>" * 100_000 + "</item>"),
    "100k elements unclosed": lambda: _with_good("<item>" + "<b>" * 100_000 + "</item>"),
    "100k items nested": lambda: _with_good("<item>" * 100_000 + "</item>" * 100_000),
    "9 MB attribute": lambda: _with_good(f"<item><title a='{'x' * 9_000_000}'>x</title></item>"),
    "9 MB title": lambda: _with_good(f"<item><title>{'x' * 9_000_000}</title></item>"),
    "16k attributes on 9 elements": lambda: _with_good(
        "<item>" + ("<title " + " ".join(f'a{n}="x"' for n in range(16_000)) + ">x</title>") * 9 + "</item>"
    ),
    "100k namespaces on items": lambda: _with_good(
        "".join(f'<item xmlns:n{n}="urn:{n}"><n{n}:x/></item>' for n in range(100_000))
    ),
    "UTF-16": lambda: _with_good(f"<item><title>{'x' * 4_000_000}</title></item>").encode("utf-16"),
    "UTF-32": lambda: _with_good(f"<item><title>{'x' * 2_000_000}</title></item>").encode("utf-32"),
    "JSON 100k keys": lambda: _json("{" + ",".join(f'"k{n}": {n}' for n in range(100_000)) + "}]}"),
    "JSON huge number": lambda: _json('{"id": ' + "9" * 5_000_000 + "}]}"),
    "9 MB comment": lambda: _with_good(f"<!--{'-x' * 4_500_000}-->"),
    "9 MB comment unclosed": lambda: _with_good("") + f"<!--{'-x' * 4_500_000}",
    "9 MB CDATA": lambda: _with_good(f"<item><title><![CDATA[{']' * 9_000_000}]]></title></item>"),
    "CDATA by the 100k": lambda: _with_good("<item><title>" + "<![CDATA[x]]>" * 100_000 + "</title></item>"),
    "processing instructions by the 100k": lambda: _with_good("<?x y?>" * 500_000),
    "100k items": lambda: rss(_GOOD + "".join(f"<item><title>{n}</title></item>" for n in range(100_000))),
    "10k categories": lambda: _with_good(
        "<item>" + "".join(f"<category>{n}</category>" for n in range(10_000)) + "</item>"
    ),
    "10k authors": lambda: _with_good(
        "<item>" + "".join(f"<author>a{n}@x.org</author>" for n in range(10_000)) + "</item>"
    ),
    "100k enclosures": lambda: _with_good(
        "<item>" + "".join(f"<enclosure url='{n}'/>" for n in range(100_000)) + "</item>"
    ),
    "0.9 MB unclosed <a href='": lambda: _with_good(
        "<item><description>" + "&lt;a href='" * 75_000 + "</description></item>"
    ),
    "1 MB of unclosed <b>": lambda: _with_good(
        "<item><description>" + "&lt;b&gt;" * 110_000 + "</description></item>"
    ),
    "NUL and C0 bytes": lambda: _with_good(f"<item><title>{''.join(map(chr, range(32)))}</title></item>").encode(),
    "surrogate references": lambda: _with_good("<item><title>" + "&#xD800;" * 500_000 + "</title></item>"),
    "huge references": lambda: _with_good("<item><title>&#" + "9" * 5_000_000 + ";</title></item>"),
    "DOCTYPE unclosed": lambda: "<!DOCTYPE rss [" + "<!ENTITY a 'b'>" * 100_000 + "]>" + _with_good(""),
    "end tags by the 100k": lambda: _with_good("</x>" * 500_000),
    "JSON nested 100k": lambda: _json("[" * 100_000 + "]" * 100_000 + "]}"),
    "JSON unclosed": lambda: _json("[" * 9_000_000),
    "JSON values by the million": lambda: _json("{}," * 3_000_000 + "{}]}"),
    "JSON broken values": lambda: _json("x," * 4_500_000),
    "JSON quotes": lambda: _json('"' * 9_000_000),
    "sitemap 150k pages": lambda: (
        "<urlset><url><loc>good</loc></url>"
        + "".join(f"<url><loc>{n}</loc><x>{'y' * 30}</x></url>" for n in range(150_000))
        + "</urlset>"
    ),
    "sitemap nested": lambda: "<urlset><url><loc>good</loc></url>" + "<url>" * 1_000_000,
}
"""Documents that hold entries beside what is hostile in them, by name."""

OTHERS: Mapping[str, Build] = {
    "9 MB of <": lambda: "<" * 9 * _MIB,
    "9 MB of <a": lambda: "<a" * 4 * _MIB,
    "9 MB of </": lambda: "<rss>" + "</" * 4 * _MIB,
    "end tags of items without end": lambda: "<rss>" + "</item " * 1_200_000,
    "9 MB of <![CDATA[": lambda: "<rss>" + "<![CDATA[" * _MIB,
    "9 MB of <item>": lambda: "<rss>" + "<item>" * 1_500_000,
    "9 MB of ]]>": lambda: "<rss>" + "]]>" * 3 * _MIB,
    "9 MB of &#": lambda: "<rss>" + "&#" * 4 * _MIB,
    "9 MB of <!DOCTYPE": lambda: "<!DOCTYPE" * _MIB,
    "9 MB of <!--": lambda: "<rss>" + "<!--" * 2 * _MIB,
    "9 MB of spaces": lambda: " " * 9 * _MIB,
    "9 MB of NUL": lambda: b"\0" * 9 * _MIB,
    "9 MB of 0xFF": lambda: b"\xff" * 9 * _MIB,
    "9 MB of random text": lambda: bytes(n * n % 251 for n in range(9 * _MIB)),
    "1M nested": lambda: "<a>" * _MIB,
    "9 MB word": lambda: b"<rss><channel><title>\xe9" + b"x" * 9 * _MIB,
}
"""Documents that hold none."""
