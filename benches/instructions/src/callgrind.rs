//! Runs the program under callgrind, which counts the instructions.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The option that tells the program that it runs under callgrind.
pub const CHILD: &str = "--child";

/// The name by which callgrind knows [`counted`]: it counts while that function runs, and dumps and resets its counts
/// when it returns.
const COUNTED: &str = concat!(module_path!(), "::counted");

/// Runs the code to be counted.
#[inline(never)]
pub fn counted(run: &mut dyn FnMut()) {
    run();
    // Prevents the call above from becoming a tail call, for which callgrind would see another function return.
    std::hint::black_box(());
}

/// The instructions of each cell of a set, by the cell's name.
///
/// # Errors
/// Valgrind cannot be started, or counts are missing.
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
        // Makes the C library's copy functions take the same number of instructions on every processor.
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

/// The count in one of callgrind's output files.
fn total(out: &Path, part: usize) -> Result<u64> {
    let path = PathBuf::from(format!("{}.{part}", out.display()));
    let text = fs::read_to_string(&path)
        .map_err(|error| Error::other(format!("{}: {error}; does callgrind know `{COUNTED}`?", path.display())))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    total.ok_or_else(|| Error::other(format!("{}: has no total", path.display())))
}
