"""The pickles in `tests/data/classes`, which `tests/pickle_classes.rs` reads in Rust: this module writes the same."""

import os
import pathlib
import pickle
import sys

import zoo

DATA = pathlib.Path(__file__).parent.parent / "data" / "classes"


class Racer(zoo.OldSize):
    pass


class Runner(zoo.OldSize):
    """Keeps the state of its class in its own."""

    def __getstate__(self):
        return super().__getstate__(), self.team

    def __setstate__(self, state):
        slots, self.team = state
        super().__setstate__(slots)


class Walker(zoo.OldSize):
    """Hands it on as its own."""

    def __getstate__(self):
        return super().__getstate__()

    def __setstate__(self, state):
        super().__setstate__(state)


class Jumper(zoo.OldSize):
    """Adds to it."""

    def __getstate__(self):
        return super().__getstate__() + (self.team,)

    def __setstate__(self, state):
        self.team = state[-1]
        super().__setstate__(state[:-1])


class Diver(zoo.OldSize):
    """Is only told of it."""

    def __setstate__(self, state):
        super().__setstate__(state)


for subclass in (Racer, Runner, Walker, Jumper, Diver):
    subclass.__module__ = "zoo"
    setattr(zoo, subclass.__name__, subclass)


def with_team(subclass):
    made = subclass(1.0, 2.0)
    made.team = "red"
    return made


def ring():
    """An object that is reached from itself."""
    node = zoo.Node("first")
    node.next = zoo.Node("second")
    node.next.next = node
    return node


def team():
    dave = zoo.Person("Dave", 30)
    return zoo.Team(dave, None, [zoo.Person("Eve", 31), dave])


def objects():
    yield "size", zoo.OldSize(1.0, 2.0)
    yield "sizes", [zoo.OldSize(float(at), 0.5) for at in range(3)] * 2
    yield "person", zoo.OldPerson("Dave")
    yield "kinds", zoo.Kinds.make()
    yield "puppy", zoo.Puppy("Rex", 9)
    for subclass in (Racer, Runner, Walker, Jumper, Diver):
        yield subclass.__name__.lower(), with_team(subclass)
    yield "light", [zoo.OldLight.Amber, zoo.OldLight.Green, zoo.OldLight.Red]
    yield "shape", [zoo.OldShape.Circle(1.5), zoo.OldShape.Rect(2.0, 3.0)]
    yield "speed", zoo.OldSpeed("car", 36.0)
    yield "paint", zoo.OldPaint()
    yield "samples", [zoo.Samples([1.0, 2.0], [3, 4, 5], [6]), zoo.Samples([])]
    yield "rack", zoo.OldRack([0.5, 1.0])
    yield "natural", zoo.Natural.make()
    yield "team", team()
    yield "ring", ring()
    yield "listed", zoo.Account("Dave", "secret", [1, 2])
    yield "own", zoo.OldOwn("text")
    yield "ownset", zoo.OwnSet("named")
    yield "packet", zoo.OldPacket("first", 7)
    if hasattr(zoo, "Fixed"):
        yield "fixed", zoo.Fixed.make(9)


def test_the_pickles_that_rust_reads_are_those_of_the_classes():
    for name, made in objects():
        for protocol in (0, 2, 4):
            path = DATA / f"{name}_p{protocol}.pkl"
            data = pickle.dumps(made, protocol)
            # Where this Python writes other bytes, the object is the same.
            assert pickle.dumps(pickle.loads(path.read_bytes()), protocol) == pickle.dumps(pickle.loads(data), protocol)
            if os.environ.get("UPDATE"):
                path.write_bytes(data)
            if sys.version_info[:2] == (3, 11):
                # The items of a set of texts come in the order of the process.
                in_order = sorted if name == "kinds" else bytes
                assert in_order(path.read_bytes()) == in_order(data), path.name
