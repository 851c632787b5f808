"""Codecs of single values and collections: canonical forms in which equal values are equal.

In Prismatic's API every value is a text. A list is a JSON array, and a key-value list is a JSON array of
``{"key": …, "value": …}``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.mismatch import Mismatch, Mismatches
from reconciler.text.exact_numbers import as_decimal, dump_json, is_number, load_json, same_number, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_EXPONENT = 400


@dataclass(frozen=True, slots=True)
class Raw:
    """A live text that is not of its declared type; it equals no value of a manifest."""

    text: str


class ValueCodec(ABC):
    """One type of value: YAML and the API's text → canonical form → the API's text and the plan."""

    @abstractmethod
    def parse(self, value: Any) -> Any:
        """Return the canonical form of a manifest's value. Raises ``Mismatch`` if it is not of the type."""

    @abstractmethod
    def read(self, text: str | None) -> Any:
        """Return the canonical form of the API's text, ``None`` if it is unset, ``Raw`` if it is not of the type."""

    @abstractmethod
    def wire(self, canonical: Any) -> str:
        """Return the API's text for a canonical value."""

    def same(self, wanted: Any, current: Any) -> bool:
        """Return whether two canonical values are equal."""
        return bool(wanted == current)

    def agrees(self, value: Any, text: str) -> bool:
        """Return whether a manifest's value and the API's text are equal, as far as their spellings show.

        ``True`` is what a full comparison would return; most values of a large tenant get it, and need no parsing.
        """
        del value, text
        return False

    def show(self, canonical: Any) -> Any:
        """Return the plain value to show in a plan."""
        if canonical is None:
            return None
        return canonical.text if isinstance(canonical, Raw) else self.wire(canonical)


class Text(ValueCodec):
    """STRING, CODE and every other type of plain text; unset and empty are equal."""

    expected = "text"

    def agrees(self, value: Any, text: str) -> bool:
        return bool(value == text)

    def parse(self, value: Any) -> str:
        if not isinstance(value, str):
            raise Mismatch(self.expected, value)
        return value

    def read(self, text: str | None) -> str:
        return text or ""

    def wire(self, canonical: Any) -> str:
        return str(canonical)


class Boolean(ValueCodec):
    """``true`` and ``"true"`` are equal; the API's text is ``"true"`` or ``"false"``."""

    def agrees(self, value: Any, text: str) -> bool:
        return (value is True and text == "true") or (value is False and text == "false")

    def parse(self, value: Any) -> bool:
        found = value if isinstance(value, bool) else self.read(value) if isinstance(value, str) else None
        if not isinstance(found, bool):
            raise Mismatch("true or false", value)
        return found

    def read(self, text: str | None) -> bool | Raw | None:
        if not text:
            return None
        return {"true": True, "false": False}.get(text.strip().lower(), Raw(text))

    def wire(self, canonical: Any) -> str:
        return "true" if canonical else "false"


