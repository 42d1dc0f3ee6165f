"""Every error of ours, as a tree. Expected trouble (a timeout, a bad date) is a value, never an exception.

NewswireError               one clear line: what, which, why, what to do
├── UsageError              the command was called wrongly               exit 2
├── SettingsError           a setting is unknown or out of range         exit 2
├── FeedListError           an OPML or URL list cannot be read           exit 1
├── ArchiveError            the folder of raw documents cannot be read   exit 1
├── StoreError              Redis: cannot be reached or must not be used exit 1
│   ├── StoreUnreachable    no answer at the configured address
│   ├── StoreUnfit          wrong version or eviction policy
│   └── EmbeddedStoreError  the embedded Valkey cannot be started
├── PortInUse               the HTTP port is taken                       exit 1
└── ScriptError             a Lua script was called against its contract (a bug)
"""

from __future__ import annotations


class NewswireError(Exception):
    """An error whose text is one line for a person; `exit_code` is what the command ends with."""

    exit_code = 1


class UsageError(NewswireError):
    """The command was called wrongly."""

    exit_code = 2


class SettingsError(NewswireError):
    """A setting is unknown, of the wrong type or out of range."""

    exit_code = 2


class FeedListError(NewswireError):
    """A list of feeds (OPML or text) cannot be read, or a feed is not on ours."""


class ArchiveError(NewswireError):
    """The folder of raw documents cannot be read."""


class StoreError(NewswireError):
    """Redis cannot be used."""


class StoreUnreachable(StoreError):
    """No Redis answers at the configured address."""


class StoreUnfit(StoreError):
    """The Redis that answers would lose data: wrong version or eviction policy."""


class EmbeddedStoreError(StoreError):
    """The embedded Valkey cannot be started in the data directory."""


class PortInUse(NewswireError):
    """The HTTP port cannot be bound."""


class ScriptError(NewswireError):
    """A Lua script was called with keys or arguments that its header does not name."""
