//! `state diff`: the differences between two files, in their schemas and in their contents.

use std::io::Write;

use state_core::Inspection;
use state_core::evolve::{Amendments, Form};

use crate::arguments::Diff;
use crate::input::{Input, Kind};
use crate::{Failure, Outcome, Result};

pub fn run(arguments: &Diff, out: &mut impl Write) -> Result {
    let [ours, theirs] = [Input::read(&arguments.ours)?, Input::read(&arguments.theirs)?];
    let form = |input: &Input| input.form().map_err(|error| error.of(&input.name));
    let forms = [form(&ours)?, form(&theirs)?];
    let differ = forms[0].fingerprint() != forms[1].fingerprint();
    if differ {
        schemas(&forms, out)?;
    }
    if arguments.schema || (differ && !becomes(&forms)) {
        return Ok(if differ { Outcome::Differs } else { Outcome::Done });
    }
    let states = [States::of(&ours)?, States::of(&theirs)?];
    match compare(states, &forms, arguments.most, out)? {
        0 if !differ => Ok(Outcome::Done),
        _ => Ok(Outcome::Differs),
    }
}

/// Writes the lines in which two listings differ, in order.
pub fn schemas([ours, theirs]: &[Form; 2], out: &mut impl Write) -> Result<()> {
    let [before, after] = [ours, theirs].map(ToString::to_string);
    let [before, after]: [Vec<&str>; 2] = [before.lines().collect(), after.lines().collect()];
    let name = |form: &Form| format!("{} {:016x}", form.name(), form.fingerprint());
    writeln!(out, "--- {}\n+++ {}", name(ours), name(theirs))?;
    for (sign, line) in lines(&before, &after) {
        writeln!(out, "{sign} {line}")?;
    }
    if before == after {
        writeln!(out, "  (the lines are the same; what they do not show is not, such as whether a type has a parent)")?;
    }
    Ok(())
}

/// The lines that were removed and added, by the longest common subsequence.
fn lines<'l>(before: &[&'l str], after: &[&'l str]) -> Vec<(char, &'l str)> {
    // Files may be untrusted: if the table would be too large, one listing follows the other.
    if before.len().saturating_mul(after.len()) > 1 << 24 {
        let gone = before.iter().map(|line| ('-', *line));
        return gone.chain(after.iter().map(|line| ('+', *line))).collect();
    }
    let width = after.len() + 1;
    let mut common = vec![0_u32; (before.len() + 1) * width];
    for (i, old) in before.iter().enumerate().rev() {
        for (j, new) in after.iter().enumerate().rev() {
            let next = (i + 1) * width + j;
            common[i * width + j] =
                if old == new { common[next + 1] + 1 } else { common[next].max(common[i * width + j + 1]) };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < before.len() || j < after.len() {
        match (before.get(i), after.get(j)) {
            (Some(old), Some(new)) if old == new => (i, j) = (i + 1, j + 1),
            (Some(old), new) if new.is_none() || common[(i + 1) * width + j] >= common[i * width + j + 1] => {
                found.push(('-', *old));
                i += 1;
            }
            (_, Some(new)) => {
                found.push(('+', *new));
                j += 1;
            }
            _ => break,
        }
    }
    found
}

/// Whether states of the first form become states of the second.
fn becomes([ours, theirs]: &[Form; 2]) -> bool {
    theirs.clone().keep(&Amendments::default()).resolve(ours).is_ok()
}

/// The states of a file, with their schema.
struct States<'i> {
    input: &'i Input,
    form: Form,
    reader: Option<state_core::image::stream::StreamReader<&'i [u8]>>,
    is_over: bool,
}

impl<'i> States<'i> {
    fn of(input: &'i Input) -> Result<Self> {
        let named = |error: Failure| error.of(&input.name);
        let reader = if input.kind == Kind::Stream { Some(input.reader().map_err(named)?) } else { None };
        Ok(Self { input, form: input.form().map_err(named)?, reader, is_over: false })
    }

    fn is_stream(&self) -> bool {
        self.reader.is_some()
    }

    /// The next state, converted to a form; `None` at the end.
    fn next(&mut self, form: &'static Form) -> Result<Option<Vec<u8>>> {
        let named = |error: Failure| error.of(&self.input.name);
        let bytes = match &mut self.reader {
            _ if self.is_over => return Ok(None),
            Some(reader) => {
                if !reader.advance().map_err(|error| named(error.into()))? {
                    self.is_over = true;
                    return Ok(None);
                }
                reader.image()
            }
            None => {
                self.is_over = true;
                &self.input.bytes
            }
        };
        let upgraded = form.resolve(&self.form).and_then(|upgrade| upgrade.upgrade(bytes));
        Ok(Some(upgraded.map_err(|error| named(error.into()))?))
    }
}

/// Writes the differences between states; returns how many states differ.
fn compare(mut states: [States<'_>; 2], forms: &[Form; 2], most: usize, out: &mut impl Write) -> Result<usize> {
    let form = forms[1].clone().keep(&Amendments::default());
    let is_stream = states.iter().any(States::is_stream);
    let (mut number, mut differ) = (0_usize, 0);
    loop {
        let both = (states[0].next(form)?, states[1].next(form)?);
        let place = if is_stream { format!("[{number}] ") } else { String::new() };
        let (ours, theirs) = match both {
            (None, None) => return Ok(differ),
            (Some(ours), Some(theirs)) => (ours, theirs),
            (ours, _) => {
                let present = |is: bool| if is { "present" } else { "absent" };
                writeln!(out, "{place}{}, theirs {}", present(ours.is_some()), present(ours.is_none()))?;
                differ += 1;
                number += 1;
                continue;
            }
        };
        let found = Inspection::open(&ours)?.compare(&Inspection::open(&theirs)?, most.saturating_add(1))?;
        for difference in found.iter().take(most) {
            writeln!(out, "{place}{difference}")?;
        }
        if found.len() > most {
            writeln!(out, "{place}... (`--most` prints more)")?;
        }
        differ += usize::from(!found.is_empty());
        number += 1;
    }
}
