"""Settings: who wins, what is refused, and how clearly."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaded_settings import refusal, settings

from pipeline.adapters.shipped import default_settings_text
from pipeline.errors import SettingsError
from pipeline.settings import SETTING_NAMES, Settings, load
from workers.lifecycle import environment_of


def test_the_shipped_text_alone_is_complete_and_valid() -> None:
    """It is the only source of the defaults that the contract promises."""
    defaults = settings()

    assert defaults.redis_url is None
    assert (defaults.data_dir, defaults.namespace) == (Path("var"), "newswire")
    assert defaults.fetch.max_body_bytes == 10 * 1024 * 1024
    assert (defaults.fetch.timeout_seconds, defaults.fetch.allow_private_networks) == (30.0, False)
    assert (defaults.schedule.kind, defaults.schedule.interval_seconds) == ("adaptive", 900.0)
    assert (defaults.articles.full_text, defaults.log.level) == ("never", "info")


def test_every_setting_is_explained_above_its_line_in_the_shipped_text() -> None:
    """An operator learns unit, default and reason from the file alone."""
    lines = default_settings_text().splitlines()
    tables = tomllib.loads(default_settings_text())
    names = [
        name
        for key, value in tables.items()
        for name in ([f"{key}.{inner}" for inner in value] if isinstance(value, dict) else [key])
    ]

    assert sorted(names) == sorted(SETTING_NAMES)
    for name in names:
        at = next(at for at, line in enumerate(lines) if line.startswith(name.rpartition(".")[2] + " = "))
        assert lines[at - 1].startswith(("#", "min_interval_seconds")), f"{name} is not explained"


def test_no_dataclass_of_settings_has_a_default_of_its_own() -> None:
    """Two sources of a default drift apart."""
    groups = [Settings, *(type(getattr(settings(), field.name)) for field in dataclasses.fields(Settings))]

    for group in filter(dataclasses.is_dataclass, groups):
        assert all(field.default is dataclasses.MISSING for field in dataclasses.fields(group))


def test_the_stronger_word_wins() -> None:
    """Command line over environment over the later file over the earlier file over the defaults."""
    files = [
        "[fetch]\ntimeout_seconds = 1\nmax_redirects = 1\nconcurrency = 1",
        "[fetch]\nmax_redirects = 2\nconcurrency = 2",
    ]
    environ = {"NEWSWIRE_FETCH__CONCURRENCY": "3", "NEWSWIRE_WORKERS__COUNT": "3", "NEWSWIRE_NAMESPACE": "three"}

    found = settings(*files, environ=environ, overrides={"workers.count": 4, "namespace": None})

    assert (found.fetch.timeout_seconds, found.fetch.max_redirects, found.fetch.concurrency) == (1.0, 2, 3)
    assert (found.workers.count, found.namespace) == (4, "three")


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("NEWSWIRE_REDIS_URL", "redis://h:1/2", "redis_url", "redis://h:1/2"),
        ("NEWSWIRE_REDIS_URL", "", "redis_url", None),
        ("NEWSWIRE_DATA_DIR", "/tmp/a b", "data_dir", Path("/tmp/a b")),  # noqa: S108 - never opened
        ("NEWSWIRE_FETCH__ALLOW_PRIVATE_NETWORKS", "true", "fetch.allow_private_networks", True),
        ("NEWSWIRE_FETCH__ALLOW_PRIVATE_NETWORKS", "0", "fetch.allow_private_networks", False),
        ("NEWSWIRE_FETCH__PER_HOST_GAP_SECONDS", "0", "fetch.per_host_gap_seconds", 0.0),
        ("NEWSWIRE_HTTP__PORT", "8080", "http.port", 8080),
        ("NEWSWIRE_LOG__FORMAT", "json", "log.format", "json"),
    ],
)
def test_the_environment_is_read_by_the_type_of_the_setting(
    variable: str, text: str, name: str, value: object
) -> None:
    """The environment has only texts; the contract names these variables."""
    found: object = settings(environ={variable: text, "PATH": "/bin", "NEWSWIREX": "1"})

    for part in name.split("."):
        found = getattr(found, part)
    assert found == value
    assert type(found) is type(value) or isinstance(found, Path)


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        (
            "[fetch]\ntimeout_second = 5",
            "file1: fetch.timeout_second: unknown setting; did you mean fetch.timeout_seconds?",
        ),
        (
            "[fetch]\nx = 5",
            "file1: fetch.x: unknown setting; allowed: fetch.allow_private_networks, fetch.max_body_bytes",
        ),
        ("[fetsch]\ntimeout_seconds = 5", "did you mean fetch.timeout_seconds?"),
        ("[x]\ny = 1", "file1: x.y: unknown setting; allowed: redis_url, "),
        ("timeout_seconds = 5", "file1: timeout_seconds: unknown setting; did you mean fetch.timeout_seconds?"),
        ("fetch = 5", "file1: fetch: unknown setting"),
        ("namespace = {a = 1}", "file1: namespace = a table: must be 1 to 64 of a-z, 0-9, _ and -"),
        ("namespace = 'News'", "file1: namespace = 'News': must be 1 to 64 of a-z"),
        (
            "[fetch]\ntimeout_seconds = '30'",
            "file1: fetch.timeout_seconds = '30': must be a number from 0.1 to 600 seconds",
        ),
        ("[fetch]\ntimeout_seconds = true", "file1: fetch.timeout_seconds = true: must be a number"),
        ("[fetch]\ntimeout_seconds = nan", "file1: fetch.timeout_seconds = nan: must be a number"),
        ("[fetch]\ntimeout_seconds = inf", "file1: fetch.timeout_seconds = inf: must be a number"),
        ("[fetch]\nmax_redirects = 5.0", "file1: fetch.max_redirects = 5.0: must be a whole number from 0 to 20"),
        ("[fetch]\nmax_redirects = 21", "file1: fetch.max_redirects = 21: must be a whole number from 0 to 20"),
        ("[fetch]\nmax_body_bytes = 9", "must be a whole number from 1024 to 1073741824 bytes"),
        ("[fetch]\nallow_private_networks = 1", "fetch.allow_private_networks = 1: must be true or false"),
        ('[fetch]\nuser_agent = "a\\r\\nX: y"', "fetch.user_agent = 'a\\r\\nX: y': must be 1 to 256 visible ASCII"),
        ("[schedule]\nkind = 'sometimes'", "file1: schedule.kind = 'sometimes': must be one of adaptive, fixed"),
        (
            "[schedule]\ninterval_seconds = 0.4",
            "schedule.interval_seconds = 0.4: must be a number from 0.5 to 2678400 seconds",
        ),
        ("[fetch]\ntimeout_seconds = 0x" + "f" * 5000, "fetch.timeout_seconds = a very long number: must be"),
        ("[fetch\ntimeout_seconds = 1", "file1: not valid TOML: "),
        ("a = 1\nb = ?", "file1: not valid TOML: Invalid value (at line 2, column 5)"),
        ("a = 1\na = 2", "file1: not valid TOML: "),
        ("a = " + "[" * 5000, "file1: not valid TOML: "),
        ("a = " + "9" * 5000, "file1: not valid TOML: "),
        ("data_dir = ''", "file1: data_dir = '': must be a folder"),
    ],
)
def test_a_wrong_file_is_refused_with_place_value_and_what_is_allowed(toml: str, expected: str) -> None:
    """A typing mistake that is silently ignored is found weeks later."""
    message = refusal(toml)

    assert expected in message
    assert "\n" not in message
    assert len(message) < 1200


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {"NEWSWIRE_FETCH__TIMEOUT": "5"},
            "environment variable NEWSWIRE_FETCH__TIMEOUT: unknown; did you mean NEWSWIRE_FETCH__TIMEOUT_SECONDS?",
        ),
        ({"NEWSWIRE_REDISURL": "x"}, "did you mean NEWSWIRE_REDIS_URL?"),
        ({"NEWSWIRE_FETCH__Q": "x"}, "allowed: NEWSWIRE_FETCH__ALLOW_PRIVATE_NETWORKS"),
        (
            {"NEWSWIRE_HTTP__PORT": "80 80"},
            "environment variable NEWSWIRE_HTTP__PORT: http.port = '80 80': must be a whole number",
        ),
        ({"NEWSWIRE_FETCH__ALLOW_PRIVATE_NETWORKS": "maybe"}, "= 'maybe': must be true or false"),
    ],
)
def test_a_wrong_variable_is_refused_by_its_name(environ: dict[str, str], expected: str) -> None:
    """The operator looks for the name that was typed, not for ours."""
    assert expected in refusal(environ=environ)


def test_variables_that_an_orchestrator_sets_for_a_service_are_not_ours() -> None:
    """Kubernetes and Docker announce a service called newswire in every container beside it."""
    environ = {
        "NEWSWIRE_SERVICE_HOST": "10.0.0.1",
        "NEWSWIRE_SERVICE_PORT": "80",
        "NEWSWIRE_SERVICE_PORT_HTTP": "80",
        "NEWSWIRE_PORT": "tcp://10.0.0.1:80",
        "NEWSWIRE_PORT_80_TCP_ADDR": "10.0.0.1",
        "NEWSWIRE_REDIS_PORT_6379_TCP": "tcp://10.0.0.2:6379",
    }

    assert settings(environ=environ) == settings()


def test_a_wrong_override_names_the_command_line() -> None:
    """The same check holds for what was typed a second ago."""
    assert refusal(overrides={"http.port": 70_000}) == (
        "command line: http.port = 70000: must be a whole number from 0 to 65535"
    )


@pytest.mark.parametrize("url", ["http://me:secret@h", "me:secret@h:6379", "sentinel://me:secret@h/0", "redis://"])
def test_an_address_of_redis_that_cannot_be_is_refused_without_showing_it(url: str) -> None:
    """Error messages end up in tickets; the address holds the password."""
    message = refusal(environ={"NEWSWIRE_REDIS_URL": url})

    assert message.startswith(
        "environment variable NEWSWIRE_REDIS_URL: redis_url: must be a redis://, rediss://, unix://"
    )
    assert "secret" not in message


def test_the_password_is_not_in_the_printed_settings() -> None:
    """Settings are printed when something is looked into."""
    assert "secret" not in repr(settings(environ={"NEWSWIRE_REDIS_URL": "redis://me:secret@h"}))


def test_a_process_that_is_started_has_the_settings_of_its_starter() -> None:
    """All of them go through its environment, the unlimited ones too."""
    toml = "[budget]\nrequests_per_day = 'unlimited'\n[fetch]\nallow_private_networks = true\nmax_redirects = 3"
    found = settings(toml, overrides={"data_dir": "/var/lib/newswire"})

    assert settings(environ=environment_of(found)) == found


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    """A settings file is written by hand: whatever stands in it, no traceback comes out."""
    try:
        settings(text)
    except SettingsError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right


def test_without_the_shipped_defaults_nothing_is_assumed() -> None:
    """A packaging mistake must be seen at once."""
    with pytest.raises(SettingsError, match="is set nowhere"):
        load(toml_texts=[], environ={}, overrides={})
