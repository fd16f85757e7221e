//! Builds values while the opcodes run: the fast path for pickles that contain only data, and objects with a state.
//!
//! What it accepts has the result that the machine, and the values of its parts, would give. It gives up without an
//! error if a part with parts is referenced again, is changed after it was made, or is called for its side effect, and
//! at anything rare or wrong; then the machine reads the pickle from its start.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use crate::pickle::decode::extent::SHORT;
use crate::pickle::decode::latin1::latin1;
use crate::pickle::decode::limit::LONGEST;
use crate::pickle::names::to_python_3;
use crate::pickle::opcode as op;
use crate::pickle::options::PickleOptions;
use crate::value::{Dict, Int, List, Made, Name, Object, Parts, Set, Tuple, Value};

/// Builds the value of a pickle; `None` if the machine has to read it.
pub(in crate::pickle::decode) fn build(input: &[u8], options: &PickleOptions) -> Option<Value> {
    if input.len() > LONGEST || input.len() as u64 > options.max_size {
        return None;
    }
    let builder = Builder {
        input,
        at: 0,
        last: 0,
        stack: Vec::new(),
        marks: Vec::new(),
        fence: 0,
        memo: Vec::new(),
        names: Vec::new(),
        open: 0,
        fix_imports: options.fix_imports,
        old_names: options.fix_imports,
    };
    builder.run()
}

struct Builder<'p> {
    input: &'p [u8],
    /// The position after the opcode that runs, or after as much of its argument as was read.
    at: usize,
    /// The position of the last opcode.
    last: usize,
    stack: Vec<Value>,
    /// The positions of the marks on the stack; nothing below the last of them can be taken.
    marks: Vec<u32>,
    fence: usize,
    /// For text or bytes the position of the opcode, for a name its number with the bit [`NAME`], otherwise [`OTHER`].
    memo: Vec<u32>,
    names: Vec<Name>,
    /// The number of objects that have no state yet.
    open: usize,
    fix_imports: bool,
    old_names: bool,
}

const NAME: u32 = 1 << 31;

/// A memo entry that is not copied when it is fetched.
const OTHER: u32 = u32::MAX;

/// Writers of pickles keep the stack shallow. For a higher one, the machine's takes less memory.
const HIGHEST: usize = 1 << 16;

impl<'p> Builder<'p> {
    fn run(mut self) -> Option<Value> {
        loop {
            let start = self.at;
            let code = *self.input.get(start)?;
            self.at = start + 1;
            let value = match code {
                op::STOP => break,
                op::MEMOIZE => {
                    self.keep()?;
                    continue;
                }
                op::MARK => {
                    self.fence = self.stack.len();
                    self.marks.push(self.fence as u32);
                    self.last = start;
                    continue;
                }
                op::NONE => Value::None,
                op::NEWTRUE => Value::Bool(true),
                op::NEWFALSE => Value::Bool(false),
                op::BININT1 => int(self.number::<1>()?.into()),
                op::BININT2 => int(self.number::<2>()?.into()),
                op::BININT => int((self.number::<4>()? as i32).into()),
                op::LONG1 => self.long()?,
                op::BINFLOAT => Value::Float(f64::from_be_bytes(self.argument()?)),
                op::SHORT_BINUNICODE | op::BINUNICODE | op::SHORT_BINBYTES | op::BINBYTES => self.leaf(code)?,
                op::EMPTY_TUPLE => Value::Tuple(Tuple::new()),
                op::EMPTY_LIST => Value::List(List::new()),
                op::EMPTY_DICT => Value::Dict(Dict::new()),
                op::EMPTY_SET => Value::Set(Set::new()),
                op::TUPLE1 | op::TUPLE2 | op::TUPLE3 => self.tuple(usize::from(code - op::TUPLE1) + 1)?,
                op::TUPLE => {
                    let from = self.unmark()?;
                    Value::Tuple(Tuple::from(self.stack.split_off(from)))
                }
                op::FROZENSET => {
                    let from = self.unmark()?;
                    Value::FrozenSet(Set::from(self.stack.split_off(from)))
                }
                op::BINGET => {
                    let number = self.number::<1>()?;
                    self.fetch(number as usize)?
                }
                op::LONG_BINGET => {
                    let number = self.number::<4>()?;
                    self.fetch(number as usize)?
                }
                op::NEWOBJ => self.object(Made::New)?,
                op::REDUCE => self.object(Made::Call)?,
                op::GLOBAL | op::STACK_GLOBAL => self.global(code)?,
                _ => {
                    self.change(code)?;
                    self.last = start;
                    continue;
                }
            };
            self.last = start;
            if self.stack.len() == HIGHEST {
                return None;
            }
            self.stack.push(value);
        }
        // Parts that remain on the stack may have been called for their side effects.
        let is_alone = self.stack.len() == 1 && self.fence == 0 && self.open == 0;
        self.stack.pop().filter(|_| is_alone)
    }

