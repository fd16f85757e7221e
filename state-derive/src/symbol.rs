//! The vocabulary: every word of `#[state(..)]`, where it may be written and what value it takes. `attr` parses by this
//! table alone, so a new attribute starts as a row here.

use std::fmt;

/// The items that an attribute can be written on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    Type,
    Variant,
    Field,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Type => "a type",
            Level::Variant => "a variant",
            Level::Field => "a field",
        })
    }
}

/// The value after the word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    Nothing,
    Text,
    /// String literals in parentheses.
    Texts,
    MaybeTexts,
    /// Types in parentheses.
    Types,
    /// One of these words, in quotes.
    Choice(&'static [&'static str]),
    Predicates,
    /// The path of a module: no generic arguments.
    Module,
    /// The path of a module, or a type with modules in place of its parts.
    Conversion,
    /// The path of a function, as an expression.
    Function,
    MaybeFunction,
    /// A type, optionally in quotes.
    Type,
}

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Takes::Nothing => "no value",
            Takes::Text => "a string literal",
            Takes::Texts | Takes::MaybeTexts => "names in parentheses",
            Takes::Types => "types in parentheses",
            Takes::Choice(words) => return write_choice(f, words),
            Takes::Predicates => "a string of where predicates",
            Takes::Module | Takes::Conversion => "the path of a module",
            Takes::Function | Takes::MaybeFunction => "the path of a function",
            Takes::Type => "a type",
        })
    }
}

/// `"a", "b" or "c"`
fn write_choice(f: &mut fmt::Formatter<'_>, words: &[&str]) -> fmt::Result {
    for (at, word) in words.iter().enumerate() {
        let joint = if at == 0 {
            ""
        } else if at + 1 == words.len() {
            " or "
        } else {
            ", "
        };
        write!(f, "{joint}\"{word}\"")?;
    }
    Ok(())
}

/// A word of `#[state(..)]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Symbol {
    pub name: &'static str,
    pub levels: &'static [Level],
    pub takes: Takes,
    /// An example of its use, for messages.
    pub usage: &'static str,
}

impl Symbol {
    const fn new(name: &'static str, levels: &'static [Level], takes: Takes, usage: &'static str) -> Self {
        Symbol { name, levels, takes, usage }
    }

    const fn flag(name: &'static str) -> Self {
        Symbol::new(name, FIELD, Takes::Nothing, name)
    }

    /// The message for a value of another kind.
    pub fn expectation(self) -> String {
        format!("{self} takes {}; write `{}`", self.takes, self.usage)
    }

    /// The levels that the word belongs on, as a message lists them.
    pub fn home(self) -> String {
        let levels: Vec<String> = self.levels.iter().map(Level::to_string).collect();
        levels.join(" or ")
    }
}

/// Prints the word in backticks.
impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name)
    }
}

const TYPE: &[Level] = &[Level::Type];
const FIELD: &[Level] = &[Level::Field];
const TYPE_OR_FIELD: &[Level] = &[Level::Type, Level::Field];
const VARIANT: &[Level] = &[Level::Variant];
const PARTS: &[Level] = &[Level::Field, Level::Variant];
const ALL_LEVELS: &[Level] = &[Level::Type, Level::Variant, Level::Field];

/// The attribute that contains all words.
pub const STATE: &str = "state";

pub const NAME: Symbol = Symbol::new("name", TYPE, Takes::Text, "name = \"example.Person\"");
pub const CRATE: Symbol = Symbol::new("crate", TYPE, Takes::Module, "crate = path::to::runtime");
pub const BOUND: Symbol = Symbol::new("bound", TYPE, Takes::Predicates, "bound = \"T: Trait\"");
pub const BEFORE_GET: Symbol = Symbol::new("before_get", TYPE, Takes::Function, "before_get = Self::prepare");
pub const AFTER_SET: Symbol = Symbol::new("after_set", TYPE, Takes::Function, "after_set = Self::rebuild");
pub const PICKLE: Symbol =
    Symbol::new("pickle", TYPE, Takes::Choice(&[CALL, CYTHON, DICT, ENUM, SLOTS]), "pickle = \"dict\"");
