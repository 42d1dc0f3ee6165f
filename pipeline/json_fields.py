"""Reads the fields of a JSON object by name and type, and says which one is wrong.

Rules of this file: a field that is absent reads as null; a field of another type raises ValueError naming it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

_Choice = TypeVar("_Choice", bound=str)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one JSON object; *name* in every method is the field's name."""

    values: Mapping[str, object]

    @classmethod
    def of(cls, value: object) -> Fields:
        """Take the fields of *value*, a decoded JSON object; ValueError for any other JSON value."""
        if isinstance(value, dict):
            return cls(value)
        raise _not_an_object(value)

    @classmethod
    def read(cls, text: str | bytes, schema: str) -> Fields:
        """Decode the JSON object *text*; ValueError if its field `schema` is not *schema*."""
        # Not left to json.loads, which tries every encoding first: that is half of what a short text takes.
        string = text if isinstance(text, str) else text.decode("utf-8", "surrogatepass")
        fields = cls.of(json.loads(string))
        if fields.values.get("schema") != schema:
            raise ValueError(f"schema is {_shown(fields.values.get('schema'))}, this version reads {schema!r}")
        return fields

    def text(self, name: str) -> str:
        """Read a string that must be there."""
        value = self.optional_text(name)
        if value is None:
            raise self._wrong(name, "a string")
        return value

    def optional_text(self, name: str) -> str | None:
        """Read a string or null."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(name, "a string or null")

    def whole(self, name: str) -> int:
        """Read a whole number that must be there."""
        value = self.optional_whole(name)
        if value is None:
            raise self._wrong(name, "a whole number")
        return value

    def optional_whole(self, name: str) -> int | None:
        """Read a whole number or null."""
        value = self.values.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise self._wrong(name, "a whole number or null")

    def optional_number(self, name: str) -> float | None:
        """Read a number, as a float, or null."""
        value = self.values.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if value is None:
            return None
        raise self._wrong(name, "a number or null")

    def optional_number_between(self, name: str, low: float, high: float) -> float | None:
        """Read a number from *low* to *high*, as a float, or null."""
        value = self.optional_number(name)
        if value is None or low <= value <= high:
            return value
        raise self._wrong(name, f"a number from {low:g} to {high:g} or null")

    def truth(self, name: str) -> bool:
        """Read true or false."""
        value = self.values.get(name)
        if isinstance(value, bool):
            return value
        raise self._wrong(name, "true or false")

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of strings; absent or null is an empty one."""
        values = self._list(name)
        texts = tuple(value for value in values if isinstance(value, str))
        if len(texts) != len(values):
            raise self._wrong(name, "a list of strings")
        return texts

    def choice(self, name: str, choices: Mapping[str, _Choice]) -> _Choice | None:
        """Read one of the keys of *choices*, as its value, or null."""
        value = self.optional_text(name)
        if value is None or value in choices:
            return None if value is None else choices[value]
        raise self._wrong(name, f"one of {', '.join(choices)}")

    def inner(self, name: str) -> Fields:
        """Read the fields of an object that must be there."""
        value = self.optional_inner(name)
        if value is None:
            raise self._wrong(name, "an object")
        return value

    def optional_inner(self, name: str) -> Fields | None:
        """Read the fields of an object, or None for null."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._wrong(name, "an object or null")
        return Fields(value)

    def inners(self, name: str) -> tuple[Fields, ...]:
        """Read the fields of each object of a list; absent or null is an empty one."""
        return tuple(Fields.of(value) for value in self._list(name))

    def _list(self, name: str) -> list[object]:
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value

    def _wrong(self, name: str, wanted: str) -> ValueError:
        return ValueError(f"field {name!r} is {_shown(self.values.get(name))}, wanted {wanted}")


def _not_an_object(value: object) -> ValueError:
    # Not TypeError: the caller handed over text, and its value is what is wrong.
    return ValueError(f"not a JSON object: {_shown(value)}")


def _shown(value: object) -> str:
    return repr(value)[:60]
