//! Reads a stream state by state, up to its end or to the first damage.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::marker::PhantomData;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use super::frame::{FRAME, Frame, MAX_SCHEMA, MAX_STATE, States as Kind, damaged, padding, too_long, write_header};
use super::opened::{Opened, torn};
use crate::dynamic::registered_so_far;
use crate::evolve::{Form, Parsed, Resolved, made_sharing};
use crate::image::aligned::{Aligned, fill};
use crate::image::{Image, Options, explain, lay_out};
use crate::protocol::layout::ALIGN;
use crate::schema::fingerprint::identity;
use crate::schema::{Rows, are_registered};
use crate::state::{Restore, RestoreOwned, State};

/// Reads the states of a stream one after another; see [the module](super).
///
/// A state's frame is verified by its checksum, and the state is checked when it is loaded. After a torn end or damage,
/// the stream ends; after a state that could not be loaded (another type, a refusal), the next one can be.
#[derive(Debug)]
pub struct StreamReader<R = BufReader<File>> {
    source: R,
    /// The image of the current state, and its padding while it is read.
    bytes: Aligned,
    fingerprint: u64,
    /// The rows before the schema.
    rows: Rows<'static>,
    schema: alloc::vec::Vec<u8>,
    whole: u64,
    over: bool,
    max_state: u64,
    options: Options,
    /// How states are converted to the type that was last loaded.
    resolved: Option<Known>,
    /// The current state after an upgrade.
    upgraded: Aligned,
}

impl StreamReader {
    /// Opens a file.
    ///
    /// # Errors
    /// As for [`new`](StreamReader::new).
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::new(BufReader::new(File::open(path)?))
    }
}

impl<R: Read> StreamReader<R> {
    /// Reads the header of a stream. Wrap a source that reads a little at a time, such as a `File`, in a buffer.
    ///
    /// # Errors
    /// Errors of reading, bytes that are not the start of a stream, and a schema of more than [`MAX_SCHEMA`] bytes.
    pub fn new(source: R) -> io::Result<Self> {
        Self::with_max_schema(source, MAX_SCHEMA)
    }

