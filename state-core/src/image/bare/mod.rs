//! Native bytes without a header, for readers that know the type: a database column, messages on a typed channel,
//! packets.
//!
//! ```
//! use state_core::State;
//! use state_core::image::bare;
//!
//! #[derive(State, Debug, PartialEq)]
//! struct Sample { sensor: u32, value: f64 }
//!
//! let bytes = bare::dumps(&Sample { sensor: 7, value: 0.5 })?;
//! assert_eq!(bytes.len(), 12); // `dumps` takes 52
//! assert_eq!(bare::loads::<Sample>(&bytes)?, Sample { sensor: 7, value: 0.5 });
//! assert!(bare::loads::<Sample>(&bytes[..11]).is_err());
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! # What is guaranteed, and what is not
//! Everything that [`dumps`](crate::dumps), [`loads`](crate::loads) and [`load_into`](crate::load_into) guarantee,
//! except identity: every byte is checked before anything is built, even if the bytes are hostile, a restore that fails
//! changes nothing, limits of depth and memory hold, the bytes are the same on every machine, and text and raw arrays
//! can be borrowed.
//!
//! **The bytes do not identify their type.** Those of another type, or of an older form of the type, are an error only
//! if they do not happen to be a state of this one: `(u32, f64)` is read as the `Sample` above, and swapping two fields
//! of the same type is not noticed. Without a header, bytes that outlive the program need care:
//!
//! - Nothing can be upgraded: [`loads_upgraded`](crate::loads_upgraded), [`upgrade`](crate::upgrade) and
//!   [`SchemaHistory`](crate::SchemaHistory) need the header. Keep the type as it is, store a version beside the bytes,
//!   or store the identity once for many states, as a stream does.
//! - They cannot be inspected, compared or used in a delta, and there is no checksum.
//! - Opaque structs (`Pod` without `Record`) are the memory of the machine that wrote them; those of another byte order
//!   are not refused.
//!
//! # Shared objects
//! The header says whether references are numbered, so that [shared objects stay one](crate::sharing). Without it, an
//! `Rc` or `Arc` is always written as its value: an object that two of them share becomes two. A type that needs one
//! object, with `#[state(shared)]` or a `Weak` anywhere in it, is refused by all functions here, with an error that
//! names it, and so is [`Options::sharing`]. Use `dumps` and [`stream`](super::stream) for these. With
//! [`Options::refuse_copies`], a value that shares objects is refused too.
//!
//! ```
//! use std::rc::Rc;
//!
//! use state_core::image::bare;
//! use state_core::{Options, State};
//!
//! #[derive(State)]
//! #[state(shared)]
//! struct Walls { left: Rc<u8>, right: Rc<u8> }
//!
//! let stone = Rc::new(7_u8);
//! let error = bare::dumps(&Walls { left: stone.clone(), right: stone.clone() }).unwrap_err();
//! assert!(error.to_string().starts_with("Walls: expected a state in which no object is shared"));
//!
//! // A pair of `Rc`s is not marked.
//! let bytes = bare::dumps(&(stone.clone(), stone.clone()))?;
//! let (left, right) = bare::loads::<(Rc<u8>, Rc<u8>)>(&bytes)?;
//! assert!(left == right && !Rc::ptr_eq(&left, &right));
//! assert!(Options::new().refuse_copies().bare().dumps(&(stone.clone(), stone)).is_err());
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! # The format
//! An image of [the format](super) without its header. The schema of a type determines which regions it has at all; the
//! others are empty, and take nothing:
//!
//! | region | a type has it if its schema contains anywhere |
//! |---|---|
//! | tail | a list, set, map, boxed, serde value, integer of any size or array of several dimensions; an optional value whose head takes more than 8 bytes; an enum with a variant whose slots' heads take more than 16 |
//! | text | text |
//! | raw | a raw array, or an array of several dimensions |
//!
//! | part | bytes | contents |
//! |---|---|---|
//! | head | | of the root; its type fixes the size |
//! | lengths | 1 to 10 each | of each region that the type has, in the order of tail, text and raw, except the last of these: LEB128, as short as possible |
//! | tail, text | | as in an image; the last region is the rest of the bytes |
//! | padding | | zeros up to a multiple of 16 bytes from the start, only if raw is not empty |
//! | raw | | as in an image |
//!
//! A type without regions is only its head, a type with one has no lengths, and one with two has one. A text, list or
//! map of `u32::MAX` parts or more can only be written if the type has a tail.
//!
//! # Streams
//! `BareWriter` and `BareReader` (with `std`) write the schema once before many states, so that another type is
//! detected, and named, before the first of them. A state takes its own bytes and those of its length.
//!
//! ```
//! # #[cfg(feature = "std")] {
//! use state_core::image::bare::{BareReader, BareWriter};
//!
//! let mut writer = BareWriter::new(Vec::new())?; // a file, a socket
//! let start = writer.get_ref().len();
//! for number in 0..3_u16 {
//!     writer.write(&number)?;
//! }
//! let bytes = writer.into_inner();
//! assert_eq!(bytes.len(), start + 3 * (1 + 2));
//!
//! let mut reader = BareReader::new(&bytes[..])?;
//! assert_eq!(reader.load::<u16>()?, Some(0));
//! let mut live = 0;
//! assert!(reader.load_into::<u16>(&mut live)?);
//! assert_eq!(live, 1);
//! assert!(reader.load::<i16>().is_err());
//! # }
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! There are no checksums, so damage is found only if it leaves no valid state, and states of older forms are refused.
//! The forms of types in open sets are not in the stream: a value of one that has changed since is refused when its
//! state is loaded, and with it that state alone. For states that must be recovered after a crash, or read by later
//! versions, use [`stream`](super::stream). The format is that stream's header with 4 in its flags, its schema and
//! padding; then for each state its length in LEB128, as short as possible, and its bytes.

