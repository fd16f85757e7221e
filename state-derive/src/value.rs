//! Reads the value of a word of `#[state(..)]`: a text, a path, where predicates, or nothing. `attr` finds the word,
//! `symbol` says what value it takes, and here the two are matched.

use proc_macro2::{Group, TokenStream};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    Error, Expr, ExprLit, ExprPath, Ident, Lit, LitStr, PathArguments, Token, Type, TypePath, WherePredicate, token,
};

use crate::ctxt::Ctxt;
use crate::hygiene;
use crate::suggest;
use crate::symbol::{self, Symbol, Takes};

/// A value as written in the source.
pub enum Written {
    Nothing,
    Equals(Expr),
    /// A type that is not a plain path, for a word that takes one.
    Type(Type),
    Parenthesized(Group),
}

/// A value of the kind that its symbol takes.
pub enum Value {
    /// Nothing was written, or something that could not be read and was reported.
    None,
    Text(LitStr),
    Texts(Vec<LitStr>),
    Types(Vec<Type>),
    Predicates(Vec<WherePredicate>),
    Path(ExprPath),
    Type(Type),
}

impl Written {
    /// Reads what follows `word`.
    pub fn parse(input: ParseStream, word: &Ident) -> syn::Result<Self> {
        if input.peek(token::Paren) {
            return input.parse().map(Written::Parenthesized);
        }
        if !input.peek(Token![=]) {
            return Ok(Written::Nothing);
        }
        let equals: Token![=] = input.parse()?;
        let symbol = symbol::find(&word.to_string());
        if input.is_empty() || input.peek(Token![,]) {
            let usage = symbol.map_or("word = value", |symbol| symbol.usage);
            let message = format!("no value after the `=`; write `{usage}`");
            return Err(Error::new_spanned(equals, message));
        }
        if symbol.is_some_and(|symbol| symbol.takes == Takes::Conversion) {
            if let Some(ty) = read_type(input) {
                return Ok(Written::Type(ty));
            }
        }
        let start = input.span();
        if let Some(symbol) = symbol.filter(|symbol| symbol.takes == Takes::Type && !input.peek(LitStr)) {
            return input.parse().map(Written::Type).map_err(|_| Error::new(start, symbol.expectation()));
        }
        let value = input.parse().map(Written::Equals).map_err(|error| {
            // The expectation of syn's expression parser would mislead if only a path or a string is possible.
            symbol.map_or(error, |symbol| Error::new(start, symbol.expectation()))
        })?;
        // Predicates without quotes begin like an expression, but continue like none.
        match symbol.filter(|symbol| symbol.takes == Takes::Predicates) {
            Some(symbol) if !input.is_empty() && !input.peek(Token![,]) => Err(Error::new(start, symbol.expectation())),
            _ => Ok(value),
        }
    }
}

/// Reads a type composed of others, if it is the whole value. A path alone is read as an expression.
fn read_type(input: ParseStream) -> Option<Type> {
    let ahead = input.fork();
    let ty = ahead.parse::<Type>().ok()?;
    let is_made = match &ty {
        Type::Array(_) | Type::Tuple(_) => true,
        Type::Path(TypePath { qself: None, path, .. }) => path.segments.last().is_some_and(
            |segment| matches!(&segment.arguments, PathArguments::AngleBracketed(args) if args.colon2_token.is_none()),
        ),
        _ => false,
    };
    if !is_made || !ahead.is_empty() && !ahead.peek(Token![,]) {
        return None;
    }
    input.advance_to(&ahead);
    Some(ty)
}

