//! Streams whose opcodes are exchanged, copied, left out or in another order: they often stay valid, and then mean
//! something else.

use state_core::pickle::Pickle;

use super::streams::{odd_streams, random, streams};
use super::{Read, agrees_as};

/// Changed streams for each stream.
const CHANGES: usize = 40;

pub(crate) type Opcode = Vec<u8>;

/// The opcodes of a stream, each with its argument.
pub(crate) fn opcodes(stream: &[u8]) -> Vec<Opcode> {
    let Ok(pickle) = Pickle::open(stream) else { return Vec::new() };
    let offsets: Vec<usize> = pickle.operations().map(|operation| operation.offset()).chain([stream.len()]).collect();
    offsets.windows(2).map(|of| stream[of[0]..of[1]].to_vec()).collect()
}

/// Changes a few of the opcodes.
pub(crate) fn changed(base: &[Opcode], next: &mut impl FnMut(usize) -> usize) -> Vec<Opcode> {
    let is_put = |code: &Opcode| b"\x94qrp".contains(&code[0]);
    let puts = base.iter().filter(|code| is_put(code)).count();
    let mut codes = base.to_vec();
    for _ in 0..=next(2) {
        let (at, from) = (next(codes.len()), next(codes.len()));
        match next(6) {
            0 | 1 => codes[at] = vec![b'h', next(puts + 2) as u8],
            2 if is_put(&codes[at]) => codes[at] = vec![b'q', next(puts + 2) as u8],
            3 => codes.swap(at, from),
            4 => {
                let code = codes[from].clone();
                codes[at] = code;
            }
            _ => {
                let part = codes[from..codes.len().min(from + next(20))].to_vec();
                let end = codes.len().min(at + [0, part.len()][next(2)]);
                codes.splice(at..end, part);
            }
        }
    }
    codes
}

#[test]
fn changed_opcodes_are_the_same_on_both_ways() {
    let mut next = random(0x2545_F491_4F6C_DD1D);
    let (mut directly, mut read, mut refused) = (0, 0, 0);
    let bases = streams(6).into_iter().chain(odd_streams());
    for (letter, base) in bases.filter(|(_, stream)| stream.len() < 4000) {
        let base = opcodes(&base);
        for _ in 0..CHANGES {
            let codes = changed(&base, &mut next);
            match agrees_as(letter, &codes.concat()) {
                Read::Directly => directly += 1,
                Read::ByTheMachine => read += 1,
                Read::Refused => refused += 1,
            }
        }
    }
    if directly + read + refused > 0 {
        assert!(directly > 300 && read > 150 && refused > 500, "{directly} directly, {read} not, {refused} refused");
    }
}
