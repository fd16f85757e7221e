"""Raw arrays: as bytes below protocol 5, as buffers that are not copied from it on."""

import pickle
import struct

import zoo
from ways import PROTOCOLS, refused, ways

LARGE = [float(number) for number in range(1000)]


def test_arrays_come_back():
    for made in (zoo.Samples(LARGE, [1, 2, 65535], b"abc" * 100), zoo.Samples([]), zoo.Samples([1.0], [], b"")):
        for back in ways(made):
            assert (back.first, back.second, back.third) == (made.first, made.second, made.third)


def test_state_of_an_array_is_bytes_and_count():
    state = zoo.Samples([1.0, 2.0], None, b"x").__getstate__()
    assert state == (struct.pack("<2d", 1, 2), 2, "samples", None, 0, b"x")


def test_large_arrays_leave_without_a_copy():
    samples, buffers = zoo.Samples(LARGE, [7] * 200, b"y" * 300), []
    data = pickle.dumps(samples, 5, buffer_callback=buffers.append)
    assert len(data) < 200
    assert type(buffers[0].raw().obj).__name__ == "RawArray"
    assert [buffer.raw().nbytes for buffer in buffers] == [8000, 400, 300]
    assert all(buffer.raw().readonly for buffer in buffers)
    assert buffers[0].raw().tobytes() == struct.pack("<1000d", *LARGE)
    for give in (bytes, bytearray, memoryview, lambda raw: raw[::1], pickle.PickleBuffer):
        back = pickle.loads(data, buffers=[give(buffer.raw()) for buffer in buffers])
        assert back.first == LARGE and back.second == [7] * 200 and back.third == b"y" * 300
    back = pickle.loads(data, buffers=buffers)
    assert back.first == LARGE


def test_a_view_of_a_part_is_no_view_of_the_whole():
    data = bytes(range(256)) * 2
    for view in (memoryview(data)[16:], memoryview(data)[::2], memoryview(data)[::-1], memoryview(data)[:8]):
        expected = view.tobytes()
        samples = zoo.Samples([])
        samples.__setstate__((b"", 0, "s", None, 0, view))
        assert bytes(samples.third) == expected


def test_whatever_holds_bytes_is_taken():
    import array
    import mmap

    expected = struct.pack("<2d", 1, 2)
    with mmap.mmap(-1, 16) as mapped:
        mapped[:] = expected
        for holder in (array.array("d", [1.0, 2.0]), mapped, bytearray(expected)):
            samples = zoo.Samples([])
            samples.__setstate__((holder, 2, "s", None, 0, b""))
            assert samples.first == [1.0, 2.0]


def test_nothing_changes_while_a_buffer_lives():
    samples, buffers = zoo.Samples(LARGE), []
    data = pickle.dumps(samples, 5, buffer_callback=buffers.append)
    before = buffers[0].raw().tobytes()
    refused(RuntimeError, "Already borrowed", samples.change)
    refused(RuntimeError, "Already borrowed", samples.__setstate__, samples.__getstate__())
    assert pickle.loads(pickle.dumps(samples)).first == LARGE
    assert buffers[0].raw().tobytes() == before
    view = memoryview(buffers[0])
    del samples, buffers
    assert view.tobytes() == before
    del view
    again = pickle.loads(data, buffers=[before])
    again.change()
    assert again.first == []


def test_lies_about_arrays_are_refused():
    samples = zoo.Samples([1.0, 2.0])
    before = samples.__getstate__()
    for first, count in [(b"x" * 16, 1000), (b"x" * 15, 1), (b"x" * 16, -1), (b"x" * 16, 2**60), ("x", 0), (3, 0)]:
        refused(TypeError, "Samples.first", samples.__setstate__, (first, count, "s", None, 0, b""))
        assert samples.__getstate__() == before
        refused(TypeError, "Samples.first", zoo.Samples._from_state, zoo.Samples, first, count, "s", None, 0, b"")


def test_bicycles_have_no_rubbish_in_their_padding():
    for _ in range(20):
        bicycles = zoo.Bicycles([(7, 199.0), (21, 399.0)] * 50)
        assert bicycles.__getstate__()[0] == struct.pack("<i4xdi4xd", 7, 199.0, 21, 399.0) * 50
        for protocol in PROTOCOLS:
            assert pickle.loads(pickle.dumps(bicycles, protocol)).data == bicycles.data


def test_bytes_that_another_machine_may_have_otherwise_are_refused():
    refused(TypeError, "Shelves cannot be picklable: expected elements whose layout is described", zoo.register_opaque)
