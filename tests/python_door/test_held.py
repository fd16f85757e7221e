"""Types of an open set that hold objects of Python: only pickles of classes that hold such objects too can have them."""

import pickle

import zoo
from ways import refused, ways

WAYS = ["native", "schema", "inspect", "file", "pickle"]


def test_a_registered_type_that_holds_objects_is_in_no_way_of_others():
    holder = zoo.Holder(1, None)
    for way in WAYS:
        assert holder.saved(way) == ("Holder([Plain(1)])" if way == "inspect" else "1"), way
    for again in ways(holder):
        assert again.shown() == 1


def test_its_values_are_refused_where_no_object_can_stand():
    holder = zoo.Holder(1, "text")
    for way in WAYS:
        refused((ValueError, OSError), "Holder.parts[1].0: an object of Python has a state", holder.saved, way)
    for protocol in range(6):
        refused(pickle.PicklingError, "Holder.parts[1].0: an object of Python has", pickle.dumps, holder, protocol)


def test_its_values_go_with_a_class_that_holds_objects():
    zoo.Holder(1, None)
    for again in ways(zoo.Keeper("object", ["held"])):
        assert again.shown() == 2
