//! `state python`: the Python classes for the contents of a file.

use std::fs;
use std::io::Write;
use std::path::Path;

use state_core::evolve::Form;
use state_core::image::save_bytes;
use state_core::pickle::PythonModule;

use crate::arguments::Python;
use crate::input::{Input, shown};
use crate::{Failure, Outcome, Result, note};

/// The note about what a file does not contain.
const FORMS: &str = "these classes are for types without `#[state(pickle = \"..\")]`, which files do not contain; if the \
                     types have it, pass its value with `--pickle`";

pub fn run(arguments: &Python, out: &mut impl Write) -> Result {
    let input = Input::read(&arguments.file)?;
    let modules = modules(arguments, &input).map_err(|error| error.of(&input.name))?;
    if arguments.pickle.is_empty() {
        note(FORMS);
    }
    if let Some(folder) = &arguments.output {
        for module in &modules {
            put(folder, module, &modules)?;
        }
        return Ok(Outcome::Done);
    }
    match &*modules {
        [only] => write!(out, "{}", only.source)?,
        many => {
            let names: Vec<&str> = many.iter().map(|module| &*module.name).collect();
            let names = names.join(", ");
            let said = format!("{}: classes of several modules: {names}; `--output FOLDER` writes each", input.name);
            return Err(Failure::Said(said));
        }
    }
    Ok(Outcome::Done)
}

fn modules(arguments: &Python, input: &Input) -> Result<Vec<PythonModule>> {
    let forms = match input.history()? {
        Some(forms) => forms,
        None => vec![input.form()?],
    };
    let mut form = wanted(arguments, forms)?;
    for word in &arguments.pickle {
        form = form.with_pickle(word.word())?;
    }
    Ok(form.python_modules()?)
}

/// The last form of the requested type, or of the only one.
fn wanted(arguments: &Python, forms: Vec<Form>) -> Result<Form> {
    let mut names: Vec<String> = forms.iter().map(Form::name).collect();
    names.sort();
    names.dedup();
    let wanted = match (&arguments.type_name, &*names) {
        (Some(wanted), _) | (None, [wanted]) => wanted.clone(),
        _ => return Err(Failure::Said(format!("`--type` says which type; there are {}", names.join(", ")))),
    };
    let found = forms.into_iter().rev().find(|form| form.name() == wanted);
    found.ok_or_else(|| Failure::Said(format!("no form of {wanted}; there are {}", names.join(", "))))
}

/// Writes a module to its place in a folder; one that contains others becomes a package.
fn put(folder: &Path, module: &PythonModule, all: &[PythonModule]) -> Result<()> {
    // Names come from a file that may be untrusted.
    let is_plain = |part: &str| !part.is_empty() && !part.contains(['/', '\\', ':', '\0']) && part != "..";
    if !module.name.split('.').all(is_plain) {
        return Err(Failure::Said(format!("{:?} is not the name of a module", module.name)));
    }
    let inside = format!("{}.", module.name);
    let mut path = folder.to_path_buf();
    path.extend(module.name.split('.'));
    if all.iter().any(|other| other.name.starts_with(&inside)) {
        path.push("__init__");
    }
    path.as_mut_os_string().push(".py");
    let failed = |error: std::io::Error| Failure::from(error).of(&shown(&path));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    save_bytes(&path, module.source.as_bytes()).map_err(failed)
}
