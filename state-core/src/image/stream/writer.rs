//! Writes a stream state by state.

use core::fmt;
use core::marker::PhantomData;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::frame::{self, FRAME, Frame, MAX_STATE, padding, too_long, write_header};
use super::{StreamReader, lock};
use crate::dynamic::registered_so_far;
use crate::image::vectored::write_all;
use crate::image::{Options, SegmentBuffer};
use crate::protocol::layout::ALIGN;
use crate::schema::fingerprint::identity;
use crate::schema::{Carried, has_registered};
use crate::state::State;

/// Writes states of the type `T`, one after another; see [the module](super).
///
/// Each state is written in one call if the system accepts all of it, with its raw arrays directly from the value.
/// Nothing is buffered: there is nothing to flush.
pub struct StreamWriter<T: ?Sized, W = File> {
    sink: W,
    position: u64,
    buffer: SegmentBuffer,
    options: Options,
    max_state: u64,
    broken: bool,
    /// The types of open sets in the header.
    members: alloc::vec::Vec<u8>,
    /// The number of registered types at the last comparison with `members`, and whether these included all.
    compared: Option<(usize, bool)>,
    of: PhantomData<fn(&T)>,
}

impl<T: State + ?Sized> StreamWriter<T> {
    /// Starts a file, and empties it if it exists.
    ///
    /// # Errors
    /// Errors of writing, and another writer of the file, as for [`append`](Self::append). The file is then unchanged.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = lock::open(path.as_ref(), false)?;
        file.set_len(0)?;
        Self::new(file)
    }

    /// Continues a file, or starts it if it does not exist or is empty. All of it is read first: anything that a
    /// stopped writer left after the last whole state is cut off.
    ///
    /// A file has one writer at a time. On Unix the writer holds an advisory lock on it (`flock`, the lock of
    /// `File::lock`), on Windows the file is opened such that others can only read it; both end with the writer, and
    /// with a process that dies. A child process that another thread is starting on Unix has the lock until it runs its
    /// program, so a writer that follows another at that moment may be refused. Readers are not excluded. There is no
    /// lock if the file system has none, on other systems, and on Unix in programs built by a Rust before 1.89.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] on Unix if another writer has the file, and the system's error on Windows; errors
    /// of reading and writing; another type's stream; and damage that is not a torn end, because cutting there would
    /// lose the states after it. The file is then unchanged; [`StreamReader::whole`] returns where the damage starts.
    pub fn append(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut file = lock::open(path.as_ref(), true)?;
        let (header, _) = header_of::<T>();
        let len = file.metadata()?.len();
        if len < header.len() as u64 {
            let mut start = alloc::vec::Vec::new();
            file.read_to_end(&mut start)?;
            if header.starts_with(&start) {
                file.rewind()?;
                return Self::new(file);
            }
            file.rewind()?;
        }
        // A file contains what was written, however long it is: it is only read through, and its schema must be that of
        // the type.
        let mut reader = StreamReader::with_max_schema(BufReader::new(&file), len)?.max_state(len);
        reader.expect::<T>()?;
        let members = reader.members().to_vec();
        let end = loop {
            match reader.advance() {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        let whole = reader.whole();
        if let Err(error) = end {
            if error.kind() != io::ErrorKind::UnexpectedEof && !is_torn(&file, whole, len)? {
                return Err(error);
            }
            file.set_len(whole)?;
        }
        file.seek(SeekFrom::Start(whole))?;
        Ok(Self::at(file, whole, members))
    }

    /// Waits until all states are on the disk, safe from a loss of power.
    ///
    /// # Errors
    /// Errors of the system.
    pub fn sync(&mut self) -> io::Result<()> {
        self.sink.sync_all()
    }
}

impl<T: State + ?Sized, W: Write> StreamWriter<T, W> {
    /// Starts a stream.
    ///
    /// # Errors
    /// Errors of writing.
    pub fn new(mut sink: W) -> io::Result<Self> {
        let (header, members) = header_of::<T>();
        sink.write_all(&header)?;
        Ok(Self::at(sink, header.len() as u64, members))
    }

    fn at(sink: W, position: u64, members: alloc::vec::Vec<u8>) -> Self {
        let (buffer, options) = (SegmentBuffer::new(), Options::new());
        let (broken, compared) = (false, None);
        Self { sink, position, buffer, options, max_state: MAX_STATE, broken, members, compared, of: PhantomData }
    }

    /// Returns the options for the next state, which carries its own schema if types were registered in open sets that
    /// the header does not know.
    fn options(&mut self) -> Options {
        let ours = identity(T::schema());
        if !ours.open {
            return self.options;
        }
        let now = registered_so_far();
        let known = match self.compared {
            Some((then, known)) if then == now => known,
            _ => has_registered(&self.members, ours.schema),
        };
        self.compared = Some((now, known));
        if known { self.options } else { self.options.with_schema() }
    }

    /// Sets the length in bytes of the longest state that is written; [`MAX_STATE`] by default. Readers need the same
    /// limit.
    #[must_use]
    pub fn max_state(mut self, bytes: u64) -> Self {
        self.max_state = bytes;
        self
    }

    /// Sets the depth to which states are written; see [`Options::depth`].
    #[must_use]
    pub fn depth(mut self, levels: u32) -> Self {
        self.options = self.options.depth(levels);
        self
    }

    /// Writes a state.
    ///
    /// # Errors
    /// Those of [`dumps`](crate::dumps) and a state beyond [`max_state`](Self::max_state), after which the next state
    /// can be written; and errors of writing, after which none can: anything after the torn one would not be found.
    pub fn write(&mut self, value: &T) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("the stream is torn by an error before; open it again with `append`"));
        }
        let options = self.options();
        let segments = options.dump_segments(value, &mut self.buffer)?;
        let frame = Frame::of(segments.iter());
        if frame.len > self.max_state {
            return Err(too_long("a state", "StreamWriter::max_state", self.max_state, frame.len, self.position).into());
        }
        let start = frame.write(self.position);
        let zeros = &[0; ALIGN][..padding(frame.len) as usize];
        let pieces = core::iter::once(&start[..]).chain(segments.iter()).chain(Some(zeros));
        self.broken = true;
        write_all(&mut self.sink, pieces.filter(|piece| !piece.is_empty()))?;
        self.broken = false;
        self.position += FRAME as u64 + frame.padded();
        Ok(())
    }

    /// The number of bytes written so far, from the start of the stream.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The sink.
    #[must_use]
    pub fn get_ref(&self) -> &W {
        &self.sink
    }

    /// Returns the sink.
    #[must_use]
    pub fn into_inner(self) -> W {
        self.sink
    }
}

