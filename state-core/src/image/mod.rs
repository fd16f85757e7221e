//! The native door: a value's state as bytes, the same on every machine, and back into a new or a live value.
//!
//! # Which function for what
//! | from | to | without a copy |
//! |---|---|---|
//! | a value | bytes: [`dumps`], [`dump_into`] | segments, for a file or socket: [`dump_segments`] |
//! | bytes | a new value: [`loads`]; a live one: [`load_into`] | a type that borrows: [`loads`] |
//! | a value | a file, safe in a crash: `save` | that is one |
//! | bytes | a file, safe in a crash: `save_bytes`, which another thread can do | that is one |
//! | a file | a new value: `load_file` | a type that borrows: `Mapped` |
//! | many values | one file, one behind the other: `stream` | |
//! | a small value, of which the reader knows the type | fewer bytes, without a header: [`bare`] | the same back, without identity |
//! | two states in bytes | what differs between them, in words: [`compare`]; what turns one into the other: [`delta`] | |
//! | a state in bytes, and a delta | the other state in bytes: [`patch`] | |
//!
//! # The format, version 1
//! All numbers are little-endian.
//!
//! | part | bytes | what it holds |
//! |---|---|---|
//! | magic | 4 | `D7 53 54 41` |
//! | version | 1 | `01` |
//! | flags | 1 | bit 0: a schema follows the header; bit 1: references are numbered; bit 2, only with bit 1: and may lead back; bit 3: a checksum follows the image; bit 4: behind the length of the schema stands which raw arrays show as arrays; the others are zero |
//! | reserved | 2 | zero |
//! | fingerprint | 8 | FNV-1a (64 bits) of the canonical schema of the root type |
//! | lengths | 3 x 8 | of tail, text and raw |
//! | schema | 4 + n | only with flag bit 0: the length n, and in n bytes what flag bits 4 and 1 say and the canonical schema |
//! | head | | of the root, of a size that its type fixes |
//! | tail | | heads of what stands behind lists, maps, boxes, large options and large enum variants |
//! | text | | all text, one valid UTF-8 string |
//! | padding | | zeros up to a multiple of 16, only where raw is not empty |
//! | raw | | raw arrays, each followed by zeros up to a multiple of 16 |
//! | checksum | 8 | only with flag bit 3: XXH64 (seed 0) of all bytes before it |
//!
//! Files have a checksum, written by `save` and asked by `load_file` and [`verify`]. [`loads`], [`load_into`], [`check`]
//! and inspections take bytes with one, and do not ask it: bytes in memory do not change by themselves, and the sum
//! would take longer than many a restore. What [`dumps`] gives has none. Readers from before the checksum refuse the
//! flag with an error of the kind [`Version`](crate::ErrorKind::Version).
//!
//! | type | head | behind it |
//! |---|---|---|
//! | integers, floats | 1 to 16 bytes | |
//! | `bool`, `char` | 1 byte (0 or 1), 4 bytes | |
//! | durations, points in time | seconds (8), nanoseconds (4) | |
//! | text | length (4) | the bytes, in text |
//! | lists, sets | length (4) | the elements' heads as one run in the tail, then what each has behind it |
//! | maps | length (4) | a run of heads, key and value by turns |
//! | optional | 1 byte (0 or 1), and the value's head if that is at most 8 bytes | else the value's head, in the tail |
//! | boxed | none | the value's head, in the tail |
//! | weak references | a record (8) | |
//! | values of open sets | the tag of the value's type, as text, and the fingerprint of that type (8) | the tag, in text; the value's head, in the tail |
//! | arrays, tuples, objects | the heads of their parts in order; a parent's first | |
//! | enums | index of the variant (1, 2 or 4 bytes), and the slots' heads if the largest variant's take at most 16 bytes | else the slots' heads, in the tail |
//! | raw arrays | count (8), behind a byte 0 or 1 if optional | the elements, in raw |
//! | arrays of several dimensions | number of dimensions, as a length | in the tail their lengths (8 each), in raw the elements, those that differ in the last index side by side |
//! | dates | number of the day, 1 for 0001-01-01 (`i32`) | |
//! | times of day | seconds (`u32`), nanoseconds (`u32`): below 10⁹, and as many more for a leap second | |
//! | dates and times | both; in a time zone as they are in UTC, and the seconds east of it (`i32`) | |
//! | differences of times | seconds (`i64`), nanoseconds below 10⁹ (`u32`) | |
//! | UUIDs | their 16 bytes | |
//! | integers of any size | length | two's complement, or the number if it cannot be negative, as short as can be |
//!
//! A length of `u32::MAX` or more has a head of `FF FF FF FF` and 8 bytes in the tail. In a run, an element with an
//! empty head takes one byte, which is zero: no count can stand for more elements than there are bytes. What stands
//! behind the parts of a value lies in the order of the parts. An optional value or a variant that is smaller than
//! its place leaves zeros behind it, which are not looked at.
//!
//! The elements of a raw array lie side by side. Records are laid out as in C, with each number aligned to its size (an
//! integer of 128 bits to 16), and within `packed` and `align` as these say: the same on every machine, whatever its own
//! layout is. What lies between fields is written as zeros and not looked at. Opaque structs are the bytes that the
//! writing machine has in memory. The schema tells their size and byte order, so that machines which differ in one of
//! these refuse each other's; as such a struct has no padding, its fields lie the same wherever they have the same
//! sizes.
//!
//! How a raw array shows (`#[state(array)]`) is no part of the canonical schema, so that it can be changed. Where any shows
//! as an array, a schema that is written says which, before its canonical bytes: a length (4), and so many bytes with a
//! bit for each raw array in the order of the schema, the lowest bit of a byte first, 1 if it does.
//!
//! # Numbered references
//! With flag bit 1, objects that shared pointers (`Rc`, `Arc`) lead to stay one object; see [`sharing`](crate::sharing).
//! Each shared pointer has a record of 8 bytes in the tail, before all else that stands behind it.
//!
//! | byte | what it holds |
//! |---|---|
//! | 0 | 0: nothing else in the state refers to the object, and the other bytes are zero; 1: an object that has a number; 2: an object that has begun before |
//! | 1 | the class of the number |
//! | 2, 3 | zero |
//! | 4 to 7 | the number |
//!
//! A class is one pointer type of the writer. Classes are numbered from 0 to 63 as they are first used, and objects within
//! their class in the order in which they begin. Behind a record 2 stands no value, and the pointer's own head (of shared
//! text and slices: their length) is zero. A weak reference is a record of 0 (there is no such object) or 2, whose object
//! may also follow later. Without flag bit 2, record 2 of a shared pointer leads to an object that has ended. With it, it
//! may stand in the object, if it is the value of an optional, of a list or of a map, and the innermost object with a
//! number around it is behind a cell or lock. A weak reference to an object that follows, or has not ended and can be
//! refused, stands in such an object too, or in none.
//!
//! Where a schema is written with flag bit 1, in front of its canonical bytes, and behind what flag bit 4 says, stands
//! which types are shared pointers: a length (4), and so many bytes with a bit for each type in the order of the schema,
//! those included for which `FF` stands, the lowest bit of a byte first.
//!
//! # The canonical schema
//! One byte for the kind of a type, then what belongs to it; numbers are LEB128 and names a length and UTF-8. Named
//! types (objects, enums, records) are numbered in the order in which they are met; where one is met again, `FF` and
//! its number stand for it. Readers refuse names of more than 255 bytes, types more than 128 deep in one another, and
//! records whose fields do not lie side by side, in order.
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
//! | 20 type that Python has a class for | 0 date, 1 time of day, 2 date and time, 3 the same in UTC, 4 the same in a time zone, 5 difference of times, 6 UUID, 7 integer, 8 integer that is not negative |
//! | 21 array of several dimensions | 0, or 1 more than the number of dimensions if it is fixed; element |
//! | 22 weak reference | the type of the object |
//! | 23 open set | name; its types are no part of the schema |
//!
//! # The format of a delta, version 1
//! What turns one image, the base, into another of the same type; made by [`delta`], read by [`patch`].
//!
//! | part | bytes | what it holds |
//! |---|---|---|
//! | magic | 4 | `D7 53 54 44` |
//! | version | 1 | `01` |
//! | reserved | 3 | zero |
//! | fingerprint | 8 | that of both images |
//! | base | 8, 8 | its length, its checksum: XXH64 (seed 0) of all its bytes |
//! | image | 8, 8 | the same of the new image |
//! | pieces | | until the new image has its length |
//!
//! A piece is a run of the base and, unless the image ends with that, bytes that are written out. Numbers are LEB128.
//!
//! | part of a piece | what it holds |
//! |---|---|
//! | copy | twice the number of bytes that are copied out of the base, and 1 more if the place follows |
//! | place | where they are: counted from where the piece before ended in the base, as a signed number in zigzag (0, -1, 1, -2 are 0, 1, 2, 3) |
//! | literal | the number of bytes written out, and these |
//!
//! A piece ends in the base behind what it copies and as many bytes more as it writes out; the first starts at 0. All
//! copies together are at most eight times as long as the base.

