//! The values of Rust that one object is made of: with `extends`, each class holds one of its own, and the flat state
//! is the base's slots, then the own ones.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::marker::PhantomData;
use std::thread_local;

use pyo3::PyClass;
#[cfg(any(not(Py_LIMITED_API), Py_3_12))]
use pyo3::exceptions;
use pyo3::exceptions::PyTypeError;
use pyo3::impl_::pyclass::{PyClassBaseType, PyClassImpl};
use pyo3::impl_::pyclass_init::PyNativeTypeInitializer;
use pyo3::prelude::*;
use pyo3::pyclass::PyClassGuard;
use pyo3::pyclass::boolean_struct::{False, True};
use pyo3::types::{PyBytes, PyTuple};

use crate::error::Result as StateResult;
use crate::image::in_place::{self, Aside};
use crate::image::{self, SegmentBuffer};
use crate::protocol::builder::Builder;
use crate::protocol::hooks::Hooks;
use crate::python::error::{pickling, unpickling};
use crate::python::into::incoming::Incoming;
use crate::python::options;
use crate::python::out::slots::Slots;
use crate::python::scalars::{self, Step};
use crate::schema::Schema;
use crate::schema::fingerprint::identity;
use crate::state::{RestoreOwned, State};
use crate::walk::{self, Filled};

/// A class with a state, and the bases that it extends.
pub trait Layer: PyClass + State + RestoreOwned {
    /// The base's values, and the own one.
    type Values;
    /// The same, to be exchanged with those of a live object.
    type Asides;
    const EXCEPTION: bool;
    /// Whether it, or a base, is a frozen class.
    const FROZEN: bool;

    /// The schemas, the base's first.
    fn schemas(schemas: &mut Vec<&'static Schema>);

    /// Hands the flat state to `slots`.
    fn dump(object: &Bound<'_, PyAny>, slots: &mut Slots<'_, '_>) -> PyResult<()>;

    /// The slots of a class that has steps.
    fn quick_tuple<'py>(object: &Bound<'py, Self>, steps: &[Step]) -> PyResult<Bound<'py, PyTuple>>;

    /// The values of such a class; `None` for a state that it is not made of.
    fn quick_values(steps: &[Step], state: &mut Incoming<'_, '_>) -> Option<StateResult<Self::Values>>;

    /// Builds the values that stand for a flat state. The last class takes all that is left.
    fn values(state: &mut Incoming<'_, '_>, last: bool) -> StateResult<Self::Values>;

    /// Builds the values for a live object.
    fn asides(state: &mut Incoming<'_, '_>, last: bool) -> StateResult<Self::Asides>;

    /// The native bytes of the own value.
    fn pack<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>>;

    /// The values of a class without a base that has any, from native bytes.
    fn unpack(bytes: &[u8], base: &mut Incoming<'_, '_>) -> StateResult<Self::Values>;

    /// What makes an object of its values.
    fn initializer(values: Self::Values) -> PyClassInitializer<Self>;

    /// Restores a live object, all of it or nothing.
    fn put(object: &Bound<'_, Self>, state: Incoming<'_, '_>) -> PyResult<()>;
}

impl<T> Layer for T
where
    T: PyClass + State + RestoreOwned,
    T::BaseType: Base,
    T::Frozen: Mutability,
{
    type Values = (<T::BaseType as Base>::Values, T);
    type Asides = (<T::BaseType as Base>::Asides, Aside<T>);
    const EXCEPTION: bool = T::BaseType::EXCEPTION;
    const FROZEN: bool = T::Frozen::FROZEN || T::BaseType::FROZEN;

    fn schemas(schemas: &mut Vec<&'static Schema>) {
        T::BaseType::schemas(schemas);
        schemas.push(T::schema());
    }

    fn dump(object: &Bound<'_, PyAny>, slots: &mut Slots<'_, '_>) -> PyResult<()> {
        // Held while the bases are read, so that all of the state is of one moment.
        let guard = PyClassGuard::<T>::try_from(object.cast::<T>()?)?;
        T::BaseType::dump(object, slots)?;
        take(&*guard, slots).map_err(|error| pickling(object.py(), error))
    }

    fn quick_tuple<'py>(object: &Bound<'py, Self>, steps: &[Step]) -> PyResult<Bound<'py, PyTuple>> {
        scalars::tuple(object.py(), &*PyClassGuard::<T>::try_from(object)?, steps)
    }

    fn quick_values(steps: &[Step], state: &mut Incoming<'_, '_>) -> Option<StateResult<Self::Values>> {
        let value = scalars::value(steps, &state.items)?;
        Some(value.and_then(|value| Ok((T::BaseType::values(state)?, value))))
    }