impl<T: ?Sized, W: fmt::Debug> fmt::Debug for StreamWriter<T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamWriter")
            .field("sink", &self.sink)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

/// Returns the header of a stream of a type, and the types of open sets in it.
fn header_of<T: State + ?Sized>() -> (alloc::vec::Vec<u8>, alloc::vec::Vec<u8>) {
    let identity = identity(T::schema());
    let carried = Carried::of(T::schema(), identity.sharing.shared);
    let rows = Carried::divide(&carried.bytes, carried.front).unwrap_or_default().0;
    (write_header(identity.fingerprint, &carried, frame::States::Framed), rows.members.into_owned())
}

/// Whether the damage at `whole` is what a stopped writer leaves: a last frame that is announced but incomplete, or
/// nothing but zeros, which file systems put in place of data that was not written.
fn is_torn(mut file: &File, whole: u64, len: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(whole))?;
    let mut rest = BufReader::new(file);
    let mut start = [0; FRAME];
    rest.read_exact(&mut start)?;
    if let Some(frame) = Frame::read(&start, whole) {
        return Ok(whole.saturating_add(FRAME as u64).saturating_add(frame.padded()) >= len);
    }
    let mut chunk = [0; 4096];
    loop {
        let zeros = start.iter().all(|&byte| byte == 0) && chunk.iter().all(|&byte| byte == 0);
        if !zeros {
            return Ok(false);
        }
        match rest.read(&mut chunk) {
            Ok(0) => return Ok(true),
            Ok(came) => chunk[came..].fill(0),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
