//! The rules of field types, as far as syntax shows them. Types hidden behind an alias are refused by the runtime's
//! traits.

use std::ptr;

use syn::{Type, TypeReference};

use crate::ast::{Container, Field, Role, Via};
use crate::ctxt::Ctxt;
use crate::shape::{self, Shape, Shown};
use crate::symbol;

/// Refuses the types that no slot can have.
pub fn state(cx: &Ctxt, field: &Field) {
    // `with` is responsible for the type, and a field that could not be read may be meant to be skipped.
    let exempt = matches!(field.role, Role::Skip) || field.attrs.has(symbol::WITH);
    if exempt || field.attrs.torn {
        return;
    }
    let held = shape::held(&field.ty);
    // One error per field: for the outermost type that is refused.
    let errors =
        [named(&held), sized(&held), reaches_outside(&held, field), outlives_bytes(&held), borrows_slice(&held, field)];
    if let Some((ty, message)) = errors.into_iter().flatten().next() {
        cx.error(ty, message);
    }
}

/// An array holds elements; a single one is a number or an object.
pub fn array(cx: &Ctxt, field: &Field) {
    let Role::Slot(Via::Bytes(bytes)) = &field.role else { return };
    if bytes.shown == Shown::Array && bytes.shape == Shape::One && !field.attrs.torn {
        let message = "`array` needs `Vec<T>`, `Box<[T]>`, `[T; N]`, `Arc<[T]>`, `&[T]`, `Cow<[T]>` or an `Option` of one; \
            write the type in full, because the derive cannot see through a type alias";
        cx.error(&field.ty, message);
    }
}

/// Not all bytes are a value of such an element, or its size depends on the machine.
pub fn bytes(cx: &Ctxt, field: &Field) {
    let Role::Slot(Via::Bytes(bytes)) = &field.role else { return };
    let Some(word) = field.attrs.get(symbol::BYTES).filter(|_| !field.attrs.torn && !field.attrs.has(symbol::ARRAY))
    else {
        return;
    };
    let message = match &*bytes.element {
        Type::Tuple(_) => {
            "a tuple has no fixed layout; use a struct with `#[derive(Record, Clone, Copy)] #[repr(C)]`, \
            or leave `bytes` out"
        }
        element => match shape::primitive(element).as_deref() {
            Some("bool") if bytes.shape == Shape::One => "not all bytes are a valid `bool`; leave `bytes` out",
            Some("bool") => {
                "not all bytes are a valid `bool`; write `array`, which accepts `bool`, or leave `bytes` out"
            }
            Some("char") => "not all bytes are a valid `char`; use `u32`, or leave `bytes` out",
            Some("usize" | "isize") => "its size depends on the machine; use `u64` or `i64`, or leave `bytes` out",
            Some("String" | "str") => "text has no fixed size; leave `bytes` out",
            Some(number) if bytes.shape == Shape::One && shape::is_primitive(element) => {
                let message = format!(
                    "`bytes` stores an array of numbers or a `Record` as raw bytes; a single `{number}` is a slot as it \
                    is, so remove `bytes`"
                );
                return cx.error(&word.word, message);
            }
            _ => return,
        },
    };
    cx.error(&*bytes.element, message);
}

/// Other containers have their own order.
pub fn sorted(cx: &Ctxt, field: &Field) {
    const ORDERED: &[&str] = &["BTreeMap", "BTreeSet", "BinaryHeap", "Vec", "VecDeque"];
    const HASHED: &[&str] = &["HashMap", "HashSet"];
    if !matches!(field.role, Role::Slot(Via::Sorted)) || field.attrs.torn {
        return;
    }
    let name = shape::name_of(&field.ty).unwrap_or_default();
    let is_hashed = |ty: &&Type| shape::name_of(ty).is_some_and(|name| HASHED.contains(&name.as_str()));
    if ORDERED.contains(&name.as_str()) && !shape::held(&field.ty).iter().any(is_hashed) {
        let message =
            format!("`sorted` is for hash maps and sets; a `{name}` has an order of its own, so remove `sorted`");
        cx.error(&field.ty, message);
    }
}

/// Keys of maps and items of sets, at any depth: otherwise the traits that they lack would be listed one by one, and
/// the float would not be named at all.
pub fn keys(cx: &Ctxt, field: &Field) {
    const KEYED: &[&str] = &["BTreeMap", "BTreeSet", "HashMap", "HashSet", "IndexMap", "IndexSet"];
    if !matches!(field.role, Role::Slot(Via::Plain | Via::Sorted)) || field.attrs.torn {
        return;
    }
    let held = shape::held(&field.ty);
    let keyed = held.into_iter().filter(|ty| shape::name_of(ty).is_some_and(|name| KEYED.contains(&name.as_str())));
    let float = |ty: &&Type| matches!(shape::primitive(ty).as_deref(), Some("f32" | "f64"));
    let keys = keyed.filter_map(|ty| shape::type_arguments(ty).next());
    if let Some(float) = keys.flat_map(shape::held).find(float) {
        let message = "a float cannot be a key, because NaN does not equal itself; use an integer, such as its bits";
        cx.error(float, message);
    }
}

