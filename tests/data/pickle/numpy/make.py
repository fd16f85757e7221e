"""Writes the arrays of these tests with the NumPy that runs it: python make.py DIRECTORY

The files here were made so, by NumPy 1.26.4 on Python 3.11 (1.24.4 writes the same) and 2.5.5 on Python 3.12, a file for
each version and protocol. A file is a pickled list of (name, pickle, buffers out of band); protocol 5 is there twice,
without buffers and with them.
"""
import pickle
import sys

import numpy as np

bicycle = np.dtype({"names": ["gears", "price"], "formats": ["<i4", "<f8"]}, align=True)
packed = np.dtype([("gears", "<i4"), ("price", "<f8")])
swapped = np.dtype([("price", ">f8"), ("gears", ">i4")])
rows = [(1, 50.0), (7, 199.0), (21, 399.5)]
bikes = np.zeros(3, bicycle)
bikes[:] = rows
other = np.zeros(3, swapped)
other["gears"], other["price"] = bikes["gears"], bikes["price"]
nested = np.zeros(2, [("at", "<f4", (3,)), ("bike", packed), ("tag", "S2"), ("word", "<U2")])
nested["at"] = [[1, 2, 3], [4, 5, 6]]
nested["bike"] = rows[:2]
nested["tag"], nested["word"] = b"ab", "é"
grid = np.arange(6, dtype="<i4").reshape(2, 3)
box = np.arange(24, dtype="<u2").reshape(2, 3, 4)

CASES = {
    "f8": np.array([1.5, -0.0, float("inf")]),
    "f8_big": np.array([1.5, -0.0, float("inf")], ">f8"),
    "f4": np.array([0.25, 3], "<f4"),
    "f2": np.array([0.5], "<f2"),
    "i1": np.array([-1, 2], "i1"),
    "u1": np.array([1, 255], "u1"),
    "i2_big": np.array([-2, 258], ">i2"),
    "i8": np.array([-(2**63), 2**63 - 1], "<i8"),
    "u8": np.array([2**64 - 1], "<u8"),
    "bool": np.array([True, False, True]),
    "c16": np.array([1 + 2j]),
    "bytes": np.array([b"ab", b"c"]),
    "text": np.array(["ab", "é"]),
    "time": np.array(["2024-02-29", "NaT"], "M8[D]"),
    "span": np.array([3, -1], "m8[25us]"),
    "empty": np.array([], "<f8"),
    "empty_2d": np.zeros((2, 0), "<f8"),
    "none_d": np.array(2.5),
    "grid": grid,
    "grid_fortran": np.asfortranarray(grid),
    "box_turned": box.transpose(1, 2, 0),
    "strided": np.arange(10, dtype="<i4")[::3],
    "aligned": bikes,
    "packed": bikes.astype(packed),
    "swapped": other,
    "nested": nested,
    "no_fields": np.zeros(2, "V3"),
    "records": bikes.view(np.recarray),
    "objects": np.array([1, "two", None], dtype=object),
    "scalar_f8": np.float64(1.5),
    "scalar_i4_big": np.array([7], ">i4")[0],
    "scalar_bool": np.bool_(True),
    "scalar_bytes": np.bytes_(b"ab"),
    "scalar_record": bikes[1],
    "dtype": bicycle,
}


def write(path, protocol, out_of_band):
    cases = []
    for name, value in CASES.items():
        buffers = []
        body = pickle.dumps(value, protocol, buffer_callback=buffers.append if out_of_band else None)
        cases.append((name, body, [bytes(buffer.raw()) for buffer in buffers]))
    with open(path, "wb") as file:
        pickle.dump(cases, file, 4)


directory, version = sys.argv[1], np.__version__
for protocol in range(6):
    write(f"{directory}/{version}_p{protocol}.pkl", protocol, False)
write(f"{directory}/{version}_p5_buffers.pkl", 5, True)
