//! CPython as a child process that receives data and reports times.

use std::io::{BufRead, BufReader, Error, Result, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running Python process.
pub struct Python {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// The output of Python's pickle: the pickle, and its out-of-band buffer.
pub struct Written {
    pub pickle: Vec<u8>,
    pub buffer: Vec<u8>,
}

impl Python {
    /// Starts `python3`, or the program that `STATE_PYTHON` names.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start() -> Result<Self> {
        let name = std::env::var("STATE_PYTHON").unwrap_or_else(|_| "python3".into());
        let mut child = Command::new(&name)
            .args(["-c", include_str!("python.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Error::other(format!("{name} cannot be run: {error}")))?;
        let (Some(commands), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::other("Python's streams are not there"));
        };
        Ok(Self { child, commands, answers: BufReader::new(answers) })
    }

    /// Sends a pickle of the data; Python loads and keeps it, and returns it written at a protocol.
    ///
    /// # Errors
    /// Python has exited.
    pub fn take(&mut self, pickle: &[u8], protocol: u8, out_of_band: bool) -> Result<Written> {
        let place = if out_of_band { "out" } else { "in" };
        writeln!(self.commands, "take {place} {protocol} {}", pickle.len())?;
        self.commands.write_all(pickle)?;
        self.commands.flush()?;
        Ok(Written { pickle: self.answer()?, buffer: self.answer()? })
    }

    /// The average seconds of `what`, which is `dumps` or `loads`, over `times` repetitions.
    ///
    /// # Errors
    /// Python has exited.
    pub fn time(&mut self, what: &str, times: u32) -> Result<f64> {
        writeln!(self.commands, "{what} {times}")?;
        self.commands.flush()?;
        let text = String::from_utf8_lossy(&self.answer()?).into_owned();
        text.parse().map_err(|_| Error::other(format!("Python answers {text}")))
    }

    fn answer(&mut self) -> Result<Vec<u8>> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let len = line.trim().parse().map_err(|_| Error::other("Python ended"))?;
        let mut bytes = vec![0; len];
        std::io::Read::read_exact(&mut self.answers, &mut bytes)?;
        Ok(bytes)
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // The process is no longer needed, and may have exited.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
