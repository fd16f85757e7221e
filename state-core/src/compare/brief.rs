//! A node's value on one line, as values print it, truncated if it is long.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::shared::mark;
use crate::array::Elements;
use crate::error::Escaped;
use crate::literal::{Bytes, Text};
use crate::schema::short;
use crate::sharing::Number;
use crate::standard::Known;
use crate::value;
use crate::walk::{Encoder, Group};

/// The length after which the text is truncated, at the end of a part.
const LONG: usize = 80;

/// The maximum number of bytes or characters that are shown of one part.
const PART: usize = 60;

#[derive(Default)]
pub(super) struct Brief {
    text: String,
    /// How each open group ends, and whether it already has a part.
    open: Vec<(&'static str, bool)>,
    cut: bool,
}

impl Brief {
    pub fn into_text(mut self) -> String {
        if self.cut {
            self.text.push_str("...");
        }
        self.text
    }

    /// Starts a part, with a comma before it if needed. Returns whether there is space for it.
    fn part(&mut self) -> bool {
        self.cut |= self.text.len() > LONG;
        if let Some((_, has_part)) = self.open.last_mut() {
            let first = !core::mem::replace(has_part, true);
            if !first && !self.cut {
                self.text.push_str(", ");
            }
        }
        !self.cut
    }

    fn put(&mut self, text: impl FnOnce() -> String) {
        if self.part() {
            self.text.push_str(&text());
        }
    }
}

impl Encoder for Brief {
    fn none(&mut self) {
        self.put(|| "None".into());
    }

    fn bool(&mut self, value: bool) {
        self.put(|| if value { "True" } else { "False" }.into());
    }

    fn int(&mut self, value: i128) {
        self.put(|| value.to_string());
    }

    fn big(&mut self, value: u128) {
        self.put(|| value.to_string());
    }

    fn float(&mut self, value: f64) {
        self.put(|| format!("{value:?}"));
    }

    fn single(&mut self, value: f32) {
        self.put(|| format!("{value:?}"));
    }

    fn str(&mut self, value: &str) {
        self.put(|| {
            let shown: String = value.chars().take(PART).collect();
            let rest = if shown.len() < value.len() { "..." } else { "" };
            format!("{}{rest}", Text(&shown))
        });
    }

    fn bytes(&mut self, value: &[u8]) {
        self.put(|| match value.len() {
            0..=PART => Bytes(value).to_string(),
            len => format!("{len} bytes"),
        });
    }

    fn raw(&mut self, elements: Elements<'_>, bytes: &[u8]) {
        let count = bytes.len() / elements.schema.head.max(1);
        self.put(|| format!("{count} raw elements"));
    }

    fn known(&mut self, known: Known, bytes: &[u8]) {
        self.put(|| match bytes.len() {
            0..=PART => value::standard(known, bytes).to_string(),
            len => format!("an integer of {len} bytes"),
        });
    }

    fn reference(&mut self, number: Number) {
        self.put(|| mark(number));
    }

    fn begin(&mut self, group: Group<'_>) {
        let space = self.part();
        let (name, start, end) = match group {
            Group::Tuple(_) => (String::new(), "(", ")"),
            Group::List(_) => (String::new(), "[", "]"),
            Group::Set(_) | Group::Dict(_) => (String::new(), "{", "}"),
            Group::Object { tag, .. } => (Escaped(short(tag)).to_string(), "(", ")"),
            Group::Variant { tag, variant, slots } => {
                let (start, end) = if slots == 0 { ("", "") } else { ("(", ")") };
                (format!("{}.{}", Escaped(short(tag)), Escaped(variant)), start, end)
            }
        };
        if space {
            self.text.push_str(&name);
            self.text.push_str(start);
        }
        self.open.push((end, false));
    }

    fn end(&mut self) {
        if let Some((end, _)) = self.open.pop() {
            if !self.cut {
                self.text.push_str(end);
            }
        }
    }
}
