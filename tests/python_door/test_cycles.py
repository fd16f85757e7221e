"""Objects that are reached from themselves, with each way to write `__getstate__` and `__setstate__`: they come back as
those of a class of Python with the same methods."""

import copy
import io
import pickle

import zoo
from ways import PROTOCOLS, refused


def in_python(thing, protocol):
    """By the picklers that are written in Python, which ask for more than those in C: they set a state twice that an
    object in a cycle, which cannot be made without its values, has already."""
    stream = io.BytesIO()
    pickle._Pickler(stream, protocol).dump(thing)
    return pickle._loads(stream.getvalue())


def deep_ways(thing):
    for protocol in PROTOCOLS:
        yield protocol, pickle.loads(pickle.dumps(thing, protocol))
        yield f"{protocol} in Python", in_python(thing, protocol)
    yield "deepcopy", copy.deepcopy(thing)


class InPython:
    """What `zoo.Node` is, in Python."""

    def __init__(self, name):
        self.name, self.next, self.children, self.named, self.other = name, None, [], {}, None


class Getting:
    def __getstate__(self):
        return {"me": self.me, "other": self.other, "name": self.name + "!"}


class Silent:
    def __getstate__(self):
        return None


class Setting:
    def __setstate__(self, state):
        self.count = getattr(self, "count", 0) + 1
        if isinstance(self, InPython):
            self.__dict__.update(state)
        else:
            super().__setstate__(state)


class Ignoring:
    """The slots are there without it."""

    def __setstate__(self, state):
        self.given = state


class Both(Getting):
    def __setstate__(self, state):
        self.count = getattr(self, "count", 0) + 1
        for name, value in state.items():
            setattr(self, name, value)


class GettingInPython(Getting, InPython):
    pass


class GettingNode(Getting, zoo.Node):
    pass


class SettingInPython(Setting, InPython):
    pass


class SettingNode(Setting, zoo.Node):
    pass


class BothInPython(Both, InPython):
    pass


class BothNode(Both, zoo.Node):
    pass


class SilentNode(Silent, zoo.Node):
    pass


class IgnoringNode(Ignoring, zoo.Node):
    pass


def tie_other(one, two):
    one.other, two.other = two, one


def tie_lists(one, two):
    one.other, two.other = [two, two], ({"deep": [one]},)


def tie_attributes(one, two):
    one.me, two.me = [two], (one, 1)


def tie_both(one, two):
    one.other, two.me = {1: two}, one


TIES = [tie_other, tie_lists, tie_attributes, tie_both]


def shape(thing, seen):
    """Everything that is reached, with the identity of objects, which `seen` keeps alive."""
    if isinstance(thing, (str, int, type(None))):
        return thing
    for number, one in enumerate(seen):
        if one is thing:
            return f"as {number}"
    seen.append(thing)
    if isinstance(thing, (list, tuple)):
        return [type(thing).__name__, *(shape(item, seen) for item in thing)]
    if isinstance(thing, dict):
        return {key: shape(value, seen) for key, value in thing.items()}
    return {name: shape(getattr(thing, name, None), seen) for name in ("name", "next", "other", "me")}


def test_as_on_a_class_of_python():
    for of_python, of_rust in (GettingInPython, GettingNode), (SettingInPython, SettingNode), (BothInPython, BothNode):
        for tie in TIES:
            for same in (True, False):
                expected, node = of_python("n"), of_rust("n")
                for one in expected, node:
                    one.me = None
                    two = one if same else type(one)("m")
                    two.me = None
                    tie(one, two)
                expected = pickle.loads(pickle.dumps(expected))
                for way, back in deep_ways(node):
                    assert shape(back, []) == shape(expected, []), (of_rust, tie, same, way)
                    count = getattr(expected, "count", None)
                    twice = of_rust is SettingNode and "in Python" in str(way)
                    assert getattr(back, "count", None) in (count, count + 1 if twice else count), (of_rust, tie, way)


def test_without_a_state_the_slots_are_pickled():
    node = SilentNode("n")
    node.next, node.named, node.me = node, {"me": node}, node
    for way, back in deep_ways(node):
        assert back.next is back and back.named == {"me": back} and not vars(back), way


