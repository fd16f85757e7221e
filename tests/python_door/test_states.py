"""What `__getstate__` gives knows by which schemas it was written, wherever a Python subclass keeps it."""

import copy
import io
import json
import pickle

import zoo
from test_changed import Newer, NewerInPython
from ways import PROTOCOLS, refused, ways


class InTuple:
    def __getstate__(self):
        return super().__getstate__(), "own"

    def __setstate__(self, state):
        slots, own = state
        assert own == "own"
        super().__setstate__(slots)


class InDict:
    def __getstate__(self):
        return {"own": 1, "slots": [super().__getstate__()]}

    def __setstate__(self, state):
        super().__setstate__(state["slots"][0])


class Itself:
    def __getstate__(self):
        return super().__getstate__()

    def __setstate__(self, state):
        super().__setstate__(state)


class Behind:
    def __getstate__(self):
        return super().__getstate__() + ("own", 2)

    def __setstate__(self, state):
        assert state[-2:] == ("own", 2)
        super().__setstate__(state[:-2])


class Before:
    def __getstate__(self):
        return ("own",) + super().__getstate__()

    def __setstate__(self, state):
        assert state[0] == "own"
        super().__setstate__(state[1:])


class Told:
    """Has no `__getstate__`."""

    def __setstate__(self, state):
        super().__setstate__(state)


KEEPERS = (InTuple, InDict, Itself, Behind, Before, Told)


def subclasses(name):
    """For each keeper, that of the class as it was. That of the present one is found by its name."""
    for keeper in KEEPERS:
        for age in ("Old", "New"):
            full = f"{age}{name}{keeper.__name__}"
            globals()[full] = type(full, (keeper, getattr(zoo, age + name)), {"__module__": __name__})
        yield globals()[f"Old{name}{keeper.__name__}"]


def reloaded(thing):
    """The thing as the present version of its class loads it, however it was written."""
    for protocol in PROTOCOLS:
        for data in (pickle.dumps(thing, protocol), pickle._dumps(thing, protocol)):
            for unpickler in (Newer, NewerInPython):
                back = unpickler(io.BytesIO(data)).load()
                assert type(back).__name__ == type(thing).__name__.replace("Old", "New")
                yield back


def test_slots_are_matched_by_name_wherever_the_state_is_kept():
    for subclass in subclasses("Size"):
        made = subclass(1.0, 2.0)
        made.tag = ["x"]
        for back in reloaded(made):
            assert (back.width, back.height, back.tag) == (1.0, 2.0, ["x"]), subclass
        for back in ways(made):
            assert (type(back), back.width, back.height, back.tag) == (subclass, 1.0, 2.0, ["x"])


def test_all_that_attributes_say_is_done():
    shown = 'Dave Some(30) ["Elm in Oslo", "Elm in Oslo"] [1, -2] {} 42'
    for subclass in subclasses("Person"):
        for back in reloaded(subclass("Dave")):
            assert back.shown == shown, subclass
    for subclass in subclasses("Child"):
        for back in reloaded(subclass(1, 7)):
            assert (back.first, back.second, back.own) == (1, 0, 7), subclass
    for subclass in subclasses("Packet"):
        for back in reloaded(subclass("p", 9)):
            assert (back.name, back.number, back.sent) == ("p", 9, False), subclass
    for subclass in subclasses("Speed"):
        for back in reloaded(subclass("s", 36.0)):
            assert (back.name, back.speed) == ("s", 10.0), subclass


def test_cycles_go_through_states():
    for subclass in subclasses("Ring"):
        if subclass.__name__ == "OldRingTold":
            # The object is made with its slots, so that it is reached from them before it is there.
            continue
        one, two = subclass(), subclass()
        one.name, two.name = "one", "two"
        one.next, two.next, one.others = two, one, [two, one, "x"]
        for back in reloaded(one):
            assert (back.name, back.next.name, back.count, back.next.count) == ("one", "two", 0, 0)
            assert back.next.next is back and back.others[0] is back.next


def test_a_state_stays_a_tuple():
    state = zoo.OldSize(1.0, 2.0).__getstate__()
    plain = (1.0, 2.0)
    assert isinstance(state, tuple) and state == plain and plain == state and hash(state) == hash(plain)
    assert repr(state) == repr(plain) and json.dumps(state) == json.dumps(plain) and [*state] == [*plain]
    assert (state[0], state[-1], state[::-1], len(state)) == (1.0, 2.0, (2.0, 1.0), 2)
    assert (state + (3,), (0,) + state, state + state, sum([state, (3,)], ())) == (
        (1.0, 2.0, 3), (0, 1.0, 2.0), plain * 2, (1.0, 2.0, 3))  # fmt: skip
    # What is made of other items, as generic code does it, is a tuple.
    assert type(type(state)(slot * 2 for slot in state)) is tuple and type(state)() == ()
    listed = [0]
    listed += state
    assert listed == [0, *plain]
    refused(TypeError, "", lambda: state + [3])
    refused(TypeError, "", lambda: [3] + state)
    refused(IndexError, "", lambda: state[2])
    for other in (copy.copy(state), copy.deepcopy([state])[0], pickle.loads(pickle.dumps(state))):
        assert type(other) is type(state) and other == plain
        back = zoo.OldSize(0.0, 0.0)
        back.__setstate__(other)
        assert (back.width, back.height) == plain


