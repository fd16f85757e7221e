//! Runs the real Python for a test: `python3`, with only its standard library.
//!
//! `STATE_PYTHON` replaces it, and `STATE_WITHOUT_PYTHON=1` skips the parts that need Python.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};

/// Reads the frames from stdin, passes each to the script's `case`, and writes the results.
const MAIN: &str = r#"
def main():
    # Python 2 too.
    import struct, sys, traceback
    data, out, at = getattr(sys.stdin, "buffer", sys.stdin).read(), getattr(sys.stdout, "buffer", sys.stdout), 0
    while at < len(data):
        size, = struct.unpack("<Q", data[at:at + 8])
        frame, at = data[at + 8:at + 8 + size], at + 8 + size
        try:
            answer = case(frame)
        except Exception as error:
            old = sys.version_info < (3, 8) and "unsupported pickle protocol: 5" in str(error)
            answer = "TOO OLD" if old else "PYTHON " + traceback.format_exc()
        answer = answer if isinstance(answer, bytes) else answer.encode("utf-8", "surrogatepass")
        out.write(struct.pack("<Q", len(answer)))
        out.write(answer)

main()
"#;

/// The answer of a Python before 3.8 for a pickle of protocol 5, which it does not support.
pub const TOO_OLD: &str = "TOO OLD";

/// Runs Python once for all `frames`, and returns what the script's function `case` returns for each, text or bytes.
/// `None` if the tests run without Python, as under Miri, which cannot start programs.
pub fn answers(script: &str, frames: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    if cfg!(miri) || env::var_os("STATE_WITHOUT_PYTHON").is_some_and(|set| set == "1") {
        return None;
    }
    let python = env::var("STATE_PYTHON").unwrap_or_else(|_| "python3".into());
    let started = Command::new(&python)
        .args(["-c", &[script, MAIN].concat()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = started.unwrap_or_else(|error| {
        panic!(
            "`{python}` cannot be run ({error}): install Python 3.9 or later, or set STATE_WITHOUT_PYTHON=1 to leave \
             out the tests that ask it"
        )
    });
    let mut stdin = child.stdin.take().expect("it is piped");
    let mut input = Vec::new();
    for frame in frames {
        input.extend_from_slice(&(frame.len() as u64).to_le_bytes());
        input.extend_from_slice(frame);
    }
    // Python answers only after it has read everything, so there is no deadlock.
    stdin.write_all(&input).expect("Python reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("Python ends");
    assert!(output.status.success(), "Python failed");
    let mut answers = Vec::new();
    let mut rest = &*output.stdout;
    while let Some((size, behind)) = rest.split_first_chunk::<8>() {
        let (answer, behind) = behind.split_at(u64::from_le_bytes(*size) as usize);
        answers.push(answer.to_vec());
        rest = behind;
    }
    assert_eq!(answers.len(), frames.len());
    Some(answers)
}

/// Does the same where all answers are text.
pub fn texts(script: &str, frames: &[Vec<u8>]) -> Option<Vec<String>> {
    let answers = answers(script, frames)?;
    Some(answers.into_iter().map(|answer| String::from_utf8(answer).expect("text")).collect())
}

/// Loads pickles in each of Python's ways, with C and without, from bytes and from a file, and returns the common
/// `repr` of the results.
pub const LOAD: &str = r"
import io, pickle

def load(data):
    ways = [
        pickle.loads(data),
        pickle._loads(data),
        pickle.load(io.BytesIO(data)),
        pickle._Unpickler(io.BytesIO(data)).load(),
    ]
    texts = {repr(way) for way in ways}
    assert len(texts) == 1, texts
    return ways[0]

def case(data):
    return repr(load(data))
";

/// Pickles with C and without, at the given protocol.
pub const WRITE: &str = r#"
import io, pickle

def written(value, protocol):
    slow = io.BytesIO()
    pickle._Pickler(slow, protocol).dump(value)
    return pickle.dumps(value, protocol), slow.getvalue()

def packed(*parts):
    return b"".join(len(part).to_bytes(4, "little") + part for part in parts)
"#;

/// The parts that `packed` joined.
pub fn parts(mut answer: &[u8]) -> Vec<&[u8]> {
    assert!(!answer.starts_with(b"PYTHON "), "{}", String::from_utf8_lossy(answer));
    let mut parts = Vec::new();
    while let Some((size, rest)) = answer.split_first_chunk::<4>() {
        let (part, rest) = rest.split_at(u32::from_le_bytes(*size) as usize);
        parts.push(part);
        answer = rest;
    }
    parts
}
