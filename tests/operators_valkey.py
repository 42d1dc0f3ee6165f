"""A Valkey of an operator, as a process that tests may do harm to: kill, start again, take its disk away."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Mapping
from pathlib import Path

import redis
from waiting import wait_until

from pipeline.adapters.embedded_server import program

NO_LIMIT = resource.RLIM_INFINITY


class Valkey:
    """A Valkey with its socket and data in *folder*, started with *options*: its address, and its process.

    *environment* is added to ours.
    """

    def __init__(self, folder: Path, *options: str, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._environment = {**os.environ, **(environment or {})}
        self.socket = folder / "s"
        self.url = f"unix://{self.socket}"
        self._command = [str(program()), "--port", "0", "--unixsocket", f"{folder}/s", "--dir", str(folder), *options]
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers. A limit on the size of its files is an error to it, not its end."""
        self.process = subprocess.Popen(
            self._command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            restore_signals=False,
            env=self._environment,
        )
        client = redis.Redis.from_url(self.url)
        wait_until(lambda: answers(client))
        client.close()

    def stop(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait(timeout=10)

    @property
    def log(self) -> Path:
        """Its log of writes, where it was told to keep one."""
        return next(self.folder.glob("appendonlydir/*.incr.aof"))

    def roll_back(self, to_bytes: int) -> int:
        """Kill it, and start it with what stood in its log when that was so long; returns how many bytes are gone."""
        self.stop()
        gone_bytes = self.log.stat().st_size - to_bytes
        os.truncate(self.log, to_bytes)
        self.start()
        return gone_bytes

    def limit_files(self, most_bytes: int) -> None:
        """Let no file of it grow beyond *most_bytes*, as if the disk were full; `NO_LIMIT` ends that."""
        limit_files(self.process.pid, most_bytes)


def limit_files(pid: int, most_bytes: int) -> None:
    """Let no file that process *pid* writes grow beyond *most_bytes*: each write beyond fails, as on a full disk."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))


def answers(client: redis.Redis) -> bool:
    """Whether *client* gets any answer."""
    try:
        return bool(client.ping())
    except redis.AuthenticationError:
        return True
    except (redis.ConnectionError, redis.TimeoutError):
        return False
