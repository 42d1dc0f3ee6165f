"""Log lines: their form, what never gets into them, and that they never stop the work."""

from __future__ import annotations

import io
import json
import linecache
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.log import configure, redact
from pipeline.settings import LogSettings


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Leave the logging of the test session as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)  # noqa: FBT003 - the signature is the standard library's
    structlog.reset_defaults()


@pytest.fixture
def stream() -> io.StringIO:
    """Give a stream to which JSON lines from level info are written."""
    lines = io.StringIO()
    configure(LogSettings(format="json", level="info"), lines)
    return lines


def written(stream: io.StringIO) -> list[dict[str, object]]:
    """Return the lines on *stream*, decoded."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_a_json_object_with_time_level_and_event_first(stream: io.StringIO) -> None:
    """The eye and the machine look for these three."""
    structlog.get_logger().info("polled", feed="f1", status=304)

    (line,) = written(stream)
    assert list(line) == ["timestamp", "level", "event", "feed", "status"]
    assert (line["level"], line["event"], line["status"]) == ("info", "polled", 304)
    assert str(line["timestamp"]).endswith("Z")
    assert len(str(line["timestamp"])) == len("2026-01-01T00:00:00.000Z")


def test_lines_below_the_level_are_not_written(stream: io.StringIO) -> None:
    """At level info nobody pays for debug lines."""
    structlog.get_logger().debug("polled")

    assert stream.getvalue() == ""


def test_what_a_feed_says_cannot_break_a_line_or_reach_the_terminal(stream: io.StringIO) -> None:
    """Titles of strangers are logged: a line end would forge a line, an escape would command the terminal."""
    hostile = 'a\n{"event": "forged"}\r\x1b[2J\x7f\x9b31m\u202e\u2028\ud800'

    structlog.get_logger().info(hostile, **{hostile: hostile}, nested={hostile: [hostile]})

    (line,) = written(stream)
    assert line["event"] == line[hostile] == hostile
    assert stream.getvalue().isascii()
    assert stream.getvalue().rstrip("\n").isprintable()


@given(st.text(), st.one_of(st.text(), st.binary(), st.floats(), st.integers(), st.lists(st.text())))
def test_any_event_and_value_make_one_printable_line(event: str, value: object) -> None:
    """One line for each event, in both forms, whatever is in it."""
    for form in ("json", "console"):
        stream = io.StringIO()
        configure(LogSettings(format=form, level="info"), stream)

        structlog.get_logger().info(event, value=value)

        assert stream.getvalue().count("\n") == 1
        assert stream.getvalue()[:-1].isprintable()


def test_an_exception_is_one_field(stream: io.StringIO) -> None:
    """A traceback over many lines cannot be searched."""
    try:
        Path("/absent/file").read_text(encoding="utf-8")
    except OSError as error:
        structlog.get_logger().exception("buried", error=error)

    (line,) = written(stream)
    assert str(line["exception"]).startswith("Traceback (most recent call last):\n")
    assert str(line["error"]).startswith("FileNotFoundError: [Errno 2]")


def test_a_traceback_leaves_nothing_of_the_sources_in_memory(stream: io.StringIO) -> None:
    """Python keeps every file that one shows: each new fault made a process larger by up to a megabyte, for good."""
    try:
        json.loads("{")
    except ValueError:
        structlog.get_logger().exception("buried")

    assert 'json.loads("{")' in str(written(stream)[0]["exception"])
    assert linecache.cache == {}


def test_a_child_that_is_forked_while_a_traceback_is_written_can_write_its_own() -> None:
    """RQ forks for every job, whatever other threads do; one that waited for ever would be killed with its job."""
    done = subprocess.run(
        [sys.executable, "-c", _FORKS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=False
    )

    assert (done.returncode, done.stdout) == (0, b"all ended\n")


_FORKS = """
import os, threading, time, structlog
from pipeline.adapters.log import configure
from pipeline.settings import LogSettings

configure(LogSettings(format="json", level="info"))

def write_one():
    try:
        raise ValueError
    except ValueError:
        structlog.get_logger().exception("failed")

def write():
    while True:
        write_one()
        time.sleep(0)

threading.Thread(target=write, daemon=True).start()
for _ in range(100):
    child = os.fork()
    if child == 0:
        write_one()
        os._exit(0)
    os.waitpid(child, 0)
