//! `state`: shows files of states, compares and upgrades them, and writes the Python classes for them.

mod arguments;
mod diff;
mod history;
mod input;
mod inspect;
mod python;
mod upgrade;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};

/// How a command ended that met no error.
enum Outcome {
    Done,
    /// Of a comparison, or where something keeps states from being upgraded.
    Differs,
    /// Of some of several files; the errors were told.
    SomeFailed,
    /// Of all files; the errors were told.
    AllFailed,
}

/// What a program is told that went wrong, or that nobody reads its output any more.
#[derive(Debug)]
enum Failure {
    Said(String),
    Closed,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Said(error.to_string()) }
    }
}

impl From<state_core::Error> for Failure {
    fn from(error: state_core::Error) -> Self {
        Self::Said(error.to_string())
    }
}

impl Failure {
    /// The same of a file.
    fn of(self, name: &str) -> Self {
        match self {
            Self::Said(text) => Self::Said(format!("{name}: {text}")),
            Self::Closed => Self::Closed,
        }
    }
}

type Result<T = Outcome> = std::result::Result<T, Failure>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    let result = run(&arguments.command, &mut out);
    // An error comes behind what was found before it.
    let result = out.flush().map_err(Failure::from).and(result);
    match result {
        Ok(Outcome::Done) | Err(Failure::Closed) => ExitCode::SUCCESS,
        Ok(Outcome::Differs | Outcome::SomeFailed) => ExitCode::FAILURE,
        Ok(Outcome::AllFailed) => ExitCode::from(2),
        Err(Failure::Said(text)) => {
            tell(&text);
            ExitCode::from(2)
        }
    }
}

fn tell(text: &str) {
    say("error", text);
}

/// What is no error, and changes no exit status.
fn note(text: &str) {
    say("note", text);
}

fn say(kind: &str, text: &str) {
    // Where nobody reads errors, there is nobody to tell.
    let _ = writeln!(io::stderr(), "{kind}: {text}");
}

fn run(command: &Command, out: &mut impl Write) -> Result {
    match command {
        Command::Inspect(arguments) => inspect::run(arguments, out),
        Command::Diff(arguments) => diff::run(arguments, out),
        Command::Upgrade(arguments) => upgrade::run(arguments, out),
        Command::History(arguments) => history::run(arguments, out),
        Command::Python(arguments) => python::run(arguments, out),
    }
}
