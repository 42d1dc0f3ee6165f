"""How often the language of a headline is told right, and what that costs, over the feeds of the corpus.

    python -m tests.benchmarks.bench_language

The truth is what a feed declares, where all its headlines together read so to py3langid (a peer, to be installed
beside). Each headline is judged by itself: with the declaration, as an article is, and without, as nobody's. "none"
is an honest silence: a few words prove nothing. Target: 99 % right with the declaration, at 60 us a headline.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections import Counter
from collections.abc import Callable

from pipeline.model import FeedDocument
from pipeline.stages.language import article_language
from pipeline.stages.normalize import language_tag
from pipeline.stages.parse import read_feed
from pipeline.stages.text import title_text
from tests.corpus_feeds import LIMIT_BYTES, captured

_FEWEST_WORDS = 4
_FEWEST_HEADLINES = 5
_SAMPLE_CHARACTERS = 3000

Guess = Callable[[str, str], str | None]


def headlines(peer: Callable[[str], str]) -> list[tuple[str, str]]:
    """List the headlines of all feeds whose declared language *peer* finds in them, each with that language."""
    found: list[tuple[str, str]] = []
    for _, raw in captured("feeds"):
        read = read_feed(raw, limit_bytes=LIMIT_BYTES)
        if not isinstance(read, FeedDocument):
            continue
        declared = (language_tag(read.language) or "").partition("-")[0]
        titles = [title_text(entry.title_html or "") for entry in read.entries]
        long_enough = [title for title in titles if len(title.split()) >= _FEWEST_WORDS]
        if not declared or len(long_enough) < _FEWEST_HEADLINES:
            continue
        if peer(" . ".join(long_enough)[:_SAMPLE_CHARACTERS]) == declared:
            found += [(title, declared) for title in long_enough]
    return found


def judged(guess: Guess, pairs: list[tuple[str, str]]) -> str:
    """Give a line on how often *guess* is right, wrong and silent over *pairs*, and its CPU us a headline."""
    start = time.process_time()
    guesses = [guess(title, language) for title, language in pairs]
    spent_us = (time.process_time() - start) / len(pairs) * 1e6
    fates = Counter(
        "none" if said is None else "right" if said == language else "wrong"
        for said, (_, language) in zip(guesses, pairs, strict=True)
    )
    share = fates["right"] / len(pairs)
    return f"{fates['right']:7}{fates['wrong']:7}{fates['none']:7}{share:9.4f}{spent_us:9.1f}"


def main() -> None:
    """Print the table."""
    langid = importlib.import_module("py3langid")
    pairs = headlines(lambda text: str(langid.classify(text)[0]))
    guesses: dict[str, Guess] = {
        "newswire, declared": lambda title, language: article_language(title, feed=language)[0],
        "newswire, alone": lambda title, _: article_language(title, feed=None)[0],
        "py3langid": lambda title, _: str(langid.classify(title)[0]),
    }
    lines = [f"{len(pairs)} headlines", f"{'':20}{'right':>7}{'wrong':>7}{'none':>7}{'share':>9}{'CPU us':>9}"]
    lines += [f"{name:20}{judged(guess, pairs)}" for name, guess in guesses.items()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
