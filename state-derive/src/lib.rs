//! The derive macros of `state-core`, which re-exports and documents them.
//! One pass for each: parse (`attr`) -> model (`ast`) -> check -> expand, or `fallback` if anything was wrong.
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

/// Derives the state of a struct or an enum: what `get_state` takes out of it and `set_state` puts back.
///
/// Each field is one slot, in the order of the source, unless `#[state(..)]` says otherwise. Several words may share
/// a list, and several lists may stand above each other.
///
/// | on | word | meaning |
/// |---|---|---|
/// | type | `name = "example.Person"` | the type tag; without it, the identifier |
/// | type | `crate = path` | where the runtime is; without it, `::state_core` |
/// | type | `bound = "T: Trait"` | the where predicates of the impls, in place of the inferred ones |
/// | type | `before_get = path` | a function that is called before the state is taken: `fn(&Self)` |
/// | type | `after_set = path` | a function that is called after the state is restored: `fn(&mut Self)` |
/// | type | `pickle = "dict"` | pickled by the names of its slots, as Python pickles a class without `__getstate__` |
/// | type | `pickle = "cython"` | pickled as Cython pickles a `cdef class` without `__getstate__` |
/// | type | `pickle = "call"` | pickled as the call of its class with its slots, as Python pickles a `Fraction` or `Decimal` |
/// | type | `pickle = "enum"` | variants without fields are pickled as the members of a Python `enum.Enum` |
/// | field | `bytes` | a raw array: two slots, the bytes and the count |
/// | field | `bytes, uncounted` | a raw array in one slot |
/// | field | `array` | a raw array that keeps the type of its elements: one slot, in a pickle a `numpy.ndarray` |
/// | field | `flatten_parent` | the first field, an object or a `Box` of one: its slots begin this type's own |
/// | field | `skip` | no slot; left as it is in place, and filled by `Default` where a value is built |
/// | field | `skip, default = path` | no slot; filled by calling the function where a value is built |
/// | field | `default`, `default = path` | fills the slot where a dynamic state has no value for it |
/// | field | `with = path` | a module converts the field to what stands in the slot, and back |
/// | field | `with = Vec<path>` | a module converts what is in the field: see below |
/// | field | `sorted` | a hash map or set in the order of its keys, and those inside it sorted too, so that equal states give equal bytes |
/// | field | `serde` | a field that has serde's traits alone |
/// | field, variant | `rename = "other"` | the name of the slot or variant |
/// | type, field | `shared` | `Rc`s and `Arc`s to one object lead to one object again, in all states that contain it; a generic type's parameters then borrow nothing |
/// | field | `held` | a history keeps the `Rc`s and `Arc`s in the field by their pointers, and gives back the very same; elsewhere they are written as their values |
/// | type | `remote = path::to::Type` | the type describes one of another crate, and stands for it: see below |
/// | field | `getter = Type::method` | how the field is taken out of the type that is described, where it is private |
/// | field | `with = Mirror` | the field is of the type of another crate that `Mirror` describes |
/// | type, field | `shared, cyclic` | and may lead back into an object around them |
/// | variant | `skip` | has no state: taking it is an error, and nothing is restored to it; its fields can be anything |
///
/// A hook may return nothing or a `Result<(), E>` with an `E` that can be displayed: an error refuses the state.
///
/// # Conversions
/// The module of `with` has `pub type Slot = ..`, `pub fn get(&T) -> Slot` and `pub fn set(Slot) -> Result<T, E>`; where
/// `E` is `Infallible`, nothing is refused. A slot can borrow: from the field on the way out, and from the bytes on the
/// way in. Then it is `pub type Slot<'a> = ..`, with `fn get(&T) -> Slot<'_>` and `fn set(Slot<'_>) -> Result<T, E>`.
///
/// To convert what is in a field, write the field's type with a module in place of each type that it converts, and `_` in
/// place of those that stay as they are: `Option`, `Box`, `Vec`, `VecDeque`, arrays, boxed slices, tuples, maps and sets
/// are reached into, as deep as they are written out. The slot then holds the container of what the modules make.
/// Whatever stays in such a field is cloned on the way out, and a restore in place replaces the field as a whole.
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
/// A struct or enum under `remote = path::to::Type` describes that type by fields and variants of the same names, and `with`
/// takes it in place of a module. Fields that are private have a `getter`, a function of the type; it is then made by
/// `From` or `TryFrom`. The describing type implements `Remote` beside `State`, and its parameters are `Clone` there.
///
/// # Identity
/// Bytes of one type do not load as another: its name, its slots, their names, and all types in them are compared. What
/// tells types apart in the program alone is no part of that. A `PhantomData<T>` has no state, so that the bytes of an
/// `Id<Monster>` load as an `Id<Item>`. To have them refused, hold the marker itself: a unit struct with a state takes
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
/// An `Rc` or `Arc` travels as its value. Where two slots share one, there are two of it in the bytes and two afterwards,
/// and a cycle of them is an error. A restore in place goes into the value of a handle that is alone; where others
/// hold it too, the slot gets a value of its own and they keep the old one, so a live `Rc<RefCell<_>>` that is shared
/// does not see the restored state. To keep what is shared, hold it in one place and refer to it by an index or a key.
///
/// # Lifetimes
/// What is restored may borrow from the bytes: `&'a str`, `&'a [u8]`, `Cow<'a, _>`, and other slices under `bytes`. It
/// cannot borrow for `'static`, because no bytes live that long. A `Cow<'static, _>` is therefore restored as an owned
/// one, wherever the field's type shows it. For a `&'static str`, or where the lifetime hides behind an alias or in a type
/// of your own (``requires that `'__de` must outlive `'static` ``), use `String`, write the type out, or give it a lifetime
/// parameter.
///
/// Where something below a type can refuse, a restore in place still keeps what is skipped: see
/// `state_core::load_into` for when hooks are then called, and what one that refuses by a skipped field leaves behind.
///
/// # Bounds
/// Each type parameter that a slot holds is bound by the trait in question: `T: State` in the impl of `State`, and
/// `T: Restore<'de>` in that of `Restore`; so is a projection such as `T::Item`. What stands under `PhantomData` or
/// `skip`, or goes through `with` or `serde`, asks for nothing. The predicates of `bound` replace all of these, in both
/// impls: `RestoreOwned` is the bound that serves them both, as long as the parameter borrows nothing from the bytes.
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
/// What is misused is reported at its place, all of it at once.
#[proc_macro_derive(State, attributes(state))]
pub fn derive_state(input: TokenStream) -> TokenStream {
    derive(input, check::state, expand::state, fallback::state)
}

/// Describes the layout of a `#[repr(C)]` struct, so that arrays of it travel as raw bytes under `#[state(bytes)]`.
///
/// They are laid out the same on every machine: as in C, with each number aligned to its size.
///
/// Takes `#[state(name = "..")]` and `#[state(crate = path)]` on the struct and `#[state(rename = "..")]` on its fields;
/// `alias`, `removed` and `default` say what becomes of records of an older form.
/// The other words of `#[derive(State)]` may stand there for its sake, and change nothing here.
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
