//! Keeps generated names apart from the user's, who may also call a type, a field, a lifetime or a parameter `_state`
//! or `__head`. It surrounds the whole pass: names in the input are marked before it, and generated names that would
//! clash are changed after it. Names outside the input are not visible; `expand` shadows those that a generated local
//! could be taken for.
//!
//! The mark is `r#`, which does not change a name for rustc, and which no generated name has. It also turns words that
//! are keywords only since the edition of 2018 into names. The contents of a macro are only for that macro: they are
//! set aside meanwhile.

use std::collections::BTreeSet;

use proc_macro2::{Group, Ident, Literal, Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt;

/// The user's names that might clash with generated ones, and the contents of their macros.
#[derive(Default)]
pub struct Names {
    words: BTreeSet<String>,
    lifetimes: BTreeSet<String>,
    aside: Vec<TokenStream>,
    marked: bool,
}

/// Marks those names in the input.
pub fn mark(input: TokenStream) -> (TokenStream, Names) {
    let mut names = Names::default();
    let marked = names.mark(input.clone());
    // A group that is rebuilt loses the separate spans of its delimiters.
    let input = if names.marked { marked } else { input };
    (input, names)
}

/// Marks the names in the content of a string, which were collected before.
pub fn mark_quoted(tokens: TokenStream) -> TokenStream {
    map(tokens, &mut |word| if is_private(word.ident) { raw(word.ident) } else { word.ident.clone() })
}

/// Marks the lifetimes in `tokens` that are among `declared`, which are marked at their declaration.
pub fn mark_declared<'a>(tokens: TokenStream, declared: impl Iterator<Item = &'a Ident>) -> TokenStream {
    let declared: Vec<_> = declared.filter(|ident| is_private(ident)).map(IdentExt::unraw).collect();
    if declared.is_empty() {
        return tokens;
    }
    map(tokens, &mut |word| match word.lifetime && declared.contains(word.ident) {
        true => raw(word.ident),
        false => word.ident.clone(),
    })
}

/// A text without the marks, for a message.
pub fn unmarked(text: &str) -> String {
    text.replace("r#_", "_")
}

impl Names {
    fn mark(&mut self, tokens: TokenStream) -> TokenStream {
        let tokens = self.set_aside(tokens);
        map(tokens, &mut |word| {
            let Word { ident, lifetime, field } = word;
            if is_private(ident) {
                let names = if lifetime { &mut self.lifetimes } else { &mut self.words };
                names.insert(ident.unraw().to_string());
            } else if lifetime || !was_no_keyword(ident, field) {
                return ident.clone();
            }
            self.marked = true;
            raw(ident)
        })
    }

    /// Replaces the contents of the macros in `tokens` by their places in `aside`.
    fn set_aside(&mut self, tokens: TokenStream) -> TokenStream {
        let mut before = Before::default();
        let trees = tokens.into_iter().map(|tree| {
            let is_macro = before.is_macro(&tree);
            match tree {
                TokenTree::Group(group) if is_macro => {
                    self.marked = true;
                    self.collect(group.stream());
                    let place = place(self.aside.len(), &group);
                    self.aside.push(group.stream());
                    with_stream(&group, TokenTree::Ident(place).into())
                }
                TokenTree::Group(group) => with_stream(&group, self.set_aside(group.stream())),
                TokenTree::Literal(literal) => {
                    self.collect_quoted(&literal);
                    literal.into()
                }
                other => other,
            }
        });
        trees.collect()
    }

    /// Collects the names in the contents of a macro, and in strings, such as that of `bound`.
    fn collect(&mut self, tokens: TokenStream) {
        for tree in tokens {
            match tree {
                TokenTree::Ident(ident) if is_private(&ident) => {
                    let name = ident.unraw().to_string();
                    self.lifetimes.insert(name.clone());
                    self.words.insert(name);
                }
                TokenTree::Group(group) => self.collect(group.stream()),
                TokenTree::Literal(literal) => self.collect_quoted(&literal),
                _ => {}
            }
        }
    }

    fn collect_quoted(&mut self, literal: &Literal) {
        let text = literal.to_string();
        if text.contains('"') {
            let words = text.split(|letter: char| letter != '_' && !letter.is_alphanumeric());
            self.words.extend(words.filter(|word| word.len() > 1 && word.starts_with('_')).map(str::to_owned));
        }
    }

    /// Changes generated names in the output that clash with names in the input.
    pub fn set_apart(&self, output: TokenStream) -> TokenStream {
        if self.words.is_empty() && self.lifetimes.is_empty() && self.aside.is_empty() {
            return output;
        }
        let apart = map(output, &mut |word| {
            let names = if word.lifetime { &self.lifetimes } else { &self.words };
            let mut name = word.ident.to_string();
            // Older editions do not have raw lifetimes.
            if word.lifetime && name.starts_with("r#_") {
                return word.ident.unraw();
            }
            if !names.contains(&name) || name == RUNTIME {
                return word.ident.clone();
            }
            while names.contains(&name) {
                name.push('_');
            }
            Ident::new(&name, word.ident.span())
        });
        self.put_back(apart)
    }

    fn put_back(&self, tokens: TokenStream) -> TokenStream {
        if self.aside.is_empty() {
            return tokens;
        }
        let mut before = Before::default();
        let trees = tokens.into_iter().map(|tree| {
            let is_macro = before.is_macro(&tree);
            match tree {
                TokenTree::Group(group) => {
                    let kept = is_macro.then(|| self.kept(group.stream())).flatten();
                    with_stream(&group, kept.unwrap_or_else(|| self.put_back(group.stream())))
                }
                other => other,
            }
        });
        trees.collect()
    }