def test_parts_of_a_state_that_are_not_all_of_it_have_no_names():
    state = zoo.OldSize(1.0, 2.0).__getstate__()
    whole = type(state)
    for front in range(4):
        for end in range(4):
            items = (7,) * front + state + (8,) * end
            assert type(items) is whole
            for start in range(-6, len(items) + 2):
                for stop in range(-6, len(items) + 2):
                    part, taken = items[start:stop], range(len(items))[start:stop]
                    assert part == tuple(items)[start:stop]
                    has_all = taken.start <= front and taken.stop >= front + 2
                    assert (type(part) is whole) == has_all, (front, end, start, stop)
                    if has_all:
                        assert part.__reduce__()[1][:2] == (front - taken.start, taken.stop - front - 2)


def test_a_state_that_is_not_that_of_the_class_is_refused():
    size, state = zoo.OldSize(5.0, 6.0), zoo.OldSize(1.0, 2.0).__getstate__()
    put = size.__setstate__
    refused(TypeError, "Size: expected a state of 2 slots, found one more: int 3", put, state + (3,))
    refused(TypeError, "zoo.OldSize: expected the state of a zoo.OldSize, found one behind other items", put, (3,) + state)
    refused(TypeError, "Size.height: expected f64, found a state without it", put, state[:1])
    speed = zoo.OldSpeed("s", 1.0).__getstate__()
    refused(TypeError, "expected the state of a zoo.OldSize, found that of a zoo.OldSpeed", put, speed)
    assert (size.width, size.height) == (5.0, 6.0)
    # Tuples without names, and lists, are taken in order.
    for plain in (tuple(state), [*state], state[::-1][::-1]):
        put(plain)
        assert (size.width, size.height) == (1.0, 2.0)


class OldLenient(zoo.OldStrict):
    def __getstate__(self):
        return super().__getstate__()

    def __setstate__(self, state):
        super().__setstate__(state)


class NewLenient(zoo.NewStrict):
    def __getstate__(self):
        return super().__getstate__()

    def __setstate__(self, state):
        try:
            super().__setstate__(state)
        except pickle.UnpicklingError as reason:
            # It knows better.
            assert "Strict.new" in str(reason)
            super().__setstate__({"kept": state[0], "new": state[1]})


def test_states_that_cannot_be_matched_are_left_to_the_subclass():
    for back in reloaded(OldLenient(1, 2)):
        assert (back.kept, back.new) == (1, 2)
    for subclass in subclasses("Strict"):
        data = pickle.dumps(subclass(1, 2))
        refused(pickle.UnpicklingError, "Strict.new", Newer(io.BytesIO(data)).load)


def test_an_older_state_that_is_pickled_again_keeps_its_names():
    state = zoo.OldSize(1.0, 2.0).__getstate__()
    for protocol in PROTOCOLS:
        older = Newer(io.BytesIO(pickle.dumps([state, state], protocol))).load()
        assert older[0] is older[1] and older[0] == (1.0, 2.0)
        again = pickle.loads(pickle.dumps(copy.deepcopy(older), protocol))
        assert again[0] is again[1]
        for each in (older[0], again[0]):
            back = zoo.NewSize.__form__(*zoo.OldSize(0.0, 0.0).__reduce__()[0].__reduce__()[1])(0.0, 0.0)
            back.__setstate__(each)
            assert (back.width, back.height) == (1.0, 2.0)


def test_names_travel_once_a_pickle_and_no_others_are_asked_for():
    subclass = next(subclasses("Size"))
    made = [subclass(float(number), 0.5) for number in range(100)]
    # Those that the guide lists.
    names = {
        4: {("zoo", "OldSize.__form__")},
        3: {("builtins", "getattr"), ("zoo", "OldSize")},
        2: {("__builtin__", "getattr"), ("zoo", "OldSize"), ("_codecs", "encode")},
    }
    for protocol in PROTOCOLS:
        data = pickle.dumps(made, protocol)
        assert data.count(b"height") == 1 and data.count(b"__form__") == 1
        asked = set()

        class Asked(pickle.Unpickler):
            def find_class(self, module, name):
                asked.add((module, name))
                return super().find_class(module, name)

        assert [back.width for back in Asked(io.BytesIO(data)).load()] == [*range(100)]
        assert asked == names[min(max(protocol, 2), 4)] | {(__name__, "OldSizeInTuple")}


def test_types_of_open_sets_in_a_state():
    rack = zoo.OldRack([0.5, 1.5])
    for protocol in PROTOCOLS:
        state = Newer(io.BytesIO(pickle.dumps(rack.__getstate__(), protocol))).load()
        back = Newer(io.BytesIO(pickle.dumps(zoo.OldRack([])))).load()
        back.__setstate__(state)
        assert back.__getstate__() == ([("zoo.Echo", (0.5, 0)), ("zoo.Echo", (1.5, 0))], "rack")


def test_arguments_that_nobody_wrote():
    form = zoo.OldSize(1.0, 2.0).__getstate__().__reduce__()[0]
    for wrong in ((), (0,), (0, None), ("0", 0), (-1, 0), (1, 0), (2, 1, 1.0, 2.0), (2**64, 0), (2**63 - 1, 2**63 - 1)):
        refused((TypeError, OverflowError), "", form, *wrong)
    state = form(1, 1, 9, 1.0, 2.0, 9)
    assert state[1:-1] == (1.0, 2.0)
    state.__form__ = 3
    refused(TypeError, "", zoo.OldSize(0.0, 0.0).__setstate__, state)
    refused(TypeError, "", pickle.dumps, state)
