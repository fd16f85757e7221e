//! The way out: a value's image, written as a pickle by the plan of its type; or a dynamic value.

mod array;
mod code;
mod global;
mod group;
mod object;
mod plan;
mod quick;
mod raws;
mod scalar;
mod sink;
mod skip;
mod write;

use alloc::vec::Vec;

use self::plan::Plan;
use self::raws::Raws;
use self::sink::Sink;
use self::write::{Rest, Write};
use super::Options;
use crate::encode::{Size, Writer};
use crate::error::Result;
use crate::gather::Borrowed;
use crate::schema::root_name;
use crate::state::State;

impl Options {
    /// As [`dumps`](super::dumps).
    ///
    /// # Errors
    /// As [`dumps`](super::dumps).
    pub fn dumps<T: State + ?Sized>(&self, value: &T) -> Result<Vec<u8>> {
        let mut pickle = Vec::new();
        self.dump_into(value, &mut pickle)?;
        Ok(pickle)
    }

    /// As [`dumps`](super::dumps), into a buffer whose old content is overwritten and whose allocation is used again.
    ///
    /// # Errors
    /// As [`dumps`](super::dumps); the buffer is then empty.
    pub fn dump_into<T: State + ?Sized>(&self, value: &T, pickle: &mut Vec<u8>) -> Result<()> {
        let written = self.write(value, pickle);
        if written.is_err() {
            pickle.clear();
        }
        written.map_err(|error| error.within(root_name(T::schema())))
    }

    fn write<T: State + ?Sized>(&self, value: &T, pickle: &mut Vec<u8>) -> Result<()> {
        let plan = Plan::new(T::schema(), self.protocol)?;
        let mut size = Size::new(self.depth);
        if T::DYNAMIC {
            value.size(&mut size);
        }
        let total = size.total(T::HEAD)?;
        // Fresh memory that is asked for as zeros has not to be filled with them.
        let mut front = alloc::vec![0; total - size.raw];
        let (mut copied, mut borrowed) = (Vec::new(), Vec::<Borrowed<'_>>::new());
        let (head, regions) = front.split_at_mut(T::HEAD);
        let mut writer = Writer::gathering(&size, regions, &mut copied, &mut borrowed);
        value.put(head, &mut writer);
        writer.finish()?;
        let (head, regions) = front.split_at(T::HEAD);
        let (tail, text) = regions.split_at(size.tail);
        let rest = Rest { tail, text, raws: Raws { copied: &copied, at: 0, borrowed: &borrowed } };
        let mut sink = Sink::start(self, pickle);
        Write::new(&plan, rest, &mut sink, None).row(0, head)?;
        sink.finish()
    }
}
