//! The obstacles for states of an older schema: where they are, and how to remove them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Display};

use super::{Enum, Form, Nodes, Schema, Show, brief, short};
use crate::error::{Error, ErrorKind, Escaped};

/// The hint at what lists the problems, added to an error that has only the first.
const LISTED: &str = " (`evolve::Form::obstacles` and the test `evolve::testing::recorded` list them)";

/// One reason why states of an older form do not become states of the present one.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    path: String,
    ours: String,
    theirs: String,
    /// What to do about it.
    remedy: String,
    /// The same with options of the command `state`; empty if it has none for this.
    option: String,
}

/// The type that a part belongs to, whose attributes could convert it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The part is the root, which has a name.
    Root,
    /// The part is in a type with a name.
    Around,
    None,
}

impl Problem {
    fn new(path: &dyn Display, ours: impl Into<String>, theirs: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            path: path.to_string(),
            ours: ours.into(),
            theirs: theirs.into(),
            remedy: remedy.into(),
            option: String::new(),
        }
    }

    fn option(self, option: String) -> Self {
        Self { option, ..self }
    }

    /// As `Display`, with options of the command `state` in place of attributes.
    pub fn by_option(&self) -> String {
        match &*self.option {
            "" => self.to_string(),
            option => Self { remedy: option.into(), ..self.clone() }.to_string(),
        }
    }

    pub fn kind(path: &dyn Display, owner: Owner, ours: String, theirs: String) -> Self {
        let remedy = match owner {
            Owner::Around => {
                "nothing is narrowed or converted without `#[state(from(..))]` or `#[state(upgrade = ..)]` on the type that \
                 contains it"
            }
            Owner::Root => {
                "nothing is narrowed or converted without `#[state(from(..))]` or `#[state(upgrade = ..)]` on the type"
            }
            Owner::None => {
                "nothing is narrowed or converted outside of a type with `#[state(from(..))]`; load it as the type that was \
                 saved, and convert the value"
            }
        };
        Self::new(path, ours, theirs, remedy)
    }

    pub fn renamed(path: &dyn Display, ours: String, theirs: String) -> Self {
        let remedy =
            format!("if it was renamed, write `#[state(alias({:?}))]` on the type", Escaped(&theirs).to_string());
        let option = format!("if it was renamed, write `--alias {theirs}={ours}`");
        Self::new(path, ours, theirs, remedy).option(option)
    }

    pub fn missing<'a>(path: &dyn Display, ours: &Show<'_>, gone: impl Iterator<Item = &'a str>) -> Self {
        let gone: Vec<&str> = gone.take(3).collect();
        let path = &*path.to_string();
        let name = path.rsplit('.').next().unwrap_or(path);
        let or = |write: &dyn Fn(&str) -> String| match gone.is_empty() {
            true => String::new(),
            false => {
                let names: Vec<String> = gone.iter().map(|name| write(name)).collect();
                format!(", or {} if that is what it was called", names.join(" or "))
            }
        };
        let remedy = format!(
            "write `#[state(default)]` on the field{}",
            or(&|name| format!("`alias({:?})`", Escaped(name).to_string()))
        );
        let option = format!("write `--default`{}", or(&|old| format!("`--alias {old}={name}`")));
        Self::new(&path, brief(ours), "a state of another version without it", remedy).option(option)
    }

    /// The same for a slot beside older ones that are gone, whose value may be made from theirs.
    pub fn beside_gone(self) -> Self {
        Self { remedy: self.remedy + "; if it is made from older slots, see `upgrade` and `from`", ..self }
    }

    pub fn gone(path: &dyn Display, name: &str, owner: &str, theirs: &Schema, nodes: &Nodes) -> Self {
        let remedy = unknown_slot(name, owner);
        let name = Escaped(name).to_string();
        let option = format!("write `--removed {name}` to drop it, or `--alias {name}=NEW` if it was renamed");
        let theirs = format!("a state of another version that has it: {}", brief(&Show(theirs, nodes)));
        Self::new(path, format!("no slot `{name}`"), theirs, remedy).option(option)
    }

    pub fn twice(path: &dyn Display) -> Self {
        let remedy = "write `#[state(alias(\"..\"))]` on the fields, with a name that only one has";
        let option = "write `--alias OLD=NEW`, with a name that only one of them has";
        Self::new(path, "one slot of this name", "several in the state of another version", remedy)
            .option(option.into())
    }

    pub fn record_field(path: &dyn Display) -> Self {
        let remedy = "write `#[state(default)]` on the field";
        Self::new(path, "this field", "a record of another version without it", remedy)
            .option("write `--default`".into())
    }

    pub fn record_field_gone(path: &dyn Display, name: &str) -> Self {
        let name = Escaped(name);
        let remedy = format!(
            "if it was removed, write `#[state(removed({:?}))]` on the record; if a newer version of the program added it, \
             this one is too old for the state",
            name.to_string()
        );
        let option = format!("write `--removed {name}` to drop it");
        Self::new(path, format!("no field `{name}`"), "a record of another version that has it", remedy).option(option)
    }

    pub fn variant(path: &dyn Display, name: &str, of: &Enum) -> Self {
        let (name, owner) = (Escaped(name).to_string(), short(&of.name));
        let (ours, remedy) = match of.form {
            Form::Dynamic => (
                format!("a type in the list of `dyn {owner}`"),
                format!(
                    "if the type was renamed, list it as `Type as \"Type\" | {name:?}` in `dynamic!`; if it was removed, list \
                     a replacement in the same way, such as `#[state(removed)] struct Gone {{}}`"
                ),
            ),
            _ => (
                format!("a variant that `{owner}` has"),
                format!(
                    "if it was renamed, write `#[state(alias({name:?}))]` on the variant; if it was removed, \
                     `#[state(other)]` on one without fields to replace it, or `#[state(removed({name:?}))]` on `{owner}` \
                     if no state uses it"
                ),
            ),
        };
        let remedy = remedy + "; if a newer version of the program added it, this one is too old for the state";
        let option = format!("write `--alias {name}=NEW` if it was renamed, or `--removed {name}` if no state uses it");
        Self::new(path, ours, format!("`{name}` of another version"), remedy).option(option)
    }

    /// A type of an open set whose tag no registered type has, or had.
    pub fn member(path: &dyn Display, registered: &str, tag: &str) -> Self {
        let tag = Escaped(tag).to_string();
        let remedy = format!(
            "if it was renamed, write `#[state(alias({tag:?}))]` on the type, or `member!(Type as \"tag\" | {tag:?})`"
        );
        Self::new(path, registered, format!("'{tag}', which is not"), remedy)
    }

    pub fn key(path: &dyn Display) -> Self {
        let (ours, theirs) =
            ("keys that stay different", "keys of which `removed`, `other` or a second `alias` drops a part");
        Self::new(
            path,
            ours,
            theirs,
            "two could become one; keep the part, or convert the type around them with `from`",
        )
    }

    pub fn shares(path: &dyn Display) -> Self {
        let (ours, theirs) =
            ("a part without shared objects, because `from` or `upgrade` changes it", "one with shared pointers");
        let remedy = "put these on parts without shared objects, or load the state as the older types and convert it in \
                      the program; `default`, `alias`, `removed` and `flatten_parent` keep what is shared";
        Self::new(path, ours, theirs, remedy)
    }

    /// A pointer that may have shared its object, and cannot any more.
    pub fn parted(path: &dyn Display, ours: String) -> Self {
        let theirs = "a shared pointer of another version, whose object others may share";
        let remedy = "keep it an `Rc` or `Arc` as before; otherwise only states in which nothing shares its object can be loaded";
        Self::new(path, ours, theirs, remedy)
    }

    pub fn size(path: &dyn Display) -> Self {
        Self::new(path, "a schema that is not too large or deep to be resolved", "a larger one", "")
    }

    /// The same problem with its path relative to the part at `outer`: where that part is becomes known only when a
    /// state is read.
    pub fn inside(self, outer: &dyn Display) -> Self {
        let inner = self.path.strip_prefix(&*outer.to_string()).map(|inner| inner.trim_start_matches('.').to_string());
        Self { path: inner.unwrap_or(self.path), ..self }
    }

    /// A value of a variant although `removed` says that no state uses it.
    pub fn used(name: &str, of: &str) -> Self {
        let name = Escaped(name).to_string();
        let remedy = format!(
            "`removed` on `{0}` says that no state uses it: write `#[state(alias({name:?}))]` on a variant of `{0}` instead, or \
             `#[state(other)]` on one without fields, to replace it",
            short(of)
        );
        Self::new(&"", format!("a variant that `{}` has", short(of)), format!("`{name}` of another version"), remedy)
    }

    /// The error for a state that is refused for this and `more` other reasons.
    pub fn error(self, more: usize) -> Error {
        let Self { path, ours, theirs, remedy, .. } = self;
        let more = match more {
            0 => String::new(),
            1 => format!("and 1 more difference{LISTED}"),
            more => format!("and {more} more differences{LISTED}"),
        };
        let joint = if remedy.is_empty() || more.is_empty() { "" } else { "; " };
        Error::new(ErrorKind::Identity, ours, theirs).at(path).with_hint([&*remedy, joint, &*more].concat())
    }
}

