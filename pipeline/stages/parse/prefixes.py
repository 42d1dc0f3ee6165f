"""Prefixes that a document uses and does not declare: to a strict parser, each of them is the end of the feed."""

from __future__ import annotations

import re

from pipeline.stages.parse.endings import HEAD_BYTES, ROOT

KNOWN_NAMESPACES = {
    b"atom": b"http://www.w3.org/2005/Atom",
    b"content": b"http://purl.org/rss/1.0/modules/content/",
    b"creativeCommons": b"http://backend.userland.com/creativeCommonsRssModule",
    b"dc": b"http://purl.org/dc/elements/1.1/",
    b"dcterms": b"http://purl.org/dc/terms/",
    b"feedburner": b"http://rssnamespace.org/feedburner/ext/1.0",
    b"geo": b"http://www.w3.org/2003/01/geo/wgs84_pos#",
    b"georss": b"http://www.georss.org/georss",
    b"image": b"http://www.google.com/schemas/sitemap-image/1.1",
    b"itunes": b"http://www.itunes.com/dtds/podcast-1.0.dtd",
    b"media": b"http://search.yahoo.com/mrss/",
    b"news": b"http://www.google.com/schemas/sitemap-news/0.9",
    b"podcast": b"https://podcastindex.org/namespace/1.0",
    b"rdf": b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    b"slash": b"http://purl.org/rss/1.0/modules/slash/",
    b"sy": b"http://purl.org/rss/1.0/modules/syndication/",
    b"thr": b"http://purl.org/syndication/thread/1.0",
    b"wfw": b"http://wellformedweb.org/CommentAPI/",
    b"xhtml": b"http://www.w3.org/1999/xhtml",
    b"yt": b"http://www.youtube.com/xml/schemas/2015",
}
"""Prefixes and the namespaces that feeds mean by them."""

_USED = re.compile(rb"<([A-Za-z_][\w.-]{0,30}+):[A-Za-z_]")
_BLANK_IN_NAMESPACE = re.compile(rb"xmlns(?::[\w.-]{1,31})?=[\"'][^\"'<>\s]{0,200}\s")
_NAMESPACE = re.compile(rb"(xmlns(?::[\w.-]{1,31})?=[\"'])([^\"'<>]{0,200})")
_MOST_DECLARED = 32  # a document that needs more is made of something else


def with_readable_namespaces(utf8: bytes, problems: list[str]) -> bytes:
    """*utf8* without the blanks that stand in the addresses of namespaces, which no parser reads."""
    if not _BLANK_IN_NAMESPACE.search(utf8):
        return utf8
    problems.append("blanks within namespaces removed")
    return _NAMESPACE.sub(lambda match: match[1] + b"".join(match[2].split()), utf8)


def with_declared_prefixes(utf8: bytes, outside: bytes, problems: list[str]) -> bytes:
    """*utf8* with the prefixes that its markup (*outside* CDATA) uses and nothing declares declared at its root.

    A prefix nobody knows gets a namespace of no meaning: its elements are read by nobody and cost no other.
    """
    used = set(_USED.findall(outside)) - {b"xml", b"xmlns"}
    missing = sorted(prefix for prefix in used if b"xmlns:" + prefix not in utf8)
    root = ROOT.search(utf8, 0, HEAD_BYTES) if missing else None
    if root is None or len(missing) > _MOST_DECLARED:
        return utf8
    problems.append(f"undeclared prefixes: {', '.join(prefix.decode() for prefix in missing)}")
    declared = b"".join(b' xmlns:%b="%b"' % (prefix, _namespace(prefix)) for prefix in missing)
    return utf8[: root.end()] + declared + utf8[root.end() :]


def _namespace(prefix: bytes) -> bytes:
    return KNOWN_NAMESPACES.get(prefix, b"urn:undeclared:" + prefix)
