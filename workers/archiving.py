"""Where the raw documents of the last days are."""

from __future__ import annotations

from pipeline.adapters.archive import Archive
from pipeline.settings import Settings

_MEBIBYTE = 1_048_576


def archive_of(settings: Settings) -> Archive:
    """Give the archive of raw documents that *settings* name."""
    archive = settings.archive
    return Archive(settings.data_dir / "documents", archive.days, archive.most_megabytes * _MEBIBYTE)