    fn values(state: &mut Incoming<'_, '_>, last: bool) -> StateResult<Self::Values> {
        let base = T::BaseType::values(state)?;
        let filled = fill(T::schema(), state, last)?;
        let regions = filled.regions()?;
        options().pass::<T>(&identity(T::schema()), &regions, regions.head)?;
        let value = image::build(&regions)?;
        keep(filled);
        Ok((base, value))
    }

    fn asides(state: &mut Incoming<'_, '_>, last: bool) -> StateResult<Self::Asides> {
        let base = T::BaseType::asides(state)?;
        let filled = fill(T::schema(), state, last)?;
        let regions = filled.regions()?;
        options().pass::<T>(&identity(T::schema()), &regions, regions.head)?;
        let value = Aside::build(&regions)?;
        keep(filled);
        Ok((base, value))
    }

    fn pack<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        let guard = PyClassGuard::<T>::try_from(object.cast::<T>()?)?;
        let mut bytes = PACKED.take();
        options().dump_into(&*guard, &mut bytes).map_err(|error| pickling(object.py(), error))?;
        let packed = PyBytes::new(object.py(), &bytes);
        if bytes.capacity() < LARGE {
            PACKED.set(bytes);
        }
        Ok(packed)
    }

    fn unpack(bytes: &[u8], base: &mut Incoming<'_, '_>) -> StateResult<Self::Values> {
        Ok((T::BaseType::values(base)?, options().loads(bytes)?))
    }

    fn initializer((base, own): Self::Values) -> PyClassInitializer<Self> {
        PyClassInitializer::new(own, T::BaseType::initializer(base))
    }

    fn put(object: &Bound<'_, Self>, state: Incoming<'_, '_>) -> PyResult<()> {
        T::Frozen::put(object, state)
    }
}

/// Space of more bytes is given back.
const LARGE: usize = 0x1_0000;

thread_local! {
    /// The space that the last state that was taken out took in this thread.
    static SPACE: RefCell<SegmentBuffer> = const { RefCell::new(SegmentBuffer::new()) };
    /// The same of the last that was packed.
    static PACKED: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    /// The space of the last that was put back.
    static FILLED: Cell<Builder> = Cell::new(Builder::default());
}

/// Hands the slots of one value to `slots`.
fn take<T: State>(value: &T, slots: &mut Slots<'_, '_>) -> StateResult<()> {
    SPACE.with(|space| match space.try_borrow_mut() {
        Ok(mut space) => {
            let taken = take_in(value, slots, &mut space);
            if space.capacity() >= LARGE {
                *space = SegmentBuffer::new();
            }
            taken
        }
        // Making an object of a slot, such as a set, came back here.
        Err(_) => take_in(value, slots, &mut SegmentBuffer::new()),
    })
}

fn take_in<T: State>(value: &T, slots: &mut Slots<'_, '_>, space: &mut SegmentBuffer) -> StateResult<()> {
    let segments = options().dump_segments(value, space)?;
    let (regions, raws) = segments.regions::<T>()?;
    walk::read_state(T::schema(), &regions, raws, options().levels(), slots)
}

/// Fills the image of the next value.
fn fill<'v>(schema: &'static Schema, state: &mut Incoming<'v, '_>, last: bool) -> StateResult<Filled<'v>> {
    if identity(schema).sharing.shared {
        return Err(image::shares());
    }
    state.fill(schema, last, FILLED.take())
}

/// Keeps the space of an image that is done with.
fn keep(filled: Filled<'_>) {
    let space = filled.into_space();
    if space.capacity() < LARGE {
        FILLED.set(space);
    }
}

/// What a class can extend: another one with a state, or a class of Python's own that has none to be kept.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no state that would be kept as the base of a picklable class",
    label = "a base is `object`, an exception, or a `#[pyclass(subclass)]` with `#[derive(State)]`"
)]
pub trait Base: PyClassBaseType {
    type Values;
    type Asides;
    const EXCEPTION: bool = false;
    const FROZEN: bool = false;

