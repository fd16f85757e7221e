//! Images of a history that holds the objects of some fields; see [`sharing::held`](crate::sharing). They mean nothing
//! without this history, and never leave it.

use alloc::vec::Vec;

use super::build::{Rest, get};
use super::explain;
use super::header::{self, Image};
use super::in_place::restore;
use super::options::Options;
use super::rewrite::Rewrite;
use super::write::Writes;
use crate::error::Result;
use crate::protocol::decode::Regions;
use crate::protocol::encode::Writer;
use crate::protocol::hooks::Hooks;
use crate::protocol::root::Root;
use crate::schema::fingerprint::{Identity, identity};
use crate::sharing::{Held, Holder, Lent, Numbered, Tracker};
use crate::state::{Restore, State};

/// The size of a pointer in the list beside the image.
pub(crate) const PLACE: usize = size_of::<u32>();

impl Options {
    /// Like [`dump_into`](Self::dump_into), with the objects of held fields in `holder`. After an error, its list is
    /// invalid.
    pub(crate) fn dump_holding<T: State>(&self, value: &T, buffer: &mut Vec<u8>, holder: &mut Holder) -> Result<()> {
        let (root, identity) = (Root::of(&value), identity(T::schema()));
        if !self.rewrite_holding(root, buffer, &identity, holder) {
            holder.restart();
            self.write_numbered(root, buffer, &identity, Writes::Holding(holder))?;
        }
        let total = buffer.len().saturating_add(PLACE * holder.list.len());
        if total > self.most() { Err(explain::too_large(self.most(), total, &identity)) } else { Ok(()) }
    }

    /// Writes a value over the image in the buffer, with the same lengths. Returns whether it fitted.
    fn rewrite_holding(
        &self,
        root: Root<'_, '_>,
        buffer: &mut Vec<u8>,
        identity: &Identity,
        holder: &mut Holder,
    ) -> bool {
        let sharing = self.sharing_of(identity);
        if sharing.shared || self.refuses_copies() || self.writes_schema() || identity.counted_first {
            return false;
        }
        let start = header::SIZE + root.head;
        let Some(rewrite) = Rewrite::of(buffer, identity.fingerprint, start) else { return false };
        let mut tracker = Tracker::new(sharing);
        let lent = Lent::new(holder, &mut tracker);
        let (head, regions) = buffer[header::SIZE..].split_at_mut(root.head);
        let writer = Writer::new(rewrite.lengths(), self.levels(), regions).tracking(Some(lent.tracker));
        let Some(left) = root.value.put(head, writer) else { return false };
        let Some(lengths) = rewrite.close(left, buffer) else { return false };
        header::write_shared(&mut buffer[..header::SIZE], (identity.fingerprint, sharing), lengths, None);
        true
    }
}

/// Restores a value from bytes that [`Options::dump_into`] or [`Options::dump_holding`] wrote for its type. They must
/// not have been changed since, because they are not checked.
pub(crate) fn restore_written<'de, T: Restore<'de>>(
    bytes: &'de [u8],
    held: Option<&'de Held<'de>>,
    target: &mut T,
) -> Result<()> {
    restore(&regions::<T>(bytes, held)?, &identity(T::schema()), target)
}

/// Returns the bytes that [`Options::dumps`] gives for such a state. A value is made for this without calling hooks,
/// because it is only written. If its objects own each other, these cycles are opened afterwards, because nobody else
/// could free them.
pub(crate) fn whole<'de, T: Restore<'de>>(
    options: &Options,
    bytes: &'de [u8],
    held: &'de Held<'de>,
) -> Result<Vec<u8>> {
    let regions = regions::<T>(bytes, Some(held))?;
    let mut rest = Rest::default();
    let value: T = get(&regions, Hooks::Never, Some(&mut rest))?;
    let opened = Opened(rest);
    let mut bytes = Vec::new();
    options.write_numbered(Root::of(&&value), &mut bytes, &identity(T::schema()), Writes::Quietly)?;
    drop(opened);
    Ok(bytes)
}

/// Opens the cycles of a value that was only written, even after a panic.
struct Opened<'de>(Rest<'de>);

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        if let Some(shelf) = &mut self.0.shelf {
            shelf.open_cycles();
        }
    }
}

fn regions<'de, T: Restore<'de>>(bytes: &'de [u8], held: Option<&'de Held<'de>>) -> Result<Regions<'de>> {
    let image = Image::open(bytes)?;
    Ok(Regions { numbered: Numbered::of_history(image.sharing(), held), ..image.regions(T::HEAD)? })
}
