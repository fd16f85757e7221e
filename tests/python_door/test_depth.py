"""How deep values may be inside one another, and what is said of those that are deeper."""

import pickle
import sys
import threading

import zoo

# Each floor stands in a list of its own, and the last has an empty one.
DEEPEST = 127


def raises(error, function, *args):
    try:
        function(*args)
    except error as raised:
        return str(raised)
    raise AssertionError(f"no {error.__name__}")


def on_a_thread(run, stack):
    """What `run` gives, on a thread with so many bytes of stack."""
    given = []
    before = threading.stack_size(stack)
    thread = threading.Thread(target=lambda: given.append(run()))
    thread.start()
    threading.stack_size(before)
    thread.join()
    return given[0]


def test_the_default_depth_fits_a_thread_of_two_mebibytes():
    def there_and_back():
        for tower in (zoo.Tower, zoo.PackedTower):
            again = pickle.loads(pickle.dumps(tower(DEEPEST), 5))
            assert again.levels == DEEPEST
        return True

    assert on_a_thread(there_and_back, 2 << 20)


def test_what_is_deeper_is_refused_with_the_setting_that_a_module_has():
    for tower in (zoo.Tower, zoo.PackedTower):
        said = raises(pickle.PicklingError, pickle.dumps, tower(DEEPEST + 1))
        assert said == (
            f"{tower.__name__}: expected objects nested no deeper than the limit "
            "(`state_core::python::set_depth` raises it, which takes a larger stack), "
            "found Kind nested deeper, or in a cycle"
        ), said


def test_a_raised_depth_holds_for_all_classes():
    before = sys.getrecursionlimit()

    def deep():
        try:
            zoo.set_depth(200)
            # For Python's own pickler, which goes into each list and tuple.
            sys.setrecursionlimit(5000)
            pickles = [pickle.dumps(tower(199), 5) for tower in (zoo.Tower, zoo.PackedTower)]
            raises(pickle.PicklingError, pickle.dumps, zoo.Tower(200))
            assert [pickle.loads(pickled).levels for pickled in pickles] == [199, 199]
        finally:
            zoo.set_depth(128)
            sys.setrecursionlimit(before)
        for pickled in pickles:
            said = raises(pickle.UnpicklingError, pickle.loads, pickled)
            assert "set_depth" in said and "or in a cycle" in said, said
        return True

    assert on_a_thread(deep, 16 << 20)
