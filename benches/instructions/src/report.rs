//! The table of stored and new counts, and which cells fail.

use crate::arguments::Arguments;
use crate::counts::{Counts, is_shown_alone};

/// A cell fails above this multiple of its stored count.
const LIMIT: f64 = 1.03;

/// Below this multiple of the stored count, the new count should be stored, or the gain can be lost unnoticed.
const GAIN: f64 = 0.97;

/// The result of comparing a cell with its stored count.
#[derive(Debug, PartialEq)]
enum Verdict {
    Same,
    Gain,
    Excess,
    New,
    Gone,
}

impl Verdict {
    fn of(stored: Option<u64>, counted: Option<u64>) -> Self {
        let (stored, counted) = match (stored, counted) {
            (Some(stored), Some(counted)) => (stored as f64, counted as f64),
            (None, _) => return Self::New,
            (_, None) => return Self::Gone,
        };
        match counted {
            _ if counted > stored * LIMIT => Self::Excess,
            _ if counted < stored * GAIN => Self::Gain,
            _ => Self::Same,
        }
    }

    const fn fails(&self) -> bool {
        matches!(self, Self::Excess | Self::New | Self::Gone)
    }

    const fn told(&self) -> &'static str {
        match self {
            Self::Same => "",
            Self::Gain => "  a gain, to be stored",
            Self::Excess => "  FAILS",
            Self::New => "  FAILS: not stored",
            Self::Gone => "  FAILS: stored, but not counted",
        }
    }
}

/// Prints the table; returns whether no cell fails.
pub fn print(stored: &Counts, counts: &Counts, arguments: &Arguments) -> bool {
    let gone = stored.cells.iter().filter(|(name, _)| arguments.wants_cell(name) && counts.get(name).is_none());
    let cells: Vec<&str> = counts.cells.iter().chain(gone).map(|(name, _)| name.as_str()).collect();
    let width = cells.iter().map(|name| name.len()).max().unwrap_or_default();
    println!("\n{:<width$} {:>12} {:>12} {:>9}", "", "stored", "counted", "change");
    let mut failures = 0;
    for name in &cells {
        if let (true, Some(count)) = (is_shown_alone(name), counts.get(name)) {
            println!("{name:<width$} {:>12} {count:>12}", "");
            continue;
        }
        failures += usize::from(row(name, width, stored.get(name), counts.get(name)).fails());
    }
    if failures == 0 {
        println!("\nno cell takes more than 3 % over what is stored");
        return true;
    }
    println!("\n{failures} of {} cells fail; where it is meant, `--store` stores what was counted", cells.len());
    if stored.made_with != counts.made_with {
        println!("this machine may count otherwise:\n  stored: {}\n  here:   {}", stored.made_with, counts.made_with);
    }
    false
}

fn row(name: &str, width: usize, stored: Option<u64>, counted: Option<u64>) -> Verdict {
    let number = |count: Option<u64>| count.map_or("-".into(), |count| count.to_string());
    let change = stored.zip(counted).map(|(stored, counted)| (counted as f64 / stored as f64 - 1.0) * 100.0);
    let change = change.map_or("-".into(), |change| format!("{change:+.2} %"));
    let verdict = Verdict::of(stored, counted);
    println!("{name:<width$} {:>12} {:>12} {change:>9}{}", number(stored), number(counted), verdict.told());
    verdict
}

#[cfg(test)]
mod tests {
    use super::Verdict;

    #[test]
    fn more_than_three_percent_over_what_is_stored_fails() {
        for (stored, counted, verdict, fails) in [
            (Some(1000), Some(1030), Verdict::Same, false),
            (Some(1000), Some(1031), Verdict::Excess, true),
            (Some(1000), Some(970), Verdict::Same, false),
            (Some(1000), Some(969), Verdict::Gain, false),
            (Some(0), Some(1), Verdict::Excess, true),
            (None, Some(1), Verdict::New, true),
            (Some(1), None, Verdict::Gone, true),
        ] {
            assert_eq!(Verdict::of(stored, counted), verdict);
            assert_eq!(verdict.fails(), fails);
        }
    }
}
