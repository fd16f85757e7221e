//! Reading: a stack machine runs the opcodes and leaves the parts of the pickle in an arena. The parts are then
//! inspected, converted to values, or written to the image of a type.

mod arena;
mod blocks;
mod builtins;
mod changes;
mod classes;
mod decoder;
mod document;
mod dropped;
mod effects;
mod extent;
mod fast;
mod foreign;
mod forms;
mod instance;
mod latin1;
mod limit;
mod machine;
mod memo;
mod node;
mod numpy;
mod ops;
mod parts;
mod print;
mod scan;
mod shares;
mod source;
mod stack;
mod strings;
mod text;
mod value;
mod view;

pub use self::document::Pickle;
pub use self::ops::{Operation, Operations};

use core::cell::{Cell, RefCell};

use self::arena::Id;
use self::forms::{Forms, Shape};
use self::node::Node;
use self::numpy::Dtypes;
use self::parts::Parts;
use self::source::Source;
use self::view::View;
use super::options::PickleOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::image::{self, Copies};
use crate::protocol::decode::Regions;
use crate::schema::fingerprint::identity;
use crate::sharing::walked::References;
use crate::state::RestoreOwned;
use crate::value::Value;
use crate::walk;

impl PickleOptions {
    /// As [`loads`](super::loads), with these settings.
    ///
    /// # Errors
    /// As [`loads`](super::loads).
    pub fn loads<T: RestoreOwned>(&self, pickle: &[u8]) -> Result<T> {
        self.loads_with(pickle, &[])
    }

    /// As [`loads`](super::loads), with the pickle's out-of-band buffers, in order.
    ///
    /// # Errors
    /// As [`loads`](super::loads), and if there are more or fewer buffers than the pickle uses.
    pub fn loads_with<T: RestoreOwned>(&self, pickle: &[u8], buffers: &[&[u8]]) -> Result<T> {
        self.read::<T, T>(pickle, buffers, |regions| image::build(regions))
    }

    /// As [`load_into`](super::load_into), with these settings.
    ///
    /// # Errors
    /// As [`load_into`](super::load_into); the target is then unchanged.
    pub fn load_into<T: RestoreOwned>(&self, pickle: &[u8], target: &mut T) -> Result<()> {
        self.load_into_with(pickle, &[], target)
    }

    /// As [`load_into`](super::load_into), with the pickle's out-of-band buffers, in order.
    ///
    /// # Errors
    /// As [`load_into`](super::load_into); the target is then unchanged.
    pub fn load_into_with<T: RestoreOwned>(&self, pickle: &[u8], buffers: &[&[u8]], target: &mut T) -> Result<()> {
        self.read::<T, ()>(pickle, buffers, |regions| image::restore(regions, &identity(T::schema()), target))
    }

    /// As [`load_value`](super::load_value), with these settings.
    ///
    /// # Errors
    /// As [`load_value`](super::load_value).
    pub fn load_value(&self, pickle: &[u8]) -> Result<Value> {
        self.load_value_with(pickle, &[])
    }

    /// As [`load_value`](super::load_value), with the pickle's out-of-band buffers, in order.
    ///
    /// # Errors
    /// As [`load_value`](super::load_value), and if the pickle uses more buffers than there are.
    pub fn load_value_with(&self, pickle: &[u8], buffers: &[&[u8]]) -> Result<Value> {
        self.load_value_resolving(pickle, buffers, value::kept)
    }

    /// As [`load_value_with`](PickleOptions::load_value_with), with a function that returns the value for a persistent
    /// id, like Python's `persistent_load`. Without one, ids become [`Value::Persistent`].
    ///
    /// ```
    /// use state_core::Value;
    /// use state_core::pickle::PickleOptions;
    ///
    /// let pickle = b"\x80\x02K\x07Q.";
    /// assert_eq!(PickleOptions::new().load_value(pickle)?.to_string(), "<persistent id 7>");
    /// let row = |id: Value| Ok(Value::from(("row", id)));
    /// assert_eq!(PickleOptions::new().load_value_resolving(pickle, &[], row)?.to_string(), "('row', 7)");
    /// # Ok::<(), state_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`load_value`](super::load_value), and those of the function.
    pub fn load_value_resolving(
        &self,
        pickle: &[u8],
        buffers: &[&[u8]],
        mut resolve: impl FnMut(Value) -> Result<Value>,
    ) -> Result<Value> {
        if self.copies != Copies::Share {
            if let Some(value) = value::build(pickle, self) {
                return Ok(value);
            }
        }
        let parts = machine::run(pickle, self, u32::try_from(buffers.len()).unwrap_or(u32::MAX))?;
        value::value(&parts, buffers, &mut resolve)
    }

