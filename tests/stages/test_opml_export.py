"""OPML as we write it: folders nested, what was set beside it, and all of it read back as it was."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.model import LEAST_WEIGHT, LONGEST_INTERVAL_SECONDS, MOST_WEIGHT, SHORTEST_INTERVAL_SECONDS, Feed
from pipeline.stages.feed_list import read_list
from pipeline.stages.opml import write_opml
from pipeline.stages.own_settings import own_settings_of
from pipeline.stages.urls import feed_url
from pipeline.stages.weights import folders_around


def normalised(path: str) -> str | None:
    """Return the address of a feed at *path*, or None if it cannot be one."""
    try:
        return feed_url(f"https://example.org/{path}")
    except UsageError:
        return None


urls = st.text(max_size=20).map(normalised).filter(lambda url: url is not None)
words = st.text(max_size=12)
folders = st.none() | st.lists(words, max_size=4).map("/".join) | st.just("/".join("abcdefghij" * 20))


def tidy(text: str | None, separator: str | None = None) -> str | None:
    """Return *text* as any XML attribute can hold it, or None if nothing is left."""
    shown = "".join(c for c in text or "" if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    shown = "".join(c for c in shown if not "\ud800" <= c <= "\udfff")
    if separator is None:
        return " ".join(shown.split()) or None
    return separator.join(part for name in shown.split(separator) if (part := tidy(name))) or None


weights = st.floats(LEAST_WEIGHT, MOST_WEIGHT)
intervals = st.floats(SHORTEST_INTERVAL_SECONDS, LONGEST_INTERVAL_SECONDS)


@given(
    st.lists(
        st.builds(
            Feed,
            st.just("0"),
            urls,
            st.none() | words,
            folders,
            st.none() | intervals,
            st.booleans(),
            st.just(0),
            st.none() | st.sampled_from(["auto", "always", "never"]),
            st.none() | weights,
        ),
        max_size=8,
        unique_by=lambda feed: feed.url,
    ),
    words,
    st.randoms(use_true_random=False),
)
def test_what_is_written_reads_back_the_same(feeds: list[Feed], title: str, chance: Random) -> None:
    """An export is a backup: importing it must give the list it was made from."""
    around = {path for feed in feeds for path in folders_around(replace(feed, folder=tidy(feed.folder, "/")))}
    of_folders = {path: chance.uniform(LEAST_WEIGHT, MOST_WEIGHT) for path in sorted(around) if path.count("/") < 90}

    document = write_opml(feeds, title=title, folder_weights=of_folders)

    back = read_list(document, name="x")
    assert back.problems == ()
    assert back.folder_weights == of_folders
    assert {feed.url: (feed.title, feed.folder, feed.own) for feed in back.feeds} == {
        feed.url: (tidy(feed.title), tidy(feed.folder, "/"), own_settings_of(feed)) for feed in feeds
    }
    settings = {feed.url: feed for feed in feeds}
    again = [replace(settings[feed.url], title=feed.title, folder=feed.folder) for feed in back.feeds]
    assert write_opml(again, title=title, folder_weights=back.folder_weights) == document


def test_what_was_set_stands_in_a_namespace_of_its_own() -> None:
    """Other programs leave alone what they can see is not theirs; a list of which nothing was set is plain OPML."""
    feeds = [
        Feed("1", "https://one.example/feed", None, "News/Paris", 90.0, paused=True, full_text="never", weight=0.5)
    ]

    assert write_opml(feeds, title="Mine", folder_weights={"News": 3.0, "Gone": 2.0}).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<opml version="2.0" xmlns:newswire="https://pypi.org/project/newswire/">\n'
        "  <head><title>Mine</title></head>\n"
        "  <body>\n"
        '    <outline text="News" title="News" newswire:weight="3">\n'
        '      <outline text="Paris" title="Paris">\n'
        '        <outline type="rss" text="https://one.example/feed" xmlUrl="https://one.example/feed" '
        'newswire:weight="0.5" newswire:interval="90" newswire:fullText="never" newswire:paused="true"/>\n'
        "      </outline>\n"
        "    </outline>\n"
        "  </body>\n"
        "</opml>\n"
    )


def test_an_export_is_nested_as_its_folders_are() -> None:
    """Other programs show folders from the nesting; a flat export would lose them."""
    feeds = [
        Feed(id="1", url="https://one.example/feed?a=1&b=2", title='One "1"', folder="News/Paris"),
        Feed(id="2", url="https://two.example/feed"),
        Feed(id="3", url="https://three.example/feed", folder="News"),
    ]

    assert write_opml(feeds, title="Mine & yours").decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<opml version="2.0">\n'
        "  <head><title>Mine &amp; yours</title></head>\n"
        "  <body>\n"
        '    <outline type="rss" text="https://two.example/feed" xmlUrl="https://two.example/feed"/>\n'
        '    <outline text="News" title="News">\n'
        '      <outline type="rss" text="https://three.example/feed" xmlUrl="https://three.example/feed"/>\n'
        '      <outline text="Paris" title="Paris">\n'
        '        <outline type="rss" text="One &quot;1&quot;" title="One &quot;1&quot;" '
        'xmlUrl="https://one.example/feed?a=1&amp;b=2"/>\n'
        "      </outline>\n"
        "    </outline>\n"
        "  </body>\n"
        "</opml>\n"
    )
