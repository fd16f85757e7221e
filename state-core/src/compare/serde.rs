//! What serde wrote, compared as values down to the first that differs.

use alloc::format;
use alloc::string::{String, ToString};

use super::{Both, Compared, Pair};
use crate::value::{Value, serde_value};

/// How many characters of a value are shown.
const SHOWN: usize = 80;

impl<'a> Pair<'a> {
    pub(super) fn serde(&mut self, heads: Both<&'a [u8]>) -> Compared {
        let counts = self.lengths(heads)?;
        let items = self.runs(counts, 1)?;
        if items[0] == items[1] {
            return Ok(());
        }
        let outer = self.path.len();
        let [ours, theirs] = items.map(serde_value);
        let [ours, theirs] = self.first([&ours, &theirs]);
        self.tell(ours, theirs)?;
        self.leave(outer);
        Ok(())
    }

    /// Descends to the first values that differ. Returns them as text.
    fn first(&mut self, mut values: Both<&Value>) -> Both<String> {
        loop {
            values = match values {
                [Value::List(one), Value::List(other)] if one.len() != other.len() => {
                    return [format!("{} elements", one.len()), other.len().to_string()];
                }
                [Value::List(one), Value::List(other)] => {
                    let Some(at) = one.iter().zip(other.iter()).position(|(one, other)| one != other) else { break };
                    self.enter(format_args!("[{at}]"));
                    [&one[at], &other[at]]
                }
                [Value::Dict(one), Value::Dict(other)] => {
                    let mut pairs = one.iter().zip(other.iter());
                    match pairs.find(|(one, other)| one != other) {
                        None if one.len() == other.len() => break,
                        None => return [format!("{} entries", one.len()), other.len().to_string()],
                        Some(((key, one), (same, other))) if key == same => {
                            self.enter(format_args!("[{}]", brief(key)));
                            [one, other]
                        }
                        Some(((one, _), (other, _))) => return [one, other].map(|key| format!("key {}", brief(key))),
                    }
                }
                _ => break,
            };
        }
        match values.map(brief) {
            // These print alike: numbers of different width.
            [ours, theirs] if ours == theirs => [format!("{ours} in other bytes"), theirs],
            texts => texts,
        }
    }
}

fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
