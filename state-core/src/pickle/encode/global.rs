//! Python's classes and functions by name: those of the caller's types, and those that the format itself needs.

use super::sink::Sink;
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::Protocol;
use crate::pickle::names::to_python_2;
use crate::pickle::opcode::{GLOBAL, MARK, REDUCE, STACK_GLOBAL, TUPLE, TUPLE2};

/// A name in a module; the name may have dots, like that of a class inside a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pickle) struct Global<'a> {
    pub module: &'a str,
    pub name: &'a str,
}

impl<'a> Global<'a> {
    pub const fn new(module: &'a str, name: &'a str) -> Self {
        Self { module, name }
    }

    /// Returns what a type tag stands for: `shop.bikes.Bicycle` for the class of the module `shop.bikes`; in
    /// `shop.bikes:Bicycle.Frame` a colon marks the end of the module. Without either, the class belongs to the main
    /// program, where Python looks for the classes that a script has defined.
    pub fn of_tag(tag: &'a str) -> Self {
        match tag.split_once(':').or_else(|| tag.rsplit_once('.')) {
            Some((module, name)) => Self { module, name },
            None => Self { module: "__main__", name: tag },
        }
    }

    /// # Errors
    /// If the protocol cannot write the name, because it is empty or has several lines.
    fn valid(self) -> Result<Self> {
        let bad = |text: &str| text.is_empty() || text.contains('\n');
        if bad(self.module) || self.name.split('.').any(bad) {
            let found = alloc::format!("{:?} in {:?}", self.name, self.module);
            return Err(Error::new(ErrorKind::Unwritable, "the name of a class of Python", found));
        }
        Ok(self)
    }
}

/// The names that the format itself needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Getattr,
    Object,
    Reconstructor,
    Encode,
    Bytes,
    ByteArray,
    Set,
    FrozenSet,
    Complex,
    NdArray,
    DType,
    Scalar,
    NewObjEx,
    NewObj,
}

impl Known {
    const fn global(self) -> Global<'static> {
        match self {
            Self::Getattr => Global::new("builtins", "getattr"),
            Self::Object => Global::new("builtins", "object"),
            Self::Reconstructor => Global::new("copyreg", "_reconstructor"),
            Self::Encode => Global::new("_codecs", "encode"),
            Self::Bytes => Global::new("builtins", "bytes"),
            Self::ByteArray => Global::new("builtins", "bytearray"),
            Self::Set => Global::new("builtins", "set"),
            Self::FrozenSet => Global::new("builtins", "frozenset"),
            Self::Complex => Global::new("builtins", "complex"),
            Self::NdArray => Global::new("numpy", "ndarray"),
            Self::DType => Global::new("numpy", "dtype"),
            // The name that all versions of NumPy keep for pickles.
            Self::Scalar => Global::new("numpy.core.multiarray", "scalar"),
            Self::NewObjEx => Global::new("copyreg", "__newobj_ex__"),
            Self::NewObj => Global::new("copyreg", "__newobj__"),
        }
    }
}

impl Sink<'_> {
    /// Writes one of the known names, from the memo if it is there.
    pub fn known(&mut self, known: Known) -> Result<()> {
        let got = self.known[known as usize];
        if !got.is_empty() {
            self.code(&got);
            return Ok(());
        }
        self.global(known.global())?;
        self.known[known as usize] = self.memoize();
        Ok(())
    }

    /// Writes a name.
    ///
    /// # Errors
    /// If it cannot be a name in Python.
    pub fn global(&mut self, global: Global<'_>) -> Result<()> {
        let Global { module, name } = global.valid()?;
        if self.protocol >= Protocol::V4 {
            self.str(module)?;
            self.str(name)?;
            self.put([STACK_GLOBAL]);
            return Ok(());
        }
        // Before protocol 4, a name is an attribute of a module; names inside that are looked up by `getattr`.
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or(name);
        for _ in parts.clone() {
            self.known(Known::Getattr)?;
            if self.protocol < Protocol::V2 {
                self.put([MARK]);
            }
        }
        let (module, first) = match self.fix_imports && self.protocol < Protocol::V3 {
            true => to_python_2(module, first),
            false => (module, first),
        };
        self.put([GLOBAL]);
        self.line(module);
        self.line(first);
        for part in parts {
            self.str(part)?;
            self.put([if self.protocol < Protocol::V2 { TUPLE } else { TUPLE2 }, REDUCE]);
        }
        self.fits(0)
    }
}
