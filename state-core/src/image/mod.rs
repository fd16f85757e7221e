//! The native format: a value's state as bytes, identical on every machine, loaded into a new or a live value.
//!
//! # Which function to use
//! | from | to | without a copy |
//! |---|---|---|
//! | a value | bytes: [`dumps`], [`dump_into`] | segments, for a file or socket: [`dump_segments`] |
//! | bytes | a new value: [`loads`]; a live one: [`load_into`] | a type that borrows: [`loads`] |
//! | a value | a file, safe in a crash: `save` | the same |
//! | bytes | a file, safe in a crash: `save_bytes`, which another thread can call | the same |
//! | a file | a new value: `load_file`; a live one: `load_file_into` | a type that borrows: `Mapped` |
//! | many values | one file, one after another: `stream` | |
//! | a small value whose type the reader knows | fewer bytes, without a header: [`bare`] | the same, without a check of the type |
//! | the bytes of two states | a readable list of differences: [`compare`]; a delta from one to the other: [`delta`] | |
//! | the bytes of a state, and a delta | the bytes of the other state: [`patch`] | |
//!
//! # The format, version 1
//! All numbers are little-endian.
//!
//! | part | bytes | contents |
//! |---|---|---|
//! | magic | 4 | `D7 53 54 41` |
//! | version | 1 | `01` |
//! | flags | 1 | bit 0: a schema follows the header; bit 1: references are numbered; bit 2, only with bit 1: they may form cycles; bit 3: a checksum follows the image; bit 4: the length of the schema is followed by a list of the raw arrays that appear as arrays; bit 5: and, before that, by a table of the types of open sets; the others are zero |
//! | reserved | 2 | zero |
//! | fingerprint | 8 | FNV-1a (64 bits) of the canonical schema of the root type |
//! | lengths | 3 x 8 | of tail, text and raw |
//! | schema | 4 + n | only with flag bit 0: the length n, then n bytes: the table for flag bit 5, the lists for flag bits 4 and 1, and the canonical schema |
//! | head | | of the root; its type fixes the size |
//! | tail | | heads of the contents of lists, maps, boxes, large options and large enum variants |
//! | text | | all text, one valid UTF-8 string |
//! | padding | | zeros up to a multiple of 16, only if raw is not empty |
//! | raw | | raw arrays, each followed by zeros up to a multiple of 16 |
//! | checksum | 8 | only with flag bit 3: XXH64 (seed 0) of all bytes before it |
//!
//! `save` adds a checksum to files; `load_file`, `load_file_into` and [`verify`] verify it. [`loads`], [`load_into`],
//! [`check`] and inspections accept bytes with a checksum but do not verify it: bytes in memory do not change by
//! themselves, and computing the checksum would take longer than many restores. The output of [`dumps`] has none.
//! Readers from before the checksum refuse the flag with an error of the kind [`Version`](crate::ErrorKind::Version).
//!
//! | type | head | followed by |
//! |---|---|---|
//! | integers, floats | 1 to 16 bytes | |
//! | `bool`, `char` | 1 byte (0 or 1), 4 bytes | |
//! | durations, points in time | seconds (8), nanoseconds (4) | |
//! | text | length (4) | the bytes, in text |
//! | lists, sets | length (4) | the elements' heads as one run in the tail, then the rest of each element |
//! | maps | length (4) | a run of heads, alternating keys and values |
//! | optional | 1 byte (0 or 1), and the value's head if that is at most 8 bytes | else the value's head, in the tail |
//! | boxed | none | the value's head, in the tail |
//! | weak references | a record (8) | |
//! | values of open sets | the tag of the value's type, as text, and the fingerprint of that type (8) | the tag, in text; the value's head, in the tail |
//! | arrays, tuples, objects | the heads of their parts in order; a parent's first | |
//! | enums | index of the variant (1, 2 or 4 bytes), and the slots' heads if those of the largest variant take at most 16 bytes | else the slots' heads, in the tail |
//! | raw arrays | count (8), preceded by a byte 0 or 1 if optional | the elements, in raw |
//! | arrays of several dimensions | number of dimensions, as a length | their lengths (8 each) in the tail; the elements in raw, with those that differ only in the last index adjacent |
//! | dates | number of the day, 1 for 0001-01-01 (`i32`) | |
//! | times of day | seconds (`u32`), nanoseconds (`u32`): below 10⁹, plus 10⁹ for a leap second | |
//! | dates and times | both; with a time zone, both in UTC and the offset east of it in seconds (`i32`) | |
//! | differences of times | seconds (`i64`), nanoseconds (`u32`): below 10⁹, or with the least number of seconds the two's complement of -1 to 1 - 10⁹ | |
//! | UUIDs | their 16 bytes | |
//! | decimal numbers | flags (u32): in bits 16 to 23 how many digits are behind the point, at most 28, in bit 31 whether the number is negative, the others 0; the digits as an unsigned integer of 12 bytes | |
//! | integers of any size | length | two's complement, or unsigned if it cannot be negative, as short as possible |
//!
//! A length of `u32::MAX` or more has a head of `FF FF FF FF` and 8 bytes in the tail. In a run, an element with an
//! empty head takes one byte, which is zero, so a count can never exceed the number of bytes. The contents of a value's
//! parts follow in the order of the parts. An optional value or a variant that is smaller than its place is padded with
//! zeros, which readers ignore.
//!
//! The elements of a raw array are adjacent. Records are laid out as in C, with each number aligned to its size (a
//! 128-bit integer to 16), and with `packed` and `align` applied: the layout is the same on every machine, whatever its
//! own is. Padding between fields is written as zeros and ignored by readers. Opaque structs are the bytes in the
//! memory of the writing machine. The schema contains their size and byte order, so machines that differ in one of
//! these refuse each other's; as such a struct has no padding, its fields have the same offsets wherever they have the
//! same sizes.
//!
//! Whether a raw array appears as an array (`#[state(array)]`) is not part of the canonical schema, so it can be
//! changed. If any does, a schema that is written is preceded by a list of them: a length (4), and that many bytes with
//! one bit for each raw array in the order of the schema, lowest bit first, 1 if it appears as an array.
//!
//! # Types of open sets
//! The types of an open set are not part of the schema. The value of such a set names its type by its tag and the
//! fingerprint of its own schema, and a schema that is written is preceded by a table of the types that are registered
//! at the time, in all sets that the type contains, also within other registered types. So these types can change, and
//! be inspected, like any others. The table has a length (4) and that many bytes: for each type
//!
//! | part | bytes | contents |
//! |---|---|---|
//! | set | 1 + n | length and name of the set, in UTF-8 |
//! | tag | 1 + n | length and tag of the type |
//! | flags | 1 | 1: a list of the raw arrays that appear as arrays precedes its schema; 2: and a list of the shared pointer types |
//! | length | 4 | of the following |
//! | schema | n | these lists, as for the schema of the image, and the canonical schema |
//!
//! The types are sorted by set, tag and fingerprint, and differ in one of these. With flag bit 1 of the image, each has
//! the list of shared pointer types. A type that is not in the table can only be read by a program that has it
//! registered in the same form; so can images without a table, such as those written before there was one. Readers from
//! before the table refuse flag bit 5 with an error of the kind [`Version`](crate::ErrorKind::Version).
//!
//! # Numbered references
//! With flag bit 1, objects behind shared pointers (`Rc`, `Arc`) keep their identity; see [`sharing`](crate::sharing).
//! Each shared pointer has a record of 8 bytes in the tail, before everything else that belongs to it.
//!
//! | byte | contents |
//! |---|---|
//! | 0 | 0: nothing else in the state refers to the object, and the other bytes are zero; 1: an object that has a number; 2: an object that began earlier |
//! | 1 | the class of the number |
//! | 2, 3 | zero |
//! | 4 to 7 | the number |
//!
//! A class is one pointer type of the writer. Classes are numbered from 0 to 63 in the order of their first use, and
//! objects within their class in the order in which they begin. A record 2 is not followed by a value, and the
//! pointer's own head (for shared text and slices: their length) is zero. A weak reference is a record of 0 (there is
//! no such object) or 2, whose object may also follow later. Without flag bit 2, record 2 of a shared pointer refers to
//! an object that has ended. With it, the record may be inside the object, if it is the value of an optional, of a list
//! or of a map, and the innermost enclosing object with a number is behind a cell or lock. A weak reference to an
//! object that follows, or that has not ended and can be refused, is also inside such an object, or inside none.
//!
//! With flag bit 1, a schema that is written has a list of the shared pointer types in front of its canonical bytes,
//! after the list for flag bit 4: a length (4), and that many bytes with one bit for each type in the order of the
//! schema, including those replaced by `FF`, lowest bit first.
//!
//! # The canonical schema
//! One byte for the kind of a type, then its parameters; numbers are LEB128 and names a length and UTF-8. Named types
//! (objects, enums, records) are numbered in the order of their first occurrence; later occurrences are `FF` and the
//! number. Readers refuse names of more than 255 bytes, types nested more than 128 deep, and records whose fields
//! overlap or are out of order.
//!
//! | kind | what follows |
//! |---|---|
//! | 0 unit, 1 bool, 2 char, 5 text, 19 serde value | |
//! | 3 integer | bits (1 byte); 1 if signed + 2 if non-zero |
//! | 4 float | bits |
//! | 6 seconds | 1 if signed (a point in time), 0 (a duration) |
//! | 7 optional, 8 list, 9 set, 13 boxed | the type inside |
//! | 10 map | key, value |
//! | 11 array | length, element |
//! | 12 tuple | number of items, the items |
//! | 14 raw array | 1 if optional + 2 if its count is a slot + 4 if its count is fixed; the fixed count; element |
//! | 15 object | name; 1 if the first slot is the parent; number of slots; for each its name and type |
//! | 16 enum | name; number of variants; for each its name, number of slots, and for each its name and type |
//! | 17 record | name; size; number of fields; for each its name, offset and type |
//! | 18 opaque struct | size; 1 if its bytes are in big-endian order |
//! | 20 type that has a class in Python | 0 date, 1 time of day, 2 date and time, 3 the same in UTC, 4 the same in a time zone, 5 difference of times, 6 UUID, 7 integer, 8 integer that is not negative, 9 decimal number |
//! | 21 array of several dimensions | 0, or 1 more than the number of dimensions if it is fixed; element |
//! | 22 weak reference | the type of the object |
//! | 23 open set | name; its types are not part of the schema, but may [precede it](#types-of-open-sets) |
//!
//! # The format of a delta, version 1
//! Turns one image, the base, into another of the same type; made by [`delta`], applied by [`patch`].
//!
//! | part | bytes | contents |
//! |---|---|---|
//! | magic | 4 | `D7 53 54 44` |
//! | version | 1 | `01` |
//! | reserved | 3 | zero |
//! | fingerprint | 8 | of both images |
//! | base | 8, 8 | its length, its checksum: XXH64 (seed 0) of all its bytes |
//! | image | 8, 8 | the same of the new image |
//! | pieces | | until the new image is complete |
//!
//! A piece is a run of the base followed, unless the image ends there, by literal bytes. Numbers are LEB128.
//!
//! | part of a piece | contents |
//! |---|---|
//! | copy | twice the number of bytes that are copied from the base, plus 1 if the place follows |
//! | place | their offset, relative to where the previous piece ended in the base, as a signed number in zigzag (0, -1, 1, -2 are 0, 1, 2, 3) |
//! | literal | the number of literal bytes, and the bytes |
//!
//! In the base, a piece ends after the bytes that it copies plus as many bytes as its literal has; the first starts
//! at 0. All copies together are at most eight times as long as the base.

