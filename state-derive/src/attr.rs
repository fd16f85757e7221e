//! Reads `#[state(..)]` and `#[repr(..)]` by the table in `symbol`: the only place that sees a `syn::Attribute`. Errors
//! in a single attribute are reported here; those that involve several, in `check`.

use proc_macro2::Group;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, ExprPath, Ident, LitInt, LitStr, Meta, Path, Token, Type, WherePredicate, parse_quote, token};

use crate::ctxt::Ctxt;
use crate::suggest;
use crate::symbol::{self, Level, Symbol};
use crate::value::{self, Value, Written};

/// The contents of all `#[state(..)]` lists on one type, variant or field.
#[derive(Default)]
pub struct Attrs {
    items: Vec<Item>,
    /// Whether some of it could not be read: then a missing word may only be misspelt.
    pub torn: bool,
}

/// A word with its value.
pub struct Item {
    pub symbol: Symbol,
    pub word: Ident,
    value: Value,
}

impl Attrs {
    pub fn parse(cx: &Ctxt, level: Level, attributes: &[Attribute]) -> Self {
        let before = cx.len();
        let mut items = Vec::new();
        for attribute in attributes {
            if is_word(attribute.path(), symbol::STATE) {
                for entry in read_list(cx, &attribute.meta) {
                    add(cx, level, entry, &mut items);
                }
            }
        }
        Attrs { items, torn: cx.len() > before }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Item> {
        self.items.iter()
    }

    pub fn get(&self, symbol: Symbol) -> Option<&Item> {
        self.items.iter().find(|item| item.symbol == symbol)
    }

    pub fn has(&self, symbol: Symbol) -> bool {
        self.get(symbol).is_some()
    }

    pub fn text(&self, symbol: Symbol) -> Option<&LitStr> {
        match &self.get(symbol)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The names in parentheses; empty if there are none, or if the word stands alone.
    pub fn texts(&self, symbol: Symbol) -> &[LitStr] {
        match self.get(symbol).map(|item| &item.value) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    pub fn types(&self, symbol: Symbol) -> &[Type] {
        match self.get(symbol).map(|item| &item.value) {
            Some(Value::Types(types)) => types,
            _ => &[],
        }
    }

    pub fn function(&self, symbol: Symbol) -> Option<&ExprPath> {
        match &self.get(symbol)?.value {
            Value::Path(path) => Some(path),
            _ => None,
        }
    }

    pub fn module(&self, symbol: Symbol) -> Option<&Path> {
        self.function(symbol).map(|path| &path.path)
    }

    /// The type, or a path as a type.
    pub fn ty(&self, symbol: Symbol) -> Option<Type> {
        match &self.get(symbol)?.value {
            Value::Path(path) => {
                let path = &path.path;
                Some(parse_quote!(#path))
            }
            Value::Type(ty) => Some(ty.clone()),
            _ => None,
        }
    }

    pub fn predicates(&self, symbol: Symbol) -> Option<&[WherePredicate]> {
        match &self.get(symbol)?.value {
            Value::Predicates(predicates) => Some(predicates),
            _ => None,
        }
    }
}

/// A word and its value as written, before their meaning is checked.
struct Entry {
    word: Ident,
    value: Written,
}

impl Parse for Entry {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected the name of an attribute, such as `skip`"));
        }
        let word = input.call(Ident::parse_any)?.unraw();
        if input.peek(Token![::]) {
            return Err(input.error("expected one word; no attribute is a path"));
        }
        let value = Written::parse(input, &word)?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error("expected a comma; separate attributes with `,`"));
        }
        Ok(Entry { word, value })
    }
}

/// Whether a path is this one word, which may be written as a raw identifier.
fn is_word(path: &Path, word: &str) -> bool {
    path.get_ident().is_some_and(|ident| ident.unraw() == word)
}

/// Reads the words of one attribute. A syntax error ends the list, because what follows it could be anything.
fn read_list(cx: &Ctxt, meta: &Meta) -> Vec<Entry> {
    let mut list = Vec::new();
    let Meta::List(meta) = meta else {
        cx.error(meta, "`state` takes its attributes in parentheses; write `#[state(..)]`");
        return list;
    };
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            list.push(input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(meta.tokens.clone()) {
        cx.push(error);
    }
    list
}

/// Adds an entry to `items`, if its word belongs on this level and is not there already.
fn add(cx: &Ctxt, level: Level, entry: Entry, items: &mut Vec<Item>) {
    let Entry { word, value } = entry;
    let Some(symbol) = known(cx, level, &word) else {
        return;
    };
    if let Some(first) = items.iter().find(|item| item.symbol == symbol) {
        let message = format!("duplicate attribute {symbol}; remove one of them");
        cx.conflict(&first.word, &word, message);
        return;
    }
    let value = value::read(cx, symbol, &word, value);
    items.push(Item { symbol, word, value });
}

/// The word's symbol, or an error that says what was meant or where the word belongs.
fn known(cx: &Ctxt, level: Level, word: &Ident) -> Option<Symbol> {
    let text = word.to_string();
    let message = match symbol::find(&text) {
        Some(symbol) if symbol.levels.contains(&level) => return Some(symbol),
        Some(symbol) => misplaced(level, symbol),
        None => unknown(level, &text),
    };
    cx.error(word, message);
    None
}

fn misplaced(level: Level, symbol: Symbol) -> String {
    let home = symbol.home();
    // The two words for names are easily confused.
    let other = match level {
        Level::Type if symbol == symbol::RENAME => Some(symbol::NAME),
        Level::Variant | Level::Field if symbol == symbol::NAME => Some(symbol::RENAME),
        _ => None,
    };
    let remedy = match other {
        Some(other) => format!("on {level} write `{}`", other.usage),
        None => format!("it belongs on {home}"),
    };
    format!("{symbol} does not belong on {level}; {remedy}")
}

fn unknown(level: Level, word: &str) -> String {
    if let Some(reason) = suggest::needless(word) {
        return format!("unknown attribute `{word}`; leave it out: {reason}");
    }
    let as_value = suggest::taking(word).map(|symbol| (symbol, format!("`{} = \"{word}\"`", symbol.name)));
    let meant = as_value.or_else(|| suggest::meant(word, level).map(|symbol| (symbol, symbol.to_string())));
    let remedy = match meant {
        Some((symbol, usage)) if symbol.levels.contains(&level) => format!("did you mean {usage}?"),
        Some((symbol, usage)) => format!("did you mean {usage}, which belongs on {}?", symbol.home()),
        None => format!("{level} takes {}", symbol::list(level)),
    };
    format!("unknown attribute `{word}`; {remedy}")
}

/// The contents of `#[repr(..)]`; each word as it is in the source, for carets.
pub struct Repr {
    pub c: Option<Ident>,
    pub packed: Option<Ident>,
    pub transparent: Option<Ident>,
    /// The greatest alignment of fields.
    pub pack: Option<usize>,
    /// The least alignment of the whole.
    pub align: usize,
}

impl Repr {
    pub fn parse(attributes: &[Attribute]) -> Self {
        let mut repr = Repr { c: None, packed: None, transparent: None, pack: None, align: 1 };
        for attribute in attributes {
            if is_word(attribute.path(), "repr") {
                // Errors in a `repr` are reported by rustc.
                let _ = attribute.parse_nested_meta(|meta| {
                    let group = meta.input.peek(token::Paren).then(|| meta.input.parse::<Group>()).transpose()?;
                    repr.note(meta.path.require_ident()?, group.and_then(number));
                    Ok(())
                });
            }
        }
        repr
    }

    fn note(&mut self, word: &Ident, number: Option<usize>) {
        let place = match word.unraw().to_string().as_str() {
            "C" => &mut self.c,
            "packed" => {
                let pack = number.unwrap_or(1);
                self.pack = Some(self.pack.map_or(pack, |other| other.min(pack)));
                &mut self.packed
            }
            "transparent" => &mut self.transparent,
            "align" => {
                self.align = self.align.max(number.unwrap_or(1));
                return;
            }
            _ => return,
        };
        *place = Some(word.clone());
    }
}

/// The number between the parentheses of `align(8)`.
fn number(group: Group) -> Option<usize> {
    syn::parse2::<LitInt>(group.stream()).ok()?.base10_parse().ok()
}
