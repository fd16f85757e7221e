"""Classes of numbers and texts alone go a short way: it gives what the long way gives, and says what that says."""

import copyreg
import pickle
import random

import zoo
from ways import pickled, refused, ways

FLOATS = [0.0, -0.0, 1.5, 1e300, 3.4e38, float("inf"), float("nan"), 5, 2**53 + 1]
TEXTS = ["", "text", "Grüße 🚲", "\0", "x" * 100, "ü" * 300, "z" * 5000]
NUMBERS = [0, 1, -1, 127, 128, -128, -129, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63 - 1]
NUMBERS += [2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, 2**200]
THINGS = FLOATS + TEXTS + NUMBERS + [True, False, None, b"bytes", (), [], "\ud800", object, 13]


class SubSimple(zoo.Simple):
    pass


def slots(**changes):
    names = "flag tiny short medium long huge some single double name other".split()
    return tuple(changes.get(name, slot) for name, slot in zip(names, zoo.Simple.make().__getstate__()))


def outcome(call):
    try:
        return repr(call().__getstate__())
    except (TypeError, pickle.UnpicklingError) as error:
        return type(error), str(error)


def walked(state):
    made = zoo.Simple.make()
    made.__setstate__(state)
    return made


def test_shape_of_what_pickle_is_told():
    made = zoo.Simple.make()
    assert made.__reduce_ex__(4) == (made.__reduce_ex__(2)[0], slots())
    assert copyreg.dispatch_table[zoo.Simple](made) == made.__reduce_ex__(2)
    # Where there is more to know at each protocol, `copyreg` is told nothing.
    assert zoo.Samples not in copyreg.dispatch_table and zoo.Team not in copyreg.dispatch_table
    sub = SubSimple.make()
    assert type(sub) is zoo.Simple
    sub = zoo.Simple._from_state(SubSimple, *slots())
    form, arguments = sub.__reduce_ex__(4)[:2]
    assert form is not made.__reduce_ex__(4)[0] and arguments == (SubSimple, *slots())
    for back in ways(sub):
        assert type(back) is SubSimple and back.__getstate__() == slots()


def test_every_value_of_every_slot_in_every_way():
    limits = {
        "flag": [False],
        "tiny": [-128, 127],
        "short": [0, 65535],
        "medium": [-(2**31), 2**31 - 1],
        "long": [-(2**63), 2**63 - 1],
        "huge": [0, 2**64 - 1],
        "some": [1, 255],
        "single": [0.1 + 2**-30, 3.4e38, float("-inf"), float("nan")],
        "double": [5e-324, 1.7e308, float("nan")],
        "name": TEXTS,
        "other": TEXTS,
    }
    for name, values in limits.items():
        for value in values:
            made = walked(slots(**{name: value}))
            state = repr(made.__getstate__())
            for back in ways(made):
                assert type(back) is zoo.Simple and repr(back.__getstate__()) == state
    assert type(pickled(zoo.Nothing())) is zoo.Nothing
    assert zoo.Nothing().__reduce_ex__(4)[1] == ()


def test_the_short_way_says_what_the_long_one_says():
    numbers = random.Random(5)
    names = "flag tiny short medium long huge some single double name other".split()
    for _ in range(5000):
        changes = {numbers.choice(names): numbers.choice(THINGS) for _ in range(numbers.randrange(1, 3))}
        state = slots(**changes)
        if numbers.randrange(10) == 0:
            state = numbers.choice([state[:-1], state + (numbers.choice(THINGS),), (), state + ({},)])
        expected = outcome(lambda: walked(state))
        assert outcome(lambda: zoo.Simple._from_slots(*state)) == expected
        assert outcome(lambda: zoo.Simple._from_state(zoo.Simple, *state)) == expected
    refused(TypeError, "Simple.tiny: expected i8, found int 128", zoo.Simple._from_slots, *slots(tiny=128))
    refused(pickle.UnpicklingError, "tiny is 13", zoo.Simple._from_slots, *slots(tiny=13))


def test_hooks_run_once():
    made = zoo.Simple.make()
    for protocol in range(6):
        assert pickled(made, protocol).times == (0, 1)
        assert made.times == (protocol + 1, 0)
    made = walked(slots(name="long" * 1000))
    taken = made.times[0]
    assert pickled(made).times == (0, 1) and made.times[0] == taken + 1


def test_a_table_of_ones_own_goes_before():
    import io

    out = io.BytesIO()
    pickler = pickle.Pickler(out)
    pickler.dispatch_table = {zoo.Simple: lambda made: (str, (made.__getstate__()[9],))}
    pickler.dump(zoo.Simple.make())
    assert pickle.loads(out.getvalue()) == "name"
    pickler = pickle.Pickler(out := io.BytesIO())
    pickler.dispatch_table = {}
    pickler.dump(zoo.Simple.make())
    assert pickle.loads(out.getvalue()).__getstate__() == slots()


def test_forms_are_known_to_copyreg_and_need_it_not():
    import copy
    import io

    made = zoo.Simple.make()
    form = made.__reduce_ex__(4)[0]
    assert type(form) in copyreg.dispatch_table
    out = io.BytesIO()
    pickler = pickle.Pickler(out, 4)
    pickler.dispatch_table = {}
    pickler.dump(made)
    assert out.getvalue() == pickle.dumps(made, 4) == pickle._dumps(made, 4)
    assert pickle.loads(pickle.dumps(form)) is form
    assert copy.copy(form) is form and copy.deepcopy(form) is form
