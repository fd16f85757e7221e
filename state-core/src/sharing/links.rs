//! Which objects of a new value, which was built aside, correspond to those of a live one, so that the live objects
//! keep their identity when the two values exchange their states in place.
//!
//! An object of the new value and a live one at the same place are a **pair**: they exchange their states, and whatever
//! refers to the new one is then made to refer to the live one. This requires that all references to the new one can be
//! reached and changed, which is established first: its references are counted, and the walk must find as many. Objects
//! that cannot be paired are replaced, reference by reference.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::{Any, TypeId};
use core::mem::take;

use super::pointer::{Erasure, Handles, Pair, Shared, SharedPointer};
use crate::places::{Key, Places, Table};
use crate::protocol::decode::Reader;

/// The index of a kind of pointers, and of a handle in it.
pub(super) type HandleId = (usize, usize);

/// What a walk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    /// It counts the references to the objects of the new value.
    Count,
    /// It exchanges two values.
    Exchange,
    /// It makes references to new objects lead to the live ones, or the reverse.
    Link(Side),
    /// It makes references in a new object lead to live ones, so that new objects do not own each other.
    Part,
    /// It calls hooks.
    Settle,
    /// It looks for the reference to an object, to find its path.
    Find(Key),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Live,
    New,
}

/// The functions for one kind of pointers, and its [`Handles`].
pub(super) struct Kind<'de> {
    key: TypeId,
    handles: Box<dyn Any>,
    /// The numbers of owners and weak references to an object, without the handle itself.
    references: fn(&mut dyn Any, usize) -> Option<[usize; 2]>,
    pub(super) settle: fn(&mut Reader<'de>, HandleId) -> Option<()>,
    pub(super) trade: fn(&mut Reader<'de>, HandleId),
    pub(super) part: fn(&mut Reader<'de>, HandleId),
    clear: fn(&mut dyn Any),
}

/// An object that was visited.
#[derive(Clone, Copy)]
pub(super) struct Met {
    pub(super) place: HandleId,
    pub(super) key: Key,
    /// The index of the visited object that contains the reference; `None` if that is the value itself.
    pub(super) within: Option<usize>,
}

/// What is known about an object of the new value.
#[derive(Default)]
struct Found {
    /// The numbers of owners and of weak references found.
    met: [usize; 2],
    place: Option<HandleId>,
}

/// The pair that an object belongs to.
#[derive(Clone, Copy)]
struct Paired {
    place: HandleId,
    /// The address of the other object.
    other: usize,
}

pub(crate) struct Links<'de> {
    pub(super) walk: Walk,
    pub(super) kinds: Vec<Kind<'de>>,
    /// The objects that are or were walked, in the order in which they were first visited.
    pub(super) met: Vec<Met>,
    seen: Places,
    /// The index of the one being walked.
    pub(super) at: Option<usize>,
    /// The references among visited objects, so that hooks of parts are called before those of the objects that contain
    /// them.
    edges: Vec<(usize, Key)>,
    /// Whether to wait for a lock that is held: the locks of a pair were free, but nothing is known about others.
    waits: bool,
    /// The objects of the new value, while references are counted.
    found: Table<Found>,
    /// The objects of the new value that can be paired.
    free: Places,
    live: Table<Paired>,
    new: Table<Paired>,
}

impl<'de> Links<'de> {
    pub fn new() -> Self {
        Self {
            walk: Walk::Count,
            kinds: Vec::new(),
            met: Vec::new(),
            seen: Places::default(),
            at: None,
            edges: Vec::new(),
            waits: true,
            found: Table::default(),
            free: Places::default(),
            live: Table::default(),
            new: Table::default(),
        }
    }

    /// Whether to wait for a lock that is held.
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

    fn kind<P: Shared<'de>>(&mut self, erasure: &Erasure<P>) -> usize {
        if let Some(at) = self.kinds.iter().position(|kind| kind.key == erasure.key) {
            return at;
        }
        self.kinds.push(Kind {
            key: erasure.key,
            handles: (erasure.linked)(),
            references: references::<P>,
            settle: settle_met::<P>,
            trade: trade::<P>,
            part: part::<P>,
            clear: clear::<P>,
        });
        self.kinds.len() - 1
    }

    fn handles<P: SharedPointer>(&mut self, kind: usize, erasure: &Erasure<P>) -> Option<&mut Handles<P>> {
        (erasure.handles_in)(&mut *self.kinds.get_mut(kind)?.handles)
    }

    /// The key of an object: the kind of its pointers and its address.
    pub(super) fn key<P: Shared<'de>>(&mut self, pointer: &P, erasure: &Erasure<P>) -> Key {
        [self.kind(erasure), pointer.address()]
    }

    /// Keeps an object; returns its place.
    fn keep<P: Shared<'de>>(&mut self, pointer: &P, erasure: &Erasure<P>) -> Option<HandleId> {
        let kind = self.kind(erasure);
        let objects = &mut self.handles(kind, erasure)?.objects;
        objects.push(pointer.clone());
        Some((kind, objects.len() - 1))
    }

    /// Queues an object for the walk, unless it was visited before.
    pub(super) fn meet<P: Shared<'de>>(&mut self, pointer: &P, erasure: &Erasure<P>) -> Option<()> {
        let key = self.key(pointer, erasure);
        self.edges.extend(self.at.map(|at| (at, key)));
        if self.seen.meet(key) {
            let known = self.found.get(key).and_then(|found| found.place);
            let place = known.or_else(|| self.keep(pointer, erasure))?;
            self.met.push(Met { place, key, within: self.at });
        }
        Some(())
    }

    /// Counts a reference in the new value: of `sort` 0 an owner, of 1 a weak reference.
    pub(super) fn count<P: Shared<'de>>(&mut self, pointer: &P, erasure: &Erasure<P>, sort: usize) -> Option<()> {
        let key = self.key(pointer, erasure);
        if self.found.get_or_add(key, Found::default).place.is_none() {
            let place = self.keep(pointer, erasure)?;
            self.found.get_or_add(key, Found::default).place = Some(place);
        }
        self.found.get_or_add(key, Found::default).met[sort] += 1;
        Some(())
    }

    /// Ends the count: an object whose references were all found can be paired.
    pub(super) fn end_count(&mut self) {
        for (key, found) in take(&mut self.found).iter() {
            let Some((kind, at)) = found.place else { continue };
            let kind = &mut self.kinds[kind];
            if (kind.references)(&mut *kind.handles, at) == Some(found.met) {
                self.free.meet(key);
            }
        }
    }

    /// Makes a live object and a new one a pair, if possible; returns whether they are one.
    pub(super) fn pair<P: Shared<'de>>(&mut self, live: &P, new: &P, erasure: &Erasure<P>) -> Option<bool> {
        let (at, other) = (self.key(live, erasure), self.key(new, erasure));
        let place = match self.new.get(other) {
            Some(pair) if pair.other == at[1] => pair.place,
            Some(_) => return Some(false),
            None if self.live.has(at) || !self.free.has(other) || !live.trades(new) => {
                return Some(false);
            }
            None => {
                let [kind, _] = at;
                let pairs = &mut self.handles(kind, erasure)?.pairs;
                pairs.push(Pair { live: live.clone(), new: new.clone() });
                let place = (kind, pairs.len() - 1);
                self.live.set(at, Paired { place, other: other[1] });
                self.new.set(other, Paired { place, other: at[1] });
                place
            }
        };
        if self.seen.meet(at) {
            self.met.push(Met { place, key: at, within: self.at });
        }
        Some(true)
    }

    /// Queues the pairs that were not visited: a hook may have changed what refers to them.
    pub(super) fn meet_pairs(&mut self) {
        for (key, paired) in self.live.iter() {
            if self.seen.meet(key) {
                self.met.push(Met { place: paired.place, key, within: None });
            }
        }
    }

    /// The places of the pairs.
    pub(super) fn live_places(&self) -> impl Iterator<Item = HandleId> {
        self.live.iter().map(|(_, paired)| paired.place)
    }

    /// The visited objects, each after those that it refers to; in a cycle, any of them comes first.
    pub(super) fn parts_first(&self) -> Vec<usize> {
        let mut index = Places::default();
        for (at, met) in self.met.iter().enumerate() {
            index.set(met.key, at);
        }
        let mut parts = alloc::vec![Vec::new(); self.met.len()];
        for &(at, key) in &self.edges {
            parts[at].extend(index.get(key));
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

    /// The other object of a pair, to replace a reference to one of them.
    pub(super) fn other<P: Shared<'de>>(&mut self, pointer: &P, erasure: &Erasure<P>, side: Side) -> Option<P> {
        let key = self.key(pointer, erasure);
        let (kind, at) = match side {
            Side::Live => self.new.get(key),
            Side::New => self.live.get(key),
        }?
        .place;
        let pair = self.handles(kind, erasure)?.pairs.get(at)?;
        Some(if side == Side::Live { pair.live.clone() } else { pair.new.clone() })
    }
}

