//! The dotted names by which classes and functions are known outside the program.

use alloc::{borrow::Cow, format, string::String, sync::Arc};
use core::{cmp::Ordering, fmt, hash};

use crate::literal;

/// The name of a class or function, `module.qualname`: [`Value::Global`](crate::value::Value::Global), and the type tag
/// of an [`Object`](crate::value::Object).
///
/// Names are compared by their whole text. A clone shares the text.
///
/// ```
/// use state_core::value::Name;
///
/// let name = Name::new("shop.stock", "Bicycle.Wheel");
/// assert_eq!((name.module(), name.qualname()), ("shop.stock", "Bicycle.Wheel"));
/// assert_eq!(name.to_string(), "<class 'shop.stock.Bicycle.Wheel'>");
///
/// // In one text, the module is what precedes the colon, or else all but the last part.
/// let name = Name::from("example.Person");
/// assert_eq!((name.module(), name.qualname()), ("example", "Person"));
/// assert_eq!(name, *"example.Person");
/// assert_eq!(Name::from("shop:Bicycle.Wheel").qualname(), "Bicycle.Wheel");
/// ```
#[derive(Clone)]
pub struct Name(Repr);

/// In both variants, the module is the first `module` bytes of the text, followed by a dot unless it is empty.
#[derive(Clone)]
enum Repr {
    Static { module: u32, text: &'static str },
    Shared { module: u32, text: Arc<str> },
}

impl Name {
    /// Makes a name from a module and the name in it, which may contain dots.
    #[must_use]
    pub fn new(module: &str, qualname: &str) -> Self {
        // If the module is 4 GiB or longer, the whole text becomes the name in an empty module.
        let length = u32::try_from(module.len()).unwrap_or(0);
        let text = if module.is_empty() { qualname.into() } else { format!("{module}.{qualname}").into() };
        Self(Repr::Shared { module: length, text })
    }

    /// The whole name: `module.qualname`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Static { text, .. } => text,
            Repr::Shared { text, .. } => text,
        }
    }

    fn module_len(&self) -> usize {
        match self.0 {
            Repr::Static { module, .. } | Repr::Shared { module, .. } => module as usize,
        }
    }

    /// The module; empty if there is none.
    #[must_use]
    pub fn module(&self) -> &str {
        self.as_str().get(..self.module_len()).unwrap_or_default()
    }

    /// The name in its module: `Person`, or `Outer.Inner` if it is nested.
    #[must_use]
    pub fn qualname(&self) -> &str {
        match self.module_len() {
            0 => self.as_str(),
            module => self.as_str().get(module + 1..).unwrap_or_default(),
        }
    }

    /// The last part: `Inner`.
    #[must_use]
    pub fn last(&self) -> &str {
        last(self.as_str())
    }
}

pub(in crate::value) fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Returns where the module ends: at a colon, or else at the last dot.
fn split(text: &str) -> u32 {
    let end = text.find(':').or_else(|| text.rfind('.'));
    end.and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
}

impl From<&'static str> for Name {
    fn from(text: &'static str) -> Self {
        Self(Repr::Static { module: split(text), text })
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self(Repr::Shared { module: split(&text), text: text.into() })
    }
}

impl From<Cow<'static, str>> for Name {
    fn from(text: Cow<'static, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::from(text),
            Cow::Owned(text) => Self::from(text),
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Name {}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl hash::Hash for Name {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// The built-in names that are not classes.
const FUNCTIONS: [&str; 44] = [
    "__build_class__",
    "__import__",
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "breakpoint",
    "callable",
    "chr",
    "compile",
    "delattr",
    "dir",
    "divmod",
    "eval",
    "exec",
    "format",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "hex",
    "id",
    "input",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "locals",
    "max",
    "min",
    "next",
    "oct",
    "ord",
    "pow",
    "print",
    "repr",
    "round",
    "setattr",
    "sorted",
    "sum",
    "vars",
];

/// Prints `<class 'shop.Bicycle'>`, and for built-in names `<class 'int'>`, `<built-in function len>` or `Ellipsis`.
/// Other names do not say whether they belong to a function or a class, so functions print as classes.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.module() == "builtins" { self.qualname() } else { self.as_str() };
        let (start, end) = match name {
            _ if name.len() == self.as_str().len() => ("<class '", "'>"),
            "Ellipsis" | "NotImplemented" => ("", ""),
            _ if FUNCTIONS.contains(&name) => ("<built-in function ", ">"),
            _ => ("<class '", "'>"),
        };
        f.write_str(start)?;
        literal::write_name(f, name)?;
        f.write_str(end)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
