"""The ways out of an object and back that the tests go."""

import copy
import pickle

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def pickled(thing, protocol=None):
    return pickle.loads(pickle.dumps(thing, protocol))


def ways(thing, shallow=True):
    """The object again, by every way that makes another one."""
    for protocol in PROTOCOLS:
        yield pickled(thing, protocol)
    buffers = []
    data = pickle.dumps(thing, 5, buffer_callback=buffers.append)
    yield pickle.loads(data, buffers=buffers)
    yield pickle.loads(data, buffers=[bytearray(buffer.raw()) for buffer in buffers])
    yield pickle.loads(data, buffers=[bytes(buffer.raw()) for buffer in buffers])
    if shallow:
        yield copy.copy(thing)
    yield copy.deepcopy(thing)


def refused(kind, words, call, *arguments, **named):
    """Asserts that a call fails, with words that are in the reason."""
    try:
        call(*arguments, **named)
    except kind as reason:
        assert words in str(reason), f"{words!r} is not in {reason!s}"
    else:
        raise AssertionError(f"no {kind}")
