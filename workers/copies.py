"""Mark the articles that repeat earlier ones: sketch, look up and post, decide, remember the story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.adapters.sketch_index import Posted, SketchIndex
from pipeline.model import Article, CopyOf
from pipeline.stages.near_duplicates import find_copy
from pipeline.stages.sketches import sketch_all


def mark_copies(feed_id: str, articles: Sequence[Article], *, index: SketchIndex) -> list[Article]:
    """Give the *articles* of one document back in order, with what each repeats of what came before it.

    They are in the *index* from then on. To mark them again gives the same: only what came before counts.
    """
    sketches = sketch_all((article.title, article.text or article.summary) for article in articles)
    ids = [article.id for article in articles]
    posted = index.post(feed_id, list(zip(ids, sketches, strict=True)))
    return [
        article if place is None else _marked(article, find_copy(own, place.evidence, feed_id=feed_id), place, index)
        for article, own, place in zip(articles, sketches, posted, strict=True)
    ]


def _marked(article: Article, copy: CopyOf | None, place: Posted, index: SketchIndex) -> Article:
    if copy is None:
        return article
    index.note_story(place, copy.story)
    return replace(article, near_duplicate_of=copy.article_id, story=copy.story, similarity=copy.similarity)
