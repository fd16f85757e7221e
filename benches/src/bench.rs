//! Collects the lanes of one data set: a lane is one peer in one cell. Every lane's round trip is asserted here, before
//! anything is timed.

use std::hint::black_box;

use crate::arguments::Arguments;
use crate::data::Set;
use crate::image::Aligned;
use crate::peers::{Borrow, Peer};
use crate::random::Random;
use crate::report::{Cell, Refusal, Size};

/// The values that a set is measured with; the second is the one that a live value is overwritten with, and from.
pub struct Material<T> {
    value: T,
    other: T,
}

impl<T: Set> Material<T> {
    pub fn generate() -> Self {
        Self { value: T::generate(&mut Random::new(1)), other: T::generate(&mut Random::new(2)) }
    }
}

/// One peer in one cell.
pub struct Lane<'a> {
    pub peer: &'static str,
    pub cell: Cell,
    pub run: Box<dyn FnMut() + 'a>,
}

/// The lanes of a set.
pub struct Bench<'a, T> {
    material: &'a Material<T>,
    arguments: &'a Arguments,
    pub lanes: Vec<Lane<'a>>,
    pub sizes: Vec<Size>,
    pub refusals: Vec<Refusal>,
}

impl<'a, T: Set> Bench<'a, T> {
    pub fn new(material: &'a Material<T>, arguments: &'a Arguments) -> Self {
        Self { material, arguments, lanes: Vec::new(), sizes: Vec::new(), refusals: Vec::new() }
    }

    fn lane(&mut self, peer: &'static str, cell: Cell, run: impl FnMut() + 'a) {
        self.lanes.push(Lane { peer, cell, run: Box::new(run) });
    }

    /// Adds a peer's lanes for the set.
    pub fn peer<P: Peer<T> + 'a>(&mut self) -> &mut Self {
        if !self.arguments.wants_peer(P::NAME) {
            return self;
        }
        let image = Aligned::new(&P::dumps(&self.material.value));
        if self.sizes.is_empty() {
            self.floors(image.clone());
        }
        self.sizes.push(Size { peer: P::NAME.into(), bytes: image.len(), restores: P::RESTORES });
        self.write::<P>(&image);
        self.load::<P>(image.clone());
        self.restore::<P>(image.clone());
        if P::CHECKS {
            self.check::<P>(image);
        }
        self
    }

    /// Adds the lane of a peer's borrowed load.
    pub fn view<P: Peer<T> + Borrow<T> + 'a>(&mut self) -> &mut Self {
        if !self.arguments.wants_peer(P::NAME) {
            return self;
        }
        let image = Aligned::new(&<P as Borrow<T>>::dumps(&self.material.value));
        let mut peer = P::new(0);
        assert!(peer.agrees(&image, &self.material.value), "{}: borrowed load of {}", P::NAME, T::NAME);
        self.lane(P::NAME, Cell::Borrow, move || peer.borrow(black_box(&image)));
        self
    }

    /// Records why a peer does not take part.
    pub fn refuse(&mut self, peer: &str, reason: &str) -> &mut Self {
        if self.arguments.wants_peer(peer) {
            self.refusals.push(Refusal { peer: peer.into(), reason: reason.into() });
        }
        self
    }

    /// Adds the lower bounds that no serializer can beat: copying the value, and copying the bytes.
    fn floors(&mut self, image: Aligned) {
        let value = &self.material.value;
        self.lane("clone", Cell::Clone, move || drop(black_box(black_box(value).clone())));
        let mut target = image.clone();
        self.lane("memcpy", Cell::Memcpy, move || {
            target.copy_from_slice(black_box(&image));
            black_box(&mut target);
        });
    }

    fn write<P: Peer<T> + 'a>(&mut self, image: &[u8]) {
        let value = &self.material.value;
        let mut peer = P::new(image.len());
        assert!(peer.write(value) == image, "{}: into a buffer, {} differs", P::NAME, T::NAME);
        self.lane(P::NAME, Cell::Serialize, move || {
            black_box(peer.write(black_box(value)));
        });
    }

    fn load<P: Peer<T> + 'a>(&mut self, image: Aligned) {
        let mut peer = P::new(0);
        assert!(peer.load(&image) == self.material.value, "{}: load of {}", P::NAME, T::NAME);
        self.lane(P::NAME, Cell::Load, move || drop(black_box(peer.load(black_box(&image)))));
    }

    fn restore<P: Peer<T> + 'a>(&mut self, image: Aligned) {
        let (value, other) = (&self.material.value, &self.material.other);
        let mut peer = P::new(0);
        let images = [Aligned::new(&P::dumps(other)), image.clone()];
        let mut live = value.clone();
        for (image, value) in images.iter().zip([other, value]) {
            peer.restore(image, &mut live);
            assert!(live == *value, "{}: restore of {}", P::NAME, T::NAME);
        }
        let mut same = live.clone();
        let mut again = P::new(0);
        self.lane(P::NAME, Cell::Restore, move || again.restore(black_box(&image), black_box(&mut same)));
        let mut turn = 0;
        self.lane(P::NAME, Cell::RestoreOther, move || {
            peer.restore(black_box(&images[turn]), black_box(&mut live));
            turn = 1 - turn;
        });
    }

    fn check<P: Peer<T> + 'a>(&mut self, image: Aligned) {
        let mut peer = P::new(0);
        assert!(peer.check(&image), "{}: check of {}", P::NAME, T::NAME);
        assert!(!peer.check(&image[..image.len() / 2]), "{}: half of {} passes", P::NAME, T::NAME);
        self.lane(P::NAME, Cell::Check, move || {
            black_box(peer.check(black_box(&image)));
        });
    }
}
