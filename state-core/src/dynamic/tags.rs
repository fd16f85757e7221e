//! The names of a list and its members, found at compile time.

use crate::schema::{Evolution, Schema};
use crate::state::State;

/// The tag of a list: the given one, otherwise the name of its trait in the source.
///
/// # Panics
/// At compile time, if the source does not show the name.
#[must_use]
pub const fn trait_name(source: &'static str, given: &[&'static str]) -> &'static str {
    if let [given, ..] = given {
        return given;
    }
    let (start, end) = name_in(source.as_bytes());
    let name = source.as_bytes().split_at(end).0.split_at(start).1;
    match core::str::from_utf8(name) {
        Ok(shown) if !name.is_empty() && !is_same(name, b"for") => shown,
        _ => panic!("name the trait outside the program too: `dynamic!(dyn for<'a> Trait<'a> as \"Trait\" = [A, B])`"),
    }
}

/// The start and end of the last name in the path, in `dyn path::Name<T> + Send`.
const fn name_in(source: &[u8]) -> (usize, usize) {
    let (mut start, mut end) = (if let [b'd', b'y', b'n', b' ', ..] = source { 4 } else { 0 }, 0);
    let mut at = start;
    while at < source.len() && !matches!(source[at], b'<' | b'+' | b' ' | b')') {
        at += 1;
        end = at;
        if source[at - 1] == b':' || source[at - 1] == b'(' {
            start = at;
        }
    }
    (start, end)
}

/// The tag of a member: the given one, otherwise that of its type; empty if there is none.
#[must_use]
pub const fn member_tag<T: State>(given: &[&'static str]) -> &'static str {
    match (given, const { &T::STATE_SCHEMA }.name()) {
        ([given, ..], _) => given,
        (_, Some(own)) => own,
        _ => "",
    }
}

/// The former tags of a member: those after the given one, otherwise those of its type.
#[must_use]
pub const fn member_aliases<T: State>(given: &[&'static [&'static str]]) -> &'static [&'static str] {
    match given {
        [[_, had @ ..], ..] => had,
        _ => const { &T::STATE_SCHEMA }.older().aliases,
    }
}

/// The schema of a member; if its type has a name and a tag is given, under that tag.
#[must_use]
pub const fn member_schema<T: State>(renamed: &[fn() -> &'static Schema]) -> fn() -> &'static Schema {
    match (renamed, const { &T::STATE_SCHEMA }.name()) {
        ([renamed], Some(_)) => *renamed,
        _ => T::schema,
    }
}

/// The schema of a member under another tag.
#[must_use]
pub const fn renamed_member<T: State>(tag: &'static str, evolution: &'static Evolution) -> Schema {
    T::STATE_SCHEMA.named(tag, evolution)
}

/// What a member says about its older forms, with these former tags.
#[must_use]
pub const fn older_member<T: State>(aliases: &'static [&'static str]) -> Evolution {
    Evolution { aliases, ..*const { &T::STATE_SCHEMA }.older() }
}

/// Refuses a list in which a member has no tag, or two have the same.
///
/// # Panics
/// At compile time, if it refuses the list.
pub const fn assert_tags(tags: &[&str]) {
    let mut at = 0;
    while at < tags.len() {
        assert!(!tags[at].is_empty(), "a type without a tag of its own needs one: `u32 as \"number\"`");
        let mut other = 0;
        while other < at {
            assert!(
                !is_same(tags[at].as_bytes(), tags[other].as_bytes()),
                "two types of the list have the same tag; give each one of its own: `Slime<Fire> as \"FireSlime\"`"
            );
            other += 1;
        }
        at += 1;
    }
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    a.len() == b.len()
}
