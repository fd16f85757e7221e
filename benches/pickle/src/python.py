"""The child process: holds the data as Python has it, and times what C pickle does with it when it is asked."""
import gc
import pickle
import sys
import time
import types


class Person:
    __slots__ = ("name", "age")

    def __getstate__(self):
        return self.name, self.age

    def __setstate__(self, state):
        self.name, self.age = state


class Place:
    pass


class MyClass:
    __slots__ = ("data", "count")

    def __getstate__(self):
        return pickle.PickleBuffer(self.data) if out_of_band else self.data, self.count

    def __setstate__(self, state):
        self.data, self.count = state


example = sys.modules["example"] = types.ModuleType("example")
for given in Person, Place, MyClass:
    given.__module__ = "example"
    setattr(example, given.__name__, given)

gc.disable()
commands, answers = sys.stdin.buffer, sys.stdout.buffer


def answer(*parts):
    for part in parts:
        answers.write(b"%d\n" % len(part))
        answers.write(part)
    answers.flush()


def interned(value):
    """The keys of dicts as a program has them, whose text they are: each string once."""
    if type(value) is list and type(value[0]) is dict:
        return [{sys.intern(key): part for key, part in one.items()} for one in value]
    return value


def dumps():
    global buffers
    if not out_of_band:
        return pickle.dumps(value, protocol)
    buffers = []
    return pickle.dumps(value, protocol, buffer_callback=buffers.append)


def timed(run, times):
    start = time.thread_time()
    for _ in range(times):
        run()
    answer(repr((time.thread_time() - start) / times).encode())


for line in commands:
    command, *words = line.decode().split()
    if command == "take":
        out_of_band, buffers, protocol = words[0] == "out", [], int(words[1])
        value = interned(pickle.loads(commands.read(int(words[2]))))
        written = dumps()
        answer(written, b"".join(bytes(buffer.raw()) for buffer in buffers))
    elif command == "dumps":
        timed(dumps, int(words[0]))
    else:
        timed(lambda: pickle.loads(written, buffers=buffers), int(words[0]))