#[cfg(feature = "std")]
mod aligned;
pub(crate) mod aside;
pub mod bare;
mod build;
mod checksum;
mod delta;
mod direct;
pub(crate) mod explain;
#[cfg(feature = "std")]
mod file;
mod header;
mod holding;
mod in_place;
#[cfg(feature = "std")]
mod leftovers;
mod linked;
#[cfg(feature = "std")]
mod lock;
#[cfg(feature = "std")]
mod mapped;
mod options;
mod read;
mod rewrite;
mod segments;
#[cfg(feature = "std")]
pub mod stream;
pub(crate) mod unwritten;
#[cfg(feature = "std")]
mod vectored;
mod write;

pub use crate::compare::{Difference, Differences, compare};
pub use checksum::{checksum, verify};
pub use delta::{delta, delta_into, patch};
#[cfg(feature = "std")]
pub use file::{load_file, load_file_into, save, save_bytes};
#[cfg(feature = "std")]
pub(crate) use lock::wait_for;
#[cfg(feature = "std")]
pub use mapped::Mapped;
pub use options::Options;
pub use segments::{SegmentBuffer, Segments, dump_segments};

pub(crate) use build::build;
pub(crate) use header::{Image, lay_out};
pub(crate) use holding::{PLACE, restore_written, whole};
pub(crate) use in_place::restore;
#[cfg(feature = "pickle")]
pub(crate) use options::Copies;
#[cfg(feature = "pyo3")]
pub(crate) use read::Tests;
pub(crate) use rewrite::{outgrow, with_room};

