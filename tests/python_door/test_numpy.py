"""NumPy's arrays in the slots of arrays, and Rust's arrays as NumPy's."""

import pickle
import struct

import slots
import zoo
from ways import refused

try:
    import numpy
except ImportError:
    numpy = None  # What needs it is left out; `.ci/run python` has it.


def needs_numpy(test):
    return test if numpy else lambda: None


@needs_numpy
def test_numpy_arrays_of_every_byte_order_and_layout():
    expected = struct.pack("<3d", 1.5, -2.5, 3.5)
    of = numpy.array([1.5, -2.5, 3.5])
    spread = numpy.zeros(6)
    spread[::2] = of
    for holder in (
        of,
        of.astype(">f8"),
        of.astype("=f8"),
        spread[::2],
        of[::-1].copy()[::-1],
        memoryview(of.astype(">f8")),
        pickle.PickleBuffer(of),
        pickle.PickleBuffer(of.astype(">f8")),
        numpy.require(of, requirements="F"),
    ):
        assert slots.array("floats", holder) == expected, holder
    of.flags.writeable = False
    assert slots.array("floats", of) == expected
    assert slots.array("floats", numpy.array([])) == b""
    assert slots.array("shorts", numpy.array([1, -2], ">i2")) == struct.pack("<2h", 1, -2)
    assert slots.array("flags", numpy.array([True, False, True])) == b"\1\0\1"
    assert slots.array("small", numpy.array([3, 4], "u1")) == b"\3\4"
    assert slots.array("fixed", numpy.array([1, 2, 3], ">f4")) == struct.pack("<3f", 1, 2, 3)
    assert slots.array("vectors", numpy.asfortranarray([[1.0, 2.0], [3.0, 4.0]])) == struct.pack("<4d", 1, 2, 3, 4)
    assert slots.array("huge", numpy.frombuffer(bytes(range(32)), "V16")) == bytes(range(32))
    assert slots.array("one", numpy.int32(7)) == slots.array("one", numpy.array([7], ">i4")) == struct.pack("<i", 7)
    assert slots.array("one", numpy.array(7, ">i4")) == struct.pack("<i", 7)


@needs_numpy
def test_the_payload_of_a_nan_is_kept():
    bits = numpy.array([0x7FF8000000001234, 0xFFF0000000000001, 0x8000000000000000], "u8")
    for order in "<>":
        made = zoo.Arrays()
        slots.changed(
            made,
            slots.ARRAYS,
            "floats",
            bits.view("f8").astype(order + "f8") if order == "<" else bits.astype(">u8").view(">f8"),
        )
        assert made.bits() == bits.tolist()
        assert made.array("floats").view("u8").tolist() == made.view("floats").view("u8").tolist() == bits.tolist()


@needs_numpy
def test_records_are_structured():
    expected = zoo.Arrays().__getstate__()[slots.ARRAYS.index("points")]
    rows = [(1, (0.5, -0.5), -1), (2, (1.0, 2.0), 3)]
    fields = [("kind", "u1"), ("at", "f4", 2), ("id", "i8")]
    for dtype in (
        numpy.dtype(fields, align=True),
        numpy.dtype(fields),
        numpy.dtype([("kind", "u1"), ("at", ">f4", (2,)), ("id", ">i8")]),
        numpy.dtype([("id", "i8"), ("kind", "u1"), ("at", "f4", 2)]),
        numpy.dtype(
            {"names": ["kind", "at", "id"], "formats": ["u1", "(2,)f4", "i8"], "offsets": [30, 2, 16], "itemsize": 40}
        ),
    ):
        of = numpy.zeros(2, dtype)
        for place, row in enumerate(rows):
            for name, value in zip(("kind", "at", "id"), row):
                of[place][name] = value
        shapes = [of, of[:], of.view(numpy.recarray), numpy.repeat(of, 2)[::2]]
        # There are views of fields in their order alone.
        shapes += [memoryview(of), pickle.PickleBuffer(of)] if dtype.names[0] == "kind" and dtype.itemsize < 40 else []
        for shape in shapes:
            assert slots.array("points", shape) == expected, dtype
    refused(
        TypeError,
        "Arrays.points: expected an array of shape [n] of {'names'",
        slots.array,
        "points",
        numpy.zeros(2, [("kind", "u1"), ("at", "f4", 2), ("other", "i8")]),
    )
    assert [(kind, at.tolist(), id) for kind, at, id in zoo.Arrays().array("points").tolist()] == [
        (kind, list(at), id) for kind, at, id in rows
    ]


