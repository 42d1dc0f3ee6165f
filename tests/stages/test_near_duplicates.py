"""Near-duplicates: a copy is named whatever was done to it, and what merely sounds alike is not."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Candidate, CopyOf, Evidence, Sample, Sketch
from pipeline.stages.near_duplicates import CANDIDATES, MOST_CARRIERS, find_copy, head
from pipeline.stages.sketches import sketch_all

FEED, OTHER_FEED = "a" * 16, "b" * 16
TITLE = "Storm closes harbour of Saint-Malo for a second day"
WORDS = """
The harbour master of Saint-Malo closed both basins on Tuesday after gusts of a hundred and thirty kilometres an hour
tore three fishing boats from their moorings during the night and pushed a dredger against the lock gates. Nobody was
hurt, but divers could not reach the damaged gate because of the swell, the port said in a statement. Two ferries from
Portsmouth were sent on to Cherbourg, where passengers waited for buses until the early afternoon. Insurers put the
first losses at four million euros. The weather service expects the wind to ease on Wednesday, yet the spring tide of
the weekend may reach the quay again, and sandbags were being filled at the town hall while pupils of two schools near
the beach stayed at home for the rest of the week.
""".replace("\n", " ")
MUSEUM = """
The museum of the sea in Saint-Malo opens on Saturday after six years of work. It shows four thousand objects from the
time of the privateers, and a basin in which pupils of the schools can learn to sail. The town paid twelve million
euros; the region and the state paid the rest. Entry is free for the rest of the year.
""".replace("\n", " ")
LUNCH = """
Lorem and ipsum met for lunch in a small town far from any coast, where they spoke of farming prices, milk quotas and
the drought that has dried the wells of eleven villages since the end of April this year.
""".replace("\n", " ")
FORMULA = """
Shares in the company closed higher on the exchange on Monday in line with the wider market. The company is listed in
the main segment and publishes its results twice a year. This report was generated automatically from data of the
exchange and is no advice to buy or to sell. All prices are delayed by fifteen minutes.
""".replace("\n", " ")


class Index:
    """The index of sketches, as a value: what the one in Redis does, for the rules alone."""

    def __init__(self) -> None:
        self._posted: dict[int, list[str]] = {}
        self._kept: dict[str, Candidate] = {}

    def ask(self, own: Sketch) -> Evidence:
        """Say what is known of *own*."""
        carriers = [self._posted.get(value, []) for value in own.hashes]
        shares = Counter(name for names in carriers if len(names) < MOST_CARRIERS for name in names)
        likest = [name for name, count in shares.most_common(CANDIDATES) if count > 1]
        return Evidence(tuple(map(len, carriers)), tuple(self._kept[name] for name in likest))

    def post(self, name: str, own: Sketch) -> None:
        """Keep *own* under *name*."""
        for value in own.hashes:
            self._posted.setdefault(value, []).append(name)
        text, lead = (Sample(tuple(map(head, each.values)), each.whole) for each in (own.text, own.lead))
        self._kept[name] = Candidate(name, FEED, name, text, lead)


def sketch(title: str, text: str) -> Sketch:
    """Sketch an article that came alone."""
    (own,) = sketch_all([(title, text)])
    return own


def _copy(
    title: str, text: str, *, earlier: dict[str, tuple[str, str]] | None = None, feed_id: str = OTHER_FEED
) -> CopyOf | None:
    index = Index()
    for name, (its_title, its_text) in (earlier or {"first": (TITLE, WORDS)}).items():
        index.post(name, sketch(its_title, its_text))
    own = sketch(title, text)
    return find_copy(own, index.ask(own), feed_id=feed_id)


_SENTENCES = WORDS.split(". ")
_EDITED = WORDS.replace("Tuesday", "Tuesday morning").replace("Nobody was hurt", "No one was injured")
COPIES = {
    "the same text": (TITLE, WORDS),
    "another headline": ("Three boats adrift in Brittany", WORDS),
    "the first two sentences": (TITLE, ". ".join(_SENTENCES[:2])),
    "a sentence left out": (TITLE, ". ".join(_SENTENCES[:2] + _SENTENCES[3:])),
    "edited here and there": (TITLE, _EDITED),
    "a later take with more": (TITLE, WORDS + " The prefect will visit the port on Thursday, her office said later."),
    "in capitals, without punctuation": (TITLE.upper(), WORDS.upper().replace(",", "").replace(".", "")),
    "with a credit before and after": (TITLE, f"SAINT-MALO (Agency) - {WORDS} (Reporting by A. Reporter)"),
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_is_named_whatever_was_done_to_it(kind: str) -> None:
    """Wire copy is retitled, shortened and edited on its way; readers want to see it is one story."""
    copy = _copy(*COPIES[kind])

    assert copy is not None
    assert copy.article_id == "first"
    assert 0.28 <= copy.similarity <= 1


OTHERS = {
    "another story of the same place": ("Saint-Malo opens its new museum of the sea", MUSEUM),
    "the same headline over another text": (TITLE, LUNCH),
    "the same headline over nothing": (TITLE, ""),
    "nothing at all": ("", ""),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_copy_is_not_named(kind: str) -> None:
    """A headline is no evidence: as the only key it joins as many strangers as copies (measured precision 0.5)."""
    assert _copy(*OTHERS[kind]) is None


def test_formula_that_many_carry_links_nobody() -> None:
    """A market report is nine tenths the same every day; the tenth that differs is the news."""
    names = (
        "Arbor",
        "Beryl",
        "Corvus",
        "Delphi",
        "Ember",
        "Fjord",
        "Garnet",
        "Heron",
        "Indigo",
        "Juniper",
        "Kestrel",
    )
    reports = {
        name: (
            f"{name} closes higher",
            f"{FORMULA}{name} rose by {7 * at} cents to {31 * at + 5} after {name} said so.",
        )
        for at, name in enumerate(names)
    }

    assert _copy("Meridian closes higher", f"{FORMULA}Meridian rose by 5 cents to 90.", earlier=reports) is None


def test_what_three_articles_of_a_document_share_belongs_to_their_site() -> None:
    """The sponsor under every episode of a podcast would else make all of them one story at the first poll."""
    sketches = sketch_all([(f"Part {part}", f"{text} {FORMULA}") for part, text in enumerate((WORDS, MUSEUM, LUNCH))])

    index = Index()
    index.post("first", sketches[0])
    assert find_copy(sketches[1], index.ask(sketches[1]), feed_id=FEED) is None


def test_a_feed_may_repeat_its_own_phrases() -> None:
    """A notice of the same form in the same feed is another notice; in another feed it is most likely a copy."""
    earlier = {"first": ("Notice 1", f"{FORMULA} {MUSEUM}")}
    later = f"{LUNCH} {FORMULA[:160]} {WORDS}"

    assert _copy("Notice 2", later, earlier=earlier, feed_id=OTHER_FEED) is not None
    assert _copy("Notice 2", later, earlier=earlier, feed_id=FEED) is None


def test_of_several_the_likest_is_named() -> None:
    """The story is followed to the text it was taken from, not to a distant cousin."""
    cousin = ". ".join(_SENTENCES[:2]) + ". " + MUSEUM

    copy = _copy(TITLE, _EDITED, earlier={"cousin": ("Harbour closed", cousin), "twin": (TITLE, WORDS)})

    assert copy is not None
    assert copy.article_id == "twin"


def test_a_text_without_spaces_between_words_is_compared_too() -> None:
    """Chinese, Japanese and Thai agencies are copied as much as others; a 'word' there is the whole sentence."""
    text = "圣马洛港口周二因每小时一百三十公里的大风关闭 三艘渔船夜间脱离系泊 一艘挖泥船被推向船闸 没有人员受伤"

    assert _copy("港口关闭", "据新华社报道" + text[:40], earlier={"first": ("大风关闭圣马洛港口", text)}) is not None


def test_a_cut_of_a_very_long_text_is_still_found() -> None:
    """A book-length text keeps a sample of few; its beginning is posted beside them, for that is what feeds take."""
    words = [f"w{number}" for number in random.Random(7).choices(range(4000), k=6000)]

    copy = _copy(TITLE, " ".join(words[:60]), earlier={"first": (TITLE, " ".join(words))})

    assert copy is not None


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_sketch_is_bounded_whatever_the_text(title: str, text: str) -> None:
    """The index holds what it gets: a sketch has at most 56 hashes of the text and 16 of its beginning."""
    own = sketch(title, text * 5)

    assert len(own.text.values) <= 56
    assert len(own.lead.values) <= 16
    for sample in (own.text, own.lead):
        assert list(sample.values) == sorted(set(sample.values))
    assert all(0 <= value < 2**32 for value in own.hashes)
    assert bool(own.text.values) == bool(own.lead.values)