pub const RENAME: Symbol = Symbol::new("rename", PARTS, Takes::Text, "rename = \"other_name\"");
pub const BYTES: Symbol = Symbol::flag("bytes");
pub const ARRAY: Symbol = Symbol::flag("array");
pub const UNCOUNTED: Symbol = Symbol::flag("uncounted");
pub const FLATTEN_PARENT: Symbol = Symbol::flag("flatten_parent");
pub const SKIP: Symbol = Symbol::new("skip", PARTS, Takes::Nothing, "skip");
pub const DEFAULT: Symbol = Symbol::new("default", FIELD, Takes::MaybeFunction, "default = path::to::function");
pub const WITH: Symbol = Symbol::new("with", FIELD, Takes::Conversion, "with = path::to::module");
pub const SORTED: Symbol = Symbol::flag("sorted");
pub const SERDE: Symbol = Symbol::flag("serde");
pub const ALIAS: Symbol = Symbol::new("alias", ALL_LEVELS, Takes::Texts, "alias(\"old_name\")");
pub const REMOVED: Symbol = Symbol::new("removed", TYPE, Takes::MaybeTexts, "removed(\"name\")");
pub const OTHER: Symbol = Symbol::new("other", VARIANT, Takes::Nothing, "other");
pub const FROM: Symbol = Symbol::new("from", TYPE, Takes::Types, "from(v1::Person)");
pub const UPGRADE: Symbol = Symbol::new("upgrade", TYPE, Takes::Function, "upgrade = Self::upgrade");

/// The type describes one of another crate.
pub const REMOTE: Symbol = Symbol::new("remote", TYPE, Takes::Type, "remote = path::to::Type");
pub const GETTER: Symbol = Symbol::new("getter", FIELD, Takes::Function, "getter = Type::method");
pub const SHARED: Symbol = Symbol::new("shared", TYPE_OR_FIELD, Takes::Nothing, "shared");
/// A history holds the pointers in the field instead of their objects.
pub const HELD: Symbol = Symbol::flag("held");
pub const CYCLIC: Symbol = Symbol::new("cyclic", TYPE_OR_FIELD, Takes::Nothing, "cyclic");

/// The values of `pickle`: how the objects of the type are pickled.
pub const CALL: &str = "call";
pub const CYTHON: &str = "cython";
pub const DICT: &str = "dict";
pub const ENUM: &str = "enum";
pub const SLOTS: &str = "slots";

/// All words, in the order in which messages list them.
pub const ALL: &[Symbol] = &[
    NAME,
    CRATE,
    BOUND,
    BEFORE_GET,
    AFTER_SET,
    PICKLE,
    FROM,
    UPGRADE,
    REMOVED,
    ALIAS,
    OTHER,
    REMOTE,
    SHARED,
    CYCLIC,
    HELD,
    BYTES,
    UNCOUNTED,
    ARRAY,
    FLATTEN_PARENT,
    SKIP,
    DEFAULT,
    RENAME,
    WITH,
    SORTED,
    SERDE,
    GETTER,
];

/// The symbol with that name, on any level.
pub fn find(name: &str) -> Option<Symbol> {
    ALL.iter().copied().find(|symbol| symbol.name == name)
}

/// The words that belong on `level`, as a message lists them.
pub fn list(level: Level) -> String {
    let words: Vec<String> =
        ALL.iter().filter(|symbol| symbol.levels.contains(&level)).map(Symbol::to_string).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_twice_in_the_table() {
        for (i, symbol) in ALL.iter().enumerate() {
            assert!(ALL[..i].iter().all(|other| other.name != symbol.name));
        }
    }

    #[test]
    fn usage_starts_with_the_word() {
        assert!(ALL.iter().all(|symbol| symbol.usage.starts_with(symbol.name)));
    }

    #[test]
    fn levels_read_as_prose() {
        assert_eq!(RENAME.home(), "a field or a variant");
        assert_eq!(list(Level::Variant), "`alias`, `other`, `skip`, `rename`");
        assert_eq!(
            PICKLE.expectation(),
            r#"`pickle` takes "call", "cython", "dict", "enum" or "slots"; write `pickle = "dict"`"#
        );
        assert_eq!(SKIP.expectation(), "`skip` takes no value; write `skip`");
    }
}
