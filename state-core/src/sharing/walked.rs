//! Numbered references in walks by the schema: as they are read from an image, and as they are written into one from
//! values that are shared.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::any::TypeId;

use super::{CLASSES, Number, RECORD, Record};
use crate::error::{Error, ErrorKind};
use crate::protocol::builder::Builder;

/// The numbers of an image that is read: which class is whose, and how many objects of it have begun.
#[derive(Debug, Default)]
pub(crate) struct Met {
    classes: Vec<(TypeId, u32)>,
}

impl Met {
    /// Whether a record can stand before a pointer of this type.
    pub fn fits(&mut self, record: Record, key: Option<TypeId>) -> bool {
        match record {
            Record::Own => true,
            Record::New(number) => self.class(number, key).is_some_and(|begun| {
                let is_next = *begun == number.index;
                *begun = begun.saturating_add(1);
                is_next
            }),
            Record::Back(number) => self.class(number, key).is_some_and(|begun| number.index < *begun),
        }
    }

    /// The same of a weak reference, whose object may follow.
    pub fn fits_weak(&mut self, record: Record, key: Option<TypeId>) -> bool {
        match record {
            Record::Own => true,
            Record::New(_) => false,
            Record::Back(number) => self.class(number, key).is_some(),
        }
    }

    fn class(&mut self, number: Number, key: Option<TypeId>) -> Option<&mut u32> {
        let (key, at) = (key?, usize::from(number.class));
        if at == self.classes.len() && at < CLASSES && !self.classes.iter().any(|(other, _)| *other == key) {
            self.classes.push((key, 0));
        }
        self.classes.get_mut(at).filter(|(other, _)| *other == key).map(|(_, begun)| begun)
    }
}

/// The numbers of an image that is filled from values, which say what they share by an identity.
#[derive(Debug, Default)]
pub(crate) struct Given {
    classes: Vec<Class>,
    records: Vec<Placed>,
}

#[derive(Debug)]
struct Class {
    key: TypeId,
    number: Option<u8>,
    objects: BTreeMap<usize, u32>,
}

/// A record, in the order in which they are read. Their classes get numbers in the end.
#[derive(Debug)]
struct Placed {
    at: usize,
    class: usize,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    New(u32),
    Back(u32),
    /// A weak reference to what has this identity.
    Weak(usize),
}

impl Given {
    fn class(&mut self, key: TypeId) -> usize {
        let found = self.classes.iter().position(|class| class.key == key);
        found.unwrap_or_else(|| {
            self.classes.push(Class { key, number: None, objects: BTreeMap::new() });
            self.classes.len() - 1
        })
    }

    /// Notes a pointer whose record lies at `at`; whether its value follows.
    pub fn strong(&mut self, at: usize, key: TypeId, identity: usize) -> bool {
        let class = self.class(key);
        let objects = &mut self.classes[class].objects;
        let next = objects.len() as u32;
        let index = *objects.entry(identity).or_insert(next);
        let is_new = index == next;
        self.records.push(Placed { at, class, what: if is_new { What::New(index) } else { What::Back(index) } });
        is_new
    }

    /// Notes a weak reference.
    pub fn weak(&mut self, at: usize, key: TypeId, identity: usize) {
        let class = self.class(key);
        self.records.push(Placed { at, class, what: What::Weak(identity) });
    }

    /// Writes all records.
    ///
    /// # Errors
    /// More classes than there may be.
    pub fn write(mut self, builder: &mut Builder) -> Result<(), Error> {
        let mut count = 0;
        for Placed { at, class, what } in self.records {
            let class = &mut self.classes[class];
            let index = match what {
                What::New(index) | What::Back(index) => index,
                What::Weak(identity) => match class.objects.get(&identity) {
                    Some(&index) => index,
                    // Nothing holds it: the record is zero, as it is.
                    None => continue,
                },
            };
            if class.number.is_none() {
                if count == CLASSES {
                    return Err(Error::new(ErrorKind::Malformed, "up to 64 types of shared pointers", "more"));
                }
                class.number = Some(count as u8);
                count += 1;
            }
            let number = Number { class: class.number.unwrap_or(0), index };
            let record = if matches!(what, What::New(_)) { Record::New(number) } else { Record::Back(number) };
            let mut bytes = [0; RECORD];
            record.write(&mut bytes);
            builder.write(at, &bytes);
        }
        Ok(())
    }
}
