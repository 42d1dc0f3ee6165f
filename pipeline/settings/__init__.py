"""What an operator may change: one frozen value, read once, checked completely.

Rules of this file: no default stands here (the defaults are the shipped `config/newswire.toml`); the type of a
field and the rule beside it (`setting_rules.py`) are all there is to check; a wrong setting is a `SettingsError` of
one line that says where it stands, what it is, and what is allowed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pipeline.errors import SettingsError
from pipeline.model import LONGEST_INTERVAL_SECONDS, SHORTEST_INTERVAL_SECONDS, FullText
from pipeline.setting_rules import Between, Text, accepted, brief, hint, shown, specs
from pipeline.settings.agreement import Word, reconcile

ENVIRONMENT_PREFIX = "NEWSWIRE_"


_INTERVAL = Between(SHORTEST_INTERVAL_SECONDS, LONGEST_INTERVAL_SECONDS, "seconds")
_DAYS = Between(1, 3650, "days")


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How hosts are asked."""

    allow_private_networks: bool
    max_body_bytes: Annotated[int, Between(1024, 1_073_741_824, "bytes")]
    timeout_seconds: Annotated[float, Between(0.1, 600, "seconds")]
    per_host_concurrency: Annotated[int, Between(1, 64)]
    per_host_gap_seconds: Annotated[float, Between(0, 3600, "seconds")]
    politeness_scope: Literal["url", "host", "domain", "platform"]
    concurrency: Annotated[int, Between(1, 10_000)]
    user_agent: Annotated[str, Text(r"[!-~]([ -~]{0,254}[!-~])?", "1 to 256 visible ASCII characters and spaces")]
    max_redirects: Annotated[int, Between(0, 20)]
    audit_seconds: Annotated[float, _INTERVAL]
    move_confirmations: Annotated[int, Between(1, 1000)]


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """When feeds are polled; always minimum <= interval <= maximum."""

    kind: Literal["adaptive", "fixed"]
    interval_seconds: Annotated[float, _INTERVAL]
    min_interval_seconds: Annotated[float, _INTERVAL]
    max_interval_seconds: Annotated[float, _INTERVAL]


@dataclass(frozen=True, slots=True)
class BudgetSettings:
    """How many polls may be made in a day: by all feeds together, or by each in the mean; at most one of them is set.

    0 is not set; where both are so, it is one for each feed and interval. `requests_per_day` may be `math.inf`: as
    many as hosts and bounds allow.
    """

    requests_per_day: Annotated[float, Between(0, 1_000_000_000, or_unlimited=True)]
    requests_per_feed_per_day: Annotated[float, Between(0, 480)]


@dataclass(frozen=True, slots=True)
class ParseSettings:
    """How much of one document is read."""

    max_entries: Annotated[int, Between(1, 5000)]
    max_text_characters: Annotated[int, Between(1000, 10_485_760, "characters")]
    max_attributes: Annotated[int, Between(16, 256)]
    max_depth: Annotated[int, Between(16, 256)]


@dataclass(frozen=True, slots=True)
class ArticleSettings:
    """What becomes of articles, and for how long."""

    full_text: FullText
    hold_seconds: Annotated[float, Between(0, 86_400, "seconds")]
    tracking_parameters: Annotated[str, Text(r"[!-~ ]{0,4000}", "at most 4000 visible ASCII characters and spaces")]
    page_retry_seconds: Annotated[float, Between(0.5, 86_400, "seconds")]
    stream_days: Annotated[int, _DAYS]
    seen_days: Annotated[int, _DAYS]
    near_duplicate_days: Annotated[int, _DAYS]


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """For how long raw documents are kept on disk, and how much of it they may take; 0 days keep none."""

    days: Annotated[int, Between(0, 3650)]
    most_megabytes: Annotated[int, Between(1, 10_000_000)]


