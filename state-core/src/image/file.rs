//! One state in one file, which is replaced as a whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::aligned::Aligned;
use super::checksum::{Checksum, verify};
use super::header::{self, Image};
use super::vectored::write_all;
use super::{Options, SegmentBuffer, leftovers, lock};
use crate::state::{RestoreOwned, State};

/// Saves a value's state to a file atomically: whatever happens, the file holds the old state or the new one.
///
/// The bytes are written to a new file beside it (`.NAME.PROCESS-COUNT.tmp`), which gets the old file's permissions
/// before anything is written to it, and are synced to disk; then the new file replaces the old one. A symbolic link is
/// replaced too, not followed. Anything but a file, such as a device or a pipe, is an error and stays as it is, also
/// behind a link. A process that dies may leave the temporary file behind. On Linux the next process that
/// saves the same file removes it, if that process was built by Rust 1.89 or later and there is neither a process of
/// that number nor a lock on the file.
///
/// The file carries the schema of the type, so it can be inspected, and loaded when the type has changed. The state is
/// followed by a checksum, which [`load_file`] verifies; [`loads`](super::loads) accepts the bytes of the file too, but
/// does not verify it.
///
/// ```
/// use state_core::{State, image::{load_file, save}};
///
/// #[derive(State)]
/// struct Settings { volume: u8 }
///
/// let path = std::env::temp_dir().join(format!("settings-{}.state", std::process::id()));
/// save(&path, &Settings { volume: 11 })?;
/// assert_eq!(load_file::<Settings>(&path)?.volume, 11);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Errors of writing, those of [`dumps`](super::dumps) as [`io::ErrorKind::InvalidData`], and
/// [`io::ErrorKind::InvalidInput`] if something other than a file is in the place of the file. The old file is then
/// unchanged, unless the error says that the new state is in place: then only its directory could not be synced, and a
/// loss of power may bring the old file back.
pub fn save<T: State + ?Sized>(path: impl AsRef<Path>, value: &T) -> io::Result<()> {
    Options::new().save(path, value)
}

/// Saves bytes as [`save`] saves a value: the result of [`dumps`](super::dumps), on another thread, or any others.
///
/// The file of a native state has a checksum like one written by [`save`], and a schema if the bytes carry theirs
/// ([`Options::with_schema`]), which is recommended if the type may change. Other bytes, such as a pickle, are written
/// unchanged.
///
/// ```
/// use state_core::{dumps, image::{load_file, save_bytes}};
///
/// let path = std::env::temp_dir().join(format!("volume-{}.state", std::process::id()));
/// let bytes = dumps(&11_u8)?;
/// let saving = std::thread::spawn({
///     let path = path.clone();
///     move || save_bytes(path, &bytes)
/// });
/// saving.join().unwrap()?;
/// assert_eq!(load_file::<u8>(&path)?, 11);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Errors of writing, as for [`save`].
pub fn save_bytes(path: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
    if Image::open(bytes).is_ok_and(|image| image.checksum.is_none()) {
        let (header, behind) = bytes.split_at(header::SIZE);
        let mut header = header.to_vec();
        header::announce_checksum(&mut header);
        let mut sum = Checksum::new();
        sum.add(&header);
        sum.add(behind);
        return replace(path.as_ref(), [&*header, behind, &sum.finish().to_le_bytes()].into_iter());
    }
    replace(path.as_ref(), Some(bytes).into_iter())
}

/// Loads a value from the file that holds its state, or the state of an older form of the type, which is upgraded as by
/// [`upgrade`](crate::upgrade). If the file has a checksum, it must match. Files without one, such as those that
/// contain the bytes of [`dumps`](super::dumps), are loaded too.
///
/// A type that borrows from the bytes cannot outlive them, and is a compile error here ("implementation of `Restore` is
/// not general enough"): use [`Mapped`](super::Mapped), or read the file and call [`loads`](super::loads).
///
/// # Errors
/// Errors of reading (which do not name the file, as those of [`std::fs`] do not), a wrong checksum, and the errors of
/// [`loads_upgraded`](crate::loads_upgraded) as [`io::ErrorKind::InvalidData`].
pub fn load_file<T: RestoreOwned>(path: impl AsRef<Path>) -> io::Result<T> {
    Options::new().load_file(path)
}

/// Restores a live value from the file that holds its state, in place and all or nothing, as
/// [`load_into`](super::load_into) does. As in [`load_file`], the checksum must match, and the state of an older form
/// of the type is upgraded first.
///
/// ```
/// use state_core::{State, image::{load_file_into, save}};
///
/// #[derive(State)]
/// struct Game { level: u8, #[state(skip)] window: u32 }
///
/// let path = std::env::temp_dir().join(format!("game-{}.state", std::process::id()));
/// let mut game = Game { level: 7, window: 3 };
/// save(&path, &game)?;
/// game.level = 8;
/// load_file_into(&path, &mut game)?;
/// assert_eq!((game.level, game.window), (7, 3)); // skipped fields are left alone
/// # std::fs::remove_file(path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// As for [`load_file`]; the target is then unchanged.
pub fn load_file_into<T: RestoreOwned>(path: impl AsRef<Path>, target: &mut T) -> io::Result<()> {
    Options::new().load_file_into(path, target)
}