    /// Returns the limits of the image, for a pickle and buffers of `bytes` bytes in total.
    fn limits(&self, bytes: usize) -> walk::Limits {
        let options = image::Options::new().depth(self.depth);
        self.memory.map_or(options, |memory| options.memory(memory)).limits(bytes)
    }

    /// Returns whether a pickle is read by the fast reader, for tests that compare it with the machine.
    #[doc(hidden)]
    #[must_use]
    pub fn is_read_directly<T: RestoreOwned>(&self, pickle: &[u8]) -> bool {
        fast::fill(T::schema(), pickle, &[], self).is_some()
    }

    /// Returns whether a pickle becomes a value while its opcodes run, for such tests.
    #[doc(hidden)]
    #[must_use]
    pub fn is_built_directly(&self, pickle: &[u8]) -> bool {
        value::build(pickle, self).is_some()
    }

    /// Reads a pickle into an image, checks that, and passes its regions to `then`.
    fn read<T: RestoreOwned, R>(
        &self,
        pickle: &[u8],
        buffers: &[&[u8]],
        then: impl FnOnce(&Regions<'_>) -> Result<R>,
    ) -> Result<R> {
        let given = buffers.iter().fold(0, |sum: usize, buffer| sum.saturating_add(buffer.len()));
        let limits = self.limits(pickle.len().saturating_add(given));
        let identity = identity(T::schema());
        let options = image::Options::new().depth(limits.depth).memory(limits.memory).copying(self.copies);
        let references = options.references(&identity);
        // Which parts are referenced from several places is known only when the whole pickle has been read.
        let fast = references == References::Copied;
        if let Some(filled) = fast.then(|| fast::fill(T::schema(), pickle, buffers, self)).flatten() {
            // If the check fails, the longer path below reports what is wrong in terms of the pickle.
            if let Ok(regions) = filled.regions() {
                if options.pass::<T>(&identity, &regions, regions.head).is_ok() {
                    return then(&regions);
                }
            }
        }
        let count = u32::try_from(buffers.len()).unwrap_or(u32::MAX);
        let parts = machine::run(pickle, self, count)?;
        if let Some(&call) = parts.effects.all().first() {
            return Err(dropped(&parts, call));
        }
        let most = (pickle.len() as u64).saturating_mul(self.expansion.saturating_add(9)).saturating_add(1 << 20);
        let left = Cell::new(most.saturating_add(given as u64));
        let (dtypes, class) = (RefCell::new(Dtypes::new(pickle.len())), RefCell::new(None));
        let (surrogates, forms, limits) = (self.surrogates, Forms::default(), walk::Limits { references, ..limits });
        let source = Source { parts: &parts, buffers, surrogates, left, dtypes, class, forms, limits };
        let root = Node::new(&source, parts.root, Shape::NONE);
        let filled = walk::fill(T::schema(), root, limits).map_err(|error| {
            let error = if source.is_spent() { expanded(self.expansion) } else { source.forms.explain(error) };
            foreign::followed(pickle, parts.len, error)
        })?;
        then(&options.pass_sharing::<T>(&identity, filled.regions()?)?)
    }
}

/// The error for calls whose results are dropped: as nothing is called, what they would have done to the parts is
/// unknown.
#[cold]
fn dropped(parts: &Parts<'_>, call: Id) -> Error {
    let name = parts.class_name(match parts.plain(call) {
        View::Object(_, place) => parts.arena.part(place, 0),
        _ => call,
    });
    let found = match name.len() {
        ..=100 => alloc::format!("one that asks for {}", name.escape_debug()),
        len => alloc::format!("one that asks for a name of {len} bytes"),
    };
    let expected = "a pickle without calls whose results are dropped (`load_value` keeps them)";
    Error::new(ErrorKind::Malformed, expected, found)
}

#[cold]
fn expanded(times: u64) -> Error {
    let expected = alloc::format!("shared parts that come to at most {times} times the length of the pickle");
    Error::new(ErrorKind::Length, expected, "more (`PickleOptions::expansion` sets the limit)")
}
