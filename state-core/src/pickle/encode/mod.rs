//! Writing: the image of a value is written as a pickle by the plan of its type; a dynamic value is written directly.

mod array;
mod code;
mod global;
mod group;
mod instance;
mod numbered;
mod object;
mod plan;
mod planner;
mod quick;
mod raws;
mod rest;
mod scalar;
mod segments;
mod shared;
mod sink;
mod skip;
mod standard;
mod value;
mod write;

use alloc::vec::Vec;

pub(super) use self::global::Global;
pub use self::segments::{PickleSegmentBuffer, PickleSegments};

use self::plan::Plan;
use self::raws::{Gathered, Raws};
use self::rest::Rest;
use self::sink::Sink;
use self::value::Values;
use self::write::Write;
use super::PickleOptions;
use crate::error::Result;
use crate::image::{Copies, unwritten};
use crate::protocol::encode::{Size, Writer, changed};
use crate::protocol::gather::{Borrowed, Copied};
use crate::protocol::root::Root;
use crate::schema::fingerprint::identity;
use crate::schema::root_name;
use crate::sharing::Tracker;
use crate::state::State;
use crate::value::Value;

/// Reusable space for the image that is written before a pickle.
#[derive(Debug, Default)]
struct Space {
    /// Head, tail and text of the image.
    front: Vec<u8>,
    /// The raw arrays that could not be borrowed.
    copied: Copied,
}

impl PickleOptions {
    /// As [`dumps`](super::dumps).
    ///
    /// # Errors
    /// As [`dumps`](super::dumps).
    pub fn dumps<T: State + ?Sized>(&self, value: &T) -> Result<Vec<u8>> {
        let mut pickle = Vec::new();
        self.dump_into(value, &mut pickle)?;
        Ok(pickle)
    }

    /// As [`dumps`](super::dumps), into a buffer, overwriting its contents and reusing its allocation.
    ///
    /// # Errors
    /// As [`dumps`](super::dumps); the buffer is then empty.
    pub fn dump_into<T: State + ?Sized>(&self, value: &T, pickle: &mut Vec<u8>) -> Result<()> {
        self.write(value, pickle, &mut Space::default(), None)
    }

    /// As [`dump_value`](super::dump_value).
    ///
    /// # Errors
    /// As [`dump_value`](super::dump_value).
    pub fn dump_value(&self, value: &Value) -> Result<Vec<u8>> {
        let mut pickle = Vec::new();
        let mut sink = Sink::start(self, &mut pickle);
        let mut values = Values::new(&mut sink);
        if let Err(error) = values.write(value) {
            if !values.is_knotted() {
                return Err(error);
            }
            sink = Sink::start(self, &mut pickle);
            Values::new(&mut sink).keeping_all().write(value)?;
        }
        sink.finish()?;
        Ok(pickle)
    }

    fn write<'a, T: State + ?Sized>(
        &self,
        value: &'a T,
        pickle: &mut Vec<u8>,
        space: &'a mut Space,
        buffers: Option<&mut Vec<&'a [u8]>>,
    ) -> Result<()> {
        let written = self.write_parts(value, pickle, space, buffers);
        if written.is_err() {
            pickle.clear();
        }
        written.map_err(|error| match error.path() {
            "" => {
                let identity = identity(T::schema());
                unwritten::name(error, Root::of(&value), self.depth, (&identity, self.copies.sharing(identity.sharing)))
            }
            _ => error.within(root_name(T::schema())),
        })
    }

    fn write_parts<'a, T: State + ?Sized>(
        &self,
        value: &'a T,
        pickle: &mut Vec<u8>,
        space: &'a mut Space,
        mut buffers: Option<&mut Vec<&'a [u8]>>,
    ) -> Result<()> {
        let sharing = self.copies.sharing(identity(T::schema()).sharing);
        let plan = Plan::new(T::schema(), self.protocol, sharing.shared)?;
        let tracks = sharing.shared || self.copies != Copies::Write;
        let tracker = || Tracker::new(sharing).refusing(self.copies == Copies::Refuse);
        let size = Size::new(self.depth).gathering_lists();
        let mut size = if tracks { Size::tracking(self.depth, tracker()) } else { size };
        if T::DYNAMIC {
            value.size(&mut size);
        }
        let [tail, text, raw] = size.lengths();
        let front = size.total(T::HEAD)? - raw;
        let mut tracker = size.into_tracker().filter(|_| sharing.shared);
        if space.front.is_empty() {
            // Fresh zeroed memory need not be filled with zeros by `resize`.
            space.front = alloc::vec![0; front];
        }
        space.front.resize(front, 0);
        // Numbering references moves parts of the tail, so lists of bytes cannot be gathered then.
        space.copied.clear_for(!tracks);
        let mut borrowed: Vec<Borrowed<'a>> = Vec::new();
        let (head, regions) = space.front.split_at_mut(T::HEAD);
        let writer = Writer::gathering([tail, text, raw], self.depth, regions, (&mut space.copied, &mut borrowed));
        let written = writer.tracking(tracker.as_deref_mut()).whole(value, head) == Some([0; 3]);
        if let Some(tracker) = &mut tracker {
            let numbered = tracker.finish(&mut space.front).is_some();
            if !(written && numbered) {
                return Err(tracker.error().unwrap_or_else(changed));
            }
        }
        if !written {
            return Err(changed());
        }
        let (head, regions) = space.front.split_at(T::HEAD);
        let (tail, text) = regions.split_at(tail);
        let gathered = Gathered { copied: &space.copied, borrowed: &borrowed, lists: space.copied.lists() };
        let rest = Rest { tail, text, raws: Raws::new(&gathered) };
        let mut sink = Sink::start(self, pickle);
        let mut write = Write::new(&plan, (head, rest), &mut sink, buffers.as_deref_mut());
        if let Err(error) = write.root() {
            if !write.objects.is_knot() {
                return Err(error);
            }
            let plan = Plan::keeping_all(T::schema(), self.protocol)?;
            if let Some(buffers) = &mut buffers {
                buffers.clear();
            }
            sink = Sink::start(self, pickle);
            Write::new(&plan, (head, rest), &mut sink, buffers).root()?;
        }
        sink.finish()
    }
}