@dataclass(frozen=True, slots=True)
class LogSettings:
    """The form and the level of log lines."""

    format: Literal["auto", "json", "console"]
    level: Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where the HTTP port is; port 0 is any free one."""

    host: Annotated[str, Text(r"[!-~]{1,253}", "a host name or an IP address")]
    port: Annotated[int, Between(0, 65_535)]


@dataclass(frozen=True, slots=True)
class PushSettings:
    """Where hubs reach us ("" = they do not), and how often a feed is polled that a hub pushes reliably."""

    callback_url: Annotated[str, Text(r"(https?://[!-~]{1,1000})?", "an http:// or https:// address, or empty")]
    poll_interval_seconds: Annotated[float, _INTERVAL]


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How many worker processes there are (0: one for each core), what may wait for them, when they must end."""

    count: Annotated[int, Between(0, 1024)]
    most_waiting: Annotated[int, Between(1, 10_000_000)]
    grace_seconds: Annotated[float, Between(0, 3600, "seconds")]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `redis_url` None is the embedded Valkey, kept in `data_dir`."""

    redis_url: Annotated[
        str | None,
        Text(
            r"((redis|rediss|unix|redis\+sentinel)://\S+)?",
            "a redis://, rediss://, unix:// or redis+sentinel:// address, or empty for the embedded Valkey",
            secret=True,
        ),
    ] = field(repr=False)
    data_dir: Annotated[Path, Text(r"[^\0]{1,4096}", "a folder")]
    namespace: Annotated[str, Text(r"[a-z0-9_-]{1,64}", "1 to 64 of a-z, 0-9, _ and -")]
    fetch: FetchSettings
    schedule: ScheduleSettings
    budget: BudgetSettings
    parse: ParseSettings
    articles: ArticleSettings
    archive: ArchiveSettings
    log: LogSettings
    http: HttpSettings
    push: PushSettings
    workers: WorkerSettings


def load(
    *, toml_texts: Sequence[tuple[str, str]], environ: Mapping[str, str], overrides: Mapping[str, object]
) -> Settings:
    """Return the settings that *toml_texts*, *environ* and *overrides* say, the later word being the stronger.

    *toml_texts* are (name, text), the shipped defaults first; of *environ* only `NEWSWIRE_*` is read, an empty
    variable counting as not set; *overrides* are dotted names from the command line, None meaning not given.
    Pure. Raises SettingsError for the first setting that is unknown, of the wrong type or out of range.
    """
    found: dict[str, Word] = {}
    sources = [
        *(_words_of_toml(name, text) for name, text in toml_texts),
        _words_of_environment(environ),
        (Word(name, value, "command line") for name, value in overrides.items() if value is not None),
    ]
    for strength, words in enumerate(sources):
        found.update((word.name, replace(_checked(word), strength=strength)) for word in words)
    missing = sorted(_SPECS.keys() - found.keys())
    if missing:
        raise SettingsError(f"{missing[0]} is set nowhere: the shipped defaults must come first")
    reconcile(found)
    return _assembled({name: word.value for name, word in found.items()})


_SPECS = dict(specs(Settings))
_VARIABLES = {ENVIRONMENT_PREFIX + name.upper().replace(".", "__"): name for name in _SPECS}
SETTING_NAMES = tuple(_SPECS)
"""The dotted name of every setting, in the order of the classes above."""

# --- Who says what -----------------------------------------------------------------------------------------------


def _words_of_toml(source: str, text: str) -> Iterator[Word]:
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{source}: not valid TOML: {' '.join(str(error).split())}") from None
    for key, value in tables.items():
        if isinstance(value, dict) and key not in _SPECS:
            yield from (Word(f"{key}.{inner}", item, source) for inner, item in value.items())
        else:
            yield Word(key, value, source)


# What Kubernetes and Docker put into the environment for a service called "newswire...": not meant for us.
_SERVICE_VARIABLE = re.compile(r"NEWSWIRE(_\w+)?_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_[A-Z]+)?)?)")


def _words_of_environment(environ: Mapping[str, str]) -> Iterator[Word]:
    for variable in sorted(environ):
        if not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        name = _VARIABLES.get(variable)
        if name is not None:
            if environ[variable]:
                yield Word(name, _read(environ[variable], _SPECS[name].type), f"environment variable {variable}")
        elif not _SERVICE_VARIABLE.fullmatch(variable):
            raise SettingsError(f"environment variable {variable}: unknown; {hint(variable, _VARIABLES)}")


def _read(text: str, wanted: type[bool | int | float | str]) -> object:
    """*text* as a value of type *wanted*, or *text* itself, which the check will refuse."""
    if wanted is bool:
        return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower(), text)
    try:
        return wanted(text)
    except ValueError:
        return text


# --- Is it allowed -----------------------------------------------------------------------------------------------


def _checked(word: Word) -> Word:
    spec = _SPECS.get(word.name)
    if spec is None:
        raise SettingsError(f"{word.where}: {brief(word.name)}: unknown setting; {hint(word.name, _SPECS)}")
    value = accepted(word.value, spec)
    if value is None:
        raise SettingsError(f"{word.where}: {word.name}{shown(word.value, spec)}: must be {spec.allowed}")
    return replace(word, value=value)


def _assembled(values: Mapping[str, object]) -> Settings:
    def section(name: str) -> dict[str, Any]:
        return {key.removeprefix(f"{name}."): value for key, value in values.items() if key.startswith(f"{name}.")}

    return Settings(
        redis_url=str(values["redis_url"]) or None,
        data_dir=Path(str(values["data_dir"])),
        namespace=str(values["namespace"]),
        fetch=FetchSettings(**section("fetch")),
        schedule=ScheduleSettings(**section("schedule")),
        budget=BudgetSettings(**section("budget")),
        parse=ParseSettings(**section("parse")),
        articles=ArticleSettings(**section("articles")),
        archive=ArchiveSettings(**section("archive")),
        log=LogSettings(**section("log")),
        http=HttpSettings(**section("http")),
        push=PushSettings(**section("push")),
        workers=WorkerSettings(**section("workers")),
    )
