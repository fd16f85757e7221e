//! Looks for parts of an image, to say where they are.

use alloc::string::String;
use alloc::vec::Vec;

use super::Read;
use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Left, Location, NumberText};
use crate::schema::{Kind, Schema, root_name_in};
use crate::walk::Encoder;

/// What is looked for.
pub(super) enum Sought<'a> {
    Last(Seek),
    Blank(Blanks<'a>),
    Common(Common<'a>),
    Location(Location, NumberText, Option<FoundPart>),
    Key(Location, Option<String>),
}

/// A part that was found: its path, and its value if it is a number.
pub(crate) type FoundPart = (String, Option<String>);

/// The search for the last part that begins while `left` bytes of all regions remain.
#[derive(Clone, Copy)]
pub(crate) struct Seek {
    left: Left,
    /// How many parts have begun.
    begun: usize,
    /// The count at which the wanted part begins, once that is known.
    end: usize,
}

impl Seek {
    pub fn before(left: Left) -> Self {
        Self { left, begun: 0, end: usize::MAX }
    }

    /// The search that stops at the part that this one found.
    pub fn again(self) -> Self {
        Self { begun: 0, end: self.begun, ..self }
    }

    /// Counts a part that begins. Returns whether it is the wanted one or follows it.
    fn ends(&mut self, now: Left) -> bool {
        let is_behind = now < self.left;
        self.begun += usize::from(!is_behind);
        is_behind || self.begun == self.end
    }
}

/// A body that was written twice, over different bytes: where the two still differ, nothing was written.
#[derive(Clone, Copy)]
pub(super) struct Blanks<'a>([&'a [u8]; 2]);

impl Blanks<'_> {
    /// Whether nothing was written to a place in the first body.
    fn cover(self, place: &[u8]) -> bool {
        let Self([one, other]) = self;
        let start = (place.as_ptr() as usize).wrapping_sub(one.as_ptr() as usize);
        let other = start.checked_add(place.len()).and_then(|end| other.get(start..end)).unwrap_or_default();
        !place.is_empty() && other.len() == place.len() && place.iter().zip(other).all(|(one, other)| one != other)
    }

    /// Whether a part is the first that was not written. An object with a single slot does not count, but its slot
    /// does.
    fn begin(self, schema: &Schema, head: &[u8]) -> bool {
        let is_slot = matches!(&schema.kind, Kind::Object(object) if object.slots.len() == 1);
        !is_slot && self.cover(head)
    }
}

/// The common part of the paths to all objects of a type that begin with `left` bytes of all regions remaining.
pub(super) struct Common<'a> {
    schema: &'a Schema,
    left: Left,
    path: Option<String>,
}

impl Common<'_> {
    fn add(&mut self, other: &str) {
        let path = self.path.get_or_insert_with(|| other.into());
        let same = path.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
        let others = ends(other);
        let end = ends(path).into_iter().rev().find(|at| *at <= same && others.contains(at));
        path.truncate(end.unwrap_or(0));
    }
}

/// Where the steps of a path end. The text of a key may contain anything.
fn ends(path: &str) -> Vec<usize> {
    let (mut ends, mut is_in_key, mut quote, mut is_escaped) = (Vec::new(), false, None, false);
    for (at, byte) in path.bytes().enumerate() {
        match (byte, quote) {
            _ if is_escaped => is_escaped = false,
            (b'\\', Some(_)) => is_escaped = true,
            (_, Some(begun)) if begun == byte => quote = None,
            (_, Some(_)) => {}
            (b'\'' | b'"', None) if is_in_key => quote = Some(byte),
            (b']', None) => is_in_key = false,
            (b'.' | b'[', None) if !is_in_key => {
                ends.push(at);
                is_in_key = byte == b'[';
            }
            _ => {}
        }
    }
    ends.push(path.len());
    ends
}

