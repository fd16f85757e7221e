"""Objects of Python in fields: shared, cyclic, of the right class."""

import copy
import pickle

import zoo
from ways import PROTOCOLS, refused, ways


def test_shared_objects_stay_shared():
    dave, eve = zoo.Person("Dave", 30), zoo.Person("Eve", 31)
    team = zoo.Team(dave, None, [dave, eve, dave])
    for back in ways([team, dave], shallow=False):
        team_back, dave_back = back
        assert team_back.lead is dave_back and team_back.deputy is None
        assert [member is dave_back for member in team_back.members] == [True, False, True]
        assert team_back.members[1].name == "Eve"


def test_values_that_share_are_refused():
    sharing = zoo.Sharing("text")
    for protocol in PROTOCOLS:
        refused(pickle.PicklingError, "Sharing: expected a class whose state shares", pickle.dumps, sharing, protocol)
    refused(pickle.PicklingError, "write `__reduce__`", copy.copy, sharing)
    refused(pickle.PicklingError, "PackedSharing: expected a class whose", pickle.dumps, zoo.PackedSharing("text"))
    assert sharing.shared() == zoo.Sharing.from_bytes(bytes(sharing.bytes())).shared() == "text"


class Reduced(zoo.Sharing):
    """What the error says."""

    def __reduce__(self):
        return zoo.Sharing.from_bytes, (bytes(self.bytes()),)


def test_values_that_share_can_be_pickled_as_the_error_says():
    for protocol in PROTOCOLS:
        back = pickle.loads(pickle.dumps(Reduced("text"), protocol))
        assert type(back) is zoo.Sharing and back.shared() == "text"


def test_a_shallow_copy_shares_its_objects():
    team = zoo.Team(zoo.Person("Dave", 30), None, [])
    copied = copy.copy(team)
    assert copied is not team and copied.lead is team.lead


def ring(count):
    nodes = [zoo.Node(str(number)) for number in range(count)]
    for one, next_one in zip(nodes, nodes[1:] + nodes[:1]):
        one.next = next_one
    return nodes[0]


def test_rings():
    for count in (1, 2, 3, 20):
        for back in ways(ring(count), shallow=False):
            names, node = [], back
            for _ in range(count):
                names.append(node.name)
                assert type(node) is zoo.Node
                node = node.next
            assert node is back and names == [str(number) for number in range(count)]


def test_children_that_know_their_parent():
    parent = zoo.Node("parent")
    parent.children = [zoo.Child(parent, number) for number in range(5)]
    for start in (parent, parent.children[3]):
        for back in ways(start, shallow=False):
            root = back if isinstance(back, zoo.Node) else back.parent
            assert all(child.parent is root for child in root.children)
            assert [child.number for child in root.children] == [0, 1, 2, 3, 4]
            assert back is root or back is root.children[3]


def test_cycles_through_every_kind_of_field():
    node = zoo.Node("n")
    node.next, node.named, node.other = node, {"me": node, "too": node}, [node, {"deep": (node,)}]
    for back in ways(node, shallow=False):
        assert back.next is back and back.named == {"me": back, "too": back}
        assert back.other[0] is back and back.other[1]["deep"][0] is back


def test_itself_as_any_object():
    node = zoo.Node("n")
    node.other = node
    for back in ways(node, shallow=False):
        assert back.other is back


def test_cycles_through_subclasses_of_python():
    one, two = Tagged("one"), Tagged("two")
    one.next, two.next = two, one
    one.tag, two.tag = [two], [one]
    for back in ways(one, shallow=False):
        assert type(back) is Tagged and type(back.next) is Tagged
        assert back.next.next is back and back.tag == [back.next] and back.next.tag == [back]


class Tagged(zoo.Node):
    pass


class Getting(zoo.Node):
    def __getstate__(self):
        return super().__getstate__()


def test_cycles_through_subclasses_with_a_getstate():
    def chained(first, second):
        first.other, second.me = (second,), [first]

    def tied(name):
        return lambda node, _: setattr(node, name, [node])

    for tie in (tied("other"), tied("me"), chained):
        node = Getting("n")
        tie(node, Getting("m"))
        for back in ways(node, shallow=False):
            inner = getattr(back, "me", None) or back.other
            assert type(back) is Getting and back.name == "n"
            assert inner[0] is back or inner[0].me[0] is back
    for name, value in (("other", lambda node: node), ("next", lambda node: node), ("me", lambda node: (node, 1))):
        node = Getting("n")
        setattr(node, name, value(node))
        for back in ways(node, shallow=False):
            assert type(back) is Getting and back.name == "n"
            assert getattr(back, name) == value(back)


def test_cycles_through_a_frozen_class():
    items = []
    node = zoo.FrozenNode(items)
    items.append(node)
    for back in ways(node, shallow=False):
        assert back.items[0] is back and len(back.items) == 1
    for back in ways(items, shallow=False):
        assert back[0].items is back


def test_a_pickle_within_a_pickle():
    node = zoo.Node("outer")
    node.other = Nested(node)
    for protocol in PROTOCOLS:
        back = pickle.loads(pickle.dumps(node, protocol))
        assert back.other.inner.name == "outer" and type(back.other.inner.other) is str


class Nested:
    """Pickles, while it is pickled, the very object that holds it."""

    def __init__(self, node):
        self.node = node

    def __reduce__(self):
        was, self.node.other = self.node.other, "instead"
        try:
            inner = pickle.dumps(self.node)
        finally:
            self.node.other = was
        return loaded, (inner,)


def loaded(inner):
    made = Nested(None)
    made.inner = pickle.loads(inner)
    return made


def test_the_wrong_class_is_refused_by_field():
    team = zoo.Team(zoo.Person("Dave", 30), None, [])
    refused(TypeError, "Team.deputy: expected zoo.Person, found int 3", team.__setstate__, (team.lead, 3, []))
    refused(TypeError, "Team.members[1]: expected zoo.Person, found zoo.Team", team.__setstate__,
            (team.lead, None, [team.lead, team]))  # fmt: skip
    refused(TypeError, "Team.lead: expected zoo.Person, found None", zoo.Team._from_state, zoo.Team, None, None, [])
    assert team.lead.name == "Dave"


def test_an_object_that_cannot_be_pickled_says_so():
    node = zoo.Node("n")
    node.other = lambda: None
    for protocol in PROTOCOLS:
        try:
            pickle.dumps(node, protocol)
        except (pickle.PicklingError, AttributeError) as reason:
            assert "lambda" in str(reason)
        else:
            raise AssertionError("taken")
    node.other = None
    assert pickle.loads(pickle.dumps(node)).name == "n"
