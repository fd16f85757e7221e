//! The model of the annotated type, built once: `check` validates it, `expand` reads it, and neither sees the input
//! again. A struct is a container with one variant, so that every shape takes the same path.

use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::{
    DeriveInput, ExprPath, Fields, Generics, Ident, Index, LitStr, Member, Path, Token, Type, TypeParamBound,
    WherePredicate, parse_quote,
};

use crate::attr::{Attrs, Repr};
use crate::convert::Convert;
use crate::ctxt::Ctxt;
use crate::hygiene;
use crate::shape::{self, Bytes, Shown};
use crate::symbol::{self, Level, Symbol};

/// A type with `#[derive(State)]` or `#[derive(Record)]`.
pub struct Container {
    pub ident: Ident,
    pub generics: Generics,
    /// The type tag: `name`, or the identifier without `r#`.
    pub name: String,
    pub krate: Path,
    /// The bounds that replace the inferred ones.
    pub bound: Option<Vec<WherePredicate>>,
    pub before_get: Option<ExprPath>,
    pub after_set: Option<ExprPath>,
    /// The type of another crate that it describes.
    pub remote: Option<Type>,
    pub form: Form,
    pub repr: Repr,
    /// A union is modelled as the struct of its fields, so that everything else about it is checked; it never reaches
    /// `expand`.
    pub union: Option<Token![union]>,
    pub data: Data,
    /// The variants of an enum that have no state. Their fields do not matter.
    pub skipped: Vec<Variant>,
    pub attrs: Attrs,
}

/// How objects and variants are pickled: the value of `pickle`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// No value: the flat tuple of the slots.
    State,
    Dict,
    Slots,
    Cython,
    Call,
    Enum,
}

pub enum Data {
    Struct(Variant),
    /// Without skipped variants.
    Enum(Vec<Variant>),
}

/// The fields of a struct, or a variant of an enum.
pub struct Variant {
    /// For a struct, the identifier of the type.
    pub ident: Ident,
    pub name: String,
    pub fields: Vec<Field>,
    /// Whether it is a unit variant, and whether its discriminant is written out.
    pub unit: bool,
    pub discriminant: bool,
    pub attrs: Attrs,
}

pub struct Field {
    pub member: Member,
    /// The local that patterns bind the field to.
    pub binding: Ident,
    pub ty: Type,
    /// The slot's name: `rename`, the identifier without `r#`, or the index.
    pub name: String,
    pub role: Role,
    /// The value of a skipped field, or of a slot that is missing from a state. `None` if there is no attribute, which
    /// for a skipped field means the trait.
    pub default: Option<Default>,
    pub attrs: Attrs,
}

pub enum Role {
    Slot(Via),
    /// A parent; if the field is a `Box`, with the type in it.
    Parent(Option<Box<Type>>),
    Skip,
}

/// How a field becomes a slot.
pub enum Via {
    Plain,
    /// Contains a `Cow<'static, _>`.
    Owned(Box<Convert>),
    /// `[X; 0]`, where `X` need not have a state.
    OfNone(Box<Type>),
    Bytes(Bytes),
    With(Box<Convert>),
    Sorted,
    Serde,
}

pub enum Default {
    Trait,
    Path(ExprPath),
}

impl Container {
    /// Reads the whole input, whatever is wrong with it; errors go to `cx`.
    pub fn new(cx: &Ctxt, input: &DeriveInput) -> Self {
        let attrs = Attrs::parse(cx, Level::Type, &input.attrs);
        let krate = attrs.module(symbol::CRATE).cloned();
        let (data, skipped) = Data::new(cx, input);
        Container {
            ident: input.ident.clone(),
            generics: input.generics.clone(),
            name: name(&attrs, symbol::NAME, &input.ident),
            krate: krate.unwrap_or_else(|| parse_quote!(::state_core)),
            bound: attrs.predicates(symbol::BOUND).map(|bound| declared(bound, &input.generics)),
            before_get: attrs.function(symbol::BEFORE_GET).cloned(),
            after_set: attrs.function(symbol::AFTER_SET).cloned(),
            remote: attrs.ty(symbol::REMOTE),
            form: Form::new(&attrs),
            repr: Repr::parse(&input.attrs),
            union: match &input.data {
                syn::Data::Union(data) => Some(data.union_token),
                _ => None,
            },
            data,
            skipped,
            attrs,
        }
    }

