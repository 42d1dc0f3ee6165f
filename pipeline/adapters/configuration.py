"""The settings as this machine has them: the disk and the environment, for `pipeline.settings` to judge."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.adapters.shipped import default_settings_text
from pipeline.errors import SettingsError
from pipeline.settings import Settings, load

DEFAULT_CONFIG = Path("config", "newswire.toml")
_MAX_CONFIG_BYTES = 1_048_576  # a settings file is a few kB; anything longer is another file


def read_settings(config: Path | None, overrides: Mapping[str, object]) -> Settings:
    """Return the settings from the shipped defaults, *config*, the environment and *overrides*.

    *config* None means `config/newswire.toml` in the current folder, if it is there; *overrides* are dotted names
    from the command line. Raises SettingsError when a setting is wrong or when a *config* that was named cannot be
    read.
    """
    texts = [("the shipped newswire.toml", default_settings_text())]
    if config is not None or DEFAULT_CONFIG.exists():
        path = config or DEFAULT_CONFIG
        texts.append((str(path), _text(path)))
    settings = load(toml_texts=texts, environ=os.environ, overrides=overrides)
    try:
        return replace(settings, data_dir=settings.data_dir.expanduser())
    except RuntimeError:
        raise SettingsError(f"data_dir = {settings.data_dir}: there is no such home folder") from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_CONFIG_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SettingsError(f"{path}: cannot read this settings file: {reason}") from None
    if len(content) > _MAX_CONFIG_BYTES:
        raise SettingsError(f"{path}: cannot read this settings file: longer than {_MAX_CONFIG_BYTES} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path}: not valid TOML: line {line} is not UTF-8") from None
