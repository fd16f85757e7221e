//! Random forms and states.

use state_core::evolve::Amendments;

use super::{State, Type};

/// Random numbers from a seed, the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^ (mixed >> 29)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

pub struct Maker {
    random: Random,
    names: usize,
    pub amendments: Amendments,
}

impl Maker {
    pub fn new(seed: u64) -> Self {
        let mut amendments = Amendments::default();
        amendments.default = true;
        Self { random: Random(seed), names: 0, amendments }
    }

    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    fn ty(&mut self, depth: usize) -> Type {
        let kinds = if depth == 0 { 6 } else { 15 };
        let inner = |this: &mut Self| Box::new(this.ty(depth - 1));
        match self.random.below(kinds) {
            0 => Type::Unit,
            1 => Type::Bool,
            2 => Type::Char,
            3 => Type::Int { bits: 8 << self.random.below(5), signed: self.random.below(2) == 0 },
            4 => Type::Float(32 << self.random.below(2)),
            5 => Type::Text,
            6 => Type::Optional(inner(self)),
            7 => Type::List(inner(self)),
            8 => Type::Set(inner(self)),
            9 => Type::Map(inner(self), inner(self)),
            10 => Type::Array(inner(self), self.random.below(4) as u64),
            11 => Type::Boxed(inner(self)),
            12 => Type::Tuple((0..self.random.below(4)).map(|_| self.ty(depth - 1)).collect()),
            13 => {
                let name = self.name("Object");
                let mut slots = self.slots(depth - 1);
                let parent = self.random.below(3) == 0;
                if parent {
                    let own = Type::Object { name: self.name("Parent"), parent: false, slots: self.slots(depth - 1) };
                    slots.insert(0, (self.name("base"), own));
                }
                Type::Object { name, parent, slots }
            }
            _ => {
                let name = self.name("Enum");
                let count = 1 + self.random.below(4);
                Type::Enum { name, variants: (0..count).map(|_| (self.name("V"), self.slots(depth - 1))).collect() }
            }
        }
    }

    pub fn slots(&mut self, depth: usize) -> Vec<(String, Type)> {
        // A few are large, as types of programs can be.
        let most = if self.random.below(6) == 0 { 9 } else { 4 };
        (0..self.random.below(most)).map(|_| (self.name("slot"), self.ty(depth))).collect()
    }

    pub fn state(&mut self, ty: &Type) -> State {
        let many = |this: &mut Self, count: usize, of: &Type| (0..count).map(|_| this.state(of)).collect();
        match ty {
            Type::Unit => State::Unit,
            Type::Bool => State::Bool(self.random.below(2) == 0),
            Type::Char => State::Char(['a', 'ß', '→', '𐌰'][self.random.below(4)]),
            Type::Int { bits, signed } => {
                let wide = i128::from(self.random.next() as i64) << self.random.below(64);
                let unused = 128 - u32::from(*bits);
                State::Int(match signed {
                    true => wide << unused >> unused,
                    false => ((wide as u128) << unused >> unused) as i128,
                })
            }
            Type::Float(32) => State::Float(f64::from(self.random.next() as i32 as f32 / 8.0)),
            Type::Float(_) => State::Float(self.random.next() as i64 as f64 / 8.0),
            Type::Text => {
                State::Text("aß→𐌰b".chars().cycle().skip(self.random.below(5)).take(self.random.below(7)).collect())
            }
            Type::Optional(of) => State::Optional((self.random.below(3) > 0).then(|| Box::new(self.state(of)))),
            Type::List(of) | Type::Set(of) => {
                let count = self.random.below(4);
                State::Many(many(self, count, of))
            }
            Type::Map(key, value) => {
                let count = self.random.below(3);
                State::Many((0..count).flat_map(|_| [self.state(key), self.state(value)]).collect())
            }
            Type::Array(of, count) => State::Many(many(self, *count as usize, of)),
            Type::Boxed(of) => State::Boxed(Box::new(self.state(of))),
            Type::Tuple(items) => State::Parts(items.iter().map(|item| self.state(item)).collect()),
            Type::Object { slots, .. } => State::Parts(slots.iter().map(|(_, ty)| self.state(ty)).collect()),
            Type::Enum { variants, .. } => {
                let index = self.random.below(variants.len());
                State::Variant(index, variants[index].1.iter().map(|(_, ty)| self.state(ty)).collect())
            }
        }
    }

    /// Makes a later form, to which each state of the type can be upgraded. A `key` loses nothing.
    fn later(&mut self, ty: &Type, key: bool) -> Type {
        let changed = self.changed(ty, key);
        match self.random.below(8) {
            0 if !matches!(changed, Type::Optional(_)) => Type::Optional(Box::new(changed)),
            1 if !matches!(changed, Type::Boxed(_) | Type::Optional(_)) => Type::Boxed(Box::new(changed)),
            _ => changed,
        }
    }