impl Options {
    /// Like [`save`].
    ///
    /// # Errors
    /// As for [`save`].
    pub fn save<T: State + ?Sized>(&self, path: impl AsRef<Path>, value: &T) -> io::Result<()> {
        let path = path.as_ref();
        let mut buffer = SegmentBuffer::new();
        let mut segments = self.with_schema().dump_segments(value, &mut buffer)?;
        let sum = segments.announce_checksum().to_le_bytes();
        replace(path, segments.iter().chain(Some(&sum[..])))
    }

    /// Like [`load_file`].
    ///
    /// # Errors
    /// As for [`load_file`].
    pub fn load_file<T: RestoreOwned>(&self, path: impl AsRef<Path>) -> io::Result<T> {
        let read = read(path.as_ref())?;
        verify(read.bytes())?;
        Ok(self.loads_upgraded(read.bytes())?)
    }

    /// Like [`load_file_into`].
    ///
    /// # Errors
    /// As for [`load_file_into`].
    pub fn load_file_into<T: RestoreOwned>(&self, path: impl AsRef<Path>, target: &mut T) -> io::Result<()> {
        let read = read(path.as_ref())?;
        verify(read.bytes())?;
        Ok(self.load_into(&self.upgrade::<T>(read.bytes())?, target)?)
    }
}

/// Replaces a file by one with these bytes, as a whole.
fn replace<'a>(path: &Path, pieces: impl Iterator<Item = &'a [u8]>) -> io::Result<()> {
    let (beside, mut file, old) = create_beside(path)?;
    leftovers::remove(path);
    // The permissions come first, so that nobody can read what the old file did not let them read. The open handle can
    // write regardless.
    let written = old
        .map_or(Ok(()), |old| file.set_permissions(old))
        .and_then(|()| write_all(&mut file, pieces.filter(|piece| !piece.is_empty())))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, path));
    if let Err(error) = written {
        drop(file);
        // The first error is the one to report; a leftover file does no harm.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    in_place(sync_directory(path))
}

/// Adds to an error of the last step that the new file is in place.
fn in_place(synced: io::Result<()>) -> io::Result<()> {
    synced.map_err(|error| {
        let message = std::format!(
            "the new state is in place, but its directory could not be synced, so that a loss of power may bring the \
             old one back: {error}"
        );
        io::Error::new(error.kind(), message)
    })
}

/// Creates a file in the same directory, because a file can only replace one on the same disk, and returns the
/// permissions of the file at the path, if there is one.
///
/// A file that will get another's permissions is at first accessible to its owner alone, because whoever opens a file
/// can keep it open.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File, Option<fs::Permissions>)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a path that does not name a file"));
    };
    let old = fs::metadata(path).ok();
    // A rename would put a file in the place of a device or a pipe, which other programs open by its name.
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a path that names something other than a file"));
    }
    let old = old.map(|old| old.permissions());
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if old.is_some() {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut beside = OsString::from(".");
        beside.push(leftovers::start_of(name));
        beside.push(std::format!(".{}-{count}.tmp", std::process::id()));
        let beside = path.with_file_name(beside);
        match options.open(&beside) {
            Ok(file) => {
                // The lock tells processes that clean up that this one is alive.
                let _ = lock::take(&file);
                return Ok((beside, file, old));
            }
            // This file was left by a crashed process with the same number.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Makes the new name durable. Only Unix needs this, and allows it.
fn sync_directory(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

/// Reads a file into a buffer from which raw arrays can be borrowed.
pub(super) fn read(path: &Path) -> io::Result<Aligned> {
    let mut file = File::open(path)?;
    let len = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    Aligned::read_all(&mut file, len)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The mode must be right from the start: whoever opens the file before it has the old permissions could read all
    /// that follows.
    #[cfg(unix)]
    #[test]
    fn what_is_to_be_secret_is_so_from_the_first_moment() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(std::format!("state-secret-{}", std::process::id()));
        std::fs::write(&path, b"old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let (beside, file, old) = super::create_beside(&path).unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        std::fs::remove_file(beside).unwrap();
        std::fs::remove_file(path).unwrap();
        assert_eq!((mode & 0o777, old.map(|old| old.mode() & 0o777)), (0o600, Some(0o640)));
    }

    #[cfg(unix)]
    #[test]
    fn an_error_after_the_new_file_is_there_says_so() {
        let error = super::in_place(super::sync_directory(Path::new("/no such directory/file"))).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
        assert!(std::format!("{error}").starts_with("the new state is in place"), "{error}");
    }
}
