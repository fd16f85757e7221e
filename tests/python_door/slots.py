"""The slots of the classes with arrays, one of which is given a value."""

import zoo

ARRAYS = ["floats", "shorts", "flags", "small", "points", "wide", "fixed", "vectors", "huge", "one"]
GRIDS = ["line", "table", "any", "points", "pixels"]
LARGE = [float(number) for number in range(1000)]


def changed(made, names, name, value):
    """What stands in a slot of an object after it was given a value."""
    state = list(made.__getstate__())
    state[names.index(name)] = value
    made.__setstate__(tuple(state))
    return made.__getstate__()[names.index(name)]


def array(name, value):
    return changed(zoo.Arrays(), ARRAYS, name, value)


def grid(name, value):
    return changed(zoo.Grids(), GRIDS, name, value)
