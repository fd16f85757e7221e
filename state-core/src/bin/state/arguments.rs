//! The command-line arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Shows, compares and upgrades files of states and pickles.
///
/// Native files and streams are read with the schema that they contain; pickles need none. Nothing is imported or
/// called, so hostile files are safe to inspect.
#[derive(Parser)]
#[command(name = "state", version, max_term_width = 100, after_help = EXITS)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

const EXITS: &str = "\
Exit status: 0 on success; 1 if files differ, or only some of several files could be shown; 2 for all other errors.";

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
/// Each state is printed on a line, as Python's repr. Nothing in a pickle is imported or called. Of a recorded history
/// (`state.history`), the types are printed.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Inspect {
    /// Files of states, streams of them, pickles, or recorded histories; `-` is the standard input
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// As a tree with a line for each slot
    #[arg(long, conflicts_with_all = ["schema", "ops", "classes"])]
    pub tree: bool,
    /// The types of the slots instead of their values
    #[arg(long, conflicts_with_all = ["ops", "classes"])]
    pub schema: bool,
    /// The opcodes of pickles, as `python3 -m pickletools` lists them
    #[arg(long, conflicts_with = "classes")]
    pub ops: bool,
    /// The classes and functions that Python would import for a pickle
    #[arg(long)]
    pub classes: bool,
    /// The encoding of 8-bit strings of Python 2
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
/// If their types differ, the lines of their schemas are compared, and, if the first can be upgraded to the type of the
/// second, their values too.
#[derive(Args)]
pub struct Diff {
    /// A file of a state, or a stream of them; `-` is the standard input
    #[arg(value_name = "OLD")]
    pub ours: PathBuf,
    /// The file to compare with it
    #[arg(value_name = "NEW")]
    pub theirs: PathBuf,
    /// Compare the schemas alone
    #[arg(long)]
    pub schema: bool,
    /// The most differences to print for each pair of states
    #[arg(long, default_value_t = 100, value_name = "COUNT")]
    pub most: usize,
}

/// Convert a file to another form of its type
///
/// The form is that of another file, or one recorded in a history (`state.history`): by default, the last one of the
/// same type. Changes that need an attribute in a program (`default`, `removed`, `alias`) need an option here: without
/// it, nothing is dropped or filled in.
#[derive(Args)]
pub struct Upgrade {
    /// A file of a state, or a stream of them; `-` is the standard input
    pub file: PathBuf,
    /// A history, or a file of the form to convert to
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// The fingerprint of the form [default: in a history, the last form of the type]
    #[arg(long, value_parser = fingerprint)]
    pub form: Option<u64>,
    /// Where to write the result, atomically; `-` is the standard output [default: replace FILE]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub amendments: Amendments,
}

#[derive(Args)]
pub struct Amendments {
    /// Fill slots that FILE does not have: with zero, empty values and first variants
    #[arg(long)]
    pub default: bool,
    /// Drop a slot of FILE, or ignore a variant that its states do not use
    #[arg(long, value_name = "NAME")]
    pub removed: Vec<String>,
    /// The new name of a slot, variant or type that has another one in FILE
    #[arg(long, value_name = "OLD=NEW", value_parser = alias)]
    pub alias: Vec<(String, String)>,
}

/// Show the recorded forms of a history, and what each change needs
///
/// For each form: the lines that changed since the one before it, and the attributes that a program needs to load
/// states of that one. A history does not record which attributes the program has.
#[derive(Args)]
pub struct History {
    /// The history: the file that `evolve::testing::recorded` keeps
    pub file: PathBuf,
    /// The types to show [default: all]
    pub types: Vec<String>,
    /// Exit with 1 unless states of every form load as the last one without any attribute. Where the program has
    /// attributes, use the test `evolve::testing::recorded` instead
    #[arg(long)]
    pub check: bool,
}

/// Write Python classes for the contents of a file
///
/// A module of dataclasses with type annotations, and enums: what Python needs to load the pickles of the Rust program,
/// and to write those that it reads.
#[derive(Args)]
pub struct Python {
    /// A file of a state, a stream of them, or a history; `-` is the standard input
    pub file: PathBuf,
    /// The type; of one in a history, the last form is used
    #[arg(long = "type", value_name = "NAME")]
    pub type_name: Option<String>,
    /// The form in which the program pickles its types (`#[state(pickle = "..")]`), which files do not contain
    #[arg(long, value_enum, value_name = "FORM")]
    pub pickle: Vec<Pickled>,
    /// A folder for the modules, each at its place [default: the only module goes to the standard output]
    #[arg(long, short, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Pickled {
    Dict,
    Slots,
    Cython,
    Call,
    Enum,
}

impl Pickled {
    /// The value of the attribute.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dict => "dict",
            Self::Slots => "slots",
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