fn references<P: SharedPointer>(handles: &mut dyn Any, at: usize) -> Option<[usize; 2]> {
    let erasure = P::erasure()?;
    let [owners, weak] = (erasure.handles_in)(handles)?.objects.get(at)?.references();
    Some([owners.saturating_sub(1), weak])
}

fn clear<P: SharedPointer>(handles: &mut dyn Any) {
    if let Some(handles) = P::erasure().and_then(|erasure| (erasure.handles_in)(handles)) {
        handles.objects.clear();
    }
}

/// Walks an object.
fn settle_met<'de, P: Shared<'de>>(reader: &mut Reader<'de>, (kind, at): HandleId) -> Option<()> {
    let erasure = P::erasure()?;
    let links = reader.links()?;
    let object = links.handles(kind, &erasure)?.objects.get(at)?.clone();
    let key = links.key(&object, &erasure);
    links.waits = links.live.has(key) || links.new.has(key);
    let settled = object.settle_in(reader);
    reader.links()?.waits = true;
    settled
}

/// Makes references in the new object of a pair lead to live ones.
fn part<'de, P: Shared<'de>>(reader: &mut Reader<'de>, (kind, at): HandleId) {
    let new =
        P::erasure().and_then(|erasure| Some(reader.links()?.handles(kind, &erasure)?.pairs.get(at)?.new.clone()));
    if let Some(new) = new {
        new.settle_in(reader);
    }
}

/// Exchanges the states of a pair.
fn trade<'de, P: Shared<'de>>(reader: &mut Reader<'de>, (kind, at): HandleId) {
    let pair = P::erasure().and_then(|erasure| {
        let pair = reader.links()?.handles(kind, &erasure)?.pairs.get(at)?;
        Some((pair.live.clone(), pair.new.clone()))
    });
    if let Some((live, new)) = pair {
        live.trade(&new, reader);
    }
}