    /// Like [`new`](Self::new), for a stream whose schema has up to `bytes` bytes.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn with_max_schema(mut source: R, bytes: u64) -> io::Result<Self> {
        let Opened { fingerprint, rows, schema, end } = Opened::read(&mut source, bytes, Kind::Framed)?;
        let bytes = Aligned::new();
        let (over, max_state, options) = (false, MAX_STATE, Options::new());
        let (resolved, upgraded) = (None, Aligned::new());
        Ok(Self { source, bytes, fingerprint, rows, schema, whole: end, over, max_state, options, resolved, upgraded })
    }

    /// Sets the length in bytes of the longest state that is read; [`MAX_STATE`] by default.
    #[must_use]
    pub fn max_state(mut self, bytes: u64) -> Self {
        self.max_state = bytes;
        self
    }

    /// Sets the depth to which states are read; see [`Options::depth`].
    #[must_use]
    pub fn depth(mut self, levels: u32) -> Self {
        self.options = self.options.depth(levels);
        self
    }

    /// Sets how much memory the wide parts of a state may take; see [`Options::memory`].
    #[must_use]
    pub fn memory(mut self, bytes: usize) -> Self {
        self.options = self.options.memory(bytes);
        self
    }

    /// Advances to the next state; false at the end. [`image`](Self::image) then returns its bytes.
    ///
    /// # Errors
    /// Errors of reading. A stream that ends within a state gives [`io::ErrorKind::UnexpectedEof`]: its writer was
    /// stopped, and [`StreamWriter::append`](super::StreamWriter::append) continues after the last whole state. Bytes
    /// that were changed, or a state beyond [`max_state`](Self::max_state), give [`io::ErrorKind::InvalidData`]. After
    /// an error the stream ends.
    pub fn advance(&mut self) -> io::Result<bool> {
        self.bytes.truncate(0);
        if self.over {
            return Ok(false);
        }
        let next = self.read_frame();
        self.over = !matches!(next, Ok(true));
        if self.over {
            self.bytes.truncate(0);
        }
        next
    }

    fn read_frame(&mut self) -> io::Result<bool> {
        let mut start = [0; FRAME];
        match fill(&mut self.source, &mut start)? {
            0 => return Ok(false),
            FRAME => {}
            _ => return Err(torn("a whole state", self.whole)),
        }
        let frame = Frame::read(&start, self.whole).ok_or_else(|| damaged("the frame of a state", self.whole))?;
        if frame.len > self.max_state {
            return Err(too_long("a state", "StreamReader::max_state", self.max_state, frame.len, self.whole).into());
        }
        if self.bytes.read(&mut self.source, frame.padded())? < frame.padded() {
            return Err(torn("a whole state", self.whole));
        }
        let len = usize::try_from(frame.len).unwrap_or(usize::MAX);
        let (image, zeros) = self.bytes.bytes().split_at_checked(len).unwrap_or_default();
        if !frame.holds(image, zeros) {
            return Err(damaged("a state", self.whole).into());
        }
        self.bytes.truncate(len);
        self.whole += FRAME as u64 + frame.padded();
        Ok(true)
    }

    /// Loads the next state; `None` at the end. States of an older form of `T` are upgraded, for which the two forms
    /// are resolved once; see [`upgrade`](crate::upgrade). Text and raw arrays that `T` borrows stay in the reader,
    /// which keeps them until it advances.
    ///
    /// # Errors
    /// As for [`advance`](Self::advance), and those of [`upgrade`](crate::upgrade) and
    /// [`loads`](crate::loads) as [`io::ErrorKind::InvalidData`].
    pub fn load<'a, T: Restore<'a>>(&'a mut self) -> io::Result<Option<T>> {
        if !self.advance()? {
            return Ok(None);
        }
        let options = self.options;
        Ok(Some(options.loads(self.current::<T>()?)?))
    }

    /// Restores a live value from the next state, in place; false at the end. If it fits, nothing is allocated.
    ///
    /// # Errors
    /// As for [`load`](Self::load); the target is then unchanged.
    pub fn load_into<'a, T: Restore<'a>>(&'a mut self, target: &mut T) -> io::Result<bool> {
        if !self.advance()? {
            return Ok(false);
        }
        let options = self.options;
        options.load_into(self.current::<T>()?, target)?;
        Ok(true)
    }

    /// Returns the current state as a state of `T`.
    fn current<T: State + ?Sized>(&mut self) -> io::Result<&[u8]> {
        let ours = identity(T::schema());
        let is_alike = ours.fingerprint == self.fingerprint && ours.has_pointers_of(&self.rows);
        if is_alike && !ours.open {
            return Ok(self.bytes.bytes());
        }
        let image = Image::open(self.bytes.bytes())?;
        if image.schema.is_some() {
            return self.current_by_its_own::<T>();
        }
        let asked = (ours.fingerprint, if ours.open { registered_so_far() } else { 0 });
        let is_present = || is_alike && are_registered(&self.rows.members, ours.schema);
        let how = match self.resolved.take().filter(|known| known.asked == asked) {
            Some(known) => known.how,
            None if is_present() => How::AsTheyAre,
            None => How::Unknown,
        };
        let resolved = match how {
            How::AsTheyAre => {
                self.resolved = Some(Known { asked, how });
                return Ok(self.bytes.bytes());
            }
            How::By(resolved) if resolved.regions(&image).is_ok_and(|regions| resolved.fits(&regions)) => resolved,
            How::By(_) | How::Unknown => {
                let memory = self.options.memory_for(self.schema.len());
                let older = Parsed::within(&self.schema, &self.rows, memory)?;
                let regions = older.regions(&image)?;
                Box::new(older.resolve(&ours, &regions)?)
            }
        };
        let regions = resolved.regions(&image)?;
        let made =
            resolved.made(&regions, self.bytes.bytes(), ours.schema, self.options.limits(self.bytes.bytes().len()));
        self.resolved = Some(Known { asked, how: How::By(resolved) });
        let made = made?;
        let sharing = made_sharing(&image, &made);
        self.upgraded.copy(&lay_out((ours.fingerprint, sharing), T::HEAD, &made, None)?)?;
        Ok(self.upgraded.bytes())
    }

    /// Returns a state that carries its own schema, because types of open sets were registered after the stream was
    /// started.
    fn current_by_its_own<T: State + ?Sized>(&mut self) -> io::Result<&[u8]> {
        match self.options.upgrade::<T>(self.bytes.bytes())? {
            Cow::Borrowed(_) => return Ok(self.bytes.bytes()),
            Cow::Owned(upgraded) => self.upgraded.copy(&upgraded)?,
        }
        Ok(self.upgraded.bytes())
    }

    /// The remaining states, each as [`load`](Self::load) returns it.
    pub fn states<T: RestoreOwned>(&mut self) -> States<'_, R, T> {
        States { reader: self, of: PhantomData }
    }

    /// The image of the current state, as [`dumps`](crate::dumps) returned it; empty before the first and at the end.
    #[must_use]
    pub fn image(&self) -> &[u8] {
        self.bytes.bytes()
    }

    /// Returns the schema, the rows and the options, to inspect states without their type.
    pub(crate) fn described(&self) -> (&[u8], &Rows<'static>, Options) {
        (&self.schema, &self.rows, self.options)
    }

    /// Returns the types of open sets in the header.
    pub(super) fn members(&self) -> &[u8] {
        &self.rows.members
    }

    /// The form of the states, by the schema in the stream.
    ///
    /// # Errors
    /// If the schema is invalid or enormous.
    pub fn form(&self) -> crate::Result<Form> {
        Form::new(&self.schema, &self.rows, self.options.memory_for(self.schema.len()))
    }

    /// Writes the remaining states as a stream of another form, and returns their number. A state that holds something
    /// that this form cannot ends it.
    ///
    /// # Errors
    /// Those of [`Form::resolve`] and [`Upgrade::upgrade`](crate::evolve::Upgrade::upgrade), and errors of reading and
    /// writing.
    pub fn upgrade_into(&mut self, form: &'static Form, sink: &mut impl Write) -> io::Result<u64> {
        let older = self.form()?;
        let upgrade = form.resolve(&older)?;
        let header = write_header(
            form.fingerprint(),
            &form.carried(form.numbering(self.rows.pointers.is_some()).ours),
            Kind::Framed,
        );
        sink.write_all(&header)?;
        let (mut position, mut count) = (header.len() as u64, 0);
        while self.advance()? {
            let carries = Image::open(self.image())?.schema.is_some();
            let own = if carries { Some(Form::open(self.image())?) } else { None };
            let image = match &own {
                Some(older) => form.resolve(older)?.bare(self.image())?,
                None => upgrade.bare(self.image())?,
            };
            let frame = Frame::of(core::iter::once(&*image));
            sink.write_all(&frame.write(position))?;
            sink.write_all(&image)?;
            sink.write_all(&[0; ALIGN][..padding(frame.len) as usize])?;
            position += FRAME as u64 + frame.padded();
            count += 1;
        }
        Ok(count)
    }

    /// The end of the last whole state, in bytes from the start of the stream.
    #[must_use]
    pub fn whole(&self) -> u64 {
        self.whole
    }

    /// Checks that the stream is of the type `T`. All of its states are, and its header describes the type better than
    /// a state does.
    pub(super) fn expect<T: State + ?Sized>(&self) -> io::Result<()> {
        let ours = identity(T::schema());
        if ours.fingerprint == self.fingerprint {
            return Ok(());
        }
        let error = explain::identity(&ours, self.fingerprint, Some(&self.schema));
        let hint = "a stream has states of one form: `StreamReader` reads these, for a new file to continue with";
        Err(error.with_hint(hint).into())
    }
}

/// How states are converted to a type.
#[derive(Debug)]
struct Known {
    /// The fingerprint of the type, and the number of registered types if it has open sets.
    asked: (u64, usize),
    how: How,
}

#[derive(Debug)]
enum How {
    /// The states are already of this type.
    AsTheyAre,
    By(Box<Resolved>),
    Unknown,
}

/// The states of a stream; see [`StreamReader::states`].
#[derive(Debug)]
pub struct States<'r, R, T> {
    reader: &'r mut StreamReader<R>,
    of: PhantomData<fn() -> T>,
}

impl<R: Read, T: RestoreOwned> Iterator for States<'_, R, T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.reader.load().transpose()
    }
}
