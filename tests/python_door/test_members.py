"""Classes with open sets whose types changed between dump and load: the schemas of these stand in the form."""

import copy
import io
import pickle
import random

import zoo
from test_changed import Newer, later, reloaded
from ways import PROTOCOLS, refused, ways

# An effect is a tuple of its name and its slots.
EFFECTS = [
    ("filter", 1, 2),
    ("echo", 1, 9, "hall"),
    ("chain", ("filter", 3, 4), [("number", 9), ("chain", None, [("echo", 2, 0, "x")])]),
    ("panel", [7, 500]),
    ("speed", 36),
    ("shift", 4),
    ("wave", 1, 2),
    ("number", 255),
]
SHOWN = (
    'effects: [Filter { high: 2.0, low: 1.0 }, Delay { title: "hall", taps: 3, delay: 1.0 }, Chain { rest: [9, '
    'Chain { rest: [Delay { title: "x", taps: 3, delay: 2.0 }], on: false, first: None }], on: false, first: '
    "Some(Filter { high: 4.0, low: 3.0 }) }, Panel { knobs: [Gain(7), Gain(500)] }, Speed { speed: 10.0 }, Shift { "
    'text: "by 4" }, Wave { grid: [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]], dots: [NewDot { y: 2.0, x: 1.0 }, NewDot { '
    "y: 2.0, x: 1.0 }] }, 255]"
)
REFUSED = (TypeError, pickle.UnpicklingError)


def arguments(thing):
    """What the form of a thing is called with."""
    return thing.__reduce__()[0].__reduce__()[1]


def parts(schema):
    """The types of open sets in front of a schema, and the schema."""
    if schema[0] != 0x2C:
        return b"", schema
    end = 5 + int.from_bytes(schema[1:5], "little")
    return schema[5:end], schema[end:]


def joined(members, schema):
    return b"\x2c" + len(members).to_bytes(4, "little") + members + schema


def entries(members):
    """The types of a table: set, tag, flags and what follows."""
    at = 0
    while at < len(members):
        start, names = at, []
        for _ in range(2):
            end = at + 1 + members[at]
            names.append(members[at + 1 : end])
            at = end
        end = at + 5 + int.from_bytes(members[at + 1 : at + 5], "little")
        yield (*names, members[start:end])
        at = end


def test_types_of_every_kind():
    for back in reloaded(zoo.OldDesk(EFFECTS)):
        assert back.shown == f'NewDesk {{ name: "desk", number: 0, {SHOWN} }}'
    for back in reloaded(zoo.OldCase(EFFECTS)):
        assert back.shown == f"NewCase {{ number: 65535, {SHOWN} }}"


def test_bases_have_sets_too():
    for back in reloaded(zoo.OldStudio(EFFECTS, ("filter", 5, 6))):
        assert back.shown == f'NewDesk {{ name: "base", number: 0, {SHOWN} }}'
        assert back.own == 'NewStudio { title: "studio", main: Some(Filter { high: 6.0, low: 5.0 }) }'


class OldTable(zoo.OldDesk):
    pass


class NewTable(zoo.NewDesk):
    pass


class OldStated(zoo.OldDesk):
    def __getstate__(self):
        return {"stated": True}


class NewStated(zoo.NewDesk):
    pass


def test_python_subclasses():
    table = OldTable(EFFECTS)
    table.legs = 4
    for back in reloaded(table):
        assert type(back) is NewTable and back.legs == 4 and SHOWN in back.shown
    for back in reloaded(OldStated(EFFECTS)):
        assert type(back) is NewStated and back.stated and SHOWN in back.shown


def test_structs_and_cycles_around_a_set():
    loop = zoo.OldLoop([("filter", 5, 6)])
    loop.next = [loop]
    for back in reloaded(loop):
        assert back.shown == "Part { effects: [Filter { high: 6.0, low: 5.0 }] }" and back.next[0] is back


def test_a_set_that_is_gone_from_its_class():
    # The class has no open sets any more; nor does it have to know the types.
    for back in reloaded(zoo.OldShelf([*EFFECTS, ("mute",)])):
        assert type(back) is zoo.NewShelf and back.name == "shelf"


