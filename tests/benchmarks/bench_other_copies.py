"""Near-duplicates beyond the Reuters stream: other texts, other languages, other ways to copy, and what is no copy.

    python -m tests.benchmarks.bench_other_copies [SEED ...]

Needs the corpus. Texts of the clusters and of real feeds, by script, each with copies made by a generator of its own;
forms that alike reports fill in, and headlines, must find nothing; links between real feeds are printed to be read.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from random import Random

from pipeline.adapters.connection import connect
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.sketch_index import SketchIndex
from pipeline.model import Article, FeedReference, Reading
from pipeline.stages.near_duplicates import CANDIDATES, MOST_CARRIERS
from pipeline.stages.reading import read_document
from tests.corpus_feeds import CORPUS, captured
from workers.copies import mark_copies

_CLUSTERS = CORPUS / "clusters"
_WINDOW_MS = 3 * 86_400_000
_FEED = FeedReference(id="0" * 16, url="")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_SCRIPTS = (("cyrillic", "[\u0400-\u04ff]"), ("arabic", "[\u0600-\u06ff]"), ("unspaced", _UNSPACED.pattern))
_LEAST_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a stream; *root* names the original of a copy, *kind* how it was made ("" for an original)."""

    name: str
    title: str
    body: str
    root: str = ""
    kind: str = ""


def main(seeds: Sequence[int]) -> None:
    """Print what is found of copies by set and kind, and what is linked that is none."""
    texts = list(_real_texts())
    for seed in seeds:
        for group, members in _by_script(texts).items():
            _report(f"seed {seed}, {group}", list(_with_copies(members, Random(seed))))
        _report(f"seed {seed}, forms", list(_forms(Random(seed))))
    _report("headlines", [Text(f"u{n}", title, "") for n, title in enumerate(_headlines())])
    _pairs("minhash-articles", *_minhash())
    _pairs("tgcontest-pairs", *_tgcontest())
    _between_feeds()


# --- Streams ------------------------------------------------------------------------------------------------------


def _real_texts() -> Iterator[Text]:
    """Give each text of the event clusters and of the feeds once."""
    seen: set[str] = set()
    for _, article in _feed_articles():
        body = article.text or article.summary or ""
        if len(body) >= _LEAST_CHARACTERS // (3 if _UNSPACED.search(body) else 1) and body[:200] not in seen:
            seen.add(body[:200])
            yield Text(article.id, article.title or "", body)


def _feed_articles() -> Iterator[tuple[str, Article]]:
    for name, document in captured("feeds"):
        feed_id = blake2b(name.encode(), digest_size=8).hexdigest()
        read = read_document(document, feed_id=feed_id, feed_url=name, feed_title=None, limit_bytes=10_000_000)
        if isinstance(read, Reading):
            yield from ((name, result) for result in read.results if isinstance(result, Article))


def _by_script(texts: Sequence[Text]) -> dict[str, list[Text]]:
    groups: defaultdict[str, list[Text]] = defaultdict(list)
    for text in texts:
        names = [name for name, letters in _SCRIPTS if len(re.findall(letters, text.body)) * 3 > len(text.body)]
        groups[names[0] if names else "latin"].append(text)
    return dict(groups)


def _with_copies(originals: Sequence[Text], chance: Random) -> Iterator[Text]:
    """Give *originals* with a copy of one in four, some way behind."""
    vocabulary = [token for text in originals for token in _tokens(text.body)]
    waiting: list[tuple[int, Text]] = []
    for at, text in enumerate(originals):
        yield text
        if chance.random() < 0.25:
            kind = chance.choice(list(_KINDS))
            tokens = _KINDS[kind](_tokens(text.body), vocabulary, chance)
            title = text.title if kind == "wrapped" else " ".join(chance.sample(vocabulary, 6))
            joint = "" if _UNSPACED.search(text.body) else " "
            copy = Text(f"{text.name}+{kind}", title, joint.join(tokens), text.name, kind)
            waiting.append((at + chance.randint(5, 80), copy))
        for due, copy in [pair for pair in waiting if pair[0] <= at]:
            waiting.remove((due, copy))
            yield copy
    yield from (copy for _, copy in waiting)


