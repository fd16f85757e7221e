//! `state history`: the forms that a project has recorded, and what each change requires.

use std::io::Write;

use state_core::evolve::{Amendments, Form};

use crate::arguments::History;
use crate::diff::schemas;
use crate::input::Input;
use crate::{Failure, Outcome, Result};

pub fn run(arguments: &History, out: &mut impl Write) -> Result {
    let input = Input::read(&arguments.file)?;
    let named = |error: Failure| error.of(&input.name);
    let expected = "expected a history of forms, as `evolve::testing::recorded` keeps it";
    let none = || Failure::Said(format!("{expected}, found {}", input.found()));
    let forms = input.history().map_err(named)?.ok_or_else(|| named(none()))?;
    let mut names: Vec<String> = Vec::new();
    for form in &forms {
        let name = form.name();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if let Some(unknown) = arguments.types.iter().find(|wanted| !names.contains(wanted)) {
        return Err(named(Failure::Said(format!("no form of {unknown}; there are {}", names.join(", ")))));
    }
    names.retain(|name| arguments.types.is_empty() || arguments.types.contains(name));
    let mut outcome = Outcome::Done;
    for name in names {
        let forms: Vec<&Form> = forms.iter().filter(|form| form.name() == name).collect();
        if !of_type(&forms, out)? && arguments.check {
            outcome = Outcome::Differs;
        }
    }
    Ok(outcome)
}

/// Writes the forms of a type, oldest first; returns whether each can become the last as it is.
fn of_type(forms: &[&Form], out: &mut impl Write) -> Result<bool> {
    let Some((first, rest)) = forms.split_first() else { return Ok(true) };
    writeln!(out, "form {} {:016x}", first.name(), first.fingerprint())?;
    for line in first.to_string().lines() {
        writeln!(out, "  {line}")?;
    }
    let mut before = *first;
    for form in rest {
        schemas(&[before.clone(), (*form).clone()], out)?;
        takes(before, form, out)?;
        before = form;
    }
    let last = before.clone().keep(&Amendments::default());
    Ok(forms.iter().all(|form| last.obstacles(form).is_empty()))
}

/// Writes the attributes that are required to load states of one form as another.
fn takes(before: &Form, after: &Form, out: &mut impl Write) -> Result<()> {
    let obstacles = after.clone().keep(&Amendments::default()).obstacles(before);
    if obstacles.is_empty() {
        writeln!(out, "  older states become states of this form as they are")?;
    }
    for obstacle in obstacles {
        writeln!(out, "  {}", obstacle.replace('\n', "\n  "))?;
    }
    Ok(())
}
