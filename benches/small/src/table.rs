//! The results as a table: medians with quartiles, and each ratio as the median of the ratios within each round.

use crate::measure::{CELLS, Measured};

/// Whether a peer is one of `state`'s own forms, with which the others are not compared.
fn is_own(name: &str) -> bool {
    name.starts_with("state")
}

/// The given quartile.
fn quarter(numbers: &[f64], quarters: usize) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() - 1) * quarters / 4]
}

pub fn print(name: &str, about: &str, measured: &Measured) {
    println!("\n## {name}: {about}\n");
    println!("Nanoseconds a state, median (quartiles); ratio to wincode, to the best of the peers.\n");
    print!("| | bytes |");
    for cell in CELLS {
        print!(" {cell} |");
    }
    println!("\n|---|--:|{}", "--:|".repeat(CELLS.len()));
    for (at, (peer, bytes)) in measured.peers.iter().enumerate() {
        print!("| {peer} | {bytes:.1} |");
        for times in &measured.times {
            let one = &times[at];
            print!(" {:.1} ({:.1} to {:.1})", quarter(one, 2), quarter(one, 1), quarter(one, 3));
            if is_own(peer) {
                print!("; {:.2}, {:.2}", ratio(one, &times[wincode(measured)]), ratio(one, best(measured, times)));
            }
            print!(" |");
        }
        println!();
    }
}

fn wincode(measured: &Measured) -> usize {
    measured.peers.iter().position(|(name, _)| *name == "wincode").expect("it takes part")
}

fn best<'a>(measured: &Measured, times: &'a [Vec<f64>]) -> &'a [f64] {
    let others = measured.peers.iter().zip(times).filter(|((name, _), _)| !is_own(name));
    others.map(|(_, times)| &**times).min_by(|a, b| quarter(a, 2).total_cmp(&quarter(b, 2))).expect("peers take part")
}

fn ratio(one: &[f64], other: &[f64]) -> f64 {
    let ratios: Vec<f64> = one.iter().zip(other).map(|(one, other)| one / other).collect();
    quarter(&ratios, 2)
}
