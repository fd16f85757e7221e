"""What goes out comes back: every class at every protocol, by pickle, copy and deepcopy, without its constructors."""

import copy
import io
import pickle
import threading

import zoo
from ways import PROTOCOLS, pickled, refused, ways


def test_person_at_every_protocol():
    for back in ways(zoo.Person("Dave", 30)):
        assert type(back) is zoo.Person
        assert (back.name, back.age) == ("Dave", 30)


def test_packed_state():
    one = zoo.Packed("Dave", 30)
    assert one.__getstate__() == ("Dave", 30)
    for back in ways(one):
        assert type(back) is zoo.Packed and back.__getstate__() == ("Dave", 30)
    from_slots, (packed,) = one.__reduce_ex__(4)
    for bad in (packed[:-1], packed + b"x", b"", b"text", packed[:8] + b"\0" * 8 + packed[16:]):
        refused(pickle.UnpicklingError, "", from_slots, bad)
    refused(TypeError, "Packed.age: expected i32", from_slots, "Dave", "x")
    sub = SubPacked("Dave", 30)
    sub.nick = "D"
    for back in ways(sub):
        assert type(back) is SubPacked and (back.name, back.age, back.nick) == ("Dave", 30, "D")


class SubPacked(zoo.Packed):
    pass


def test_constructors_do_not_run():
    odd = zoo.Person("Dave", 30)
    odd.age = -1  # which the constructor refuses
    for back in ways(odd):
        assert back.age == -1


def test_pythons_own_pickler_writes_the_same():
    person = zoo.Person("Dave", 30)
    for protocol in PROTOCOLS:
        out = io.BytesIO()
        pickle._Pickler(out, protocol).dump(person)
        assert pickle._loads(out.getvalue()).name == "Dave"
        assert pickle.loads(out.getvalue()).age == 30


def test_frozen_class_without_constructor():
    for back in ways(zoo.Frozen.make("f", [0.5, -0.0])):
        assert type(back) is zoo.Frozen and (back.label, back.weights) == ("f", [0.5, 0.0])
    assert not hasattr(zoo.Frozen, "__setstate__")


def test_class_of_immutable_type():
    if not hasattr(zoo, "Fixed"):
        return  # for the stable ABI, and Python 3.9
    for back in ways(zoo.Fixed.make(2**64 - 1)):
        assert type(back) is zoo.Fixed and back.value == 2**64 - 1


def test_class_bound_to_a_thread():
    for back in ways(zoo.Bound_.make(5)):
        assert back.value == 5


def test_every_kind_of_slot():
    before = zoo.Kinds.make().__getstate__()
    assert before == (
        True, "ß", -128, 2**128 - 1, -(2**127), -0.0, "Grüße 🚲", None, (None,), [(1, "one"), (-2, "")],
        b"\x00\xff\n", {"a", "b"}, {"k": [1, 2]}, (7, "in"),
        [("Empty",), ("Circle", 0.5), ("Both", ("Empty",), ("Circle", 1.0))], [1, -2, 3], (), 9,
    )  # fmt: skip
    for back in ways(zoo.Kinds.make()):
        assert back.__getstate__() == before


def test_a_missing_slot_has_its_default():
    state = zoo.Kinds.make().__getstate__()
    kinds = zoo.Kinds.make()
    kinds.__setstate__(state[:-1])
    assert kinds.__getstate__() == state[:-1] + (0,)
    made = zoo.Kinds._from_state(zoo.Kinds, *state[:-1])
    assert made.__getstate__() == state[:-1] + (0,)


def test_own_dict_and_weakref():
    with_dict = zoo.Open(3)
    for back in ways(with_dict):
        assert back.value == 3 and back.__dict__ == {}
    with_dict.extra = [with_dict, "x"]
    for back in ways(with_dict, shallow=False):
        assert back.extra[0] is back and back.extra[1] == "x"


def test_hook_rebuilds_and_refuses():
    for back in ways(zoo.Refusing(2, 5)):
        assert (back.low, back.high, back.width) == (2, 5, 3)
    refused(pickle.UnpicklingError, "low is above high", zoo.Refusing._from_state, zoo.Refusing, 5, 2)
    live = zoo.Refusing(2, 5)
    refused(pickle.UnpicklingError, "low is above high", live.__setstate__, (5, 2))
    assert (live.low, live.high, live.width) == (2, 5, 3)


