"""Mark the articles that repeat earlier ones: sketch, look up and post, decide, remember the story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.adapters.sketch_index import SketchIndex
from pipeline.model import Article
from pipeline.stages.near_duplicates import find_copy
from pipeline.stages.sketches import sketch


def mark_copies(articles: Sequence[Article], *, index: SketchIndex) -> list[Article]:
    """Give *articles* back in order, those that repeat an earlier one with `near_duplicate_of`, story, similarity.

    They are in the *index* from then on. To mark them again gives the same: only what came before counts.
    """
    sketches = [sketch(article.title, article.text or article.summary) for article in articles]
    posted = index.post([(article.id, each) for article, each in zip(articles, sketches, strict=True)])
    marked = []
    for article, own, place in zip(articles, sketches, posted, strict=True):
        copy = find_copy(own, place.evidence) if place else None
        if place is None or copy is None:
            marked.append(article)
            continue
        index.note_story(place, copy.story)
        marked.append(
            replace(article, near_duplicate_of=copy.article_id, story=copy.story, similarity=copy.similarity)
        )
    return marked
