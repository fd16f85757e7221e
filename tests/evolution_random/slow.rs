//! Upgrades the slow way: value by value.

use state_core::evolve::Amendments;

use super::{State, Type};

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

/// The slots, with those of parents in the parents' places.
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

pub fn slow(from: &Type, state: &State, to: &Type, said: &Amendments) -> State {
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
