//! The table of a set, as columns of text, shown both in the terminal and in Markdown.

use super::{Cell, Entry, Row, SetResult, Size, Standing, bytes, time};

/// The cells of a table as text, header first.
pub struct Table(pub Vec<Vec<String>>);

impl Table {
    pub fn of(set: &SetResult) -> Self {
        let cells: Vec<Cell> = Cell::ALL.into_iter().filter(|&cell| set.row(cell).is_some()).collect();
        let header = ["", "bytes"].into_iter().chain(cells.iter().map(|cell| cell.title())).map(String::from);
        let mut rows = vec![header.collect()];
        rows.extend(set.sizes.iter().map(|size| peer(set, size, &cells)));
        rows.extend([Cell::Clone, Cell::Memcpy].iter().filter_map(|&floor| floor_row(set.row(floor)?, &cells)));
        if set.sizes.iter().any(|size| size.peer == "state") {
            rows.extend([ratios(set, &cells), rivals(set, &cells)]);
        }
        Self(rows)
    }

    /// The width of each column.
    pub fn widths(&self) -> Vec<usize> {
        let width = |column: usize| self.0.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        (0..self.0[0].len()).map(width).collect()
    }
}

fn peer(set: &SetResult, size: &Size, cells: &[Cell]) -> Vec<String> {
    let times = cells.iter().map(|&cell| {
        let Some(entry) = set.row(cell).and_then(|row| row.entry(&size.peer)) else { return "-".into() };
        let assigned = matches!(cell, Cell::Restore | Cell::RestoreOther) && !size.restores;
        measured(entry, assigned)
    });
    [size.peer.clone(), bytes(size.bytes)].into_iter().chain(times).collect()
}

/// Formats an entry: the best is marked with a star, one tied with it with `=`; a restore by load and assignment is in
/// parentheses.
fn measured(entry: &Entry, assigned: bool) -> String {
    let mark = match entry.standing() {
        Standing::First if entry.to_best.is_some() => "*",
        Standing::Tied => "=",
        Standing::First | Standing::Behind => "",
    };
    let text = format!("{} ±{:.0}%", time(entry.time.median), entry.time.percent());
    if assigned { format!("{mark}({text})") } else { format!("{mark}{text}") }
}

/// The row of a lower bound: `clone()` appears in the columns that make a value, memcpy in those that copy or read
/// bytes.
fn floor_row(row: &Row, cells: &[Cell]) -> Option<Vec<String>> {
    let entry = row.entries.first()?;
    let applies = |cell: Cell| match cell {
        Cell::Load => row.cell == Cell::Clone,
        Cell::Serialize | Cell::Restore | Cell::RestoreOther | Cell::Check => row.cell == Cell::Memcpy,
        Cell::Borrow | Cell::Clone | Cell::Memcpy => false,
    };
    let title = if row.cell == Cell::Clone { "floor: clone()" } else { "floor: memcpy" };
    let times = cells.iter().map(|&cell| if applies(cell) { measured(entry, false) } else { String::new() });
    Some([title.to_owned(), String::new()].into_iter().chain(times).collect())
}

/// The entry of `state` in a cell, with the ratio to the best peer.
fn standing(set: &SetResult, cell: Cell) -> Option<(&Entry, f64)> {
    let entry = set.row(cell)?.entry("state")?;
    Some((entry, entry.to_best?.median))
}

fn ratios(set: &SetResult, cells: &[Cell]) -> Vec<String> {
    let texts = cells.iter().map(|&cell| match standing(set, cell) {
        None => String::new(),
        Some((entry, ratio)) => match entry.standing() {
            Standing::First => format!("{ratio:.3} first"),
            Standing::Tied => format!("{ratio:.3} tie"),
            Standing::Behind => format!("{ratio:.3} behind"),
        },
    });
    ["state : best peer".to_owned(), String::new()].into_iter().chain(texts).collect()
}

fn rivals(set: &SetResult, cells: &[Cell]) -> Vec<String> {
    let rival = |cell| Some(set.row(cell)?.best_beside("state")?.peer.clone());
    let texts = cells.iter().map(|&cell| rival(cell).unwrap_or_default());
    ["best peer".to_owned(), String::new()].into_iter().chain(texts).collect()
}
