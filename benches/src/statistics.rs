//! Medians and quartiles, and when a difference is one.

use serde::{Deserialize, Serialize};

/// A median and the quartiles around it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Spread {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

impl Spread {
    /// Of at least one number.
    pub fn of(numbers: impl Iterator<Item = f64>) -> Self {
        let mut numbers: Vec<f64> = numbers.collect();
        numbers.sort_by(f64::total_cmp);
        let at = |share: f64| numbers[((numbers.len() - 1) as f64 * share).round() as usize];
        Self { low: at(0.25), median: at(0.5), high: at(0.75) }
    }

    /// As a ratio of two series that were measured by turns: whether it tells them apart. It does not if its quartiles
    /// lie on both sides of one, or it is within a percent of one.
    pub fn is_tie(&self) -> bool {
        (self.low <= 1.0 && self.high >= 1.0) || (self.median - 1.0).abs() < 0.01
    }

    /// Half the distance of the quartiles, in percent of the median.
    pub fn percent(&self) -> f64 {
        (self.high - self.low) / 2.0 / self.median * 100.0
    }
}
