//! Random forms with random states, upgraded by a plan and, the slow way, value by value: both make the same bytes. What
//! is said of the format here is said a second time, by its specification alone.

#![allow(clippy::cast_precision_loss, reason = "numbers that are any")]

mod made_up;

use state_core::Inspection;
use state_core::evolve::{Amendments, Form};

/// Numbers that a seed gives, the same on every machine.
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

#[derive(Clone, Debug, PartialEq)]
enum Type {
    Unit,
    Bool,
    Char,
    Int { bits: u8, signed: bool },
    Float(u8),
    Text,
    Optional(Box<Type>),
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>, Box<Type>),
    Array(Box<Type>, u64),
    Boxed(Box<Type>),
    Tuple(Vec<Type>),
    Object { name: String, parent: bool, slots: Vec<(String, Type)> },
    Enum { name: String, variants: Vec<(String, Vec<(String, Type)>)> },
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Unit,
    Bool(bool),
    Char(char),
    Int(i128),
    Float(f64),
    Text(String),
    Optional(Option<Box<State>>),
    /// Lists, sets, arrays; maps, keys and values by turns.
    Many(Vec<State>),
    Boxed(Box<State>),
    /// Tuples and objects.
    Parts(Vec<State>),
    Variant(usize, Vec<State>),
}

// The format.

fn number(out: &mut Vec<u8>, n: u64) {
    out.extend(made_up::leb(n));
}

fn name(out: &mut Vec<u8>, name: &str) {
    number(out, name.len() as u64);
    out.extend(name.as_bytes());
}

fn slots(out: &mut Vec<u8>, slots: &[(String, Type)]) {
    number(out, slots.len() as u64);
    for (slot, ty) in slots {
        name(out, slot);
        schema(out, ty);
    }
}

fn schema(out: &mut Vec<u8>, ty: &Type) {
    match ty {
        Type::Unit => out.push(0),
        Type::Bool => out.push(1),
        Type::Char => out.push(2),
        Type::Int { bits, signed } => out.extend([3, *bits, u8::from(*signed)]),
        Type::Float(bits) => out.extend([4, *bits]),
        Type::Text => out.push(5),
        Type::Optional(of) | Type::List(of) | Type::Set(of) | Type::Boxed(of) => {
            out.push(match ty {
                Type::Optional(_) => 7,
                Type::List(_) => 8,
                Type::Set(_) => 9,
                _ => 13,
            });
            schema(out, of);
        }
        Type::Map(key, value) => {
            out.push(10);
            schema(out, key);
            schema(out, value);
        }
        Type::Array(of, count) => {
            out.push(11);
            number(out, *count);
            schema(out, of);
        }
        Type::Tuple(items) => {
            out.push(12);
            number(out, items.len() as u64);
            for item in items {
                schema(out, item);
            }
        }
        Type::Object { name: tag, parent, slots: own } => {
            out.push(15);
            name(out, tag);
            out.push(u8::from(*parent));
            slots(out, own);
        }
        Type::Enum { name: tag, variants } => {
            out.push(16);
            name(out, tag);
            number(out, variants.len() as u64);
            for (variant, own) in variants {
                name(out, variant);
                slots(out, own);
            }
        }
    }
}

fn sum(slots: &[(String, Type)]) -> usize {
    slots.iter().map(|(_, ty)| head(ty)).sum()
}

fn largest(variants: &[(String, Vec<(String, Type)>)]) -> usize {
    variants.iter().map(|(_, slots)| sum(slots)).max().unwrap_or(0)
}

