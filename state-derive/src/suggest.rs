//! Guesses what an unknown word was meant to be: near misses by edit distance, and words that other crates use. `attr`
//! and `value` call it for words that are not in `symbol`.

use crate::symbol::{self, Level, Symbol, Takes};

/// Words of other derives and languages, with ours for the same thing.
const FOREIGN: &[(&str, Symbol)] = &[
    ("rename_all", symbol::RENAME),
    ("rename_all_fields", symbol::RENAME),
    ("key", symbol::RENAME),
    ("tag", symbol::NAME),
    ("type_name", symbol::NAME),
    ("type_tag", symbol::NAME),
    ("module", symbol::NAME),
    ("class", symbol::NAME),
    ("runtime", symbol::CRATE),
    ("where", symbol::BOUND),
    ("ignore", symbol::SKIP),
    ("skip_serializing", symbol::SKIP),
    ("skip_serializing_if", symbol::SKIP),
    ("skip_deserializing", symbol::SKIP),
    ("transient", symbol::SKIP),
    ("exclude", symbol::SKIP),
    ("default_factory", symbol::DEFAULT),
    ("optional", symbol::DEFAULT),
    ("old_name", symbol::ALIAS),
    ("validation_alias", symbol::ALIAS),
    ("deleted", symbol::REMOVED),
    ("migrate", symbol::UPGRADE),
    ("flatten", symbol::FLATTEN_PARENT),
    ("parent", symbol::FLATTEN_PARENT),
    ("base", symbol::FLATTEN_PARENT),
    ("extends", symbol::FLATTEN_PARENT),
    ("inherit", symbol::FLATTEN_PARENT),
    ("raw", symbol::BYTES),
    ("pod", symbol::BYTES),
    ("serde_bytes", symbol::BYTES),
    ("numpy", symbol::ARRAY),
    ("ndarray", symbol::ARRAY),
    ("no_count", symbol::UNCOUNTED),
    ("serialize_with", symbol::WITH),
    ("deserialize_with", symbol::WITH),
    ("via", symbol::WITH),
    ("ordered", symbol::SORTED),
    ("deterministic", symbol::SORTED),
    ("compat", symbol::SERDE),
    ("pre_dump", symbol::BEFORE_GET),
    ("before_dump", symbol::BEFORE_GET),
    ("post_load", symbol::AFTER_SET),
    ("after_load", symbol::AFTER_SET),
    ("validate", symbol::AFTER_SET),
    ("rc", symbol::SHARED),
];

/// Words for what holds without an attribute.
const NEEDLESS: &[(&str, &str)] = &[
    ("deny_unknown_fields", "states with other slots are always refused"),
    ("borrow", "a field can borrow without an attribute"),
    ("untagged", "a variant is always stored with its name"),
];

/// What other libraries call the forms of `pickle`.
const FORMS: &[(&str, &str)] = &[
    ("attributes", symbol::DICT),
    ("names", symbol::DICT),
    ("__dict__", symbol::DICT),
    ("__slots__", symbol::SLOTS),
    ("args", symbol::CALL),
    ("__init__", symbol::CALL),
    ("__reduce__", symbol::CALL),
    ("reduce", symbol::CALL),
    ("members", symbol::ENUM),
];

/// The symbol that `word` was most likely meant to be; among equally near ones, one that belongs on `level`.
pub fn meant(word: &str, level: Level) -> Option<Symbol> {
    if let Some((_, symbol)) = FOREIGN.iter().find(|(foreign, _)| *foreign == word) {
        return Some(*symbol);
    }
    let (here, elsewhere) = symbol::ALL.iter().partition::<Vec<&Symbol>, _>(|symbol| symbol.levels.contains(&level));
    let name = nearest(word, here.iter().chain(&elsewhere).map(|symbol| symbol.name))?;
    symbol::find(name)
}

/// Why `word` can be left out.
pub fn needless(word: &str) -> Option<&'static str> {
    NEEDLESS.iter().find(|(foreign, _)| *foreign == word).map(|(_, reason)| *reason)
}

