//! Medians and quartiles, and whether a difference is significant.

use serde::{Deserialize, Serialize};

/// A median and the quartiles around it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Spread {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

impl Spread {
    /// Computes the median and quartiles of at least one number.
    pub fn of(numbers: impl Iterator<Item = f64>) -> Self {
        let mut numbers: Vec<f64> = numbers.collect();
        numbers.sort_by(f64::total_cmp);
        let at = |share: f64| numbers[((numbers.len() - 1) as f64 * share).round() as usize];
        Self { low: at(0.25), median: at(0.5), high: at(0.75) }
    }

    /// Whether the spread, as the ratio of two interleaved series, fails to tell them apart: its quartiles are on both
    /// sides of one, or its median is within a percent of one.
    pub fn is_tie(&self) -> bool {
        (self.low <= 1.0 && self.high >= 1.0) || (self.median - 1.0).abs() < 0.01
    }

    /// Half the interquartile range, in percent of the median.
    pub fn percent(&self) -> f64 {
        (self.high - self.low) / 2.0 / self.median * 100.0
    }
}
