"""Types for which Python has a class: its own objects in the state, and these and what extends them taken."""

import datetime
import decimal
import enum
import pickle
import uuid
from datetime import date, time, timedelta, timezone
from decimal import Decimal

import zoo
from ways import PROTOCOLS, pickled, refused, ways

MOMENT = datetime.datetime(1999, 12, 31, 23, 30, 1, 999999)
PLUS_1 = timezone(timedelta(hours=1))

#: The slots of `Natural`, in their order, each with values that come back as they are.
SLOTS = {
    "date": [date(2024, 2, 29), date.min, date.max],
    "time": [time(), time(23, 59, 59, 999999), time(0, 0, 0, 1)],
    "naive": [MOMENT, datetime.datetime.min, datetime.datetime.max],
    "utc": [at.replace(tzinfo=timezone.utc) for at in (MOMENT, datetime.datetime.min, datetime.datetime.max)],
    "zoned": [
        MOMENT.replace(tzinfo=timezone(offset))
        for offset in (timedelta(0), timedelta(hours=1), timedelta(hours=-9.5), timedelta(seconds=86399))
    ],
    "delta": [
        timedelta(),
        timedelta(microseconds=-1),
        timedelta(40, 3, 5),
        timedelta(-999999999),
        timedelta(999999999),
    ],
    "id": [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.UUID("12345678-9abc-def0-1234-56789abcdef0")],
    "whole": [0, 1, -1, 127, 128, -128, -129, 2**63 - 1, 2**63, -(2**63), -(2**64), 10**4000, -(256**1000)],
    "natural": [0, 1, 127, 128, 255, 256, 2**63, 2**64, 10**4000],
    "price": [Decimal("1.50"), Decimal("-0.00"), Decimal("1E-28"), Decimal(2**96 - 1), Decimal("0.000001")],
    "lasting": [(0, 0), (3, 999)],
    "since": [(0, 0), (-3, 999)],
}
NAMES = list(SLOTS)


def state_with(name, value):
    state = list(zoo.Natural.make().__getstate__())
    state[NAMES.index(name)] = value
    return tuple(state)


def given(name, value):
    """What stands in the slot of an object that was made with a value there."""
    return zoo.Natural._from_state(zoo.Natural, *state_with(name, value)).__getstate__()[NAMES.index(name)]


def test_the_state_holds_pythons_own_objects():
    assert [type(slot) for slot in zoo.Natural.make().__getstate__()] == [
        date, time, datetime.datetime, datetime.datetime, datetime.datetime, timedelta, uuid.UUID, int, int,
        Decimal, tuple, tuple,
    ]  # fmt: skip
    assert zoo.Natural.make().__getstate__()[3].tzinfo is timezone.utc
    assert zoo.Natural.make().__getstate__()[4].tzinfo is timezone.utc


def test_every_class_comes_back_in_every_way():
    for name, values in SLOTS.items():
        for value in values:
            state = state_with(name, value)
            made = zoo.Natural._from_state(zoo.Natural, *state)
            assert made.__getstate__() == state, (name, value)
            assert repr(made.__getstate__()) == repr(state)
            for back in ways(made):
                assert repr(back.__getstate__()) == repr(state)
            set_ = zoo.Natural.make()
            set_.__setstate__(state)
            assert repr(set_.__getstate__()) == repr(state)


def test_rust_has_the_same_values():
    state = (
        date(2024, 2, 29), time(1, 2, 3, 4), MOMENT, MOMENT.replace(tzinfo=timezone.utc),
        MOMENT.replace(tzinfo=PLUS_1), timedelta(microseconds=-1), uuid.UUID(int=5), -(2**100), 2**100,
        Decimal("-1.50"), timedelta(2, 3, 4), datetime.datetime(1970, 1, 2, tzinfo=timezone.utc),
    )  # fmt: skip
    made = zoo.Natural._from_state(zoo.Natural, *state)
    assert made.shown() == [
        "2024-02-29", "01:02:03.000004", "1999-12-31T23:30:01.999999", "1999-12-31T23:30:01.999999Z",
        "1999-12-31T23:30:01.999999+01:00", "(0, -1000)", str(state[6]), str(-(2**100)), str(2**100),
        "-1.50", "172803.000004s",
    ]  # fmt: skip
    assert made.__getstate__()[-1] == (86400, 0)