    /// The `?Sized` bound of a type parameter.
    pub fn unsized_bound(&self, param: &str) -> Option<&TypeParamBound> {
        let inline = self.generics.type_params().filter(|of| of.ident == param).flat_map(|of| &of.bounds);
        let predicates = self.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        let of_param = predicates.filter_map(|predicate| match predicate {
            WherePredicate::Type(of) => {
                (shape::primitive(&of.bounded_ty).as_deref() == Some(param)).then_some(&of.bounds)
            }
            _ => None,
        });
        let is_maybe = |bound: &&TypeParamBound| matches!(bound, TypeParamBound::Trait(of) if of.maybe.is_some());
        inline.chain(of_param.flatten()).find(is_maybe)
    }

    /// All variants with a state; a struct has one.
    pub fn variants(&self) -> &[Variant] {
        match &self.data {
            Data::Struct(variant) => std::slice::from_ref(variant),
            Data::Enum(variants) => variants,
        }
    }

    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.variants().iter().flat_map(|variant| &variant.fields)
    }
}

impl Form {
    fn new(attrs: &Attrs) -> Self {
        match attrs.text(symbol::PICKLE).map(LitStr::value).as_deref() {
            Some(symbol::DICT) => Form::Dict,
            Some(symbol::SLOTS) => Form::Slots,
            Some(symbol::CYTHON) => Form::Cython,
            Some(symbol::CALL) => Form::Call,
            Some(symbol::ENUM) => Form::Enum,
            _ => Form::State,
        }
    }
}

impl Data {
    /// Also returns the skipped variants.
    fn new(cx: &Ctxt, input: &DeriveInput) -> (Self, Vec<Variant>) {
        let whole = |fields| (Data::Struct(Variant::whole(cx, &input.ident, fields)), Vec::new());
        match &input.data {
            syn::Data::Struct(data) => whole(&data.fields),
            syn::Data::Union(data) => whole(&Fields::Named(data.fields.clone())),
            syn::Data::Enum(data) => {
                let variants = data.variants.iter().map(|variant| Variant::of_enum(cx, variant));
                let (skipped, variants) = variants.partition(|variant| variant.attrs.has(symbol::SKIP));
                (Data::Enum(variants), skipped)
            }
        }
    }
}

impl Variant {
    fn whole(cx: &Ctxt, ident: &Ident, fields: &Fields) -> Self {
        // The attributes above a struct belong to the container.
        Variant::new(cx, ident, fields, Attrs::default())
    }

    fn of_enum(cx: &Ctxt, variant: &syn::Variant) -> Self {
        let attrs = Attrs::parse(cx, Level::Variant, &variant.attrs);
        let discriminant = variant.discriminant.is_some();
        Variant { discriminant, ..Variant::new(cx, &variant.ident, &variant.fields, attrs) }
    }

    fn new(cx: &Ctxt, ident: &Ident, fields: &Fields, attrs: Attrs) -> Self {
        Variant {
            ident: ident.clone(),
            name: name(&attrs, symbol::RENAME, ident),
            fields: fields.iter().zip(0..).map(|(field, index)| Field::new(cx, index, field)).collect(),
            unit: matches!(fields, Fields::Unit),
            discriminant: false,
            attrs,
        }
    }

    /// The place for the caret of an error about the variant's name.
    pub fn name_place(&self) -> &dyn ToTokens {
        match self.attrs.text(symbol::RENAME) {
            Some(text) => text,
            None => &self.ident,
        }
    }
}

