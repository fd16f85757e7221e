//! `state inspect`: the safe way to look into an untrusted file, because nothing in it is imported or called.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use state_core::pickle::{PickleOptions, Strings};
use state_core::{Error, ErrorKind, Inspection, evolve};

use crate::arguments::{Encoding, Inspect};
use crate::input::{Input, Kind};
use crate::{Failure, Outcome, Result, note, tell};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Line,
    Tree,
    Schema,
    Operations,
    Classes,
}

pub fn run(arguments: &Inspect, out: &mut impl Write) -> Result {
    let form = match arguments {
        Inspect { tree: true, .. } => Form::Tree,
        Inspect { schema: true, .. } => Form::Schema,
        Inspect { ops: true, .. } => Form::Operations,
        Inspect { classes: true, .. } => Form::Classes,
        _ => Form::Line,
    };
    let strings = match arguments.encoding {
        Encoding::Ascii => Strings::Ascii,
        Encoding::Latin1 => Strings::Latin1,
        Encoding::Utf8 => Strings::Utf8,
        Encoding::Bytes => Strings::Bytes,
    };
    let mut failed = 0;
    for file in &arguments.files {
        match one(file, form, strings, out) {
            Err(Failure::Said(text)) => {
                out.flush()?;
                tell(&text);
                failed += 1;
            }
            shown => shown?,
        }
    }
    Ok(match failed {
        0 => Outcome::Done,
        _ if failed < arguments.files.len() => Outcome::SomeFailed,
        _ => Outcome::AllFailed,
    })
}

fn one(file: &Path, form: Form, strings: Strings, out: &mut impl Write) -> Result<()> {
    let input = Input::read(file)?;
    let history = input.history().map_err(|error| error.of(&input.name))?;
    let shown = match input.kind {
        Kind::Other if history.is_some() => forms(&input, &history.unwrap_or_default(), form, out),
        _ if form == Form::Schema => schema(&input, out),
        Kind::State => Inspection::open(&input.bytes)
            .map_err(Failure::from)
            .and_then(|inspection| state(&input.name, &inspection, input.bytes.len(), form, out)),
        Kind::Stream => stream(&input, form, out),
        Kind::Other => pickles(&input, form, strings, out),
    };
    shown.map_err(|error| error.of(&input.name))
}

fn schema(input: &Input, out: &mut impl Write) -> Result<()> {
    listing(&input.name, &input.form()?, out)
}

/// Writes the forms that a history has recorded; it has no values.
fn forms(input: &Input, forms: &[evolve::Form], form: Form, out: &mut impl Write) -> Result<()> {
    if let Form::Operations | Form::Classes = form {
        return Err(Failure::Said("a recorded history has schemas alone; without options, they are listed".into()));
    }
    forms.iter().try_for_each(|form| listing(&input.name, form, out))
}

fn listing(name: &str, form: &evolve::Form, out: &mut impl Write) -> Result<()> {
    writeln!(out, "{name}: {}, fingerprint {:016x}", form.name(), form.fingerprint())?;
    for line in form.to_string().lines() {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

fn stream(input: &Input, form: Form, out: &mut impl Write) -> Result<()> {
    let mut reader = input.reader()?;
    while reader.advance()? {
        state(&input.name, &reader.inspect()?, reader.image().len(), form, out)?;
    }
    Ok(())
}

fn state(name: &str, inspection: &Inspection<'_>, size: usize, form: Form, out: &mut impl Write) -> Result<()> {
    match form {
        Form::Tree => {
            writeln!(out, "{name}: {size} bytes, fingerprint {:016x}", inspection.fingerprint())?;
            let mut text = Utf8(out, Ok(()));
            let tree = inspection.write_tree(&mut text);
            text.1?;
            Ok(tree?)
        }
        Form::Operations => Err(Failure::Said("a native state has no opcodes; `--tree` shows its slots".into())),
        Form::Classes => match inspection.tag() {
            Some(tag) => Ok(writeln!(out, "{name}: {}", tag.escape_debug())?),
            None => Ok(()),
        },
        Form::Line | Form::Schema => Ok(writeln!(out, "{name}: {}", inspection.value()?)?),
    }
}

/// Writes pickles that follow one another.
fn pickles(input: &Input, form: Form, strings: Strings, out: &mut impl Write) -> Result<()> {
    // Neither opcodes nor names require decoding of text.
    let strings = if matches!(form, Form::Operations | Form::Classes) { Strings::Latin1 } else { strings };
    let (options, name) = (PickleOptions::new().strings(strings), &input.name);
    let mut start = 0;
    loop {
        let rest = &input.bytes[start..];
        let place = |error: Error| {
            let offset = start + error.offset().unwrap_or_default();
            error.at_byte(offset)
        };
        let pickle = match options.open(rest) {
            // Python stops after the first pickle, whatever follows it.
            Err(_) if start > 0 && !rest.starts_with(b"\x80") => {
                out.flush()?;
                let follow = if let [_] = rest { "byte follows" } else { "bytes follow" };
                note(&format!("{name}: {} {follow} the pickle, from byte {start}", rest.len()));
                return Ok(());
            }
            Err(error) if start == 0 && !rest.starts_with(b"\x80") => return Err(unknown(input, &error)),
            opened => opened.map_err(place)?,
        };
        match form {
            Form::Tree => writeln!(out, "{name}: {pickle:#}")?,
            Form::Operations => {
                writeln!(out, "{name}: {} bytes from byte {start}", pickle.len())?;
                pickle.operations().try_for_each(|operation| writeln!(out, "{operation}"))?;
            }
            Form::Classes => {
                for class in pickle.classes().map_err(place)? {
                    writeln!(out, "{name}: {}", class.as_str().escape_debug())?;
                }
            }
            Form::Line | Form::Schema => writeln!(out, "{name}: {pickle}")?,
        }
        start += pickle.len();
        if start == input.bytes.len() {
            return Ok(());
        }
    }
}

/// The error for a file that begins like none that can be shown. Pickles of the oldest protocols can begin with any of
/// their opcodes.
fn unknown(input: &Input, error: &Error) -> Failure {
    let found = match error.kind() {
        _ if input.bytes.is_empty() => "an empty file".into(),
        ErrorKind::NotState if !error.hint().is_empty() => format!("{} at byte 0; {}", error.found(), error.hint()),
        ErrorKind::NotState if input.is_text() => "text".into(),
        ErrorKind::NotState => format!("{} at byte 0", error.found()),
        _ => format!("{} (read as a pickle: {error})", input.found()),
    };
    Failure::Said(format!("expected a native state, a stream of them, a pickle or a recorded history, found {found}"))
}

/// A writer of text over a writer of bytes, and the result of the last write.
struct Utf8<'w, W>(&'w mut W, io::Result<()>);

impl<W: Write> fmt::Write for Utf8<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.1 = self.0.write_all(text.as_bytes());
        self.1.as_ref().map_or(Err(fmt::Error), |()| Ok(()))
    }
}
