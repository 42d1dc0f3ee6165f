"""The archive of raw documents: what is kept is read back, and neither age nor size runs away."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.adapters.archive import Archive, read_archived
from pipeline.errors import ArchiveError
from pipeline.model import RawDocument

DAY_MS = 86_400_000
NOW_MS = 20_000 * DAY_MS
FEED, OTHER = "00000000000000aa", "00000000000000bb"
DOCUMENT = RawDocument(FEED, "https://example.org/feed.xml", NOW_MS, b"<rss/>" * 100, "", "text/xml; charset=utf-8")


def test_a_document_is_read_back_as_it_came(tmp_path: Path) -> None:
    """A parser that learnt to read it must see the very bytes that the old one saw."""
    archive = Archive(tmp_path, 3, 1_000_000)
    packed = replace(DOCUMENT, body=b"\x1f\x8b packed", content_encoding="gzip", fetched_ms=NOW_MS + 1)
    archive.keep(DOCUMENT, now_ms=NOW_MS)
    archive.keep(packed, now_ms=NOW_MS)

    paths = archive.since(0)

    assert [read_archived(path) for path in paths] == [replace(each, replayed=True) for each in (DOCUMENT, packed)]
    assert paths[0].stat().st_size < len(DOCUMENT.body)


def test_documents_are_found_by_time_and_feed(tmp_path: Path) -> None:
    """A fix concerns a few days, and often one feed."""
    archive = Archive(tmp_path, 30, 1_000_000)
    for day in range(3):
        for feed in (FEED, OTHER):
            archive.keep(replace(DOCUMENT, feed_id=feed, fetched_ms=NOW_MS + day * DAY_MS), now_ms=NOW_MS)

    assert len(archive.since(NOW_MS + DAY_MS)) == 4
    assert len(archive.since(NOW_MS + DAY_MS, feed_id=OTHER)) == 2


def test_what_is_old_or_too_much_goes_oldest_first(tmp_path: Path) -> None:
    """A disk is not filled by what is only kept in case."""
    archive = Archive(tmp_path, 2, 10_000)
    for hour in range(100):
        fetched_ms = NOW_MS - hour * DAY_MS // 24
        archive.keep(replace(DOCUMENT, body=bytes([hour]) * 50 + b"x" * hour, fetched_ms=fetched_ms), now_ms=NOW_MS)
    archive.prune(NOW_MS)

    kept = archive.since(0)

    assert 0 < sum(path.stat().st_size for path in kept) <= 10_000
    assert int(kept[0].name[:13]) > NOW_MS - 2 * DAY_MS
    assert int(kept[-1].name[:13]) == NOW_MS


def test_the_archive_goes_by_one_clock(tmp_path: Path) -> None:
    """A machine whose clock was ahead of the store's kept everything, until its disk was full."""
    archive = Archive(tmp_path, 1, 10_000)
    for day in range(5):  # long ago by the clock of the machine that runs this
        then_ms = NOW_MS + day * DAY_MS
        archive.keep(replace(DOCUMENT, fetched_ms=then_ms), now_ms=then_ms)

    assert [int(path.name[:13]) for path in archive.since(0)] == [NOW_MS + 3 * DAY_MS, NOW_MS + 4 * DAY_MS]


def test_what_killed_workers_left_unfinished_goes_within_the_hour(tmp_path: Path) -> None:
    """Nobody reads it, and it is no document; what is being written just now stays."""
    archive = Archive(tmp_path, 3, 1_000_000)
    archive.keep(DOCUMENT, now_ms=NOW_MS)
    day = archive.since(0)[0].parent
    left, current = (day / f"{NOW_MS - age_ms:013d}-{FEED}-{'0' * 16}.part" for age_ms in (2 * 3_600_000, 1_000))
    left.write_bytes(b"{")
    current.write_bytes(b"{")
    archive.prune(NOW_MS)

    assert not left.exists()
    assert current.exists()
    assert len(archive.since(0)) == 1


def test_of_no_days_nothing_is_kept(tmp_path: Path) -> None:
    """Who does not want it has no folder."""
    Archive(tmp_path / "documents", 0, 1_000_000).keep(DOCUMENT, now_ms=NOW_MS)

    assert not (tmp_path / "documents").exists()


_FACTS = b'{"version": 1, "feed": "a", "url": "", "packed": false, "fetched_ms": Infinity}\n'


@given(data=st.binary(max_size=200))
@example(data=b"garbage\n")
@example(data=b"\xff\n")
@example(data=b"[" * 100_000 + b"\n")
@example(data=_FACTS)
def test_a_damaged_file_is_told_by_its_name_and_nothing_else(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Disks lie; one bad file must not end a reprocessing of thousands, and its name is what one looks for."""
    path = tmp_path_factory.mktemp("archive") / "file"
    path.write_bytes(data)

    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: cannot be read: "):
        read_archived(path)


def test_a_folder_that_is_none_is_told_by_its_name(tmp_path: Path) -> None:
    """A file in its place, or a disk that is gone, is for the operator to mend."""
    place = tmp_path / "documents"
    place.write_bytes(b"")

    with pytest.raises(ArchiveError, match=f"^{re.escape(str(place))}: the archive cannot be read: Not a directory$"):
        Archive(place, 3, 1_000_000).since(0)
