"""Does what the guide's chapter on PyO3 classes says, word for word, in an empty folder.

`fresh.py TARGET`, with the Python of a virtual environment that has maturin, and a folder for what cargo builds. The crate
is taken from this repository.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def main(target):
    # Outside of this repository, whose workspace would take the new package in.
    with tempfile.TemporaryDirectory() as folder:
        make(pathlib.Path(folder) / "people", target)


def make(folder, target):
    told = (ROOT / "state-core/src/guide/python_classes.md").read_text()
    # The first block of Rust, as a later one shows how the class may change, and all of Python, in one program.
    blocks = {}
    for language, block in re.findall(r"```(\w+)(?:,ignore)?\n(.*?)```", told, re.DOTALL):
        blocks[language] = blocks.get(language, "") + block if language == "python" else blocks.get(language, block)
    subprocess.run(["cargo", "new", "--quiet", "--vcs", "none", "--lib", str(folder)], check=True)
    manifest = folder / "Cargo.toml"
    made = manifest.read_text()
    # What `cargo new` writes ends with an empty table of dependencies, which the words replace.
    made = made[: made.index("[dependencies]")] + blocks["toml"]
    crate = ROOT / "state-core"
    assert '"path/to/state-core"' in made
    manifest.write_text(made.replace("path/to/state-core", str(crate)))
    # The versions that this repository was tested with.
    shutil.copy(ROOT / "examples/python/Cargo.lock", folder / "Cargo.lock")
    (folder / "src/lib.rs").write_text(blocks["rust"])
    bin = pathlib.Path(sys.executable).parent
    environment = {**os.environ, "VIRTUAL_ENV": str(bin.parent), "CARGO_TARGET_DIR": str(target)}
    subprocess.run([bin / "maturin", "develop", "--quiet"], cwd=folder, env=environment, check=True)
    subprocess.run([sys.executable, "-c", blocks["python"]], cwd="/", check=True)
    print("a module by the words of the guide")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
