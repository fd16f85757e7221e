//! Prints what native files hold, slot by slot with their names, without knowing their types.
//!
//! `cargo run --example inspect -- FILE ...`

use std::process::ExitCode;
use std::{env, fs, io};

use state_core::Inspection;

const HELP: &str = "\
usage: inspect FILE ...

Prints each file as a tree. The names and types come from the file itself, if its writer put them in:
    state_core::Options::new().with_schema().dumps(&value)
A file without them holds values alone, which only the program that knows the type can read.
The example `bicycles` leaves a file to try.";

fn main() -> ExitCode {
    let files: Vec<_> = env::args_os().skip(1).collect();
    if files.is_empty() {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    }
    if files.iter().any(|file| file == "--help" || file == "-h") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let mut exit = ExitCode::SUCCESS;
    for file in files {
        let name = file.to_string_lossy();
        match fs::read(&file).and_then(|bytes| tree(&bytes)) {
            Ok(tree) => print!("{name}: {tree}"),
            Err(error) => {
                eprintln!("inspect: {name}: {error}");
                exit = ExitCode::FAILURE;
            }
        }
    }
    exit
}

fn tree(bytes: &[u8]) -> io::Result<String> {
    let inspection = Inspection::open(bytes)?;
    Ok(format!("{} bytes, fingerprint {:016x}\n{}", bytes.len(), inspection.fingerprint(), inspection.tree()?))
}
