//! Prints what pickles and native files hold, without knowing their types: the safe way to look into a pickle that one
//! does not trust, as nothing in it is imported or called.
//!
//! `cargo run --release --example inspect -- [--tree | --ops | --classes] FILE ...`

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;
use std::{env, fmt, fs};

use state_core::image::stream::Reader;
use state_core::pickle::{Options, Strings};
use state_core::{Error, Inspection};

const HELP: &str = "\
usage: inspect [--tree | --ops | --classes] [--encoding NAME] FILE ...

Prints each pickle or native state in each FILE on a line, as Python's repr; `-` is the standard input.
  --tree     as a tree with a line for each part
  --ops      the opcodes of pickles, as `python3 -m pickletools` lists them
  --classes  the classes and functions that Python would have to import for a pickle, each on a line
  --encoding NAME  what 8-bit strings of Python 2 are read as: ASCII (if not told otherwise), latin1, UTF-8 or bytes
Nothing is imported or called. A native file is read by the schema in it, if its writer put that in:
    state_core::Options::new().with_schema().dumps(&value)
The example `bicycles` leaves a file to try.";

/// How streams of native states begin.
const STREAM: &[u8] = b"\xd7STS";

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
    let (mut form, mut files, mut is_option, mut strings) = (Form::Line, Vec::new(), true, Strings::Ascii);
    let mut arguments = env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str().filter(|_| is_option) {
            Some("--help" | "-h") => {
                println!("{HELP}");
                return ExitCode::SUCCESS;
            }
            Some("--tree") => form = Form::Tree,
            Some("--ops") => form = Form::Operations,
            Some("--classes") => form = Form::Classes,
            Some("--encoding") => match arguments.next().as_deref().and_then(OsStr::to_str).and_then(encoding) {
                Some(known) => strings = known,
                None => {
                    eprintln!("inspect: --encoding is ASCII, latin1, UTF-8 or bytes\n{HELP}");
                    return ExitCode::from(2);
                }
            },
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
        if let Err(error) = read(&file).and_then(|bytes| show(&name, &bytes, (form, strings), &mut out)) {
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

/// Python's names for what 8-bit strings are read as.
fn encoding(name: &str) -> Option<Strings> {
    Some(match name.to_lowercase().replace('_', "-").as_str() {
        "ascii" | "us-ascii" => Strings::Ascii,
        "latin1" | "latin-1" | "iso-8859-1" | "l1" => Strings::Latin1,
        "utf-8" | "utf8" => Strings::Utf8,
        "bytes" => Strings::Bytes,
        _ => return None,
    })
}

fn show(name: &str, bytes: &[u8], (form, strings): (Form, Strings), out: &mut impl Write) -> io::Result<()> {
    if bytes.starts_with(MAGIC) {
        return show_native(name, bytes, form, out);
    }
    if bytes.starts_with(STREAM) {
        return show_stream(name, bytes, form, out);
    }
    // Neither opcodes nor names need text decoded.
    let strings = if matches!(form, Form::Operations | Form::Classes) { Strings::Latin1 } else { strings };
    let options = Options::new().strings(strings);
    let mut start = 0;
    loop {
        let rest = &bytes[start..];
        let place = |error: Error| {
            let offset = start + error.offset().unwrap_or_default();
            error.at_byte(offset)
        };
        let pickle = match options.open(rest) {
            // Python stops after the first pickle, whatever follows it.
            Err(_) if start > 0 && !rest.starts_with(b"\x80") => {
                out.flush()?;
                eprintln!("inspect: {name}: {} bytes follow the pickle, from byte {start}", rest.len());
                return Ok(());
            }
            opened => opened.map_err(place)?,
        };
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

fn show_stream(name: &str, bytes: &[u8], form: Form, out: &mut impl Write) -> io::Result<()> {
    let mut reader = Reader::new(bytes)?;
    while reader.advance()? {
        show_inspection(name, &reader.inspect()?, reader.image().len(), form, out)?;
    }
    Ok(())
}

fn show_native(name: &str, bytes: &[u8], form: Form, out: &mut impl Write) -> io::Result<()> {
    show_inspection(name, &Inspection::open(bytes)?, bytes.len(), form, out)
}

fn show_inspection(
    name: &str,
    inspection: &Inspection<'_>,
    size: usize,
    form: Form,
    out: &mut impl Write,
) -> io::Result<()> {
    match form {
        Form::Line => writeln!(out, "{name}: {}", inspection.value()?),
        Form::Tree => {
            writeln!(out, "{name}: {} bytes, fingerprint {:016x}", size, inspection.fingerprint())?;
            let mut text = Utf8(out, Ok(()));
            let tree = inspection.write_tree(&mut text);
            text.1?;
            Ok(tree?)
        }
        Form::Operations => Err(io::Error::other("a native state has no opcodes; `--tree` shows its slots")),
        Form::Classes => match inspection.tag() {
            Some(tag) => writeln!(out, "{name}: {tag}"),
            None => Ok(()),
        },
    }
}

/// Text for a writer of bytes, and what went wrong there.
struct Utf8<'w, W>(&'w mut W, io::Result<()>);

impl<W: Write> fmt::Write for Utf8<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.1 = self.0.write_all(text.as_bytes());
        self.1.as_ref().map_or(Err(fmt::Error), |()| Ok(()))
    }
}
