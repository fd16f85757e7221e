//! Files that have one writer at a time.

use std::fs::File;
use std::io;
use std::path::Path;

/// Opens a file for writing, and creates it if it does not exist. No other writer can open it meanwhile.
pub(super) fn open(path: &Path, read: bool) -> io::Result<File> {
    let mut options = File::options();
    options.read(read).write(true).create(true).truncate(false);
    #[cfg(windows)]
    {
        // This is FILE_SHARE_READ; a lock would also exclude readers.
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1);
    }
    let file = options.open(path)?;
    match crate::image::lock::take(&file) {
        Some(false) => Err(io::Error::new(
            io::ErrorKind::WouldBlock,
            "another writer has the stream; it can be opened when that one is dropped",
        )),
        _ => Ok(file),
    }
}