def _tokens(text: str) -> list[str]:
    return re.findall(r"\S", text) if _UNSPACED.search(text) else text.split()


def _changed(tokens: list[str], vocabulary: list[str], chance: Random, share: float) -> list[str]:
    return [chance.choice(vocabulary) if chance.random() < share else token for token in tokens]


def _abridged(tokens: list[str], _: list[str], chance: Random) -> list[str]:
    """Leave out runs of words until a third to two thirds are left."""
    parts = [tokens[at : at + 20] for at in range(0, len(tokens), 20)]
    kept = max(2, round(len(parts) * chance.uniform(0.35, 0.7)))
    chosen = sorted(chance.sample(range(len(parts)), min(kept, len(parts))))
    return [token for at in chosen for token in parts[at]]


_KINDS = {
    "retitled": lambda tokens, _, __: tokens,
    "abridged": _abridged,
    "lead": lambda tokens, _, __: tokens[: max(30, len(tokens) // 4)],
    "light edit": partial(_changed, share=0.04),
    "heavy edit": partial(_changed, share=0.2),
    "wrapped": lambda tokens, words, chance: [*chance.sample(words, 12), *tokens, *chance.sample(words, 25)],
}


_FORMS = """
Weather for {place} on {d} May
Today in {place} it will be {sky} with highs of {dd} degrees and lows of {d} degrees. Winds from the {wind} at {dd}
km/h. Humidity {dd} %. Sunrise at {d}:{dd}, sunset at {dd}:{dd}.

Shares of company {ddd} {move}
Shares of company {ddd} {move} {d}.{d} percent to {ddd}.{dd} in {time} trading. The stock has a market value of {dd}
billion and trades at {dd} times earnings. Analysts expect earnings of {d}.{dd} per share on revenue of {ddd} million.

Lottery draw number {ddd}
The winning numbers of the draw are {dd}, {dd}, {dd}, {dd}, {dd}, {dd} and the bonus number is {d}. There were {d}
winners of the first prize of {dd} million and {dd} of the second prize. The next draw is on {day}.
""".strip().split("\n\n")
_WORDS = {
    "place": ["Ghent", "Lyon", "Turin", "Porto", "Leeds", "Basel", "Cork", "Graz", "Metz", "Bari"],
    "sky": ["sunny", "cloudy", "rainy", "windy"],
    "wind": ["north", "south", "east", "west"],
    "move": ["rise", "fall", "gain", "slip"],
    "time": ["morning", "afternoon", "late"],
    "day": ["Monday", "Wednesday", "Friday"],
    "d": [str(n) for n in range(1, 10)],
    "dd": [str(n) for n in range(10, 60)],
    "ddd": [str(n) for n in range(100, 1000)],
}


def _forms(chance: Random) -> Iterator[Text]:
    """Give reports that fill in one form each day: none repeats another."""

    def filled(form: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda name: chance.choice(_WORDS[name[1]]), form)

    for number in range(600):
        for kind, form in enumerate(_FORMS):
            title, _, body = filled(form).partition("\n")
            yield Text(f"{number}-{kind}", title, body)


def _headlines() -> Iterator[str]:
    with gzip.open(_CLUSTERS / "uci-news-aggregator-sample.csv.gz", "rt", encoding="utf-8") as lines:
        yield from (row["TITLE"] for row in csv.DictReader(lines))


def _minhash() -> tuple[list[Text], set[frozenset[str]]]:
    with gzip.open(_CLUSTERS / "minhash-articles.train.gz", "rt", encoding="utf-8") as lines:
        texts = [Text(name, "", body) for name, _, body in (line.partition(" ") for line in lines)]
    pairs = (_CLUSTERS / "minhash-articles.truth").read_text("utf-8").splitlines()
    return texts, {frozenset(pair.split()) for pair in pairs if pair.strip()}


def _tgcontest() -> tuple[list[Text], set[frozenset[str]]]:
    csv.field_size_limit(1_000_000)
    texts: list[Text] = []
    same: set[frozenset[str]] = set()
    with gzip.open(_CLUSTERS / "tgcontest-pairs.tsv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            pair = [
                Text(row[f"{which}_url"], row[f"{which}_title"], row[f"{which}_text"])
                for which in ("first", "second")
            ]
            texts += pair
            if row["label"] == "same":
                same.add(frozenset(each.name for each in pair))
    return list({text.name: text for text in texts}.values()), same


# --- What is found ------------------------------------------------------------------------------------------------


def _report(name: str, texts: Sequence[Text]) -> None:
    by_name = {text.name: text for text in texts}
    wanted, found, wrong = Counter(text.kind for text in texts if text.kind), Counter[str](), 0
    natural = 0
    for here, there, _ in _links([("", text) for text in texts]):
        text, earlier = by_name[here], by_name[there]
        if text.kind and text.root == (earlier.root or earlier.name):
            found[text.kind] += 1
        elif not text.kind and not earlier.kind:
            natural += 1
        else:
            wrong += 1
    kinds = ", ".join(f"{kind} {found[kind]}/{count}" for kind, count in sorted(wanted.items()))
    sys.stdout.write(
        f"{name}: {len(texts)} texts; {kinds or 'no copies'}; wrong {wrong}; between originals {natural}\n"
    )


def _pairs(name: str, texts: Sequence[Text], true: set[frozenset[str]]) -> None:
    links = {frozenset(link[:2]) for link in _links([("", text) for text in texts])}
    sys.stdout.write(f"{name}: {len(links & true)} of {len(true)} pairs linked, {len(links - true)} others\n")


def _between_feeds() -> None:
    """Print the links between articles of different feeds and sites, to be read."""
    articles = [(name, Text(article.id, article.title or "", article.text or article.summary or ""))
                for name, article in _feed_articles()]  # fmt: skip
    of = {text.name: (feed, text) for feed, text in articles}
    linked = [(here, there, like) for here, there, like in _links(articles) if of[here][0] != of[there][0]]
    sys.stdout.write(f"real feeds: {len(of)} articles, {len(linked)} links between different feeds\n")
    for here, there, like in linked:
        (feed, text), (other_feed, other) = of[here], of[there]
        sys.stdout.write(f"  {like:.2f} {feed}: {text.title[:70]!r} {text.body[:90]!r}\n")
        sys.stdout.write(f"       {other_feed}: {other.title[:70]!r} {other.body[:90]!r}\n")


def _links(texts: Sequence[tuple[str, Text]]) -> Iterator[tuple[str, str, float]]:
    """Run (feed, text) pairs through an index of its own; give what is linked to which, and how alike."""
    names = {blake2b(text.name.encode(), digest_size=16).hexdigest(): text.name for _, text in texts}
    with tempfile.TemporaryDirectory() as folder, EmbeddedStore(Path(folder)) as store:
        client = connect(store.url)
        index = SketchIndex(
            client, Keys("b"), window_ms=_WINDOW_MS, most_carriers=MOST_CARRIERS, candidates=CANDIDATES
        )
        for number, part in enumerate(_parts(texts)):
            feed = blake2b((part[0][0] or str(number)).encode(), digest_size=8).hexdigest()
            articles = [
                Article(
                    id=blake2b(text.name.encode(), digest_size=16).hexdigest(),
                    feed=_FEED,
                    title=text.title,
                    text=text.body,
                )
                for _, text in part
            ]
            for article in mark_copies(feed, articles, index=index):
                if article.near_duplicate_of:
                    yield names[article.id], names[article.near_duplicate_of], article.similarity or 0.0
        client.close()


def _parts(texts: Sequence[tuple[str, Text]]) -> Iterator[Sequence[tuple[str, Text]]]:
    """Cut *texts* where their feed ends; those of no feed, five at a time."""
    start = 0
    for at in range(1, len(texts) + 1):
        if at == len(texts) or texts[at][0] != texts[start][0] or (not texts[start][0] and at - start >= 5):
            yield texts[start:at]
            start = at


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [1, 2, 3])
