//! The results, and their output as terminal text, Markdown and JSON. The terminal shows the Markdown.

use std::fmt::Write;

use serde::Serialize;

use crate::statistics::Spread;

/// The operation that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    Dumps,
    Loads,
    LoadInto,
    LoadValue,
    DumpValue,
}

/// All results of one command.
#[derive(Debug, Serialize)]
pub struct Report {
    pub machine: String,
    pub rounds: usize,
    pub sets: Vec<SetResult>,
}

#[derive(Debug, Serialize)]
pub struct SetResult {
    pub name: &'static str,
    /// The aims: how many times as fast as CPython's dumps and loads, and as serde-pickle's loads.
    pub aims: Option<[f64; 3]>,
    pub rows: Vec<Row>,
}

/// The peers in one cell.
#[derive(Debug, Serialize)]
pub struct Row {
    pub cell: Cell,
    pub entries: Vec<Entry>,
}

#[derive(Debug, Serialize)]
pub struct Entry {
    pub peer: String,
    /// In seconds.
    pub time: Spread,
    /// Its time divided by that of `state`, as a ratio within each round.
    pub times_state: Option<Spread>,
}

impl Cell {
    const fn title(self) -> &'static str {
        match self {
            Self::Dumps => "dumps",
            Self::Loads => "loads",
            Self::LoadInto => "load_into",
            Self::LoadValue => "load_value",
            Self::DumpValue => "dump_value",
        }
    }
}

impl SetResult {
    /// The aimed speedup over a peer.
    fn aim(&self, cell: Cell, peer: &str) -> Option<f64> {
        let [dumps, loads, serde] = self.aims?;
        match (cell, peer) {
            (Cell::Dumps, "CPython") => Some(dumps),
            (Cell::Loads, "CPython") => Some(loads),
            (Cell::Loads, "serde-pickle") => Some(serde),
            (Cell::LoadValue | Cell::DumpValue, "CPython") => Some(1.0),
            _ => None,
        }
    }
}

/// The table, with one line for each lane.
pub fn markdown(report: &Report) -> String {
    let mut text = format!(
        "# Pickles\n\n{}, {} interleaved rounds; times are medians, ± half the quartiles' distance.\n\n\
         | set | cell | peer | time | its time : state's | aim |\n|---|---|---|--:|--:|--:|\n",
        report.machine, report.rounds
    );
    for set in &report.sets {
        for row in &set.rows {
            row.entries.iter().for_each(|entry| line(&mut text, set, row.cell, entry));
        }
    }
    text
}

fn line(text: &mut String, set: &SetResult, cell: Cell, entry: &Entry) {
    let ratio = entry.times_state.filter(|_| entry.peer != "state");
    let told = ratio.map_or(String::new(), |ratio| format!("{:.2} ±{:.0}%", ratio.median, ratio.percent()));
    let aim = set
        .aim(cell, &entry.peer)
        .zip(ratio)
        .map_or(String::new(), |(aim, ratio)| format!("{aim} {}", if ratio.median >= aim { "met" } else { "missed" }));
    let time = format!("{:.3} ms ±{:.0}%", entry.time.median * 1e3, entry.time.percent());
    // Writing into a string cannot fail.
    let _ = writeln!(text, "| {} | {} | {} | {time} | {told} | {aim} |", set.name, cell.title(), entry.peer);
}
