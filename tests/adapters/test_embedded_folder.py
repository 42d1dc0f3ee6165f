"""Where the embedded Valkey lives: sockets and folders that are stale, gone, too long, or somebody else's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from embedded_users import connect_and_ping, is_running, kill_server, read, remove, write

from pipeline.adapters import embedded_server
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.errors import EmbeddedStoreError


def test_a_stale_socket_is_no_obstacle(data_dir: Path) -> None:
    """It is what a power cut leaves behind, together with the name of a process that is another one by now."""
    with EmbeddedStore(data_dir) as store:
        pid = kill_server(store)
        assert (data_dir / "valkey.sock").exists()
        (data_dir / "valkey.life").write_text(f"{os.getpid()}\n{data_dir}/valkey.sock")

        with EmbeddedStore(data_dir) as other:
            assert other.pid not in {pid, os.getpid()}
            assert connect_and_ping(other)


def test_a_server_whose_socket_was_deleted_is_replaced(data_dir: Path) -> None:
    """A cleaner took the socket: the server lives and nobody can reach it."""
    with EmbeddedStore(data_dir) as store:
        write(store, b"kept")
        old = store.pid
        (data_dir / "valkey.sock").unlink()

        assert store.ensure()
        assert not is_running(old)
        assert read(store) == b"kept"


def test_a_server_whose_folder_was_removed_is_ended(data_dir: Path) -> None:
    """Such a server does not end when it is asked to, and would stay for ever."""
    with EmbeddedStore(data_dir) as store:
        pid = store.pid
        remove(data_dir)

    assert not is_running(pid)


def test_a_folder_that_was_removed_is_made_again(data_dir: Path) -> None:
    """Its data are gone, but the daemon goes on; the old server must not."""
    with EmbeddedStore(data_dir) as store:
        old = store.pid
        remove(data_dir)

        assert store.ensure()
        assert not is_running(old)
        assert connect_and_ping(store)


def test_of_two_users_of_a_removed_folder_the_last_ends_the_server(data_dir: Path) -> None:
    """The first to leave must not take it away from the other."""
    with EmbeddedStore(data_dir) as first:
        pid = first.pid
        with EmbeddedStore(data_dir):
            remove(data_dir)
        assert is_running(pid)

    assert not is_running(pid)


def test_a_server_that_nobody_wrote_down_is_found_by_its_socket(data_dir: Path) -> None:
    """The process that started it was killed before it could write its number."""
    with EmbeddedStore(data_dir) as store:
        (data_dir / "valkey.life").write_bytes(b"")

        with EmbeddedStore(data_dir) as other:
            assert other.pid == store.pid


def test_a_path_too_long_for_a_socket_gets_a_private_folder_that_all_find(tmp_path: Path) -> None:
    """Home folders and build machines have long paths; a unix socket has room for about a hundred bytes."""
    data_dir = tmp_path / ("long-" * 20) / ("é" * 20)
    with EmbeddedStore(data_dir) as store, EmbeddedStore(data_dir) as other:
        folder = embedded_server.socket_path(data_dir).parent

        assert store.url == other.url
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert connect_and_ping(other)

    assert not folder.exists()


def test_a_private_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    """Whoever made it first could read and change everything."""
    data_dir = tmp_path / ("long-" * 30)
    folder = embedded_server.socket_path(data_dir).parent
    folder.chmod(0o755)
    try:
        with pytest.raises(EmbeddedStoreError, match="must be a folder of this user alone"), EmbeddedStore(data_dir):
            pass
    finally:
        folder.rmdir()


@pytest.mark.parametrize("name", ["with space", "é#%?", "'quoted\"", "-dash"])
def test_any_name_of_a_folder_will_do(tmp_path: Path, name: str) -> None:
    """The path goes through a command line and an address."""
    with EmbeddedStore(tmp_path / name) as store:
        assert connect_and_ping(store)


def test_a_file_in_place_of_the_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    """The operator learns what is wrong and what to do."""
    path = tmp_path / "file"
    path.touch()

    with pytest.raises(EmbeddedStoreError) as caught, EmbeddedStore(path):
        pass

    assert str(caught.value).startswith(f"data_dir {path}: File exists; set data_dir (NEWSWIRE_DATA_DIR) to another")


def test_a_folder_that_cannot_be_written_is_refused_in_one_line() -> None:
    """The same for a folder of somebody else."""
    path = Path("/proc/newswire")
    with pytest.raises(EmbeddedStoreError, match=f"data_dir {path}: "), EmbeddedStore(path):
        pass