/// A value of unknown size cannot be built and passed on.
pub fn param_is_sized(cx: &Ctxt, container: &Container, field: &Field) {
    // Even with `with`, a value of the type is built.
    let Some(param) = shape::primitive(&field.ty) else { return };
    if let Some(bound) = container.unsized_bound(&param) {
        let message =
            format!("the size of a `{param}` must be known when it is restored; remove `?Sized`, or put it in a `Box`");
        cx.error(bound, message);
    }
}

/// A refused type, and why.
type Refused<'a> = Option<(&'a Type, String)>;

/// rustc reports it too, and without this error would repeat it for each place in which generated code names the type.
fn named<'a>(held: &[&'a Type]) -> Refused<'a> {
    let hidden = held.iter().find(|ty| matches!(ty, Type::ImplTrait(_)))?;
    Some((hidden, "a field's type must be named; use a type parameter".to_owned()))
}

/// A value of unknown size cannot be built and passed on.
fn sized<'a>(held: &[&'a Type]) -> Refused<'a> {
    let whole = *held.first()?;
    let instead = match whole {
        Type::Slice(_) => "`Vec<T>` or `Box<[T]>`",
        Type::Path(ty) if ty.path.is_ident("str") => "`String` or `Box<str>`",
        _ => return None,
    };
    let message = format!("the size of a slot must be known when it is restored; use {instead}");
    Some((whole, message))
}

/// A function or an address has a meaning only in this process, and so has a borrowed trait object. Behind a pointer
/// that owns it, a list of its types gives a trait object a state.
fn reaches_outside<'a>(held: &[&'a Type], field: &Field) -> Refused<'a> {
    // Some crates do implement serde's traits for trait objects.
    if matches!(field.role, Role::Slot(Via::Serde)) {
        return None;
    }
    held.iter().find_map(|&ty| {
        let what = match ty {
            Type::TraitObject(object) if shape::is_function(object) => "a function",
            Type::TraitObject(_) if matches!(field.role, Role::Parent(_)) => "a trait object",
            Type::TraitObject(_) if held.iter().any(|owner| shape::owned(owner).is_some_and(|of| ptr::eq(of, ty))) => {
                return None;
            }
            Type::TraitObject(_) if held.iter().any(|owner| is_cell_of(owner, ty)) => {
                let message = "a trait object directly in a cell or lock has no state; put it in a box there, as in \
                    `RefCell<Box<dyn Trait>>`, or mark the field `skip`";
                return Some((ty, message.into()));
            }
            Type::TraitObject(_) => "a trait object without a `Box`, `Rc` or `Arc` around it",
            Type::FnPtr(_) => "a function pointer",
            Type::Ptr(_) => "a raw pointer",
            _ => return None,
        };
        let message = format!(
            "{what} cannot have a state; mark the field `skip`, or convert it with a module: `{}`",
            symbol::WITH.usage
        );
        Some((ty, message))
    })
}

/// A restored value can borrow only from the bytes, which are shared and do not live forever.
fn outlives_bytes<'a>(held: &[&'a Type]) -> Refused<'a> {
    held.iter().find_map(|&ty| {
        let Type::Reference(reference) = ty else {
            return None;
        };
        let message = if reference.mutability.is_some() {
            "a `&mut` reference cannot be restored, because it cannot borrow from the bytes; \
                use an owned type, or mark the field `skip`"
        } else if is_static(reference) {
            "a `&'static` reference cannot be restored, because the bytes do not live that long; \
                give the type a lifetime parameter, or use `String`, `Vec` or `Cow`"
        } else {
            return None;
        };
        Some((ty, message.to_owned()))
    })
}

/// Bytes can be borrowed anywhere, but other elements only from raw arrays, where they are as in memory.
fn borrows_slice<'a>(held: &[&'a Type], field: &Field) -> Refused<'a> {
    const NUMBERS: &[&str] = &[
        "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "f32", "f64", "usize", "isize", "bool", "char",
    ];
    if !matches!(field.role, Role::Slot(Via::Plain)) {
        return None;
    }
    let whole = shape::inside_option(held.first()?);
    held.iter().find_map(|&ty| {
        let Type::Reference(reference) = ty else { return None };
        let Type::Slice(slice) = shape::peel(&reference.elem) else { return None };
        let element = shape::primitive(&slice.elem).filter(|name| NUMBERS.contains(&name.as_str()))?;
        let remedy = match ptr::eq(ty, whole) {
            true => format!("mark the field `bytes`, or use `Vec<{element}>` or `Cow<[{element}]>`"),
            false => format!("use `Vec<{element}>` or `Cow<[{element}]>`"),
        };
        Some((ty, format!("a `&[{element}]` can only borrow from a raw array; {remedy}")))
    })
}

fn is_static(reference: &TypeReference) -> bool {
    let lifetime = reference.lifetime.as_ref();
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

/// A record is plain bytes, while these types are addresses or have no size.
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

/// Whether a type is a cell or lock of another, judging by its name.
fn is_cell_of(owner: &Type, of: &Type) -> bool {
    let Type::Path(path) = owner else { return false };
    path.path.segments.last().is_some_and(|segment| {
        ["Cell", "RefCell", "Mutex", "RwLock"].iter().any(|name| segment.ident == name)
            && shape::arguments(segment).any(|argument| ptr::eq(shape::peel(argument), of))
    })
}
