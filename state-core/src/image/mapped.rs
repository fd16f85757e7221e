//! A file whose state is viewed in place. This file holds `unsafe` code: mapping, for which the caller is
//! responsible (feature `mmap`).
//!
//! The benefit that justifies it: a gigabyte of raw arrays is opened in the time and memory that its header takes.

use alloc::borrow::Cow;
use std::io;
use std::path::Path;

use super::aligned::Aligned;
use super::{Options, file};
use crate::error::{Error, ErrorKind, Result};
use crate::state::{Restore, State};

/// The bytes of a file, from which values that borrow their text and raw arrays are loaded.
///
/// [`read`](Self::read) reads the file; with the feature `mmap`, `map` maps it instead. Neither checks the bytes:
/// [`view`](Self::view) does.
///
/// ```
/// use state_core::{State, image::{Mapped, save}};
///
/// #[derive(State)]
/// #[state(name = "example.Terrain")]
/// struct Terrain { name: String, #[state(bytes)] heights: Vec<f32> }
///
/// #[derive(State)]
/// #[state(name = "example.Terrain")]
/// struct TerrainView<'a> { name: &'a str, #[state(bytes)] heights: &'a [f32] }
///
/// let path = std::env::temp_dir().join(format!("terrain-{}.state", std::process::id()));
/// save(&path, &Terrain { name: "island".into(), heights: vec![0.5; 1000] })?;
///
/// let file = Mapped::read(&path)?;
/// # if cfg!(target_endian = "little") {
/// let terrain: TerrainView<'_> = file.view()?;
/// assert_eq!((terrain.name, terrain.heights[999]), ("island", 0.5));
/// # }
/// # std::fs::remove_file(path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Mapped {
    bytes: Bytes,
    options: Options,
}

#[derive(Debug)]
enum Bytes {
    Read(Aligned),
    #[cfg(feature = "mmap")]
    Map(memmap2::Mmap),
}

impl Mapped {
    /// Reads a file into memory.
    ///
    /// # Errors
    /// Errors of reading.
    pub fn read(path: impl AsRef<Path>) -> io::Result<Self> {
        Ok(Self { bytes: Bytes::Read(file::read(path.as_ref())?), options: Options::new() })
    }

    /// Maps a file. Only the parts that are accessed are read, when they are accessed.
    ///
    /// # Errors
    /// Errors of opening and mapping.
    ///
    /// # Safety
    /// While the `Mapped` exists, nobody may change or truncate the file: neither this program nor another. Views rely
    /// on the bytes not changing after they were checked; changing the file is undefined behaviour, and truncating it
    /// ends the program with a signal. [`save`](super::save) does not count as a change: it replaces the file with
    /// another.
    #[cfg(feature = "mmap")]
    pub unsafe fn map(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = std::fs::File::open(path)?;
        // SAFETY: the caller guarantees that the file is not changed while the map exists, which `Self` owns.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Ok(Self { bytes: Bytes::Map(map), options: Options::new() })
    }

    /// Sets the options with which the bytes are upgraded and loaded, such as [`Options::memory`] and
    /// [`Options::history`].
    #[must_use]
    pub fn options(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// Upgrades the bytes to the present form of `T`, if an older form of it wrote the file: in memory, even if the
    /// file was mapped. See [`upgrade`](crate::upgrade).
    ///
    /// # Errors
    /// As for [`upgrade`](crate::upgrade); the bytes are then unchanged.
    pub fn upgrade<T: State + ?Sized>(&mut self) -> Result<()> {
        if let Cow::Owned(upgraded) = self.options.upgrade::<T>(self.bytes())? {
            let mut bytes = Aligned::new();
            let full = |_| Error::new(ErrorKind::Length, "a state that fits in memory", "a larger one");
            bytes.copy(&upgraded).map_err(full)?;
            self.bytes = Bytes::Read(bytes);
        }
        Ok(())
    }

    /// Checks the bytes, all of them except the contents of raw arrays, and loads a value that may borrow from them.
    ///
    /// Each call checks the header and the fingerprint, that the lengths add up to the file's, the text as UTF-8, every
    /// head, and the zeros between raw arrays. Any bytes are valid in raw arrays, so these are not read. Nor is the
    /// file's checksum, which [`verify`](super::verify) verifies.
    ///
    /// # Errors
    /// As for [`loads`](super::loads).
    pub fn view<'a, T: Restore<'a>>(&'a self) -> Result<T> {
        self.options.loads(self.bytes())
    }

    /// The bytes of the file, with the checksum at its end; or the result of [`upgrade`](Self::upgrade).
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Read(bytes) => bytes.bytes(),
            #[cfg(feature = "mmap")]
            Bytes::Map(map) => map,
        }
    }
}
