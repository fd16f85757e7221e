//! Which objects of a new value, that was built aside, are those of a live one, so that these stay the same objects when
//! the two exchange their states in place.
//!
//! An object of the new value and a live one that stand at the same place are a **pair**: they exchange their states, and
//! what refers to the new one is then made to refer to the live one. That is possible where all that refers to the new
//! one can be reached and changed, which is found out first: its references are counted, and as many must be met. What
//! can be no pair is replaced, reference by reference.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::any::{Any, TypeId};
use core::mem::take;

use super::pointer::{Handles, Kept, Pair, Shared, SharedPointer};
use crate::protocol::decode::Reader;

/// The type of a pointer, and where its object lies.
pub(super) type Key = (TypeId, usize);

/// A kind of pointers, and which of its handles.
pub(super) type Place = (usize, usize);

/// What a walk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    /// It counts what refers to the objects of the new value.
    Count,
    /// It exchanges two values.
    Exchange,
    /// It makes references to new objects lead to their live ones, or the reverse.
    Link(Side),
    /// It makes references of a new object lead to live ones, so that new objects do not own each other.
    Part,
    /// It calls hooks.
    Settle,
    /// It looks for the reference to an object, to name its place.
    Find(Key),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Live,
    New,
}

/// The functions of one kind of pointers, and its [`Handles`].
pub(super) struct Kind<'de> {
    key: TypeId,
    handles: Box<dyn Any>,
    /// How many references to an object there are, without that of the handle.
    references: fn(&mut dyn Any, usize) -> Option<[usize; 2]>,
    pub(super) settle: fn(&mut Reader<'de>, Place) -> Option<()>,
    pub(super) trade: fn(&mut Reader<'de>, Place),
    pub(super) part: fn(&mut Reader<'de>, Place),
    clear: fn(&mut dyn Any),
}

/// An object that was met.
#[derive(Clone, Copy)]
pub(super) struct Met {
    pub(super) place: Place,
    pub(super) key: Key,
    /// In which of those that were met before it; none in the value itself.
    pub(super) within: Option<usize>,
}

/// What is known of an object of the new value.
#[derive(Default)]
struct Found {
    /// The owners and weak references that were met.
    met: [usize; 2],
    place: Option<Place>,
}

/// Of which pair an object is.
#[derive(Clone, Copy)]
struct Paired {
    place: Place,
    /// Where the other object lies.
    other: usize,
}

pub(crate) struct Links<'de> {
    pub(super) walk: Walk,
    pub(super) kinds: Vec<Kind<'de>>,
    /// The objects that are or were walked, in the order in which they were met, and where they lie.
    pub(super) met: Vec<Met>,
    seen: BTreeSet<Key>,
    /// Which of them is walked.
    pub(super) at: Option<usize>,
    /// What refers to what, of those that were met: hooks of parts come before those of wholes.
    edges: Vec<(usize, Key)>,
    /// Whether a lock that is held is waited for: that of one of a pair was free, but nothing is known of others.
    waits: bool,
    /// The objects of the new value, while they are counted.
    found: BTreeMap<Key, Found>,
    /// The objects of the new value that can be one of a pair.
    free: BTreeSet<Key>,
    live: BTreeMap<Key, Paired>,
    new: BTreeMap<Key, Paired>,
}

impl<'de> Links<'de> {
    pub fn new() -> Self {
        Self {
            walk: Walk::Count,
            kinds: Vec::new(),
            met: Vec::new(),
            seen: BTreeSet::new(),
            at: None,
            edges: Vec::new(),
            waits: true,
            found: BTreeMap::new(),
            free: BTreeSet::new(),
            live: BTreeMap::new(),
            new: BTreeMap::new(),
        }
    }

    /// Whether a lock that is held is waited for.
    #[cfg(feature = "std")]
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// Begins a walk.
    pub(super) fn begin(&mut self, walk: Walk) {
        self.walk = walk;
        self.at = None;
        self.edges.clear();
        self.met.clear();
        self.seen.clear();
        for kind in &mut self.kinds {
            (kind.clear)(&mut *kind.handles);
        }
    }

    fn kind<P: Shared<'de>>(&mut self, kept: &Kept<P>) -> usize {
        if let Some(at) = self.kinds.iter().position(|kind| kind.key == kept.key) {
            return at;
        }
        self.kinds.push(Kind {
            key: kept.key,
            handles: (kept.linked)(),
            references: references::<P>,
            settle: settle_met::<P>,
            trade: trade::<P>,
            part: part::<P>,
            clear: clear::<P>,
        });
        self.kinds.len() - 1
    }

    fn handles<P: SharedPointer>(&mut self, kind: usize, kept: &Kept<P>) -> Option<&mut Handles<P>> {
        (kept.handles_in)(&mut *self.kinds.get_mut(kind)?.handles)
    }

    /// Keeps an object; its place.
    fn keep<P: Shared<'de>>(&mut self, pointer: &P, kept: &Kept<P>) -> Option<Place> {
        let kind = self.kind(kept);
        let objects = &mut self.handles(kind, kept)?.objects;
        objects.push(pointer.clone());
        Some((kind, objects.len() - 1))
    }

    /// Notes an object to be walked, unless it was met before.
    pub(super) fn meet<P: Shared<'de>>(&mut self, pointer: &P, kept: &Kept<P>) -> Option<()> {
        let key = (kept.key, pointer.address());
        self.edges.extend(self.at.map(|at| (at, key)));
        if self.seen.insert(key) {
            let known = self.found.get(&key).and_then(|found| found.place);
            let place = known.or_else(|| self.keep(pointer, kept))?;
            self.met.push(Met { place, key, within: self.at });
        }
        Some(())
    }

    /// Counts a reference of the new value, of this `sort`.
    pub(super) fn count<P: Shared<'de>>(&mut self, pointer: &P, kept: &Kept<P>, sort: usize) -> Option<()> {
        let key = (kept.key, pointer.address());
        if self.found.entry(key).or_default().place.is_none() {
            let place = self.keep(pointer, kept)?;
            self.found.entry(key).or_default().place = Some(place);
        }
        self.found.entry(key).or_default().met[sort] += 1;
        Some(())
    }

    /// Ends the count: the objects of which all references were met are free to be one of a pair.
    pub(super) fn end_count(&mut self) {
        for (key, Found { met, place }) in take(&mut self.found) {
            let Some((kind, at)) = place else { continue };
            let kind = &mut self.kinds[kind];
            if (kind.references)(&mut *kind.handles, at) == Some(met) {
                self.free.insert(key);
            }
        }
    }

    /// Makes a live object and a new one a pair; whether they are one.
    pub(super) fn pair<P: Shared<'de>>(&mut self, live: &P, new: &P, kept: &Kept<P>) -> Option<bool> {
        let (at, other) = ((kept.key, live.address()), (kept.key, new.address()));
        let place = match self.new.get(&other) {
            Some(pair) if pair.other == at.1 => pair.place,
            Some(_) => return Some(false),
            None if self.live.contains_key(&at) || !self.free.contains(&other) || !live.trades(new) => {
                return Some(false);
            }
            None => {
                let kind = self.kind(kept);
                let pairs = &mut self.handles(kind, kept)?.pairs;
                pairs.push(Pair { live: live.clone(), new: new.clone() });
                let place = (kind, pairs.len() - 1);
                self.live.insert(at, Paired { place, other: other.1 });
                self.new.insert(other, Paired { place, other: at.1 });
                place
            }
        };
        if self.seen.insert(at) {
            self.met.push(Met { place, key: at, within: self.at });
        }
        Some(true)
    }

    /// Notes the pairs that were not met: a hook may have changed what refers to them.
    pub(super) fn meet_pairs(&mut self) {
        for (&key, paired) in &self.live {
            if self.seen.insert(key) {
                self.met.push(Met { place: paired.place, key, within: None });
            }
        }
    }

    /// Where the pairs are.
    pub(super) fn live_places(&self) -> impl Iterator<Item = Place> {
        self.live.values().map(|paired| paired.place)
    }

    /// The objects that were met, what one refers to before itself; in a cycle, any of them is the first.
    pub(super) fn parts_first(&self) -> Vec<usize> {
        let index: BTreeMap<Key, usize> = self.met.iter().enumerate().map(|(at, met)| (met.key, at)).collect();
        let mut parts = alloc::vec![Vec::new(); self.met.len()];
        for (at, key) in &self.edges {
            parts[*at].extend(index.get(key));
        }
        let (mut order, mut seen) = (Vec::new(), alloc::vec![false; parts.len()]);
        let mut open = Vec::new();
        for root in 0..parts.len() {
            open.push((root, true));
            while let Some((at, is_new)) = open.pop() {
                if !is_new {
                    order.push(at);
                } else if !core::mem::replace(&mut seen[at], true) {
                    open.push((at, false));
                    open.extend(parts[at].iter().rev().map(|&part| (part, true)));
                }
            }
        }
        order
    }

    /// The other object of a pair, for what refers to one.
    pub(super) fn other<P: Shared<'de>>(&mut self, pointer: &P, kept: &Kept<P>, side: Side) -> Option<P> {
        let key = (kept.key, pointer.address());
        let (kind, at) = match side {
            Side::Live => self.new.get(&key),
            Side::New => self.live.get(&key),
        }?
        .place;
        let pair = self.handles(kind, kept)?.pairs.get(at)?;
        Some(if side == Side::Live { pair.live.clone() } else { pair.new.clone() })
    }
}