def test_what_python_cannot_hold_is_numbers_and_comes_back():
    # Parts of a microsecond, leap seconds, other years.
    for name, numbers in [
        ("date", (0,)),
        ("date", (3652060,)),
        ("time", (5, 1)),
        ("time", (59, 1_999_999_000)),
        ("naive", (1, 2, 3)),
        ("utc", (-5, 0, 0)),
        ("zoned", (1, 0, 0, -1)),
        ("delta", (0, 999)),
        ("delta", (2**52, 0)),
    ]:
        assert given(name, numbers) == numbers
        for back in ways(zoo.Natural._from_state(zoo.Natural, *state_with(name, numbers))):
            assert back.__getstate__()[NAMES.index(name)] == numbers
    # Of what the image can hold, each type of Rust's says itself what it is not.
    for name, numbers in [("date", (2**31,)), ("time", (86400, 0)), ("time", (1, 10**9)), ("zoned", (1, 0, 0, 86400))]:
        refused((TypeError, pickle.UnpicklingError), "Natural", given, name, numbers)
    for name, numbers in [("date", (2**32,)), ("time", (1,)), ("naive", (1, 2)), ("delta", (1, -(2**33)))]:
        refused(TypeError, f"Natural.{name}", given, name, numbers)


class Day(date):
    pass


class Moment(datetime.datetime):
    def __reduce_ex__(self, protocol):
        raise AssertionError("nobody asks")


class Span(timedelta):
    pass


class Finer(datetime.datetime):
    """As pandas has it: more than a microsecond."""

    nanosecond = 1

    def __eq__(self, other):
        return False


class Color(enum.IntEnum):
    RED = 3


class Number(int):
    def to_bytes(self, *_args, **_named):
        raise AssertionError("nobody asks")

    bit_length = to_bytes


class Summer(datetime.tzinfo):
    def utcoffset(self, moment):
        return timedelta(hours=2 if moment.month in range(4, 10) else 1, minutes=30 * moment.fold)

    def tzname(self, moment):
        return "summer"

    def dst(self, moment):
        return None


class Nowhere(Summer):
    def utcoffset(self, moment):
        return None


class Broken(Summer):
    def utcoffset(self, moment):
        raise KeyError("broken")


def test_subclasses_are_what_their_base_is():
    assert given("date", Day(2024, 2, 29)) == date(2024, 2, 29)
    assert given("naive", Moment(2024, 2, 29, 1)) == datetime.datetime(2024, 2, 29, 1)
    assert given("delta", Span(1)) == timedelta(1)
    assert given("whole", Color.RED) == 3 and given("natural", Number(2**70)) == 2**70
    assert given("whole", Number(-(2**200))) == -(2**200)
    refused(TypeError, "Natural.naive", given, "naive", Finer(2024, 1, 1))


def test_time_zones_of_every_kind():
    july = datetime.datetime(2024, 7, 1, 12, tzinfo=Summer())
    assert repr(given("zoned", july)) == repr(july.replace(tzinfo=timezone(timedelta(hours=2))))
    assert repr(given("utc", july)) == repr(datetime.datetime(2024, 7, 1, 10, tzinfo=timezone.utc))
    folded = datetime.datetime(2024, 1, 1, 12, fold=1, tzinfo=Summer())
    assert given("utc", folded) == datetime.datetime(2024, 1, 1, 10, 30, tzinfo=timezone.utc)
    named = MOMENT.replace(tzinfo=timezone(timedelta(hours=1), "CET"))
    assert given("zoned", named) == named and given("utc", named) == named
    try:
        import zoneinfo

        berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    except (ImportError, KeyError):
        return  # Python 3.8, or a machine without time zones
    twice = datetime.datetime(2024, 10, 27, 2, 30, tzinfo=berlin)
    assert given("utc", twice).hour == 0 and given("utc", twice.replace(fold=1)).hour == 1


def test_fold_of_a_time_without_a_zone_is_not_kept():
    twice = datetime.datetime(2024, 10, 27, 2, 30, fold=1)
    assert repr(given("naive", twice)) == repr(twice.replace(fold=0))
    assert repr(given("time", time(2, 30, fold=1))) == repr(time(2, 30))


