"""Settings loaded for a test: the shipped defaults and what it sets besides."""

from __future__ import annotations

import pytest

from pipeline.adapters.shipped import default_settings_text
from pipeline.errors import SettingsError
from pipeline.settings import Settings, load

SHIPPED = ("shipped", default_settings_text())


def settings(
    *files: str, environ: dict[str, str] | None = None, overrides: dict[str, object] | None = None
) -> Settings:
    """Load the shipped defaults, then *files* (called file1, file2, ...), *environ* and *overrides*."""
    texts = [SHIPPED, *((f"file{number}", text) for number, text in enumerate(files, 1))]
    return load(toml_texts=texts, environ=environ or {}, overrides=overrides or {})


def refusal(*files: str, environ: dict[str, str] | None = None, overrides: dict[str, object] | None = None) -> str:
    """Return the text of the SettingsError that these settings raise."""
    with pytest.raises(SettingsError) as caught:
        settings(*files, environ=environ, overrides=overrides)
    return str(caught.value)
