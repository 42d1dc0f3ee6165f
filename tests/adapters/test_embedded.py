"""The embedded Valkey: shared by all commands of a data directory, and unharmed by any of them dying."""

from __future__ import annotations

import os
import signal
import stat
import threading
from pathlib import Path

import pytest
from embedded_users import connect_and_ping, end_user, is_running, kill_server, read, read_pid, start_user, write

from pipeline.adapters.connection import connect
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.errors import EmbeddedStoreError


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
