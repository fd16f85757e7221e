//! Files, whose kind is recognised by how they begin.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use state_core::evolve::Form;
use state_core::image::stream::StreamReader;
use state_core::image::verify;
use state_core::pickle::{PickleOptions, Strings};

use crate::{Failure, Result};

/// The start of streams of native states.
const STREAM: &[u8] = b"\xd7STS";

/// The start of native files.
const MAGIC: &[u8] = b"\xd7STA";

/// The start of each form in a history.
const FORM: &str = "form ";

/// What to do with a pickle where a schema is needed.
const PICKLES: &str = ", which contains no types; `state inspect --tree` shows its values, and `--classes` the names of \
                       its classes";

/// The kinds of files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    State,
    Stream,
    Other,
}

pub struct Input {
    /// The name in errors.
    pub name: String,
    pub bytes: Vec<u8>,
    pub kind: Kind,
}

impl Input {
    pub fn read(path: &Path) -> Result<Self> {
        let name = shown(path);
        let bytes = bytes(path).map_err(|error| Failure::from(error).of(&name))?;
        let kind = match () {
            () if bytes.starts_with(MAGIC) => Kind::State,
            () if bytes.starts_with(STREAM) => Kind::Stream,
            () => Kind::Other,
        };
        let input = Self { name, bytes, kind };
        input.is_whole().map_err(|error| error.of(&input.name))?;
        Ok(input)
    }

    /// Verifies the checksum that a saved file has.
    fn is_whole(&self) -> Result<()> {
        if self.kind == Kind::State {
            verify(&self.bytes)?;
        }
        Ok(())
    }

    pub fn reader(&self) -> Result<StreamReader<&[u8]>> {
        let len = self.bytes.len() as u64;
        Ok(StreamReader::with_max_schema(&*self.bytes, len)?.max_state(len))
    }

    /// The form of the states.
    pub fn form(&self) -> Result<Form> {
        match self.kind {
            Kind::State => Ok(Form::open(&self.bytes)?),
            Kind::Stream => Ok(self.reader()?.form()?),
            Kind::Other => Err(self.not_native()),
        }
    }

    fn not_native(&self) -> Failure {
        let (found, hint) = (self.found(), if self.is_pickle() { PICKLES } else { "" });
        Failure::Said(format!("expected a native state or a stream of them, found {found}{hint}"))
    }

    /// What the file is, in words.
    pub fn found(&self) -> &'static str {
        match self.kind {
            Kind::State => "a native state",
            Kind::Stream => "a stream of native states",
            Kind::Other if self.bytes.is_empty() => "an empty file",
            Kind::Other if self.is_pickle() => "a pickle",
            Kind::Other if self.is_text() => "text",
            Kind::Other => "other bytes",
        }
    }

    /// Pickles of the oldest protocols are text, which only reading tells from other text.
    fn is_pickle(&self) -> bool {
        let is_binary = self.kind == Kind::Other && self.bytes.starts_with(b"\x80");
        is_binary || PickleOptions::new().strings(Strings::Latin1).open(&self.bytes).is_ok()
    }

    pub fn is_text(&self) -> bool {
        let is_binary = |letter: char| letter.is_control() && !letter.is_ascii_whitespace();
        std::str::from_utf8(&self.bytes).is_ok_and(|text| !text.contains(is_binary))
    }

    /// The forms that a history has recorded; `None` if the file is not a history.
    pub fn history(&self) -> Result<Option<Vec<Form>>> {
        let text = match std::str::from_utf8(&self.bytes) {
            Ok(text) if text.lines().any(|line| line.starts_with(FORM)) => text,
            _ => return Ok(None),
        };
        Ok(Some(Form::recorded(text)?))
    }
}

/// The name of a file, without control characters, which a terminal would act on.
pub fn shown(path: &Path) -> String {
    let name = path.display().to_string();
    if name.contains(char::is_control) { format!("{name:?}") } else { name }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    static READ: AtomicBool = AtomicBool::new(false);
    if path != Path::new("-") {
        return fs::read(path);
    }
    if READ.swap(true, Ordering::Relaxed) {
        return Err(io::Error::other("the standard input can be read only once"));
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}
