//! The counts, as they are made and as they are stored in the repository.

use std::fmt::Write;
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arguments::Arguments;
use crate::forms;

const ABOUT: &str =
    "# Instructions of each cell. `cargo run --profile PROFILE -- --store` in this folder writes them anew.";

/// The file of the profile that this program was built in, which is the name of the folder it lies in.
fn path() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let profile = program.parent().and_then(Path::file_name).unwrap_or_default();
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).join("counts").join(profile).with_extension("txt"))
}

/// What stands before the names of the compiler and the C library.
const MADE_WITH: &str = "# Made with: ";

/// Instructions by the names of the cells.
#[derive(Default)]
pub struct Counts {
    /// What the counts hang on beside the code.
    pub made_with: String,
    pub cells: Vec<(String, u64)>,
}

impl Counts {
    /// None yet.
    pub fn of_this_machine() -> Self {
        let made_with = ["rustc", "ldd", "valgrind"].map(version).join("; ");
        Self { made_with, cells: Vec::new() }
    }

    /// Those that are stored; none where there is no file.
    ///
    /// # Errors
    /// Those of reading.
    pub fn stored() -> Result<Self> {
        let text = match std::fs::read_to_string(path()?) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            text => text?,
        };
        let made_with = text.lines().find_map(|line| line.strip_prefix(MADE_WITH)).unwrap_or_default().into();
        Ok(Self { made_with, ..Self::read(&text) })
    }

    /// Those of a text with a cell in each line.
    pub fn read(text: &str) -> Self {
        let cell = |line: &str| {
            let (name, count) = line.rsplit_once(' ')?;
            Some((name.to_owned(), count.parse().ok()?))
        };
        let cells = text.lines().filter(|line| !line.starts_with('#')).filter_map(cell).collect();
        Self { cells, ..Self::default() }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Those of writing.
    pub fn store(&self) -> Result<()> {
        let mut text = format!("{ABOUT}\n{MADE_WITH}{}\n", self.made_with);
        for (name, count) in &self.cells {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name} {count}");
        }
        std::fs::write(path()?, text)
    }

    /// Puts new counts in the place of those that were asked for.
    pub fn replace(&mut self, counts: Self, arguments: &Arguments) {
        self.made_with = counts.made_with;
        self.cells.retain(|(name, _)| !arguments.wants_cell(name));
        self.cells.extend(counts.cells.into_iter().filter(|(name, _)| !is_shown_alone(name)));
        self.cells.sort();
    }

    pub fn get(&self, name: &str) -> Option<u64> {
        self.cells.iter().find(|cell| cell.0 == name).map(|cell| cell.1)
    }
}

/// Whether a cell is counted to be looked at, and compared with nothing.
pub fn is_shown_alone(name: &str) -> bool {
    name.split(' ').next() == Some(forms::NAME)
}

/// The first line of what a program says of its version.
fn version(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or(program).trim().to_owned()
}