mod lengths;
mod shared;
#[cfg(feature = "std")]
mod stream;

#[cfg(feature = "std")]
pub use stream::{BareReader, BareWriter};

use alloc::vec::Vec;

use super::Options;
use super::{direct, explain, unwritten};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::decode::Regions;
use crate::protocol::encode::{Size, Writer, changed, total};
use crate::protocol::root::Root;
use crate::schema::fingerprint::identity_of;
use crate::schema::{Ends, Sharing};
use crate::state::{Restore, State};

/// The options of the plain functions: a constant in memory, so that no call has to assemble them.
const PLAIN: &Bare = &Options::new().bare();

/// Saves a value's state as native bytes without a header.
///
/// ```
/// use state_core::image::bare;
///
/// // The length in the head, and the text.
/// assert_eq!(bare::dumps("abc")?, b"\x03\0\0\0abc");
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// As for [`dumps`](crate::dumps), and [shared objects](self#shared-objects).
#[inline]
pub fn dumps<T: State + ?Sized>(value: &T) -> Result<Vec<u8>> {
    PLAIN.dumps(value)
}

/// Saves a value's state into a buffer, overwriting its contents and reusing its allocation.
///
/// ```
/// use state_core::image::bare;
///
/// let mut buffer = Vec::new();
/// for number in 0..3_u16 {
///     bare::dump_into(&number, &mut buffer)?;
///     assert_eq!(buffer, number.to_le_bytes());
/// }
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// As for [`dumps`]; the buffer is then empty.
#[inline]
pub fn dump_into<T: State + ?Sized>(value: &T, buffer: &mut Vec<u8>) -> Result<()> {
    PLAIN.dump_into(value, buffer)
}

/// Builds a value from its state without a header. Text and raw arrays that the type borrows are not copied; raw arrays
/// can be borrowed if the bytes start at a multiple of 16.
///
/// ```
/// use state_core::image::bare;
///
/// let bytes = bare::dumps(&(1_u8, "abc"))?;
/// assert_eq!(bare::loads::<(u8, &str)>(&bytes)?, (1, "abc"));
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// If the bytes are not a state of the type, the type has [shared objects](self#shared-objects), or a hook or
/// conversion refuses.
#[inline]
pub fn loads<'de, T: Restore<'de>>(bytes: &'de [u8]) -> Result<T> {
    PLAIN.loads(bytes)
}

