"""What every process of ours does at its start and end: settings, logs, signals, and not outliving its parent."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from math import inf
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from pipeline.adapters.shipped import default_settings_text
from pipeline.setting_rules import UNLIMITED
from pipeline.settings import Settings, load

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SUPERVISOR_PID = "WORKERS_SUPERVISOR_PID"
"""The environment variable by which a supervisor tells its children who their parent is. No setting of anybody's."""
_PR_SET_PDEATHSIG = 1
_GARBAGE_THRESHOLDS = (20_000, 20, 20)
"""A bunch of polls makes thousands of objects and nearly no cycles; Python's own 700 sends the collector of cycles
through them again and again, for a sixteenth of the CPU time. Twenty thousand of them are a few megabytes."""
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h of glibc
_LARGE_BLOCK_BYTES = 131_072
"""Where glibc begins, too; but it moves this bound up to 32 MB by itself, and then keeps the holes that large blocks
leave between small ones: 35 MB after three rounds of hostile bodies where 8 MB are left so."""


@cache
def settings_of_this_process() -> Settings:
    """The settings of a process that was started by another of ours: all of them come in the environment.

    No settings file is read: the starter has read it, and another one may lie in the current folder.
    """
    return load(toml_texts=[("shipped", default_settings_text())], environ=os.environ, overrides={})


def environment_of(settings: Settings) -> dict[str, str]:
    """*settings* as environment variables, so that a child process has exactly the same."""
    return {
        f"NEWSWIRE_{name.upper()}": _text(value) for name, value in _leaves(settings, prefix="") if value is not None
    }


def _leaves(values: DataclassInstance, *, prefix: str) -> list[tuple[str, object]]:
    leaves: list[tuple[str, object]] = []
    for each in fields(values):
        value = getattr(values, each.name)
        if is_dataclass(value) and not isinstance(value, type):
            leaves += _leaves(value, prefix=f"{prefix}{each.name}__")
        else:
            leaves.append((prefix + each.name, value))
    return leaves


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value == inf:
        return UNLIMITED
    return str(value.resolve()) if isinstance(value, Path) else str(value)


def end_with_parent() -> None:
    """Ask for a SIGTERM when the supervisor dies that started this process, or else whoever did.

    So a supervisor that is killed leaves no second set of processes behind.
    """
    end_with(int(os.environ.get(SUPERVISOR_PID, os.getppid())), by=signal.SIGTERM)


def end_with(parent: int, *, by: signal.Signals) -> None:
    """Ask the kernel for the signal *by* when *parent*, our parent process, dies (Linux); elsewhere nothing happens.

    Who that is has to be told: process 1 may have adopted us, or be our parent indeed, as in a container.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)
        if os.getppid() != parent:  # it died before we could ask
            os.kill(os.getpid(), by)


def on_stop_signal(stop: Callable[[], None]) -> None:
    """Call *stop* at the first SIGTERM or SIGINT; a second one ends the process at once."""

    def handle(number: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        del number
        stop()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, handle)


def collect_garbage_rarely() -> None:
    """Look for cycles of garbage less often than Python does by itself, and never in what is loaded by now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE_THRESHOLDS)


def give_large_blocks_back() -> None:
    """Let the memory of large bodies go back to the system when they are freed; only glibc has to be told."""
    _call_c_library("mallopt", _M_MMAP_THRESHOLD, _LARGE_BLOCK_BYTES)


def share_one_heap() -> None:
    """Let all threads to come take memory from the heap of the first; only glibc has to be told.

    Each would else have one of its own, up to eight a core, and what is free in one is of no use to another: 0.7 MiB
    an hour in a daemon whose store fails all the time.
    """
    _call_c_library("mallopt", _M_ARENA_MAX, 1)


def give_unused_memory_back() -> None:
    """Collect all cycles of garbage, and give the system the pages that lie free between others; takes milliseconds.

    By themselves both stay: Python looks through what has survived for a while, as a connection does, only when much
    more of it has come, and glibc keeps what a burst of bodies took. The resident size of a process that runs for
    months would creep up: by 3 MiB an hour in a daemon whose hosts and store fail all the time.
    """
    gc.collect()
    _call_c_library("malloc_trim", 0)


def _call_c_library(function: str, *arguments: int) -> None:
    """Call *function* where there is a C library that has it; elsewhere nothing happens."""
    with suppress(OSError, TypeError, AttributeError):  # no C library, or one without this function
        getattr(ctypes.CDLL(None), function)(*arguments)
