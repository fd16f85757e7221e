//! `state upgrade`: converts the states in a file to another form.

use std::io::Write;
use std::path::Path;

use state_core::evolve::{Amendments, Form};
use state_core::image::save_bytes;

use crate::arguments::Upgrade;
use crate::input::{Input, Kind, shown};
use crate::{Failure, Outcome, Result};

pub fn run(arguments: &Upgrade, out: &mut impl Write) -> Result {
    let (input, to) = (Input::read(&arguments.file)?, Input::read(&arguments.to)?);
    let history = to.history().map_err(|error| error.of(&to.name))?;
    let older = written(&input, history.as_deref()).map_err(|error| error.of(&input.name))?;
    let form = target(arguments, &older, &to, history).map_err(|error| error.of(&to.name))?;
    let mut amendments = Amendments::default();
    amendments.default = arguments.amendments.default;
    amendments.removed.clone_from(&arguments.amendments.removed);
    amendments.aliases.clone_from(&arguments.amendments.alias);
    are_known(&amendments, &older, &form).map_err(|error| error.of(&input.name))?;
    let form = form.keep(&amendments);
    let obstacles = form.obstacles_by_option(&older);
    // A variant that is gone is an obstacle only for states that use it.
    if form.resolve(&older).is_err() {
        return Err(Failure::Said(format!(
            "{}: the states cannot be upgraded to {} without more options (or a program that converts them):\n  {}",
            input.name,
            form.name(),
            obstacles.join("\n  ")
        )));
    }
    let bytes = upgraded(&input, form, &older).map_err(|error| error.of(&input.name))?;
    match arguments.output.as_deref().unwrap_or(&arguments.file) {
        path if path == Path::new("-") => out.write_all(&bytes)?,
        path => save_bytes(path, &bytes).map_err(|error| Failure::from(error).of(&shown(path)))?,
    }
    Ok(Outcome::Done)
}

/// Checks that each name in the options occurs in the form that it refers to.
fn are_known(amendments: &Amendments, older: &Form, newer: &Form) -> Result<()> {
    let unknown = |option: &str, name: &str, form: &str, hint: &str| {
        Err(Failure::Said(format!("`{option}`: the {form} has no slot, variant or type named {name}{hint}")))
    };
    if let Some(name) = amendments.removed.iter().find(|name| !older.has_name(name)) {
        return unknown(&format!("--removed {name}"), name, "file", "");
    }
    for (old, new) in &amendments.aliases {
        let option = format!("--alias {old}={new}");
        let reversed = older.has_name(new) && newer.has_name(old);
        let hint =
            if reversed { format!(" (write `--alias {new}={old}`: the old name comes first)") } else { String::new() };
        if !older.has_name(old) {
            return unknown(&option, old, "file", &hint);
        }
        if !newer.has_name(new) {
            return unknown(&option, new, "form to upgrade to", &hint);
        }
    }
    Ok(())
}

/// The form that wrote a file: from its schema, or by its fingerprint if a history knows that.
fn written(input: &Input, history: Option<&[Form]>) -> Result<Form> {
    let known = input.form();
    if known.is_ok() || input.kind != Kind::State {
        return known;
    }
    let fingerprint =
        input.bytes.get(8..16).and_then(|bytes| bytes.first_chunk()).map(|bytes| u64::from_le_bytes(*bytes));
    let recorded = history.into_iter().flatten().find(|form| Some(form.fingerprint()) == fingerprint);
    recorded.cloned().map_or(known, Ok)
}

fn target(arguments: &Upgrade, older: &Form, to: &Input, history: Option<Vec<Form>>) -> Result<Form> {
    let forms = match history {
        Some(forms) => forms,
        None if arguments.form.is_none() => return to.form(),
        None => vec![to.form()?],
    };
    if let Some(fingerprint) = arguments.form {
        let found = forms.into_iter().find(|form| form.fingerprint() == fingerprint);
        return found.ok_or_else(|| Failure::Said(format!("no form with the fingerprint {fingerprint:016x}")));
    }
    let name = older.name();
    let now = arguments.amendments.alias.iter().find(|(old, _)| *old == name).map_or(&*name, |(_, now)| now);
    let found = forms.iter().rev().find(|form| form.name() == now).cloned();
    found.ok_or_else(|| {
        let mut names: Vec<String> = forms.iter().map(Form::name).collect();
        names.dedup();
        Failure::Said(format!(
            "no form of {now} (`--alias OLD=NEW` says what a type is called now); there are {}",
            names.join(", ")
        ))
    })
}

fn upgraded(input: &Input, form: &'static Form, older: &Form) -> Result<Vec<u8>> {
    if input.kind == Kind::Stream {
        let mut stream = Vec::new();
        input.reader()?.upgrade_into(form, &mut stream)?;
        return Ok(stream);
    }
    Ok(form.resolve(older)?.upgrade(&input.bytes)?)
}
