"""The feed list as its operator keeps it safe: exported, lost, imported again."""

from __future__ import annotations

import json

import pytest
from origin import OriginThread
from system import System, running_system

pytestmark = pytest.mark.flow


def listed(system: System) -> list[dict[str, object]]:
    """What the operator sees of the list: all of each feed but what its polls said."""
    rows = json.loads(system.run("feeds", "list", "--json").stdout)
    return [{key: row[key] for key in ("url", "folder", "health", "weight")} for row in rows]


def test_an_imported_export_is_the_list_it_was_made_from() -> None:
    """Days of settings are lost with a disk, or come back with one file; and naming a paused feed wakes nothing."""
    with OriginThread() as origin:
        chosen, paused = origin.url("/chosen.xml"), origin.url("/paused.xml")
        with running_system() as system:
            settings = ("--interval", "90", "--full-text", "never", "--weight", "2.5", "--folder", "News/Paris")
            assert system.run("feeds", "add", chosen, *settings).code == 0
            assert system.run("feeds", "add", paused).code == 0
            assert system.run("feeds", "pause", paused).code == 0
            exported, before = system.run("feeds", "export").stdout, listed(system)
            looked = len(origin.requests("/paused.xml"))  # by `feeds add`
            assert system.run("run", paused, "--once", "--workers", "1").code == 0
            assert len(origin.requests("/paused.xml")) == looked
        with running_system() as system:
            assert system.run("feeds", "import", "-", stdin=exported.encode()).code == 0
            assert listed(system) == before
            assert system.run("feeds", "export").stdout == exported

    assert 'newswire:weight="2.5" newswire:interval="90" newswire:fullText="never"' in exported
    assert exported.count('newswire:paused="true"') == 1
