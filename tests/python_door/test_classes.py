"""Chains of classes, exceptions, enums, and how classes are registered."""

import copy
import os
import pickle
import subprocess
import sys

import zoo
from ways import PROTOCOLS, refused, ways


def puppy():
    one = zoo.Puppy("Rex", 9)
    one.legs, one.weights, one.owner = 3, [0.5, 2.0], {"name": "Dave"}
    return one


def test_a_chain_of_three():
    state = puppy().__getstate__()
    assert state == ("Rex", b"\0\0\0\x3f\0\0\0\x40", 2, 3, 9, {"name": "Dave"})
    for back in ways(puppy()):
        assert type(back) is zoo.Puppy and back.__getstate__() == state
    for back in ways(zoo.Dog("d", 2)):
        assert type(back) is zoo.Dog and back.__getstate__() == zoo.Dog("d", 2).__getstate__()


def test_the_bases_state_is_the_prefix():
    state = puppy().__getstate__()
    dog = zoo.Dog("d", 1)
    dog.__setstate__(state[:-2])
    assert dog.__getstate__() == state[:-2]


def test_a_chain_is_restored_as_a_whole_or_not_at_all():
    one, before = puppy(), puppy().__getstate__()
    for at, wrong in enumerate([1, "text", 3, 1000, -1]):
        state = list(before)
        state[at] = wrong
        refused(TypeError, "expected", one.__setstate__, tuple(state))
        assert one.__getstate__() == before
    refused(TypeError, "one more", one.__setstate__, before + (1,))
    refused(TypeError, "expected the count, found a state without it", one.__setstate__, before[:2])
    other = ("Tom", b"", 0, 4, 10, None)
    one.__setstate__(other)
    assert one.__getstate__() == other


def test_a_subclass_of_a_chain():
    one = Show("Rex", 9)
    one.prize = one
    for back in ways(one, shallow=False):
        assert type(back) is Show and back.prize is back and back.name == "Rex"


class Show(zoo.Puppy):
    pass


def test_a_metaclass_hides_no_base():
    class Hiding(type):
        def mro(cls):
            return [class_ for class_ in super().mro() if class_ is not zoo.Stray]

    class Hidden(zoo.Stray, metaclass=Hiding):
        def __new__(cls):
            raise AssertionError("no constructor runs")

    class Below(Hidden):
        pass

    class Open(zoo.Animal, metaclass=Hiding):
        pass

    from_state, state = zoo.Animal._from_state, zoo.Animal("a").__getstate__()
    for wrong in (Hidden, Below):
        assert zoo.Stray not in wrong.__mro__
        refused(TypeError, "keeps more in its objects", from_state, wrong, *state)
    assert from_state(Open, *state).__getstate__() == state


def test_no_class_is_made_of_less_than_it_needs():
    from_state, state = zoo.Animal._from_state, zoo.Animal("a").__getstate__()
    for wrong in (zoo.Stray, SubStray, zoo.Dog, zoo.Puppy):
        refused(TypeError, "keeps more in its objects", from_state, wrong, *state)
    for wrong in (int, object, type, zoo.Person, list, Exception):
        refused(TypeError, "expected zoo.Animal or a subclass of it", from_state, wrong, *state)
    refused(TypeError, "expected a class", from_state)
    refused(TypeError, "expected a class", from_state, 3)
    for class_ in (zoo.Stray, SubStray):
        refused((TypeError, pickle.PicklingError), "", pickle.dumps, class_())


class SubStray(zoo.Stray):
    pass


def test_exceptions():
    if not hasattr(zoo, "Escaped"):
        return  # for the stable ABI
    one = zoo.Escaped("lion", 7, "more")
    one.__cause__ = None
    one.where = ["garden"]
    for make in (one, SubEscaped("lion", 7, "more")):
        make.where = ["garden"]
        for back in ways(make):
            assert type(back) is type(make)
            assert (back.animal, back.code, back.args, back.where) == ("lion", 7, ("lion", 7, "more"), ["garden"])
            assert str(back) == str(make)
    try:
        raise copy.copy(one)
    except ValueError as caught:
        assert caught.code == 7
    one.itself = one
    for back in ways(one, shallow=False):
        assert back.itself is back


if hasattr(zoo, "Escaped"):

    class SubEscaped(zoo.Escaped):
        pass


def test_enums_of_units_are_the_same_objects():
    for color in (zoo.Color.Red, zoo.Color.GREEN, zoo.Color.Blue):
        for back in ways(color):
            assert back is color
    for back in ways(zoo.another_red(), shallow=False):
        assert back is zoo.Color.Red
    assert [pickle.loads(pickle.dumps([zoo.Color.GREEN] * 3, p)) for p in PROTOCOLS] == [[zoo.Color.GREEN] * 3] * 6


def test_enums_of_classes():
    shared = ["x"]
    circle, named, nothing = zoo.Shape.Circle(0.5), zoo.Shape.Named("n", shared), zoo.Shape.Nothing()
    for back in ways([circle, named, nothing, shared], shallow=False):
        assert [type(shape) for shape in back[:3]] == [zoo.Shape.Circle, zoo.Shape.Named, zoo.Shape.Nothing]
        assert back[0].radius == 0.5 and back[1]._0 == "n" and back[1]._1 is back[3]
    from_state = zoo.Shape._from_state
    refused(TypeError, "expected the name of a variant", from_state, zoo.Shape, "Square")
    refused(TypeError, "Shape.Circle.radius: expected f64, found str 'x'", from_state, zoo.Shape, "Circle", "x")
    refused(TypeError, "Shape.Circle", from_state, zoo.Shape, "Circle")
    refused(TypeError, "expected the name", from_state, zoo.Shape)


def test_a_class_that_cannot_be_found_again_is_told_so():
    refused(TypeError, 'Homeless has no module', zoo.register_without_module)
    refused(TypeError, "zoo.elsewhere cannot be imported", zoo.register_elsewhere)


def test_help_reads_well():
    import pydoc

    text = pydoc.render_doc(zoo.Person, renderer=pydoc.plaintext)
    assert "__getstate__(self, /)" in text and "The state as a flat tuple" in text
    assert "_from_state" not in text


def test_a_module_that_is_imported_again():
    code = """
import pickle, sys
import zoo
first, person = zoo, pickle.dumps(zoo.Person("Dave", 30))
fixed = hasattr(zoo, "Fixed") and zoo.Fixed.make(3)
of_first = pickle.dumps(fixed)
del sys.modules["zoo"]
import zoo
assert zoo is not first and zoo.Person is first.Person
for protocol in range(6):
    back = pickle.loads(pickle.dumps(pickle.loads(person), protocol))
    assert type(back) is zoo.Person and back.name == "Dave"
    if fixed:
        assert pickle.loads(pickle.dumps(fixed, protocol)).value == pickle.loads(of_first).value == 3
        assert zoo._Fixed_from_slots(3).value == 3
"""
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(zoo.__file__)}
    subprocess.run([sys.executable, "-B", "-c", code], check=True, env=environment)