/// The symbol that takes `word` as its value.
pub fn taking(word: &str) -> Option<Symbol> {
    let takes = |symbol: &&Symbol| matches!(symbol.takes, Takes::Choice(words) if words.contains(&word));
    symbol::ALL.iter().find(takes).copied()
}

/// The one of `choices` that `word` was most likely meant to be.
pub fn choice(word: &str, choices: &[&'static str]) -> Option<&'static str> {
    let word = word.to_lowercase();
    let foreign = nearest(&word, FORMS.iter().map(|(foreign, _)| *foreign));
    let translated = || FORMS.iter().find(|(word, _)| Some(*word) == foreign).map(|(_, form)| *form);
    nearest(&word, choices.iter().copied()).or_else(translated).filter(|form| choices.contains(form))
}

/// The first of the nearest words, if a third of its letters or fewer are wrong, as rustc allows for its suggestions.
fn nearest(word: &str, words: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let (distance, found) = words.map(|known| (edits(word, known), known)).min_by_key(|(distance, _)| *distance)?;
    (distance <= word.len().max(found.len()) / 3).then_some(found)
}

/// The number of edits that turn `a` into `b`: inserting, deleting or replacing a letter, or swapping two neighbours.
fn edits(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut next = vec![i + 1];
        for j in 0..b.len() {
            let replaced = row[j] + usize::from(a[i] != b[j]);
            let mut best = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = row;
        row = next;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(word: &str, level: Level) -> Option<&'static str> {
        meant(word, level).map(|symbol| symbol.name)
    }

    #[test]
    fn distances() {
        assert_eq!(edits("skip", "skip"), 0);
        assert_eq!(edits("skpi", "skip"), 1);
        assert_eq!(edits("skp", "skip"), 1);
        assert_eq!(edits("", "skip"), 4);
        assert_eq!(edits("byte", "bytes"), 1);
        assert_eq!(edits("sort", "sorted"), 2);
    }

    #[test]
    fn a_near_miss_is_found() {
        assert_eq!(name("skp", Level::Field), Some("skip"));
        assert_eq!(name("byte", Level::Field), Some("bytes"));
        assert_eq!(name("flaten_parent", Level::Field), Some("flatten_parent"));
        assert_eq!(name("aftr_set", Level::Type), Some("after_set"));
        assert_eq!(name("bounds", Level::Type), Some("bound"));
    }

    #[test]
    fn among_equals_the_level_decides() {
        assert_eq!(name("rname", Level::Type), Some("name"));
        assert_eq!(name("rname", Level::Field), Some("rename"));
    }

    #[test]
    fn a_foreign_word_is_translated() {
        assert_eq!(name("rename_all", Level::Type), Some("rename"));
        assert_eq!(name("flatten", Level::Field), Some("flatten_parent"));
        assert_eq!(name("skip_serializing", Level::Field), Some("skip"));
        assert_eq!(name("parent", Level::Field), Some("flatten_parent"));
    }

    #[test]
    fn foreign_words_are_not_ours() {
        assert!(FOREIGN.iter().all(|(word, _)| symbol::find(word).is_none()));
        assert!(NEEDLESS.iter().all(|(word, _)| symbol::find(word).is_none()));
    }

    #[test]
    fn forms_of_pickles_are_found_by_what_they_resemble() {
        let Takes::Choice(forms) = symbol::PICKLE.takes else { unreachable!() };
        for (word, form) in [
            ("slot", Some("slots")),
            ("Dict", Some("dict")),
            ("dictionary", None),
            ("atributes", Some("dict")),
            ("attributes", Some("dict")),
            ("enumm", Some("enum")),
            ("__slots__", Some("slots")),
            ("json", None),
            ("", None),
        ] {
            assert_eq!(choice(word, forms), form, "{word}");
        }
        assert_eq!((taking("slots"), taking("slot")), (Some(symbol::PICKLE), None));
    }

    #[test]
    fn nothing_is_suggested_for_something_else() {
        assert_eq!(name("transparent", Level::Type), None);
        assert_eq!(name("x", Level::Field), None);
    }
}
