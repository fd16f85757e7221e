//! Restores where lists shift and variants change: in place, against loading a new value, interleaved in one run.

mod states;

use std::hint::black_box;

use cpu_time::ThreadTime;
use state_core::{History, RestoreOwned, State, dumps, load_into, loads};
use wincode::config::DefaultConfig;
use wincode::{SchemaRead, SchemaWrite};

use crate::statistics::Spread;

/// One row of the table: in each pair, the second state is restored into a live value equal to the first.
struct Row<T> {
    name: &'static str,
    pairs: Vec<(T, T)>,
}

/// Prints a table.
///
/// # Panics
/// If the argument is not a number of rounds.
pub fn main(allocator: &str) {
    let rounds = std::env::args().nth(1).map_or(120, |text| text.parse().expect("a number of rounds"));
    println!("{allocator}: microseconds, medians of {rounds} rounds (quartiles); the ratio is that to loading anew\n");
    println!("{:40} {:>9} {:>22} {:>22} {:>22} {:>22}  ratio", "", "bytes", "in place", "history", "anew", "wincode");
    for row in states::worlds() {
        row.measure(rounds);
    }
    for row in states::camps() {
        row.measure(rounds);
    }
    states::protocol().measure(rounds);
    states::undo().measure(rounds);
    println!();
}

impl<T> Row<T>
where
    T: Wire + Clone + PartialEq,
{
    fn measure(&self, rounds: usize) {
        let images: Vec<_> = self.pairs.iter().map(|(_, saved)| dumps(saved).expect("a state")).collect();
        let theirs: Vec<_> = self.pairs.iter().map(|(_, saved)| wincode::serialize(saved).expect("a state")).collect();
        let mut history = History::<T>::new().frames(self.pairs.len() + 1);
        for (frame, (_, saved)) in self.pairs.iter().enumerate() {
            history.push(frame as u64, saved).expect("a state");
        }
        let mut times = [const { Vec::new() }; 4];
        for round in 0..rounds {
            let at = round % self.pairs.len();
            let (live, saved) = &self.pairs[at];
            let mut one = |lane: usize, restore: &mut dyn FnMut(&mut T)| {
                let mut live = live.clone();
                let start = ThreadTime::now();
                restore(black_box(&mut live));
                times[lane].push(start.elapsed().as_secs_f64() * 1e6);
                assert!(live == *saved);
            };
            one(0, &mut |live| load_into(&images[at], live).expect("its own"));
            one(1, &mut |live| history.restore(at as u64, live).expect("its own"));
            one(2, &mut |live| *live = loads(&images[at]).expect("its own"));
            one(3, &mut |live| *live = wincode::deserialize(&theirs[at]).expect("its own"));
        }
        let spreads = times.map(|times| Spread::of(times.into_iter()));
        let ratio = spreads[0].median / spreads[2].median;
        let [place, history, anew, peer] =
            spreads.map(|Spread { low, median, high }| format!("{median:.0} ({low:.0} - {high:.0})"));
        println!("{:40} {:9} {place:>22} {history:>22} {anew:>22} {peer:>22}  {ratio:.2}", self.name, images[0].len());
    }
}

/// The traits that both `state` and the peer need.
trait Wire:
    State
    + RestoreOwned
    + SchemaWrite<DefaultConfig, Src = Self>
    + for<'a> SchemaRead<'a, DefaultConfig, Dst = Self>
    + Sized
{
}

impl<T> Wire for T where
    T: State + RestoreOwned + SchemaWrite<DefaultConfig, Src = T> + for<'a> SchemaRead<'a, DefaultConfig, Dst = T>
{
}
