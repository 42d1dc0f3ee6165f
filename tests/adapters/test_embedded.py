"""The embedded Valkey: shared by all commands of a data directory, and unharmed by any of them dying."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from waiting import wait_until

from pipeline.adapters import embedded_server
from pipeline.adapters.connection import connect
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.errors import EmbeddedStoreError

# Enters the store, says which process serves it, and stays until its standard input ends.
USER = """
import sys, pathlib
from pipeline.adapters.embedded import EmbeddedStore
with EmbeddedStore(pathlib.Path(sys.argv[1])) as store:
    print(store.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """Give a data directory with a short path, and see that nothing serves it afterwards."""
    folder = tmp_path / "d"
    yield folder
    life = folder / "valkey.life"
    if life.exists():
        with life.open("r+b") as file:
            assert not embedded_server.is_alive(file.fileno()), "a server was left behind"


def start_user(data_dir: Path) -> tuple[subprocess.Popen[str], int]:
    """Start another process that uses the store of *data_dir*; return it and the process id of the server."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    lines = (user.stdout.readline() for _ in range(10))  # the log may come first, it is not set up here
    return user, next(int(line) for line in lines if line.strip().isdigit())


def end_user(user: subprocess.Popen[str]) -> None:
    """Let *user* leave, and wait for it."""
    user.communicate(timeout=20)


def is_running(pid: int) -> bool:
    """Whether process *pid* runs; a zombie does not."""
    status = Path(f"/proc/{pid}/stat")
    if status.parent.parent.exists() and not status.exists():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not status.exists() or ") Z " not in status.read_text(encoding="ascii")


def store_folder(store: EmbeddedStore) -> Path:
    """Return the data directory of *store*, which has a short path."""
    return Path(store.url.removeprefix("unix://")).parent


def kill_server(store: EmbeddedStore) -> int:
    """Kill the server of *store* without a warning and return its process id once it is gone."""
    pid = store.pid
    os.kill(pid, signal.SIGKILL)
    with (store_folder(store) / "valkey.life").open("r+b") as life:
        wait_until(lambda: not embedded_server.is_alive(life.fileno()))
    return pid


def test_it_starts_in_a_missing_folder_and_serves_only_a_socket(data_dir: Path) -> None:
    """The first command of a newcomer needs nothing but the wheel, and opens no port to anybody."""
    with EmbeddedStore(data_dir) as store:
        client = connect(store.url)
        configured = client.config_get("*")

        assert client.ping()
        assert store.url == f"unix://{data_dir}/valkey.sock"
        assert configured["port"] == "0"
        assert (configured["appendonly"], configured["appendfsync"], configured["save"]) == ("yes", "everysec", "")
        assert (configured["maxmemory-policy"], configured["hash-max-listpack-entries"]) == ("noeviction", "512")
        assert stat.S_IMODE((data_dir / "valkey.sock").stat().st_mode) == 0o700
        client.close()


def test_the_last_user_stops_it_and_the_data_stays(data_dir: Path) -> None:
    """Nothing of ours is left running, nothing of the operator's is lost."""
    with EmbeddedStore(data_dir) as store:
        pid = store.pid
        write(store, b"kept")

    assert not is_running(pid)
    assert not (data_dir / "valkey.sock").exists()
    with EmbeddedStore(data_dir) as store:
        assert read(store) == b"kept"


def test_two_users_share_one_server_and_the_first_to_leave_does_not_stop_it(data_dir: Path) -> None:
    """`newswire tail` beside `newswire run` sees the same articles, and may end at any time."""
    with EmbeddedStore(data_dir) as first:
        with EmbeddedStore(data_dir) as second:
            assert second.pid == first.pid
            assert second.url == first.url

        assert is_running(first.pid)
        assert connect_and_ping(first)


def test_many_users_at_once_start_one_server(data_dir: Path) -> None:
    """A machine that boots starts everything at the same moment."""
    pids: list[int] = []
    barrier = threading.Barrier(8)

    def use() -> None:
        with EmbeddedStore(data_dir) as store:
            pids.append(store.pid)
            barrier.wait(timeout=20)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(pids) == 8
    assert len(set(pids)) == 1
    assert not is_running(pids[0])


def test_it_survives_the_death_of_the_process_that_started_it(data_dir: Path) -> None:
    """A killed command must not take the store away from the others, nor leave it running for ever."""
    user, pid = start_user(data_dir)
    user.kill()
    user.communicate(timeout=20)
    assert is_running(pid)

    with EmbeddedStore(data_dir) as store:
        assert store.pid == pid
        assert connect_and_ping(store)

    assert not is_running(pid)


def test_another_process_keeps_it_running_after_the_one_that_started_it_left(data_dir: Path) -> None:
    """Who started it does not matter."""
    with EmbeddedStore(data_dir) as store:
        user, pid = start_user(data_dir)
        assert pid == store.pid

    assert is_running(pid)
    end_user(user)
    assert not is_running(pid)


def test_a_killed_server_comes_back_with_all_it_acknowledged(data_dir: Path) -> None:
    """Redis being killed loses nothing: the log of writes is in the page cache before the answer is sent."""
    with EmbeddedStore(data_dir) as store:
        client = connect(store.url)
        for number in range(1000):
            client.rpush("numbers", number)
        client.close()
        old = kill_server(store)

        assert store.ensure()
        assert store.pid != old
        assert not store.ensure()
        client = connect(store.url)
        assert client.lrange("numbers", 0, -1) == [b"%d" % number for number in range(1000)]
        client.close()


def test_of_two_users_one_starts_a_killed_server_again(data_dir: Path) -> None:
    """Every supervisor looks after it; two servers on one folder would destroy the data."""
    with EmbeddedStore(data_dir) as first, EmbeddedStore(data_dir) as second:
        kill_server(first)

        assert [first.ensure(), second.ensure()] == [True, False]
        second_pid = read_pid(second)
        assert first.pid == second_pid


def test_a_client_rides_out_the_restart(data_dir: Path) -> None:
    """A worker in the middle of a document only sees a slower answer."""
    with EmbeddedStore(data_dir) as store:
        client = connect(store.url)
        client.set("key", "value")
        kill_server(store)
        restart = threading.Timer(0.3, store.ensure)
        restart.start()

        assert client.get("key") == b"value"
        restart.join()
        client.close()


def test_a_server_that_is_slow_to_answer_is_left_alone(data_dir: Path) -> None:
    """Restarting a busy server makes everything worse."""
    with EmbeddedStore(data_dir) as store:
        os.kill(store.pid, signal.SIGSTOP)
        try:
            assert not store.ensure()
        finally:
            os.kill(store.pid, signal.SIGCONT)


def test_a_damaged_end_of_the_log_of_writes_costs_only_that_end(data_dir: Path) -> None:
    """A power cut leaves half a write behind; the rest must not be held hostage by it."""
    with EmbeddedStore(data_dir) as store:
        write(store, b"kept")
        kill_server(store)
        (log,) = (data_dir / "appendonlydir").glob("*.incr.aof")
        with log.open("ab") as file:
            file.write(b"*3\r\n$3\r\nSET\r\n$3\r\nke")

        assert store.ensure()
        assert read(store) == b"kept"


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


def test_a_server_that_cannot_read_its_data_says_why(data_dir: Path) -> None:
    """Its last words are in a log that nobody thinks of."""
    with EmbeddedStore(data_dir) as store:
        write(store, b"kept")
    (manifest,) = (data_dir / "appendonlydir").glob("*.manifest")
    manifest.write_text("nonsense\n", encoding="ascii")

    with (
        pytest.raises(EmbeddedStoreError, match=r"the embedded Valkey ended at once: .*manifest"),
        EmbeddedStore(data_dir),
    ):
        pass


def test_it_is_not_used_outside_of_its_block(tmp_path: Path) -> None:
    """Outside of the block nobody guards the server."""
    with pytest.raises(EmbeddedStoreError, match="outside of its `with` block"):
        _ = EmbeddedStore(tmp_path).url


def test_a_forked_child_that_ends_does_not_stop_it(data_dir: Path) -> None:
    """RQ forks for every job, and the child unwinds what its parent entered."""
    with EmbeddedStore(data_dir) as store:
        child = os.fork()
        if child == 0:
            store.__exit__(None, None, None)
            os._exit(0)
        os.waitpid(child, 0)

        assert connect_and_ping(store)


def test_asking_whether_it_lives_is_cheap(data_dir: Path) -> None:
    """The supervisor asks every second, on a Raspberry Pi as well: far below a thousandth of a core."""
    with EmbeddedStore(data_dir) as store:
        before = os.times()
        for _ in range(100):
            store.ensure()
        after = os.times()

    assert (after.user + after.system) - (before.user + before.system) < 0.5


def connect_and_ping(store: EmbeddedStore) -> bool:
    """Whether a fresh client of *store* gets an answer."""
    client = connect(store.url)
    try:
        return bool(client.ping())
    finally:
        client.close()


def write(store: EmbeddedStore, value: bytes) -> None:
    """Set the key to *value*."""
    client: redis.Redis = connect(store.url)
    client.set("key", value)
    client.close()


def read(store: EmbeddedStore) -> object:
    """Return the value of the key."""
    client: redis.Redis = connect(store.url)
    value = client.get("key")
    client.close()
    return value


def read_pid(store: EmbeddedStore) -> int:
    """Return the process id that the server of *store* itself names."""
    client: redis.Redis = connect(store.url)
    pid = int(client.info("server")["process_id"])
    client.close()
    return pid


def remove(folder: Path) -> None:
    """Remove *folder* and what is in it, while a server may go on writing there."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
