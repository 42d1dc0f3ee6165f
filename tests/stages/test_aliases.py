"""Aliases: what proves that an entry is an article under another key, and what does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.aliases import (
    EVIDENCE,
    MOST_CARRIERS,
    Aliases,
    Carrier,
    bound,
    is_succeeded,
    pack_carriers,
    remembered,
    unpack_carriers,
)

OLD, OTHER, HERE = "0" * 31 + "1", "0" * 31 + "2", "f" * 32
SAID = Aliases(b"name-001", b"guid01", b"path", b"addr", b"page", b"titl", b"when")
DAY = 20_000


def _short(size: int) -> st.SearchStrategy[bytes]:
    return st.sampled_from([b"", *(bytes([mark]) * size for mark in b"ab")])


ALIASES = st.builds(Aliases, st.binary(min_size=8, max_size=8).filter(any), _short(6), *(_short(4) for _ in range(6)))


def test_what_two_articles_share_is_no_evidence() -> None:
    """Where a guid stands on all items, or all link to one page, a guess would melt articles into one."""
    twins = [Carrier(OLD, SAID, DAY), Carrier(OTHER, SAID._replace(name=b"name-002"), DAY)]

    assert bound({HERE: SAID._replace(name=b"name-003")}, twins, shown=(), names=()) == {}


def test_an_article_that_is_still_shown_is_nobody_else() -> None:
    """Two entries that stand side by side are two, however alike."""
    carriers = [Carrier(OLD, SAID, DAY)]
    newcomer = {HERE: SAID._replace(name=b"name-003")}

    assert bound(newcomer, carriers, shown=(), names=()) == {
        HERE: (OLD, EVIDENCE.index("its guid, but for scheme, www and tracking"))
    }
    assert bound(newcomer, carriers, shown={OLD}, names=()) == {}
    assert bound(newcomer, carriers, shown=(), names={b"name-001"}) == {}


@given(st.lists(ALIASES, max_size=6), st.lists(ALIASES, max_size=6))
def test_no_article_is_given_to_two_entries(here: list[Aliases], before: list[Aliases]) -> None:
    """Whatever the evidence: of two entries of one document at most one is an article known before."""
    unknown = {f"{n:032x}": said for n, said in enumerate(here)}
    carriers = [Carrier(f"{n + 100:032x}", said, DAY) for n, said in enumerate(before)]

    found = bound(unknown, carriers, shown=(), names=())

    assert found.keys() <= unknown.keys()
    assert len({known for known, _ in found.values()}) == len(found)


def test_another_article_under_the_same_guid_differs_in_everything() -> None:
    """A feed of one item that gives each the same guid would otherwise revise one article for ever, and lose all."""
    carriers = [Carrier(OLD, SAID, DAY)]
    other = SAID._replace(address=b"else", title=b"news", moment=b"late")

    assert is_succeeded(other, OLD, carriers)
    assert not is_succeeded(other, OTHER, carriers)
    assert not is_succeeded(other._replace(address=SAID.address), OLD, carriers)
    assert not is_succeeded(other._replace(title=SAID.title), OLD, carriers)
    assert not is_succeeded(other._replace(moment=b""), OLD, carriers)


def test_the_latest_shown_are_remembered() -> None:
    """The memory of a feed is bounded: what it has not shown for longest goes first."""
    carriers = tuple(Carrier(f"{n:032x}", SAID, DAY - n % 50) for n in range(MOST_CARRIERS))
    kept = remembered(carriers, {HERE: SAID}, names=(), today=DAY, proofs={HERE: 3})

    assert (len(kept), kept[0]) == (200, Carrier(HERE, SAID, DAY, 3))
    assert min(one.day for one in kept) > DAY - 20


@given(
    st.lists(
        st.builds(
            Carrier,
            st.binary(min_size=16, max_size=16).map(bytes.hex),
            ALIASES,
            st.integers(0, 65_535),
            st.integers(0, len(EVIDENCE) - 1),
        )
    )
)
def test_what_is_packed_is_unpacked(carriers: list[Carrier]) -> None:
    """The memory outlives every process."""
    assert unpack_carriers(pack_carriers(carriers)) == tuple(carriers)


@given(st.binary(max_size=120))
def test_foreign_bytes_are_an_empty_memory(data: bytes) -> None:
    """A memory of another version is learnt again, and stops nothing."""
    unpack_carriers(data)