@needs_numpy
def test_grids_of_every_layout():
    of = numpy.arange(6.0).reshape(2, 3)
    for holder in (
        of,
        of.astype(">f8"),
        numpy.asfortranarray(of),
        numpy.asfortranarray(of.astype(">f8")),
        of.T.copy().T,
        numpy.repeat(of, 2, 1)[:, ::2],
        memoryview(numpy.asfortranarray(of)),
        numpy.asmatrix(of),
    ):
        assert slots.grid("table", holder) == ((2, 3), of.tobytes())
    assert slots.grid("table", numpy.zeros((0, 5))) == ((0, 5), b"")
    for shape in [(), (2,), (1, 2, 3, 1)]:
        of = numpy.ones(shape, ">i2")
        assert slots.grid("any", of) in [(shape, of.astype("<i2").tobytes()), of.astype("<i2").tobytes()]
    assert slots.grid("pixels", numpy.array([[1, 2], [3, 4]], "u1")) == ((2, 2), b"\1\2\3\4")
    assert slots.grid("pixels", numpy.array([[1, 2]], "u1").data) == ((1, 2), b"\1\2")
    refused(
        TypeError,
        "Grids.table: expected an array of shape [n, n] of <f8, found an array of shape [3] of <f8",
        slots.grid,
        "table",
        numpy.zeros(3),
    )
    refused(
        TypeError,
        "Grids.line: expected an array of shape [n] of <i4, found an array of shape [3] of <i8",
        slots.grid,
        "line",
        numpy.zeros(3, "i8"),
    )


@needs_numpy
def test_arrays_of_another_type_are_refused_and_change_nothing():
    arrays = zoo.Arrays([1.0])
    before = arrays.__getstate__()
    for of, words in [
        (numpy.array([1, 2]), "expected an array of shape [n] of <f8, found an array of shape [2] of <i8"),
        (numpy.array([1, 2], "f4"), "found an array of shape [2] of <f4"),
        (numpy.array([1, 2], "f2"), "found an array of shape [2] of <f2"),
        (numpy.zeros(8, "u1"), "found an array of shape [8] of |u1"),
        (numpy.zeros((1, 2)), "found an array of shape [1, 2] of <f8"),
        (numpy.float64(1), "found a single element of <f8"),
        (numpy.array([1j]), "found an array of shape [1] of <c16"),
        (numpy.array(["text"]), "found an array of shape [1] of <U4"),
        (numpy.array([object()]), 'found "|O"'),
        (memoryview(numpy.array([object()])), 'found "|O"'),
        (numpy.array([1], "M8[s]"), "found an array of shape [1] of <M8[s]"),
        (numpy.zeros(2, [("x", "f8")]), "found an array of shape [2] of [('x', '<f8')]"),
        (numpy.zeros(2, "V0"), ""),
        (numpy.ma.array([1.0, 2.0], mask=[0, 1]), "expected an array without a mask, found numpy.ma"),
        (numpy.longdouble(1), ""),
        (deep(40), "records of at most 16 levels"),
    ]:
        for expected in ("Arrays.floats: ", words):
            refused((TypeError, pickle.UnpicklingError), expected, slots.changed, arrays, slots.ARRAYS, "floats", of)
        assert arrays.__getstate__() == before


