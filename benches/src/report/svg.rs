//! The bar chart for the README: `state` beside the best peer, in three cells and every set. Readable in light and dark.

use std::fmt::{self, Write};

use super::{Cell, Report, Row, Run, SetResult, Standing, time};

const CELLS: [(Cell, &str); 3] =
    [(Cell::Serialize, "serialize"), (Cell::Load, "load"), (Cell::Restore, "restore in place")];

/// Lengths in pixels.
const LABEL: usize = 130;
const PANEL: usize = 240;
const BAR: f64 = 110.0;
const ROW: usize = 40;
const TOP: usize = 84;

/// A bar that is longer than this many times the peer's is cut off there.
const LONGEST: f64 = 1.25;

const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:14px}.small{font-size:10.5px}\
.quiet{fill:#656d76}.state{fill:#0969da}.peer{fill:#afb8c1}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.quiet{fill:#8d96a0}.state{fill:#4493f8}.peer{fill:#484f58}}";

/// The chart of the first run, which is the one under the system's allocator if that was measured. Empty where `state`
/// did not take part.
pub fn write(report: &Report) -> String {
    let mut text = String::new();
    if let Some(run) = report.runs.first() {
        // Writing to a string cannot fail.
        let _ = chart(&mut text, run);
    }
    text
}

fn chart(text: &mut String, run: &Run) -> fmt::Result {
    let (width, height) = (LABEL + CELLS.len() * PANEL, TOP + run.sets.len() * ROW + 24);
    writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n<title>state beside the best peer of each cell</title>\n\
         <style>{STYLE}</style>"
    )?;
    writeln!(text, "<text class=\"title\" x=\"0\" y=\"16\">Time beside the best peer; shorter is better</text>")?;
    writeln!(
        text,
        "<text class=\"quiet\" x=\"0\" y=\"36\">Blue: state, with its share of the best peer's time. Grey: that peer.</text>"
    )?;
    for (at, (_, title)) in CELLS.iter().enumerate() {
        writeln!(text, "<text class=\"title\" x=\"{}\" y=\"{}\">{title}</text>", LABEL + at * PANEL, TOP - 18)?;
    }
    for (at, set) in run.sets.iter().enumerate() {
        let y = TOP + at * ROW;
        writeln!(text, "<text x=\"0\" y=\"{}\">{}</text>", y + 17, set.name)?;
        panels(text, set, y)?;
    }
    let foot = height - 6;
    writeln!(text, "<text class=\"small quiet\" x=\"0\" y=\"{foot}\">{} allocator, medians</text>", run.allocator)?;
    writeln!(text, "</svg>")
}

fn panels(text: &mut String, set: &SetResult, y: usize) -> fmt::Result {
    for (at, (cell, _)) in CELLS.iter().enumerate() {
        if let Some(row) = set.row(*cell) {
            pair(text, row, (LABEL + at * PANEL, y))?;
        }
    }
    Ok(())
}

/// The two bars of a cell. The peer's has always the same length.
fn pair(text: &mut String, row: &Row, (x, y): (usize, usize)) -> fmt::Result {
    let (Some(state), Some(peer)) = (row.entry("state"), row.best_beside("state")) else { return Ok(()) };
    let ratio = state.to_best.map_or(1.0, |ratio| ratio.median);
    let verdict = if state.standing() == Standing::Tied { "tied".into() } else { share(ratio) };
    let own = format!("{} ({verdict})", time(state.time.median));
    bar(text, ("state", ratio.min(LONGEST)), (x, y), &own)?;
    bar(text, ("peer", 1.0), (x, y + 15), &format!("{} {}", peer.peer, time(peer.time.median)))
}

/// A ratio in two digits that count.
fn share(ratio: f64) -> String {
    if ratio < 0.1 { format!("{ratio:.3}") } else { format!("{ratio:.2}") }
}

fn bar(text: &mut String, (class, share): (&str, f64), (x, y): (usize, usize), label: &str) -> fmt::Result {
    let width = (share * BAR).max(1.0);
    let after = x as f64 + width + 4.0;
    writeln!(text, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width:.1}\" height=\"12\" rx=\"2\"/>")?;
    writeln!(text, "<text class=\"small\" x=\"{after:.1}\" y=\"{}\">{label}</text>", y + 10)
}
