# cython: language_level=3
"""The post's classes: pickled by hand, and as Cython does it."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.string cimport memcpy


cdef class Person:
    cdef public str name
    cdef public int age

    def __init__(self, name, age):
        self.name = name
        self.age = age

    def __getstate__(self):
        return (self.name, self.age)

    def __setstate__(self, state):
        self.name, self.age = state


cdef class Automatic:
    cdef public str name
    cdef public int age

    def __init__(self, name, age):
        self.name = name
        self.age = age


cdef struct Bicycle:
    int gears
    double price


cdef class Bicycles:
    cdef Bicycle *data
    cdef long size

    def __init__(self, long size=0):
        self.size = size
        self.data = <Bicycle *>PyMem_Malloc(sizeof(Bicycle) * size)
        for i in range(size):
            self.data[i].gears = i % 21
            self.data[i].price = i

    def __getstate__(self):
        return (<bytes>(<char *>self.data)[:sizeof(Bicycle) * self.size], self.size)

    def __setstate__(self, state):
        cdef bytes data = state[0]
        if len(data) != sizeof(Bicycle) * state[1]:
            raise ValueError("length")
        PyMem_Free(self.data)
        self.size = state[1]
        self.data = <Bicycle *>PyMem_Malloc(len(data))
        memcpy(self.data, <char *>data, len(data))

    def __len__(self):
        return self.size

    def __dealloc__(self):
        PyMem_Free(self.data)