def test_an_own_setstate_is_given_the_state_as_it_was():
    given = ([("desk.Filter", (1.0, 2.0))],)
    for back in reloaded(zoo.OldSafe([("filter", 1, 2)])):
        assert back.given == f"[Filter {{ high: 2.0, low: 1.0 }}] {given}"
    for back in reloaded(zoo.OldSafe([("mute",)])):
        assert back.given == "[] ([('desk.Mute', ())],)"


def test_what_cannot_be_matched_is_in_the_way_of_its_values_alone():
    for bad, path, words in (
        (("mute",), "", "found 'desk.Mute', which is not; if it was renamed, write `#[state(alias("),
        (("strict", 1, 2), ".desk.Strict.new", "expected i64, found a state of another version without it; write `#[state(default)]`"),
        (("speed", 255), ".desk.Speed", "too fast"),
        (("chain", None, [("strict", 1, 2)]), ".desk.Chain.rest[0].desk.Strict.new", "expected i64"),
    ):
        for old, slot in ((zoo.OldDesk, "Desk.effects"), (zoo.OldCase, "Case.effects"), (zoo.OldLoop, "Loop.part.effects")):
            thing = old([("number", 1), bad])
            refused(pickle.UnpicklingError, f"{slot}[1]{path}: ", later, thing)
            refused(pickle.UnpicklingError, words, later, thing)
            # As it was, it loads.
            assert pickle.dumps(pickle.loads(pickle.dumps(thing))) == pickle.dumps(thing)
    desk = later(zoo.OldDesk([("number", 1)]))
    wrong = ([("desk.Filter", (1.0, "x"))],)
    refused(TypeError, "Desk.effects[0].desk.Filter.low: expected f64, found str 'x'", desk.__setstate__, ("", 0, *wrong))
    form = zoo.NewDesk.__form__(*arguments(zoo.OldDesk([])))
    refused(TypeError, "Desk.effects[0].desk.Filter.high: expected f64, found str 'x'", form, *wrong, "desk")


def some_effect(chance, depth=3):
    some = lambda: [some_effect(chance, depth - 1) for _ in range(chance.randrange(4))]  # noqa: E731
    byte = lambda: chance.randrange(256)  # noqa: E731
    kind = chance.choice(["filter", "echo", "panel", "speed", "shift", "wave", "number", "mute", "strict"] + ["chain"] * 6 * depth)
    return {
        "echo": lambda: (kind, byte(), byte(), "é" * chance.randrange(5)),
        "chain": lambda: (kind, chance.choice([None, some_effect(chance, depth - 1) if depth else None]), some()),
        "panel": lambda: (kind, [chance.randrange(65536) for _ in range(chance.randrange(3))]),
    }.get(kind, lambda: (kind, byte() if chance.randrange(50) else 255, byte()))()


def test_native_files_and_pickles_become_the_same():
    outcomes = set()
    for seed in range(400):
        chance = random.Random(seed)
        old = zoo.OldDesk([some_effect(chance) for _ in range(chance.randrange(5))])
        outcome = []
        for upgrade in (lambda: zoo.NewDesk.upgraded(old.native()), lambda: later(old).shown):
            try:
                outcome.append(upgrade())
            except (ValueError, pickle.UnpicklingError) as reason:
                outcome.append(str(reason))
        assert outcome[0] == outcome[1], seed
        outcomes.add(outcome[0].startswith("NewDesk"))
    assert outcomes == {True, False}


def test_present_states_go_every_way():
    for old in (zoo.OldDesk(EFFECTS), zoo.OldStudio(EFFECTS, ("number", 1)), zoo.OldCase(EFFECTS)):
        new = later(old)
        for back in ways(new):
            assert back.shown == new.shown
        assert later(new).shown == copy.deepcopy(new).shown == new.shown
    # A pickle has the schemas once.
    desks = pickle.dumps([zoo.OldDesk([("filter", 1, 2)]) for _ in range(10)], 4)
    assert desks.count(b"\x03low") == 1


