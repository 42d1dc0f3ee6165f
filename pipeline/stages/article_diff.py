"""What differs between two revisions of an article, and what two articles share, in words that people read.

Rules of this file: words are compared, not characters or lines, and changes are written as `git diff --word-diff`
does: `[-taken out-]{+put in+}`. Whoever reads it wants to judge, so a few words around each change stand with it, and
of much that changed the first places are enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice, pairwise, takewhile

from pipeline.model import Article, ArticleDate

_TEXTS = ("title", "summary", "text")
_WORDS_AROUND = 3
_MOST_CHANGES = 8
_MOST_WORDS = 2000  # of the differing middle of both: difflib needs quadratic time at worst, 2 s for so many
_MOST_WORDS_OF_CHANGE = 40
_LONGEST_VALUE = 200
_FEWEST_SHARED = 3  # words in a row, as the index of copies counts them
_MOST_PHRASES = 5


def changes(before: Article, after: Article) -> dict[str, str]:
    """Say of each field that `after.changed` names how it differs from *before*, the revision before it."""
    said: dict[str, str] = {}
    for name in after.changed:
        old, new = _value(before, name), _value(after, name)
        if name in _TEXTS:
            said[name] = word_diff(old, new)
        elif name == "html":
            said[name] = f"{len(old)} characters, now {len(new)}"
        else:
            said[name] = f"{_short(old) or 'none'} -> {_short(new) or 'none'}"
    return said


def word_diff(before: str, after: str) -> str:
    """Write how the words of *after* differ from those of *before*; "" where only spacing does."""
    old, new = before.split(), after.split()
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    matcher = SequenceMatcher(None, old_middle[:_MOST_WORDS], new_middle[:_MOST_WORDS], autojunk=False)
    places = [place for place in matcher.get_opcodes() if place[0] != "equal"]
    shown = [
        _change(old, new, (start + first, start + last), (start + new_first, start + new_last))
        for _, first, last, new_first, new_last in places[:_MOST_CHANGES]
    ]
    more = len(places) - len(shown)
    return " ... ".join(shown) + (f" ... and {more} more" if more else "")


def shared_phrases(text: str, other: str) -> tuple[int, tuple[str, ...]]:
    """Count the words of *text* that stand in *other* too, three or more in a row; give the longest such phrases."""
    words, others = text.split()[:_MOST_WORDS], other.split()[:_MOST_WORDS]
    mine, theirs = [word.casefold() for word in words], [word.casefold() for word in others]
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    runs = [(block.size, block.a) for block in blocks if block.size >= _FEWEST_SHARED]
    longest = sorted(runs, key=lambda run: (-run[0], run[1]))[:_MOST_PHRASES]
    return sum(size for size, _ in runs), tuple(_cut(words[at : at + size]) for size, at in longest)


def _value(article: Article, name: str) -> str:
    match getattr(article, name, None):
        case None:
            return ""
        case str(text):
            return text
        case ArticleDate(raw=raw):
            return raw
        case tuple(values):
            return ", ".join(str(getattr(value, "url", value)) for value in values)
        case other:
            return str(other)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count how many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _change(old: list[str], new: list[str], taken: tuple[int, int], put: tuple[int, int]) -> str:
    before = new[max(0, put[0] - _WORDS_AROUND) : put[0]]
    out, in_ = old[slice(*taken)], new[slice(*put)]
    marked = (f"[-{_cut(out)}-]" if out else "") + (f"{{+{_cut(in_)}+}}" if in_ else "")
    return " ".join([*before, marked, *new[put[1] : put[1] + _WORDS_AROUND]])


def _cut(words: list[str]) -> str:
    shown = " ".join(islice(words, _MOST_WORDS_OF_CHANGE))
    more = len(words) - _MOST_WORDS_OF_CHANGE
    return f"{shown} (and {more} more words)" if more > 0 else shown


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}..."


def pairs_of_revisions(told: Sequence[Article]) -> Iterator[tuple[Article, Article]]:
    """Give each revision of *told*, one article in order, behind the one before it, unless that is missing."""
    for before, after in pairwise(told):
        if after.kind == "revised" and after.revision == before.revision + 1:
            yield before, after