impl Field {
    fn new(cx: &Ctxt, index: u32, field: &syn::Field) -> Self {
        let attrs = Attrs::parse(cx, Level::Field, &field.attrs);
        let (member, own_name) = match &field.ident {
            Some(ident) => (Member::Named(ident.clone()), ident.unraw().to_string()),
            None => (Member::Unnamed(Index::from(index as usize)), index.to_string()),
        };
        let renamed = attrs.text(symbol::RENAME).map(LitStr::value);
        Field {
            member,
            binding: format_ident!("__f{index}"),
            ty: field.ty.clone(),
            name: renamed.unwrap_or(own_name),
            role: Role::new(cx, &attrs, &field.ty),
            default: attrs.has(symbol::DEFAULT).then(|| {
                let path = attrs.function(symbol::DEFAULT).cloned();
                path.map_or(Default::Trait, Default::Path)
            }),
            attrs,
        }
    }

    /// The function that reads the field of the described type.
    pub fn getter(&self) -> Option<&ExprPath> {
        self.attrs.function(symbol::GETTER)
    }

    /// The type of a parent, without its `Box`.
    pub fn parent_type(&self) -> &Type {
        match &self.role {
            Role::Parent(Some(inside)) => inside,
            _ => &self.ty,
        }
    }

    /// The place for the caret of an error about the field.
    pub fn place(&self) -> &dyn ToTokens {
        match &self.member {
            Member::Named(ident) => ident,
            Member::Unnamed(_) => &self.ty,
        }
    }

    /// The place for the caret of an error about the slot's name.
    pub fn name_place(&self) -> &dyn ToTokens {
        match self.attrs.text(symbol::RENAME) {
            Some(text) => text,
            None => self.place(),
        }
    }
}

impl Role {
    /// If attributes exclude each other, any of them is used: `check` reports the conflict.
    fn new(cx: &Ctxt, attrs: &Attrs, ty: &Type) -> Self {
        if attrs.has(symbol::SKIP) {
            return Role::Skip;
        }
        if attrs.has(symbol::FLATTEN_PARENT) {
            return Role::Parent(shape::boxed(ty).cloned().map(Box::new));
        }
        Role::Slot(Via::with(cx, attrs, ty).unwrap_or_else(|| {
            if attrs.has(symbol::ARRAY) {
                Via::Bytes(Bytes::new(ty, Shown::Array))
            } else if attrs.has(symbol::BYTES) {
                let counted = !attrs.has(symbol::UNCOUNTED);
                Via::Bytes(Bytes::new(ty, if counted { Shown::Counted } else { Shown::Bytes }))
            } else if attrs.has(symbol::SORTED) {
                Via::Sorted
            } else if attrs.has(symbol::SERDE) {
                Via::Serde
            } else {
                Via::plain(ty)
            }
        }))
    }
}

impl Via {
    fn with(cx: &Ctxt, attrs: &Attrs, ty: &Type) -> Option<Self> {
        match Convert::with(&attrs.ty(symbol::WITH)?, ty) {
            Ok(convert) => Some(Via::With(Box::new(convert))),
            Err(error) => {
                cx.push(error);
                None
            }
        }
    }

    fn plain(ty: &Type) -> Self {
        match (shape::of_none(ty), Convert::owned(ty)) {
            (Some(element), _) => Via::OfNone(Box::new(element.clone())),
            (None, Some(convert)) => Via::Owned(Box::new(convert)),
            (None, None) => Via::Plain,
        }
    }
}

/// Predicates from a string, whose lifetimes are those of the type.
fn declared(bound: &[WherePredicate], generics: &Generics) -> Vec<WherePredicate> {
    let of_type = |predicate: &WherePredicate| {
        let lifetimes = generics.lifetimes().map(|param| &param.lifetime.ident);
        let tokens = hygiene::mark_declared(predicate.to_token_stream(), lifetimes);
        parse_quote!(#tokens)
    };
    bound.iter().map(of_type).collect()
}

/// The text of `symbol`, or the identifier without `r#`.
fn name(attrs: &Attrs, symbol: Symbol, ident: &Ident) -> String {
    let given = attrs.text(symbol).map(LitStr::value);
    given.unwrap_or_else(|| ident.unraw().to_string())
}

#[cfg(test)]
mod tests;
