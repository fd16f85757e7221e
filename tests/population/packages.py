# Objects of packages, and of what the pickles of cloudpickle and dill hold beside them.
import cloudpickle, cloudpickle.cloudpickle, dill, numpy as np, pandas as pd
import sklearn.cluster, sklearn.compose, sklearn.datasets, sklearn.decomposition, sklearn.ensemble
import sklearn.feature_extraction.text, sklearn.linear_model, sklearn.naive_bayes, sklearn.neighbors
import sklearn.neural_network, sklearn.pipeline, sklearn.preprocessing, sklearn.svm, sklearn.tree


def elements(array):
    "As NumPy loads them, whose arrays of the other order of bytes take this machine's in some of its pickles."
    dtype = array.dtype.newbyteorder("=")
    return (dtype, array.shape, array.flags.fnc, array.astype(dtype).tolist())


ALIKE = (np.dtype,)
SPECIAL["numpy.ndarray"] = elements


class By:
    "A value that another module pickles."
    def __init__(self, way, value): self.way, self.value = way, value


def forget():
    # A class that was made once would be found again.
    cloudpickle.cloudpickle._DYNAMIC_CLASS_TRACKER_BY_ID.clear()


def load(data):
    return (dill if b"_dill" in data else pickle).loads(data)


FACTOR = 3
def scaled(value): return value * FACTOR
def factorial(n): return 1 if n < 2 else n * factorial(n - 1)
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
def adder(n, *, by=[1]):
    "With a cell."
    def add(value: int = 5) -> int: return value + n + by[0]
    add.extra = {"a": 1}
    return add
def recursive():
    def inner(n): return 0 if n == 0 else inner(n - 1)
    return inner
def counted():
    count = 0
    def step():
        nonlocal count
        count += 1
        return count
    def look(): return count
    return [step, look]
def generated(n):
    yield from range(n)
class Shape:
    sides = 0
    def __init__(self, name): self.name = name
    def area(self): return FACTOR * self.sides
    @property
    def title(self): return self.name.title()
    @staticmethod
    def of(name): return Shape(name)
    @classmethod
    def make(cls): return cls("made")
class Square(Shape):
    sides = 4
    def area(self): return super().area() + 1
class Slotted:
    __slots__ = ("a", "b")
class Meta(type):
    def __new__(cls, name, bases, attributes): return super().__new__(cls, name, bases, {**attributes, "extra": 1})
class WithMeta(metaclass=Meta): pass
class Abstract(abc.ABC):
    @abc.abstractmethod
    def run(self): pass
class Concrete(Abstract):
    def run(self): return 1
class Node:
    def __init__(self): self.me, self.kind = self, Node
class Generic(typing.Generic[typing.TypeVar("X")]): pass
def local_class():
    class Local(list):
        def total(self): return sum(self)
    return Local


MADE = r'''
len                     scaled                  factorial               even
lambda a, b=2: a + b    adder(5)                recursive()             counted()
generated               Shape                   Square                  [Shape, Square, Square("x")]
Square("x")             Shape("x").area         Shape.make              Shape.of
Slotted                 filled(Slotted(), a=1)  WithMeta                WithMeta()
Concrete                Concrete()              Node                    Node()
Generic                 Generic[int]            local_class()           local_class()([1, 2])
Color                   Color.RED               Point                   Point(1, 2)
Named                   Data                    Data(1)                 Flags.A
[scaled, scaled]        {"f": scaled, "g": [adder(1), adder(2)]}        functools.partial(scaled, 5)
np.mean                 [adder(1), math]        itself([adder(1)], list.append)                 (lambda f: [f, f])(adder(1))
'''

