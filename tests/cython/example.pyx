# cython: language_level=3
"""The classes of the story: an array of C structs, a subclass with an owner, pickled by hand and by Cython itself."""
from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy


cdef struct Bicycle:
    int gears
    double price


# How often a constructor ran.
made = 0


cdef class MyClass:
    cdef Bicycle* bicycles
    cdef Py_ssize_t count

    def __init__(self, *, data=()):
        global made
        made += 1
        self.data = data

    def __dealloc__(self):
        free(self.bicycles)

    cdef take(self, bytes raw, Py_ssize_t count):
        if len(raw) != count * sizeof(Bicycle):
            raise ValueError("%d bytes are not %d bicycles" % (len(raw), count))
        cdef Bicycle* bicycles = <Bicycle*>calloc(max(count, 1), sizeof(Bicycle))
        if not bicycles:
            raise MemoryError
        memcpy(bicycles, PyBytes_AsString(raw), len(raw))
        free(self.bicycles)
        self.bicycles, self.count = bicycles, count

    @property
    def data(self):
        return [(self.bicycles[i].gears, self.bicycles[i].price) for i in range(self.count)]

    @data.setter
    def data(self, pairs):
        cdef Bicycle bicycle
        raw = []
        for gears, price in pairs:
            # Padding too is the same each time.
            bicycle = Bicycle(0, 0.0)
            bicycle.gears, bicycle.price = gears, price
            raw.append(PyBytes_FromStringAndSize(<char*>&bicycle, sizeof(Bicycle)))
        self.take(b"".join(raw), len(raw))

    def average(self):
        prices = [price for _, price in self.data]
        return sum(prices) / len(prices) if prices else None

    def __getstate__(self):
        return PyBytes_FromStringAndSize(<char*>self.bicycles, self.count * sizeof(Bicycle)), self.count

    def __setstate__(self, state):
        raw, count = state
        self.take(bytes(raw), count)


cdef class MySubclass(MyClass):
    cdef public object owner

    def __init__(self, *, data=(), owner=None):
        super().__init__(data=data)
        self.owner = owner

    def __getstate__(self):
        return MyClass.__getstate__(self) + (self.owner,)

    def __setstate__(self, state):
        MyClass.__setstate__(self, state[:-1])
        self.owner = state[-1]


class Person:
    def __init__(self, name, age):
        self.name, self.age = name, age

    def __getstate__(self):
        return self.name, self.age

    def __setstate__(self, state):
        self.name, self.age = state

    def __eq__(self, other):
        return type(self) is type(other) and self.__getstate__() == other.__getstate__()


cdef class Gear:
    """Pickled by Cython of its own accord."""
    cdef public int teeth
    cdef public str maker
    cdef public double ratio

    def __init__(self, teeth, maker, ratio):
        self.teeth, self.maker, self.ratio = teeth, maker, ratio


cdef class Cassette(Gear):
    cdef public list gears
