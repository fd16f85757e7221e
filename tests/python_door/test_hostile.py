"""Streams and states that nobody wrote: an error, and never a broken object."""

import array
import datetime
import pickle
import random
import uuid

import zoo
from ways import refused

CLASSES = ["Person", "Frozen", "Fixed", "Refusing", "Kinds", "Open", "Dog", "Puppy", "Node", "Team", "Shape", "Samples"]
CLASSES += ["Natural", "Arrays", "Grids", "Lists", "Simple"]
CLASSES = [name for name in CLASSES if hasattr(zoo, name)]
THINGS = [
    None, True, 0, -1, 2**31, 2**64, 2**200, 1.5, float("nan"), "", "text", "\ud800", b"", b"bytes", bytearray(b"x"),
    (), (1,), (None,), [], [1], {}, {"a": 1}, {1: 2}, set(), {1}, frozenset(), object(), int, zoo.Person, Ellipsis,
    zoo.Person("p", 1), memoryview(b"view"), pickle.PickleBuffer(b"buffer"), zoo.Color.Red, [[[[[]]]]], range(3),
    datetime.date(2024, 1, 1), datetime.time(1), datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(1),
    uuid.UUID(int=1), array.array("d", [1]), array.array("B"), ((1, 2), bytes(16)), memoryview(bytes(8)).cast("d"),
]  # fmt: skip


def maker(name):
    return getattr(getattr(zoo, name), "_from_state", None) or zoo._Fixed_from_state


def test_random_states():
    numbers = random.Random(1)
    for _ in range(20_000):
        class_ = getattr(zoo, numbers.choice(CLASSES))
        state = [numbers.choice(THINGS) for _ in range(numbers.randrange(8))]
        try:
            made = maker(class_.__name__)(class_, *state)
        except (TypeError, pickle.UnpicklingError):
            continue
        assert isinstance(made, class_)
        repr(made)
        if hasattr(made, "__getstate__"):
            made.__getstate__()


def test_random_states_of_live_objects():
    numbers = random.Random(2)
    lives = [zoo.Person("p", 1), zoo.Refusing(1, 2), zoo.Kinds.make(), zoo.Puppy("Rex", 9), zoo.Samples([1.0])]
    for _ in range(20_000):
        live = numbers.choice(lives)
        before = live.__getstate__()
        state = list(before)
        for _ in range(numbers.randrange(3)):
            state[numbers.randrange(len(state))] = numbers.choice(THINGS)
        if numbers.randrange(10) == 0:
            state = numbers.choice([state[:-1], state + [numbers.choice(THINGS)], dict(enumerate(state))])
        state = tuple(state) if isinstance(state, list) else state
        try:
            live.__setstate__(state)
        except (TypeError, pickle.UnpicklingError, AttributeError):
            assert live.__getstate__() == before
        else:
            live.__setstate__(before)
            assert live.__getstate__() == before


def test_random_streams():
    numbers = random.Random(3)
    node = zoo.Node("n")
    node.next, node.children = node, [zoo.Child(node, 1)]
    things = [zoo.Kinds.make(), node, zoo.Puppy("Rex", 9), zoo.Shape.Named("n", [1]), zoo.Samples([1.0] * 100)]
    streams = [pickle.dumps(thing, protocol) for thing in things for protocol in range(6)]
    for _ in range(5_000):
        stream = bytearray(numbers.choice(streams))
        for _ in range(numbers.randrange(1, 4)):
            stream[numbers.randrange(len(stream))] = numbers.randrange(256)
        try:
            made = Careful(bytes(stream)).load()
        except Exception:  # noqa: BLE001, S112
            continue
        repr(made)
        if not isinstance(made, type):
            getattr(made, "__getstate__", str)()


class Careful(pickle._Unpickler):
    """Finds nothing but what these streams need: a random one could name anything. In Python, because the one in C
    takes gigabytes for a random number of a place in the memo."""

    def __init__(self, stream):
        import io

        super().__init__(io.BytesIO(stream))

    def find_class(self, module, name):
        if module == "zoo" or (module, name) in {("builtins", "getattr"), ("__builtin__", "getattr"),
                                                 ("_codecs", "encode")}:  # fmt: skip
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


def test_slots_by_position():
    person = zoo.Person("Dave", 30)
    person.__setstate__({1: 31})
    assert (person.name, person.age) == ("Dave", 31)
    refused(TypeError, "has no slot 2", person.__setstate__, {2: 0})
    refused(TypeError, "has no slot -1", person.__setstate__, {-1: 0})
    refused(TypeError, "no such attribute", person.__setstate__, {"nick": 0})
    refused(TypeError, "expected a tuple", person.__setstate__, "state")
    refused(TypeError, "Person.age: expected i32, found str '31'", person.__setstate__, ("Dave", "31"))
    assert (person.name, person.age) == ("Dave", 31)


