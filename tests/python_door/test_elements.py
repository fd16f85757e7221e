"""Arrays that show their elements, and those of several dimensions: as bytes in the state, so that nobody needs NumPy
for them, and back from whatever shows such elements."""

import array
import pickle
import struct
import subprocess
import sys

import slots
import zoo
from ways import refused, ways


def test_state_of_an_array_is_its_bytes():
    state = dict(zip(slots.ARRAYS, zoo.Arrays([1.0, 2.0]).__getstate__()))
    assert state["floats"] == struct.pack("<2d", 1, 2)
    assert state["shorts"] is None
    assert state["flags"] == b"\1\0" and state["small"] == b"\0\xff"
    assert state["points"] == struct.pack("<B3x2fxxxxqB3x2fxxxxq", 1, 0.5, -0.5, -1, 2, 1, 2, 3)
    assert state["vectors"] == struct.pack("<6d", *range(1, 7))
    assert state["huge"] == (1 << 100).to_bytes(16, "little") and state["one"] == struct.pack("<i", -5)


def test_state_of_a_grid_is_its_shape_and_bytes():
    state = dict(zip(slots.GRIDS, zoo.Grids().__getstate__()))
    assert state["line"] == struct.pack("<3i", 1, 2, 3)
    assert state["table"] == ((2, 3), struct.pack("<6d", 0, 1, 2, 10, 11, 12))
    assert state["any"] == ((2, 1, 2), bytes(8))
    turned = zoo.Grids()
    turned.turn()
    assert turned.__getstate__() == zoo.Grids().__getstate__()


def test_arrays_come_back_in_every_way():
    for made in (zoo.Arrays(), zoo.Arrays(slots.LARGE), zoo.Arrays([float("nan"), -0.0])):
        for back in ways(made):
            assert back.shown() == made.shown() and back.bits() == made.bits()
    for made in (zoo.Grids(), zoo.Grids(0, 3), zoo.Grids(50, 40)):
        for back in ways(made):
            assert back.shown() == made.shown()


def test_large_arrays_leave_without_a_copy():
    buffers = []
    pickle.dumps(zoo.Arrays(slots.LARGE), 5, buffer_callback=buffers.append)
    assert [(type(buffer.raw().obj).__name__, buffer.raw().nbytes) for buffer in buffers] == [
        ("RawArray", 8000),
        ("RawArray", 320),
    ]
    buffers, turned = [], zoo.Grids(50, 40)
    data = pickle.dumps(turned, 5, buffer_callback=buffers.append)
    assert [type(buffer.raw().obj).__name__ for buffer in buffers] == ["RawArray"] and len(data) < 300
    assert buffers[0].raw().readonly
    del buffers
    turned.turn()
    pickle.dumps(turned, 5, buffer_callback=(buffers := []).append)
    assert type(buffers[0].raw().obj) is bytes and buffers[0].raw().nbytes == 16000


def test_whatever_shows_its_elements_is_taken():
    expected = struct.pack("<2d", 1, 2)
    for holder in (
        bytearray(expected),
        memoryview(expected),
        memoryview(bytearray(expected)),
        pickle.PickleBuffer(expected),
        array.array("d", [1, 2]),
        memoryview(array.array("d", [9, 1, 2, 9]))[1:3],
        memoryview(expected).cast("d"),
        memoryview(array.array("d", [1, 9, 2, 9]))[::2],
        array.array("B", expected),
        memoryview(struct.pack("<2d", 2, 1)).cast("d")[::-1],
    ):
        assert slots.array("floats", holder) == expected, holder
    assert slots.array("small", array.array("B", [1, 2])) == b"\1\2"
    assert slots.array("floats", [1, 2.0]) == expected, "a list of numbers"
    refused(
        TypeError,
        "Arrays.floats: expected an array of shape [n] of <f8, found an array of shape [2] of <f4",
        slots.array,
        "floats",
        array.array("f", [1, 2]),
    )
    refused(
        TypeError,
        "Arrays.small: expected an array of shape [n] of |u1, found an array of shape [2] of |i1",
        slots.array,
        "small",
        array.array("b", [1, 2]),
    )
    assert slots.grid("table", memoryview(bytes(48)).cast("B").cast("d", (3, 2))) == ((3, 2), bytes(48))


def test_what_is_not_its_array_is_refused():
    for name, value, words in [
        ("floats", b"x" * 15, "expected a whole number of elements of 8 bytes, found 15 bytes"),
        ("floats", 5, "expected the bytes of f64, found int 5"),
        ("floats", {1.0: 2}, "found dict of length 1"),
        ("floats", {1.0}, "found set of length 1"),
        ("floats", frozenset([1.0, 2.0]), "found frozenset"),
        ("points", [1.0], "found list of length 1"),
        ("floats", None, None),
        ("flags", b"\2", "expected a bool (0 or 1), found 2"),
        ("fixed", b"x" * 16, "exactly 3 elements"),
        ("points", bytes(23), "24 bytes"),
    ]:
        if words is None:
            assert slots.array(name, value) == b""
        else:
            refused(
                (TypeError, pickle.UnpicklingError),
                f"Arrays.{name}{'[0]' if name == 'flags' else ''}: ",
                slots.array,
                name,
                value,
            )
            refused((TypeError, pickle.UnpicklingError), words, slots.array, name, value)
    grids = zoo.Grids()
    before = grids.__getstate__()
    for name, value in [
        ("table", bytes(48)),
        ("table", ((2, 3), bytes(40))),
        ("table", ((2, 3, 1), bytes(48))),
        ("table", ((2**62, 2**62), bytes(48))),
        ("table", ((-2, -3), bytes(48))),
        ("table", ((2, 3), bytes(48), 1)),
        ("table", ((2.0, 3), bytes(48))),
        ("table", None),
        ("line", b"123"),
        ("any", ((0, 2**64), b"")),
    ]:
        refused(TypeError, f"Grids.{name}: ", slots.changed, grids, slots.GRIDS, name, value)
        assert grids.__getstate__() == before
    assert slots.changed(grids, slots.GRIDS, "any", bytes(4)) == bytes(4)
    assert slots.changed(grids, slots.GRIDS, "any", ((), b"\1\0")) == ((), b"\1\0")
    assert slots.changed(grids, slots.GRIDS, "table", ((0, 2**40), b"")) == ((0, 2**40), b"")


def test_nothing_imports_numpy_that_does_not_ask_for_it():
    code = """
import pickle, sys, zoo
made = zoo.Arrays([1.0] * 100)
for protocol in range(6):
    assert pickle.loads(pickle.dumps(made, protocol)).shown() == made.shown()
pickle.loads(pickle.dumps(zoo.Grids()))
made.__setstate__((memoryview(bytes(16)).cast("d"),) + made.__getstate__()[1:])
assert "numpy" not in sys.modules
"""
    subprocess.run([sys.executable, "-B", "-c", code], check=True)


def _sum(arrays):
    return arrays, [sum(arrays.__getstate__()[0][::8]), arrays.shown()]


def test_through_processes():
    import multiprocessing

    made = [zoo.Arrays(slots.LARGE), zoo.Arrays()]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for before, (after, (_, shown)) in zip(made, pool.map(_sum, made)):
            assert after.shown() == shown == before.shown()