use alloc::vec::Vec;

use crate::error::Result;
use crate::state::{Restore, State};

/// The options of the plain functions: a constant in memory, so that no call has to assemble them.
const PLAIN: &Options = &Options::new();

/// Saves a value's state as native bytes.
///
/// ```
/// use state_core::{State, dumps, loads};
///
/// #[derive(State, Debug, PartialEq)]
/// struct Person { name: String, age: i32 }
///
/// let dave = Person { name: "Dave".into(), age: 30 };
/// assert_eq!(loads::<Person>(&dumps(&dave)?)?, dave);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// If the value cannot be written: it is nested too deeply, a `RefCell` is borrowed, or a path is not Unicode.
#[inline]
pub fn dumps<T: State + ?Sized>(value: &T) -> Result<Vec<u8>> {
    PLAIN.dumps(value)
}

/// Saves a value's state into a buffer, overwriting its contents and reusing its allocation.
///
/// Leave an older state of the type in the buffer: the new one is then laid out like it, without a pass that counts the
/// value first, unless the value has become much longer or has a `before_get` hook. This is only a hint; whatever the
/// buffer contains, the bytes are those of [`dumps`]. If the length of the states varies, the buffer gets some spare
/// capacity.
///
/// ```
/// use state_core::{State, dump_into, dumps};
///
/// #[derive(State)]
/// struct World { tick: u64, names: Vec<String> }
///
/// let mut world = World { tick: 0, names: vec!["Ada".into(); 100] };
/// let mut buffer = Vec::new();
/// for tick in 0..3 {
///     world.tick = tick;
///     world.names.push("Grace".into());
///     dump_into(&world, &mut buffer)?;
///     assert_eq!(buffer, dumps(&world)?);
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

