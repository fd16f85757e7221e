"""Runs the tests of this folder with nothing but Python's standard library: `python3 run.py`."""

import importlib
import pathlib
import sys
import traceback

HERE = pathlib.Path(__file__).parent


def main():
    sys.path.insert(0, str(HERE))
    failed = passed = 0
    for file in sorted(HERE.glob("test_*.py")):
        module = importlib.import_module(file.stem)
        for name, test in list(vars(module).items()):
            if not name.startswith("test_"):
                continue
            try:
                test()
                passed += 1
            except Exception:  # noqa: BLE001
                failed += 1
                print(f"{file.name}: {name}", file=sys.stderr)
                traceback.print_exc()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed != 0)


# Processes that a test starts import this file too.
if __name__ == "__main__":
    main()