def test_a_live_object_with_a_base_keeps_what_is_skipped():
    live, saddle = zoo.Rider("Bella", 60), object()
    live.saddle, live.limit = saddle, 80
    live.__setstate__(("Max", 70))
    assert (live.name, live.letters, live.weight, live.limit) == ("Max", 3, 70, 80)
    assert live.saddle is saddle
    refused(pickle.UnpicklingError, "too heavy", live.__setstate__, ("Rex the second", 90))
    assert (live.name, live.letters, live.weight, live.limit) == ("Max", 3, 70, 80)
    assert live.saddle is saddle
    try:
        live.__setstate__(("Rex the second", 13))
        raise AssertionError("a panic is an exception")
    except BaseException as error:
        assert "thirteen" in str(error), error
    assert (live.name, live.weight, live.limit) == ("Max", 70, 80) and live.saddle is saddle
    for back in ways(live):
        assert (back.name, back.letters, back.weight, back.limit, back.saddle) == ("Max", 3, 70, None, None)


def test_a_live_object_keeps_what_is_skipped_in_a_list_and_in_a_map():
    live = zoo.Library(["Emma", "Momo"], {1: "Ulysses", 2: "Dune"})
    live.lend()
    live.__setstate__(zoo.Library(["Heidi", "Momo", "It"], {2: "Solaris", 3: "Ubik"}).__getstate__())
    assert live.books() == [("Heidi", 1), ("Momo", 1), ("It", 0), ("Solaris", 1), ("Ubik", 0)]
    for back in ways(live):
        assert back.books() == [("Heidi", 0), ("Momo", 0), ("It", 0), ("Solaris", 0), ("Ubik", 0)]


def test_subclasses_of_python_keep_type_dict_and_slots():
    for make in (NamedPerson, SlottedPerson, DeepPerson):
        one = make("Dave", 30)
        one.nick = "D"
        one.others = [one]
        for back in ways(one, shallow=False):
            assert type(back) is make
            assert (back.name, back.age, back.nick) == ("Dave", 30, "D")
            assert back.others[0] is back
        shallow = copy.copy(one)
        assert type(shallow) is make and shallow.others is one.others


class NamedPerson(zoo.Person):
    def __init__(self, *_):
        assert not getattr(self, "nick", None), "runs when made, and not when loaded"


class SlottedPerson(zoo.Person):
    __slots__ = ("nick", "others", "__hidden")

    def __new__(cls, *arguments):
        assert arguments, "runs when made, and not when loaded"
        return super().__new__(cls, *arguments)


class Mixin:
    def greet(self):
        return "hello"


class DeepPerson(Mixin, SlottedPerson):
    pass


def test_what_a_subclass_of_python_writes_wins():
    one = Custom("Dave", 30)
    one.extra = 1
    for back in ways(one):
        # The pair is the whole state, as on a class of Python: it has not asked for the name.
        assert back.name == "" and back.extra == 2 and not hasattr(back, "lost")
    assert pickled(Reducing("Dave", 30)) == ("reduced", "Dave")


class Custom(zoo.Person):
    def __getstate__(self):
        return {"extra": self.extra + 1}

    def __setstate__(self, state):
        self.__dict__.update(state)


class Reducing(zoo.Person):
    def __reduce__(self):
        return pair, ("reduced", self.name)


def pair(*items):
    return items


def test_what_the_author_of_a_class_wrote_wins():
    assert pickled(zoo.OwnReduce(1)).value == 101
    assert copy.deepcopy(zoo.OwnReduce(1)).value == 101
    for back in ways(zoo.OwnGet("n", "secret")):
        assert (back.name, back.secret) == ("n", "-")
    for back in ways(zoo.OwnSet("n")):
        assert back.name == "n" and back.log == ["set n"]


def test_many_threads_pickle_one_object():
    shared, problems = zoo.Node("shared"), []
    shared.named = {"itself": shared}
    shared.other = [zoo.Person("p", 1)] * 20

    def work():
        try:
            for _ in range(100):
                back = pickled(shared)
                assert back.named["itself"] is back and back.other[0] is back.other[19]
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
