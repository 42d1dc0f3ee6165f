"""Users of an embedded Valkey, in this process and in others, and what may be done to its server and its folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import redis
from waiting import wait_until

from pipeline.adapters import embedded_server
from pipeline.adapters.connection import connect
from pipeline.adapters.embedded import EmbeddedStore

# Enters the store, says which process serves it, and stays until its standard input ends.
USER = """
import sys, pathlib
from pipeline.adapters.embedded import EmbeddedStore
with EmbeddedStore(pathlib.Path(sys.argv[1])) as store:
    print(store.pid, flush=True)
    sys.stdin.read()
"""


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
