"""What authors of classes write of the methods of pickle does what it does on a class of Python."""

import copy
import copyreg
import pickle
from concurrent.futures import ThreadPoolExecutor

import zoo
from ways import PROTOCOLS, pickled, refused, ways


def test_a_pair_is_the_whole_state():
    account = zoo.Account("Dave", "hunter2", [7] * 1000)
    for back in ways(account):
        assert (back.owner, back.password, back.entries) == ("Dave", "", [7] * 1000)
    for protocol in PROTOCOLS[3:]:
        data = pickle.dumps(account, protocol)
        assert b"hunter2" not in data and len(data) < 8_150
    sub = SubAccount("Dave", "hunter2", [1])
    for back in ways(sub):
        assert type(back) is SubAccount and (back.owner, back.password, back.entries) == ("Dave", "", [1])
    assert b"hunter2" not in pickle.dumps(sub)


class SubAccount(zoo.Account):
    pass


def test_a_pair_with_arguments_for_new():
    keyed = zoo.Keyed({"k": 1})
    keyed.value = 9
    for back in ways(keyed):
        assert (back.key, back.value) == ({"k": 1}, 9)


def test_setstate_alone_is_given_the_derived_state_once():
    own = zoo.OwnSet("text" * 1000)
    for protocol in PROTOCOLS:
        data = pickle.dumps(own, protocol)
        assert data.count(b"texttext") and len(data) < 4_200
        assert pickle.loads(data).log == ["set " + "text" * 1000]


def test_getstate_alone_with_a_dict_of_slots():
    for back in ways(zoo.Listed("Dave", "hunter2")):
        assert (back.name, back.secret) == ("Dave", "")
    assert b"hunter2" not in pickle.dumps(zoo.Listed("Dave", "hunter2"))


class Quiet(zoo.Person):
    def __getstate__(self):
        return {"nick": self.nick}

    def __setstate__(self, state):
        vars(self).update(state)


class Passing(zoo.Person):
    def __getstate__(self):
        return super().__getstate__(), self.nick.upper()

    def __setstate__(self, state):
        super().__setstate__(state[0])
        self.nick = state[1]


class Item(zoo.FrozenNode):
    def __getstate__(self):
        return "state"

    def __setstate__(self, state):
        self.state = state


class Employee(zoo.Team):
    def __getstate__(self):
        return "state"

    def __setstate__(self, state):
        self.state = state


def test_a_pair_of_a_subclass_is_the_whole_state():
    quiet, passing = Quiet("Dave" * 100, 30), Passing("Dave" * 100, 30)
    quiet.nick = quiet.other = passing.nick = "d"
    for back in ways(quiet):
        assert type(back) is Quiet and (back.name, back.age, vars(back)) == ("", 0, {"nick": "d"})
    for protocol in PROTOCOLS:
        assert b"DaveDave" not in pickle.dumps(quiet, protocol)
        assert pickle.dumps(passing, protocol).count(b"Dave" * 100) == 1
    for back in ways(passing):
        assert (back.name, back.age, back.nick) == ("Dave" * 100, 30, "D")
    # What was pickled when the slots went along loads as it did.
    class Plain(zoo.Person):
        pass

    make, arguments = Plain("Dave", 30).__reduce_ex__(4)[:2]
    back = make(Quiet, *arguments[1:])
    back.__setstate__({"nick": "d"})
    assert (back.name, back.age, back.nick) == ("Dave", 30, "d")


def test_values_without_which_no_object_is_made_go_along_with_a_pair():
    for back in ways(Item([1])):
        assert (back.items, back.state) == ([1], "state")
    for back in ways(Employee(zoo.Person("Dave", 30), None, [])):
        assert (back.lead.name, back.state) == ("Dave", "state")


class Counted(zoo.Person):
    def __getstate__(self):
        return {"count": self.count + 1}


class Silent(zoo.Person):
    def __getstate__(self):
        return None


class Replaced(zoo.Person):
    def __getstate__(self):
        return ("Eve", self.age)


def test_getstate_alone_of_a_subclass():
    counted = Counted("Dave", 30)
    counted.count, counted.other = 1, "x"
    for back in ways(counted):
        assert (back.name, back.age, back.count, vars(back)) == ("Dave", 30, 2, {"count": 2})
    silent = Silent("Dave", 30)
    silent.other = "x"
    for back in ways(silent):
        assert (back.name, vars(back)) == ("Dave", {})
    for back in ways(Replaced("Dave", 30)):
        assert (back.name, back.age) == ("Eve", 30)


class Reduced(zoo.Small):
    def __reduce__(self):
        return super().__reduce__()


