//! Collects the errors of one type, so that all of them are reported at once. Parsing and checking write to it; the
//! entry points query it once, before anything is expanded.

use std::cell::RefCell;
use std::fmt::Display;
use std::thread;

use quote::ToTokens;
use syn::Error;

use crate::hygiene;

/// The errors so far; `None` after `check`. Dropping it without `check` would lose errors, so that panics.
#[derive(Debug)]
pub struct Ctxt {
    errors: RefCell<Option<Vec<Error>>>,
}

impl Ctxt {
    pub fn new() -> Self {
        Ctxt { errors: RefCell::new(Some(Vec::new())) }
    }

    /// An error with the caret under `tokens`.
    pub fn error(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(Error::new_spanned(tokens, hygiene::unmarked(&message.to_string())));
    }

    /// One error whose caret spans two places that are close together, such as two attributes of one field.
    pub fn conflict(&self, a: &impl ToTokens, b: &impl ToTokens, message: impl Display) {
        let mut tokens = a.to_token_stream();
        b.to_tokens(&mut tokens);
        self.error(tokens, message);
    }

    pub fn push(&self, error: Error) {
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            errors.push(error);
        }
    }

    pub fn len(&self) -> usize {
        self.errors.borrow().as_ref().map_or(0, Vec::len)
    }

    /// All errors as one, or `Ok` if there was none.
    pub fn check(self) -> Result<(), Error> {
        let errors = self.errors.take().unwrap_or_default();
        let all = errors.into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        });
        all.map_or(Ok(()), Err)
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        let asked = self.errors.borrow().is_none();
        assert!(asked || thread::panicking(), "errors were collected and never asked for");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::format_ident;

    #[test]
    fn all_errors_are_kept_in_order() {
        let cx = Ctxt::new();
        cx.error(format_ident!("a"), "first");
        cx.conflict(&format_ident!("a"), &format_ident!("b"), "second");
        let error = cx.check().unwrap_err();
        let messages: Vec<String> = error.into_iter().map(|error| error.to_string()).collect();
        assert_eq!(messages, ["first", "second"]);
    }

    #[test]
    fn no_error_is_ok() {
        assert!(Ctxt::new().check().is_ok());
    }

    #[test]
    #[should_panic(expected = "never asked for")]
    fn a_dropped_context_panics() {
        drop(Ctxt::new());
    }
}
