"""`newswire extract`: pages from disk to articles, one a line, with no network and no Redis."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest
from flat_pages import PAGES
from pages import PARAGRAPHS, STORY, URL
from system import System, running_system

pytestmark = pytest.mark.flow


@pytest.fixture
def system() -> Iterator[System]:
    """Give a system that has not been started."""
    with running_system() as system:
        yield system


def test_pages_of_all_kinds_are_printed_as_articles(system: System) -> None:
    """HTML, flat text and gzip, one article a line in the order given, each with its file; nothing is started."""
    (system.folder / "story.html").write_text(STORY, "utf-8")
    (system.folder / "flat.txt").write_text(PAGES[0].text(), "utf-8")
    (system.folder / "story.html.gz").write_bytes(gzip.compress(STORY.encode()))

    finished = system.run(
        "extract", "story.html", "flat.txt", "story.html.gz", "--url", URL, "--fetched-at", "2024-06-01T00:00:00Z"
    )

    assert (finished.code, finished.messages) == (0, [])
    articles = [json.loads(line) for line in finished.stdout.splitlines()]
    assert [article["file"] for article in articles] == ["story.html", "flat.txt", "story.html.gz"]
    assert articles[0]["schema"] == "newswire.article/1"
    assert articles[0]["text"].split("\n\n") == list(PARAGRAPHS)
    assert articles[0]["source_url"] == URL
    assert articles[0]["discovered_at"] == "2024-06-01T00:00:00Z"
    assert articles[1]["text"].split("\n\n") == list(PAGES[0].body)
    assert articles[1]["published"]["at"] == "2024-03-12T18:05:00Z"
    assert articles[1]["published"]["inferred"] == ["zone"]
    assert articles[0] | {"file": ""} == articles[2] | {"file": ""}
    assert not system.data_dir.exists()


def test_every_field_says_that_it_comes_from_the_page(system: System) -> None:
    """Whoever asks is told; a date even by which part of the page."""
    (system.folder / "story.html").write_text(STORY, "utf-8")
    told = json.loads(system.run("extract", "story.html", "--url", URL, "--provenance").stdout)
    assert (told["provenance"]["text"], told["provenance"]["published"]) == ("page", told["published"]["source"])
    assert all(told[field] for field in told["provenance"])


def test_times_that_say_no_zone_have_that_of_the_fetch(system: System) -> None:
    """Who fetched a page knows where its clock hangs."""
    (system.folder / "flat.txt").write_text(PAGES[0].text(), "utf-8")

    finished = system.run("extract", "flat.txt", "--fetched-at", "2024-06-01T00:00:00+01:00")

    published = json.loads(finished.stdout)["published"]
    assert (published["at"], published["inferred"]) == ("2024-03-12T17:05:00Z", ["zone"])


def test_extract_goes_on_after_a_file_that_cannot_be_read(system: System) -> None:
    """One bad file of a hundred: it is named, the others are printed, and the exit code tells."""
    (system.folder / "story.html").write_text(STORY, "utf-8")

    finished = system.run("extract", "nowhere.html", "story.html")

    assert finished.code == 1
    assert [json.loads(line)["file"] for line in finished.stdout.splitlines()] == ["story.html"]
    assert [line.split(": ")[:2] for line in finished.messages] == [["newswire", "nowhere.html"]]


@pytest.mark.parametrize("options", [("--url", "not an address"), ("--fetched-at", "yesterday")])
def test_an_option_that_means_nothing_is_refused(system: System, options: tuple[str, str]) -> None:
    """A slip is said, not guessed around."""
    finished = system.run("extract", "nowhere.html", *options)

    assert finished.code == 2
    assert options[1] in finished.stderr
