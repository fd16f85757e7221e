//! The results, and their output as terminal text, Markdown, JSON and SVG.

mod aims;
pub mod json;
pub mod markdown;
pub mod svg;
mod table;
pub mod terminal;

use serde::{Deserialize, Serialize};

use crate::statistics::Spread;

/// The operation that is measured. The first two are lower bounds instead of peers: copies that no serializer can beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    Clone,
    Memcpy,
    Serialize,
    Load,
    Restore,
    RestoreOther,
    Borrow,
    Check,
}

impl Cell {
    /// The cells in which peers are compared.
    pub const ALL: [Self; 6] =
        [Self::Serialize, Self::Load, Self::Restore, Self::RestoreOther, Self::Borrow, Self::Check];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Clone => "clone",
            Self::Memcpy => "memcpy",
            Self::Serialize => "serialize",
            Self::Load => "load",
            Self::Restore => "restore",
            Self::RestoreOther => "restore other",
            Self::Borrow => "borrow",
            Self::Check => "check",
        }
    }
}

/// All results of one command.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    pub machine: String,
    pub rounds: usize,
    pub runs: Vec<Run>,
}

/// The results under one allocator.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    pub allocator: String,
    pub sets: Vec<SetResult>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct SetResult {
    pub name: String,
    pub about: String,
    pub rows: Vec<Row>,
    pub sizes: Vec<Size>,
    pub refusals: Vec<Refusal>,
}

/// The peers in one cell.
#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    pub cell: Cell,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Entry {
    pub peer: String,
    /// In seconds.
    pub time: Spread,
    /// Its time divided by that of the best other peer, as a ratio within each round; `None` without another peer.
    pub to_best: Option<Spread>,
}

/// The size of a peer's image.
#[derive(Debug, Serialize, Deserialize)]
pub struct Size {
    pub peer: String,
    pub bytes: usize,
    /// Whether it restores in place, instead of assigning a loaded value.
    pub restores: bool,
}

/// Why a peer does not take part in a set.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refusal {
    pub peer: String,
    pub reason: String,
}

/// The result of comparing a peer with the best of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    First,
    Tied,
    Behind,
}

impl Report {
    pub fn run(&self, allocator: &str) -> Option<&Run> {
        self.runs.iter().find(|run| run.allocator == allocator)
    }
}

impl Run {
    pub fn set(&self, name: &str) -> Option<&SetResult> {
        self.sets.iter().find(|set| set.name == name)
    }
}

impl SetResult {
    pub fn row(&self, cell: Cell) -> Option<&Row> {
        self.rows.iter().find(|row| row.cell == cell)
    }
}

impl Row {
    pub fn entry(&self, peer: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.peer == peer)
    }

    /// The fastest entry other than `peer`.
    pub fn best_beside(&self, peer: &str) -> Option<&Entry> {
        let others = self.entries.iter().filter(|entry| entry.peer != peer);
        others.min_by(|a, b| a.time.median.total_cmp(&b.time.median))
    }
}

impl Entry {
    pub fn standing(&self) -> Standing {
        match self.to_best {
            None => Standing::First,
            Some(ratio) if ratio.is_tie() => Standing::Tied,
            Some(ratio) if ratio.median < 1.0 => Standing::First,
            Some(_) => Standing::Behind,
        }
    }
}

/// Formats a time with its unit.
pub fn time(seconds: f64) -> String {
    let (number, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "µs"),
        s => (s * 1e3, "ms"),
    };
    let digits = match number {
        n if n < 9.995 => 2,
        n if n < 99.95 => 1,
        _ => 0,
    };
    format!("{number:.digits$} {unit}")
}

/// Formats a number of bytes with its unit.
pub fn bytes(count: usize) -> String {
    match count {
        0..10_000 => format!("{count} B"),
        10_000..10_000_000 => format!("{} kB", (count + 500) / 1000),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}
