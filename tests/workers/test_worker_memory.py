"""What a worker process keeps of each job that it has run: nothing."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from pipeline.adapters.backlog import JOB_FUNCTION
from pipeline.adapters.keys import Keys

KEYS = Keys("newswire")
SETTLED, JOBS = 100, 400
SCRIPT = f"""
import ctypes
from workers import worker

SIZES = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"

class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in SIZES.split()]

mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Mallinfo

class Measured(worker.DocumentWorker):
    jobs = 0

    def fork_work_horse(self, job, queue):
        super().fork_work_horse(job, queue)
        self.jobs += 1
        if self.jobs in ({SETTLED}, {JOBS}):
            print(mallinfo().uordblks)

worker.DocumentWorker = Measured
worker.run(burst=True)
"""


@pytest.mark.skipif(
    platform.libc_ver() < ("glibc", "2.33"), reason="mallinfo2 of glibc 2.33 tells what the C library keeps"
)
def test_a_worker_keeps_nothing_of_its_jobs(valkey_url: str, redis_client: redis.Redis) -> None:
    """A hundred bytes a job, kept by the C library for RQ's environment variables, were 36 MB a day."""
    queue = Queue(KEYS.queue, connection=redis_client, serializer=JSONSerializer)
    for _ in range(JOBS):
        queue.enqueue(JOB_FUNCTION, args=(["00000000000000aa"],), result_ttl=0, failure_ttl=60)

    environment = {**os.environ, "NEWSWIRE_REDIS_URL": valkey_url, "NEWSWIRE_LOG__LEVEL": "error"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=300, check=True
    )
    settled, ended = map(int, done.stdout.split())
    redis_client.flushall()

    assert (ended - settled) / (JOBS - SETTLED) < 30, "bytes a job"
