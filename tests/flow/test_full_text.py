"""Full text fetched by the daemon: each article told once with its text, whatever its page does."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from itertools import pairwise

import pytest
from article_pages import HTML, Story, feed, page, paragraphs, serve_page
from ledger import Line, published, repeated
from origin import Origin, OriginThread
from system import System, kill, running_system
from waiting import wait_until

from pipeline.adapters.embedded import EmbeddedStore

pytestmark = pytest.mark.flow

STORIES = [Story(f"story-{n}", f"The council of place {n} votes again") for n in range(3)]


@pytest.fixture
def origin() -> Iterator[Origin]:
    """Give an origin."""
    with OriginThread() as origin:
        yield origin


@pytest.fixture
def system() -> Iterator[System]:
    """Give a system that fetches pages where the feed has only a summary."""
    with running_system(
        ARTICLES__FULL_TEXT="auto",
        ARTICLES__PAGE_RETRY_SECONDS=0.5,
        SCHEDULE__INTERVAL_SECONDS=0.5,
        FETCH__TIMEOUT_SECONDS=2,
    ) as system:
        yield system


def serve(origin: Origin, stories: list[Story]) -> str:
    """Serve the feed of *stories* and their pages; the feed's address."""
    origin.serve("/feed", feed(origin, stories))
    for story in stories:
        serve_page(origin, story)
    return origin.url("/feed")


def once(system: System, *sources: str) -> dict[str, int]:
    """Run one round; its summary."""
    finished = system.run("run", "--once", "--workers", "2", *sources)
    assert finished.code == 0, finished.stderr[-2000:]
    assert "Traceback" not in finished.stderr, finished.stderr[-3000:]
    return finished.summary


def stream_of(system: System) -> list[Line]:
    """Read the stream that a system which has ended left in its folder."""
    with EmbeddedStore(system.data_dir) as store:
        return published(store.url)


def test_an_article_of_a_summary_is_revised_once_with_the_text_of_its_page(system: System, origin: Origin) -> None:
    """One round follows the pages to the end; a second one, which sees the summaries again, takes nothing back."""
    url = serve(origin, STORIES)
    first = once(system, url)
    assert (first["new"], first["revised"], first["dead"]) == (3, 3, 0)
    origin.serve("/feed", feed(origin, STORIES) + b"<!-- other bytes -->")
    second = once(system)
    assert (second["new"], second["revised"], second["entries"]) == (0, 0, 3)
    lines = stream_of(system)
    assert [line.kind for line in lines] == ["new"] * 3 + ["revised"] * 3
    assert not repeated(lines)
    for line in lines[3:]:
        name = str(line.article["url"]).rsplit("/", 1)[1]
        assert line.article["text"] == "\n\n".join(paragraphs(name))
        assert line.article["revision"] == 2
        assert "text" in line.article["changed"]
        assert "summary only" not in line.article["problems"]
    assert all(len(origin.requests(f"/{story.name}")) == 1 for story in STORIES)


def test_explain_tells_whose_text_it_is(system: System, origin: Origin) -> None:
    """Whoever doubts a text wants to know where it stood."""
    url = serve(origin, STORIES[:2])
    origin.serve("/story-1", b"", status=404, headers=HTML)
    once(system, url)
    ids = {line.article["url"].rsplit("/", 1)[1]: str(line.article["id"]) for line in stream_of(system)}
    told = json.loads(system.run("explain", ids["story-0"], "--json").stdout)
    assert told["text"].startswith(f"From its page, {origin.url('/story-0')}")
    assert told["page"] == "It was fetched and read."
    assert told["published"].startswith("Revision 2, revised on ")
    assert f"text: {{+{' '.join(paragraphs('story-0')).split()[0]}" in told["revision_2"]
    failed = json.loads(system.run("explain", ids["story-1"], "--json").stdout)
    assert failed["text"] == "None; only the summary of the feed."
    assert failed["page"] == "It was asked for: page not fetched: HTTP 404."
    assert "articles.full_text: auto" in json.loads(system.run("explain", url, "--json").stdout)["full_text"]
    unknown = system.run("explain", "0" * 32)
    assert unknown.code == 2
    assert "no feed on the list has shown this article" in unknown.stderr


def test_a_corrected_headline_revises_and_keeps_the_text(system: System, origin: Origin) -> None:
    """The feed alone knows of the correction: the text that readers have must not vanish with it."""
    url = serve(origin, STORIES[:1])
    once(system, url)
    corrected = Story("story-0", "The council of place 0 votes no more")
    serve(origin, [corrected])
    assert once(system)["revised"] == 1
    last = stream_of(system)[-1]
    assert (last.article["revision"], last.article["changed"]) == (3, ["title"])
    assert last.article["text"] == "\n\n".join(paragraphs("story-0"))
    assert last.title == corrected.title


