"""Pairs of addresses thought of after the first table: what must merge, what must not, none tried before.

The parameters are those of newsrooms, shops of advertising, mail and blogs; the traps are names that look like them.
"""

from __future__ import annotations

import pytest

from pipeline.stages.url_identity import identity_key

ONE = "https://www.example.org/news/a-story"
MERGE = [
    (ONE, f"{ONE}?utm_source=rss&utm_medium=rss#respond"), (ONE, f"{ONE}?_hsenc=p2&_hsmi=3"),
    (ONE, f"{ONE}?wt_mc=rss.red.x"), (ONE, f"{ONE}#xtor=RSS-3"), (ONE, f"{ONE}?partner=rss&emc=rss"),
    (ONE, f"{ONE}?mod=rss_whats_news_us"), (ONE, f"{ONE}?source=rss----8a1b2c---4"),
    (ONE, f"{ONE}?guccounter=1&guce_referrer=aHR0"), (ONE, f"{ONE}?traffic_source=rss"),
    (ONE, f"{ONE}?ito=1490&ns_mchannel=rss&ns_campaign=1490"), (ONE, f"{ONE}?itm_source=a&itm_medium=b"),
    (ONE, f"{ONE}?ttclid=a"), (ONE, f"{ONE}?li_fat_id=b"), (ONE, f"{ONE}?epik=c"), (ONE, f"{ONE}?srsltid=d"),
    (ONE, f"{ONE};jsessionid=0A1B2C"), (ONE, f"{ONE}?PHPSESSID=0a1b2c"), (ONE, f"{ONE}?replytocom=123#respond"),
    (ONE, f"{ONE}/?"), (ONE, f"{ONE}/#"), (ONE, f"{ONE}?&"), (ONE, f"{ONE}#:~:text=old%20bridge"),
    (ONE, f"{ONE}/amp?utm_source=x"), (ONE, f"{ONE}?utm_source=x?utm_medium=y"),
    (f"{ONE}?id=3", f"{ONE}?amp=1&id=3"), (f"{ONE}?a=A", f"{ONE}?a=%41"),
    (ONE, "https://www.example.org/news/a%2Dstory"),
    (ONE, "https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fwww.example.org%2Fnews%2Fa-story"),
    (ONE, "https://www.google.fr/url?q=https%3A%2F%2Fwww.example.org%2Fnews%2Fa-story"),
    (ONE, "https://www.google.com/url?url=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fwww.example.org%252Fnews%252Fa-story"),
    (ONE, "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2Fnews%2Fa-story&data=05"),
    (ONE, "https://www.example.org:80/news/a-story?utm_source=x"),
    ("https://example.org/?p=12", "http://www.example.org/index.php?p=12"),
    (ONE, f"{ONE}?yclid=1&_openstat=abc"), (ONE, f"{ONE}?mtm_campaign=a&matomo_kwd=b"), (ONE, f"{ONE}?wt_zmc=sm.rss"),
    (ONE, f"{ONE}?hsCtaTracking=1"), (ONE, f"{ONE}?spm=a2c6h.1"), (ONE, f"{ONE}?sc_src=email&sc_lid=1"),
    (ONE, f"{ONE}?trk=rss&trkCampaign=x"), (ONE, f"{ONE}?srnd=premium&sref=x"), (ONE, f"{ONE}?intcid=x&icid=y"),
    (ONE, f"{ONE}?sfnsn=mo&mibextid=x"), (ONE, f"{ONE}?gaa_at=eafs&gaa_n=x"), (ONE, f"{ONE}?tblci=x&dicbo=y"),
    (ONE, f"{ONE}?rss=1"), (ONE, f"{ONE}?print=1"), (ONE, f"{ONE}?view=print"), (ONE, f"{ONE}?share=twitter"),
    (f"{ONE}?q=a+b", f"{ONE}?q=a%20b"), (ONE, "https://www.example.org/amp/news/a-story"),
    (f"{ONE}-of-1912", f"{ONE}-of-1912/print/"), (ONE, "https://out.reddit.com/t3_1?url=https%3A%2F%2Fexample.org%2Fnews%2Fa-story"),
    ("https://en.wikipedia.org/wiki/Valkey", "https://en.m.wikipedia.org/wiki/Valkey"),
    ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch?v=abc&feature=youtu.be"),
]  # fmt: skip

