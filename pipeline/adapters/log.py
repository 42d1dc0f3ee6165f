r"""Log lines on stderr: one line for each event, in the same form for our code and for the libraries.

An event is a constant word in the past tense with fields; a line is a JSON object in ASCII (no control character of
a feed ever reaches a terminal raw), or coloured text on a terminal. Every line has `timestamp` (UTC), `level` and
`event`; a library's line has `logger`. User and password are cut out of every address.

The events of one document also have `feed` and `document`; those marked (debug) are below the default level.

| event | when | fields |
| --- | --- | --- |
| `started` | the daemon is ready | `http_port`, `feeds` |
| `stopping` | the daemon was told to end | `in_flight` |
| `stopped` | the daemon has let go of everything | |
| `failed` | a process cannot go on; it ends | `reason` |
| `polled` | a poll ended; (debug) if nothing is new | `feed`, `url`, `outcome`, `status`, `problem`, `settled`, … |
| `polled_unchanged` | once a minute: how many polls found nothing new | `polls`, `seconds` |
| `unsettled` | the outcome of a poll could not be stored; the poll is repeated | `feed`, `reason` |
| `damaged` | what is kept of a feed cannot be read: `repair` says what becomes of it | `feed`, `what`, `repair` |
| `moved` | a feed is polled at another address from now on, or at its own again | `feed`, `url`, `now_at` |
| `false_304` | a host said that nothing is new although it was | `feed`, `url`, `times` |
| `host_untold` | the store was away when requests ended; turns end by themselves | `requests`, `reason` |
| `polling_waits` | workers lag, or the store is nearly full: nothing is polled | `reason` |
| `polling_goes_on` | there is room again | |
| `lease_lost` | a feed that is being polled here was taken over by another daemon | `feed` |
| `clock_set_back` | the store's clock shows less than before: all waits were shortened by it | `seconds` |
| `dispatched` | feeds with documents were handed to the workers (debug) | `feeds` |
| `processed` | a document was read | `entries` and their fates, `skipped`, `path`, `problems`, `seconds` |
| `recognised` | an entry is an article that its feed has shown under another key | `article`, `shown_as`, `by` |
| `carried` | a feed shows an article that another feed of its site told of | `article`, `feeds`, `told` |
| `edit_flood` | a document changed nearly all it shows: some are not told | `revised`, `held_back` |
| `hurried` | most of a document is new: its feed is looked at again sooner | `due_ms` |
| `gap` | a document showed nothing known of its feed: what came between may be lost | `entries`, `walked_back` |
| `parsed` | `newswire parse` or `poll` read a document | `name`, `path` (the parser), `incomplete` |
| `rejected` | an entry cannot become an article | `reason`, `which` |
| `fenced_off` | a document is another worker's by now, or the store forgot what it accepted of it | `attempts` |
| `health_changed` | a feed does better or worse than it did; also an alert | `feed`, `before`, `after`, `why` |
| `group_changed` | a consumer group keeps up or does not; also an alert | `group`, `before`, `after`, `why` |
| `hub_asked` | a hub was asked to push a feed | `feed`, `hub` |
| `hub_refused` | a hub could not be asked, or refused; it is asked again later | `feed`, `hub`, `reason` |
| `hub_verified` | a hub asked whether we meant it, or denied what we asked | `feed`, `mode`, `state` |
| `pushed` | a hub pushed a document: taken, again, full (503) or unknown | `feed`, `fate` |
| `push_missed` | a poll found news that the hub had not pushed; polls are as before | `feed` |
| `push_unsigned` | a push without our signature was ignored | `feed` |
| `page_wish` | whether the page of a new or changed article is fetched, and why (debug) | `article`, `reason` |
| `too_many_pages` | so many pages wait that one more is not fetched | `article`, `most` |
| `older_page` | an older page of a feed was asked for after a gap | `feed`, `url`, `fate`, `reason`, `pages_left` |
| `older_page_unsettled` | what became of an older page could not be stored; it is fetched again | `feed`, `reason` |
| `older_pages_unreleased` | older pages could not be given back at the end; their leases end | `pages`, `reason` |
| `page_fetched` | an article page came, or did not | `article`, `url`, `outcome`, `problem`, `fate`, `seconds` |
| `page_unsettled` | what became of a page could not be stored; it is fetched again | `article`, `reason` |
| `pages_unreleased` | pages could not be given back at the end; their leases end by themselves | `pages`, `reason` |
| `page_read` | a page was read, and its article told | `article`, `url`, `characters`, `problems` |
| `pages_lost` | articles were held back for pages that are not to come: they are told without | `articles` |
| `page_failed` | a page met a fault of ours; its article is told without it | `url`, `exception` |
| `document_failed` | a document met a fault of ours; it is buried | `exception` |
| `feed_failed` | the store cannot use a key of a feed; it is tried again, others go on | `feed`, `exception` |
| `memory_damaged` | what is remembered of articles cannot be read; they stay as they were told | `articles` |
| `not_archived` | a document could not be kept on disk; all else goes on | `reason` |
| `buried` | a document was given up; it is kept among the dead | `reason`, `attempts` |
| `entry_left_out` | a reader of the stream met an entry that is no article | `stream_id`, `reason` |
| `group_forgotten` | the store has no such group any more: its reader makes it again | `group`, `since` |
| `trimmed` | entries were dropped from the old end of the stream | `entries` |
| `forgotten` | articles that their feed no longer shows were forgotten | `feed`, `articles` |
| `housekeeping_failed` | housekeeping met a fault, maybe with one feed; the rest goes on | `step`, `exception` |
| `worker_resumed` | RQ let go of its work (its own line says why) and was begun again | |
| `redis_lost` | Redis stopped answering; the work waits for it | `reason` |
| `redis_back` | it answers again | |
| `store_emptied` | somebody deleted everything in Redis; its feeds are to be added again | `repair` |
| `redis_unfit` | this Redis may lose data, or does not say | `reason` |
| `process_started` | a process was started, or started again | `name`, `pid` |
| `process_ended` | a process ended unasked | `name`, `status`, `lived_seconds` |
| `process_not_started` | a process could not be started; it is tried again | `name`, `exception` |
| `process_killed` | a process did not end in its grace time | `pid` |
| `tending_failed` | the embedded Valkey cannot be started again | `exception` |
| `rescheduled` | a new interval brought polls forward | `feeds` |
| `maintenance_failed` | RQ could not clean up after jobs that ended badly; it tries again | |
| `embedded_started` | the embedded Valkey was started (debug) | `pid`, `socket`, `data_dir` |
| `embedded_reused` | one that was running is used (debug) | `pid`, `socket`, `data_dir` |
| `embedded_stopped` | its last user stopped it (debug) | `pid`, `data_dir` |
"""

