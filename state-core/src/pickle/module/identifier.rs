//! Valid names in Python.

use alloc::string::String;

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Returns whether a text can be used as a name in Python: neither reserved, nor read as another name.
pub fn is_identifier(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first == '_' || is_letter(first))
        && letters.all(|next| next == '_' || next.is_ascii_digit() || is_letter(next))
        && !KEYWORDS.contains(&text)
        // Reserved, or changed by Python inside a class.
        && !text.starts_with("__")
}

/// Returns whether a letter is ASCII, or in a block in which Python keeps every letter as it is.
fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphabetic()
        || letter.is_alphabetic()
            && matches!(letter,
                '\u{C0}'..='\u{131}' | '\u{134}'..='\u{13E}' | '\u{141}'..='\u{148}' | '\u{14A}'..='\u{17E}'
                | '\u{391}'..='\u{3CE}' | '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' | '\u{5D0}'..='\u{5EA}'
                | '\u{621}'..='\u{64A}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}'
                | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// Returns the valid name closest to a text that is not `is_taken`.
pub fn identifier(text: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let plain = |letter: char| if letter == '_' || letter.is_ascii_digit() || is_letter(letter) { letter } else { '_' };
    let all: String = text.chars().map(plain).collect();
    // Two leading underscores have a special meaning.
    let mut name = String::from(all.trim_start_matches('_'));
    if text.starts_with('_') || !name.starts_with(is_letter) {
        name.insert(0, '_');
    }
    while is_taken(&name) || !is_identifier(&name) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::{identifier, is_identifier};

    #[test]
    fn names_are_as_near_as_python_takes_them() {
        for name in ["a", "_a", "größe", "Ω", "名前", "a1", "match"] {
            assert!(is_identifier(name) && identifier(name, |_| false) == name, "{name}");
        }
        for (text, name) in [
            ("class", "class_"),
            ("None", "None_"),
            ("0", "_0"),
            ("", "_"),
            ("first name", "first_name"),
            ("__init__", "_init__"),
            ("ſ", "_"),
            ("²", "_"),
            ("a'\n\"", "a___"),
            ("__", "_"),
            ("'\"'", "_"),
            ("--a", "a"),
        ] {
            assert!(!is_identifier(text), "{text}");
            assert_eq!(identifier(text, |_| false), name, "{text}");
        }
        assert_eq!(identifier("a", |name| name == "a"), "a_");
    }
}
