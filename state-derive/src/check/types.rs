//! The rules of field types, as far as syntax shows them. What hides behind an alias, the runtime's traits refuse.

use syn::{Type, TypeReference};

use crate::ast::{Field, Role, Via};
use crate::ctxt::Ctxt;
use crate::shape::{self, Shape, Shown};
use crate::symbol;

/// The types that no slot can have.
pub fn state(cx: &Ctxt, field: &Field) {
    // `with` answers for the type itself, and a field that could not be read may be meant to be skipped.
    let exempt = matches!(field.role, Role::Skip) || field.attrs.has(symbol::WITH);
    if exempt || field.attrs.torn {
        return;
    }
    let held = shape::held(&field.ty);
    // One error for one field: the outermost type that is refused.
    let errors = [named(&held), sized(&held), reaches_outside(&held, field), outlives_bytes(&held)];
    if let Some((ty, message)) = errors.into_iter().flatten().next() {
        cx.error(ty, message);
    }
}

/// An array holds elements; one alone is a number or an object.
pub fn array(cx: &Ctxt, field: &Field) {
    let Role::Slot(Via::Bytes(bytes)) = &field.role else { return };
    if bytes.shown == Shown::Array && bytes.shape == Shape::One && !field.attrs.torn {
        let message = "`array` takes `Vec<T>`, `Box<[T]>`, `[T; N]`, `Arc<[T]>`, `&[T]`, `Cow<[T]>` or an `Option` of one; \
            write the type out, as behind an alias it is not seen";
        cx.error(&field.ty, message);
    }
}

/// A type refused, and why.
type Refused<'a> = Option<(&'a Type, String)>;

/// rustc says so as well, and would say it again of each place that generated code names the type in.
fn named<'a>(held: &[&'a Type]) -> Refused<'a> {
    let hidden = held.iter().find(|ty| matches!(ty, Type::ImplTrait(_)))?;
    Some((hidden, "a field's type must be named; use a type parameter".to_owned()))
}

/// A value of unknown size cannot be built and handed over.
fn sized<'a>(held: &[&'a Type]) -> Refused<'a> {
    let whole = *held.first()?;
    let instead = match whole {
        Type::Slice(_) => "`Vec<T>` or `Box<[T]>`",
        Type::Path(ty) if ty.path.is_ident("str") => "`String` or `Box<str>`",
        _ => return None,
    };
    let message = format!("a slot's size must be known when it is built; use {instead}");
    Some((whole, message))
}

/// A trait object, a function or an address means something in this process alone.
fn reaches_outside<'a>(held: &[&'a Type], field: &Field) -> Refused<'a> {
    // Some crates do give serde's traits to trait objects.
    if matches!(field.role, Role::Slot(Via::Serde)) {
        return None;
    }
    held.iter().find_map(|&ty| {
        let what = match ty {
            Type::TraitObject(_) => "a trait object",
            Type::FnPtr(_) => "a function pointer",
            Type::Ptr(_) => "a raw pointer",
            _ => return None,
        };
        let message = format!(
            "{what} has no state; mark the field `skip`, or name a module that knows how with `{}`",
            symbol::WITH.usage
        );
        Some((ty, message))
    })
}

/// What is restored can borrow from the bytes alone, which are shared and do not live forever.
fn outlives_bytes<'a>(held: &[&'a Type]) -> Refused<'a> {
    held.iter().find_map(|&ty| {
        let Type::Reference(reference) = ty else {
            return None;
        };
        let message = if reference.mutability.is_some() {
            "a `&mut` reference cannot be restored, as the bytes are shared; \
                own the value, or mark the field `skip`"
        } else if is_static(reference) {
            "a `&'static` reference cannot be restored, as the bytes do not live that long; \
                give the type a lifetime parameter, or use `String`, `Vec` or `Cow`"
        } else {
            return None;
        };
        Some((ty, message.to_owned()))
    })
}

fn is_static(reference: &TypeReference) -> bool {
    let lifetime = reference.lifetime.as_ref();
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

/// A record is plain bytes, and these are addresses or have no size.
pub fn record(cx: &Ctxt, field: &Field) {
    for ty in shape::held(&field.ty) {
        let what = match ty {
            Type::Reference(_) => "a reference",
            Type::Ptr(_) => "a raw pointer",
            Type::FnPtr(_) => "a function pointer",
            Type::TraitObject(_) => "a trait object",
            Type::Slice(_) => "a slice",
            Type::Tuple(_) => "a tuple",
            _ => continue,
        };
        let message = format!("{what} has no fixed layout; a record holds numbers, arrays and other records");
        cx.error(ty, message);
        return;
    }
}