def test_attributes_are_tested_before_anything_is_set():
    person = Loose("Dave", 30)
    refused(TypeError, "names of attributes", person.__setstate__, ("Eve", 31, {3: 4}))
    assert person.name == "Dave"
    person.__setstate__(("Eve", 31, {"nick": "E"}))
    assert (person.name, person.nick) == ("Eve", "E")


class Loose(zoo.Person):
    pass


def test_each_refusal_names_the_class():
    form, _ = zoo.Person("Dave", 30).__reduce_ex__(4)[:2]
    named, (schema,) = form.__reduce__()
    error = pickle.UnpicklingError
    refused(error, "Person: expected a schema, found damaged bytes at byte 1", named, b"junk")
    refused(error, "Person: expected a schema, found damaged bytes at byte", named, schema[:-3])
    refused(error, "Person: expected a state of the bases that the class has", named, schema, schema)
    refused(TypeError, "Person: expected the schemas of the class and its bases, as bytes", named, "text")
    refused(TypeError, "Person: expected a form that this version of the class knows; update", named, 99)
    refused(TypeError, "Person: expected a class, and the slots of its state", zoo.Person._from_state, 1)
    # Those in native bytes too, whatever is wrong with them.
    for thing in zoo.Natural.make(), zoo.Person("Dave", 30):
        form, slots = thing.__reduce_ex__(4)[:2]
        if len(slots) == 1 and isinstance(slots[0], bytes):
            for bytes_ in slots[0][:-1], slots[0][:9], b"", b"junk" * 9:
                refused((error, TypeError), f"{type(thing).__name__}", form, bytes_)


class Restricted(pickle.Unpickler):
    """Finds nothing but the names that it is given, as the guide lists them."""

    def __init__(self, data, names):
        import io

        super().__init__(io.BytesIO(data))
        self.names, self.found = names, set()

    def find_class(self, module, name):
        self.found.add(f"{module}.{name}")
        if f"{module}.{name}" not in self.names:
            raise pickle.UnpicklingError(f"{module}.{name} is refused")
        return super().find_class(module, name)


def test_the_names_that_pickles_of_a_class_need():
    things = {"Person": zoo.Person("Dave", 30), "Loose": Loose("Dave", 30), "Samples": zoo.Samples([1.0], None, b"x")}
    things.update(Kinds=zoo.Kinds.make(), Shape=zoo.Shape.Named("n", [1]), Color=zoo.Color.Red)
    for name, thing in things.items():
        base = "Person" if name == "Loose" else name
        for protocol in range(6):
            names = {f"zoo.{base}.__form__"}
            if protocol < 4:
                builtins = "builtins" if protocol == 3 else "__builtin__"
                names = {f"{builtins}.getattr", f"zoo.{base}"}
                names |= {f"{builtins}.set"} if name == "Kinds" else set()
            if protocol < 3:
                names |= {"_codecs.encode"}
            names |= {f"{__name__}.Loose"} if name == "Loose" else set()
            data = pickle.dumps(thing, protocol)
            restricted = Restricted(data, names)
            assert type(restricted.load()) is type(thing)
            assert restricted.found == names, (name, protocol)
            for one in names:
                refused(pickle.UnpicklingError, f"{one} is refused", Restricted(data, names - {one}).load)


class Raising:
    """Each method of it that is asked for raises an exception."""

    def __init__(self, exception):
        self.exception = exception

    def __getattr__(self, name):
        raise self.exception


class RaisingSet(set):
    exception = None

    def __iter__(self):
        raise self.exception


class RaisingZone(datetime.tzinfo):
    exception = None

    def utcoffset(self, _):
        raise self.exception


def raising(exception):
    RaisingSet.exception = RaisingZone.exception = exception
    return Raising(exception), RaisingSet([1]), datetime.datetime(2024, 1, 1, tzinfo=RaisingZone())


def test_interruptions_are_raised_and_other_exceptions_are_causes():
    told = interrupted = 0
    for live in zoo.Kinds.make(), zoo.Natural.make():
        state = live.__getstate__()
        for place in range(len(state)):
            for number in range(3):
                for exception in ValueError("mine"), KeyboardInterrupt("mine"), SystemExit(3):
                    wrong = list(state)
                    wrong[place] = raising(exception)[number]
                    for restore in live.__setstate__, lambda wrong, live=live: live.__reduce_ex__(4)[0](*wrong):
                        try:
                            restore(tuple(wrong))
                        except (TypeError, pickle.UnpicklingError) as reason:
                            told += reason.__cause__ is exception
                        except (KeyboardInterrupt, SystemExit) as reason:
                            assert reason is exception
                            interrupted += 1
                    assert live.__getstate__() == state
    assert interrupted == 2 * told > 50, (interrupted, told)
