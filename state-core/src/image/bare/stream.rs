//! States without a header, one after another, after the schema of their type.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use std::io::{self, Read, Write};

use super::{Bare, lengths, shared};
use crate::error::{Error, ErrorKind};
use crate::image::aligned::{Aligned, fill};
use crate::image::stream::frame::{States, damaged, too_long, write_header};
use crate::image::stream::opened::{Opened, torn};
use crate::image::stream::{MAX_SCHEMA, MAX_STATE};
use crate::image::{Options, explain};
use crate::schema::Carried;
use crate::schema::fingerprint::identity_of;
use crate::state::{Restore, State};

/// Writes states without a header, one after another, after the schema of their type; see [the module](super#streams).
///
/// Nothing is buffered, so wrap a sink that makes a system call for each write in a buffer.
pub struct BareWriter<T: ?Sized, W> {
    sink: W,
    buffer: Vec<u8>,
    options: Bare,
    broken: bool,
    of: PhantomData<fn(&T)>,
}

impl<T: State + ?Sized, W: Write> BareWriter<T, W> {
    /// Starts a stream.
    ///
    /// # Errors
    /// Errors of writing, and a type with [shared objects](super#shared-objects).
    pub fn new(sink: W) -> io::Result<Self> {
        Self::with_options(sink, Options::new().bare())
    }

    /// Like [`new`](Self::new), with other settings.
    ///
    /// # Errors
    /// Errors of writing, and a type with [shared objects](super#shared-objects).
    pub fn with_options(mut sink: W, options: Bare) -> io::Result<Self> {
        if T::DYNAMIC {
            shared::refuse_types::<T>(&options.options)?;
        }
        let carried = Carried::alone(T::schema(), false);
        let header = write_header(identity_of::<T>().fingerprint, &carried, States::Bare);
        sink.write_all(&header)?;
        Ok(Self { sink, buffer: Vec::new(), options, broken: false, of: PhantomData })
    }

    /// Writes a state.
    ///
    /// # Errors
    /// Those of [`dumps`](super::dumps), and a state of more than [`MAX_STATE`] bytes, after which the next state can
    /// be written; and errors of writing, after which none can: anything after a torn one would not be found.
    pub fn write(&mut self, value: &T) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("the stream is torn by an error before"));
        }
        self.options.dump_into(value, &mut self.buffer)?;
        let len = self.buffer.len();
        if len as u64 > MAX_STATE {
            let expected = alloc::format!("a state of up to {MAX_STATE} bytes");
            return Err(Error::new(ErrorKind::Length, expected, alloc::format!("one of {len}")).into());
        }
        let mut space = [0; lengths::LONGEST];
        self.broken = true;
        self.sink.write_all(lengths::number_in(len, &mut space))?;
        self.sink.write_all(&self.buffer)?;
        self.broken = false;
        Ok(())
    }

    /// The sink.
    #[must_use]
    pub fn get_ref(&self) -> &W {
        &self.sink
    }

    /// The sink, to flush it.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.sink
    }

    /// Returns the sink.
    #[must_use]
    pub fn into_inner(self) -> W {
        self.sink
    }
}

impl<T: ?Sized, W: fmt::Debug> fmt::Debug for BareWriter<T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BareWriter").field("sink", &self.sink).finish_non_exhaustive()
    }
}

/// Reads the output of a [`BareWriter`]. After an error the stream ends, unless a state could not be loaded: then the
/// next one can be.
#[derive(Debug)]
pub struct BareReader<R> {
    source: R,
    opened: Opened,
    /// The current state.
    bytes: Aligned,
    /// Where the next state starts.
    position: u64,
    options: Bare,
    max_state: u64,
    over: bool,
}

impl<R: Read> BareReader<R> {
    /// Reads the header of a stream. Wrap a source that reads a little at a time in a buffer.
    ///
    /// # Errors
    /// Errors of reading, bytes that are not the start of such a stream, and a schema of more than [`MAX_SCHEMA`]
    /// bytes.
    pub fn new(source: R) -> io::Result<Self> {
        Self::with_max_schema(source, MAX_SCHEMA)
    }

