//! The Python classes, tested from Python: builds the module in `tests/python_door` and runs the tests next to it, with
//! only Python's standard library.
//!
//! `STATE_PYTHON` replaces `python3`, and `STATE_WITHOUT_PYTHON=1` skips this test.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

const REMEDY: &str = "install Python 3.9 or later, name it with STATE_PYTHON, or set STATE_WITHOUT_PYTHON=1 to leave \
                      out the tests that ask it";

#[test]
fn classes_of_every_kind_go_through_pickle() {
    if env::var_os("STATE_WITHOUT_PYTHON").is_some_and(|set| set == "1") {
        return;
    }
    let python = env::var("STATE_PYTHON").unwrap_or_else(|_| "python3".into());
    let asked =
        Command::new(&python).args(["-c", "import sys; assert sys.version_info >= (3, 9), sys.version"]).output();
    match asked {
        Err(error) => panic!("`{python}` cannot be run ({error}): {REMEDY}"),
        Ok(asked) => assert!(asked.status.success(), "{}\n{REMEDY}", text(&asked)),
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python_door");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    build(&here, &target, &python);
    let module = if cfg!(windows) { "zoo.pyd" } else { "zoo.so" };
    let built = target.join("debug").join(format!("{DLL_PREFIX}zoo{DLL_SUFFIX}"));
    fs::copy(&built, target.join(module)).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
    let run = Command::new(&python)
        .args(["-B", "-X", "faulthandler"])
        .arg(here.join("run.py"))
        .env("PYTHONPATH", &target)
        .output()
        .expect("it started before");
    assert!(run.status.success(), "{}", text(&run));
}

/// Builds the module. Its dependencies are among those of this workspace, so that no network is needed where cargo has
/// them.
fn build(package: &Path, target: &Path, python: &str) {
    let cargo = |offline: &[&str]| {
        Command::new(env!("CARGO"))
            .arg("build")
            .args(offline)
            .arg("--manifest-path")
            .arg(package.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(target)
            .env("PYO3_PYTHON", python)
            // The process that loads a module provides Python's symbols.
            .env("PYO3_BUILD_EXTENSION_MODULE", "1")
            .output()
            .expect("cargo starts")
    };
    let built = cargo(&["--locked", "--offline"]);
    let built = if built.status.success() { built } else { cargo(&["--locked"]) };
    assert!(built.status.success(), "{}", text(&built));
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