from __future__ import annotations

import json
import linecache
import logging
import math
import os
import re
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from pipeline.settings import LogSettings

_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_USERINFO = re.compile(r"""(?<=//)[^/?#\s"'<>]*@""")


def configure(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Write all log lines to *stream* (stderr by default) from now on, in the form and from the level of *settings*.

    Libraries write warnings and errors only, whatever the level. Calling it again replaces the first call. A line
    that cannot be written is dropped: a full disk under the log must not stop the work.
    """
    target = stream or sys.stderr
    console = settings.format == "console" or (settings.format == "auto" and target.isatty())
    level = _LEVELS[settings.level]
    lines = _Lines(target)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _add_timestamp,
        _add_exception,
        _plain_values,
    ]
    form: list[Processor] = [*shared, *(_console(target) if console else _json())]
    structlog.configure(
        processors=form,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )
    _route_libraries(_Handler(lines, form), max(level, logging.WARNING))


def redact(url: str) -> str:
    """Return *url* without `user:password@`; any text will do, every address in it is treated so."""
    return _USERINFO.sub("", url)


def _json() -> list[Processor]:
    return [_in_order, structlog.processors.JSONRenderer(serializer=json.dumps)]  # json.dumps escapes all but ASCII


def _console(stream: TextIO) -> list[Processor]:
    return [
        _printable,
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, sort_keys=False
        ),
    ]


class _Lines:
    """Writes one line for each message; what cannot be written is dropped.

    Without a lock of its own: a process that forks while another thread holds it would never write again.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def msg(self, message: str) -> None:
        try:
            self._stream.write(message + "\n")
            self._stream.flush()
        except (OSError, ValueError):  # a closed pipe, a full disk, a closed file
            return

    debug = info = warning = error = critical = msg


class _Handler(logging.Handler):
    """Gives the records of the standard library the form of ours."""

    def __init__(self, lines: _Lines, form: list[Processor]) -> None:
        super().__init__()
        self._lines = lines
        self._form = form

    def emit(self, record: logging.LogRecord) -> None:
        event: EventDict = {"event": _message(record), "logger": record.name}
        if record.exc_info:
            event["exc_info"] = record.exc_info
        line: object = event
        for processor in self._form:
            line = processor(None, record.levelname.lower(), cast("EventDict", line))
        self._lines.msg(str(line))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # the arguments do not fit the text: its library's fault
        return f"{record.msg} {record.args!r}"


def _route_libraries(handler: _Handler, level: int) -> None:
    root = logging.getLogger()
    for other in [other for other in root.handlers if isinstance(other, _Handler)]:
        root.removeHandler(other)
    handler.setLevel(level)  # RQ sets the levels of its own loggers back to INFO
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(True)  # noqa: FBT003 - the signature is the standard library's


# --- Processors --------------------------------------------------------------------------------------------------


def _add_timestamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["timestamp"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event


_format_exception: Callable[[WrappedLogger, str, EventDict], EventDict] = structlog.processors.format_exc_info


# Python keeps every file that a traceback shows a line of, as a string a line, for as long as the process lives: a
# megabyte for the first lost connection. Whoever forks has the lock, so that a child does not find it taken for ever.
_formatting = threading.RLock()
os.register_at_fork(
    before=_formatting.acquire, after_in_parent=_formatting.release, after_in_child=_formatting.release
)


def _add_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    if "exc_info" not in event:
        return event
    with _formatting:
        try:
            return _format_exception(logger, method, event)
        finally:
            linecache.clearcache()


def _plain_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Make every value one that JSON knows, and cut user and password out of every text."""
    for name, value in event.items():
        event[name] = _plain(value)
    return event


def _plain(value: object) -> object:
    match value:
        case None | bool() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case dict():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(inner) for inner in value]
        case str() | PurePath() | float():  # JSON has no infinity
            text = str(value)
        case BaseException():
            text = f"{type(value).__name__}: {value}".removesuffix(": ")
        case _:
            text = repr(value)
    return redact(text)


def _in_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    first = ("timestamp", "level", "event")
    return {name: event[name] for name in first} | {name: event[name] for name in event if name not in first}


def _printable(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Escape what the console form would write as it is; only a traceback keeps its line ends."""
    return {
        _escaped(name): _escaped(value, keep="\n" if name == "exception" else "") if isinstance(value, str) else value
        for name, value in event.items()
    }


def _escaped(text: str, keep: str = "") -> str:
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter in keep else ascii(letter)[1:-1] for letter in text)