class Number(ValueCodec):
    """Decimal numbers: ``15``, ``15.0`` and ``"15"`` are equal."""

    def agrees(self, value: Any, text: str) -> bool:
        return type(value) is int and len(text) < LARGEST_EXPONENT and str(value) == text

    def parse(self, value: Any) -> Decimal:
        found = self.read(str(as_decimal(value)) if is_number(value) else value) if _is_numeric(value) else None
        if not isinstance(found, Decimal):
            raise Mismatch("a number", value)
        return found

    def read(self, text: str | None) -> Decimal | Raw | None:
        if not text:
            return None
        if "_" in text or not text.isascii():  # separators and digits that Python alone takes
            return Raw(text)
        try:
            found = Decimal(text.strip())
        except InvalidOperation:
            return Raw(text)
        return found if found.is_finite() and abs(found.adjusted()) <= LARGEST_EXPONENT else Raw(text)

    def wire(self, canonical: Any) -> str:
        if canonical == 0:
            return "0"
        text = format(canonical, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text

    def same(self, wanted: Any, current: Any) -> bool:
        """Equal as decimals, or after the wanted number is rounded to a double, as an API may keep it (``numbers``)."""
        return bool(wanted == current) or self.rounded(wanted, current)

    def rounded(self, wanted: Any, current: Any) -> bool:
        """Return whether the live number is the wanted one without the digits that a double does not keep."""
        if not isinstance(wanted, Decimal) or not isinstance(current, Decimal):
            return False
        return wanted != current and current == Decimal(repr(float(wanted)))


def _form(value: Any, form: str) -> str:
    """Return the advice for a number or a boolean in place of a date or a time: quotes alone do not help."""
    return f"write it as {form}" if isinstance(value, bool) or is_number(value) else ""


class Date(ValueCodec):
    """A calendar day; the API may return it with a time of midnight (``dates``)."""

    def parse(self, value: Any) -> date:
        found = self.read(value) if isinstance(value, str) else None
        if not isinstance(found, date) or len(value.strip()) != len("2026-01-31"):
            raise Mismatch("a date such as 2026-01-31 (text)", value, advice=_form(value, "YYYY-MM-DD"))
        return found

    def read(self, text: str | None) -> date | Raw | None:
        if not text:
            return None
        day, _, time = text.strip().partition("T")
        try:
            found = date.fromisoformat(day)
        except ValueError:
            return Raw(text)
        return found if not time.strip("0:.Z+") else Raw(text)

    def wire(self, canonical: Any) -> str:
        return str(canonical.isoformat())


class Timestamp(ValueCodec):
    """A moment; two spellings of one moment are equal. A moment without an offset is in UTC."""

    def parse(self, value: Any) -> tuple[datetime, str]:
        moment = self._moment(value) if isinstance(value, str) else None
        if moment is None:
            form = "YYYY-MM-DDThh:mm:ssZ"
            raise Mismatch("a moment such as 2026-01-31T08:30:00Z (text)", value, advice=_form(value, form))
        return moment, value.strip()

    def read(self, text: str | None) -> tuple[datetime, str] | Raw | None:
        if not text:
            return None
        moment = self._moment(text)
        return (moment, text.strip()) if moment else Raw(text)

    @staticmethod
    def _moment(text: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        try:
            return aware.astimezone(UTC)
        except OverflowError:
            return None

    def wire(self, canonical: Any) -> str:
        return str(canonical[1])

    def same(self, wanted: Any, current: Any) -> bool:
        """Equal as moments, or after the wanted one is cut to milliseconds, as an API may keep it (``dates``)."""
        if isinstance(wanted, tuple) and isinstance(current, tuple):
            moment: datetime = wanted[0]
            return current[0] in {moment, moment.replace(microsecond=moment.microsecond // 1000 * 1000)}
        return bool(wanted == current)


class Json(ValueCodec):
    """Any JSON; numbers compare by value, and ``true`` is not ``1``."""

    expected: str = "a mapping or a list"

    def parse(self, value: Any) -> Any:
        if not isinstance(value, (dict, list)):
            raise Mismatch(self.expected, value)
        try:
            return load_json(dump_json(value))
        except ValueError:
            raise Mismatch("numbers that JSON knows", value) from None

    def read(self, text: str | None) -> Any:
        if not text or not text.strip():
            return None
        try:
            return load_json(text)
        except (ValueError, RecursionError):
            return Raw(text)

    def wire(self, canonical: Any) -> str:
        return dump_json(canonical, compact=True)

    def same(self, wanted: Any, current: Any) -> bool:
        return same_json(wanted, current)

    def show(self, canonical: Any) -> Any:
        return canonical.text if isinstance(canonical, Raw) else shown(canonical)


class ObjectSelection(Json):
    """``[{object: {key: …}, fields: …}]``."""

    expected = "a list of {object: {key: …}, fields: […]}"

    def parse(self, value: Any) -> Any:
        shaped = isinstance(value, list) and all(
            isinstance(item, dict) and isinstance(item.get("object"), dict) and "key" in item["object"]
            for item in value
        )
        if not shaped:
            raise Mismatch(self.expected, value)
        return super().parse(value)


class ObjectFieldMap(Json):
    """``{fields: [{field: …, mappedObject: …, mappedField: …}]}``."""

    expected = "a mapping {fields: [{field: …, mappedObject: …, mappedField: …}]}"

    def parse(self, value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("fields"), list):
            raise Mismatch(self.expected, value)
        return super().parse(value)


@dataclass(frozen=True, slots=True)
class ValueList(ValueCodec):
    """VALUELIST of any type: an ordered list, each item by the rules of its type."""

    item: ValueCodec

    def agrees(self, value: Any, text: str) -> bool:
        return isinstance(self.item, Text) and _texts(value) and Json().read(text) == value

    def parse(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Mismatch("a list", value)
        found = Mismatches()
        items = tuple(found.of(self.item.parse, item, (index,)) for index, item in enumerate(value))
        found.end()
        return items

    def read(self, text: str | None) -> Any:
        items = Json().read(text)
        if items is None:
            return ()
        if not isinstance(items, list):
            return Raw(text or "")
        return tuple(_read_item(self.item, item) for item in items)

    def wire(self, canonical: Any) -> str:
        return Json().wire([_wire_item(self.item, item) for item in canonical])

    def same(self, wanted: Any, current: Any) -> bool:
        if not isinstance(wanted, tuple) or not isinstance(current, tuple):
            return bool(wanted == current)
        return len(wanted) == len(current) and all(map(self.item.same, wanted, current))

    def show(self, canonical: Any) -> Any:
        if not isinstance(canonical, tuple):
            return canonical.text if isinstance(canonical, Raw) else canonical
        return [self.item.show(item) for item in canonical]


@dataclass(frozen=True, slots=True)
class KeyValueList(ValueCodec):
    """KEYVALUELIST of any type, from a mapping or from a list of ``{key, value}``.

    The values of each key are compared. The order of different keys is not, because the API may change it
    (``key_value_order``). A key can occur twice, and then the order of its values counts.
    """

    item: ValueCodec

    def agrees(self, value: Any, text: str) -> bool:
        if not isinstance(self.item, Text) or not isinstance(value, dict) or not _texts([*value, *value.values()]):
            return False
        return bool(Json().read(text) == [{"key": key, "value": item} for key, item in value.items()])

    def parse(self, value: Any) -> Pairs:
        if not isinstance(value, (dict, list)):
            raise Mismatch("a mapping, or a list of {key: …, value: …}", value)
        found = Mismatches()
        if isinstance(value, dict):
            pairs = tuple((str(key), found.of(self.item.parse, item, (key,))) for key, item in value.items())
        else:
            pairs = tuple(self._parse_pair(found, index, pair) for index, pair in enumerate(value))
        found.end()
        return Pairs(pairs, listed=isinstance(value, list))

    def _parse_pair(self, found: Mismatches, index: int, pair: Any) -> tuple[str, Any]:
        if not isinstance(pair, dict) or set(pair) != {"key", "value"}:
            found.add(Mismatch("{key: …, value: …} with a key that is text", pair, path=(index,)))
            return "", None
        if not isinstance(pair["key"], str):
            found.add(Mismatch("a key that is text", pair["key"], path=(index, "key")))
        return str(pair["key"]), found.of(self.item.parse, pair["value"], (index, "value"))

    def read(self, text: str | None) -> Any:
        items = Json().read(text)
        if items is None:
            return Pairs((), listed=True)
        if not isinstance(items, list) or not all(isinstance(pair, dict) and "key" in pair for pair in items):
            return Raw(text or "")
        return Pairs(tuple((str(pair["key"]), _read_item(self.item, pair.get("value"))) for pair in items), listed=True)

    def wire(self, canonical: Any) -> str:
        return Json().wire(
            [{"key": key, "value": _wire_item(self.item, item)} for key, item in canonical.pairs]
        )  # fmt: skip

    def same(self, wanted: Any, current: Any) -> bool:
        if not isinstance(wanted, Pairs) or not isinstance(current, Pairs):
            return bool(wanted == current)
        ours, theirs = (sorted(each.pairs, key=_key) for each in (wanted, current))
        return len(ours) == len(theirs) and all(
            mine[0] == other[0] and self.item.same(mine[1], other[1]) for mine, other in zip(ours, theirs, strict=True)
        )

    def show(self, canonical: Any) -> Any:
        if not isinstance(canonical, Pairs):
            return canonical.text if isinstance(canonical, Raw) else canonical
        keys = [key for key, _ in canonical.pairs]
        if len(set(keys)) == len(keys):
            return {key: self.item.show(item) for key, item in canonical.pairs}
        return [{"key": key, "value": self.item.show(item)} for key, item in canonical.pairs]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The canonical form of a key-value list; ``listed`` if the manifest writes a list of pairs."""

    pairs: tuple[tuple[str, Any], ...]
    listed: bool


def _texts(value: Any) -> bool:
    return isinstance(value, list) and set(map(type, value)) <= {str}


def _is_numeric(value: Any) -> bool:
    return isinstance(value, str) or is_number(value)


def _key(pair: tuple[str, Any]) -> str:
    return pair[0]


def _read_item(codec: ValueCodec, item: Any) -> Any:
    """Return an item's canonical form; a JSON array may hold its text or the JSON value."""
    if isinstance(item, str):
        return codec.read(item)
    if item is None:
        return codec.read(None)
    return codec.read(dump_json(item))


def _wire_item(codec: ValueCodec, item: Any) -> Any:
    """Return an item as the array holds it: a structure as JSON, any other value as text."""
    return item if isinstance(codec, Json) else codec.wire(item)


def same_json(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal: numbers by every digit, ``true`` never ``1``, in any order of keys."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if is_number(one) and is_number(other):
        return same_number(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return bool(one == other)


SCALARS: Mapping[str, ValueCodec] = {
    "STRING": Text(),
    "CODE": Text(),
    "CREDENTIAL": Text(),
    "PICKLIST": Text(),
    "BOOLEAN": Boolean(),
    "NUMBER": Number(),
    "DATE": Date(),
    "TIMESTAMP": Timestamp(),
    "SCHEDULE": Text(),
    "JSONFORM": Json(),
    "OBJECTSELECTION": ObjectSelection(),
    "OBJECTFIELDMAP": ObjectFieldMap(),
}
"""By ``RequiredConfigVariable.dataType``; CONNECTION has rules of its own."""
