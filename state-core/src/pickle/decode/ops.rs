//! The opcodes of a pickle one by one, as Python's `pickletools` lists them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::{fmt, mem};

use super::arena::Id;
use super::memo::Memo;
use super::scan::{self, Op};
use super::stack::Stack;
use super::strings::{self, Int};
use super::text::{self, Digits};
use super::value;
use crate::pickle::opcode::{self as op, Opcode};
use crate::value::{Int as Integer, Value};

/// The opcodes of a pickle, in order: [`Pickle::operations`](super::Pickle::operations).
#[derive(Clone, Debug)]
pub struct Operations<'a> {
    input: &'a [u8],
    at: usize,
    /// The marks on the stack: for each, the offset of its opcode, and the number of parts on the mark below it.
    marks: Stack,
    depth: usize,
    /// The number of parts above the last mark.
    above: u32,
    memo: Memo,
}

/// One opcode of a pickle.
///
/// It prints as a line of `pickletools.dis`: offset, code, name, argument, and the offset of its mark if it takes parts
/// down to one; for MEMOIZE its number. As there, lines after a mark are indented, here by at most 40 marks. Arguments
/// on which `pickletools` fails are printed too: byte strings that are not ASCII as Latin-1, integers of more than 4300
/// digits in hexadecimal.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    opcode: &'static Opcode,
    op: Op<'a>,
    offset: usize,
    depth: usize,
    mark: Option<usize>,
    number: Option<u64>,
}

impl<'a> Operations<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, marks: Stack::default(), depth: 0, above: 0, memo: Memo::default() }
    }

    /// Removes the mark that an opcode uses, and returns its offset.
    fn unmark(&mut self, code: u8) -> Option<usize> {
        let takes = match code {
            op::TUPLE
            | op::LIST
            | op::DICT
            | op::FROZENSET
            | op::POP_MARK
            | op::APPENDS
            | op::SETITEMS
            | op::ADDITEMS
            | op::INST
            | op::OBJ => true,
            op::POP => self.depth > 0 && self.above == 0,
            _ => false,
        };
        if !takes || self.depth == 0 {
            return None;
        }
        self.depth -= 1;
        self.above = self.marks.pop()?;
        self.marks.pop().map(|offset| offset as usize)
    }

    /// Updates the number of parts above the last mark.
    fn count(&mut self, code: u8, is_unmarked: bool) {
        let by = match code {
            op::MARK
            | op::PUT
            | op::BINPUT
            | op::LONG_BINPUT
            | op::MEMOIZE
            | op::PROTO
            | op::FRAME
            | op::STOP
            | op::POP_MARK
            | op::APPENDS
            | op::SETITEMS
            | op::ADDITEMS
            | op::READONLY_BUFFER
            | op::TUPLE1
            | op::BINPERSID => 0,
            op::POP if is_unmarked => 0,
            op::POP | op::APPEND | op::BUILD | op::REDUCE | op::NEWOBJ | op::STACK_GLOBAL | op::TUPLE2 => -1,
            op::SETITEM | op::NEWOBJ_EX | op::TUPLE3 => -2,
            _ => 1,
        };
        self.above = self.above.saturating_add_signed(by);
    }
}

impl<'a> Iterator for Operations<'a> {
    type Item = Operation<'a>;

    fn next(&mut self) -> Option<Operation<'a>> {
        let offset = self.at;
        let op = scan::op(self.input, offset).ok()?;
        let opcode = Opcode::of(op.code)?;
        self.at = op.end;
        let depth = self.depth;
        let mark = self.unmark(op.code);
        self.count(op.code, mark.is_some());
        if op.code == op::MARK {
            self.marks.push(offset as u32);
            self.marks.push(mem::take(&mut self.above));
            self.depth += 1;
        }
        let number = (op.code == op::MEMOIZE).then(|| self.memo.len());
        if let Some(number) = number.or_else(|| put(&op)) {
            self.memo.put(number, Id::leaf(offset), self.input.len() - offset);
        }
        Some(Operation { opcode, op, offset, depth, mark, number })
    }
}

/// Returns the number under which an opcode puts a part in the memo.
fn put(op: &Op<'_>) -> Option<u64> {
    match op.code {
        op::BINPUT | op::LONG_BINPUT => Some(op.number),
        op::PUT => text::index(op.bytes),
        _ => None,
    }
}

