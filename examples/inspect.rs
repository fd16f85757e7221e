//! Prints what pickles and native files hold, without knowing their types: the safe way to look into a pickle that one
//! does not trust, as nothing in it is imported or called.
//!
//! `cargo run --release --example inspect -- [--tree | --ops | --classes] FILE ...`

use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;
use std::{env, fs};

use state_core::pickle::Pickle;
use state_core::{Error, Inspection};

const HELP: &str = "\
usage: inspect [--tree | --ops | --classes] FILE ...

Prints each pickle or native state in each FILE on a line, as Python's repr; `-` is the standard input.
  --tree     as a tree with a line for each part
  --ops      the opcodes of pickles, as `python3 -m pickletools` lists them
  --classes  the classes and functions that Python would have to import for a pickle, each on a line
Nothing is imported or called. A native file is read by the schema in it, if its writer put that in:
    state_core::Options::new().with_schema().dumps(&value)
The example `bicycles` leaves a file to try.";

/// How native files begin.
const MAGIC: &[u8] = b"\xd7STA";

#[derive(Clone, Copy)]
enum Form {
    Line,
    Tree,
    Operations,
    Classes,
}

fn main() -> ExitCode {
    let (mut form, mut files, mut is_option) = (Form::Line, Vec::new(), true);
    for argument in env::args_os().skip(1) {
        match argument.to_str().filter(|_| is_option) {
            Some("--help" | "-h") => {
                println!("{HELP}");
                return ExitCode::SUCCESS;
            }
            Some("--tree") => form = Form::Tree,
            Some("--ops") => form = Form::Operations,
            Some("--classes") => form = Form::Classes,
            Some("--") => is_option = false,
            Some(other) if other.starts_with("--") => {
                eprintln!("inspect: no such option: {other}\n{HELP}");
                return ExitCode::from(2);
            }
            _ => files.push(argument),
        }
    }
    if files.is_empty() {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut exit = ExitCode::SUCCESS;
    for file in files {
        let name = file.to_string_lossy();
        if let Err(error) = read(&file).and_then(|bytes| show(&name, &bytes, form, &mut out)) {
            // Whoever reads the output has seen enough.
            if error.kind() == io::ErrorKind::BrokenPipe {
                return exit;
            }
            let _ = out.flush();
            eprintln!("inspect: {name}: {error}");
            exit = ExitCode::FAILURE;
        }
    }
    let _ = out.flush();
    exit
}

fn read(file: &OsString) -> io::Result<Vec<u8>> {
    if file != "-" {
        return fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn show(name: &str, bytes: &[u8], form: Form, out: &mut impl Write) -> io::Result<()> {
    if bytes.starts_with(MAGIC) {
        return show_native(name, bytes, form, out);
    }
    let mut start = 0;
    loop {
        let rest = &bytes[start..];
        let place = |error: Error| {
            let offset = start + error.offset().unwrap_or_default();
            error.at_byte(offset)
        };
        let pickle = Pickle::open(rest).map_err(place)?;
        match form {
            Form::Line => writeln!(out, "{name}: {pickle}")?,
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
        }
        start += pickle.len();
        if start == bytes.len() {
            return Ok(());
        }
    }
}

fn show_native(name: &str, bytes: &[u8], form: Form, out: &mut impl Write) -> io::Result<()> {
    let inspection = Inspection::open(bytes)?;
    match form {
        Form::Line => writeln!(out, "{name}: {}", inspection.value()?),
        Form::Tree => {
            writeln!(out, "{name}: {} bytes, fingerprint {:016x}", bytes.len(), inspection.fingerprint())?;
            write!(out, "{}", inspection.tree()?)
        }
        Form::Operations => Err(io::Error::other("a native state has no opcodes; `--tree` shows its slots")),
        Form::Classes => match inspection.tag() {
            Some(tag) => writeln!(out, "{name}: {tag}"),
            None => Ok(()),
        },
    }
}
