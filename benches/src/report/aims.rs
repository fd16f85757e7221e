//! The aims of the benchmark, as ratios to the best peer in the same run, and which of them are met.

use super::table::Table;
use super::{Cell, Report, Run, SetResult, Standing, time};
use crate::sets::NAMES;

/// The kind of comparison.
#[derive(Clone, Copy)]
enum Against {
    /// A cell with the best peer in the same cell.
    Best(Cell),
    /// The restore in place with the best peer's owned load.
    BestLoad,
    /// The check with rkyv's check.
    Rkyv,
    /// A cell's time with a limit in seconds.
    Clock(Cell),
}

/// An aim under one allocator: the comparison, and the upper limit for each of the four public sets.
struct Aim {
    title: &'static str,
    allocator: &'static str,
    wanted: [Option<(Against, f64)>; 4],
}

const fn aim(title: &'static str, allocator: &'static str, against: Against, wanted: [f64; 4]) -> Aim {
    let [a, b, c, d] = wanted;
    Aim { title, allocator, wanted: [Some((against, a)), Some((against, b)), Some((against, c)), Some((against, d))] }
}

/// The aims; their limits are in the order of the public sets in [`NAMES`]. A limit of one is also met by a tie.
const AIMS: [Aim; 6] = [
    aim("serialize", "system", Against::Best(Cell::Serialize), [0.65, 1.0, 0.75, 0.9]),
    aim("load", "system", Against::Best(Cell::Load), [0.95, 1.0, 0.95, 1.0]),
    aim("load", "mimalloc", Against::Best(Cell::Load), [0.75, 1.0, 0.95, 0.95]),
    aim("restore : best load", "system", Against::BestLoad, [0.05, 1.0, 0.05, 0.25]),
    Aim {
        title: "borrow",
        allocator: "system",
        wanted: [
            Some((Against::Best(Cell::Borrow), 0.9)),
            Some((Against::Clock(Cell::Borrow), 100e-9)),
            Some((Against::Best(Cell::Borrow), 0.9)),
            None,
        ],
    },
    aim("check : rkyv's check", "system", Against::Rkyv, [0.1; 4]),
];

/// The result for an aim.
struct Outcome {
    text: String,
    met: bool,
}

/// The tables of the aims for the public sets and for the other ones; in the latter `state` is to be first or tied in
/// every cell. Cells that were not measured are left open.
pub struct Aims {
    pub public: Table,
    pub own: Table,
    pub met: usize,
    pub of: usize,
}

impl Aims {
    pub fn of(report: &Report) -> Self {
        let (public, own) = NAMES.split_at(4);
        let mut aims = Self { public: Table(vec![header(public)]), own: Table(vec![header(own)]), met: 0, of: 0 };
        for aim in &AIMS {
            let Some(run) = report.run(aim.allocator) else { continue };
            let outcome = |(name, wanted): (&&str, &Option<_>)| {
                let (against, wanted) = (*wanted)?;
                outcome(run.set(name)?, against, wanted)
            };
            let outcomes = public.iter().zip(&aim.wanted).map(outcome).collect();
            let row = aims.row(aim.title, run, outcomes);
            aims.public.0.push(row);
        }
        for run in &report.runs {
            for cell in Cell::ALL {
                let outcomes = own.iter().map(|name| outcome(run.set(name)?, Against::Best(cell), 1.0)).collect();
                let row = aims.row(cell.title(), run, outcomes);
                aims.own.0.push(row);
            }
        }
        aims
    }

    fn row(&mut self, title: &str, run: &Run, outcomes: Vec<Option<Outcome>>) -> Vec<String> {
        self.of += outcomes.iter().flatten().count();
        self.met += outcomes.iter().flatten().filter(|outcome| outcome.met).count();
        let texts = outcomes.into_iter().map(|outcome| outcome.map_or_else(|| "-".into(), |outcome| outcome.text));
        [format!("{title} ({})", run.allocator)].into_iter().chain(texts).collect()
    }

    /// The number of aims that are met, in a line.
    pub fn verdict(&self) -> String {
        format!("{} of {} aims are met", self.met, self.of)
    }
}

fn header(names: &[&str]) -> Vec<String> {
    [""].iter().chain(names).map(|&name| name.into()).collect()
}

fn outcome(set: &SetResult, against: Against, wanted: f64) -> Option<Outcome> {
    let state = |cell| set.row(cell)?.entry("state");
    let (got, tie) = match against {
        Against::Best(cell) => {
            let entry = state(cell)?;
            (entry.to_best?.median, entry.standing() == Standing::Tied)
        }
        Against::BestLoad => {
            let (own, best) = (state(Cell::Restore)?.time, set.row(Cell::Load)?.best_beside("state")?.time);
            (own.median / best.median, own.low <= best.high && best.low <= own.high)
        }
        Against::Rkyv => {
            let (own, rkyv) = (state(Cell::Check)?.time, set.row(Cell::Check)?.entry("rkyv")?.time);
            (own.median / rkyv.median, false)
        }
        Against::Clock(cell) => (state(cell)?.time.median, false),
    };
    let met = got <= wanted || (tie && wanted >= 1.0);
    let number = |number: f64| match against {
        Against::Clock(_) => time(number),
        _ if number < 0.1 => format!("{number:.3}"),
        _ => format!("{number:.2}"),
    };
    let verdict = match met {
        true if got <= wanted => "met",
        true => "tie",
        false => "MISSED",
    };
    Some(Outcome { text: format!("{} of {}: {verdict}", number(got), number(wanted)), met })
}
