"""One article once, whatever publishers do to guids and addresses: every case through the whole pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from identity_cases import CASES, Case, document
from ledger import Line, published
from origin import OriginThread
from system import running_system

from pipeline.adapters.embedded import EmbeddedStore
from pipeline.stages.urls import feed_id

pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def told() -> Iterator[Mapping[str, list[Line]]]:
    """Give what was published of each case, by its name, after all its states were polled."""
    with OriginThread() as origin, running_system() as system:
        paths = {case.name: f"/{number}.xml" for number, case in enumerate(CASES)}
        for state in range(max(len(case.states) for case in CASES)):
            for case in CASES:
                if state < len(case.states):
                    origin.serve(paths[case.name], document(case.states[state]))
            urls = [origin.url(path) for path in paths.values()] if state == 0 else []
            finished = system.run("run", "--once", *urls, timeout_seconds=120)
            assert finished.code == 0, finished.stderr[-2000:]
        system.end()
        with EmbeddedStore(system.data_dir) as store:
            lines = published(store.url)
        of_feed = {feed_id(origin.url(path)): name for name, path in paths.items()}
        yield {name: [line for line in lines if of_feed[line.article["feed"]["id"]] == name] for name in paths}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_is_told_of_each_article_once(case: Case, told: Mapping[str, list[Line]]) -> None:
    """The first demand of users: one record for each article, though its title, link or guid changes."""
    lines = told[case.name]

    facts = [(line.kind, line.article["title"] or "") for line in lines]
    assert sorted(facts) == sorted(case.told), case.thread
    new = [line.article["id"] for line in lines if line.kind == "new"]
    assert len(set(new)) == len(new)
    assert {line.article["id"] for line in lines} == set(new), "a revision bears the id of its article"