def test_an_object_has_its_slots_when_its_own_setstate_is_called():
    node = IgnoringNode("n")
    node.next, node.named, node.me = node, {"me": node}, [node]
    node.children = [zoo.Child(node, 1)]
    for way, back in deep_ways(node):
        assert back.next is back and back.named == {"me": back} and back.children[0].parent is back, way
        assert back.given[-1] == {"me": [back]} and back.given[1] is back, way


class Team(Ignoring, zoo.Team):
    """Cannot be empty."""


class WholeTeam(Ignoring, zoo.Team):
    def __getstate__(self):
        return [self, self.me]


class Member(zoo.Person):
    pass


def test_objects_that_cannot_be_empty():
    for make in Team, WholeTeam:
        lead = Member("Dave", 30)
        team = make(lead, lead, [lead])
        lead.team, team.me = [team], (team,)
        for start in team, lead:
            for way, back in deep_ways(start):
                team_back = back if start is team else back.team[0]
                assert type(team_back) is make and team_back.lead is team_back.deputy is team_back.members[0], way
                assert team_back.lead.team[0] is team_back and team_back.lead.name == "Dave", way
                given = team_back.given[0] if make is WholeTeam else team_back.given[0].team[0]
                assert given is team_back, way


class Frozen(zoo.FrozenNode):
    def __getstate__(self):
        return {"me": self.me}


class FrozenSetting(Ignoring, zoo.FrozenNode):
    pass


class FrozenBoth(Ignoring, zoo.FrozenNode):
    def __getstate__(self):
        return self.me


class FrozenSlots(zoo.FrozenNode):
    __slots__ = ("me", "you")


class FrozenMore(zoo.FrozenNode):
    __slots__ = ("me", "__dict__")


def test_frozen_classes():
    for make in Frozen, FrozenSetting, FrozenBoth, FrozenSlots, FrozenMore:
        node = make([])
        node.items.append(node)
        node.me = [node]
        if make in (FrozenSlots, FrozenMore):
            node.you = node
        for way, back in deep_ways(node):
            assert type(back) is make and back.items[0] is back and len(back.items) == 1, (make, way)
            if make is FrozenSetting:
                assert back.given == (back.items, {"me": [back]}), way
            else:
                assert (back.given if make is FrozenBoth else back.me)[0] is back, (make, way)
            assert make not in (FrozenSlots, FrozenMore) or back.you is back, (make, way)
    Frozen.__getstate__, getstate = lambda self: {"items": [1]}, Frozen.__getstate__
    refused(TypeError, "as the class is frozen, a dict of attributes, not one with 'items'", pickle.dumps, Frozen([]))
    Frozen.__getstate__ = lambda self: 3
    refused(TypeError, "a dict of attributes, not int", pickle.dumps, Frozen([]))
    Frozen.__getstate__ = getstate


class Handed(zoo.Handed):
    pass


class Told(zoo.Told):
    pass


class ToldSetting(Ignoring, zoo.Told):
    pass


def test_methods_of_the_author():
    for make in zoo.Handed, Handed, zoo.Told, Told, ToldSetting:
        for tie in lambda thing: thing, lambda thing: [thing], lambda thing: ((thing,),):
            thing = make("n")
            thing.other = tie(thing)
            for way, back in deep_ways(thing):
                if make is ToldSetting:
                    assert back.given["name"] == "n" and back.name == "", way
                    other = back.given["other"]
                else:
                    assert back.name == "n", (make, way)
                    other = back.other
                while other is not back:
                    assert len(other) == 1
                    (other,) = other
                if make in (zoo.Handed, Handed):
                    assert back.given == ["n for n"] * len(back.given), way
                    assert len(back.given) == 1 or "in Python" in str(way), way
                else:
                    assert back.secret == "", way


