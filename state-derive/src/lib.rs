//! The derive macros of `state-core`, which re-exports and documents them. Each is one pass: parse (`attr`) -> model
//! (`ast`) -> check -> expand, or `fallback` if there were errors.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
use syn::DeriveInput;

mod ast;
mod attr;
mod bound;
mod check;
mod convert;
mod ctxt;
mod expand;
mod fallback;
mod hygiene;
mod shape;
mod suggest;
mod symbol;
mod value;

use crate::ast::Container;
use crate::ctxt::Ctxt;

/// Derives the state of a struct or an enum: it can then be saved and restored as bytes, as a value, as a pickle and in
/// place.
///
/// The state of a struct is the tuple of its slots, which `get_state` returns and `set_state` restores. An enum is a
/// single slot and has no tuple of its own: `to_value` and `from_value` convert it, as they do every type. Each field
/// is one slot, in the order of the source, unless `#[state(..)]` says otherwise. Several attributes may share a list,
/// and several lists may follow each other.
///
/// | on | attribute | meaning |
/// |---|---|---|
/// | type | `name = "example.Person"` | the type tag; by default, the identifier |
/// | type | `crate = path` | the path of the runtime; by default, `::state_core` |
/// | type | `bound = "T: Trait"` | where predicates of the impls, instead of the inferred ones |
/// | type | `before_get = path` | a function that is called before the state is saved: `fn(&Self)`; a method is written `Self::prepare`. If it refuses, it is called twice more, to find the path for the error |
/// | type | `after_set = path` | a function that is called after the state is restored: `fn(&mut Self)`; a method is written `Self::rebuild` |
/// | type | `pickle = "dict"` | pickled by the names of its slots, as Python pickles a class without `__getstate__` |
/// | type | `pickle = "slots"` | the same, as Python pickles a class with `__slots__` |
/// | type | `pickle = "cython"` | pickled as Cython pickles a `cdef class` without `__getstate__` |
/// | type | `pickle = "call"` | pickled as a call of its class with its slots, as Python pickles a `Fraction` or `Decimal` |
/// | type | `pickle = "enum"` | variants without fields are pickled as the members of a Python `enum.Enum` |
/// | field | `bytes` | a raw array: two slots, the bytes and the count |
/// | field | `bytes, uncounted` | a raw array in one slot |
/// | field | `array` | a raw array with typed elements: one slot, a `numpy.ndarray` in a pickle |
/// | field | `flatten_parent` | the first field, an object or a `Box` of one, whose slots become the first slots of this type |
/// | field | `skip` | no slot: left alone by a restore in place, `Default` in a new value |
/// | field | `skip, default = path` | no slot: left alone by a restore in place, the result of the function in a new value |
/// | field | `default`, `default = path` | fills the slot, with `Default` or the result of the function, if a state has no value for it: one of an older version of the type, or a tuple that is too short |
/// | type, variant, field | `alias("old", ..)` | former names, used if the current name is not found |
/// | type | `removed("name", ..)` | slots of older states to drop, or variants that no state uses any more; `removed` alone means any |
/// | type | `from(v1::Person, ..)` | former types, converted with `TryFrom` |
/// | type | `upgrade = path` | a function that edits an older state by the names of its slots: `fn(&mut Older)`; see `evolve` |
/// | variant | `other` | replaces variants of older states that no longer exist |
/// | field | `with = path` | a module that converts the field to the value in the slot, and back |
/// | field | `with = Vec<path>` | a module that converts the contents of the field: see below |
/// | field | `sorted` | a hash map or set in the order of its keys, and those inside it too, so that equal states have equal bytes |
/// | field | `serde` | a field whose type implements only serde's traits |
/// | field, variant | `rename = "other"` | the name of the slot or variant |
/// | type, field | `shared` | `Rc`s and `Arc`s to one object stay pointers to one object, in all states that contain it; the parameters of a generic type must then not borrow |
/// | field | `held` | a history keeps the `Rc`s, `Arc`s and `Weak`s in the field as pointers, and restores the same ones; elsewhere they are written as without it |
/// | type | `remote = path::to::Type` | describes a type of another crate, and represents it: see below |
/// | field | `getter = Type::method` | reads a private field of the described type |
/// | field | `with = Mirror` | the field has the type of another crate that `Mirror` describes |
/// | type, field | `shared, cyclic` | as `shared`, and references may form cycles |
/// | variant | `skip` | has no state: saving it is an error, and it is never restored; its fields can be anything |
///
/// A hook may return nothing, or a `Result<(), E>` with an `E: Display`: an error refuses the state.
///
/// # Conversions
/// The module of `with` has `pub type Slot = ..`, `pub fn get(&T) -> Slot` and `pub fn set(Slot) -> Result<T, E>`; with
/// `E = Infallible`, it never refuses. A slot can borrow: from the field when saving, and from the bytes when loading.
/// Then it is `pub type Slot<'a> = ..`, with `fn get(&T) -> Slot<'_>` and `fn set(Slot<'_>) -> Result<T, E>`.
///
/// To convert the contents of a field, write the field's type with a module in place of each type to convert, and `_`
/// in place of those to keep: this works inside `Option`, `Box`, `Vec`, `VecDeque`, arrays, boxed slices, tuples, maps
/// and sets, at any depth. The slot then holds the container of the modules' slots. The parts of such a field that are
/// not converted are cloned when saving, and a restore in place replaces the whole field.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use state_core::{State, StateExt};
///
/// #[derive(Debug, PartialEq)]
/// struct Colour(u32);
///
/// mod hex {
///     use super::Colour;
///
///     pub type Slot = String;
///
///     pub fn get(colour: &Colour) -> String {
///         format!("{:06x}", colour.0)
///     }
///
///     pub fn set(slot: String) -> Result<Colour, std::num::ParseIntError> {
///         u32::from_str_radix(&slot, 16).map(Colour)
///     }
/// }
///
/// #[derive(State)]
/// struct Style {
///     #[state(with = hex)]
///     colour: Colour,
///     #[state(with = Option<hex>)]
///     border: Option<Colour>,
///     #[state(with = BTreeMap<_, Vec<hex>>)]
///     palettes: BTreeMap<String, Vec<Colour>>,
/// }
///
/// # fn main() -> Result<(), state_core::Error> {
/// let mut style = Style { colour: Colour(1), border: None, palettes: BTreeMap::from([("red".into(), vec![Colour(2)])]) };
/// assert_eq!(style.get_state()?.to_string(), "('000001', None, {'red': ['000002']})");
/// style.set_state(("0000ff", Some("ffffff"), style.get_state()?[2].clone()))?;
/// assert_eq!(style.border, Some(Colour(0xff_ffff)));
/// # Ok(())
/// # }
/// ```
///
/// # Types of another crate
/// A struct or enum with `remote = path::to::Type` describes that type with fields and variants of the same names, and
/// is used as `with = Mirror` in place of a module. Private fields have a `getter`, a function of the type; the type is
/// then built with `From` or `TryFrom`. The describing type implements `Remote` as well as `State`, and its parameters
/// must be `Clone` there.
///
/// # Identity
/// Bytes of one type do not load as another: its name, its slots, their names, and all types in them are compared.
/// Distinctions that exist only in the program are not. A `PhantomData<T>` has no state, so the bytes of an
/// `Id<Monster>` load as an `Id<Item>`. To have them refused, store the marker itself: a unit struct with a state takes
/// no bytes, and its name is compared.
///
/// ```
/// use state_core::{State, dumps, loads};
///
/// #[derive(State)]
/// struct Monster;
///
/// #[derive(State)]
/// struct Item;
///
/// #[derive(State)]
/// struct Id<T> { number: u32, kind: T }
///
/// let bytes = dumps(&Id { number: 7, kind: Monster })?;
/// assert!(loads::<Id<Item>>(&bytes).is_err());
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Sharing
/// An `Rc` or `Arc` is saved as its value. An object that two slots share is written twice and loaded as two objects,
/// and a cycle is an error. A restore in place changes the value behind a handle if it is the only one; if there are
/// others, the slot gets a new value and they keep the old one, so a live `Rc<RefCell<_>>` that is shared does not see
/// the restored state. To keep sharing, mark the type or field `shared`, or store the object in one place and refer to
/// it by an index or a key.
///
/// # Lifetimes
/// A restored value may borrow from the bytes: `&'a str`, `&'a [u8]`, `Cow<'a, _>`, and other slices with `bytes`. It
/// cannot borrow for `'static`, because no bytes live that long. A `Cow<'static, _>` is therefore restored as an owned
/// one, if the field's type shows it. For a `&'static str`, or if the lifetime is hidden behind an alias or in a type
/// of your own (``requires that `'__de` must outlive `'static` ``), use `String`, write the type out, or give it a
/// lifetime parameter.
///
/// If something inside a type can refuse, a restore in place still keeps skipped fields: see `state_core::load_into`
/// for when hooks are then called, and for the effects of a hook that refuses because of a skipped field; and
/// `state_core::sharing` for the shared objects that are replaced, and their skipped fields with them.
///
/// # Bounds
/// Each type parameter in a slot is bound by the trait in question: `T: State` in the impl of `State`, and
/// `T: Restore<'de>` in that of `Restore`; so is a projection such as `T::Item`. Parameters in a `PhantomData` or under
/// `skip`, `with` or `serde` need no bound. The predicates of `bound` replace all of these in both impls:
/// `RestoreOwned` serves for both, as long as the parameter borrows nothing from the bytes.
///
/// ```
/// use state_core::{RestoreOwned, State, dumps, loads};
///
/// trait Unit { type Number: RestoreOwned; }
///
/// struct Metre;
/// impl Unit for Metre { type Number = f64; }
///
/// #[derive(State)]
/// #[state(bound = "U: Unit")]
/// struct Length<U: Unit>(U::Number);
///
/// let length = Length::<Metre>(1.5);
/// assert_eq!(loads::<Length<Metre>>(&dumps(&length)?)?.0, 1.5);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// Misused attributes are all reported at once, each at its place.
#[proc_macro_derive(State, attributes(state))]
pub fn derive_state(input: TokenStream) -> TokenStream {
    derive(input, check::state, expand::state, fallback::state)
}

