//! What the program takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Looks into files of states and pickles, compares and upgrades them.
///
/// A native file or stream is read by the schema in it; a pickle is read without one. Nothing is imported or called, and
/// no file is trusted.
#[derive(Parser)]
#[command(name = "state", version, max_term_width = 100, after_help = EXITS)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

const EXITS: &str = "\
Exit status: 0 if all went well; 1 if there is a difference, or one of several files could not be shown; 2 for any other \
error.";

#[derive(Subcommand)]
pub enum Command {
    Inspect(Inspect),
    Diff(Diff),
    Upgrade(Upgrade),
    History(History),
    Python(Python),
}

/// Print what native files, streams and pickles hold
///
/// Each state is printed on a line, as Python's repr. Nothing in a pickle is imported or called.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Inspect {
    /// Files of states, streams of them, or pickles; `-` is the standard input
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// As a tree with a line for each slot
    #[arg(long, conflicts_with_all = ["schema", "ops", "classes"])]
    pub tree: bool,
    /// What states consist of, instead of what they hold: the slots with their types
    #[arg(long, conflicts_with_all = ["ops", "classes"])]
    pub schema: bool,
    /// The opcodes of pickles, as `python3 -m pickletools` lists them
    #[arg(long, conflicts_with = "classes")]
    pub ops: bool,
    /// The classes and functions that Python would import for a pickle
    #[arg(long)]
    pub classes: bool,
    /// What 8-bit strings of Python 2 are read as
    #[arg(long, value_enum, default_value_t = Encoding::Ascii, ignore_case = true)]
    pub encoding: Encoding,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Encoding {
    #[value(alias = "us-ascii")]
    Ascii,
    #[value(name = "latin1", alias = "latin-1", alias = "latin_1", alias = "iso-8859-1", alias = "l1")]
    Latin1,
    #[value(name = "utf-8", alias = "utf8", alias = "utf_8")]
    Utf8,
    Bytes,
}

/// Compare two native files or streams, slot by slot
///
/// If they are of different forms, the lines of their schemas are compared, and, if states of the first can become
/// states of the second, what they hold then.
#[derive(Args)]
pub struct Diff {
    pub ours: PathBuf,
    pub theirs: PathBuf,
    /// Compare the schemas alone
    #[arg(long)]
    pub schema: bool,
    /// How many differences to print of a pair of states
    #[arg(long, default_value_t = 100, value_name = "COUNT")]
    pub most: usize,
}

/// Make states of another form from those in a file
///
/// The form is that of another file of states, or one that a history (`state.history`) has recorded: the last one of the
/// same type, if no other is named. What attributes say in a program, options say here. Nothing is dropped or made up
/// without them.
#[derive(Args)]
pub struct Upgrade {
    /// A file of a state, or a stream of them; `-` is the standard input
    pub file: PathBuf,
    /// The history, or the file of states, that has the form
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// The fingerprint of a form in the history
    #[arg(long, value_parser = fingerprint)]
    pub form: Option<u64>,
    /// Where the result goes; a file is replaced as a whole or not at all [default: in the place of FILE]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub amendments: Amendments,
}

#[derive(Args)]
pub struct Amendments {
    /// Fill slots that FILE does not have: with zeros, what is empty, and the first variants
    #[arg(long)]
    pub default: bool,
    /// Drop a slot of FILE; say that it has no such variant
    #[arg(long, value_name = "NAME")]
    pub removed: Vec<String>,
    /// What a slot, variant or type is called now that has another name in FILE
    #[arg(long, value_name = "OLD=NEW", value_parser = alias)]
    pub alias: Vec<(String, String)>,
}

/// Show the forms that a history has recorded, and what each change takes
///
/// Of each form, the lines that changed since the one before it, and what has to be written in the program, if anything,
/// so that states of that one load.
#[derive(Args)]
pub struct History {
    /// The history: the file that `evolve::testing::recorded` keeps
    pub file: PathBuf,
    /// The types to show [default: all]
    pub types: Vec<String>,
    /// Exit with 1 if the last form of a type cannot be made from each form before it without writing anything
    #[arg(long)]
    pub check: bool,
}

/// Write the Python classes for what is in a file
///
/// A module of dataclasses with type annotations, and enums: what Python needs to load the pickles of the Rust program,
/// and to write those that it reads.
#[derive(Args)]
pub struct Python {
    /// A file of a state, a stream of them, or a history; `-` is the standard input
    pub file: PathBuf,
    /// Which type of a history: the last form of it
    #[arg(long = "type", value_name = "NAME")]
    pub type_name: Option<String>,
    /// How the program pickles its types, if it says so by `#[state(pickle = "..")]`, which no file tells
    #[arg(long, value_enum, value_name = "FORM")]
    pub pickle: Vec<Pickled>,
    /// A folder for the modules, each at its place [default: the only module goes to the standard output]
    #[arg(long, short, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Pickled {
    Dict,
    Cython,
    Call,
    Enum,
}

impl Pickled {
    /// What the attribute says.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dict => "dict",
            Self::Cython => "cython",
            Self::Call => "call",
            Self::Enum => "enum",
        }
    }
}

fn fingerprint(text: &str) -> Result<u64, String> {
    u64::from_str_radix(text, 16).map_err(|_| "a fingerprint has 16 digits, as the history shows it".into())
}

fn alias(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((old, new)) if !old.is_empty() && !new.is_empty() => Ok((old.into(), new.into())),
        _ => Err("write it as OLD=NEW".into()),
    }
}
