"""Classes that changed between dump and load: found out, and matched by name."""

import io
import pickle
import pickletools

import zoo
from ways import PROTOCOLS, refused


class Newer(pickle.Unpickler):
    """Finds the classes as they are now."""

    def find_class(self, module, name):
        return super().find_class(module, name.replace("Old", "New"))


class NewerInPython(pickle._Unpickler):
    def find_class(self, module, name):
        return super().find_class(module, name.replace("Old", "New"))


def reloaded(thing):
    """The thing as the present version of its class loads it, from each protocol."""
    for protocol in PROTOCOLS:
        data = pickle.dumps(thing, protocol)
        yield Newer(io.BytesIO(data)).load()
        yield NewerInPython(io.BytesIO(data)).load()
    buffers = []
    data = pickle.dumps(thing, 5, buffer_callback=buffers.append)
    yield Newer(io.BytesIO(data), buffers=buffers).load()


def later(thing):
    return Newer(io.BytesIO(pickle.dumps(thing))).load()


class OldTagged(zoo.OldSize):
    pass


class NewTagged(zoo.NewSize):
    pass


class OldMember(zoo.OldPerson):
    __slots__ = ("team", "__dict__")


class NewMember(zoo.NewPerson):
    __slots__ = ("team", "__dict__")


class OldPup(zoo.OldChild):
    pass


class NewPup(zoo.NewChild):
    pass


def test_slots_of_one_type_in_another_order():
    for back in reloaded(zoo.OldSize(1.0, 2.0)):
        assert type(back) is zoo.NewSize and (back.width, back.height) == (1.0, 2.0)
    tagged = OldTagged(1.0, 2.0)
    tagged.tag = ["x"]
    for back in reloaded(tagged):
        assert type(back) is NewTagged and (back.width, back.height, back.tag) == (1.0, 2.0, ["x"])
    # And back again: an older program that has no order of its own either.
    made = later(zoo.OldSize(1.0, 2.0))
    data = pickle.dumps(made)
    assert data.count(b"height") == 1

    class Older(pickle.Unpickler):
        def find_class(self, module, name):
            return super().find_class(module, name.replace("New", "Old"))

    back = Older(io.BytesIO(data)).load()
    assert (back.width, back.height) == (1.0, 2.0)


def test_added_removed_renamed_widened_and_reordered_inside_too():
    shown = 'Dave Some(30) ["Elm in Oslo", "Elm in Oslo"] [1, -2] {} 42'
    for back in reloaded(zoo.OldPerson("Dave")):
        assert type(back) is zoo.NewPerson and back.shown == shown
    member = OldMember("Dave")
    # Attributes are not what a map with a default is filled with.
    member.team, member.cap = {"a": "b"}, {"c": "d"}
    for back in reloaded(member):
        assert type(back) is NewMember and back.shown == shown
        assert (back.team, back.cap) == ({"a": "b"}, {"c": "d"})


def test_a_base_that_grew_takes_nothing_of_its_child():
    for back in reloaded(zoo.OldChild(1, 7)):
        assert (back.first, back.second, back.own) == (1, 0, 7)
    pup = OldPup(1, 7)
    pup.toy = "ball"
    for back in reloaded(pup):
        assert type(back) is NewPup and (back.first, back.second, back.own, back.toy) == (1, 0, 7, "ball")


def test_a_base_that_came_in_between():
    for back in reloaded(zoo.OldCat(3, 9)):
        assert (back.first, back.second, back.claws, back.lives) == (3, 0, False, 9)


def test_packed_states():
    for back in reloaded(zoo.OldPacket("p", 65535)):
        assert type(back) is zoo.NewPacket and (back.name, back.number, back.sent) == ("p", 65535, False)


def test_records_whose_fields_changed_places():
    for back in reloaded(zoo.OldPaint()):
        assert back.dots == [(1.0, 2.0)] * 2


def test_enums():
    assert [later(light) for light in (zoo.OldLight.Red, zoo.OldLight.Amber, zoo.OldLight.Green)] == [
        zoo.NewLight.Unknown, zoo.NewLight.Yellow, zoo.NewLight.Green]  # fmt: skip
    for back in reloaded(zoo.OldLight.Amber):
        assert back is zoo.NewLight.Yellow
    for back in reloaded(zoo.OldShape.Rect(1.0, 2.0)):
        assert type(back) is zoo.NewShape.Box_ and (back.width, back.height, back.round) == (1.0, 2.0, False)
    for back in reloaded(zoo.OldShape.Circle(0.5)):
        assert type(back) is zoo.NewShape.Circle and back.radius == 0.5


def test_upgrade():
    for back in reloaded(zoo.OldSpeed("s", 36.0)):
        assert (back.name, back.speed) == ("s", 10.0)


def test_cycles_through_a_class_that_changed():
    one, two = zoo.OldRing(), zoo.OldRing()
    one.name, two.name = "one", "two"
    one.next, two.next, one.others = two, one, [two, one, "x"]
    for back in reloaded(one):
        assert (back.name, back.next.name, back.count, back.next.count) == ("one", "two", 0, 0)
        assert back.next.next is back
        assert back.others[0] is back.next and back.others[1] is back and back.others[2] == "x"


def test_types_of_open_sets_get_new_slots():
    rack = zoo.OldRack([0.5, 1.5])
    assert pickle.dumps(pickle.loads(pickle.dumps(rack))) == pickle.dumps(rack)
    for back in reloaded(rack):
        assert back.__getstate__() == ([("zoo.Echo", (0.5, 0)), ("zoo.Echo", (1.5, 0))], "rack")
    unknown = pickle.dumps(rack).replace(b"\x08zoo.Echo", b"\x08zoo.Hall")
    refused(pickle.UnpicklingError, "'zoo.Hall', which is not", pickle.loads, unknown)