fn head(ty: &Type) -> usize {
    match ty {
        Type::Unit | Type::Boxed(_) => 0,
        Type::Bool => 1,
        Type::Int { bits, .. } | Type::Float(bits) => usize::from(*bits) / 8,
        Type::Char | Type::Text | Type::List(_) | Type::Set(_) | Type::Map(..) => 4,
        Type::Optional(of) if head(of) <= 8 => 1 + head(of),
        Type::Optional(_) => 1,
        Type::Array(of, count) => head(of) * *count as usize,
        Type::Tuple(items) => items.iter().map(head).sum(),
        Type::Object { slots, .. } => sum(slots),
        Type::Enum { variants, .. } if largest(variants) <= 16 => 1 + largest(variants),
        Type::Enum { .. } => 1,
    }
}

#[derive(Default)]
struct Image {
    heads: Vec<u8>,
    text: Vec<u8>,
}

impl Image {
    fn run(&mut self, bytes: usize) -> usize {
        self.heads.resize(self.heads.len() + bytes, 0);
        self.heads.len() - bytes
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        self.heads[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn parts<'s>(&mut self, parts: impl Iterator<Item = (&'s Type, &'s State)>, mut at: usize, stride: bool) {
        for (ty, state) in parts {
            self.put(ty, state, at);
            at += if stride { head(ty).max(1) } else { head(ty) };
        }
    }

    fn put(&mut self, ty: &Type, state: &State, at: usize) {
        match (ty, state) {
            (Type::Unit, State::Unit) => {}
            (Type::Bool, State::Bool(value)) => self.write(at, &[u8::from(*value)]),
            (Type::Char, State::Char(value)) => self.write(at, &u32::from(*value).to_le_bytes()),
            (Type::Int { .. }, State::Int(value)) => self.write(at, &value.to_le_bytes()[..head(ty)]),
            (Type::Float(32), State::Float(value)) => self.write(at, &(*value as f32).to_le_bytes()),
            (Type::Float(_), State::Float(value)) => self.write(at, &value.to_le_bytes()),
            (Type::Text, State::Text(text)) => {
                self.write(at, &(text.len() as u32).to_le_bytes());
                self.text.extend(text.as_bytes());
            }
            (Type::Optional(_), State::Optional(None)) => {}
            (Type::Optional(of), State::Optional(Some(state))) => {
                self.write(at, &[1]);
                let place = if head(of) <= 8 { at + 1 } else { self.run(head(of)) };
                self.put(of, state, place);
            }
            (Type::List(of) | Type::Set(of), State::Many(all)) => {
                self.write(at, &(all.len() as u32).to_le_bytes());
                let run = self.run(all.len() * head(of).max(1));
                self.parts(all.iter().map(|state| (&**of, state)), run, true);
            }
            (Type::Map(key, value), State::Many(all)) => {
                self.write(at, &(all.len() as u32 / 2).to_le_bytes());
                let size = head(key) + head(value);
                let mut run = self.run(all.len() / 2 * size.max(1));
                for entry in all.chunks(2) {
                    self.put(key, &entry[0], run);
                    self.put(value, &entry[1], run + head(key));
                    run += size.max(1);
                }
            }
            (Type::Array(of, _), State::Many(all)) => {
                self.parts(all.iter().map(|state| (&**of, state)), at, false);
            }
            (Type::Boxed(of), State::Boxed(state)) => {
                let run = self.run(head(of).max(1));
                self.put(of, state, run);
            }
            (Type::Tuple(items), State::Parts(states)) => self.parts(items.iter().zip(states), at, false),
            (Type::Object { slots, .. }, State::Parts(states)) => {
                self.parts(slots.iter().map(|(_, ty)| ty).zip(states), at, false);
            }
            (Type::Enum { variants, .. }, State::Variant(index, states)) => {
                self.write(at, &[*index as u8]);
                let slots = &variants[*index].1;
                let inline = largest(variants) <= 16 || sum(slots) == 0;
                let place = if inline { at + 1 } else { self.run(sum(slots)) };
                self.parts(slots.iter().map(|(_, ty)| ty).zip(states), place, false);
            }
            _ => panic!("{state:?} is no state of {ty:?}"),
        }
    }
}

fn image(ty: &Type, state: &State) -> Vec<u8> {
    let mut image = Image::default();
    image.run(head(ty));
    image.put(ty, state, 0);
    let mut schema_bytes = Vec::new();
    schema(&mut schema_bytes, ty);
    let (head, tail) = image.heads.split_at(head(ty));
    made_up::image_with_text(&schema_bytes, head, tail, &image.text)
}

// Random forms and states.

struct Maker {
    random: Random,
    names: usize,
    amendments: Amendments,
}

impl Maker {
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

