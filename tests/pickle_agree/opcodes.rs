//! Streams whose opcodes are exchanged, copied, left out or in another order: they often stay valid, and then mean
//! something else.

use state_core::pickle::Pickle;

use super::streams::{odd_streams, random, streams};
use super::{Read, agrees_as};

/// Changed streams for each stream.
const CHANGES: usize = 40;

/// The opcodes of a stream, each with its argument.
fn opcodes(stream: &[u8]) -> Vec<Vec<u8>> {
    let Ok(pickle) = Pickle::open(stream) else { return Vec::new() };
    let offsets: Vec<usize> = pickle.operations().map(|operation| operation.offset()).chain([stream.len()]).collect();
    offsets.windows(2).map(|of| stream[of[0]..of[1]].to_vec()).collect()
}

#[test]
fn changed_opcodes_are_the_same_on_both_ways() {
    let mut next = random(0x2545_F491_4F6C_DD1D);
    let (mut directly, mut read, mut refused) = (0, 0, 0);
    let bases = streams(6).into_iter().chain(odd_streams());
    for (letter, base) in bases.filter(|(_, stream)| stream.len() < 4000) {
        let base = opcodes(&base);
        let puts = base.iter().filter(|code| b"\x94qrp".contains(&code[0])).count();
        for _ in 0..CHANGES {
            let mut codes = base.clone();
            for _ in 0..=next(2) {
                let (at, from) = (next(codes.len()), next(codes.len()));
                match next(6) {
                    0 | 1 => codes[at] = vec![b'h', next(puts + 2) as u8],
                    2 if b"\x94qrp".contains(&codes[at][0]) => codes[at] = vec![b'q', next(puts + 2) as u8],
                    3 => codes.swap(at, from),
                    4 => codes[at] = codes[from].clone(),
                    _ => {
                        let part = codes[from..codes.len().min(from + next(20))].to_vec();
                        let end = codes.len().min(at + [0, part.len()][next(2)]);
                        codes.splice(at..end, part);
                    }
                }
            }
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
