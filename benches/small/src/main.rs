//! Small states, each written and loaded by a call of its own: `state` with and without a header against its peers.
//!
//! `cargo run --release [-- ROUNDS]`

mod measure;
mod peers;
#[path = "../../src/random.rs"]
mod random;
mod shapes;
mod table;

use measure::{Bench, measure};
use peers::{Bare, Bitcode, Peer, Postcard, Rkyv, Savefile, Speedy, Wincode, WithHeader};
use shapes::{Message, Numbers, Pair, Player, Shape};

fn main() {
    let rounds = std::env::args().nth(1).map_or(41, |rounds| rounds.parse().expect("a number of rounds"));
    shape::<Pair>(rounds);
    shape::<Numbers>(rounds);
    shape::<Player>(rounds);
    shape::<Message>(rounds);
}

fn shape<T: Shape>(rounds: usize)
where
    WithHeader: Peer<T>,
    Bare: Peer<T>,
    Wincode: Peer<T>,
    Bitcode: Peer<T>,
    Postcard: Peer<T>,
    Rkyv: Peer<T>,
    Savefile: Peer<T>,
    Speedy: Peer<T>,
{
    let values = T::all();
    let mut bench = Bench::new(&values);
    bench.peer::<WithHeader>().peer::<Bare>().peer::<Wincode>().peer::<Bitcode>().peer::<Speedy>();
    bench.peer::<Rkyv>().peer::<Savefile>().peer::<Postcard>();
    table::print(T::NAME, T::ABOUT, &measure(bench, rounds));
}
