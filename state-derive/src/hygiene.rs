//! Keeps generated names apart from the user's, who may call a type, a field or a parameter `_state` or `__head` too.
//! Around the whole pass: names in the input are marked before it, and those that would clash are changed after it.
//!
//! What stands around the input is not seen: no constant or constructor there may be called as a generated local.
//! The mark is `r#`, which changes no name for rustc, and which no generated name has.

use std::collections::BTreeSet;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;

/// The user's names that generated code might use.
pub struct Names(BTreeSet<String>);

/// The input with those names marked.
pub fn mark(input: TokenStream) -> (TokenStream, Names) {
    let mut names = BTreeSet::new();
    let marked = map(input.clone(), &mut |ident| {
        if !is_private(&ident) {
            return ident;
        }
        let name = ident.unraw().to_string();
        let marked = Ident::new_raw(&name, ident.span());
        names.insert(name);
        marked
    });
    // A group that is made anew has no places for its two ends.
    let input = if names.is_empty() { input } else { marked };
    (input, Names(names))
}

impl Names {
    /// The output, in which generated names differ from all of the input's.
    pub fn set_apart(&self, output: TokenStream) -> TokenStream {
        if self.0.is_empty() {
            return output;
        }
        map(output, &mut |ident| {
            let mut name = ident.to_string();
            if !self.0.contains(&name) || name == RUNTIME {
                return ident;
            }
            while self.0.contains(&name) {
                name.push('_');
            }
            Ident::new(&name, ident.span())
        })
    }
}

/// The one generated name that is a path's and not chosen here.
const RUNTIME: &str = "__private";

/// Generated names start with an underscore.
fn is_private(ident: &Ident) -> bool {
    let name = ident.unraw().to_string();
    name.starts_with('_') && name != "_"
}

fn map(tokens: TokenStream, change: &mut impl FnMut(Ident) -> Ident) -> TokenStream {
    let mut in_lifetime = false;
    let trees = tokens.into_iter().map(|tree| {
        let lifetime = std::mem::take(&mut in_lifetime);
        match tree {
            // Older editions know no raw lifetimes.
            TokenTree::Ident(ident) if !lifetime => change(ident).into(),
            TokenTree::Group(group) => {
                let mut mapped = Group::new(group.delimiter(), map(group.stream(), change));
                mapped.set_span(group.span());
                mapped.into()
            }
            TokenTree::Punct(punct) => {
                in_lifetime = punct.as_char() == '\'';
                punct.into()
            }
            other => other,
        }
    });
    trees.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn what_does_not_clash_stays() {
        let (marked, names) = mark(quote!(
            struct A<'__a> {
                x: _x,
                r#type: Option<_>,
            }
        ));
        assert_eq!(
            marked.to_string(),
            quote!(
                struct A<'__a> {
                    x: r#_x,
                    r#type: Option<_>,
                }
            )
            .to_string()
        );
        let output = quote!(use state as _state; fn put(__head: r#_x));
        assert_eq!(names.set_apart(output.clone()).to_string(), output.to_string());
    }

    #[test]
    fn what_clashes_is_called_otherwise() {
        let (_, names) = mark(quote!(
            struct _state<__head, __head_, __private>;
        ));
        let output = names.set_apart(quote!(impl<r#__head> _state::__private::Some for r#_state { __head }));
        let expected = quote!(impl<r#__head> _state_::__private::Some for r#_state { __head__ });
        assert_eq!(output.to_string(), expected.to_string());
    }
}