def test_what_nobody_says_is_refused_with_what_to_write():
    data = pickle.dumps(zoo.OldStrict(1, 2))
    # All at once, a line for each, and what is left to those who cannot change the class.
    refused(
        pickle.UnpicklingError,
        "Strict.new: expected i64, found a state of another version without it; write `#[state(default)]` on the field, or "
        '`alias("gone")` if that is what it was called; if it is made from older slots, see `upgrade` and `from`\n'
        "Strict: expected no slot `gone`, found a state of another version that has it: i64; if it was removed, write "
        '`#[state(removed("gone"))]` on `Strict`; if it was renamed, `#[state(alias("gone"))]` on the field; if a newer version '
        "of the program added it, this one is too old for the state\n"
        "(the pickle is of another version of zoo.NewStrict; where zoo cannot be changed, load it with the version that wrote "
        "it, or a newer one)",
        Newer(io.BytesIO(data)).load,
    )


def test_an_own_setstate_is_given_states_that_cannot_be_matched():
    for back in reloaded(zoo.OldOwn("17")):
        assert type(back) is zoo.NewOwn and back.number == 17
    for protocol in PROTOCOLS:
        assert pickle.loads(pickle.dumps(zoo.NewOwn(5), protocol)).number == 5


def test_names_travel_once_a_pickle():
    sizes = [zoo.OldSize(float(number), 0.5) for number in range(1000)]
    data = pickle.dumps(sizes)
    assert data.count(b"height") == 1 and data.count(b"__form__") == 1
    # Two floats, and four bytes of opcodes and three of the memo's around them.
    one = len(pickle.dumps(sizes[:1]))
    assert (len(data) - one) / 999 < 2 * 9 + 8
    pickletools.dis(data, out=io.StringIO())


def test_pickles_from_before_there_were_forms():
    protocol2 = b"\x80\x02c__builtin__\ngetattr\nczoo\nOldSize\nX\x0b\x00\x00\x00_from_slots\x86R(G@\x00\x00\x00\x00\x00\x00\x00G?\xf0\x00\x00\x00\x00\x00\x00tR."
    back = pickle.loads(protocol2)
    assert (back.width, back.height) == (2.0, 1.0)
    back = zoo.OldSize._from_state(OldTagged, 1.0, 2.0, {"tag": 1})
    assert (type(back), back.width, back.tag) == (OldTagged, 1.0, 1)


def test_forms_that_nobody_wrote():
    form_of = zoo.OldSize.__form__
    for wrong in ((3.5,), ("text",), (None,), (1, 2), (99,), (-1,), (2**70,), (1, b"x", "y")):
        refused((TypeError, pickle.UnpicklingError), "", form_of, *wrong)
    good = zoo.OldSize(1.0, 2.0).__reduce__()[0].__reduce__()[1][0]
    for at in range(len(good)):
        for byte in (0, 1, 7, 15, 16, 0x7F, 0xFE, 0xFF):
            changed = good[:at] + bytes([byte]) + good[at + 1 :]
            try:
                form_of(changed)(1.0, 2.0)
            except (TypeError, pickle.UnpicklingError):
                pass
    refused((TypeError, pickle.UnpicklingError), "", form_of, good, good)
    refused((TypeError, pickle.UnpicklingError), "", form_of)
    refused((TypeError, pickle.UnpicklingError), "", form_of, b"\x08" * 100_000)


def test_objects_of_both_versions_in_one_pickle():
    old = [zoo.OldSize(1.0, 2.0), zoo.OldChild(1, 7), zoo.OldPacket("p", 65535), OldTagged(3.0, 4.0), zoo.OldCat(3, 9)]
    old[3].tag = old[0]
    new = [later(thing) for thing in old]
    mixed = [old, new, old[0], new[0], [list(pair) for pair in zip(new, old)]]
    for olds, news, first_old, first_new, pairs in reloaded(mixed):
        assert first_old is olds[0] and first_new is news[0] and olds[3].tag is first_old
        for one, other in zip(olds, news):
            assert type(one) is type(other) and one.__getstate__()[:2] == other.__getstate__()[:2]
        assert all(pair[0] is news[at] and pair[1] is olds[at] for at, pair in enumerate(pairs))
        # All are written in the present form, which is in the pickle once.
        assert len({id(thing.__reduce_ex__(4)[0]) for thing in (olds[0], news[0])}) == 1


class Handed:
    def __setstate__(self, state):
        self.given = (*getattr(self, "given", ()), type(state).__name__)


class OldHanded(Handed, zoo.OldRing):
    pass


class NewHanded(Handed, zoo.NewRing):
    pass


class Named:
    def __getstate__(self):
        return {"me": self.me, "name": self.name + "!"}


class OldNamed(Named, zoo.OldRing):
    pass


class NewNamed(Named, zoo.NewRing):
    pass


def test_cycles_with_methods_of_a_subclass_through_a_class_that_changed():
    for make, new in (OldHanded, NewHanded), (OldNamed, NewNamed):
        one, two = make(), make()
        one.name, two.name, one.me, two.me = "one", "two", [one], one
        one.next, two.next, one.others = two, one, [two, one, "x"]
        for back in reloaded(one):
            assert type(back) is type(back.next) is new and back.next.next is back
            assert back.others == [back.next, back, "x"]
            if new is NewHanded:
                assert (back.name, back.next.name) == ("one", "two") and set(back.given) == {"Slots"}
            else:
                assert (back.name, back.next.name) == ("one!", "two!")
                assert back.me[0] is back and back.next.me is back
