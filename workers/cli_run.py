"""The commands that run the system: run, daemon, worker, demo."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import click

from pipeline.adapters.shipped import starter_lists
from pipeline.errors import UsageError
from workers.cli_options import feeds_from, number_between, settings_from, settings_options
from workers.demo import run_demo
from workers.lifecycle import environment_of, on_stop_signal
from workers.once import run_once
from workers.server import require_free_port
from workers.store import Store, open_store
from workers.supervisor import Child, Supervisor


@click.command(epilog="Example: newswire run french https://example.org/feed.xml --workers 2")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--workers", type=click.IntRange(1, 1024), help="How many worker processes (default: one a core).")
@click.option("--once", is_flag=True, help="Poll every feed once now, process everything, print a summary, end.")
@click.option("--port", type=click.IntRange(0, 65_535), help="The HTTP port (default: any free one).")
@settings_options
def run(
    sources: Sequence[str],
    workers: int | None,
    *,
    once: bool,
    port: int | None,
    config: Path | None,
    data_dir: str | None,
    redis_url: str | None,
) -> None:
    """Run the whole system on this machine.

    SOURCE is a feed address, an OPML file, a text file with an address a line, the name of a starter list, or - for
    a list on stdin; its feeds are added to the feed list.
    """
    settings = settings_from(config, data_dir, redis_url, workers__count=workers, http__port=port)
    named = feeds_from(sources)
    if not once:
        require_free_port(settings.http)
    with open_store(settings) as store:
        store.feeds.add_folder_weights(named.folder_weights)
        added = store.feeds.add(named.feeds)
        if not store.feeds.count():
            raise UsageError(_offer())
        if added:
            click.echo(f"newswire: {len(added)} feeds added, {store.feeds.count()} on the list", err=True)
        if once:
            with _supervisor(store, workers=_worker_count(store)):
                click.echo(json.dumps(run_once(store)))
        else:
            _keep_running(store, daemons=1, workers=_worker_count(store))


def _offer() -> str:
    names = ", ".join(starter_lists())
    return (
        "there is no feed to follow yet; give an address, an OPML file or a starter list "
        f"({names}), for example: newswire run french"
    )


def _worker_count(store: Store) -> int:
    return store.settings.workers.count or os.cpu_count() or 1


def _supervisor(store: Store, *, daemons: int = 0, workers: int = 0, burst: bool = False) -> Supervisor:
    children = [Child(f"daemon-{n}", "workers.daemon_process") for n in range(daemons)]
    children += [Child(f"worker-{n}", "workers.worker", ["--burst"] if burst else []) for n in range(workers)]
    return Supervisor(
        children=children,
        environment=environment_of(store.settings),
        grace_seconds=store.settings.workers.grace_seconds,
        tend=store.tend,
        restart=not burst,
    )


def _keep_running(store: Store, *, daemons: int = 0, workers: int = 0) -> None:
    """Run the processes until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    on_stop_signal(stop.set)
    with _supervisor(store, daemons=daemons, workers=workers):
        stop.wait()


@click.command(epilog="Example: newswire daemon --redis-url redis://10.0.0.5:6379/0 --port 8080")
@click.option("--port", type=click.IntRange(0, 65_535), help="The HTTP port (default: any free one).")
@settings_options
def daemon(port: int | None, config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Run the polling daemon alone; any number share one Redis."""
    settings = settings_from(config, data_dir, redis_url, http__port=port)
    require_free_port(settings.http)
    with open_store(settings) as store:
        _keep_running(store, daemons=1)


@click.command(epilog="Example: newswire worker --count 4 --redis-url redis://10.0.0.5:6379/0")
@click.option("--count", type=click.IntRange(1, 1024), default=1, show_default=True, help="How many processes.")
@click.option("--burst", is_flag=True, help="End when the queue is empty.")
@settings_options
def worker(count: int, *, burst: bool, config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Run worker processes alone, on any machine that reaches the Redis."""
    settings = settings_from(config, data_dir, redis_url)
    with open_store(settings) as store:
        if not burst:
            _keep_running(store, workers=count)
            return
        with _supervisor(store, workers=count, burst=True) as supervisor:
            supervisor.wait()


@click.command(epilog="Example: newswire demo")
@click.option("--seconds", type=number_between(5, 600), default=45.0, show_default=True, help="Longest duration.")
def demo(seconds: float) -> None:
    """Show everything with no network: sample feeds served on loopback, followed for a few seconds."""
    run_demo(at_most_seconds=seconds)
