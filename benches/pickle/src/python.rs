//! CPython beside us: a child process that takes data and answers times.

use std::io::{BufRead, BufReader, Error, Result, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running Python.
pub struct Python {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What Python wrote: a pickle, and what left it out of band.
pub struct Written {
    pub pickle: Vec<u8>,
    pub buffer: Vec<u8>,
}

impl Python {
    /// Starts `python3`, or what `STATE_PYTHON` names.
    ///
    /// # Errors
    /// There is none.
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

    /// Hands over a pickle of the data, to be held and written at a protocol.
    ///
    /// # Errors
    /// Python ended.
    pub fn take(&mut self, pickle: &[u8], protocol: u8, out_of_band: bool) -> Result<Written> {
        let place = if out_of_band { "out" } else { "in" };
        writeln!(self.commands, "take {place} {protocol} {}", pickle.len())?;
        self.commands.write_all(pickle)?;
        self.commands.flush()?;
        Ok(Written { pickle: self.answer()?, buffer: self.answer()? })
    }

    /// The seconds that `what`, which is `dumps` or `loads`, takes on average of so many times.
    ///
    /// # Errors
    /// Python ended.
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
        // It is of no use any more, and may be gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