    /// The content that a place stands for.
    fn kept(&self, tokens: TokenStream) -> Option<TokenStream> {
        let text = tokens.to_string();
        let place: usize = text.strip_prefix(PLACE)?.parse().ok()?;
        self.aside.get(place).cloned()
    }
}

/// The one generated name that is part of a path, and cannot be chosen here.
const RUNTIME: &str = "__private";

/// The placeholder for the content of a macro, to which a number is appended.
const PLACE: &str = "r#__macro_";

fn place(at: usize, of: &Group) -> Ident {
    Ident::new_raw(&format!("__macro_{at}"), of.span())
}

fn with_stream(group: &Group, stream: TokenStream) -> TokenTree {
    let mut changed = Group::new(group.delimiter(), stream);
    changed.set_span(group.span());
    changed.into()
}

/// The preceding tokens, to recognise the invocation of a macro: a name, a `!` and a group.
#[derive(Default)]
struct Before {
    name: bool,
    bang: bool,
}

impl Before {
    /// Whether `tree` is the group of an invocation; then advances past it.
    fn is_macro(&mut self, tree: &TokenTree) -> bool {
        let is_macro = self.bang && matches!(tree, TokenTree::Group(_));
        self.bang = self.name && matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '!');
        self.name = matches!(tree, TokenTree::Ident(_));
        is_macro
    }
}

/// Generated names start with an underscore.
fn is_private(ident: &Ident) -> bool {
    let name = ident.unraw().to_string();
    name.starts_with('_') && name != "_"
}

/// Names in the edition of 2015 that have since become keywords. In later editions they do not occur in types, except
/// `dyn`.
fn was_no_keyword(ident: &Ident, field: bool) -> bool {
    ident == "async" || ident == "await" || ident == "try" || ident == "dyn" && field
}

fn raw(ident: &Ident) -> Ident {
    Ident::new_raw(&ident.unraw().to_string(), ident.span())
}

/// An identifier and its context.
struct Word<'a> {
    ident: &'a Ident,
    lifetime: bool,
    /// Whether a single colon follows, as after the name of a field.
    field: bool,
}

fn map(tokens: TokenStream, change: &mut impl FnMut(Word<'_>) -> Ident) -> TokenStream {
    let mut lifetime = false;
    let mut trees = tokens.into_iter().peekable();
    let mut mapped = Vec::new();
    while let Some(tree) = trees.next() {
        let of_lifetime = std::mem::take(&mut lifetime);
        mapped.push(match tree {
            TokenTree::Ident(ident) => {
                let field = trees.peek().is_some_and(is_colon);
                change(Word { ident: &ident, lifetime: of_lifetime, field }).into()
            }
            TokenTree::Group(group) => with_stream(&group, map(group.stream(), change)),
            TokenTree::Punct(punct) => {
                lifetime = punct.as_char() == '\'';
                punct.into()
            }
            TokenTree::Literal(literal) => literal.into(),
        });
    }
    mapped.into_iter().collect()
}

fn is_colon(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':' && punct.spacing() == Spacing::Alone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn marked(input: TokenStream) -> String {
        mark(input).0.to_string()
    }

    #[test]
    fn what_does_not_clash_stays() {
        let (marked, names) = mark(quote!(
            struct A<'__a> {
                x: _x,
                r#type: Option<_>,
            }
        ));
        let expected = "struct A < 'r#__a > { x : r#_x , r#type : Option < _ > , }";
        assert_eq!(marked.to_string(), expected);
        let output = quote!(use state as _state; fn put<'__v>(__head: r#_x));
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

    #[test]
    fn lifetimes_are_told_apart_and_lose_their_mark() {
        let (marked, names) = mark(quote!(
            struct A<'__de>(&'__de str);
        ));
        let generated = quote!(impl<'__de, '__v> Restore<'__de>);
        let output = names.set_apart(quote!(#generated #marked));
        let expected = quote!(impl<'__de_, '__v> Restore<'__de_> struct A<'__de>(&'__de str););
        assert_eq!(output.to_string(), expected.to_string());
    }

    #[test]
    fn what_a_macro_holds_stays_as_it_is() {
        let input = quote!(
            struct A(b::ty!(_x [__head '__de async]), [u8; n! {}], r#_y);
        );
        let (marked, names) = mark(input);
        let expected = "struct A (b :: ty ! (r#__macro_0) , [u8 ; n ! { r#__macro_1 }] , r#_y) ;";
        assert_eq!(marked.to_string(), expected);
        let output = names.set_apart(quote!(_state::image! { #marked __head '__de }));
        let expected = quote! {
            _state::image! { struct A(b::ty!(_x [__head '__de async]), [u8; n!{}], r#_y); __head_ '__de_ }
        };
        assert_eq!(output.to_string(), expected.to_string());
    }

    #[test]
    fn a_string_may_hold_names() {
        let (_, names) = mark(quote!(
            #[state(bound = "__head: _state::Trait")]
            struct A;
        ));
        assert_eq!(names.set_apart(quote!(__head _state __reader)).to_string(), "__head_ _state_ __reader");
        assert_eq!(mark_quoted(quote!(__head: Trait)).to_string(), "r#__head : Trait");
    }

    #[test]
    fn words_of_2015_are_names() {
        let input = quote!(struct A { async: u8, pub try: await::B, dyn: Box<dyn ::C>, });
        assert_eq!(marked(input), "struct A { r#async : u8 , pub r#try : r#await :: B , r#dyn : Box < dyn :: C > , }");
    }

    #[test]
    fn messages_show_names_without_the_mark() {
        assert_eq!(unmarked("before `r#_x`, `r#type`"), "before `_x`, `r#type`");
    }
}