VALUES = r'''
np.int64(1)             np.int8(-1)             np.uint16(5)            np.float64(1.5)
np.float32(0.1)         np.float16(2)           np.complex128(1 + 2j)   np.complex64(1)
np.bool_(True)          np.bool_(False)         np.str_("text")         np.bytes_(b"text")
np.datetime64("2020-01-02", "D")                np.timedelta64(5, "s")  np.datetime64("NaT")
np.longdouble(1.5)      np.str_("")             np.bytes_(b"")          np.void(b"abc")
{np.int64(1): "a"}      {np.str_("a"): np.float32(1)}                   [np.float64("nan"), np.float64("inf")]
np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")])[0]               (lambda one: [one, one])(np.float64(3))
np.array([1, 2, 3])     np.array(5)             np.array([[1.5, 2], [3, 4]], order="F")         np.zeros((0, 3))
np.array(["a", "bc"])   np.array([b"a", b"bc"])  np.array([1, "a", None], dtype=object)          np.array([True])
np.array([1], ">i4")    np.array([(1, 2)], dtype=np.dtype([("a", "i1"), ("b", "i4")], align=True))
np.arange(10)[::2]      np.arange(6).reshape(2, 3).T                    np.array(["2020"], "M8[s]")
np.rec.array([(1, 2.0)], names="a,b")[0]                                np.zeros(1, [(("t", "a"), "i4"), ("b", "i4")])
np.zeros(1, np.dtype((np.record, [("a", "i4")])))                       np.zeros(1, np.dtype("i4", metadata={"a": 1}))
np.matrix([[1, 2]])     np.rec.array([(1, 2.0)], names="a,b")           np.ma.array([1, 2], mask=[0, 1])
np.dtype("i4")          np.dtype([("a", "i4"), ("b", "f8", (2,))])      np.int64                np.add
np.random.default_rng(5)                        np.random.RandomState(5)                        np.random.PCG64(5)
np.poly1d([1, 2])       np.polynomial.Polynomial([1, 2])                np.finfo                (lambda a: [a, a])(np.array([1]))
np.array([[], []])      np.array([1j])          np.array([np.array([1]), None], dtype=object)   np.broadcast_to(1, (3,))
pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [1.5, None]})          pd.DataFrame()          pd.Series([1, 2], name="s")
pd.Series(["a", None])  pd.Series([1, None], dtype="Int64")             pd.Series(["a", "b"], dtype="category")
pd.Series(["a", None], dtype="string")          pd.Series([True, None], dtype="boolean")        pd.Index([1, 2])
pd.Index(["a", "b"], name="i")                  pd.RangeIndex(5)        pd.MultiIndex.from_product([[1, 2], ["a", "b"]])
pd.DatetimeIndex(["2020-01-01", "2020-01-02"])  pd.date_range("2020", periods=3, tz="Europe/Paris")
pd.Timestamp("2020-01-02 03:04:05.678")         pd.Timestamp("2020", tz="UTC")                  pd.Timedelta(5, "s")
pd.Period("2020-01")    pd.period_range("2020-01", periods=3, freq="M")  pd.Interval(1, 2)       pd.interval_range(0, 3)
pd.NaT                  pd.NA                   pd.Categorical(["a", "b", "a"])                 pd.CategoricalIndex(["a"])
pd.array([1, 2])        pd.offsets.MonthEnd(2)  pd.DataFrame({"a": pd.date_range("2020", periods=2)})
pd.DataFrame({"a": [1, 2, 3]}, index=list("xyz")).rename_axis("i")      pd.Series([1, 2]).rolling
pd.DataFrame({"a": [[1], {"b": 2}]})            pd.arrays.SparseArray([0, 1, 0])                pd.DataFrame(np.eye(2)).T
filled(pd.DataFrame({"a": [1]}), attrs={"x": 1})                        pd.Timedelta("NaT")     pd.CategoricalDtype(["a"])
sklearn.linear_model.LinearRegression().fit(X, Y)                       sklearn.linear_model.LogisticRegression().fit(X, Y)
sklearn.linear_model.SGDClassifier(random_state=0).fit(X, Y)            sklearn.svm.SVC().fit(X, Y)
sklearn.tree.DecisionTreeClassifier(max_depth=3).fit(X, Y)              sklearn.neighbors.KNeighborsClassifier().fit(X, Y)
sklearn.ensemble.RandomForestClassifier(3, random_state=0).fit(X, Y)    sklearn.naive_bayes.GaussianNB().fit(X, Y)
sklearn.ensemble.GradientBoostingClassifier(n_estimators=2).fit(X, Y)   sklearn.cluster.KMeans(2, random_state=0).fit(X)
sklearn.ensemble.HistGradientBoostingClassifier(max_iter=2).fit(X, Y)   sklearn.decomposition.PCA(2).fit(X)
sklearn.preprocessing.StandardScaler().fit(X)                           sklearn.preprocessing.OneHotEncoder().fit([["a"], ["b"]])
sklearn.pipeline.make_pipeline(sklearn.preprocessing.StandardScaler(), sklearn.svm.SVC()).fit(X, Y)
sklearn.feature_extraction.text.TfidfVectorizer().fit(["a bc d", "e fg"])                       sklearn.datasets.load_iris()
sklearn.neural_network.MLPClassifier((4,), max_iter=2, random_state=0)  sklearn.preprocessing.LabelEncoder().fit(["a", "b"])
sklearn.compose.make_column_transformer((sklearn.preprocessing.StandardScaler(), [0, 1])).fit(X)
'''

import math
X, Y = sklearn.datasets.load_iris(return_X_y=True)
X, Y = X[::5], Y[::5]


def population():
    list(imported(USED.split()))
    split = lambda texts: [text.strip() for text in re.split(r"\n|\s{2,}", texts) if text.strip()]
    made = ["By(%s, %s)" % (way, text) for text in split(MADE) for way in ("cloudpickle", "dill")]
    found = {text: first_that_pickles([text]) for text in split(VALUES) + made}
    lost = [text for text in found if not found[text]]
    assert len(lost) < 12, lost
    return [text for text in found if found[text]]
