//! A program that is killed while it writes: every state for which its writer returned is complete, and the next
//! program appends after it.

// The test starts itself as that program, which is not possible under emulation.
#![cfg(target_endian = "little")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use state_core::State;
use state_core::image::stream::{StreamReader, StreamWriter};
use state_core::image::{load_file, save};

#[derive(State, Debug, PartialEq)]
struct Frame {
    tick: u32,
    names: Vec<String>,
    #[state(bytes)]
    heat: Vec<u32>,
}

impl Frame {
    fn at(tick: u32) -> Self {
        Self { tick, names: vec![tick.to_string(); 20], heat: vec![tick; 5000] }
    }
}

/// The variable with the file of the program that will be killed.
const FILE: &str = "STATE_TEST_CRASH_FILE";

/// A file of the test, removed when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("state-crash-{name}-{}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Runs `test` of this file as a separate process, kills it after it has reported `count` states, and returns the last
/// one reported.
fn killed(test: &str, file: &Scratch, count: usize) -> u32 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--ignored"])
        .env(FILE, &file.0)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut told = lines.by_ref().filter_map(|line| line.strip_prefix("tick ")?.parse().ok());
    let seen = told.by_ref().nth(count - 1).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    // The states that it reported before it was dead.
    told.last().unwrap_or(seen)
}

/// Ends the line that contains the test's name.
fn begin() {
    println!();
}

fn tell(tick: u32) {
    let mut out = std::io::stdout();
    writeln!(out, "tick {tick}").and_then(|()| out.flush()).unwrap();
}

#[test]
#[ignore = "is killed; `journal_of_a_killed_program` starts it"]
fn write_journal() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let mut writer = StreamWriter::append(&path).unwrap();
    let first = StreamReader::open(&path).unwrap().states::<Frame>().count() as u32;
    begin();
    for tick in first.. {
        writer.write(&Frame::at(tick)).unwrap();
        tell(tick);
    }
}

#[test]
fn journal_of_a_killed_program() {
    let file = Scratch::new("journal");
    let mut whole = 0;
    for round in 1..=3 {
        let last = killed("write_journal", &file, 10 * round);
        let mut reader = StreamReader::open(&file.0).unwrap();
        let frames = reader.states::<Frame>().map_while(Result::ok).enumerate();
        let count = frames.inspect(|(at, frame)| assert_eq!(*frame, Frame::at(*at as u32))).count();
        assert!(count > last as usize && count > whole, "{count} states, but it told of {last}");
        whole = count;
    }
}

#[test]
#[ignore = "is killed; `file_of_a_killed_program` starts it"]
fn save_again_and_again() {
    let Some(path) = std::env::var_os(FILE) else { return };
    begin();
    for tick in 0.. {
        save(&path, &Frame::at(tick)).unwrap();
        tell(tick);
    }
}

#[test]
fn file_of_a_killed_program() {
    let file = Scratch::new("file");
    for round in 1..=3 {
        let last = killed("save_again_and_again", &file, 5 * round);
        let frame: Frame = load_file(&file.0).unwrap();
        assert!(frame.tick >= last);
        assert_eq!(frame, Frame::at(frame.tick));
    }
    // The temporary file of the killed program does no harm, but the test has to remove it.
    let name = format!(".{}.", file.0.file_name().unwrap().to_str().unwrap());
    for entry in fs::read_dir(file.0.parent().unwrap()).unwrap().flatten() {
        if entry.file_name().to_str().is_some_and(|other| other.starts_with(&name)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