impl<'a, E: Encoder + ?Sized> Read<'a, '_, E> {
    /// Walks until the wanted part. Returns its path; `None` if the walk did not stop.
    pub fn seek(mut self, schema: &'a Schema, head: &'a [u8], levels: u32, seek: &mut Seek) -> Option<String> {
        self.sought = Some(Sought::Last(*seek));
        let walked = self.whole(schema, head, levels);
        let Some(Sought::Last(met)) = self.sought else { return None };
        *seek = met;
        walked.err().map(|error| error.path().into())
    }

    /// Walks a body up to the part that was not written. Returns its path.
    pub fn blank(mut self, schema: &'a Schema, head: &'a [u8], levels: u32, bodies: [&'a [u8]; 2]) -> Option<String> {
        let blanks = Blanks(bodies);
        self.sought = Some(Sought::Blank(blanks));
        let error = self.whole(schema, head, levels).err()?;
        let place = bodies[0].get(error.offset()?..)?.get(..1)?;
        blanks.cover(place).then(|| error.path().into())
    }

    /// Walks the whole body. Returns the common part of the paths to all objects that are looked for.
    pub fn common(
        mut self,
        schema: &'a Schema,
        head: &'a [u8],
        levels: u32,
        (object, left): (&'a Schema, Left),
    ) -> Option<String> {
        self.sought = Some(Sought::Common(Common { schema: object, left, path: None }));
        // What follows them may not have been counted.
        let _ = self.whole(schema, head, levels);
        let Some(Sought::Common(Common { path: Some(path), .. })) = self.sought else { return None };
        let root = root_name_in(self.nodes, schema);
        let path: String = Error::new(ErrorKind::Malformed, "", "").at(path).within(root).path().into();
        (!path.is_empty()).then_some(path)
    }

    /// Walks the whole image. Returns the innermost part whose head is at this place.
    pub fn at_place(
        mut self,
        schema: &'a Schema,
        head: &'a [u8],
        levels: u32,
        (place, number): (Location, NumberText),
    ) -> Option<FoundPart> {
        self.sought = Some(Sought::Location(place, number, None));
        let _ = self.whole(schema, head, levels);
        let Some(Sought::Location(_, _, Some((path, number)))) = self.sought else { return None };
        let root = root_name_in(self.nodes, schema);
        let path: String = Error::new(ErrorKind::Malformed, "", "").at(path).within(root).path().into();
        Some((path, number))
    }

    /// Walks up to the entry of a map whose value has its head at this place. Returns its key.
    pub fn key_before(mut self, schema: &'a Schema, head: &'a [u8], levels: u32, value: Location) -> Option<String> {
        self.sought = Some(Sought::Key(value, None));
        let _ = self.whole(schema, head, levels);
        let Some(Sought::Key(_, key)) = self.sought else { return None };
        key
    }

    /// Whether the part that begins is the wanted one or follows it.
    #[cold]
    pub(super) fn is_sought(&mut self, schema: &Schema, head: &[u8]) -> bool {
        let now = self.tail.len() + self.text.as_bytes().len() + self.raw.rest().len();
        match &mut self.sought {
            Some(Sought::Last(seek)) => seek.ends(now),
            Some(Sought::Blank(blanks)) => blanks.begin(schema, head),
            Some(Sought::Common(common)) if common.left == now && common.schema.same_type(schema) => {
                let here = self.within(Error::new(ErrorKind::Malformed, "", ""));
                if let Some(Sought::Common(common)) = &mut self.sought {
                    common.add(here.path());
                }
                false
            }
            Some(Sought::Location(place, ..)) if !head.is_empty() && *place == Location::of(head) => {
                let here = self.within(Error::new(ErrorKind::Malformed, "", ""));
                if let Some(Sought::Location(_, number, found)) = &mut self.sought {
                    *found = Some((here.path().into(), number(&schema.kind, head)));
                }
                false
            }
            Some(Sought::Key(value, found)) if !head.is_empty() && *value == Location::of(head) => {
                let entry = self.open.last().and_then(|open| open.key(self.nodes, &self.whole));
                if let Some((key, _)) = entry.filter(|(_, value)| value.as_ptr() == head.as_ptr()) {
                    *found = Some(key);
                    return true;
                }
                false
            }
            _ => false,
        }
    }
}
