"""Instructions that a `Person` takes to dump and to load, alone and in a list, by callgrind; prints Markdown.

`PYTHONPATH=target/modules target/venv/bin/python instructions.py`, once `run` has built the modules. In parentheses is what
the module's own code takes; the rest is Python's and libc's.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

CLASSES = {"state": "Person", "state, packed": "PackedPerson", "PyO3, `__reduce__`": "ByReduce"}
CASES = {"alone": (1, 100, 600), "in a list of 2,000": (2000, 1, 3)}
WAYS = ["dumps", "loads"]

WORK = """
import contestants, gc, pickle, sys
gc.disable()
name, count, way, rounds = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
people = [getattr(contestants, name)(f"name{number}", number % 90) for number in range(count)]
subject = people[0] if count == 1 else people
data = pickle.dumps(subject, 5)
for _ in range(rounds):
    if way == "dumps":
        pickle.dumps(subject, 5)
    else:
        pickle.loads(data)
"""


def counted(*arguments):
    """All instructions of a run, and those in the module."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "out")
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", sys.executable, "-c", WORK, *arguments]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "0"})
        annotated = ["callgrind_annotate", "--threshold=100", str(out)]
        text = subprocess.run(annotated, check=True, capture_output=True, text=True).stdout
    total = own = 0
    for line in text.splitlines():
        if found := re.match(r"\s*([\d,]+) .*PROGRAM TOTALS", line):
            total = int(found[1].replace(",", ""))
        elif found := re.match(r"\s*([\d,]+) .*\[\S*contestants\S*\]", line):
            own += int(found[1].replace(",", ""))
    return total, own


def cell(name, count, way, few, many):
    first, second = (counted(name, str(count), way, str(rounds)) for rounds in (few, many))
    total, own = ((more - less) / (many - few) / count for less, more in zip(first, second))
    return f"{total:,.0f} ({own:,.0f})"


titles = [f"{way}, {case}" for case in CASES for way in WAYS]
print("| |", " | ".join(titles), "|\n|---|" + "---|" * len(titles))
for title, name in CLASSES.items():
    cells = [cell(name, count, way, few, many) for count, few, many in CASES.values() for way in WAYS]
    print("|", title, "|", " | ".join(cells), "|", flush=True)