class ReducedEx(zoo.Small):
    def __reduce_ex__(self, protocol):
        form, arguments, *rest = super().__reduce_ex__(protocol)
        return (form, arguments, *rest)


class WithMore(zoo.Small):
    def __reduce__(self):
        return more, (super().__reduce__()[:2], "more")


def more(reduced, value):
    made = reduced[0](*reduced[1])
    made.more = value
    return made


def test_reduce_is_there_to_be_called():
    form, arguments = zoo.Small(3).__reduce__()
    assert form(*arguments).value == 3
    for make in (Reduced, ReducedEx):
        one = make(3)
        one.tag = "t"
        for back in ways(one):
            assert type(back) is make and (back.value, back.tag) == (3, "t")
    for back in ways(WithMore(3)):
        assert type(back) is WithMore and (back.value, back.more) == (3, "more")


def test_what_copyreg_is_told_goes_before():
    before = copyreg.dispatch_table[zoo.Small]
    try:
        copyreg.pickle(zoo.Small, lambda small: (zoo.Small, (small.value + 100,)))
        for back in ways(zoo.Small(1)):
            assert back.value == 101
    finally:
        copyreg.dispatch_table[zoo.Small] = before
    assert pickled(zoo.Small(1)).value == 1


def test_names_never_meet():
    named = zoo.Named(5)
    for back in ways(named):
        assert back.value == 5
    assert zoo.Named._from_state() == "the author's" and named._from_slots() == 5
    refused(TypeError, "Taken.__form__", zoo.register_taken)


def test_forms_of_rusts_pickles_are_refused():
    refused(TypeError, 'InDict has #[state(pickle = "dict")]', zoo.register_dict)


def test_slots_by_name():
    person = zoo.Person("Dave", 30)
    person.__setstate__({"age": 31})
    assert (person.name, person.age) == ("Dave", 31)
    refused(TypeError, "Person.age", person.__setstate__, {"age": "x"})
    loose = Loose("Dave", 30)
    loose.__setstate__({"name": "Eve", "nick": "E"})
    assert (loose.name, vars(loose)) == ("Eve", {"nick": "E"})
    samples = zoo.Samples([1.0])
    samples.__setstate__({"first": bytes(16), "second": None})
    assert samples.first == [0.0, 0.0]


class Loose(zoo.Person):
    pass


def test_attributes_that_would_not_load_are_not_dumped():
    loose = Loose("Dave", 30)
    vars(loose)[3] = 4
    for protocol in PROTOCOLS:
        refused(TypeError, "an attribute named 3", pickle.dumps, loose, protocol)


def test_a_cycle_through_nothing_that_can_be_empty_is_refused():
    items = []
    paired = zoo.Paired(items)
    items.append(paired)
    for back in ways(paired, shallow=False):
        assert back.pair[0] == 1 and back.pair[1][0] is back
    paired.pair = (1, paired)
    for protocol in PROTOCOLS:
        refused(pickle.PicklingError, "zoo.Paired is reached from a slot", pickle.dumps, paired, protocol)
    refused((pickle.PicklingError, RecursionError), "", copy.deepcopy, paired)


def test_a_lock_that_is_held_is_not_waited_for():
    ledger = zoo.Ledger(7, {})
    with ThreadPoolExecutor(1) as pool:
        for way in (pickle.dumps, copy.copy, copy.deepcopy):
            held = "Ledger.total: expected a lock that can be read, found one that is held"
            refused(pickle.PicklingError, held, ledger.hold, lambda: pool.submit(way, ledger).result())
    for back in ways(ledger):
        assert back.total == 7


def test_equal_maps_give_equal_pickles_where_they_are_sorted():
    names = [f"name{number}" for number in range(50)]
    ledgers = [zoo.Ledger(1, {name: 1 for name in order}) for order in (names, names[::-1]) * 3]
    for protocol in PROTOCOLS:
        assert len({pickle.dumps(ledger, protocol) for ledger in ledgers}) == 1


def test_what_is_held_of_a_reduction_changes_bytes_and_no_object():
    team = zoo.Team(zoo.Person("Dave", 30), None, [])
    before = pickle.dumps(team)
    held = team.__reduce_ex__(4)
    for back in ways(team):
        assert back.lead.name == "Dave"
    del held
    assert pickle.dumps(team) == before


def test_a_cycle_without_an_end_says_so():
    node = zoo.Node("n")
    child = zoo.Child(node, 1)
    node.children = [child]
    assert copy.deepcopy(child).parent.children[0].number == 1
    held = [node.__reduce_ex__(4) for _ in range(3)]
    for back in ways(node, shallow=False):
        assert back.children[0].parent is back
    del held