def test_pickles_from_before_forms_had_the_types_of_sets():
    # Of `OldRack([0.5, 1.5])`; its type has got a new slot at its end since, which is matched by position.
    written = (
        b"\x80\x02c__builtin__\ngetattr\nq\x00czoo\nOldRack\nq\x01X\x08\x00\x00\x00__form__q\x02\x86q\x03Rq\x04c_codecs\n"
        b"encode\nq\x05X%\x00\x00\x00\x0f\x04Rack\x00\x02\x07effects\x08\r\x17\nzoo.Effect\x05title\x05q\x06X\x06\x00\x00"
        b"\x00latin1q\x07\x86q\x08Rq\t\x85q\nRq\x0b]q\x0c(X\x08\x00\x00\x00zoo.Echoq\rG?\xe0\x00\x00\x00\x00\x00\x00\x85q"
        b"\x0e\x86q\x0fX\x08\x00\x00\x00zoo.Echoq\x10G?\xf8\x00\x00\x00\x00\x00\x00\x85q\x11\x86q\x12eX\x04\x00\x00\x00rack"
        b"q\x13\x86q\x14Rq\x15.",
        b"\x80\x04\x95\x87\x00\x00\x00\x00\x00\x00\x00\x8c\x03zoo\x94\x8c\x10OldRack.__form__\x94\x93\x94C%\x0f\x04Rack"
        b"\x00\x02\x07effects\x08\r\x17\nzoo.Effect\x05title\x05\x94\x85\x94R\x94]\x94(\x8c\x08zoo.Echo\x94G?\xe0\x00\x00"
        b"\x00\x00\x00\x00\x85\x94\x86\x94\x8c\x08zoo.Echo\x94G?\xf8\x00\x00\x00\x00\x00\x00\x85\x94\x86\x94e\x8c\x04rack"
        b"\x94\x86\x94R\x94.",
    )
    for data in written:
        back = pickle.loads(data)
        assert back.__getstate__() == ([("zoo.Echo", (0.5,)), ("zoo.Echo", (1.5,))], "rack")
        # It is pickled with them from then on.
        assert pickle.dumps(back) == pickle.dumps(zoo.OldRack([0.5, 1.5])) != data
        back = Newer(io.BytesIO(data)).load()
        assert back.__getstate__() == ([("zoo.Echo", (0.5, 0)), ("zoo.Echo", (1.5, 0))], "rack")
    # Native bytes say of which form a value is, so that another one is told.
    mode, schema = arguments(zoo.OldCase([]))
    state = zoo.OldCase([("filter", 1, 2)]).__reduce__()[1]
    old = zoo.OldCase.__form__(mode, parts(schema)[1])
    assert old(*state).__reduce__()[1] == state
    refused(
        pickle.UnpicklingError, "Case.effects[0]: expected 'desk.Filter' as it is registered",
        zoo.NewCase.__form__(mode, parts(schema)[1]), *state,
    )  # fmt: skip


def test_types_that_are_registered_later():
    desk = zoo.OldDesk(EFFECTS)
    before = pickle.dumps(desk)

    class Imports:
        def __reduce__(self):
            zoo.register_late()
            return (int, ())

    class Late:
        def __reduce__(self):
            return zoo.OldDesk([("late", 1, 2), ("filter", 3, 4)]).__reduce__()

    # While a pickle is written: the form of what comes then is another one.
    data = pickle.dumps([desk, Imports(), Late()])
    for loads in (pickle.loads, lambda data: Newer(io.BytesIO(data)).load()):
        first, number, _ = loads(data)
        assert number == 0 and type(first) is type(loads(before))
    late = Newer(io.BytesIO(data)).load()[2]
    assert "effects: [Late { second: 2, first: 1 }, Filter { high: 4.0, low: 3.0 }]" in late.shown
    # A table of fewer types is of the present form, if it has them as they are.
    assert pickle.dumps(pickle.loads(before)) == pickle.dumps(desk) != before
    assert zoo.OldDesk.__form__(*before_arguments(before)) is zoo.OldDesk.__form__(*arguments(desk))


def before_arguments(data):
    """What the form in a pickle is called with."""
    found = []

    class Spy(pickle.Unpickler):
        def find_class(self, module, name):
            return (lambda *given: found.extend(given) or (lambda *slots: None)) if "__form__" in name else None

    Spy(io.BytesIO(data)).load()
    return found


