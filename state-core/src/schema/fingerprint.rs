//! The fingerprint of a type: FNV-1a, 64 bits, over the canonical bytes of its schema.
//!
//! It cannot be a constant, because the constant of a recursive type would depend on itself. It is computed once for
//! each type and cached: in a static of the type if it has no parameters, since a static cannot depend on any, and in a
//! table otherwise. Without `std` there is no place to cache it safely, and it is computed for every image.

use alloc::vec::Vec;

use crate::schema::{Carried, Ends, Kind, Link, Present, Rows, Schema, Sharing, write_canonical};
use crate::state::State;

/// What is known about a type at the root of an image.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Identity {
    pub schema: &'static Schema,
    pub fingerprint: u64,
    /// The hash of the row that says which types are shared pointers, if any part can be one.
    pub pointers: u64,
    /// Whether any part can refuse a state, so that a new value is built first.
    pub refuses: bool,
    /// Whether any part has skipped fields, so that a hook sees more in a live value than in a new one.
    pub skips: bool,
    /// Whether any part must be asked before it is written, so that the value is always counted first.
    pub counted_first: bool,
    /// Whether its values may change places in a list that is restored: they have no skipped fields, which would have
    /// to stay in place, and encoding one to compare it costs no more than copying.
    pub moves: bool,
    /// Whether any part is a pointer that shares an object, or might.
    pub points: bool,
    /// Whether shared objects stay one object.
    pub sharing: Sharing,
    /// Whether a history holds pointers in it instead of their objects.
    pub holds: bool,
    /// Whether any part is an open set, whose types are not part of the schema.
    pub open: bool,
    /// How the ends of regions are found in images without a header.
    pub ends: Ends,
}

impl Identity {
    /// Whether the shared pointers of a form with the same fingerprint are those of this type, as far as its rows say.
    /// Where they are not, its states have other bytes.
    pub fn has_pointers_of(&self, rows: &Rows<'_>) -> bool {
        rows.pointers.as_ref().is_none_or(|row| match self.points {
            true => hash(row) == self.pointers,
            false => row.iter().all(|&byte| byte == 0),
        })
    }
}

/// FNV-1a with its public 64-bit constants.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

#[cold]
fn identify(schema: &'static Schema) -> Identity {
    let all = Identity {
        schema,
        fingerprint: 0,
        pointers: 0,
        refuses: false,
        skips: false,
        counted_first: false,
        moves: true,
        points: false,
        sharing: Sharing::NO,
        holds: false,
        open: false,
        ends: Present::NONE.ends(),
    };
    let all = Identity { fingerprint: hash(&write_canonical(schema)), ..any(all) };
    if !all.points {
        return all;
    }
    let carried = Carried::alone(schema, true);
    let row = Carried::divide(&carried.bytes, carried.front).and_then(|(rows, _)| rows.pointers);
    Identity { pointers: hash(&row.unwrap_or_default()), ..all }
}

/// Adds the properties of all nodes, the root included.
fn any(mut all: Identity) -> Identity {
    let mut present = Present::NONE;
    let mut seen: Vec<&'static Schema> = Vec::new();
    let mut open = alloc::vec![all.schema];
    while let Some(node) = open.pop() {
        all.refuses |= node.refuses();
        all.skips |= node.skips();
        all.counted_first |= node.counted_first();
        all.moves &= !node.skips() && !node.counted_first() && !node.is_costly();
        all.points |= node.shared.is_some() || matches!(node.kind, Kind::Weak(_) | Kind::Open(_));
        all.holds |= node.holds();
        all.open |= matches!(node.kind, Kind::Open(_));
        all.sharing = all.sharing.or(node.sharing());
        present = present.with(node.present());
        if node.tag().is_some() {
            // By address: it does not matter if a type is visited twice, and two that look alike can differ in their
            // hooks.
            if seen.iter().any(|seen| core::ptr::eq(*seen, node)) {
                continue;
            }
            seen.push(node);
        }
        open.extend(node.links().into_iter().filter_map(|link| match link {
            Link::To(schema) => Some(schema()),
            Link::At(_) => None,
        }));
    }
    Identity { ends: present.ends(), ..all }
}

/// The identity of a type, given only its schema.
pub(crate) fn identity(schema: &'static Schema) -> IdentityRef {
    known::find_or_insert(schema, identify)
}

/// The identity of a type.
#[inline]
pub(crate) fn identity_of<T: State + ?Sized>() -> IdentityRef {
    match T::known() {
        Some(known) => known.get(T::schema),
        None => identity(T::schema()),
    }
}

pub(crate) use known::IdentityRef;
pub use known::Known;
pub(crate) use known::by_fingerprint;

#[cfg(feature = "std")]
mod known {
    //! A table without locks: each place is written once and never moves.

