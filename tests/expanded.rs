//! The code of the derives, as expanded by the compiler. Its lint against `unsafe` does not check the output of other
//! crates' macros, so the text is searched.

#![cfg(target_endian = "little")]

use std::cmp::Reverse;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The only `unsafe` in the user's crate is the proof that runs of a struct can be copied.
#[test]
fn the_proof_of_a_struct_is_all_that_is_unsafe() {
    let text = expanded();
    let text: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    // Skips the lint's own name in the first lines.
    let places = text.split("unsafe").skip(1).filter(|rest| !rest.starts_with("_code"));
    let (mut states, mut records) = (0, 0);
    for rest in places {
        let place: String = rest.chars().filter(|letter| !letter.is_whitespace()).take(80).collect();
        match place {
            place if place.starts_with("{::state_core::__private::Image::<Self>::proven(") => states += 1,
            place if place.starts_with("{::state_core::__private::Image::<Self>::takes(") => records += 1,
            place => panic!("unsafe{place}"),
        }
    }
    assert_eq!((states, records), (2, 1), "{text}");
    for written in ["impl<T> _state::State for Kind<T>", "_state::Restore<'__de> for Hooked<'a, T>"] {
        assert!(text.contains(written), "{text}");
    }
}

/// The text of `hygiene/expanded.rs`, expanded with the runtime that this test was built with.
fn expanded() -> String {
    let program = env::current_exe().unwrap();
    let deps = program.parent().unwrap();
    let files = fs::read_dir(deps).unwrap().map(|file| file.unwrap());
    let mut runtimes: Vec<_> = files
        .filter(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            name.starts_with("libstate_core-") && Path::new(&name).extension().is_some_and(|it| it == "rlib")
        })
        .collect();
    // There may be one for each set of features; the newest is the likeliest match.
    runtimes.sort_by_key(|file| Reverse(file.metadata().unwrap().modified().unwrap()));
    let mut told = String::new();
    for runtime in runtimes {
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition=2024", "--crate-type=lib", "-Zunpretty=expanded"]);
        rustc.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hygiene/expanded.rs"));
        rustc.arg(format!("--extern=state_core={}", runtime.path().display()));
        // Macros are built for the host, which may have another folder.
        for folder in [deps.to_path_buf(), deps.join("../../../debug/deps")] {
            rustc.arg(format!("-Ldependency={}", folder.display()));
        }
        let output = rustc.env("RUSTC_BOOTSTRAP", "1").output().unwrap();
        if output.status.success() {
            return String::from_utf8(output.stdout).unwrap();
        }
        told += &String::from_utf8_lossy(&output.stderr);
    }
    panic!("nothing was expanded: {told}")
}