    /// Like [`new`](Self::new), for a stream whose schema has up to `bytes` bytes.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn with_max_schema(mut source: R, bytes: u64) -> io::Result<Self> {
        let opened = Opened::read(&mut source, bytes, States::Bare)?;
        let (position, options, max_state) = (opened.end, Options::new().bare(), MAX_STATE);
        Ok(Self { source, opened, bytes: Aligned::new(), position, options, max_state, over: false })
    }

    /// Sets the options with which states are loaded.
    #[must_use]
    pub fn options(mut self, options: Bare) -> Self {
        self.options = options;
        self
    }

    /// Sets the length in bytes of the longest state that is read; [`MAX_STATE`] by default.
    #[must_use]
    pub fn max_state(mut self, bytes: u64) -> Self {
        self.max_state = bytes;
        self
    }

    /// Advances to the next state; false at the end. [`bytes`](Self::bytes) then returns it.
    ///
    /// # Errors
    /// Errors of reading. A stream that ends within a state gives [`io::ErrorKind::UnexpectedEof`], and a length that
    /// is invalid, or beyond [`max_state`](Self::max_state), [`io::ErrorKind::InvalidData`].
    pub fn advance(&mut self) -> io::Result<bool> {
        self.bytes.truncate(0);
        if self.over {
            return Ok(false);
        }
        let next = self.read();
        self.over = !matches!(next, Ok(true));
        if self.over {
            self.bytes.truncate(0);
        }
        next
    }

    fn read(&mut self) -> io::Result<bool> {
        let mut space = [0; lengths::LONGEST];
        for end in 1..=space.len() {
            if fill(&mut self.source, &mut space[end - 1..end])? == 0 {
                return if end == 1 { Ok(false) } else { Err(torn("the length of a state", self.position)) };
            }
            if space[end - 1] < 0x80 {
                let Some(len) = lengths::number_of(&space[..end]) else { break };
                return self.read_state(len as u64, end as u64);
            }
        }
        Err(damaged("the length of a state", self.position).into())
    }

    fn read_state(&mut self, len: u64, width: u64) -> io::Result<bool> {
        if len > self.max_state {
            return Err(too_long("a state", "BareReader::max_state", self.max_state, len, self.position).into());
        }
        if self.bytes.read(&mut self.source, len)? < len {
            return Err(torn("a whole state", self.position));
        }
        self.position += width + len;
        Ok(true)
    }

    /// Loads the next state; `None` at the end. Text and raw arrays that `T` borrows stay in the reader, which keeps
    /// them until it advances.
    ///
    /// # Errors
    /// As for [`advance`](Self::advance); another type than that of the stream, and everything that
    /// [`loads`](super::loads) refuses, as [`io::ErrorKind::InvalidData`].
    pub fn load<'a, T: Restore<'a>>(&'a mut self) -> io::Result<Option<T>> {
        self.expect::<T>()?;
        if !self.advance()? {
            return Ok(None);
        }
        Ok(Some(self.options.loads(self.bytes.bytes())?))
    }

    /// Restores a live value from the next state, in place; false at the end.
    ///
    /// # Errors
    /// As for [`load`](Self::load); the target is then unchanged.
    pub fn load_into<'a, T: Restore<'a>>(&'a mut self, target: &mut T) -> io::Result<bool> {
        self.expect::<T>()?;
        if !self.advance()? {
            return Ok(false);
        }
        self.options.load_into(self.bytes.bytes(), target)?;
        Ok(true)
    }

    /// The bytes of the current state; empty before the first and at the end.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.bytes()
    }

    fn expect<T: State>(&self) -> io::Result<()> {
        let ours = identity_of::<T>();
        if ours.fingerprint == self.opened.fingerprint {
            return Ok(());
        }
        Err(explain::identity(&ours, self.opened.fingerprint, Some(&self.opened.schema)).into())
    }
}
