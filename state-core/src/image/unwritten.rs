//! Finds the part of a value that could not be written. Nothing here runs unless something is wrong.

use alloc::string::String;
use alloc::vec::Vec;

use super::explain;
use crate::error::{Error, ErrorKind};
use crate::protocol::decode::Regions;
use crate::protocol::encode::{Size, Writer};
use crate::protocol::root::Root;
use crate::protocol::text::Text;
use crate::schema::fingerprint::Identity;
use crate::schema::{Schema, Sharing};
use crate::sharing::{Numbered, Tracker};
use crate::walk;

/// The initial contents of the space for an image: ASCII, so that the text is valid wherever it ends.
const BLANKS: [u8; 2] = *b"#~";

/// Adds the path to the part that could not be written to an error, or the type if the part is not found.
#[cold]
#[inline(never)]
pub(crate) fn name(error: Error, root: Root<'_, '_>, depth: u32, (identity, sharing): (&Identity, Sharing)) -> Error {
    let has_place = matches!(error.kind(), ErrorKind::Unwritable | ErrorKind::Refused) && error.path().is_empty();
    match if has_place { path(root, depth, sharing) } else { None } {
        Some(path) => error.at(path),
        None => explain::name(error, identity),
    }
}

/// The value is written twice, over different bytes. Where these remain, nothing was written, and because parts are
/// written in order, the first such part is the one that failed. An object whose hook refuses is written nevertheless,
/// and so may be a value of an open set: these are found by what was counted before them.
fn path(root: Root<'_, '_>, depth: u32, sharing: Sharing) -> Option<String> {
    let (one, other) = (Body::of(root, depth, sharing, BLANKS[0])?, Body::of(root, depth, sharing, BLANKS[1])?);
    if one.lengths != other.lengths {
        return None;
    }
    let [tail, text, raw] = one.lengths;
    let (head, regions) = one.bytes.split_at(root.head);
    let (tail, behind) = regions.split_at(tail);
    let (text, behind) = behind.split_at(text);
    let raw = &behind[behind.len() - raw..];
    let numbered = sharing.shared.then_some(Numbered::ANY);
    let regions = Regions { head, tail, text: Text::new(text).ok()?, raw, numbered };
    match one.refusing {
        Some((object, before)) => {
            let mut lengths = one.lengths.into_iter().zip(before);
            let left = lengths.try_fold(0, |left, (length, before)| Some(left + length.checked_sub(before)?))?;
            walk::path_of_object(root.schema, &regions, (object, left), depth)
        }
        None => walk::path_of_blank(root.schema, &regions, [&one.bytes, &other.bytes], depth),
    }
}

/// Head and regions, as far as they could be written.
struct Body {
    bytes: Vec<u8>,
    lengths: [usize; 3],
    /// The type of an object that refused when it was counted, and what was counted before it.
    refusing: Option<(&'static Schema, [usize; 3])>,
}

impl Body {
    fn of(root: Root<'_, '_>, depth: u32, sharing: Sharing, blank: u8) -> Option<Self> {
        let mut size = match sharing.shared {
            true => Size::tracking(depth, Tracker::new(sharing)),
            false => Size::new(depth),
        };
        root.value.size(&mut size);
        let (lengths, refusing) = (size.lengths(), size.refusing());
        let total = lengths.iter().try_fold(root.head, |total, &length| total.checked_add(length))?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(total).ok()?;
        bytes.resize(total, blank);
        let mut tracker = size.into_tracker().filter(|_| sharing.shared);
        let (head, regions) = bytes.split_at_mut(root.head);
        let _ = root.value.put(head, Writer::new(lengths, depth, regions).tracking(tracker.as_deref_mut()));
        Some(Self { bytes, lengths, refusing })
    }
}