/// Describes the layout of a `#[repr(C)]` struct, so that arrays of it are saved as raw bytes with `#[state(bytes)]`.
///
/// The layout is the same on every machine: as in C, with each number aligned to its size.
///
/// Mark each field that contains such an array, as in `#[state(bytes)] bicycles: Vec<Bicycle>`: a record alone has no
/// state.
///
/// Accepts `#[state(name = "..")]` and `#[state(crate = path)]` on the struct and `#[state(rename = "..")]` on its
/// fields; `alias`, `removed` and `default` handle records of an older form. Other attributes of `#[derive(State)]` are
/// allowed, so that both can be derived, and have no effect here.
#[proc_macro_derive(Record, attributes(state))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    derive(input, check::record, expand::record, fallback::record)
}

fn derive(
    input: TokenStream,
    check: fn(&Ctxt, &Container),
    expand: fn(&Container) -> TokenStream2,
    fallback: fn(&Container, &syn::Error) -> TokenStream2,
) -> TokenStream {
    let (input, names) = hygiene::mark(input.into());
    let input = match syn::parse2::<DeriveInput>(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error().into(),
    };
    let cx = Ctxt::new();
    let container = Container::new(&cx, &input);
    check(&cx, &container);
    let output = match cx.check() {
        Ok(()) => expand(&container),
        Err(error) => fallback(&container, &error),
    };
    names.set_apart(output).into()
}