    fn slots(&mut self, depth: usize) -> Vec<(String, Type)> {
        // A few are large, as most types of a program are.
        let most = if self.random.below(6) == 0 { 9 } else { 4 };
        (0..self.random.below(most)).map(|_| (self.name("slot"), self.ty(depth))).collect()
    }

    fn state(&mut self, ty: &Type) -> State {
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

    /// A later form, to which each state of the type can be brought. A `key` loses nothing.
    fn later(&mut self, ty: &Type, key: bool) -> Type {
        let changed = self.changed(ty, key);
        match self.random.below(8) {
            0 if !matches!(changed, Type::Optional(_)) => Type::Optional(Box::new(changed)),
            1 if !matches!(changed, Type::Boxed(_) | Type::Optional(_)) => Type::Boxed(Box::new(changed)),
            _ => changed,
        }
    }

    fn changed(&mut self, ty: &Type, key: bool) -> Type {
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
                // Slots may move out of a parent; its names are its own.
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
        // What is in the box has no `Option` of its own that the unboxed one could be taken for.
        if matches!(of, Type::Optional(_) | Type::Boxed(_)) {
            Type::Boxed(Box::new(of.clone()))
        } else {
            self.changed(of, key)
        }
    }

    /// Where one that became optional could be taken for the one around it.
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
        // What stays in order is copied as a whole.
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

// The slow way.

fn was(amendments: &Amendments, now: &str) -> String {
    amendments.aliases.iter().find(|(_, new)| new == now).map_or_else(|| now.into(), |(old, _)| old.clone())
}

fn empty(ty: &Type) -> State {
    match ty {
        Type::Bool => State::Bool(false),
        Type::Text => State::Text(String::new()),
        Type::Float(_) => State::Float(0.0),
        Type::List(_) => State::Many(vec![]),
        Type::Optional(_) => State::Optional(None),
        other => panic!("{other:?} is not added"),
    }
}

/// The slots with those of parents in their places.
fn flat<'t>(
    slots: &'t [(String, Type)],
    parent: bool,
    states: &'t [State],
    out: &mut Vec<(&'t str, &'t Type, &'t State)>,
) {
    for (at, ((slot, ty), state)) in slots.iter().zip(states).enumerate() {
        match (ty, state) {
            (Type::Object { slots, parent: outer, .. }, State::Parts(states)) if parent && at == 0 => {
                flat(slots, *outer, states, out);
            }
            _ => out.push((slot, ty, state)),
        }
    }
}

fn by_name(old: &[(&str, &Type, &State)], slots: &[(String, Type)], parent: bool, said: &Amendments) -> Vec<State> {
    let slot = |(at, (slot, ty)): (usize, &(String, Type))| match ty {
        Type::Object { slots, parent: outer, .. } if parent && at == 0 => {
            State::Parts(by_name(old, slots, *outer, said))
        }
        ty => {
            let name = was(said, slot);
            let found = old.iter().find(|(old, ..)| *old == name);
            found.map_or_else(|| empty(ty), |(_, from, state)| slow(from, state, ty, said))
        }
    };
    slots.iter().enumerate().map(slot).collect()
}

fn slow(from: &Type, state: &State, to: &Type, said: &Amendments) -> State {
    match (from, state, to) {
        (Type::Optional(_), State::Optional(None), Type::Optional(_)) => State::Optional(None),
        (Type::Optional(a), State::Optional(Some(state)), Type::Optional(b)) => {
            State::Optional(Some(Box::new(slow(a, state, b, said))))
        }
        (Type::Boxed(a), State::Boxed(state), Type::Boxed(b)) => State::Boxed(Box::new(slow(a, state, b, said))),
        (_, _, Type::Optional(of)) => State::Optional(Some(Box::new(slow(from, state, of, said)))),
        (Type::Boxed(of), State::Boxed(state), _) => slow(of, state, to, said),
        (_, _, Type::Boxed(of)) => State::Boxed(Box::new(slow(from, state, of, said))),
        (Type::Int { .. }, State::Int(value), Type::Float(_)) => State::Float(*value as f64),
        (Type::Char, State::Char(value), Type::Text) => State::Text((*value).into()),
        (
            Type::List(a) | Type::Set(a) | Type::Array(a, _),
            State::Many(all),
            Type::List(b) | Type::Set(b) | Type::Array(b, _),
        ) => State::Many(all.iter().map(|state| slow(a, state, b, said)).collect()),
        (Type::Map(k, v), State::Many(all), Type::Map(l, w)) => {
            let entry = |entry: &[State]| [slow(k, &entry[0], l, said), slow(v, &entry[1], w, said)];
            State::Many(all.chunks(2).flat_map(entry).collect())
        }
        (Type::Tuple(a), State::Parts(states), Type::Tuple(b)) => {
            State::Parts(a.iter().zip(states).zip(b).map(|((a, state), b)| slow(a, state, b, said)).collect())
        }
        (Type::Object { slots: a, parent: p, .. }, State::Parts(states), Type::Object { slots: b, parent: q, .. }) => {
            let mut old = Vec::new();
            flat(a, *p, states, &mut old);
            State::Parts(by_name(&old, b, *q, said))
        }
        (Type::Enum { variants: a, .. }, State::Variant(index, states), Type::Enum { variants: b, .. }) => {
            let (variant, slots) = &a[*index];
            let now = b.iter().position(|(name, _)| was(said, name) == *variant).expect("none was taken away");
            let mut old = Vec::new();
            flat(slots, false, states, &mut old);
            State::Variant(now, by_name(&old, &b[now].1, false, said))
        }
        (_, same, _) => same.clone(),
    }
}

#[test]
fn random_forms_upgrade_as_value_by_value() {
    let (cases, mut changed) = (if cfg!(miri) { 5 } else { 4000 }, 0);
    for seed in 0..cases {
        let mut maker =
            Maker { random: Random(seed), names: 0, amendments: Amendments { default: true, ..Amendments::default() } };
        let (slots, parent) = (maker.slots(4), false);
        let from = Type::Object { name: "Root".into(), parent, slots };
        let to = maker.changed(&from, false);
        let said = maker.amendments.clone();
        let states: Vec<State> = (0..3).map(|_| maker.state(&from)).collect();
        let older =
            Form::open(&image(&from, &states[0])).unwrap_or_else(|error| panic!("seed {seed}: {error}: {from:?}"));
        let newer = Form::open(&image(&to, &slow(&from, &states[0], &to, &said))).unwrap().keep(&said);
        changed += usize::from(older.fingerprint() != newer.fingerprint());
        let upgrade =
            newer.resolve(&older).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{older}\n{newer}\n{said:?}"));
        for state in states {
            let (before, after) = (image(&from, &state), image(&to, &slow(&from, &state, &to, &said)));
            let made = upgrade
                .upgrade(&before)
                .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{older}\n{newer}\n{said:?}\n{state:?}"));
            assert_eq!(made, after, "seed {seed}:\n{older}\n{newer}\n{said:?}\n{state:?}");
            // And it is a state.
            Inspection::open(&made).unwrap().value().unwrap();
        }
    }
    assert!(changed > cases as usize * 3 / 4, "{changed}");
}
