//! Files that have one writer at a time.

use std::fs::File;
use std::io;
use std::path::Path;

/// Opens a file to be written, and makes it if it is not there. It is for this writer alone while it is open.
pub(super) fn open(path: &Path, read: bool) -> io::Result<File> {
    let mut options = File::options();
    options.read(read).write(true).create(true).truncate(false);
    #[cfg(windows)]
    {
        // FILE_SHARE_READ: a lock would keep readers out too.
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
