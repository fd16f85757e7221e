"""Raw arrays come back from whatever shows their bytes, as NumPy takes them."""

import array
import ctypes
import mmap
import pickle
from multiprocessing import shared_memory

import zoo
from ways import refused

RAW = b"".join(bytes([0, 0, 0, 0, 0, 0, 0xF0, 0x3F]) for _ in range(100))


def pickle_of():
    buffers = []
    data = pickle.dumps(zoo.Samples([1.0] * 100), 5, buffer_callback=buffers.append)
    assert len(buffers) == 1 and bytes(buffers[0]) == RAW
    return data


def mapped(raw):
    made = mmap.mmap(-1, len(raw))
    made[:] = raw
    return made


def test_buffers_of_every_kind():
    data = pickle_of()
    kinds = [
        RAW,
        bytearray(RAW),
        memoryview(RAW),
        memoryview(RAW).cast("b"),
        memoryview(RAW).cast("c"),
        memoryview(RAW).cast("d"),
        memoryview(bytearray(RAW))[::1],
        memoryview(b"x".join(bytes([byte]) for byte in RAW))[::2],
        array.array("b", RAW),
        array.array("B", RAW),
        array.array("d", RAW),
        (ctypes.c_byte * len(RAW)).from_buffer_copy(RAW),
        (ctypes.c_ubyte * len(RAW)).from_buffer_copy(RAW),
        (ctypes.c_char * len(RAW)).from_buffer_copy(RAW),
        (ctypes.c_double * 100).from_buffer_copy(RAW),
        mapped(RAW),
        pickle.PickleBuffer(RAW),
    ]
    for kind in kinds:
        assert pickle.loads(data, buffers=[kind]).first == [1.0] * 100, kind
    for wrong in (RAW[:-1], array.array("b", RAW[:-1]), memoryview(RAW).cast("b")[:4], array.array("f", RAW)):
        refused(TypeError, "Samples.first", pickle.loads, data, buffers=[wrong])


def test_shared_memory():
    shared = shared_memory.SharedMemory(create=True, size=len(RAW))
    try:
        shared.buf[: len(RAW)] = RAW
        view = shared.buf[: len(RAW)]
        assert pickle.loads(pickle_of(), buffers=[view]).first == [1.0] * 100
        view.release()
    finally:
        shared.close()
        shared.unlink()


def test_bytes_of_a_sign_are_no_list_of_bytes():
    kinds = zoo.Kinds.make()
    state = list(kinds.__getstate__())
    place = state.index(b"\x00\xff\n")
    state[place] = array.array("b", [-1])
    refused(TypeError, "Kinds.bytes", kinds.__setstate__, tuple(state))


def test_buffers_of_numpy_and_pyarrow():
    data = pickle_of()
    try:
        import numpy
    except ImportError:
        pass
    else:
        for kind in ("u1", "i1", "f8", ">f8"):
            raw = numpy.frombuffer(RAW, kind)
            if kind == ">f8":
                raw = numpy.frombuffer(RAW, "f8").astype(kind)
            assert pickle.loads(data, buffers=[raw]).first == [1.0] * 100, kind
    try:
        import pyarrow
    except ImportError:
        return
    assert pickle.loads(data, buffers=[pyarrow.py_buffer(RAW)]).first == [1.0] * 100
    samples = zoo.Samples([1.0], None, bytes(range(256)))
    kept = []
    data = pickle.dumps(samples, 5, buffer_callback=kept.append)
    assert pickle.loads(data, buffers=[pyarrow.py_buffer(kept[0])]).third == bytes(range(256))


def test_memory_that_shows_signed_bytes_is_bytes():
    samples = zoo.Samples([1.0], None, bytes(range(256)))
    kept = []
    data = pickle.dumps(samples, 5, buffer_callback=kept.append)
    raw = bytes(kept[0])
    for memory in ((ctypes.c_byte * 256).from_buffer_copy(raw), memoryview(raw).cast("b"), memoryview(raw).cast("c")):
        assert bytes(pickle.loads(data, buffers=[memory]).third) == raw
    for numbers in (array.array("b", raw), memoryview(array.array("b", raw)), memoryview(raw).cast("b", (16, 16))):
        refused(TypeError, "Samples.third", pickle.loads, data, buffers=[numbers])
