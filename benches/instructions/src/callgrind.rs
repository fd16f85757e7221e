//! Callgrind, which counts: how it is started, and what it is told of the program.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The word by which the command tells itself that it runs under callgrind.
pub const CHILD: &str = "--child";

/// What [`counted`] is to callgrind, which counts while it runs, and writes a file and starts anew when it ends.
const COUNTED: &str = concat!(module_path!(), "::counted");

/// Runs what is to be counted.
#[inline(never)]
pub fn counted(run: &mut dyn FnMut()) {
    run();
    // So that the call above is no jump, after which callgrind would see the end of another function.
    std::hint::black_box(());
}

/// The instructions of each cell of a set, by the cell's name.
///
/// # Errors
/// Those of starting valgrind, and counts that are not there.
pub fn count(set: &str) -> Result<Vec<(String, u64)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/callgrind").join(set);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let out = folder.join("out");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet", "--error-exitcode=1"])
        .args([format!("--toggle-collect={COUNTED}"), format!("--dump-after={COUNTED}")])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe()?)
        .args([CHILD, set])
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| name == "PATH"))
        // The C library's copies then take the same instructions on any processor.
        .env("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-ERMS,-Fast_Unaligned_Copy")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::other("there is no valgrind; it is in the package of that name"),
            _ => error,
        })?;
    if !output.status.success() {
        return Err(Error::other(format!("{set}: under valgrind it ended with {}", output.status)));
    }
    let names = String::from_utf8_lossy(&output.stdout);
    names.lines().enumerate().map(|(at, name)| Ok((name.to_owned(), total(&out, at + 1)?))).collect()
}

/// The count in a file of callgrind's.
fn total(out: &Path, part: usize) -> Result<u64> {
    let path = PathBuf::from(format!("{}.{part}", out.display()));
    let text = fs::read_to_string(&path)
        .map_err(|error| Error::other(format!("{}: {error}; does callgrind know `{COUNTED}`?", path.display())))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    total.ok_or_else(|| Error::other(format!("{}: has no total", path.display())))
}
