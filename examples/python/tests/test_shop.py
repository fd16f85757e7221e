"""The shop's objects through pickle and all that is built on it."""

import copy
import concurrent.futures
import multiprocessing
import os
import pathlib
import pickle
import pydoc
import shelve
import subprocess
import sys

import pytest
import shop

DATA = [(1, 50.0), (7, 199.0), (21, 399.0)]


@pytest.fixture
def made():
    return shop.MySubclass(DATA, shop.Person("Dave", 30))


def same(one):
    assert type(one) is shop.MySubclass
    assert one.data == DATA and (one.owner.name, one.owner.age) == ("Dave", 30)
    assert one.get_average_price() == 216.0
    return True


def average(one):
    """What a worker does."""
    assert same(one)
    return one.get_average_price(), one


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(made, protocol):
    same(pickle.loads(pickle.dumps(made, protocol)))


def test_copy(made):
    same(copy.copy(made))
    assert copy.copy(made).owner is made.owner
    same(copy.deepcopy(made))
    assert copy.deepcopy(made).owner is not made.owner


@pytest.mark.parametrize("start", multiprocessing.get_all_start_methods())
def test_multiprocessing(made, start):
    with multiprocessing.get_context(start).Pool(2) as pool:
        for price, back in pool.map(average, [made] * 4):
            assert price == 216.0 and same(back)


@pytest.mark.parametrize("start", multiprocessing.get_all_start_methods())
def test_concurrent_futures(made, start):
    context = multiprocessing.get_context(start)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        assert all(price == 216.0 and same(back) for price, back in pool.map(average, [made] * 4))


def test_joblib(made, tmp_path):
    joblib = pytest.importorskip("joblib")
    joblib.dump(made, tmp_path / "made")
    same(joblib.load(tmp_path / "made"))
    results = joblib.Parallel(n_jobs=2)(joblib.delayed(average)(made) for _ in range(4))
    assert all(price == 216.0 and same(back) for price, back in results)


def test_cloudpickle(made):
    cloudpickle = pytest.importorskip("cloudpickle")
    same(cloudpickle.loads(cloudpickle.dumps(made)))
    assert cloudpickle.loads(cloudpickle.dumps(lambda: made))().get_average_price() == 216.0


def test_shelve(made, tmp_path):
    with shelve.open(str(tmp_path / "shelf")) as shelf:
        shelf["made"] = made
    with shelve.open(str(tmp_path / "shelf")) as shelf:
        same(shelf["made"])


def test_two_shops_of_one_owner(made):
    other = shop.MySubclass([], made.owner)
    one, two = pickle.loads(pickle.dumps([made, other]))
    assert one.owner is two.owner and two.get_average_price() is None


def test_state_is_the_bases_and_the_own(made):
    state = made.__getstate__()
    assert state[:-1] == shop.MyClass(DATA).__getstate__() and state[-1] is made.owner
    assert shop.Person("Dave", 30).__getstate__() == ("Dave", 30)


def test_data_is_settable_and_a_bad_item_changes_nothing(made):
    made.data = [(3, 1.0)]
    assert made.data == [(3, 1.0)] and len(made) == 1
    for bad in ([(1, 50.0), ("x", 1.0), (2, 2.0)], [(1, 50.0), (2**40, 1.0)], [(1, 50.0), (1,)], 3):
        with pytest.raises((TypeError, ValueError, OverflowError)):
            made.data = bad
        assert made.data == [(3, 1.0)]
    for _ in range(100):
        made.data = DATA * 1000
    assert len(made) == 3000


def test_a_lie_about_the_length_is_refused(made):
    for lie in ((b"\0" * 16, 1000, None), (b"\0" * 16, 2**60, None), (b"\0" * 15, 1, None)):
        with pytest.raises(TypeError, match=r"MyClass\.bicycles"):
            made.__setstate__(lie)
        same(made)


def test_wrong_owner_is_told_by_field(made):
    with pytest.raises(TypeError, match=r"MySubclass\.owner: expected shop\.Person, found str 'Dave'"):
        made.__setstate__(made.__getstate__()[:-1] + ("Dave",))
    same(made)


def test_bicycles_leave_beside_the_pickle():
    many, buffers = shop.MyClass([(1, 50.0)] * 100_000), []
    data = pickle.dumps(many, 5, buffer_callback=buffers.append)
    assert len(data) < 100 and [buffer.raw().nbytes for buffer in buffers] == [1_600_000]
    assert len(pickle.loads(data, buffers=buffers)) == 100_000


def test_prices_leave_where_they_are():
    prices, buffers = shop.Prices([50.0] * 100_000), []
    data = pickle.dumps(prices, 5, buffer_callback=buffers.append)
    assert len(data) < 100 and [buffer.raw().nbytes for buffer in buffers] == [800_000]
    with pytest.raises(RuntimeError):
        prices.raise_by(1.5)  # not while somebody looks at them
    assert len(pickle.loads(data, buffers=buffers)) == 100_000
    buffers.clear()
    prices.raise_by(1.5)
    assert prices[99_999] == 75.0


def test_bicycles_as_an_array_of_numpy():
    numpy = pytest.importorskip("numpy")
    buffers = []
    pickle.dumps(shop.MyClass(DATA * 100), 5, buffer_callback=buffers.append)
    bicycle = numpy.dtype({"names": ["gears", "price"], "formats": ["<i4", "<f8"], "offsets": [0, 8], "itemsize": 16})
    array = numpy.frombuffer(buffers[0], bicycle)
    assert array["price"].mean() == pytest.approx(216.0) and array["gears"][2] == 21


def test_prices_are_seen_by_numpy_where_they_are():
    numpy = pytest.importorskip("numpy")
    prices = shop.Prices([1.0, 2.0, 3.0])
    view = prices.view()
    assert type(view) is numpy.ndarray and view.tolist() == [1, 2, 3] and not view.flags.writeable
    with pytest.raises(RuntimeError):
        prices.raise_by(2)
    del view
    prices.raise_by(2)
    prices.__setstate__((prices.view().astype(">f8") + 1, 3))
    assert list(prices) == [3, 5, 7]


@pytest.fixture(params=["kept", "made"])
def first(request, tmp_path):
    """A folder of pickles that the first version of the shop wrote: those that are kept, and others, by the module that
    ``tests/first`` builds, whose folder ``SHOP_FIRST`` names."""
    here = pathlib.Path(__file__).parent / "first"
    if request.param == "kept":
        return here
    if not os.environ.get("SHOP_FIRST"):
        pytest.skip("SHOP_FIRST does not say where the first version of the shop is")
    environment = {**os.environ, "PYTHONPATH": os.environ["SHOP_FIRST"]}
    subprocess.run([sys.executable, "-B", here / "pickles.py", tmp_path], env=environment, check=True)
    return tmp_path


@pytest.mark.parametrize("protocol", range(5))
def test_pickles_of_the_first_version(first, protocol):
    back, dave = pickle.loads((first / f"shop_p{protocol}.pkl").read_bytes())
    assert type(back) is shop.MySubclass and back.data == DATA and back.get_average_price() == 216.0
    assert back.owner is dave and (dave.name, dave.age) == ("Dave", 0)


def test_help():
    text = pydoc.render_doc(shop.Person, renderer=pydoc.plaintext)
    assert "Somebody who can own a shop." in text and "What they are called." in text
