"""The index of sketches, on a real Valkey: what came before is found, once, whatever is repeated or races."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from pipeline.adapters.connection import connect
from pipeline.adapters.keys import Keys
from pipeline.adapters.sketch_index import Posted, SketchIndex
from pipeline.model import Sketch
from pipeline.stages.near_duplicates import CANDIDATES, MOST_CARRIERS, find_copy
from pipeline.stages.sketches import sketch_all

KEYS = Keys("newswire")
FEED = "a" * 16
WINDOW_MS = 3 * 86_400_000


def _index(client: redis.Redis, *, window_ms: int = WINDOW_MS) -> SketchIndex:
    return SketchIndex(client, KEYS, window_ms=window_ms, most_carriers=MOST_CARRIERS, candidates=CANDIDATES)


def _text(seed: int, words: int = 120) -> str:
    return " ".join(f"word{number}" for number in random.Random(seed).choices(range(5000), k=words))


def _id(number: int) -> str:
    return f"{number:032x}"


def _post(index: SketchIndex, number: int, text: str) -> tuple[Sketch, Posted]:
    (own,) = sketch_all([(f"title {number}", text)])
    (posted,) = index.post(FEED, [(_id(number), own)])
    assert posted is not None
    return own, posted


def _copy_of(index: SketchIndex, number: int, text: str) -> str | None:
    own, posted = _post(index, number, text)
    copy = find_copy(own, posted.evidence, feed_id=FEED)
    return copy.article_id if copy else None


def test_a_copy_finds_what_came_before_it(redis_client: redis.Redis) -> None:
    """The main job, through Redis and back."""
    index = _index(redis_client)
    for number in range(20):
        assert _copy_of(index, number, _text(number)) is None

    assert _copy_of(index, 100, _text(7, 90)) == _id(7)


def test_an_article_posted_again_hears_the_same(redis_client: redis.Redis) -> None:
    """A document is processed again after a crash: its article must not become the copy of its own copy."""
    index = _index(redis_client)
    _, first = _post(index, 1, _text(1))
    _, copy = _post(index, 2, _text(1))

    _, first_again = _post(index, 1, _text(1))
    _, copy_again = _post(index, 2, _text(1))

    assert first_again == first
    assert [each.article_id for each in copy_again.evidence.candidates] == [_id(1)]
    assert (copy_again.generation, copy_again.number) == (copy.generation, copy.number)


def test_a_story_goes_on_from_copy_to_copy(redis_client: redis.Redis) -> None:
    """The tenth copy may be like the ninth alone; all ten are one story."""
    index = _index(redis_client)
    _post(index, 1, _text(1))
    _, second = _post(index, 2, _text(1))
    index.note_story(second, _id(1))

    _, third = _post(index, 3, _text(1))

    assert {each.article_id: each.story for each in third.evidence.candidates} == {_id(1): _id(1), _id(2): _id(1)}


def test_articles_with_nothing_to_compare_take_no_room(redis_client: redis.Redis) -> None:
    """A feed of bare headlines must not fill the index."""
    (own,) = sketch_all([("", _text(2))])
    posted = _index(redis_client).post(FEED, [(_id(1), Sketch()), (_id(2), own), (_id(3), Sketch())])

    assert [each is None for each in posted] == [True, False, True]
    assert int(redis_client.hget(KEYS.sketches, "arrived") or 0) == 1  # type: ignore[arg-type]


def test_a_shingle_of_many_is_posted_no_more(redis_client: redis.Redis) -> None:
    """A line under every page of a site would else grow one posting without end."""
    index = _index(redis_client)
    for number in range(3 * MOST_CARRIERS):
        own, posted = _post(index, number, _text(1, 30))
        assert max(posted.evidence.carriers) <= MOST_CARRIERS
        assert len(posted.evidence.carriers) == len(own.hashes)


@pytest.mark.usefixtures("redis_client")
def test_two_workers_at_once_miss_no_copy(valkey_url: str) -> None:
    """Look up, then post, in two steps: two copies that arrive together would both pass as firsts."""
    pairs = 150

    def work(half: int) -> dict[int, str | None]:
        client = connect(valkey_url)
        index = _index(client)
        found = {2 * pair + half: _copy_of(index, 2 * pair + half, _text(pair)) for pair in range(pairs)}
        client.close()
        return found

    with ThreadPoolExecutor(2) as pool:
        found = {number: copy for half in pool.map(work, (0, 1)) for number, copy in half.items()}

    for pair in range(pairs):
        assert sorted((found[2 * pair] or "", found[2 * pair + 1] or "")) in (
            ["", _id(2 * pair)],
            ["", _id(2 * pair + 1)],
        )


def test_a_full_generation_is_followed_by_one_with_room(redis_client: redis.Redis) -> None:
    """More articles than expected cost room, not time: shards stay short, and the earlier ones are still asked."""
    index = _index(redis_client)
    _post(index, 1, _text(1))
    generations = redis_client.hget(KEYS.sketches, "generations")
    assert isinstance(generations, bytes)
    redis_client.hset(KEYS.sketches, "generations", generations.replace(b'"articles":1', b'"articles":12288'))

    _, second = _post(index, 2, _text(2))
    copies = (_copy_of(index, 3, _text(1)), _copy_of(index, 4, _text(2)))

    assert second.generation == 2
    assert copies == (_id(1), _id(2))


def test_what_is_older_than_the_window_is_forgotten_and_its_room_given_back(redis_client: redis.Redis) -> None:
    """An index that only grows ends in a full Redis; one that forgets a story too early calls its copy new."""
    index = _index(redis_client, window_ms=1)
    _post(index, 1, _text(1))
    for number in range(2, 60):
        _post(index, number, _text(number))

    assert _copy_of(index, 100, _text(1)) is None
    assert len(redis_client.hgetall(KEYS.sketches)[b"generations"]) < 2_000  # type: ignore[index]
    assert redis_client.dbsize() < 60 * 49
