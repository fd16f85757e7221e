//! The derive in a crate of the 2015 edition, in which keywords of later editions are used as names.
#![deny(warnings)]
#![forbid(unsafe_code)]

extern crate state_core;

use state_core::{Record, State};

/// A module whose name is a keyword elsewhere.
pub mod async {
    use state_core::State;

    /// A slot of another module.
    #[derive(State, Debug, PartialEq, Clone)]
    pub struct Inner(pub u8);

    /// Fills a slot.
    pub fn one() -> u8 {
        1
    }
}

/// Fields whose names are keywords elsewhere.
#[derive(State, Debug, Clone)]
#[state(name = "edition.Old", after_set = Old::try)]
pub struct Old<'__de> {
    /// A field.
    pub async: u8,
    /// A field of a type in such a module.
    pub await: async::Inner,
    /// A field with an attribute.
    #[state(skip, default = async::one)]
    pub dyn: u8,
    /// A trait object.
    #[state(skip)]
    pub object: Option<&'__de dyn (::std::fmt::Debug)>,
    /// A raw array.
    #[state(bytes)]
    pub try: Vec<Pixel>,
}

impl<'a> Old<'a> {
    fn try(&mut self) {
        self.dyn += 1;
    }
}

/// A variant's fields.
#[derive(State, Debug, PartialEq)]
pub enum Kind {
    /// With names.
    Named {
        /// A field.
        dyn: u8,
        /// Another.
        async: String,
    },
    /// Without.
    Tuple(u8),
}

/// A record.
#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Pixel {
    /// A field.
    pub async: u8,
    /// Another.
    pub dyn: u32,
}

#[cfg(test)]
mod tests {
    use super::{async, Kind, Old, Pixel};
    use state_core::{dumps, loads, State};

    #[test]
    fn keywords_of_later_editions_are_names() {
        let old = Old { async: 1, await: async::Inner(2), dyn: 2, object: None, try: vec![Pixel { async: 3, dyn: 4 }] };
        let bytes = dumps(&old).unwrap();
        let back = loads::<Old>(&bytes).unwrap();
        assert_eq!((back.async, &back.await, back.dyn, &back.try), (1, &async::Inner(2), 2, &old.try));
        let schema = format!("{:?}", Old::schema());
        assert!(schema.contains("\"async\"") && schema.contains("\"try\"") && !schema.contains("r#"), "{}", schema);
        let kind = Kind::Named { dyn: 1, async: "a".into() };
        assert_eq!(loads::<Kind>(&dumps(&kind).unwrap()).unwrap(), kind);
        assert_eq!(loads::<Kind>(&dumps(&Kind::Tuple(1)).unwrap()).unwrap(), Kind::Tuple(1));
    }
}