#[cfg(feature = "std")]
mod aligned;
pub mod bare;
mod checksum;
mod delta;
mod direct;
pub(crate) mod explain;
#[cfg(feature = "std")]
mod file;
mod header;
mod holding;
pub(crate) mod in_place;
#[cfg(feature = "std")]
mod leftovers;
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
#[cfg(feature = "std")]
mod vectored;
mod write;

pub use crate::compare::{Difference, Differences, compare};
pub use checksum::{checksum, verify};
pub use delta::{delta, delta_into, patch};
#[cfg(feature = "std")]
pub use file::{load_file, save, save_bytes};
#[cfg(feature = "std")]
pub(crate) use lock::wait_for;
#[cfg(feature = "std")]
pub use mapped::Mapped;
pub use options::Options;
pub use segments::{SegmentBuffer, Segments, dump_segments};

#[cfg(feature = "pyo3")]
pub(crate) use header::shares;
pub(crate) use header::{Image, lay_out};
pub(crate) use holding::{PLACE, restore_written, whole};
pub(crate) use in_place::restore;
#[cfg(feature = "pickle")]
pub(crate) use options::Copies;
#[cfg(feature = "pyo3")]
pub(crate) use read::Tests;
pub(crate) use read::build;
#[cfg(feature = "pyo3")]
pub(crate) use write::Root;

