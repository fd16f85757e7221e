//! The counts of this run, and those stored in the repository.

use std::fmt::Write;
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arguments::Arguments;
use crate::forms;

const ABOUT: &str =
    "# Instructions of each cell. `cargo run --profile PROFILE -- --store` in this folder writes them anew.";

/// The file for the profile that this program was built in, which is the name of the folder that contains it.
fn path() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let profile = program.parent().and_then(Path::file_name).unwrap_or_default();
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).join("counts").join(profile).with_extension("txt"))
}

/// The prefix of the line with the versions of the compiler and the C library.
const MADE_WITH: &str = "# Made with: ";

/// Instructions by the names of the cells.
#[derive(Default)]
pub struct Counts {
    /// The versions of the tools that affect the counts.
    pub made_with: String,
    pub cells: Vec<(String, u64)>,
}

impl Counts {
    /// Empty counts for the tools of this machine.
    pub fn of_this_machine() -> Self {
        let made_with = ["rustc", "ldd", "valgrind"].map(version).join("; ");
        Self { made_with, cells: Vec::new() }
    }

    /// The stored counts; empty where there is no file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn stored() -> Result<Self> {
        let text = match std::fs::read_to_string(path()?) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            text => text?,
        };
        let made_with = text.lines().find_map(|line| line.strip_prefix(MADE_WITH)).unwrap_or_default().into();
        Ok(Self { made_with, ..Self::read(&text) })
    }

    /// Parses a text with one cell a line.
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
    /// The file cannot be written.
    pub fn store(&self) -> Result<()> {
        let mut text = format!("{ABOUT}\n{MADE_WITH}{}\n", self.made_with);
        for (name, count) in &self.cells {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name} {count}");
        }
        std::fs::write(path()?, text)
    }

    /// Replaces the counts of the requested cells.
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

/// Whether a cell's count is only shown: it is neither stored nor compared.
pub fn is_shown_alone(name: &str) -> bool {
    name.split(' ').next() == Some(forms::NAME)
}

/// The first line that a program prints for `--version`.
fn version(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or(program).trim().to_owned()
}
