"""Runs the contestants against one another, in interleaved rounds; prints medians and ratios as Markdown."""

import gc
import pickle
import statistics
import sys
import time

import contestants
import cythons


class Slots:
    __slots__ = ("name", "age")

    def __init__(self, name, age):
        self.name = name
        self.age = age


ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 11
PEOPLE, BICYCLES = 100_000, 1_000_000

PERSONS = {
    "state": contestants.Person,
    "PyO3, `__reduce__`": contestants.ByReduce,
    "PyO3, `__getstate__`": contestants.ByState,
    "Cython, by hand": cythons.Person,
    "Cython, automatic": cythons.Automatic,
    "Python, slots": Slots,
}
SHOPS = {
    "state": contestants.Bicycles,
    "state, without padding": contestants.WideBicycles,
    "PyO3, `__getstate__`": contestants.EncodedBicycles,
    "Cython, by hand": cythons.Bicycles,
}


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def table(title, makers, ways):
    things = {name: make() for name, make in makers.items()}
    times = {(name, way): [] for name in things for way in ways}
    for turn in range(ROUNDS):
        for name, thing in things.items():
            for way, (prepare, run) in ways.items():
                ready = prepare(thing)
                gc.collect()
                took, result = timed(lambda: run(ready))
                times[name, way].append(took)
                del result, ready
        print(f"{title}: round {turn + 1} of {ROUNDS}", file=sys.stderr)
    print(f"\n### {title}\n")
    print("| |", " | ".join(ways), "|\n|---|" + "---|" * len(ways))
    for name in things:
        cells = []
        for way in ways:
            mine = statistics.median(times[name, way])
            best = min(statistics.median(times[other, way]) for other in things if not other.startswith("state"))
            quartiles = statistics.quantiles(times[name, way], n=4)
            spread = (quartiles[2] - quartiles[0]) / mine
            cells.append(f"{show(mine)} ({mine / best:.2f}; ±{spread * 50:.0f} %)")
        print("|", name, "|", " | ".join(cells), "|")
    print("\nIn parentheses: the ratio to the best that is not state, and half the distance of the quartiles.")


def show(seconds):
    return f"{seconds * 1e3:.2f} ms" if seconds > 1e-3 else f"{seconds * 1e6:.1f} µs"


def people(class_):
    return [class_(f"name{number}", number % 90) for number in range(PEOPLE)]


def out_of_band(thing):
    buffers = []
    return pickle.dumps(thing, 5, buffer_callback=buffers.append), buffers


def apart(thing):
    data, buffers = out_of_band(thing)
    return data, [bytes(buffer.raw()) for buffer in buffers]


def ways(protocols):
    for protocol in protocols:
        yield f"dumps, {protocol}", (lambda thing: thing, lambda thing, p=protocol: pickle.dumps(thing, p))
        yield f"loads, {protocol}", (lambda thing, p=protocol: pickle.dumps(thing, p), pickle.loads)


gc.disable()
table(f"{PEOPLE:,} `Person` in a list", {n: lambda c=c: people(c) for n, c in PERSONS.items()}, dict(ways([4, 5])))
aside = {
    "dumps, 5 out of band": (lambda thing: thing, out_of_band),
    "loads, 5 out of band": (apart, lambda ready: pickle.loads(ready[0], buffers=ready[1])),
}
table(f"{BICYCLES:,} bicycles", {n: lambda c=c: c(BICYCLES) for n, c in SHOPS.items()}, {**dict(ways([2, 5])), **aside})
