//! The temporary files of processes that died.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::lock;

/// Removes the temporary files of the file at `path` whose processes are dead.
///
/// A process counts as dead if the system no longer knows its number and nobody holds the lock on its file: the number
/// alone says nothing about a process in another container or on another machine. Where either test is impossible,
/// nothing is removed.
pub(super) fn remove(path: &Path) {
    if !cfg!(all(target_os = "linux", file_lock)) || was_seen(path) || !Path::new("/proc/self/stat").exists() {
        return;
    }
    let Some(name) = path.file_name().map(start_of) else { return };
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let process = process_of(&entry.file_name(), &name);
        if process.is_some_and(|process| !Path::new(&std::format!("/proc/{process}")).exists()) {
            remove_unlocked(&entry.path());
        }
    }
}

/// Returns the part of a file's name that its temporary files contain. If the name is so long that nothing more would
/// fit (255 bytes on most systems), this is its start, which other files may share.
pub(super) fn start_of(name: &OsStr) -> Cow<'_, OsStr> {
    const LONGEST: usize = 200;
    if name.len() <= LONGEST {
        return Cow::Borrowed(name);
    }
    let text = name.to_string_lossy();
    let end = (0..=LONGEST).rfind(|&end| text.is_char_boundary(end)).unwrap_or(0);
    Cow::Owned(OsString::from(&text[..end]))
}

/// Returns the process in `.NAME.PROCESS-COUNT.tmp`.
fn process_of(file: &OsStr, name: &OsStr) -> Option<u32> {
    let behind = file.as_encoded_bytes().strip_prefix(b".")?.strip_prefix(name.as_encoded_bytes())?;
    let numbers = core::str::from_utf8(behind.strip_prefix(b".")?.strip_suffix(b".tmp")?).ok()?;
    let (process, count) = numbers.split_once('-')?;
    // `parse` accepts a plus sign, which is never written.
    let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?;
    number(count)?;
    number(process)
}

fn remove_unlocked(path: &Path) {
    // Only regular files are made here, and opening a pipe would block.
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        return;
    }
    // The lock is held until the file is gone.
    let Ok(file) = File::open(path) else { return };
    if lock::take(&file) == Some(true) {
        // A leftover file does no harm.
        let _ = fs::remove_file(path);
    }
}

/// Whether this process has already cleaned up next to this file: listing a large directory takes long, and later
/// leftovers can wait for the next process. Paths that share an entry of the table displace each other.
fn was_seen(path: &Path) -> bool {
    static SEEN: [AtomicU64; 64] = [const { AtomicU64::new(0) }; 64];
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    let hash = hasher.finish() | 1;
    SEEN[(hash >> 32) as usize % SEEN.len()].swap(hash, Ordering::Relaxed) == hash
}