def test_tables_that_nobody_wrote():
    form_of, state = zoo.NewDesk.__form__, zoo.OldDesk(EFFECTS).__getstate__()

    def attempt(*given):
        try:
            form_of(*given)(*state)
        except REFUSED as reason:
            return str(reason)

    (whole,) = arguments(zoo.OldDesk(EFFECTS))
    members, schema = parts(whole)
    assert attempt(whole) is None
    for at in range(len(whole)):
        attempt(whole[:at])
        for byte in (0, 1, 7, 0x0B, 0x17, 0x2C, 0x7F, 0xFE, 0xFF):
            attempt(whole[:at] + bytes([byte]) + whole[at + 1 :])
    attempt(joined(b"", schema))
    for wrong in (joined(members, whole), b"\x2c", b"\x2c\xff\xff\xff\xff", joined(members + b"\x04", schema)):
        assert attempt(wrong) is not None
    several = list(entries(members))
    assert b"".join(entry for *_, entry in several) == members
    # In another order, one of them twice, one of them gone.
    assert "a table of the types of open sets" in attempt(joined(b"".join(entry for *_, entry in several[::-1]), schema))
    assert "a table of the types of open sets" in attempt(joined(several[0][2] + members, schema))
    without = b"".join(entry for _, tag, entry in several if tag != b"desk.Speed")
    assert "'desk.Speed', which is not" in attempt(joined(without, schema))
    # Two of one tag, as of two sets with one name.
    def one(tag, schema):
        names = b"".join(bytes([len(name)]) + name for name in (b"desk.Effect", tag))
        return names + b"\x00" + len(schema).to_bytes(4, "little") + schema

    place = [tag for _, tag, _ in several].index(b"desk.Speed")
    orders = [[*several[: place + more], (b"", b"", one(b"desk.Speed", b"\x04\x40")), *several[place + more :]] for more in (0, 1)]
    said = [attempt(joined(b"".join(entry for *_, entry in order), schema)) for order in orders]
    assert any("'desk.Speed', of which there are several" in words for words in said), said
    # A head of any size, a type in itself, and one that is too deep.
    array = lambda size: b"\x0b" + b"\x80" * size + b"\x01\x03\x08\x00"  # noqa: E731
    for kind in (array(3), array(6), array(8), b"\x0f\x01T\x00\x01\x01a\xff\x00", b"\x08" * 200_000, b"\x0d" * 100 + b"\x05"):
        tables = one(b"desk.Filter", kind)
        for wrong in (("desk.Filter", (1.0, 2.0)), ("desk.Filter", b""), ("desk.Filter", None)):
            refused(REFUSED, "", lambda table=tables, wrong=wrong: form_of(joined(table, schema))([wrong], ""))
    # Very many.
    many = b"".join(one(b"%06d" % number, b"\x0f\x01T\x00\x01\x01a\x08\x17\x0bdesk.Effect") for number in range(5000))
    assert attempt(joined(many, schema)) is not None
    # Sets in sets without an end to the types.
    nested = one(b"desk.Chain", b"\x0f\x01T\x00\x02\x01a\x17\x0bdesk.Effect\x01b\x17\x0bdesk.Effect")
    effect = ("desk.Chain", ())
    for _ in range(300):
        effect = ("desk.Chain", (effect, effect))
    refused((*REFUSED, RecursionError), "", lambda: form_of(joined(nested, schema))([effect], ""))


def test_heads_of_any_size():
    (schema,) = arguments(zoo.OldPerson("Dave"))
    nick = b"\x04nick\x05"
    assert nick in schema
    for size in (5, 6, 8):
        large = b"\x04nick\x0b" + b"\x80" * size + b"\x01\x20"
        form = zoo.NewPerson.__form__(schema.replace(nick, large))
        refused(REFUSED, "", form, *zoo.OldPerson("Dave").__getstate__())
        large = b"\x04nick\x08\x0b" + b"\x80" * size + b"\x01\x20"
        form = zoo.NewPerson.__form__(schema.replace(nick, large))
        refused(REFUSED, "", form, "Dave", [], 30, [b"x"], bytes(8), 2)


def test_classes_without_sets_have_forms_as_before():
    assert arguments(zoo.OldSize(1.0, 2.0)) == (b"\x0f\x04Size\x00\x02\x05width+\x06height+",)
    # And take no types in front of them.
    (schema,) = arguments(zoo.OldSize(1.0, 2.0))
    back = zoo.NewSize.__form__(joined(b"anything", schema))(1.0, 2.0)
    assert (back.width, back.height) == (1.0, 2.0)
    for protocol in PROTOCOLS:
        assert b"," not in pickle.dumps(zoo.OldSize(1.0, 2.0), protocol)
