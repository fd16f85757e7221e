//! The bounds of the impls: on each type parameter that a slot holds, and never on a field's type, because the bounds
//! of a recursive type would depend on themselves.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{GenericParam, Generics, Ident, Lifetime, Path, Token, Type, TypePath, WherePredicate, parse_quote};

use crate::ast::{Container, Default, Field, Role, Via};
use crate::symbol;

/// The trait that an impl is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    State,
    Restore,
}

/// The generics of an impl of the runtime's traits, with the lifetime `'__de` first for `Restore`.
pub fn generics(container: &Container, side: Side) -> Generics {
    let mut generics = container.generics.clone();
    let predicates = match &container.bound {
        Some(given) => given.clone(),
        None => inferred(container, side),
    };
    generics.make_where_clause().predicates.extend(predicates);
    generics.make_where_clause().predicates.extend(borrowing_nothing(container));
    if side == Side::Restore {
        let borrowed = borrowed(container);
        let de: GenericParam = if borrowed.is_empty() { parse_quote!('__de) } else { parse_quote!('__de: #borrowed) };
        generics.params.insert(0, de);
    }
    generics
}

/// `T: 'static` for each parameter of a type whose objects may be numbered.
fn borrowing_nothing(container: &Container) -> Vec<WherePredicate> {
    if !container.attrs.has(symbol::SHARED) || container.generics.lifetimes().next().is_some() {
        return Vec::new();
    }
    let params = container.generics.type_params().map(|param| &param.ident);
    params.map(|param| parse_quote!(#param: 'static)).collect()
}

/// The lifetimes in slots, for which a restored value borrows from the bytes. Lifetimes in skipped fields, in markers
/// and in fields whose slot does not mention them belong to the target.
fn borrowed(container: &Container) -> Punctuated<&Lifetime, Token![+]> {
    struct Finder(Vec<Lifetime>);

    impl<'ast> Visit<'ast> for Finder {
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            self.0.push(lifetime.clone());
        }

        fn visit_path(&mut self, path: &'ast Path) {
            if path.segments.last().is_some_and(|segment| segment.ident != "PhantomData") {
                visit::visit_path(self, path);
            }
        }
    }

    let mut finder = Finder(Vec::new());
    for field in container.fields() {
        match &field.role {
            Role::Skip | Role::Slot(Via::Serde | Via::OfNone(_)) => {}
            Role::Slot(Via::With(convert)) => convert.written().into_iter().for_each(|ty| finder.visit_type(ty)),
            Role::Slot(_) | Role::Parent(_) => finder.visit_type(&field.ty),
        }
    }
    let lifetimes = container.generics.lifetimes().map(|param| &param.lifetime);
    lifetimes.filter(|lifetime| finder.0.contains(lifetime)).collect()
}

fn inferred(container: &Container, side: Side) -> Vec<WherePredicate> {
    let (mut predicates, mut met) = (Vec::new(), BTreeSet::new());
    let of_side = match side {
        Side::State => quote!(_state::State),
        Side::Restore => quote!(_state::Restore<'__de>),
    };
    for field in container.fields() {
        let (types, bound) = match &field.role {
            Role::Skip | Role::Slot(Via::Serde) => continue,
            Role::Slot(Via::Bytes(bytes)) => (vec![&*bytes.element], quote!(_state::Record)),
            Role::Slot(Via::OfNone(element)) => (vec![&**element], quote!(_state::State)),
            // Parts that are kept, and the fields of a description, go into a slot that is built for saving, so they
            // are cloned.
            Role::Slot(Via::With(convert)) => (convert.written(), quote!(#of_side + _state::Clone)),
            // Arguments of a parent's type are treated as in slots: only the parent itself must be an object.
            Role::Parent(_) if is_param(container, field.parent_type()) => {
                (vec![field.parent_type()], quote!(#of_side + _state::StateObject))
            }
            Role::Slot(_) | Role::Parent(_) => (vec![&field.ty], of_side.clone()),
        };
        for place in types.into_iter().flat_map(|ty| parameters(container, ty)) {
            let predicate = quote!(#place: #bound);
            if met.insert(predicate.to_string()) {
                predicates.push(parse_quote!(#predicate));
            }
        }
    }
    predicates.extend(container.fields().filter_map(|field| default_bound(container, field, side)));
    predicates
}

/// `Default` for a type parameter that needs it: for a skipped field in `Restore`, for a slot in the schema.
fn default_bound(container: &Container, field: &Field, side: Side) -> Option<WherePredicate> {
    let asked = match (&field.role, &field.default) {
        (_, Some(Default::Path(_))) => false,
        (Role::Skip, _) => side == Side::Restore,
        (_, default) => default.is_some(),
    };
    asked.then(|| fallback_bound(container, field)).flatten()
}

/// `Default` for a type parameter that is the type of a record's field with `default`.
pub fn record_default(container: &Container, field: &Field) -> Option<WherePredicate> {
    matches!(field.default, Some(Default::Trait)).then(|| fallback_bound(container, field)).flatten()
}

fn fallback_bound(container: &Container, field: &Field) -> Option<WherePredicate> {
    let ty = &field.ty;
    is_param(container, ty).then(|| parse_quote!(#ty: _state::Default))
}

fn is_param(container: &Container, ty: &Type) -> bool {
    matches!(ty, Type::Path(TypePath { qself: None, path, .. })
        if path.get_ident().is_some_and(|ident| container.generics.type_params().any(|param| param.ident == *ident)))
}

/// The type parameters of which a type holds values, and projections such as `T::Item`, as written.
fn parameters(container: &Container, ty: &Type) -> Vec<TokenStream> {
    struct Finder<'a> {
        params: Vec<&'a Ident>,
        found: Vec<TokenStream>,
    }

    impl<'ast> Visit<'ast> for Finder<'_> {
        fn visit_type_path(&mut self, ty: &'ast TypePath) {
            if let Some(qself) = &ty.qself {
                if self.mentions(&qself.ty) {
                    self.found.push(quote_spanned!(ty.span()=> #ty));
                }
                return;
            }
            let first = ty.path.segments.first().map(|segment| &segment.ident);
            if first.is_some_and(|first| self.params.contains(&first)) {
                return self.found.push(quote!(#ty));
            }
            visit::visit_type_path(self, ty);
        }

        fn visit_path(&mut self, path: &'ast Path) {
            if path.segments.last().is_some_and(|segment| segment.ident != "PhantomData") {
                visit::visit_path(self, path);
            }
        }
    }

    impl Finder<'_> {
        fn mentions(&self, ty: &Type) -> bool {
            let mut inner = Finder { params: self.params.clone(), found: Vec::new() };
            inner.visit_type(ty);
            !inner.found.is_empty()
        }
    }

    let params = container.generics.type_params().map(|param| &param.ident).collect();
    let mut finder = Finder { params, found: Vec::new() };
    finder.visit_type(ty);
    finder.found
}