APART = [
    (f"{ONE}?s=1", f"{ONE}?s=2"), (f"{ONE}?cid=1", f"{ONE}?cid=2"), (f"{ONE}?from=paris", f"{ONE}?from=rome"),
    (f"{ONE}?at=1", f"{ONE}?at=2"), (f"{ONE}?utm=1", f"{ONE}?utm=2"), (f"{ONE}?nsid=1", f"{ONE}?nsid=2"),
    (f"{ONE}?variant=a", f"{ONE}?variant=b"), (f"{ONE}?c=1", f"{ONE}?c=2"),
    (f"{ONE}?ref=rss-readers-guide", f"{ONE}?ref=rss-history"), (f"{ONE}?x=a+b", f"{ONE}?x=a%2Bb"),
    (f"{ONE}/", f"{ONE}.html"), ("https://example.org/index.php?id=1", "https://example.org/index.php?id=2"),
    ("https://example.org/index.php/a", "https://example.org/index.php/b"),
    ("https://example.org/default.aspx?tabid=1", "https://example.org/default.aspx?tabid=2"),
    ("https://www.example.co.uk/a", "https://www.example.org.uk/a"),
    ("https://m.example.org/a", "https://n.example.org/a"), ("https://amp.dev/about", "https://www.dev/about"),
    (f"{ONE}?x=1", f"{ONE}?X=1"), ("https://example.org/2024/01/02", "https://example.org/2024/02/01"),
    ("https://example.org/#!/a", "https://example.org/"),
    ("https://google.com/search?q=a", "https://google.com/search?q=b"),
    ("https://facebook.com/l.php?u=x", "https://facebook.com/l.php?u=y"),
    ("https://example.org/clamp", "https://example.org/cl"),
    ("https://example.org/index.html.bak", "https://example.org/"),
    ("https://example.org:8443/a", "https://example.org/a"),
    ("http://example.org:8080/a", "http://example.org:8081/a"),
    ("https://example.org/a%3Fb", "https://example.org/a?b"), ("https://example.org/a%23b", "https://example.org/a"),
    (f"{ONE}?q=a%26b=1", f"{ONE}?q=a&b=1"), ("https://example.org/a;v=1", "https://example.org/a;v=2"),
    (f"{ONE}?tag[]=1", f"{ONE}?tag[]=2"), (f"{ONE}?sessionid=keynote", f"{ONE}?sessionid=panel"),
    ("https://example.org/item;1", "https://example.org/item;2"),
    (f"{ONE}?rss=1", f"{ONE}?rss=2"), (f"{ONE}?view=print", f"{ONE}?view=map"),
    (f"{ONE}?share=12", f"{ONE}?share=13"),
    (f"{ONE}?print=12", f"{ONE}?print=13"), (f"{ONE}?feature=1", f"{ONE}?feature=2"),
    (f"{ONE}?trk=4", f"{ONE}?trk=5"),
    ("https://example.org/shop/print", "https://example.org/shop"), ("https://example.org/print", "https://example.org/"),
    ("https://example.org/music/amp/marshall", "https://example.org/music/marshall"),
    ("https://example.org/amp/marshall", "https://example.org/marshall"),
    ("https://alice.m.example.org/a", "https://alice.example.org/a"),
    ("https://www.google.com/url?q=paris", "https://www.google.fr/url?q=rome"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), MERGE)
def test_one_article_has_one_key_by_whatever_way_it_came(one: str, other: str) -> None:
    """A reader who is shown an article twice stops trusting the list."""
    assert identity_key(one) == identity_key(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_only_looks_like_tracking_keeps_two_articles_apart(one: str, other: str) -> None:
    """A wrong merge loses an article, which is worse than a repeat."""
    assert identity_key(one) != identity_key(other)
