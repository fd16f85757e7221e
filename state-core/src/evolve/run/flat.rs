//! Parts without data outside their heads: numbers that become wider, and combinations of them.

use super::damaged;
use crate::error::Result;
use crate::evolve::op::{At, Op, Segment, Step};
use crate::protocol::float::widen;

/// Converts the head `from` of a part without data outside it, to the head `to`.
pub(super) fn flat(steps: &[Step], at: At, from: &[u8], to: &mut [u8]) -> Result<()> {
    match &steps[at].op {
        Op::Copy => to.copy_from_slice(from),
        Op::Int { signed } => int(from, *signed, to),
        Op::IntToFloat { signed } => int_to_float(&wide(from, *signed), *signed, to),
        Op::Widen => float(from, to)?,
        Op::Flat(of) => segments(steps, of, from, to)?,
        Op::Default(default) => default(to),
        Op::FlatArray { count, of } => elements(steps, (*count, *of), from, to)?,
        _ => return Err(damaged()),
    }
    Ok(())
}

/// Converts parts of a head.
pub(super) fn segments(steps: &[Step], segments: &[Segment], head: &[u8], to: &mut [u8]) -> Result<()> {
    for segment in segments {
        let from = &head[segment.from..][..segment.len];
        match segment.by {
            None => to[segment.to..][..segment.len].copy_from_slice(from),
            Some(by) => flat(steps, by, from, &mut to[segment.to..][..steps[by].to])?,
        }
    }
    Ok(())
}

/// Converts one part of each of many heads, which begin `apart` bytes apart, in the new image `new_apart`.
pub(super) fn column(
    steps: &[Step],
    &Segment { from, to, len, by }: &Segment,
    (theirs, apart): (&[u8], usize),
    (ours, new_apart): (&mut [u8], usize),
) -> Result<()> {
    let heads = theirs.chunks_exact(apart).zip(ours.chunks_exact_mut(new_apart));
    let Some(by) = by else {
        heads.for_each(|(theirs, ours)| ours[to..][..len].copy_from_slice(&theirs[from..][..len]));
        return Ok(());
    };
    let new = steps[by].to;
    let mut parts = heads.map(|(theirs, ours)| (&theirs[from..][..len], &mut ours[to..][..new]));
    match &steps[by].op {
        Op::Int { signed } => parts.for_each(|(from, to)| int(from, *signed, to)),
        _ => parts.try_for_each(|(from, to)| flat(steps, by, from, to))?,
    }
    Ok(())
}

/// Converts adjacent elements, without the bytes for empty heads.
pub(super) fn elements(steps: &[Step], (count, of): (usize, At), from: &[u8], to: &mut [u8]) -> Result<()> {
    let (size, new) = (steps[of].from, steps[of].to);
    match &steps[of].op {
        Op::Copy => to.copy_from_slice(from),
        Op::Int { signed } if size > 0 && new > 0 => {
            for (from, to) in from.chunks_exact(size).zip(to.chunks_exact_mut(new)) {
                int(from, *signed, to);
            }
        }
        Op::Widen => {
            for (from, to) in from.chunks_exact(size_of::<f32>()).zip(to.chunks_exact_mut(size_of::<f64>())) {
                float(from, to)?;
            }
        }
        _ => {
            for at in 0..count {
                flat(steps, of, &from[at * size..][..size], &mut to[at * new..][..new])?;
            }
        }
    }
    Ok(())
}

fn float(from: &[u8], to: &mut [u8]) -> Result<()> {
    let number = f32::from_le_bytes(*from.first_chunk().ok_or_else(damaged)?);
    *to.first_chunk_mut().ok_or_else(damaged)? = widen(number).to_le_bytes();
    Ok(())
}

/// Writes an integer in more bytes.
fn int(from: &[u8], signed: bool, to: &mut [u8]) {
    let short = match (from, signed) {
        (&[a], false) => u64::from(a).to_le_bytes(),
        (&[a], true) => i64::from(i8::from_le_bytes([a])).to_le_bytes(),
        (&[a, b], false) => u64::from(u16::from_le_bytes([a, b])).to_le_bytes(),
        (&[a, b], true) => i64::from(i16::from_le_bytes([a, b])).to_le_bytes(),
        (&[a, b, c, d], false) => u64::from(u32::from_le_bytes([a, b, c, d])).to_le_bytes(),
        (&[a, b, c, d], true) => i64::from(i32::from_le_bytes([a, b, c, d])).to_le_bytes(),
        _ => return to.copy_from_slice(&wide(from, signed)[..to.len()]),
    };
    match to.len() {
        2 => to.copy_from_slice(&short[..2]),
        4 => to.copy_from_slice(&short[..4]),
        8 => to.copy_from_slice(&short),
        len => to.copy_from_slice(&wide(from, signed)[..len]),
    }
}

/// Converts an integer of at most half the float's bits, which is exact.
fn int_to_float(wide: &[u8; 16], signed: bool, to: &mut [u8]) {
    let [a, b, c, d, ..] = *wide;
    if let Ok(to) = <&mut [u8; 4]>::try_from(&mut *to) {
        let bytes = [a, b];
        *to = if signed { f32::from(i16::from_le_bytes(bytes)) } else { f32::from(u16::from_le_bytes(bytes)) }
            .to_le_bytes();
    } else {
        let bytes = [a, b, c, d];
        let float = if signed { f64::from(i32::from_le_bytes(bytes)) } else { f64::from(u32::from_le_bytes(bytes)) };
        to.copy_from_slice(&float.to_le_bytes());
    }
}

/// Returns an integer in the widest two's complement.
pub(super) fn wide(from: &[u8], signed: bool) -> [u8; 16] {
    let negative = signed && from.last().is_some_and(|&byte| byte >= 0x80);
    let mut wide = [if negative { 0xFF } else { 0 }; 16];
    wide[..from.len()].copy_from_slice(from);
    wide
}