    use core::ops::Deref;
    use std::boxed::Box;
    use std::sync::OnceLock;

    use super::{Identity, Schema, identity};

    const PLACES: usize = 512;
    const PROBES: usize = 16;

    /// A reference to a cached identity.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct IdentityRef(&'static Identity);

    impl Deref for IdentityRef {
        type Target = Identity;

        #[inline]
        fn deref(&self) -> &Identity {
            self.0
        }
    }

    type Place = OnceLock<Identity>;

    /// Made with the first type: empty places are not all zeros, and would enlarge the file of every program.
    static FIRST: OnceLock<Table> = OnceLock::new();

    /// Types, and another table for those that found no place here.
    struct Table {
        /// A power of two.
        places: Box<[Place]>,
        next: OnceLock<Box<Table>>,
    }

    impl Table {
        fn of(places: usize) -> Self {
            Self { places: (0..places).map(|_| OnceLock::new()).collect(), next: OnceLock::new() }
        }

        fn next(&self) -> &Self {
            self.next.get_or_init(|| Box::new(Self::of(4 * self.places.len())))
        }
    }

    /// For each place, the first type that was looked up there: found without a table that has to be allocated first.
    /// Its size balances the time saved against the size of every program's file.
    static NEAR: [OnceLock<IdentityRef>; 64] = [const { OnceLock::new() }; 64];

    #[inline]
    pub fn find_or_insert(schema: &'static Schema, make: fn(&'static Schema) -> Identity) -> IdentityRef {
        let start = (core::ptr::from_ref(schema) as usize >> 4).wrapping_mul(0x9E37_79B9) >> 8;
        match NEAR[start % NEAR.len()].get() {
            Some(known) if core::ptr::eq(known.schema, schema) => *known,
            _ => find_in_tables(schema, start, make),
        }
    }

    #[inline(never)]
    fn find_in_tables(schema: &'static Schema, start: usize, make: fn(&'static Schema) -> Identity) -> IdentityRef {
        let mut table = FIRST.get_or_init(|| Table::of(PLACES));
        loop {
            for probe in 0..PROBES {
                let known = table.places[(start + probe) & (table.places.len() - 1)].get_or_init(|| make(schema));
                if core::ptr::eq(known.schema, schema) {
                    // Another type may have taken the place first.
                    let _ = NEAR[start % NEAR.len()].set(IdentityRef(known));
                    return IdentityRef(known);
                }
            }
            table = table.next();
        }
    }

    /// The type of this program that has a fingerprint, if it was ever saved or restored.
    pub fn by_fingerprint(fingerprint: u64) -> Option<&'static Schema> {
        let tables = core::iter::successors(FIRST.get(), |table| table.next.get().map(|next| &**next));
        let mut known = tables.flat_map(|table| &table.places).filter_map(OnceLock::get);
        known.find(|known| known.fingerprint == fingerprint).map(|known| known.schema)
    }

    /// The cached identity of a type without parameters, which is also in the table.
    #[doc(hidden)]
    #[derive(Debug)]
    pub struct Known(OnceLock<IdentityRef>);

    impl Known {
        #[must_use]
        #[allow(clippy::new_without_default, reason = "for statics alone")]
        pub const fn new() -> Self {
            Self(OnceLock::new())
        }

        #[inline]
        pub(crate) fn get(&'static self, schema: fn() -> &'static Schema) -> IdentityRef {
            match self.0.get() {
                Some(identity) => *identity,
                None => self.first(schema),
            }
        }

        #[cold]
        #[inline(never)]
        fn first(&'static self, schema: fn() -> &'static Schema) -> IdentityRef {
            *self.0.get_or_init(|| identity(schema()))
        }
    }
}

#[cfg(not(feature = "std"))]
mod known {
    use core::ops::Deref;

    use super::{Identity, Schema, identity};

    /// An identity that is not cached.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct IdentityRef(Identity);

    impl Deref for IdentityRef {
        type Target = Identity;

        fn deref(&self) -> &Identity {
            &self.0
        }
    }

    pub fn find_or_insert(schema: &'static Schema, make: fn(&'static Schema) -> Identity) -> IdentityRef {
        IdentityRef(make(schema))
    }

    pub fn by_fingerprint(_: u64) -> Option<&'static Schema> {
        None
    }

    /// The counterpart of the cache with `std`; it keeps nothing.
    #[doc(hidden)]
    #[derive(Debug)]
    pub struct Known;

    impl Known {
        #[must_use]
        #[allow(clippy::new_without_default, reason = "for statics alone")]
        pub const fn new() -> Self {
            Self
        }

        #[inline]
        #[expect(clippy::unused_self, reason = "the one with a cache of its own is asked so")]
        pub(crate) fn get(&'static self, schema: fn() -> &'static Schema) -> IdentityRef {
            identity(schema())
        }
    }
}
