"""Which elements of a page are its furniture: menus, teasers, share bars, comments, by what they are called."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

_TAGS = frozenset({"nav", "footer", "aside", "figure", "figcaption", "form", "label", "address", "amp-ad", "caption"})
_TELLING = etree.XPath(
    "//*[@hidden or @aria-hidden or @role or contains(@style, 'none') or contains(@style, 'hidden')]"
)
_LONGEST_NAME = 200
_NEVER = frozenset({"html", "body", "article", "main"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# Words of class names and ids, in the languages of those who write them.
_WORDS = frozenset(
    """
    ad ads adv advert adverts advertisement advertising adsense dfp sponsor sponsored sponsors promo promos promoted
    promotion banner banners outbrain taboola zergnet revcontent
    comment comments commenting disqus respond reply replies kommentar kommentare commentaires comentarios commenti
    related relateds recommend recommended recommendation recommendations recirc recirculation similar alsoread
    trending popular mostread mostpopular teaser teasers readmore seemore liens lire
    sidebar rail share shares sharing sharebar social socials sharethis sharedaddy addthis addtoany follow jetpack
    newsletter newsletters subscribe subscription subscriptions signup
    breadcrumb breadcrumbs pagination pager paging navbar nav navigation menu submenu footer foot masthead
    byline bylines bio biography authorbox authors author caption captions legend credit credits
    tag tags taglist keywords topics toolbar tools utility widget widgets popup modal overlay tooltip lightbox
    cookie cookies consent gdpr micromodal onetrust didomi tarteaucitron forum notice alert disclaimer copyright
    skip hidden offscreen invisible
    timestamp dateline date datetime pubdate time meta infos kicker eyebrow
    rating ratings poll quiz vote votes carousel slider slideshow
    donate donation login register
    """.split()  # noqa: SIM905 - a table of words, to be read
)
_NAMES = re.compile(
    r"sr-only|screen-reader|visually-?hidden|read-?more|also-?read|lire-?aussi|read-?next|up-?next|most-?read|see-?also"
    r"|more-(?:from|on|stories|news|in|articles)|related|comment|share|recommend|newsletter|promo",
    re.IGNORECASE,
)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ROLES = frozenset(
    {"navigation", "complementary", "banner", "contentinfo", "search", "dialog", "menu", "menubar", "toolbar", "form"}
)


def hidden_in(root: etree._Element) -> frozenset[etree._Element]:
    """Give the elements under *root* that are hidden, or whose role is not to be read: one search for all of them."""
    return frozenset(element for element in _TELLING(root) if _is_hidden(element))


def _is_hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return element.get("role") in _ROLES or _HIDING.search((element.get("style") or "")[:_LONGEST_NAME]) is not None


def is_furniture(tag: str, name: str | None, identity: str | None) -> bool:
    """Tell whether an element looks like furniture by its *tag*, its class *name* or its *identity* (its id)."""
    if tag in _TAGS:
        return True
    if tag in _NEVER:
        return False
    return (name is not None and _says_furniture(name)) or (identity is not None and _says_furniture(identity))


@lru_cache(maxsize=8192)
def _says_furniture(name: str) -> bool:
    shown = name[:_LONGEST_NAME]
    return not _WORDS.isdisjoint(word.lower() for word in _WORD.findall(shown)) or bool(_NAMES.search(shown))