def test_completed_objects_are_tested():
    node = SettingNode("n")
    completed = zoo.Node.__form__(6)
    assert completed.__reduce__() == (zoo.Node.__form__, (6,))
    for wrong in ((), (node,), (node, 1, 2), (node, [], 2), (node, (), 1, 2)):
        refused(TypeError, "Node: expected an object, its whole state, and what its own", completed, *wrong)
    refused(TypeError, "Node", completed, zoo.Person("Dave", 30), node.__getstate__(), 1)
    refused(TypeError, "Node.children", completed, node, ("m", None, 1, {}, None), 1)
    refused(TypeError, "expected the state of a zoo.Node", completed, node, zoo.Small(1).__getstate__(), 1)
    assert node.name == "n"
    state = object()
    assert completed(node, ("m", None, [], {}, None), state) is state and node.name == "m"
    frozen = zoo.FrozenNode([1])
    refused(TypeError, "frozen class", zoo.FrozenNode.__form__(6), frozen, ([2],), 1)
    refused(TypeError, "Color: expected an object", zoo.Color.__form__(6), zoo.Color.Red, ("Green",), 1)
    assert frozen.items == [1]


def test_what_is_held_or_borrowed_is_not_pickled():
    ways = [pickle.dumps, copy.copy, copy.deepcopy, zoo.Cells.__getstate__, zoo.Cells.__reduce__]
    for make in zoo.Cells, CellsInPython:
        cells = make(None)
        for way in ways:
            for which, found in ("cell", "`RefCell`"), ("read_write", "lock"), ("mutex", "lock"):
                held = f"Cells.{which}: expected a {found} that can be read"
                refused(pickle.PicklingError, held, cells.hold, which, lambda way=way: way(cells))
            borrowed = f"{make.__module__}.{make.__name__}: Already mutably borrowed"
            refused(RuntimeError, borrowed, cells.change, lambda way=way: way(cells))
        for inside in cells.change, lambda call: cells.hold("mutex", call):
            refused(RuntimeError, "Cells", inside, lambda: cells.__setstate__((4, 5, 6, None)))
            refused((RuntimeError, pickle.PicklingError), "Cells", inside, lambda: cells.__setstate__({"cell": 4}))
        assert cells.values == (1, 2, 3)
        outer = make(Changing(cells))
        cells = make(Changing(outer))
        for _, back in deep_ways(cells):
            assert back.values == (1, 2, 3)


class CellsInPython(zoo.Cells):
    pass


class Changing:
    """Calls a method that changes the object while what holds it is pickled."""

    def __init__(self, cells):
        self.cells = cells

    def __reduce__(self):
        self.cells.change(int)
        return int, ()


def test_a_copy_while_a_reduction_is_held():
    node = IgnoringNode("n")
    node.next, node.me = zoo.Node("next"), 1
    lead = zoo.Person("Dave", 30)
    for thing in node, Team(lead, lead, [lead]), WholeTeam(lead, lead, [lead]):
        thing.me = 1
        before = copy.copy(thing)
        held = thing.__reduce_ex__(4)
        for way in copy.copy, copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing)):
            back = way(thing)
            assert type(back.given) is type(before.given) and type(back) is type(before)
            assert back.next.name == "next" if thing is node else back.members[0] is back.lead is back.deputy
        del held


def test_copies_refuse_what_reduces_to_nothing():
    for found in None, 1, []:

        class Odd(zoo.Person):
            def __reduce_ex__(self, protocol):
                return found

        for way in copy.copy, copy.deepcopy:
            refused(TypeError, "Odd: __reduce_ex__ returned neither a str nor a tuple, but", way, Odd("Dave", 30))

    class Global(zoo.Person):
        def __reduce_ex__(self, protocol):
            return "Global"

    person = Global("Dave", 30)
    assert copy.copy(person) is person and copy.deepcopy(person) is person


def test_copies_go_by_a_reduce_ex_of_a_subclass():
    class Copied(zoo.Person):
        def __reduce_ex__(self, protocol):
            return Copied, ("other", protocol)

    class Handed(zoo.Person):
        def __reduce_ex__(self, protocol):
            return super().__reduce_ex__(protocol)

    for way in copy.copy, copy.deepcopy:
        back = way(Copied("Dave", 30))
        assert type(back) is Copied and (back.name, back.age) == ("other", 4)
        back = way(Handed("Dave", 30))
        assert type(back) is Handed and (back.name, back.age) == ("Dave", 30)
