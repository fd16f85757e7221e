"""Arrays in protocol 5 beside NumPy's: 1.6 MB, in band and out of band; prints Markdown.

`PYTHONPATH=target/modules target/venv/bin/python arrays.py [ROUNDS]`, once `run` has built the modules. What is loaded
is what `pickle.dumps` gave, with the buffers as `bytes` where they are out of band. Rounds are interleaved; the table
has medians in microseconds, and half the distance of the quartiles.
"""

import gc
import pickle
import statistics
import sys
import time

import contestants
import numpy

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 101
COUNT = 100_000

records = numpy.zeros(COUNT, [("gears", "<i8"), ("price", "<f8")])
records["gears"] = numpy.arange(COUNT) % 21
records["price"] = numpy.arange(COUNT)
floats = numpy.arange(2 * COUNT, dtype="<f8")

SUBJECTS = {
    "NumPy, floats": (floats, lambda loaded: loaded),
    # As whoever has it who goes on to change the array, or keeps it without the buffer.
    "NumPy, floats, copied": (floats, numpy.copy),
    "NumPy, records": (records, lambda loaded: loaded),
    "state": (contestants.WideBicycles(COUNT), lambda loaded: loaded),
    "state, with padding": (contestants.Bicycles(COUNT), lambda loaded: loaded),
}


def dumps_apart(subject):
    buffers = []
    return pickle.dumps(subject, 5, buffer_callback=buffers.append), buffers


def work(subject, finish):
    inside = pickle.dumps(subject, 5)
    outside, buffers = dumps_apart(subject)
    apart = [bytes(buffer.raw()) for buffer in buffers]
    del buffers
    return {
        "dumps, in band": lambda: pickle.dumps(subject, 5),
        "loads, in band": lambda: finish(pickle.loads(inside)),
        "dumps, out of band": lambda: dumps_apart(subject),
        "loads, out of band": lambda: finish(pickle.loads(outside, buffers=apart)),
    }


gc.disable()
works = {title: work(*subject) for title, subject in SUBJECTS.items()}
times = {}
for _ in range(ROUNDS):
    for title, ways in works.items():
        for way, run in ways.items():
            start = time.perf_counter()
            result = run()
            times.setdefault((title, way), []).append((time.perf_counter() - start) * 1e6)
            del result

ways = list(next(iter(works.values())))
print("| |", " | ".join(ways), "|\n|---|" + "---|" * len(ways))
for title in works:
    cells = []
    for way in ways:
        taken = times[title, way]
        low, _, high = statistics.quantiles(taken, n=4)
        cells.append(f"{statistics.median(taken):.1f} ±{(high - low) / 2:.1f}")
    print("|", title, "|", " | ".join(cells), "|")