fn references<P: SharedPointer>(handles: &mut dyn Any, at: usize) -> Option<[usize; 2]> {
    let kept = P::kept()?;
    let [owners, weak] = (kept.handles_in)(handles)?.objects.get(at)?.references();
    Some([owners.saturating_sub(1), weak])
}

fn clear<P: SharedPointer>(handles: &mut dyn Any) {
    if let Some(handles) = P::kept().and_then(|kept| (kept.handles_in)(handles)) {
        handles.objects.clear();
    }
}

/// Walks an object.
fn settle_met<'de, P: Shared<'de>>(reader: &mut Reader<'de>, (kind, at): Place) -> Option<()> {
    let kept = P::kept()?;
    let links = reader.links()?;
    let object = links.handles(kind, &kept)?.objects.get(at)?.clone();
    let key = (kept.key, object.address());
    links.waits = links.live.contains_key(&key) || links.new.contains_key(&key);
    let settled = object.settle_in(reader);
    reader.links()?.waits = true;
    settled
}

/// Makes what the new object of a pair refers to the live ones.
fn part<'de, P: Shared<'de>>(reader: &mut Reader<'de>, (kind, at): Place) {
    let new = P::kept().and_then(|kept| Some(reader.links()?.handles(kind, &kept)?.pairs.get(at)?.new.clone()));
    if let Some(new) = new {
        new.settle_in(reader);
    }
}

/// Exchanges the states of a pair.
fn trade<'de, P: Shared<'de>>(reader: &mut Reader<'de>, (kind, at): Place) {
    let pair = P::kept().and_then(|kept| {
        let pair = reader.links()?.handles(kind, &kept)?.pairs.get(at)?;
        Some((pair.live.clone(), pair.new.clone()))
    });
    if let Some((live, new)) = pair {
        live.trade(&new, reader);
    }
}