use alloc::vec::Vec;

use crate::error::Result;
use crate::state::{Restore, State};

/// Takes a value's state as native bytes.
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
/// A value that cannot be written: nested too deep, a `RefCell` that is borrowed, a path that is not Unicode.
#[inline]
pub fn dumps<T: State + ?Sized>(value: &T) -> Result<Vec<u8>> {
    Options::new().dumps(value)
}

/// Takes a value's state into a buffer, whose old content is overwritten and whose allocation is used again.
///
/// Leave an older state of the type in the buffer: the new one is laid out as that, and the value is not counted before
/// it is written, unless it has become much longer or has a `before_get` hook. It is a hint and no more; whatever the
/// buffer holds, the bytes are those that [`dumps`] gives. A buffer whose states vary in length is given some more room
/// than they need.
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
    Options::new().dump_into(value, buffer)
}

/// Makes a value from its state. Text and raw arrays that the type borrows stay where they are.
///
/// # Errors
/// Bytes that are damaged, hold another type's state, or are refused by a hook or conversion.
#[inline]
pub fn loads<'de, T: Restore<'de>>(bytes: &'de [u8]) -> Result<T> {
    Options::new().loads(bytes)
}

/// Restores a live value in place. A restore that fits allocates nothing, and one that fails changes nothing.
///
/// Fields marked `skip` stay as they are, and so do allocations: of strings, lists, boxes, nested objects and maps
/// whose keys agree. In a list of 64 elements or more, of which some were removed or others added since, those that stayed
/// move to where the state has them, and take their allocations along. Nothing moves where something is skipped in the
/// elements, which stays at its index, or is written through a conversion, `serde` or a hook.
///
/// # Where something can refuse
/// A hook or conversion with a `Result` and a `serde` field can refuse a state. Where a type has one, however deep, a
/// new value is built first, which makes each conversion once. Then the two exchange their states slot by slot, and the
/// new value is dropped with what the target held. Skipped fields and allocations stay as above, with these exceptions:
/// the restore allocates what the new value takes, maps and sets are filled anew (their values and keys keep what they
/// have), and text that is longer than its allocation takes the new one.
///
/// `after_set` hooks of objects without skipped fields are called on the new value, before the target is touched: they
/// could not tell the difference. Those of objects that have skipped fields, or hold objects that have, are called on
/// the target once it has all of its state, and see what it skips; parts come before their owners. If one of these
/// refuses or panics, the states are exchanged back, and after a refusal these hooks are called once more, on the old
/// state, so that what they rebuild in skipped fields belongs to it again; what they refuse then is ignored. So slots are
/// all or nothing in any case. What such a hook did to skipped fields otherwise, before the refusal, stays done, and
/// allocations need not be the old ones. Keys, elements of sets and of heaps, and slots that are converted meet their
/// hooks before, as new values.
///
/// # Panics
/// Only where code of the user's panics. A panic of a conversion, and of a hook where something can refuse, leaves the
/// slots as they were. Other panics, of hooks that cannot refuse in a type where nothing can, or of `Eq`, `Ord`, `Hash`
/// or `Drop` of something in the target, leave a target that can be used and dropped, parts of which may be restored
/// and others not; maps, sets and heaps may have lost entries.
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
    Options::new().load_into(bytes, target)
}

/// Tests whether bytes hold a state of `T`, without building one or allocating. Hooks and conversions are not asked.
///
/// # Errors
/// As for [`loads`].
#[inline]
pub fn check<'de, T: Restore<'de>>(bytes: &'de [u8]) -> Result<()> {
    Options::new().check::<T>(bytes)
}
