"""Importing this module lets the scripts beside it import the shared modules of the tests and the source."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
CORPUS = TESTS.parents[1] / "shared" / "corpus"

sys.path[:0] = [str(TESTS), str(TESTS.parent)]
