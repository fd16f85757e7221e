//! The paths of the module `pathlib`, which are pickled as their parts.

use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::value::repr::{Field, Layout, Object, Source};
use crate::walk::Decoder;

/// The classes of `pathlib`, which moved within Python 3.13.
const PATHS: [&str; 8] = [
    "pathlib.PosixPath",
    "pathlib.PurePosixPath",
    "pathlib.WindowsPath",
    "pathlib.PureWindowsPath",
    "pathlib._local.PosixPath",
    "pathlib._local.PurePosixPath",
    "pathlib._local.WindowsPath",
    "pathlib._local.PureWindowsPath",
];

/// What separates the parts of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    Posix,
    Windows,
}

impl Flavour {
    /// The flavour of a class of `pathlib`, which moved within Python 3.13.
    pub(crate) fn of(class: &str) -> Option<Self> {
        let class = class.strip_prefix("pathlib.")?;
        match class.strip_prefix("_local.").unwrap_or(class) {
            "PosixPath" | "PurePosixPath" => Some(Self::Posix),
            "WindowsPath" | "PureWindowsPath" => Some(Self::Windows),
            _ => None,
        }
    }
}

impl Flavour {
    /// Joins parts to a path with slashes; `None` for parts that Python does not write.
    pub(crate) fn join(self, parts: &[&str]) -> Option<String> {
        match self {
            Self::Posix => Some(join(parts)),
            Self::Windows => join_windows(parts),
        }
    }
}

fn join(parts: &[&str]) -> String {
    // A part that begins at the root discards those before it.
    let start = parts.iter().rposition(|part| part.starts_with('/')).unwrap_or(0);
    let parts = &parts[start..];
    // In POSIX, exactly two slashes at the start differ from the root.
    let root = match parts.first().map(|first| first.len() - first.trim_start_matches('/').len()) {
        None | Some(0) => "",
        Some(2) => "//",
        Some(_) => "/",
    };
    let names = parts.iter().flat_map(|part| part.split('/')).filter(|name| !matches!(*name, "" | "."));
    let text = format!("{root}{}", names.collect::<Vec<_>>().join("/"));
    if text.is_empty() { ".".to_string() } else { text }
}

/// Joins parts as Python before 3.13 writes them: an anchor, if there is one, and then names.
fn join_windows(parts: &[&str]) -> Option<String> {
    let separate = |part: &str| part.replace('\\', "/");
    let (anchor, names) = match parts {
        [first, rest @ ..] if first.contains(':') || first.starts_with(['\\', '/']) => (separate(first), rest),
        _ => (String::new(), parts),
    };
    if names.iter().any(|name| name.contains(':') || name.starts_with(['\\', '/'])) {
        return None;
    }
    let names: Vec<String> = names.iter().map(|name| separate(name)).collect();
    let text = anchor + &names.join("/");
    Some(if text.is_empty() { ".".to_string() } else { text })
}

/// Text, or a path as text, with slashes.
pub(crate) fn text<'v, D: Decoder<'v>>(value: D) -> Option<Cow<'v, str>> {
    value.str().map(Cow::Borrowed).or_else(|| path(value).map(Cow::Owned))
}

fn path<'v, D: Decoder<'v>>(value: D) -> Option<String> {
    if D::LIVE {
        return None;
    }
    let (class, parts) = PATHS.iter().find_map(|class| Some((class, value.called(class)?)))?;
    let parts: Vec<&str> = parts.map(D::str).collect::<Option<_>>()?;
    Flavour::of(class)?.join(&parts)
}

pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let args = object.args.clone().map(|part| object.source.text(part));
    let parts: Vec<&str> = args.collect::<Option<_>>().filter(|_| object.has_only_args())?;
    let text = Flavour::of(object.name())?.join(&parts)?;
    let (_, name) = object.name().rsplit_once('.')?;
    Some(Layout::new(String::from(name), [Field::repr(text)]))
}