/// The error for a slot that a state with slots by name does not have.
pub(crate) fn missing_slot<'a>(ours: &Show<'_>, gone: impl Iterator<Item = &'a str>) -> Error {
    let Problem { ours, theirs, remedy, .. } = Problem::missing(&"", ours, gone);
    Error::new(ErrorKind::Malformed, ours, theirs).with_hint(remedy)
}

/// What to do about a slot by name that the type does not have; the `owner` of a variant's is empty.
pub(crate) fn unknown_slot(name: &str, owner: &str) -> String {
    let name = Escaped(name).to_string();
    let of = if owner.is_empty() { "the enum".to_string() } else { format!("`{}`", short(owner)) };
    format!(
        "if it was removed, write `#[state(removed({name:?}))]` on {of}; if it was renamed, `#[state(alias({name:?}))]` on \
         the field; if a newer version of the program added it, this one is too old for the state"
    )
}

/// What was found if a state with slots by name has a variant that the enum does not, and what to do about it.
pub(crate) fn unknown_variant(name: &str, of: &Enum) -> (String, String) {
    let Problem { theirs, remedy, .. } = Problem::variant(&"", name, of);
    (theirs, remedy)
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, ours, theirs, remedy, .. } = self;
        write!(f, "{}: expected {}, found {}", Escaped(path), Escaped(ours), Escaped(theirs))?;
        if remedy.is_empty() { Ok(()) } else { write!(f, "\n    {}", Escaped(remedy)) }
    }
}