    pub fn changed(&mut self, ty: &Type, key: bool) -> Type {
        let wider = self.random.below(2) == 0;
        match ty {
            Type::Int { bits, signed } if wider && *bits < 128 => {
                Type::Int { bits: bits * 2, signed: *signed || self.random.below(2) == 0 }
            }
            Type::Int { bits: 8, .. } if self.random.below(3) == 0 => Type::Float(32),
            Type::Float(32) if wider => Type::Float(64),
            Type::Char if wider => Type::Text,
            Type::Boxed(of) if wider => self.changed_unboxed(of, key),
            Type::Optional(of) => Type::Optional(Box::new(self.changed_inside(of, key))),
            Type::List(of) => Type::List(Box::new(self.later(of, key))),
            Type::Set(of) if wider && !key => Type::List(Box::new(self.later(of, key))),
            Type::Set(of) => Type::Set(Box::new(self.later(of, true))),
            Type::Map(k, v) => Type::Map(Box::new(self.later(k, true)), Box::new(self.later(v, key))),
            Type::Array(of, _) if wider => Type::List(Box::new(self.later(of, key))),
            Type::Array(of, count) => Type::Array(Box::new(self.later(of, key)), *count),
            Type::Boxed(of) => Type::Boxed(Box::new(self.changed_inside(of, key))),
            Type::Tuple(items) => Type::Tuple(items.iter().map(|item| self.later(item, key)).collect()),
            Type::Object { name, parent, slots } => {
                let mut own = slots.clone();
                // Slots may move out of a parent, because no other slot has their names.
                if *parent && self.random.below(2) == 0 {
                    if let Type::Object { slots: inherited, .. } = own.remove(0).1 {
                        own.splice(0..0, inherited);
                    }
                    return Type::Object {
                        name: self.renamed(name),
                        parent: false,
                        slots: self.later_slots(&own, key),
                    };
                }
                match (*parent, own.split_first()) {
                    (true, Some(((base, Type::Object { name: tag, slots: inherited, .. }), rest))) => {
                        let inherited = self.later_slots(inherited, key);
                        let own = self.later_slots(rest, key);
                        let parent = Type::Object { name: tag.clone(), parent: false, slots: inherited };
                        let slots = [vec![(base.clone(), parent)], own].concat();
                        Type::Object { name: self.renamed(name), parent: true, slots }
                    }
                    _ => Type::Object { name: self.renamed(name), parent: false, slots: self.later_slots(&own, key) },
                }
            }
            Type::Enum { name, variants } => {
                let mut later = Vec::new();
                for (variant, slots) in variants {
                    later.push((self.renamed(variant), self.later_slots(slots, key)));
                }
                if self.random.below(2) == 0 {
                    later.push((self.name("New"), self.slots(1)));
                }
                self.random.shuffle(&mut later);
                Type::Enum { name: self.renamed(name), variants: later }
            }
            same => same.clone(),
        }
    }

    fn changed_unboxed(&mut self, of: &Type, key: bool) -> Type {
        // An `Option` or box in a box is not changed: once unboxed, it could be taken for another one.
        if matches!(of, Type::Optional(_) | Type::Boxed(_)) {
            Type::Boxed(Box::new(of.clone()))
        } else {
            self.changed(of, key)
        }
    }

    /// Changes the type in an `Option`, unless it could then be taken for the outer one.
    fn changed_inside(&mut self, of: &Type, key: bool) -> Type {
        match of {
            Type::Optional(_) | Type::Boxed(_) => of.clone(),
            of => self.changed(of, key),
        }
    }

    fn renamed(&mut self, name: &str) -> String {
        if self.random.below(4) > 0 {
            return name.into();
        }
        let now = self.name("Renamed");
        self.amendments.aliases.push((name.into(), now.clone()));
        now
    }

    fn later_slots(&mut self, slots: &[(String, Type)], key: bool) -> Vec<(String, Type)> {
        let mut later = Vec::new();
        for (slot, ty) in slots {
            if !key && self.random.below(6) == 0 {
                self.amendments.removed.push(slot.clone());
            } else {
                later.push((self.renamed(slot), self.later(ty, key)));
            }
        }
        if self.random.below(4) == 0 {
            let filled = [
                Type::Bool,
                Type::Text,
                Type::Float(64),
                Type::List(Box::new(Type::Text)),
                Type::Optional(Box::new(Type::Char)),
            ];
            let at = self.random.below(later.len() + 1);
            later.insert(at, (self.name("added"), filled[self.random.below(filled.len())].clone()));
        }
        // Slots that keep their order are copied as a whole.
        match self.random.below(4) {
            0 => self.random.shuffle(&mut later),
            1 if later.len() > 1 => {
                let (first, second) = (self.random.below(later.len()), self.random.below(later.len()));
                later.swap(first, second);
            }
            _ => {}
        }
        later
    }
}
