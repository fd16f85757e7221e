//! Numbered references in walks by the schema: read from an image, and written into one from shared values.

use alloc::vec::Vec;

use super::addresses::Addresses;
use super::record::{CLASSES, Number, Record};
use crate::error::{Error, ErrorKind};
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::protocol::layout::RECORD;
use crate::schema::ClassKey;

/// The numbers of an image that is read: the class of each pointer type, and how many of its objects have begun.
#[derive(Debug, Default)]
pub(crate) struct Met {
    classes: Vec<MetClass>,
    /// Whether the numbers are known to be right, because only a part of a checked image is read.
    trusting: bool,
}

#[derive(Debug)]
struct MetClass {
    key: ClassKey,
    begun: u32,
    /// How many objects the weak references require.
    needed: u32,
}

impl Met {
    /// For a part of an image whose numbers were checked.
    pub fn trusting() -> Self {
        Self { trusting: true, ..Self::default() }
    }

    /// Whether a record is possible before a pointer of this type.
    pub fn fits(&mut self, record: Record, key: Option<ClassKey>) -> bool {
        match record {
            Record::Own => true,
            _ if self.trusting => true,
            Record::New(number) => self.class(number, key).is_some_and(|class| {
                let is_next = class.begun == number.index;
                class.begun = class.begun.saturating_add(1);
                is_next
            }),
            Record::Back(number) => self.class(number, key).is_some_and(|class| number.index < class.begun),
        }
    }

    /// Whether a record is possible for a weak reference, whose object may follow.
    pub fn fits_weak(&mut self, record: Record, key: Option<ClassKey>) -> bool {
        match record {
            Record::Own => true,
            Record::New(_) => false,
            Record::Back(_) if self.trusting => true,
            Record::Back(number) => self.class(number, key).is_some_and(|class| {
                class.needed = class.needed.max(number.index.saturating_add(1));
                true
            }),
        }
    }

    /// Whether all weak references led to objects.
    pub fn is_complete(&self) -> bool {
        self.classes.iter().all(|class| class.needed <= class.begun)
    }

    fn class(&mut self, number: Number, key: Option<ClassKey>) -> Option<&mut MetClass> {
        let (key, at) = (key?, usize::from(number.class));
        let is_taken = matches!(key, ClassKey::Type(_)) && self.classes.iter().any(|class| class.key == key);
        if at == self.classes.len() && at < CLASSES && !is_taken {
            self.classes.push(MetClass { key, begun: 0, needed: 0 });
        }
        self.classes.get_mut(at).filter(|class| class.key == key)
    }
}

/// The starts of the values of an image's objects, by number.
#[derive(Debug, Default)]
pub(crate) struct Objects<'a> {
    classes: Vec<Vec<Regions<'a>>>,
}

impl<'a> Objects<'a> {
    pub fn get(&self, number: Number) -> Option<&Regions<'a>> {
        self.classes.get(usize::from(number.class))?.get(number.index as usize)
    }

    /// Adds the next object of a class.
    pub fn add(&mut self, number: Number, place: Regions<'a>) {
        let class = usize::from(number.class);
        if self.classes.len() <= class {
            self.classes.resize_with(class + 1, Vec::new);
        }
        self.classes[class].push(place);
    }
}

/// How a value that several places refer to is treated in shared pointers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum References {
    /// Each gets a copy.
    Copied,
    /// They lead to one object.
    Numbered,
    /// It is an error.
    Refused,
}

/// The numbers of an image that is filled from values, which declare what they share through an identity.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// Whether an object may not be referred to twice.
    pub refuses: bool,
    classes: Vec<Class>,
    records: Vec<Placed>,
}

#[derive(Debug)]
struct Class {
    key: ClassKey,
    number: Option<u8>,
    /// The objects by their identity.
    objects: Addresses,
    begun: u32,
}

impl Class {
    /// The object with an identity, if there is one. Adding one keeps an identity of zero apart from an empty slot.
    fn find(&self, identity: u64) -> Option<u32> {
        self.objects.find(identity.wrapping_add(1))
    }

    /// The object with an identity, and whether it is new.
    fn object(&mut self, identity: u64) -> (u32, bool) {
        match self.find(identity) {
            Some(index) => (index, false),
            None => {
                self.objects.insert(identity.wrapping_add(1), self.begun);
                self.begun += 1;
                (self.begun - 1, true)
            }
        }
    }
}

/// A record; they are in the order in which they are read. Classes get their numbers at the end.
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
    /// A weak reference to the object with this identity.
    Weak(u64),
}

impl Given {
    /// `None` if it does not matter whether an object is referred to twice.
    pub fn new(references: References) -> Option<Self> {
        let refuses = references == References::Refused;
        (references != References::Copied).then(|| Self { refuses, ..Self::default() })
    }

    /// Adds a pointer that has no record; returns whether it is the first with this identity.
    pub fn is_first(&mut self, key: ClassKey, identity: u64) -> bool {
        let class = self.class(key);
        self.classes[class].object(identity).1
    }

    fn class(&mut self, key: ClassKey) -> usize {
        let found = self.classes.iter().position(|class| class.key == key);
        found.unwrap_or_else(|| {
            self.classes.push(Class { key, number: None, objects: Addresses::default(), begun: 0 });
            self.classes.len() - 1
        })
    }

    /// Adds a pointer whose record is at `at`; returns whether its value follows.
    pub fn strong(&mut self, at: usize, key: ClassKey, identity: u64) -> bool {
        let class = self.class(key);
        let (index, is_new) = self.classes[class].object(identity);
        self.records.push(Placed { at, class, what: if is_new { What::New(index) } else { What::Back(index) } });
        is_new
    }

    /// How many references have been added.
    pub fn noted(&self) -> usize {
        self.records.len()
    }

    /// Adds a weak reference.
    pub fn weak(&mut self, at: usize, key: ClassKey, identity: u64) {
        let class = self.class(key);
        self.records.push(Placed { at, class, what: What::Weak(identity) });
    }

    /// The numbers of the objects of each class, in the order in which they begin; `None` for objects with only one
    /// pointer.
    fn numbers(&self) -> Vec<Vec<Option<u32>>> {
        let mut numbers: Vec<Vec<Option<u32>>> =
            self.classes.iter().map(|class| alloc::vec![None; class.begun as usize]).collect();
        for Placed { class, what, .. } in &self.records {
            let object = match what {
                What::New(_) => None,
                What::Back(object) => Some(*object),
                What::Weak(identity) => self.classes[*class].find(*identity),
            };
            if let Some(object) = object {
                numbers[*class][object as usize] = Some(0);
            }
        }
        for class in &mut numbers {
            class.iter_mut().flatten().zip(0..).for_each(|(number, next)| *number = next);
        }
        numbers
    }

    /// Writes all records.
    ///
    /// # Errors
    /// More than [`CLASSES`] classes.
    pub fn write(mut self, builder: &mut Builder) -> Result<(), Error> {
        let numbers = self.numbers();
        let mut count = 0;
        for Placed { at, class: of, what } in self.records {
            let class = &mut self.classes[of];
            let object = match what {
                What::New(object) | What::Back(object) => Some(object),
                What::Weak(identity) => class.find(identity),
            };
            // Nothing holds the object, or nothing else refers to it: the record stays zero.
            let Some(index) = object.and_then(|object| numbers[of][object as usize]) else { continue };
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