@pytest.mark.parametrize("status", [404, 410])
def test_an_article_whose_page_is_gone_is_withdrawn_once(system: System, origin: Origin, status: int) -> None:
    """Who shows an article has to take it down; the feed that still lists it does not bring it back."""
    url = serve(origin, STORIES[:2])
    once(system, url)
    corrected = Story("story-0", "The council of place 0 votes no more")
    serve(origin, [corrected, STORIES[1]])
    origin.serve("/story-0", b"", status=status, headers=HTML)
    once(system)
    origin.serve("/feed", feed(origin, [corrected]))
    once(system)
    lines = stream_of(system)
    assert [line.kind for line in lines].count("withdrawn") == 1
    assert (lines[-1].kind, lines[-1].article["revision"], lines[-1].title) == ("withdrawn", 4, "")
    assert lines[-1].article["problems"] == [f"page not fetched: HTTP {status}"]
    explained = json.loads(system.run("explain", str(lines[-1].article["id"]), "--json").stdout)
    assert explained["withdrawn"] == f"Its page was read and is gone (HTTP {status})."


def test_an_article_that_is_held_comes_once_with_its_text(origin: Origin) -> None:
    """Held back, the page's text is there in the first and only telling, or the reason why it is not."""
    with running_system(ARTICLES__FULL_TEXT="auto", ARTICLES__HOLD_SECONDS=20) as system:
        url = serve(origin, STORIES)
        origin.serve("/story-1", b"gone", status=410)
        assert once(system, url)["new"] == 3
        origin.serve("/feed", feed(origin, STORIES) + b"<!-- other bytes -->")
        assert once(system)["entries"] == 3
        lines = stream_of(system)
    assert [line.kind for line in lines] == ["new"] * 3
    texts = {str(line.article["url"]).rsplit("/", 1)[1]: line.article for line in lines}
    assert texts["story-0"]["text"] == "\n\n".join(paragraphs("story-0"))
    assert texts["story-1"]["text"] is None
    assert texts["story-1"]["problems"] == ["summary only", "page not fetched: HTTP 410"]
    assert all(article["revision"] == 1 for article in texts.values())


def test_an_article_is_not_held_for_longer_than_was_said(origin: Origin) -> None:
    """A page that takes for ever costs its article the bound, and not its place on the stream."""
    with running_system(ARTICLES__FULL_TEXT="auto", ARTICLES__HOLD_SECONDS=2) as system:
        url = serve(origin, STORIES[:1])
        origin.serve("/story-0", b"late", headers=HTML, delay_seconds=25)
        summary = once(system, url)
        lines = stream_of(system)
    assert (summary["new"], summary["revised"]) == (1, 0)
    assert summary["seconds"] < 15
    assert lines[0].article["problems"] == [
        "summary only",
        "page not fetched: it did not come in time (articles.hold_seconds)",
    ]


@pytest.mark.parametrize(
    ("status", "body", "headers", "problem"),
    [
        (404, b"", HTML, "page not fetched: HTTP 404"),
        (410, b"", HTML, "page not fetched: HTTP 410"),
        (401, b"", HTML, "paywall: HTTP 401"),
        (503, b"", HTML, "page not fetched: HTTP 503"),
        (200, b"%PDF-1.4", {"Content-Type": "application/pdf"}, "page not fetched: no page but application/pdf"),
        (200, b"x" * 3_000_000, HTML, "page not fetched: too-large"),
        (302, b"", {"Location": "/story-0"}, "page not fetched: redirects"),
    ],
)
def test_a_page_that_cannot_be_had_is_named(
    origin: Origin, status: int, body: bytes, headers: dict[str, str], problem: str
) -> None:
    """Whoever asked for full text is told why there is none, once, and the host is left alone after it."""
    with running_system(ARTICLES__FULL_TEXT="auto", FETCH__MAX_BODY_BYTES=2_000_000) as system:
        url = serve(origin, STORIES[:1])
        origin.serve("/story-0", body, status=status, headers=headers)
        once(system, url)
        once(system)
        lines = stream_of(system)
    assert [line.kind for line in lines] == ["new", "revised"]
    assert lines[1].article["changed"] == ["problems"]
    assert lines[1].article["problems"] == ["summary only", problem]
    assert len(origin.requests("/story-0")) == 1


@pytest.mark.parametrize(
    ("status", "robots", "allowed"),
    [
        (200, b"User-agent: *\nDisallow: /story", False),
        (200, b"User-agent: *\nDisallow: /other", True),
        (404, b"", True),
        (500, b"", False),
        (200, b"# long\n" * 400_000 + b"User-agent: *\nDisallow: /", False),
    ],
)
def test_robots_txt_decides(origin: Origin, status: int, robots: bytes, *, allowed: bool) -> None:
    """A host says in its robots.txt which pages machines may read (RFC 9309), also by saying nothing."""
    with running_system(ARTICLES__FULL_TEXT="auto", FETCH__MAX_BODY_BYTES=2_000_000) as system:
        url = serve(origin, STORIES[:2])
        origin.serve("/robots.txt", robots, status=status, headers={"Content-Type": "text/plain"})
        once(system, url)
        last = stream_of(system)[-1].article
    assert len(origin.requests("/robots.txt")) == 1
    assert len(origin.requests("/story-0")) == allowed
    assert ("page not fetched: robots.txt does not allow it" in last["problems"]) != allowed


