//! Where a value could not be written. Nothing here runs unless something is wrong.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Root, explain};
use crate::error::{Error, ErrorKind};
use crate::protocol::decode::Regions;
use crate::protocol::encode::{Size, Writer};
use crate::protocol::text::Text;
use crate::schema::Sharing;
use crate::schema::fingerprint::Identity;
use crate::sharing::{Numbered, Tracker};
use crate::walk;

/// What lies in the space for an image before anything is written: ASCII, so that its text is valid wherever it ends.
const BLANKS: [u8; 2] = *b"#~";

/// Names the part of a value that an error of writing it belongs to; of one that is found no more, the type.
#[cold]
#[inline(never)]
pub(crate) fn name(error: Error, root: Root<'_, '_>, depth: u32, (identity, sharing): (&Identity, Sharing)) -> Error {
    let has_place = matches!(error.kind(), ErrorKind::Unwritable | ErrorKind::Refused) && error.path().is_empty();
    match if has_place { path(root, depth, sharing) } else { None } {
        Some(path) => error.at(path),
        None => explain::name(error, identity),
    }
}

/// The value is written twice over different bytes. Where both are still there, nothing was written, and as parts are
/// written in order, the first such part is the one that could not be.
fn path(root: Root<'_, '_>, depth: u32, sharing: Sharing) -> Option<String> {
    let (one, lengths) = written(root, depth, sharing, BLANKS[0])?;
    let (other, others) = written(root, depth, sharing, BLANKS[1])?;
    if lengths != others {
        return None;
    }
    let [tail, text, raw] = lengths;
    let (head, regions) = one.split_at(root.head);
    let (tail, behind) = regions.split_at(tail);
    let (text, behind) = behind.split_at(text);
    let raw = &behind[behind.len() - raw..];
    let numbered = sharing.shared.then_some(Numbered::ANY);
    let regions = Regions { head, tail, text: Text::new(text).ok()?, raw, numbered };
    walk::path_of_blank(root.schema, &regions, [&one, &other], depth)
}

/// Head and regions, as far as they could be written, and the lengths of the regions.
fn written(root: Root<'_, '_>, depth: u32, sharing: Sharing, blank: u8) -> Option<(Vec<u8>, [usize; 3])> {
    let mut size = match sharing.shared {
        true => Size::tracking(depth, Tracker::new(sharing)),
        false => Size::new(depth),
    };
    root.value.size(&mut size);
    let lengths = size.lengths();
    let total = lengths.iter().try_fold(root.head, |total, &length| total.checked_add(length))?;
    let mut body = Vec::new();
    body.try_reserve_exact(total).ok()?;
    body.resize(total, blank);
    let mut tracker = size.into_tracker().filter(|_| sharing.shared);
    let (head, regions) = body.split_at_mut(root.head);
    let writer = Writer::new(lengths, depth, regions).tracking(tracker.as_deref_mut());
    let _ = root.value.put(head, writer);
    Some((body, lengths))
}
