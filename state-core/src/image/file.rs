//! One state in one file, which is replaced as a whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::aligned::Aligned;
use super::{Options, SegmentBuffer};
use crate::state::{RestoreOwned, State};

/// Saves a value's state in a file such that, whatever happens, the file holds the old state or the new one.
///
/// The bytes go to a new file beside it (`.NAME.PROCESS-COUNT.tmp`), reach the disk, and the new file takes the old
/// one's place and permissions; a symbolic link's too, which is not followed. A crash may leave the file beside.
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
/// Those of writing, and those of [`dumps`](super::dumps) as [`io::ErrorKind::InvalidData`]. The old file is then
/// still there.
pub fn save<T: State + ?Sized>(path: impl AsRef<Path>, value: &T) -> io::Result<()> {
    Options::new().save(path, value)
}

/// Loads a value from the file that holds its state. [`Mapped`](super::Mapped) does it for types that borrow.
///
/// # Errors
/// Those of reading, and those of [`loads`](super::loads) as [`io::ErrorKind::InvalidData`].
pub fn load_file<T: RestoreOwned>(path: impl AsRef<Path>) -> io::Result<T> {
    Options::new().load_file(path)
}

impl Options {
    /// As [`save`].
    ///
    /// # Errors
    /// As [`save`].
    pub fn save<T: State + ?Sized>(&self, path: impl AsRef<Path>, value: &T) -> io::Result<()> {
        let path = path.as_ref();
        let mut buffer = SegmentBuffer::new();
        let segments = self.dump_segments(value, &mut buffer)?;
        let (beside, mut file) = create_beside(path)?;
        let written = segments
            .write_to(&mut file)
            .and_then(|()| match fs::metadata(path) {
                Ok(old) => file.set_permissions(old.permissions()),
                Err(_) => Ok(()),
            })
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&beside, path));
        if let Err(error) = written {
            drop(file);
            // The first error is the one to tell; a file that stays behind harms nobody.
            let _ = fs::remove_file(&beside);
            return Err(error);
        }
        sync_directory(path)
    }

    /// As [`load_file`].
    ///
    /// # Errors
    /// As [`load_file`].
    pub fn load_file<T: RestoreOwned>(&self, path: impl AsRef<Path>) -> io::Result<T> {
        Ok(self.loads(read(path.as_ref())?.bytes())?)
    }
}

/// A file in the same directory, because a file can only take the place of one on the same disk.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a path that does not name a file"));
    };
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut beside = OsString::from(".");
        beside.push(name);
        beside.push(std::format!(".{}-{count}.tmp", std::process::id()));
        let beside = path.with_file_name(beside);
        match File::options().write(true).create_new(true).open(&beside) {
            Ok(file) => return Ok((beside, file)),
            // Left by a process of the same number that crashed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Makes the new name last. Only Unix lets a program, and needs it.
fn sync_directory(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

/// A file's bytes, where raw arrays can be borrowed from them.
pub(super) fn read(path: &Path) -> io::Result<Aligned> {
    let mut file = File::open(path)?;
    let len = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    Aligned::read_all(&mut file, len)
}