/// Reads the value in the form that the symbol takes; returns `Value::None` after an error.
pub fn read(cx: &Ctxt, symbol: Symbol, word: &Ident, written: Written) -> Value {
    match (symbol.takes, written) {
        (Takes::Nothing | Takes::MaybeFunction, Written::Nothing) => {}
        (Takes::MaybeTexts, Written::Nothing) => return Value::Texts(Vec::new()),
        (Takes::Texts | Takes::MaybeTexts, Written::Parenthesized(group)) => return read_names(cx, symbol, &group),
        (Takes::Types, Written::Parenthesized(group)) => return read_types(cx, symbol, &group),
        (Takes::Texts | Takes::MaybeTexts, Written::Equals(Expr::Lit(ExprLit { lit: Lit::Str(text), .. }))) => {
            let message = format!("{symbol} takes {}; write `{}({})`", symbol.takes, symbol.name, text.token());
            cx.error(text, message);
        }
        (Takes::Texts | Takes::MaybeTexts | Takes::Types, Written::Equals(value)) => {
            cx.error(value, symbol.expectation());
        }
        (_, Written::Nothing) => {
            let message = format!("{symbol} needs a value; write `{}`", symbol.usage);
            cx.error(word, message);
        }
        (_, Written::Type(ty)) => return Value::Type(ty),
        (Takes::Nothing, Written::Equals(value)) => cx.error(value, symbol.expectation()),
        (_, Written::Equals(value)) => return read_expr(cx, symbol, ungroup(value)),
        (Takes::Nothing, Written::Parenthesized(group)) if !group.stream().is_empty() => {
            let (name, inside) = (symbol.name, group.stream());
            let message = format!("{symbol} takes no value; write `{name}, {inside}`");
            cx.error(group, message);
        }
        (Takes::Nothing, Written::Parenthesized(group)) => cx.error(group, symbol.expectation()),
        (_, Written::Parenthesized(group)) => {
            let message = format!("{symbol} takes its value after `=`; write `{}`", symbol.usage);
            cx.error(group, message);
        }
    }
    Value::None
}