    fn schemas(schemas: &mut Vec<&'static Schema>);
    fn dump(object: &Bound<'_, PyAny>, slots: &mut Slots<'_, '_>) -> PyResult<()>;
    fn values(state: &mut Incoming<'_, '_>) -> StateResult<Self::Values>;
    fn asides(state: &mut Incoming<'_, '_>) -> StateResult<Self::Asides>;
    fn initializer(values: Self::Values) -> Self::Initializer;

    /// Exchanges the values of a base with those of the object that `guard` holds.
    fn exchange<T: PyClass<BaseType = Self, Frozen = False>>(guard: &mut PyRefMut<'_, T>, asides: &mut Self::Asides);

    /// Calls the hooks that were left, on the base of the object that `guard` holds.
    fn settle<T: PyClass<BaseType = Self, Frozen = False>>(
        guard: &mut PyRefMut<'_, T>,
        asides: &Self::Asides,
        hooks: Hooks,
    ) -> StateResult<()>;
}

impl<B> Base for B
where
    B: PyClass + State + RestoreOwned + PyClassBaseType<Initializer = PyClassInitializer<B>>,
    B::BaseType: Base,
    B::Frozen: Mutability,
{
    type Values = <B as Layer>::Values;
    type Asides = <B as Layer>::Asides;
    const EXCEPTION: bool = <B as Layer>::EXCEPTION;
    const FROZEN: bool = <B as Layer>::FROZEN;

    fn schemas(schemas: &mut Vec<&'static Schema>) {
        <B as Layer>::schemas(schemas);
    }

    fn dump(object: &Bound<'_, PyAny>, slots: &mut Slots<'_, '_>) -> PyResult<()> {
        <B as Layer>::dump(object, slots)
    }

    fn values(state: &mut Incoming<'_, '_>) -> StateResult<Self::Values> {
        <B as Layer>::values(state, false)
    }

    fn asides(state: &mut Incoming<'_, '_>) -> StateResult<Self::Asides> {
        <B as Layer>::asides(state, false)
    }

    fn initializer(values: Self::Values) -> Self::Initializer {
        <B as Layer>::initializer(values)
    }

    fn exchange<T: PyClass<BaseType = Self, Frozen = False>>(guard: &mut PyRefMut<'_, T>, asides: &mut Self::Asides) {
        B::Frozen::exchange::<B, T>(guard, asides);
    }

    fn settle<T: PyClass<BaseType = Self, Frozen = False>>(
        guard: &mut PyRefMut<'_, T>,
        asides: &Self::Asides,
        hooks: Hooks,
    ) -> StateResult<()> {
        B::Frozen::settle::<B, T>(guard, asides, hooks)
    }
}

macro_rules! native {
    ($exception:literal: $($base:ty)*) => {$(
        impl Base for $base {
            type Values = ();
            type Asides = ();
            const EXCEPTION: bool = $exception;

            fn schemas(_: &mut Vec<&'static Schema>) {}

            fn dump(_: &Bound<'_, PyAny>, _: &mut Slots<'_, '_>) -> PyResult<()> {
                Ok(())
            }

            fn values(_: &mut Incoming<'_, '_>) -> StateResult<()> {
                Ok(())
            }

            fn asides(_: &mut Incoming<'_, '_>) -> StateResult<()> {
                Ok(())
            }

            fn initializer((): ()) -> Self::Initializer {
                PyNativeTypeInitializer(PhantomData)
            }

            fn exchange<T: PyClass<BaseType = Self, Frozen = False>>(_: &mut PyRefMut<'_, T>, (): &mut ()) {}

            fn settle<T: PyClass<BaseType = Self, Frozen = False>>(
                _: &mut PyRefMut<'_, T>,
                (): &(),
                _: Hooks,
            ) -> StateResult<()> {
                Ok(())
            }
        }
    )*};
}

native!(false: PyAny);

// The exceptions that keep nothing but their arguments. The stable ABI has no others as bases before Python 3.12.
#[cfg(any(not(Py_LIMITED_API), Py_3_12))]
native! { true:
    exceptions::PyArithmeticError exceptions::PyAssertionError exceptions::PyBaseException exceptions::PyBufferError
    exceptions::PyEOFError exceptions::PyException exceptions::PyFloatingPointError exceptions::PyIndexError
    exceptions::PyKeyError exceptions::PyLookupError exceptions::PyMemoryError exceptions::PyNotImplementedError
    exceptions::PyOverflowError exceptions::PyRecursionError exceptions::PyReferenceError exceptions::PyRuntimeError
    PyTypeError exceptions::PyUserWarning exceptions::PyValueError exceptions::PyWarning
    exceptions::PyZeroDivisionError
}

/// Whether a class is frozen: what a live object of it allows.
pub trait Mutability: Sized {
    const FROZEN: bool;

    fn put<T>(object: &Bound<'_, T>, state: Incoming<'_, '_>) -> PyResult<()>
    where
        T: PyClass<Frozen = Self> + State + RestoreOwned,
        T::BaseType: Base;

    fn exchange<B, T>(guard: &mut PyRefMut<'_, T>, asides: &mut Asides<B>)
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        B::BaseType: Base,
        T: PyClass<BaseType = B, Frozen = False>;

    fn settle<B, T>(guard: &mut PyRefMut<'_, T>, asides: &Asides<B>, hooks: Hooks) -> StateResult<()>
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        B::BaseType: Base,
        T: PyClass<BaseType = B, Frozen = False>;
}

/// The values of a class and its bases, to be exchanged with those of a live object.
type Asides<T> = (<<T as PyClassImpl>::BaseType as Base>::Asides, Aside<T>);

impl Mutability for True {
    const FROZEN: bool = true;

    fn put<T>(object: &Bound<'_, T>, _: Incoming<'_, '_>) -> PyResult<()>
    where
        T: PyClass<Frozen = Self> + State + RestoreOwned,
        T::BaseType: Base,
    {
        Err(frozen(object))
    }

    /// Never called: an object of which a part is frozen is not restored.
    fn exchange<B, T>(_: &mut PyRefMut<'_, T>, _: &mut Asides<B>)
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        B::BaseType: Base,
        T: PyClass<BaseType = B, Frozen = False>,
    {
    }

    fn settle<B, T>(_: &mut PyRefMut<'_, T>, _: &Asides<B>, _: Hooks) -> StateResult<()>
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        B::BaseType: Base,
        T: PyClass<BaseType = B, Frozen = False>,
    {
        Ok(())
    }
}

impl Mutability for False {
    const FROZEN: bool = false;

    fn put<T>(object: &Bound<'_, T>, mut state: Incoming<'_, '_>) -> PyResult<()>
    where
        T: PyClass<Frozen = Self> + State + RestoreOwned,
        T::BaseType: Base,
    {
        if T::BaseType::FROZEN {
            return Err(frozen(object));
        }
        let told = |error| unpickling(object.py(), &error);
        if size_of::<<T::BaseType as Base>::Values>() == 0 {
            return put_single(object, &mut state);
        }
        let mut asides = <T as Layer>::asides(&mut state, true).map_err(told)?;
        let mut guard = object.try_borrow_mut()?;
        let put = in_place::exchange(&mut guard, &mut asides, exchange_layers::<T>, settle_layers::<T>);
        // Before the old values are dropped, which can run code that looks at the object.
        drop(guard);
        put.map_err(told)
    }

    fn exchange<B, T>(guard: &mut PyRefMut<'_, T>, asides: &mut Asides<B>)
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        B::BaseType: Base,
        T: PyClass<BaseType = B, Frozen = False>,
    {
        exchange_layers::<B>(guard.as_super(), asides);
    }

    fn settle<B, T>(guard: &mut PyRefMut<'_, T>, asides: &Asides<B>, hooks: Hooks) -> StateResult<()>
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        B::BaseType: Base,
        T: PyClass<BaseType = B, Frozen = False>,
    {
        settle_layers::<B>(guard.as_super(), asides, hooks)
    }
}

/// Restores an object of the only class with a value.
fn put_single<T>(object: &Bound<'_, T>, state: &mut Incoming<'_, '_>) -> PyResult<()>
where
    T: PyClass<Frozen = False> + RestoreOwned,
{
    let told = |error| unpickling(object.py(), &error);
    let filled = fill(T::schema(), state, true).map_err(told)?;
    let (regions, identity) = (filled.regions().map_err(told)?, identity(T::schema()));
    options().pass::<T>(&identity, &regions, regions.head).map_err(told)?;
    let mut guard = object.try_borrow_mut()?;
    image::restore(&regions, &identity, &mut *guard).map_err(told)
}

fn exchange_layers<T>(guard: &mut PyRefMut<'_, T>, asides: &mut Asides<T>)
where
    T: PyClass<Frozen = False> + RestoreOwned,
    T::BaseType: Base,
{
    asides.1.exchange(&mut **guard);
    T::BaseType::exchange(guard, &mut asides.0);
}

/// The base's hooks come first.
fn settle_layers<T>(guard: &mut PyRefMut<'_, T>, asides: &Asides<T>, hooks: Hooks) -> StateResult<()>
where
    T: PyClass<Frozen = False> + RestoreOwned,
    T::BaseType: Base,
{
    T::BaseType::settle(guard, &asides.0, hooks)?;
    asides.1.settle(&mut **guard, hooks)
}

#[cold]
fn frozen<T>(object: &Bound<'_, T>) -> PyErr {
    let class = crate::python::error::class_name(&object.as_any().get_type());
    PyTypeError::new_err(alloc::format!("{class} is a frozen class: its objects cannot be given another state"))
}