/// Restores a live value in place, as [`load_into`](crate::load_into) does.
///
/// ```
/// use state_core::image::bare;
///
/// let bytes = bare::dumps("abc")?;
/// let mut text = String::from("longer");
/// let allocation = text.as_ptr();
/// bare::load_into(&bytes, &mut text)?;
/// assert_eq!((&*text, text.as_ptr()), ("abc", allocation));
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// As for [`loads`]; the target is then unchanged.
#[inline]
pub fn load_into<'de, T: Restore<'de>>(bytes: &'de [u8], target: &mut T) -> Result<()> {
    PLAIN.load_into(bytes, target)
}

/// Checks whether bytes hold a state of `T`, without building one or allocating. Hooks and conversions are not called.
///
/// # Errors
/// As for [`loads`].
#[inline]
pub fn check<'de, T: Restore<'de>>(bytes: &'de [u8]) -> Result<()> {
    PLAIN.check::<T>(bytes)
}

/// Options for native bytes without a header: the depth and memory of the [`Options`] that it is [made
/// from](Options::bare), and their choice about [shared objects](self#shared-objects). Their other settings concern the
/// header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bare {
    pub(super) options: Options,
}

impl Options {
    /// The same settings of depth, memory and copies, for native bytes [without a header](self), where shared
    /// objects are copied or refused.
    ///
    /// ```
    /// use state_core::Options;
    ///
    /// let shallow = Options::new().depth(8).bare();
    /// let bytes = shallow.dumps(&vec![1_u8, 2, 3])?;
    /// assert_eq!(bytes, [3, 0, 0, 0, 1, 2, 3]);
    /// assert_eq!(shallow.loads::<Vec<u8>>(&bytes)?, [1, 2, 3]);
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub const fn bare(self) -> Bare {
        Bare { options: self }
    }
}

impl Bare {
    /// Like [`dumps`].
    ///
    /// # Errors
    /// As for [`dumps`].
    #[inline]
    pub fn dumps<T: State + ?Sized>(&self, value: &T) -> Result<Vec<u8>> {
        let mut bytes = if T::DYNAMIC { Vec::new() } else { direct::filled(T::HEAD) };
        self.write(value, &mut bytes)?;
        Ok(bytes)
    }

    /// Like [`dump_into`].
    ///
    /// # Errors
    /// As for [`dump_into`].
    #[inline]
    pub fn dump_into<T: State + ?Sized>(&self, value: &T, buffer: &mut Vec<u8>) -> Result<()> {
        let written = self.write(value, buffer);
        if written.is_err() {
            buffer.clear();
        }
        written
    }

    #[inline]
    fn write<T: State + ?Sized>(&self, value: &T, buffer: &mut Vec<u8>) -> Result<()> {
        if !T::DYNAMIC {
            return if direct::put_flat(value, buffer, 0) { Ok(()) } else { Err(other_size::<T>()) };
        }
        let identity = identity_of::<T>();
        if self.options.looks_for_shared(&identity) {
            shared::refuse(&self.options, value)?;
        }
        let levels = self.options.levels();
        let lengths = Size::of(value, levels).map_err(|error| unwritten(error, value, levels))?;
        let written = match lengths::short_width(&identity.ends, lengths) {
            Some(between) => {
                direct::fit(buffer, T::HEAD + between + lengths[0] + lengths[1]);
                let (head, regions) = divided(buffer, T::HEAD, &identity.ends, (between, lengths));
                // Nothing is raw, so no padding has to be found.
                let (tail, text) = regions.split_at_mut(lengths[0]);
                Writer::over(tail, text, &mut [], levels).whole(value, head)
            }
            None => {
                let between = lengths::any_width(&identity.ends, lengths).ok_or_else(|| named::<T>(without_place()))?;
                let total = total(T::HEAD + between, lengths).map_err(|error| unwritten(error, value, levels))?;
                direct::fit(buffer, total);
                let (head, regions) = divided(buffer, T::HEAD, &identity.ends, (between, lengths));
                Writer::new(lengths, levels, regions).whole(value, head)
            }
        };
        if written == Some([0; 3]) { Ok(()) } else { Err(other_size::<T>()) }
    }