fn read_expr(cx: &Ctxt, symbol: Symbol, expr: Expr) -> Value {
    match (symbol.takes, expr) {
        (Takes::Text, Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => read_name(cx, symbol, text),
        (Takes::Predicates, Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => read_predicates(cx, symbol, &text),
        (Takes::Choice(words), Expr::Lit(ExprLit { lit: Lit::Str(text), .. }))
            if words.contains(&text.value().as_str()) =>
        {
            Value::Text(text)
        }
        (Takes::Choice(words), Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => {
            let message = match suggest::choice(&text.value(), words) {
                Some(word) => format!("{symbol} takes {}; did you mean \"{word}\"?", symbol.takes),
                None => symbol.expectation(),
            };
            cx.error(&text, message);
            Value::None
        }
        (Takes::Type, Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => read_quoted_type(cx, symbol, &text),
        (Takes::Text | Takes::Choice(_) | Takes::Predicates | Takes::Type, other) => {
            cx.error(other, symbol.expectation());
            Value::None
        }
        (_, other) => read_path(cx, symbol, other),
    }
}

/// Removes the invisible delimiters around a macro's `$path:path` or `$name:expr`.
fn ungroup(mut expr: Expr) -> Expr {
    while let Expr::Group(group) = expr {
        expr = *group.expr;
    }
    expr
}

/// The greatest length of a name, in bytes: schemas that are read accept no longer ones, so that a short file cannot
/// produce much text.
pub const LONGEST_NAME: usize = 255;

fn read_name(cx: &Ctxt, symbol: Symbol, text: LitStr) -> Value {
    if text.value().is_empty() {
        let message = format!("{symbol} must not be empty; leave it out to keep Rust's own name");
        cx.error(&text, message);
    } else if text.value().contains(char::is_control) {
        // Text formats such as pickle's protocol 0 end a name at a line break.
        let message = format!("{symbol} must not contain control characters; remove them");
        cx.error(&text, message);
    } else if symbol == symbol::NAME && text.value().contains("::") {
        let message = format!("{symbol} separates modules as Python does; write `{}`", text.value().replace("::", "."));
        cx.error(&text, message);
    } else if symbol == symbol::NAME && text.value().split(['.', ':']).any(str::is_empty) {
        let message = format!("{symbol} must not have an empty part between its dots; write `{}`", symbol.usage);
        cx.error(&text, message);
    } else if symbol == symbol::NAME && text.value().split(['.', ':']).any(|part| part.trim() != part) {
        // A space inside of a name is unusual, but a class of Python can be called that.
        let joined = |name: &str, by: &str| name.split(by).map(str::trim).collect::<Vec<_>>().join(by);
        let name = joined(&joined(&text.value(), "."), ":");
        let message = format!("{symbol} must not have spaces around its parts; write `{name}`");
        cx.error(&text, message);
    } else if text.value().len() > LONGEST_NAME {
        let message = format!("{symbol} must not be longer than {LONGEST_NAME} bytes; shorten it");
        cx.error(&text, message);
    }
    Value::Text(text)
}

fn read_names(cx: &Ctxt, symbol: Symbol, group: &Group) -> Value {
    let parser = Punctuated::<LitStr, Token![,]>::parse_terminated;
    match parser.parse2(group.stream()) {
        Ok(names) if !names.is_empty() => {
            for name in &names {
                read_name(cx, symbol, name.clone());
            }
            return Value::Texts(names.into_iter().collect());
        }
        Ok(_) => cx.error(group, symbol.expectation()),
        Err(error) => cx.push(Error::new(error.span(), symbol.expectation())),
    }
    Value::None
}

fn read_types(cx: &Ctxt, symbol: Symbol, group: &Group) -> Value {
    let parser = Punctuated::<Type, Token![,]>::parse_terminated;
    match parser.parse2(group.stream()) {
        Ok(types) if !types.is_empty() => return Value::Types(types.into_iter().collect()),
        Ok(_) => cx.error(group, symbol.expectation()),
        Err(error) => cx.push(Error::new(error.span(), symbol.expectation())),
    }
    Value::None
}

fn read_predicates(cx: &Ctxt, symbol: Symbol, text: &LitStr) -> Value {
    let parser = Punctuated::<WherePredicate, Token![,]>::parse_terminated;
    let marked = text.parse::<TokenStream>().map(hygiene::mark_quoted);
    let usage = symbol.usage;
    let message = match marked.and_then(|tokens| parser.parse2(tokens)) {
        Ok(predicates) if predicates.iter().any(says_nothing) => {
            format!("nothing follows the colon; write `{usage}`, or `bound = \"\"` for no bounds at all")
        }
        Ok(predicates) => return Value::Predicates(predicates.into_iter().collect()),
        Err(_) => format!("{symbol} takes predicates as in a `where` clause; write `{usage}`"),
    };
    cx.error(text, message);
    Value::None
}

fn read_quoted_type(cx: &Ctxt, symbol: Symbol, text: &LitStr) -> Value {
    let marked = text.parse::<TokenStream>().map(hygiene::mark_quoted);
    if let Ok(ty) = marked.and_then(syn::parse2) {
        return Value::Type(ty);
    }
    cx.error(text, symbol.expectation());
    Value::None
}

fn says_nothing(predicate: &WherePredicate) -> bool {
    match predicate {
        WherePredicate::Type(of) => of.bounds.is_empty(),
        WherePredicate::Lifetime(of) => of.bounds.is_empty(),
        _ => false,
    }
}

fn read_path(cx: &Ctxt, symbol: Symbol, expr: Expr) -> Value {
    let message = match &expr {
        Expr::Path(path) if matches!(symbol.takes, Takes::Module | Takes::Conversion) && !is_plain(path) => {
            format!("{symbol} takes the path of a module; remove the generic arguments")
        }
        Expr::Path(path) => return Value::Path(path.clone()),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => return read_quoted(cx, symbol, text),
        Expr::Call(call) if matches!(*call.func, Expr::Path(_)) => {
            format!("{symbol} takes a path, not a call; remove the parentheses")
        }
        Expr::Closure(_) => {
            let usage = symbol.usage;
            format!("{symbol} takes a path, not a closure; name a function and write `{usage}`")
        }
        _ => symbol.expectation(),
    };
    cx.error(expr, message);
    Value::None
}

/// Reports a path in quotes; but keeps the path if it is one, because the stubs need that of the runtime.
fn read_quoted(cx: &Ctxt, symbol: Symbol, text: &LitStr) -> Value {
    let path = text.parse::<ExprPath>().ok();
    let remedy = match &path {
        Some(_) => format!("{} = {}", symbol.name, text.value()),
        None => symbol.usage.to_owned(),
    };
    let message = format!("{symbol} takes a path, not a string; write `{remedy}` without quotes");
    cx.error(text, message);
    path.map_or(Value::None, Value::Path)
}

fn is_plain(path: &ExprPath) -> bool {
    let mut segments = path.path.segments.iter();
    path.qself.is_none() && segments.all(|segment| segment.arguments.is_none())
}
