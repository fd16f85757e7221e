//! The report as JSON: for other programs, and between the processes of one command.

use std::io::{Error, Result};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes a report, or a part of one.
///
/// # Errors
/// A file that cannot be written.
pub fn save<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    std::fs::write(path, text)
}

/// Reads what [`save`] wrote.
///
/// # Errors
/// A file that cannot be read, or has other contents.
pub fn open<T: DeserializeOwned>(path: &Path) -> Result<T> {
    serde_json::from_str(&std::fs::read_to_string(path)?).map_err(Error::from)
}
