"""Types of an open set that hold objects of Python: only pickles of classes can have them."""

import pickle

import zoo
from ways import refused, ways

WAYS = ["native", "schema", "inspect", "file", "stream", "pickle"]


def test_a_registered_type_that_holds_objects_is_in_no_way_of_others():
    holder = zoo.Holder(1, None)
    for way in WAYS:
        assert holder.saved(way) == ("Holder([Plain(1)])" if way == "inspect" else "1"), way
    for again in ways(holder):
        assert again.shown() == 1


def test_its_values_are_refused_where_no_object_can_stand():
    holder = zoo.Holder(1, "text")
    for way in WAYS:
        refused((ValueError, OSError), "Holder.parts[1].0: an object of Python, which only", holder.saved, way)


def test_its_values_go_with_each_class_of_python():
    for holder in zoo.Holder(1, ["held"]), zoo.Keeper("object", ["held"]):
        for again in ways(holder):
            assert again.shown() == 2
            assert again.held() == ["held"]


def test_a_cycle_through_its_values_stays_one():
    held = []
    holder = zoo.Holder(1, held)
    held.append(holder)
    for protocol in range(6):
        again = pickle.loads(pickle.dumps(holder, protocol))
        assert again.held()[0] is again