/// Builds a value from its state. Text and raw arrays that the type borrows are not copied.
///
/// # Errors
/// If the bytes are damaged, hold another type's state, or are refused by a hook or conversion.
#[inline]
pub fn loads<'de, T: Restore<'de>>(bytes: &'de [u8]) -> Result<T> {
    PLAIN.loads(bytes)
}

/// Restores a live value in place. A restore that fits allocates nothing (unless something [can
/// refuse](#if-a-state-can-be-refused)), and one that fails changes nothing.
///
/// Fields marked `skip` are left alone, and allocations are kept: those of strings, lists, boxes, nested objects and
/// maps with the same keys. If elements were removed from or added to a list of 64 elements or more since, the
/// remaining ones move to their place in the state and take their allocations along. Nothing moves if something in the
/// elements is skipped, as it belongs to its index, or is written through a conversion, `serde` or a hook. Nor does
/// what contains an `Rc`, `Arc` or `Weak`, if references to shared objects are numbered. Under the same conditions,
/// entries of a map whose keys are gone lend their allocations to new keys.
///
/// # If a state can be refused
/// Hooks and conversions that return a `Result`, and `serde` fields, can refuse a state. If a type has one, at any
/// depth, a new value is built first, which runs each conversion once. Then the two values exchange their states slot
/// by slot, and the new value is dropped with the old state. Skipped fields and allocations are kept as above, with
/// these exceptions: the restore allocates the new value, maps and sets are refilled (their values and keys keep their
/// contents), and text that is longer than its allocation takes the new one. Shared objects keep their identity and
/// their skipped fields; [the page on shared objects](crate::sharing#restores-in-place) lists which ones are replaced.
/// An open set counts as something that can refuse, even if it is empty.
///
/// `after_set` hooks of objects without skipped fields are called on the new value, before the target is touched, which
/// makes no difference to them. Hooks of objects that have skipped fields, or that contain such objects, are called
/// on the target once all of its state is there, and see its skipped fields; parts come before their owners. If one of
/// these refuses or panics, the states are exchanged back, and after a refusal these hooks are called once more, on the
/// old state, so that anything they rebuild in skipped fields matches it again; refusals are then ignored. So slots are
/// all or nothing in every case. Other changes that such a hook made to skipped fields before the refusal remain, and
/// allocations may differ from the old ones. The hooks of keys, of elements of sets and heaps, and of converted slots
/// are called earlier, on the new values.
///
/// # Panics
/// Only if user code panics. A panic of a conversion, or of a hook of a type in which something can refuse, leaves the
/// slots as they were. Other panics (of a hook of a type in which nothing can refuse, or of `Eq`, `Ord`, `Hash` or
/// `Drop` of something in the target) leave a target that can be used and dropped, but may be partly restored; maps,
/// sets and heaps may have lost entries.
///
/// ```
/// use state_core::{State, dumps, load_into};
///
/// #[derive(State)]
/// struct World { tick: u64, names: Vec<String> }
///
/// let mut world = World { tick: 7, names: vec!["Ada".into()] };
/// let saved = dumps(&world)?;
/// world.tick += 1;
/// world.names[0].push_str(" Lovelace");
///
/// let before = world.names[0].as_ptr();
/// load_into(&saved, &mut world)?;
/// assert_eq!((world.tick, &*world.names[0]), (7, "Ada"));
/// assert_eq!(world.names[0].as_ptr(), before);
///
/// assert!(load_into(&saved[..20], &mut world).is_err());
/// assert_eq!(world.tick, 7);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// As for [`loads`]; the target is then unchanged.
#[inline]
pub fn load_into<'de, T: Restore<'de>>(bytes: &'de [u8], target: &mut T) -> Result<()> {
    PLAIN.load_into(bytes, target)
}

/// Checks whether bytes hold a state of `T`, without building one. It allocates nothing, unless more than 128 numbered
/// objects are nested, which takes a raised [`depth`](Options::depth). Hooks and conversions are not called.
///
/// # Errors
/// If the bytes are damaged or hold another type's state.
#[inline]
pub fn check<'de, T: Restore<'de>>(bytes: &'de [u8]) -> Result<()> {
    PLAIN.check::<T>(bytes)
}