print("all ended")
"""


def test_values_that_json_does_not_know_become_texts(stream: io.StringIO) -> None:
    """A log call never fails because of what it was given."""
    structlog.get_logger().info("polled", path=Path("a/b"), data=b"\xff", number=float("inf"), some={1: (2, None)})

    (line,) = written(stream)
    assert (line["path"], line["data"], line["number"], line["some"]) == ("a/b", "b'\\xff'", "inf", {"1": [2, None]})


def test_fields_bound_to_the_context_are_on_every_line(stream: io.StringIO) -> None:
    """Feed and document are bound once for all that is logged about them."""
    with structlog.contextvars.bound_contextvars(feed="f1"):
        structlog.get_logger().info("polled")

    assert written(stream)[0]["feed"] == "f1"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://me:secret@example.org/feed?x=1", "https://example.org/feed?x=1"),
        ("https://me@example.org/", "https://example.org/"),
        ("https://me:se@cret@example.org/", "https://example.org/"),
        ("https://example.org/@me/feed", "https://example.org/@me/feed"),
        ("https://example.org/?mail=a@b", "https://example.org/?mail=a@b"),
        ("to http://a:b@c/ and http://d:e@f/", "to http://c/ and http://f/"),
        ("", ""),
    ],
)
def test_user_and_password_are_cut_out_of_addresses(url: str, safe: str) -> None:
    """Private feeds are often addressed with a password."""
    assert redact(url) == safe


def test_no_field_shows_a_password(stream: io.StringIO) -> None:
    """Not even one that nobody thought of: a value in a list, an exception, an event."""
    url = "https://me:secret@example.org/"

    structlog.get_logger().info(url, url=url, many=[url], error=ValueError(url), raw=url.encode())
    logging.getLogger("aiohttp").error("lost %s", url)

    assert "secret" not in stream.getvalue()
    assert stream.getvalue().count("https://example.org/") == 6


def test_libraries_write_warnings_in_our_form(stream: io.StringIO) -> None:
    """Everything on stderr can be read by one reader; RQ says a line for each job unless it is held back."""
    logging.getLogger("rq.worker").setLevel(logging.INFO)  # as RQ does itself

    logging.getLogger("rq.worker").info("job done")
    logging.getLogger("rq.worker").warning("job %s\nlost", "j1")
    logging.getLogger("redis").error("gone", exc_info=ValueError("x"))

    lines = written(stream)
    assert [line["event"] for line in lines] == ["job j1\nlost", "gone"]
    assert [line["level"] for line in lines] == ["warning", "error"]
    assert [line["logger"] for line in lines] == ["rq.worker", "redis"]
    assert "ValueError: x" in str(lines[1]["exception"])


def test_a_record_whose_arguments_do_not_fit_is_written_all_the_same(stream: io.StringIO) -> None:
    """A fault in a library's log call must neither hide its message nor raise."""
    root = logging.getLogger()
    ours = [handler for handler in root.handlers if type(handler).__module__.startswith("pipeline")]
    root.handlers[:] = ours  # those of the test session are stricter

    logging.getLogger("asyncio").error("%d tasks", "no")

    assert written(stream)[0]["event"] == "%d tasks ('no',)"


def test_warnings_of_python_are_log_lines(stream: io.StringIO) -> None:
    """A deprecated call prints two bare lines otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        configure(LogSettings(format="json", level="info"), stream)
        warnings.warn("careful", UserWarning, stacklevel=1)

    assert "careful" in str(written(stream)[0]["event"])


def test_a_second_setup_replaces_the_first(stream: io.StringIO) -> None:
    """A command that sets up twice must not write every line twice."""
    second = io.StringIO()
    configure(LogSettings(format="json", level="error"), second)

    logging.getLogger("redis").error("gone")
    structlog.get_logger().error("buried")

    assert stream.getvalue() == ""
    assert [line["event"] for line in written(second)] == ["gone", "buried"]


def test_auto_is_for_eyes_on_a_terminal_and_json_elsewhere() -> None:
    """The same command is read by people and by collectors."""
    terminal, pipe = Terminal(), io.StringIO()

    for stream in (terminal, pipe):
        configure(LogSettings(format="auto", level="info"), stream)
        structlog.get_logger().info("polled", feed="f1")

    assert "\x1b[" in terminal.getvalue()
    assert written(pipe)[0]["feed"] == "f1"


def test_a_traceback_on_the_console_keeps_its_lines_and_loses_its_control_characters() -> None:
    """It is for eyes; what a stranger put into the message is not."""
    stream = io.StringIO()
    configure(LogSettings(format="console", level="info"), stream)

    try:
        Path("\x1b[2J").read_text(encoding="utf-8")
    except OSError:
        structlog.get_logger().exception("buried")

    assert "\nFileNotFoundError: [Errno 2]" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_a_log_that_cannot_be_written_does_not_stop_the_work() -> None:
    """The disk under the log is full, or the reader of the pipe is gone."""
    stream = io.StringIO()
    configure(LogSettings(format="json", level="info"), stream)
    stream.close()

    structlog.get_logger().info("polled")
    logging.getLogger("redis").error("gone")
