//! Forms and states as bytes, by the specification of the format alone.

use super::made_up;
use super::{State, Type};

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

pub fn image(ty: &Type, state: &State) -> Vec<u8> {
    let mut image = Image::default();
    image.run(head(ty));
    image.put(ty, state, 0);
    let mut schema_bytes = Vec::new();
    schema(&mut schema_bytes, ty);
    let (head, tail) = image.heads.split_at(head(ty));
    made_up::image_with_text(&schema_bytes, head, tail, &image.text)
}