    /// Runs the opcodes that push no value.
    fn change(&mut self, code: u8) -> Option<()> {
        match code {
            op::BUILD => self.build(),
            op::APPENDS => self.unmark().and_then(|from| self.add(op::APPEND, from)),
            op::APPEND => self.from(1).and_then(|from| self.add(op::APPEND, from)),
            op::SETITEMS => self.unmark().and_then(|from| self.add(op::SETITEM, from)),
            op::SETITEM => self.from(2).and_then(|from| self.add(op::SETITEM, from)),
            op::ADDITEMS => self.unmark().and_then(|from| self.add(op::ADDITEMS, from)),
            op::BINPUT | op::LONG_BINPUT => {
                let number = if code == op::BINPUT { self.number::<1>()? } else { self.number::<4>()? };
                if number as usize != self.memo.len() {
                    return None;
                }
                self.keep()
            }
            op::PROTO => {
                let protocol = self.number::<1>().filter(|protocol| *protocol <= 5)?;
                self.old_names = self.fix_imports && protocol < 3;
                Some(())
            }
            op::FRAME => {
                let length = u64::from_le_bytes(self.argument()?);
                (length <= (self.input.len() - self.at) as u64).then_some(())
            }
            _ => None,
        }
    }

    fn argument<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.input.get(self.at..)?.first_chunk::<N>()?;
        self.at += N;
        Some(*bytes)
    }

    fn number<const N: usize>(&mut self) -> Option<u32> {
        let mut whole = [0; 4];
        whole.get_mut(..N)?.copy_from_slice(&self.argument::<N>()?);
        Some(u32::from_le_bytes(whole))
    }

    fn long(&mut self) -> Option<Value> {
        let len = self.number::<1>()? as usize;
        let bytes = self.input.get(self.at..)?.get(..len)?;
        self.at += len;
        let filler = if bytes.last().is_some_and(|&last| last >= 0x80) { 0xFF } else { 0 };
        let mut whole = [filler; 16];
        whole.get_mut(..len)?.copy_from_slice(bytes);
        Some(Value::Int(Int::from(i128::from_le_bytes(whole))))
    }

    /// Reads text or bytes.
    fn leaf(&mut self, code: u8) -> Option<Value> {
        let bytes = self.counted(code)?;
        match code {
            op::SHORT_BINBYTES | op::BINBYTES => Some(Value::Bytes(bytes.to_owned())),
            _ => core::str::from_utf8(bytes).ok().map(|text| Value::Str(text.to_owned())),
        }
    }

    fn counted(&mut self, code: u8) -> Option<&'p [u8]> {
        let len = match code {
            op::SHORT_BINUNICODE | op::SHORT_BINBYTES => self.number::<1>()?,
            _ => self.number::<4>()?,
        };
        let bytes = self.input.get(self.at..)?.get(..len as usize)?;
        self.at += bytes.len();
        Some(bytes)
    }

    fn code(&mut self) -> Option<u8> {
        self.number::<1>().map(|code| code as u8)
    }

    /// Reads the rest of `_codecs.encode(text, 'latin1')` after the function: bytes, as protocols below 3 write them.
    fn encoded(&mut self) -> Option<Value> {
        let text = self.text()?;
        let encoding = match *self.input.get(self.at)? {
            op::BINGET | op::LONG_BINGET => {
                let number = if self.code()? == op::BINGET { self.number::<1>()? } else { self.number::<4>()? };
                let kept = *self.memo.get(number as usize).filter(|kept| **kept & NAME == 0)?;
                let behind = mem::replace(&mut self.at, kept as usize);
                let code = self.code()?;
                let encoding = if is_text(code) { self.counted(code) } else { None };
                self.at = behind;
                encoding?
            }
            _ => self.text()?,
        };
        let is_call = encoding == b"latin1" && self.code()? == op::TUPLE2;
        self.put(OTHER)?;
        (is_call && self.code()? == op::REDUCE).then_some(())?;
        latin1(text).map(Value::Bytes)
    }

    /// Reads text that does not become a value, but may be put in the memo.
    fn text(&mut self) -> Option<&'p [u8]> {
        let start = self.at as u32;
        let code = self.code().filter(|code| is_text(*code))?;
        let text = self.counted(code)?;
        self.put(start)?;
        Some(text)
    }

    /// Adds an entry to the memo if the pickle does so here.
    fn put(&mut self, kept: u32) -> Option<()> {
        let number = match *self.input.get(self.at)? {
            op::MEMOIZE => {
                self.at += 1;
                self.memo.len()
            }
            code @ (op::BINPUT | op::LONG_BINPUT) => {
                self.at += 1;
                (if code == op::BINPUT { self.number::<1>()? } else { self.number::<4>()? }) as usize
            }
            _ => return Some(()),
        };
        (number == self.memo.len()).then(|| self.memo.push(kept))
    }

    /// Returns where the last `count` values begin on the stack.
    fn from(&self, count: usize) -> Option<usize> {
        self.stack.len().checked_sub(count).filter(|from| *from >= self.fence)
    }

    fn unmark(&mut self) -> Option<usize> {
        let mark = self.marks.pop()?;
        self.fence = self.marks.last().map_or(0, |&mark| mark as usize);
        Some(mark as usize)
    }

    fn pop(&mut self) -> Option<Value> {
        self.from(1)?;
        self.stack.pop()
    }

    fn tuple(&mut self, count: usize) -> Option<Value> {
        let from = self.from(count)?;
        Some(Value::Tuple(Tuple::from(self.stack.split_off(from))))
    }

    /// Adds values to the list, dict or set before them.
    fn add(&mut self, code: u8, from: usize) -> Option<()> {
        let items = self.stack.split_off(from);
        self.from(1)?;
        if items.is_empty() {
            return Some(());
        }
        match (self.stack.last_mut()?, code) {
            (Value::List(list), op::APPEND) if list.is_empty() => *list = List::from(items),
            (Value::List(list), op::APPEND) => list.extend(items),
            (Value::Set(set), op::ADDITEMS) if set.is_empty() => *set = Set::from(items),
            (Value::Set(set), op::ADDITEMS) => set.extend(items),
            (Value::Dict(dict), op::SETITEM) if items.len() % 2 == 0 => dict.add_turns(items),
            _ => return None,
        }
        Some(())
    }

    /// Adds the last value to the memo.
    fn keep(&mut self) -> Option<()> {
        self.from(1)?;
        let kept = match *self.input.get(self.last)? {
            op::SHORT_BINUNICODE | op::BINUNICODE | op::SHORT_BINBYTES | op::BINBYTES => self.last as u32,
            op::GLOBAL | op::STACK_GLOBAL if matches!(self.stack.last(), Some(Value::Global(_))) => {
                NAME | (self.names.len() - 1) as u32
            }
            _ => OTHER,
        };
        self.memo.push(kept);
        Some(())
    }

    /// Returns a copy of what the memo has under a number; `None` for what is long, which must be shared.
    fn fetch(&mut self, number: usize) -> Option<Value> {
        let kept = *self.memo.get(number)?;
        if kept == OTHER {
            return None;
        }
        if kept & NAME != 0 {
            let name = self.names.get((kept & !NAME) as usize)?;
            return if is_encoder(name) { self.encoded() } else { Some(Value::Global(name.clone())) };
        }
        let (start, end) = (kept as usize, self.at);
        self.at = start + 1;
        let value = self.leaf(*self.input.get(start)?)?;
        self.at = end;
        let len = match &value {
            Value::Str(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => return None,
        };
        (len <= SHORT).then_some(value)
    }

    fn global(&mut self, code: u8) -> Option<Value> {
        let name = if code == op::GLOBAL {
            let (module, name) = (self.line()?, self.line()?);
            self.name(module, name)?
        } else {
            let (name, module) = (self.pop()?, self.pop()?);
            self.name(module.as_str()?, name.as_str()?)?
        };
        self.names.push(name.clone());
        if is_encoder(&name) {
            self.put(NAME | (self.names.len() - 1) as u32)?;
            return self.encoded();
        }
        Some(Value::Global(name))
    }

    fn line(&mut self) -> Option<&'p str> {
        let rest = self.input.get(self.at..)?;
        let len = rest.iter().take(SHORT + 1).position(|&byte| byte == b'\n')?;
        self.at += len + 1;
        core::str::from_utf8(rest.get(..len)?).ok()
    }

    /// Makes a name that is not long; a long one would be shared.
    fn name(&self, module: &str, name: &str) -> Option<Name> {
        let fits = |text: &str| (1..=SHORT).contains(&text.len());
        let (module, name) = if fits(module) && fits(name) { (module, name) } else { return None };
        let (module, name) = if self.old_names { to_python_3(module, name) } else { (module, name) };
        Some(Name::new(module, name))
    }

    /// Makes an object of a class, still without a state, or the result of a call of an unknown function.
    fn object(&mut self, made: Made) -> Option<Value> {
        let (args, class) = (self.pop()?, self.pop()?);
        let (Value::Tuple(args), Value::Global(name)) = (args, class) else { return None };
        let module = name.module();
        let is_known = matches!(module, "builtins" | "_codecs" | "copyreg" | "") || module.starts_with("numpy");
        if is_known || name.qualname().starts_with("__pyx_unpickle_") {
            return None;
        }
        let object = if args.is_empty() && made == Made::New {
            self.open += 1;
            Object::new(name, Tuple::new())
        } else {
            Object::from_parts(name, Parts { made, args: Value::Tuple(args), ..Parts::default() })
        };
        Some(Value::Object(Box::new(object)))
    }

    /// Gives an object its state, if it has none.
    fn build(&mut self) -> Option<()> {
        let state = self.pop()?;
        self.from(1)?;
        let Value::Object(object) = self.stack.last_mut()? else { return None };
        // An empty state that was given is kept apart from no state: the machine does that.
        let says_nothing = match &state {
            Value::None => true,
            Value::Tuple(state) => state.is_empty(),
            _ => false,
        };
        if says_nothing || !object.state().is_empty() || object.other_state().is_some() {
            return None;
        }
        if object.made() == Made::New && object.args().is_empty() {
            self.open -= 1;
            if let Value::Tuple(state) = state {
                *object.state_mut()? = state;
                return Some(());
            }
        }
        let (name, parts) = mem::replace(&mut **object, Object::new("", Tuple::new())).into_parts();
        **object = Object::from_parts(name, Parts { state, ..parts });
        Some(())
    }
}

fn is_encoder(name: &Name) -> bool {
    (name.module(), name.qualname()) == ("_codecs", "encode")
}

fn is_text(code: u8) -> bool {
    matches!(code, op::SHORT_BINUNICODE | op::BINUNICODE)
}

fn int(value: i64) -> Value {
    Value::Int(Int::from(value))
}
