"""A second interpreter in one process: newer Pythons refuse the module there in words, older ones share it."""

import os
import sys

import zoo  # noqa: F401, as the first interpreter that imports it has it

CODE = """
import os, sys
sys.path[:] = {path!r}
try:
    import zoo
except ImportError as reason:
    said = str(reason)
else:
    import pickle
    made = zoo.Puppy("Rex", 9)
    backs = [pickle.loads(pickle.dumps(one, p)) for p in range(6) for one in (zoo.Person("Dave", 30), made)]
    states = {{repr(back.__getstate__()) for back in backs}}
    said = "works" if states == {{repr(("Dave", 30)), repr(made.__getstate__())}} else repr(states)
os.write({write}, said.encode())
"""


def test_a_second_interpreter_is_refused_or_works():
    try:
        import _interpreters as interpreters
    except ImportError:
        try:
            import _xxsubinterpreters as interpreters
        except ImportError:
            return
    read, write = os.pipe()
    other = interpreters.create()
    try:
        interpreters.run_string(other, CODE.format(path=sys.path, write=write))
        os.close(write)
        said = os.read(read, 1000).decode()
    finally:
        os.close(read)
        interpreters.destroy(other)
    assert said == "works" or "subinterpreter" in said, said
