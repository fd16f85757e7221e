//! Reads what stands behind a word of `#[state(..)]`: a text, a path, where predicates, or nothing.
//! `attr` finds the word, `symbol` says what it takes, and here the two are brought together.

use proc_macro2::Group;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprPath, Ident, Lit, LitStr, Token, WherePredicate};

use crate::ctxt::Ctxt;
use crate::symbol::{Symbol, Takes};

/// A value as it stands in the source.
pub enum Written {
    Nothing,
    Equals(Expr),
    Parenthesized(Group),
}

/// A value of the kind that its symbol takes.
pub enum Value {
    /// Nothing was written, or something that could not be read and is reported.
    None,
    Text(LitStr),
    Predicates(Vec<WherePredicate>),
    Path(ExprPath),
}

/// The value in the form that the symbol asks for; `Value::None` after an error.
pub fn read(cx: &Ctxt, symbol: Symbol, word: &Ident, written: Written) -> Value {
    let expr = match (symbol.takes, written) {
        (Takes::Nothing | Takes::MaybeFunction, Written::Nothing) => return Value::None,
        (Takes::Nothing, Written::Equals(value)) => return superfluous(cx, symbol, &value),
        (Takes::Nothing, Written::Parenthesized(value)) => {
            return superfluous(cx, symbol, &value);
        }
        (_, Written::Equals(expr)) => ungroup(expr),
        (_, Written::Nothing) => {
            let message = format!("{symbol} needs a value; write `{}`", symbol.usage);
            cx.error(word, message);
            return Value::None;
        }
        (_, Written::Parenthesized(group)) => {
            let message = format!(
                "{symbol} takes its value after `=`; write `{}`",
                symbol.usage
            );
            cx.error(group, message);
            return Value::None;
        }
    };
    match symbol.takes {
        Takes::Text | Takes::Predicates => read_text(cx, symbol, expr),
        _ => read_path(cx, symbol, expr),
    }
}

fn superfluous(cx: &Ctxt, symbol: Symbol, value: &impl ToTokens) -> Value {
    let message = format!("{symbol} takes no value; write `{}` alone", symbol.usage);
    cx.error(value, message);
    Value::None
}

/// Takes off the invisible delimiters that a macro's `$path:path` or `$name:expr` arrives in.
fn ungroup(mut expr: Expr) -> Expr {
    while let Expr::Group(group) = expr {
        expr = *group.expr;
    }
    expr
}

fn read_text(cx: &Ctxt, symbol: Symbol, expr: Expr) -> Value {
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = expr
    else {
        let message = format!("{symbol} takes a string literal; write `{}`", symbol.usage);
        cx.error(expr, message);
        return Value::None;
    };
    if symbol.takes == Takes::Predicates {
        return read_predicates(cx, symbol, &text);
    }
    if text.value().is_empty() {
        let message = format!("{symbol} must not be empty; leave it out to keep Rust's own name");
        cx.error(&text, message);
    } else if text.value().contains(char::is_control) {
        // Text formats such as pickle's protocol 0 end a name at a line break.
        let message = format!("{symbol} must not hold control characters; remove them");
        cx.error(&text, message);
    }
    Value::Text(text)
}

fn read_predicates(cx: &Ctxt, symbol: Symbol, text: &LitStr) -> Value {
    match text.parse_with(Punctuated::<WherePredicate, Token![,]>::parse_terminated) {
        Ok(predicates) => Value::Predicates(predicates.into_iter().collect()),
        Err(error) => {
            let message = format!(
                "{symbol} is not a list of where predicates ({error}); write `{}`",
                symbol.usage
            );
            cx.error(text, message);
            Value::None
        }
    }
}

fn read_path(cx: &Ctxt, symbol: Symbol, expr: Expr) -> Value {
    let kind = match symbol.takes {
        Takes::Module => "module",
        _ => "function",
    };
    let message = match &expr {
        Expr::Path(path) if symbol.takes == Takes::Module && !is_plain(path) => {
            format!("{symbol} takes the path of a module; remove the generic arguments")
        }
        Expr::Path(path) => return Value::Path(path.clone()),
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => quoted(symbol, text),
        Expr::Call(call) if matches!(*call.func, Expr::Path(_)) => {
            format!("{symbol} takes a function, not a call; remove the parentheses")
        }
        Expr::Closure(_) => {
            let usage = symbol.usage;
            format!("{symbol} takes a path, not a closure; name a function and write `{usage}`")
        }
        _ => format!(
            "{symbol} takes the path of a {kind}; write `{}`",
            symbol.usage
        ),
    };
    cx.error(expr, message);
    Value::None
}

fn quoted(symbol: Symbol, text: &LitStr) -> String {
    let remedy = if text.parse::<ExprPath>().is_ok() {
        format!("{} = {}", symbol.name, text.value())
    } else {
        symbol.usage.to_owned()
    };
    format!("{symbol} takes a path, not a string; write `{remedy}` without quotes")
}

fn is_plain(path: &ExprPath) -> bool {
    let mut segments = path.path.segments.iter();
    path.qself.is_none() && segments.all(|segment| segment.arguments.is_none())
}