def test_a_feed_may_have_its_own_word(origin: Origin) -> None:
    """The setting is for all feeds, and one that needs another is not alone in the world."""
    with running_system(ARTICLES__FULL_TEXT="never") as system:
        origin.serve("/feed", feed(origin, [Story("story-0", "A title", content="<p>All of it.</p>")]))
        serve_page(origin, STORIES[0])
        system.run("feeds", "add", "--full-text", "always", origin.url("/feed"))
        summary = once(system)
    assert (summary["new"], summary["revised"], len(origin.requests("/story-0"))) == (1, 1, 1)


def test_a_passing_trouble_is_waited_out_and_polls_go_on(system: System, origin: Origin) -> None:
    """A page is asked for again while the feed is polled all the time: one revision comes of it."""
    url = serve(origin, STORIES[:1])
    origin.serve("/story-0", b"", status=500, headers=HTML)
    running = system.start("run", "--workers", "1", url)
    wait_until(lambda: len(origin.requests("/story-0")) >= 2)
    serve_page(origin, STORIES[0])
    wait_until(lambda: len(published(system.url)) == 2)
    polls = len(origin.requests("/feed"))
    wait_until(lambda: len(origin.requests("/feed")) >= polls + 3)
    assert [line.kind for line in published(system.url)] == ["new", "revised"]
    running.signal(signal.SIGTERM)
    assert running.ended().code == 0


def test_kills_repeat_a_page_at_most_and_never_a_revision(system: System, origin: Origin) -> None:
    """The daemon dies with pages in flight, the worker with pages in hand: each is told once all the same."""
    stories = [Story(f"place-{n}", f"The council of place {n} votes again") for n in range(12)]
    url = serve(origin, stories)
    for story in stories:
        origin.serve(f"/{story.name}", page(story.name, story.title), headers=HTML, delay_seconds=0.5)
    running = system.start("run", "--workers", "1", url)
    wait_until(lambda: len(origin.requests("/place-3")) > 0)
    (daemon,) = system.wait_for("daemon")
    kill(daemon.pid)
    wait_until(lambda: len(_revised(system)) >= 1, timeout_seconds=60)
    for worker in system.processes("worker", "horse"):
        kill(worker.pid)
    wait_until(lambda: len(_revised(system)) == 12, timeout_seconds=90)
    lines = published(system.url)
    assert not repeated(lines)
    assert len(lines) == 24
    assert all(line.article["revision"] == 2 for line in _revised(system))
    running.signal(signal.SIGTERM)
    assert running.ended().code == 0


def _revised(system: System) -> list[Line]:
    return [line for line in published(system.url) if line.kind == "revised"]


def test_pages_wait_for_the_same_turns_as_feeds(origin: Origin) -> None:
    """To a host, a page is one more request: feed, robots.txt and pages together keep the gap between them."""
    with running_system(ARTICLES__FULL_TEXT="auto", FETCH__PER_HOST_GAP_SECONDS=0.4) as system:
        url = serve(origin, STORIES)
        assert once(system, url)["revised"] == 3
    asked = sorted(request.at_seconds for request in origin.log if not request.path.startswith("/favicon"))
    gaps = [after - before for before, after in pairwise(asked)]
    assert len(gaps) == 4
    assert min(gaps) > 0.3, gaps


def test_lines_that_a_site_repeats_leave_the_text(system: System, origin: Origin) -> None:
    """What stands on every page of a host belongs to the host: from the fourth page on no reader gets it."""
    line = "The towns of the valley lie between two rivers, and the road along the northern one was built in 1908."
    stories = [Story(f"town-{n}", f"Town {n} opens its library") for n in range(5)]
    for count in range(1, 6):
        origin.serve("/feed", feed(origin, stories[:count]))
        story = stories[count - 1]
        body = page(story.name, story.title).replace(b"<p>", f"<p>{line}</p><p>".encode(), 1)
        origin.serve(f"/{story.name}", body, headers=HTML)
        once(system, *([origin.url("/feed")] if count == 1 else []))
    texts = [str(line.article["text"]) for line in stream_of(system) if line.kind == "revised"]
    assert [line in text for text in texts] == [True, True, True, False, False]
    assert texts[4] == "\n\n".join(paragraphs("town-4"))


def test_a_redirector_is_followed_to_the_address_of_the_article(system: System, origin: Origin) -> None:
    """The feed names a stop on the way; once the page was fetched, the article has the address where it stands."""
    url = serve(origin, STORIES[:1])
    with OriginThread("127.0.0.2") as target:
        serve_page(target, STORIES[0])
        origin.serve("/story-0", status=302, headers={"Location": target.url("/story-0")})
        once(system, url)
        last = stream_of(system)[-1].article
    assert (last["url"], last["source_url"]) == (target.url("/story-0"), origin.url("/story-0"))
    assert len(target.requests("/robots.txt")) == 1
