"""The files that travel with the program: the default settings and the feed lists to begin with.

An installed package has them in `pipeline/shipped`; a checkout has them in `config` and `seeds`.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_INSTALLED = _PACKAGE / "shipped"
_CHECKOUT = _PACKAGE.parent


def default_settings_text() -> str:
    """Return the text of the shipped `newswire.toml`, the one source of every default."""
    installed = _INSTALLED / "newswire.toml"
    path = installed if installed.exists() else _CHECKOUT / "config" / "newswire.toml"
    return path.read_text(encoding="utf-8")


def seeds() -> Path:
    """Return the folder of seeds: feed lists, and the sample feeds and pages of the demo."""
    installed = _INSTALLED / "seeds"
    return installed if installed.exists() else _CHECKOUT / "seeds"


def starter_lists() -> dict[str, Path]:
    """Return every feed list to begin with, as name (file name without `.opml`) and path, sorted by name."""
    return {path.stem: path for path in sorted(seeds().rglob("*.opml"))}
