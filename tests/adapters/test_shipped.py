"""The files that travel with the program are found where it is installed, and the wheel carries them there."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pipeline.adapters.shipped import default_settings_text, seeds, starter_lists
from workers.demo_site import read_samples

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ["dutch", "english", "french", "german", "italian", "portuguese", "spanish"]


def test_the_seeds_are_found_wherever_the_program_is_installed() -> None:
    """`newswire demo` and `newswire run french` are the first commands of whoever has only the wheel."""
    assert list(starter_lists()) == LANGUAGES
    assert all(path.is_file() for path in starter_lists().values())
    assert read_samples(seeds() / "demo").feeds
    assert tomllib.loads(default_settings_text())


def test_the_wheel_carries_the_shipped_files_to_where_they_are_looked_for() -> None:
    """A checkout finds them by another path, so that a wheel without them would pass every other test."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert carried == {"config/newswire.toml": "pipeline/shipped/newswire.toml", "seeds": "pipeline/shipped/seeds"}
    assert all((ROOT / source).exists() for source in carried)