    /// Like [`loads`].
    ///
    /// # Errors
    /// As for [`loads`].
    #[inline]
    pub fn loads<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<T> {
        let mut place = None;
        direct::made(self.divide::<T>(bytes, &mut place)?)
    }

    /// Like [`load_into`].
    ///
    /// # Errors
    /// As for [`load_into`].
    #[inline]
    pub fn load_into<'de, T: Restore<'de>>(&self, bytes: &'de [u8], target: &mut T) -> Result<()> {
        let mut place = None;
        direct::restored(self.divide::<T>(bytes, &mut place)?, &identity_of::<T>(), target)
    }

    /// Like [`check`].
    ///
    /// # Errors
    /// As for [`check`].
    #[inline]
    pub fn check<'de, T: Restore<'de>>(&self, bytes: &'de [u8]) -> Result<()> {
        self.divide::<T>(bytes, &mut None).map(drop)
    }

    /// Finds the regions of a state of `T`, and checks them, in the place that their reader takes them from.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn divide<'r, 'de, T: Restore<'de>>(
        &self,
        bytes: &'de [u8],
        place: &'r mut Option<Regions<'de>>,
    ) -> Result<&'r Regions<'de>> {
        *place = divide::<T>(bytes);
        let Some(regions) = place else { return Err(fault::<T>(bytes)) };
        if !self.options.accepts::<T>(regions) {
            self.judge::<T>(bytes)?;
        }
        Ok(regions)
    }

    /// Judges bytes that are not a state, or one that takes much memory. This starts from the bytes, so that the
    /// regions found before need not be stored in memory for it.
    #[cold]
    #[inline(never)]
    fn judge<'de, T: Restore<'de>>(self, bytes: &'de [u8]) -> Result<()> {
        let Some(regions) = divide::<T>(bytes) else { return Err(fault::<T>(bytes)) };
        self.options.pass::<T>(&identity_of::<T>(), &regions, bytes)
    }
}

/// Divides a buffer into head and regions, and writes the lengths into the `between` bytes between them.
#[inline]
fn divided<'b>(
    buffer: &'b mut [u8],
    head: usize,
    ends: &Ends,
    (between, lengths): (usize, [usize; 3]),
) -> (&'b mut [u8], &'b mut [u8]) {
    let (head, behind) = buffer.split_at_mut(head);
    let (between, regions) = behind.split_at_mut(between);
    lengths::write(ends, lengths, between);
    (head, regions)
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn divide<T: State>(bytes: &[u8]) -> Option<Regions<'_>> {
    if !T::DYNAMIC {
        return (bytes.len() == T::HEAD).then(|| Regions::flat(bytes));
    }
    let identity = identity_of::<T>();
    if identity.sharing.shared { None } else { lengths::divide(bytes, T::HEAD, &identity.ends) }
}

#[cold]
fn fault<T: State>(bytes: &[u8]) -> Error {
    let identity = identity_of::<T>();
    match T::DYNAMIC && identity.sharing.shared {
        true => shared::of_type(&identity),
        false => explain::name(lengths::fault(bytes, T::HEAD, &identity.ends), &identity),
    }
}

/// Adds to an error the part of the value that could not be written.
#[cold]
#[inline(never)]
fn unwritten<T: State + ?Sized>(error: Error, value: &T, levels: u32) -> Error {
    unwritten::name(error, Root::of(&value), levels, (&identity_of::<T>(), Sharing::NO))
}

#[cold]
fn named<T: State + ?Sized>(error: Error) -> Error {
    explain::name(error, &identity_of::<T>())
}

#[cold]
fn other_size<T: State + ?Sized>() -> Error {
    named::<T>(changed())
}

/// This occurs only if a single text or array is so long that its length does not fit in its head.
#[cold]
fn without_place() -> Error {
    Error::new(
        ErrorKind::Unwritable,
        "a state without a header whose parts are shorter than 4 GiB",
        "a longer one (`dumps` writes it)",
    )
}
