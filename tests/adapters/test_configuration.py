"""Settings from the disk: which file is read, and what happens when it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.adapters.configuration import read_settings
from pipeline.adapters.shipped import default_settings_text, seeds, starter_lists
from pipeline.errors import SettingsError


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_file_the_shipped_defaults_hold() -> None:
    """The first command of a newcomer runs in a folder of its own."""
    assert read_settings(None, {}).namespace == "newswire"


def test_the_file_of_the_current_folder_is_read(empty_folder: Path) -> None:
    """A checkout and a deployment folder need no --config."""
    (empty_folder / "config").mkdir()
    (empty_folder / "config" / "newswire.toml").write_text("namespace = 'here'")

    assert read_settings(None, {}).namespace == "here"


def test_a_named_file_is_read_instead_of_the_one_of_the_current_folder(empty_folder: Path) -> None:
    """One file is read, never a mixture of two that the operator has to know of."""
    (empty_folder / "config").mkdir()
    (empty_folder / "config" / "newswire.toml").write_text("namespace = 'here'\n[fetch]\nmax_redirects = 1")
    named = empty_folder / "other.toml"
    named.write_bytes(b"\xef\xbb\xbfnamespace = 'there'\r\n")  # as Windows editors save it

    found = read_settings(named, {})

    assert (found.namespace, found.fetch.max_redirects) == ("there", 5)


def test_the_environment_and_the_command_line_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers are set up by the environment."""
    monkeypatch.setenv("NEWSWIRE_NAMESPACE", "env")
    monkeypatch.setenv("NEWSWIRE_HTTP__PORT", "1")

    found = read_settings(None, {"http.port": 2})

    assert (found.namespace, found.http.port) == ("env", 2)


def test_the_home_folder_may_be_written_as_a_tilde(monkeypatch: pytest.MonkeyPatch, empty_folder: Path) -> None:
    """Nobody wants a folder called ~."""
    monkeypatch.setenv("HOME", str(empty_folder))

    assert read_settings(None, {"data_dir": "~/store"}).data_dir == empty_folder / "store"


def test_the_tilde_of_a_user_who_is_not_there_is_refused() -> None:
    """The message names the setting."""
    with pytest.raises(SettingsError, match="data_dir = ~nobody-of-this-name/x: there is no such home folder"):
        read_settings(None, {"data_dir": "~nobody-of-this-name/x"})


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("absent.toml", None, "cannot read this settings file: No such file or directory"),
        (".", None, "cannot read this settings file: Is a directory"),
        ("latin.toml", b"# one\nnamespace = '\xe9'", "not valid TOML: line 2 is not UTF-8"),
        ("broken.toml", b"namespace = \n", "not valid TOML: Invalid value (at line 1, column 13)"),
        ("huge.toml", b"#" * 1_100_000, "cannot read this settings file: longer than 1048576 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(
    empty_folder: Path, name: str, content: bytes | None, reason: str
) -> None:
    """A file that was named and is not heard would be the worst: the operator believes in it."""
    path = empty_folder / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsError) as caught:
        read_settings(path, {})

    assert str(caught.value) == f"{path}: {reason}"


def test_the_shipped_files_are_found() -> None:
    """They travel in the wheel and stand in a checkout."""
    assert "[fetch]" in default_settings_text()
    assert seeds().name == "seeds"
    assert all(path.suffix == ".opml" and name == path.stem for name, path in starter_lists().items())
