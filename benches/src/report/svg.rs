//! The bar chart for the README: `state` against the best peer, in three cells and every set. It is readable in light
//! and dark mode, and on a phone.

use std::fmt::{self, Write};

use super::{Cell, Report, Row, Run, Standing};

const CELLS: [(Cell, &str); 3] =
    [(Cell::Serialize, "serialize"), (Cell::Load, "load"), (Cell::Restore, "restore in place")];

/// Lengths in pixels. The chart is as narrow as a phone, so that text keeps its size there; the cells are below one
/// another.
const WIDTH: usize = 400;
const LABEL: usize = 138;
/// The length of the best peer's bar.
const BAR: f64 = 140.0;
const ROW: usize = 20;
const TOP: usize = 62;
const HEAD: usize = 34;

/// A bar is cut off at this multiple of the best peer's length.
const LONGEST: f64 = 1.25;

const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:15px}\
.quiet{fill:#656d76}.state{fill:#0969da}.peer{stroke:#656d76}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.quiet{fill:#8d96a0}.state{fill:#4493f8}.peer{stroke:#8d96a0}}";

/// The chart of the first run, which is the one under the system's allocator if that was measured; empty if `state` did
/// not take part.
pub fn write(report: &Report) -> String {
    let mut text = String::new();
    if let Some(run) = report.runs.first() {
        // Writing to a string cannot fail.
        let _ = chart(&mut text, run);
    }
    text
}

fn chart(text: &mut String, run: &Run) -> fmt::Result {
    let panel = HEAD + run.sets.len() * ROW;
    let height = TOP + CELLS.len() * panel + 30;
    writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\">\n<title>time of state as a share of the best peer's</title>\n\
         <style>{STYLE}</style>"
    )?;
    writeln!(text, "<text class=\"title\" x=\"0\" y=\"16\">Time of state; shorter is better</text>")?;
    writeln!(text, "<text class=\"quiet\" x=\"0\" y=\"36\">The line is the best peer of the row: 1.00</text>")?;
    for (at, (cell, title)) in CELLS.iter().enumerate() {
        section(text, run, (*cell, title), TOP + at * panel)?;
    }
    let foot = height - 6;
    writeln!(text, "<text class=\"quiet\" x=\"0\" y=\"{foot}\">{} allocator, medians</text>", run.allocator)?;
    writeln!(text, "</svg>")
}

/// Writes the bars of a cell in every set, with a line for the best peer through all of them.
fn section(text: &mut String, run: &Run, (cell, title): (Cell, &str), top: usize) -> fmt::Result {
    writeln!(text, "<text class=\"title\" x=\"0\" y=\"{}\">{title}</text>", top + 16)?;
    let rows = top + HEAD - 8;
    for (at, set) in run.sets.iter().enumerate() {
        let y = rows + at * ROW;
        writeln!(text, "<text x=\"0\" y=\"{}\">{}</text>", y + 12, set.name)?;
        if let Some(row) = set.row(cell) {
            bar(text, row, y)?;
        }
    }
    let (x, end) = (LABEL as f64 + BAR, rows + run.sets.len() * ROW - 4);
    writeln!(text, "<line class=\"peer\" x1=\"{x}\" y1=\"{rows}\" x2=\"{x}\" y2=\"{end}\"/>")
}

/// Writes the bar of a row, and its ratio to the time of the best peer, with that peer's name.
fn bar(text: &mut String, row: &Row, y: usize) -> fmt::Result {
    let (Some(state), Some(peer)) = (row.entry("state"), row.best_beside("state")) else { return Ok(()) };
    let ratio = state.to_best.map_or(1.0, |ratio| ratio.median);
    let verdict = if state.standing() == Standing::Tied { "tied".into() } else { share(ratio) };
    let width = (ratio.min(LONGEST) * BAR).max(1.0);
    writeln!(text, "<rect class=\"state\" x=\"{LABEL}\" y=\"{y}\" width=\"{width:.1}\" height=\"15\" rx=\"2\"/>")?;
    let after = LABEL as f64 + width.max(BAR) + 6.0;
    writeln!(text, "<text x=\"{after:.1}\" y=\"{}\">{verdict} {}</text>", y + 12, peer.peer)
}

/// Formats a ratio with two significant digits.
fn share(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.3}") } else { format!("{ratio:.2}") }
}
