//! The fingerprint of a type: FNV-1a, 64 bits, over the canonical bytes of its schema.
//!
//! It cannot be a constant, because the constant of a recursive type would ask for itself. It is computed once for
//! each type and kept; without `std` there is no place to keep it safely, and it is computed for every image.

use alloc::vec::Vec;

use crate::schema::{Link, Schema, Sharing, write_canonical};

/// What is known of a type that stands at the root of an image.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Identity {
    pub schema: &'static Schema,
    pub fingerprint: u64,
    /// Whether anything in it can refuse a state, so that it is built aside.
    pub refuses: bool,
    /// Whether it has skipped fields, so that a hook sees more in a live value than in a new one.
    pub skips: bool,
    /// Whether anything in it has to be asked before it is written, so that it is always counted first.
    pub asks: bool,
    /// Whether its values may change places in a list that is restored: they skip nothing, which would stay, and writing
    /// them to see what they are takes no more than copying.
    pub moves: bool,
    /// Whether shared objects stay one object.
    pub sharing: Sharing,
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
        refuses: false,
        skips: false,
        asks: false,
        moves: true,
        sharing: Sharing::NO,
    };
    Identity { fingerprint: hash(&write_canonical(schema)), ..any(all) }
}

/// What any node below the root does.
fn any(mut all: Identity) -> Identity {
    let mut seen: Vec<&'static Schema> = Vec::new();
    let mut open = alloc::vec![all.schema];
    while let Some(node) = open.pop() {
        all.refuses |= node.refuses();
        all.skips |= node.skips();
        all.asks |= node.asks();
        all.moves &= !node.skips() && !node.asks() && !node.works();
        all.sharing = all.sharing.or(node.sharing());
        if node.tag().is_some() {
            // By address: one type more than once costs nothing, and two that look alike can differ in their hooks.
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
    all
}

pub(crate) fn identity(schema: &'static Schema) -> Identity {
    known::find_or_insert(schema, identify)
}

pub(crate) use known::by_fingerprint;

#[cfg(feature = "std")]
mod known {
    //! A table without locks: each place is written once and never moved.

    use std::sync::OnceLock;

    use crate::schema::fingerprint::{Identity, Schema};

    const PLACES: usize = 512;
    const PROBES: usize = 16;

    static TABLE: [OnceLock<Identity>; PLACES] = [const { OnceLock::new() }; PLACES];

    /// Types beyond what the table holds are identified anew each time.
    #[inline]
    pub fn find_or_insert(schema: &'static Schema, make: fn(&'static Schema) -> Identity) -> Identity {
        let start = (core::ptr::from_ref(schema) as usize >> 4).wrapping_mul(0x9E37_79B9) >> 8;
        for probe in 0..PROBES {
            let known = TABLE[(start + probe) % PLACES].get_or_init(|| make(schema));
            if core::ptr::eq(known.schema, schema) {
                return *known;
            }
        }
        make(schema)
    }

    /// The type of this program that has a fingerprint, if its state was ever taken or put back.
    pub fn by_fingerprint(fingerprint: u64) -> Option<&'static Schema> {
        TABLE.iter().filter_map(OnceLock::get).find(|known| known.fingerprint == fingerprint).map(|known| known.schema)
    }
}

#[cfg(not(feature = "std"))]
mod known {
    use crate::schema::fingerprint::{Identity, Schema};

    pub fn find_or_insert(schema: &'static Schema, make: fn(&'static Schema) -> Identity) -> Identity {
        make(schema)
    }

    pub fn by_fingerprint(_: u64) -> Option<&'static Schema> {
        None
    }
}
