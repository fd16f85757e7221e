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

/// How a command ended that had no error.
enum Outcome {
    Done,
    /// Of a comparison, or if something keeps states from being upgraded.
    Differs,
    /// For some of several files; their errors were printed.
    SomeFailed,
    /// For all files; their errors were printed.
    AllFailed,
}

/// An error to be printed, or a closed output.
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
    /// Adds the name of a file.
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
    // Errors are printed after the results before them.
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

/// Prints a note, which is not an error and does not change the exit status.
fn note(text: &str) {
    say("note", text);
}

fn say(kind: &str, text: &str) {
    // If standard error is closed, nothing can be reported.
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
