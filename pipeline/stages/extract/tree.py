"""The bytes of a page -> a tree of its elements, bounded in what it may cost.

Rules of this file: time is linear in the bytes. lxml's HTML parser (libxml2) is used because it has no adoption
agency to feed: 100,000 unclosed <b> or 300,000 nested <div> cost milliseconds. Its one quadratic habit, the search
for attributes given twice (15 s for 100,000 in one tag), is cut off before it.
"""

from __future__ import annotations

import re

from lxml import etree

from pipeline.stages.parse.characters import decode

MOST_BYTES = 4 * 1024 * 1024  # the largest page of the corpus has 1.4 MB; what lies behind is not read
_HEAD_BYTES = 16_384
_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=", re.IGNORECASE)
# A start tag with more attributes than any page needs, as the standard splits it (HTML, 13.2.5.32 to 13.2.5.39).
_ATTRIBUTE = rb"""[\s/]*+[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_MANY_ATTRIBUTES = re.compile(rb"(<[a-zA-Z][^\s/>]*+(?:%b){256})(?:%b)++" % (_ATTRIBUTE, _ATTRIBUTE))
_CONTROLS = bytes((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F))


def page_text(body: bytes, content_type: str) -> str:
    """Decode *body*, served as *content_type*: the header's charset, then the page's own, then evidence."""
    head = body[:_HEAD_BYTES]
    named = None if _HEADER_CHARSET.search(content_type) else _CHARSET.search(head)
    declared = f"{content_type}; charset={named[1].decode('ascii', 'replace')}" if named else content_type
    return decode(body[:MOST_BYTES], declared).text


def page_tree(text: str) -> etree._Element | None:
    """Give the root of the tree of *text*; None when it has no element."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    markup = _MANY_ATTRIBUTES.sub(rb"\1", text.encode("utf-8", "replace").translate(None, _CONTROLS))
    try:
        return etree.fromstring(markup, parser)
    except etree.LxmlError:
        return None
