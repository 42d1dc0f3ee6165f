"""Records of the seen-index: the same bytes for ever, the version before still read, foreign ones refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Article, FeedReference, Known, New
from pipeline.stages.identity import judge
from pipeline.stages.seen_records import pack, unpack

NOW_MS = 1_444_348_800_001
DAY = NOW_MS // 86_400_000
BODY = "Il paese è in lutto."
BEFORE = bytes.fromhex(
    "010001015049e5ac01414dd6d63911899cdbf810cd1bac9c78042a49afdbf890f75280"
    "3501fd9497fab7e8dc08dcb31271cf2514f3744ccba9782f"
)
"""A record as version 1 wrote it."""

GOLDEN = (
    "020001015049e5ac01414d1271cf25fc31a1d91271cf2504742c361271cf2512"
    "71cf251271cf251271cf251271cf251271cf251271cf251271cf250000000000"
)
"""One as this version writes it."""


def test_a_record_of_the_version_before_is_read() -> None:
    """An upgrade that forgot what was published would publish everything once more."""
    known = unpack(BEFORE)

    assert (known.revision, known.discovered_ms, known.shown_day) == (1, NOW_MS, DAY)
    assert (known.former, known.returns, known.revised_day) == (bytes(3), 0, 0)
    assert unpack(pack(known)).digests == known.digests


def test_a_record_is_the_same_for_ever() -> None:
    """The seen-index outlives every process and Python: other digests would publish everything once more."""
    article = Article(id="0" * 32, feed=FeedReference("0" * 16, "https://example.org/f"), title="Bridge", text=BODY)
    verdict = judge(None, article, now_ms=NOW_MS)

    assert isinstance(verdict, New)
    assert pack(verdict.known).hex() == GOLDEN


@given(
    st.builds(
        Known,
        revision=st.integers(0, 65_535),
        discovered_ms=st.integers(0, 2**48 - 1),
        shown_day=st.just(20_000),
        digests=st.binary(min_size=48, max_size=48),
        former=st.binary(min_size=3, max_size=3),
        returns=st.integers(0, 15),
        revised_day=st.integers(20_000 - 4095, 20_000),
    )
)
def test_what_is_packed_is_unpacked(known: Known) -> None:
    """The seen-index keeps 64 bytes an article, the most that keeps its hashes small."""
    data = pack(known)

    assert len(data) == 64
    assert unpack(data) == known


@given(
    st.builds(
        Known,
        revision=st.integers(0, 65_535),
        discovered_ms=st.integers(946_684_800, 3_000_000_000).map(lambda seconds: seconds * 1_000),
        shown_day=st.integers(0, 0xFFFF),
        digests=st.tuples(st.binary(min_size=3, max_size=3), st.integers(0, 511)).map(
            lambda said: said[0] + said[1].to_bytes(2, "big")
        ),
    )
)
def test_a_settled_article_is_packed_in_8_to_12_bytes(known: Known) -> None:
    """Nearly all that is remembered has settled; when it was shown is known to the week, and never too early."""
    data = pack(known)
    read = unpack(data)

    assert len(data) in (8, 9, 10, 12)
    assert (read.revision, read.discovered_ms, read.digests) == (known.revision, known.discovered_ms, known.digests)
    discovered_day = known.discovered_ms // 86_400_000
    assert read.shown_day - max(known.shown_day, discovered_day) in range(7)
    assert pack(read) == data


@given(st.binary(max_size=70))
def test_foreign_bytes_are_refused(data: bytes) -> None:
    """A record of another version is noticed, not misread."""
    if (len(data), data[:1]) not in ((59, b"\x01"), (64, b"\x02")) and len(data) not in (8, 9, 10, 12):
        with pytest.raises(ValueError, match="not a record of the seen-index"):
            unpack(data)