impl Operation<'_> {
    /// Its offset in bytes from the start of the pickle.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Its byte.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.op.code
    }

    /// Its name in Python's `pickle`, such as `BINUNICODE`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.opcode.name
    }

    /// The first protocol with this opcode.
    #[must_use]
    pub fn protocol(&self) -> u8 {
        self.opcode.protocol
    }

    /// The number under which MEMOIZE puts a part in the memo.
    #[must_use]
    pub fn memo(&self) -> Option<u64> {
        self.number
    }

    /// The offset of the mark down to which it takes parts off the stack.
    #[must_use]
    pub fn mark(&self) -> Option<usize> {
        self.mark
    }

    /// Its argument in the pickle, as in `pickletools`: the two lines of a name are one text.
    #[must_use]
    pub fn argument(&self) -> Option<Value> {
        let Op { code, number, bytes, second, .. } = self.op;
        let value = match code {
            // As `pickletools` reads them, which differs from `pickle`.
            op::INT | op::GET | op::PUT if matches!(bytes, b"00" | b"01") => (bytes == b"01").into(),
            op::INT => match (text::decimal(bytes), strings::int(bytes)) {
                (Some(digits), _) | (None, Some(Int::Number(digits))) => number_of(digits),
                (None, Some(Int::Bool(value))) => value.into(),
                (None, None) => latin1(bytes),
            },
            op::LONG => text::decimal(bytes.strip_suffix(b"L").unwrap_or(bytes))
                .or_else(|| strings::long(bytes))
                .map_or_else(|| latin1(bytes), number_of),
            op::FLOAT => strings::float(bytes).map_or_else(|| latin1(bytes), Value::Float),
            op::BINFLOAT => Value::Float(f64::from_bits(number)),
            op::GET | op::PUT => text::index(bytes).map_or_else(|| latin1(bytes), Value::from),
            op::LONG1 | op::LONG4 => Integer::from_le_bytes_signed(bytes).into(),
            op::STRING => {
                let mut decoded = Vec::new();
                let whole = text::unquoted(bytes).and_then(|inner| text::unescaped(inner, &mut decoded));
                latin1(if whole.is_some() { &decoded } else { bytes })
            }
            op::UNICODE => {
                let mut decoded = Vec::with_capacity(bytes.len());
                match text::raw_unicode(bytes, &mut decoded).map(|()| String::from_utf8(decoded)) {
                    Some(Ok(text)) => text.into(),
                    Some(Err(other)) => value::text(other.as_bytes()),
                    None => latin1(bytes),
                }
            }
            op::BINSTRING | op::SHORT_BINSTRING | op::PERSID => latin1(bytes),
            op::BINUNICODE | op::SHORT_BINUNICODE | op::BINUNICODE8 => value::text(bytes),
            op::BINBYTES | op::SHORT_BINBYTES | op::BINBYTES8 => Value::Bytes(bytes.into()),
            op::BYTEARRAY8 => Value::ByteArray(bytes.into()),
            op::GLOBAL | op::INST => value::text(&[bytes, b" ", second].concat()),
            op::BININT | op::EXT4 => (number as i64).into(),
            op::BININT1
            | op::BININT2
            | op::EXT1
            | op::EXT2
            | op::FRAME
            | op::PROTO
            | op::BINGET
            | op::LONG_BINGET
            | op::BINPUT
            | op::LONG_BINPUT => number.into(),
            _ => return None,
        };
        Some(value)
    }
}

fn number_of(digits: Digits) -> Value {
    match digits {
        Digits::Small(small) => Integer::from(small).into(),
        digits => value::large(&digits).map(Value::from).unwrap_or_default(),
    }
}

/// Converts bytes to text with one character for each.
fn latin1(bytes: &[u8]) -> Value {
    bytes.iter().map(|&byte| char::from(byte)).collect::<String>().into()
}

impl fmt::Display for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without a limit, the indentation would grow with the square of the depth.
        const DEEPEST: usize = 40;
        let code = char::from(self.op.code);
        let code = if code.is_ascii() { format!("{code}") } else { format!("\\x{:02x}", self.op.code) };
        let indent = 4 * self.depth.min(DEEPEST);
        write!(f, "{:5}: {code:4} {:indent$}{}", self.offset, "", self.name())?;
        let argument = self.argument();
        if argument.is_some() || self.mark.is_some() || self.number.is_some() {
            write!(f, "{:pad$}", "", pad = 10_usize.saturating_sub(self.name().len()))?;
        }
        if let Some(argument) = argument {
            write!(f, " {argument}")?;
        }
        match (self.mark, self.number) {
            (Some(mark), _) => write!(f, " (MARK at {mark})"),
            (_, Some(number)) => write!(f, " (as {number})"),
            _ => Ok(()),
        }
    }
}