def deep(levels):
    dtype = numpy.dtype("f8")
    for _ in range(levels):
        dtype = numpy.dtype([("x", dtype)])
    return numpy.zeros(1, dtype)


@needs_numpy
def test_copies_are_python_s_own():
    arrays = zoo.Arrays([1.0, 2.0])
    for field, dtype, shape in [
        ("floats", "f8", (2,)),
        ("flags", "?", (2,)),
        ("points", numpy.dtype([("kind", "u1"), ("at", "f4", 2), ("id", "i8")], align=True), (2,)),
        ("wide", numpy.dtype([("gears", "i8"), ("price", "f8")], align=True), (20,)),
        ("fixed", "f4", (3,)),
        ("vectors", "f8", (3, 2)),
        ("huge", "V16", (1,)),
    ]:
        for of in (arrays.array(field), arrays.view(field)):
            assert type(of) is numpy.ndarray and of.dtype == numpy.dtype(dtype) and of.shape == shape
        assert slots.array(field, arrays.array(field)) == slots.array(field, arrays.view(field))
    del of
    copy = arrays.array("floats")
    copy[0] = 5
    arrays.clear()
    assert copy.tolist() == [5, 2] and arrays.array("floats").shape == (0,)
    assert arrays.array("flags").tolist() == [True, False]
    assert arrays.array("points")["at"].tolist() == [[0.5, -0.5], [1, 2]]
    assert zoo.Grids().any.shape == (2, 1, 2) and zoo.Grids(0, 3).table.shape == (0, 3)


@needs_numpy
def test_views_hold_their_object():
    arrays = zoo.Arrays(slots.LARGE)
    view = arrays.view("floats")
    assert not view.flags.writeable and not view.flags.owndata
    refused(ValueError, "read-only", view.__setitem__, 0, 1.0)
    refused(ValueError, "", setattr, view.flags, "writeable", True)
    refused(RuntimeError, "Already borrowed", arrays.clear)
    refused(RuntimeError, "Already borrowed", arrays.__setstate__, arrays.__getstate__())
    part = view[500:]
    del view, arrays
    assert part.tolist() == slots.LARGE[500:]
    arrays = zoo.Arrays(slots.LARGE)
    del part
    arrays.clear()
    # With padding they are copied, and hold nothing.
    points = arrays.view("points")
    assert not points.flags.writeable and points["id"].tolist() == [-1, 3]
    arrays.clear()
    table = zoo.Grids().table
    assert table.tolist() == [[0, 1, 2], [10, 11, 12]] and not table.flags.writeable
    turned = zoo.Grids()
    turned.turn()
    assert (turned.table == table).all()


@needs_numpy
def test_lists_and_numbers_take_them_too():
    names = ["floats", "words", "bytes", "int", "float", "flag", "raw", "count"]

    def put(name, value):
        return slots.changed(zoo.Lists(), names, name, value)

    assert put("floats", numpy.array([1, 2.5], ">f8")) == [1, 2.5]
    assert put("bytes", numpy.array([1, 2], "u1")) == b"\1\2"
    assert put("int", numpy.int64(-7)) == -7 and put("int", numpy.array(8, "u1")) == 8
    assert put("float", numpy.float32(0.1)) == float(numpy.float32(0.1)) and put("flag", numpy.bool_(True)) is True
    for name, value in [
        ("floats", numpy.array([1])),
        ("words", numpy.array(["x"])),
        ("bytes", numpy.array([1.0])),
        ("int", numpy.float64(1)),
        ("int", numpy.array([1])),
        ("flag", numpy.int8(1)),
        ("int", numpy.int64(2**40)),
    ]:
        refused(TypeError, f"Lists.{name}: ", put, name, value)
    state = list(zoo.Lists().__getstate__())
    state[6:] = [numpy.array([1, 2], ">f8"), 2]
    lists = zoo.Lists()
    lists.__setstate__(tuple(state))
    assert lists.__getstate__()[6:] == (struct.pack("<2d", 1, 2), 2)