def test_what_does_not_fit_is_refused_with_its_field():
    made = zoo.Natural.make()
    before = made.__getstate__()
    aware = MOMENT.replace(tzinfo=timezone.utc)
    for name, value, words in [
        ("date", MOMENT, "expected date, found datetime.datetime"),
        ("date", "2024-02-29", "expected date, found str '2024-02-29'"),
        ("date", None, "expected date, found None"),
        ("time", MOMENT, "expected time of day, found datetime.datetime"),
        ("time", time(1, tzinfo=timezone.utc), "expected time of day, found datetime.time"),
        ("naive", aware, "expected date and time without a time zone"),
        ("naive", date(2024, 1, 1), "found datetime.date"),
        ("utc", MOMENT, "expected date and time in UTC, found datetime.datetime"),
        ("utc", MOMENT.replace(tzinfo=Nowhere()), "expected date and time in UTC"),
        ("utc", MOMENT.replace(tzinfo=Broken()), "expected date and time in UTC"),
        ("zoned", MOMENT, "expected date and time in a time zone"),
        ("zoned", MOMENT.replace(tzinfo=timezone(timedelta(microseconds=1))), "in a time zone"),
        ("delta", 5, "expected difference of times, found int 5"),
        ("delta", datetime.datetime.now(), "expected difference of times"),
        ("id", "12345678-9abc-def0-1234-56789abcdef0", "expected UUID, found str"),
        ("id", 5, "expected UUID, found int 5"),
        ("id", b"short", "expected UUID, found bytes of length 5"),
        ("whole", 1.0, "expected integer of any size, found float 1.0"),
        ("whole", True, "found bool True"),
        ("whole", "1", "found str '1'"),
        ("natural", -1, "not negative, found int -1"),
        ("natural", -(2**200), "not negative, found int"),
        ("price", 1.5, "expected decimal number of up to 96 bits, with at most 28 decimal places, found float 1.5"),
        ("price", "1.5", "found str '1.5'"),
        ("price", Decimal("NaN"), "found decimal.Decimal"),
        ("price", Decimal("1E-29"), "found decimal.Decimal"),
        ("lasting", timedelta(-1), "expected duration, found datetime.timedelta"),
        ("since", MOMENT, "expected point in time, found datetime.datetime"),
    ]:
        refused(TypeError, f"Natural.{name}: ", made.__setstate__, state_with(name, value))
        refused(TypeError, words, made.__setstate__, state_with(name, value))
        refused(TypeError, words, zoo.Natural._from_state, zoo.Natural, *state_with(name, value))
        assert made.__getstate__() == before


def test_bytes_of_a_uuid_are_taken():
    assert given("id", bytes(range(16))) == uuid.UUID(bytes=bytes(range(16)))


class Price(Decimal):
    def __str__(self):
        raise AssertionError("nobody asks")


def test_decimal_numbers_of_subclasses_and_contexts():
    assert given("price", Price("1.50")) == Decimal("1.50")
    with decimal.localcontext(decimal.Context(prec=2, capitals=0)):
        assert given("price", Decimal("1.2345E-10")) == Decimal("1.2345E-10")


def test_inside_of_others_and_beside_objects():
    owner = [1]
    diary = zoo.Diary(owner)
    # The years of chrono go beyond Python's.
    assert diary.__getstate__() == (owner, {date(1970, 1, 1): [], (95745399,): [None]})
    state = (owner, {date(2024, 1, day): [None, 10**day] for day in range(1, 32)})
    diary.__setstate__(state)
    for protocol in PROTOCOLS:
        assert pickled(diary, protocol).__getstate__() == state
    refused(TypeError, "Diary.pages[key of entry 1]", diary.__setstate__, (owner, {date(2024, 1, 1): [], time(1): []}))
    assert diary.__getstate__() == state


def test_pickles_name_no_class_but_those_of_the_types():
    import pickletools

    globals_ = set()
    for opcode, argument, _ in pickletools.genops(pickle.dumps(zoo.Natural.make(), 0)):
        if opcode.name == "GLOBAL":
            globals_.add(argument)
    assert {name for name in globals_ if not name.startswith(("zoo", "copy_reg", "__builtin__"))} == {
        "datetime date", "datetime time", "datetime datetime", "datetime timedelta", "datetime timezone",
        "uuid UUID", "decimal Decimal", "_codecs encode",
    }, globals_  # fmt: skip
