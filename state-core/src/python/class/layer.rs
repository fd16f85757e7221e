//! The Rust values that an object consists of: with `extends`, each class holds one, and the flat state has the base's
//! slots first.
//!
//! The code here is compiled for each class, so it is short. Everything else goes through [`Calls`], and is compiled
//! once.

use alloc::vec::Vec;
use core::marker::PhantomData;

#[cfg(any(not(Py_LIMITED_API), Py_3_12))]
use pyo3::exceptions;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::impl_::pyclass::{PyClassBaseType, PyClassImpl};
use pyo3::impl_::pyclass_init::PyNativeTypeInitializer;
use pyo3::impl_::pymethods::tp_new_impl;
use pyo3::prelude::*;
use pyo3::pyclass::PyClassGuard;
use pyo3::pyclass::boolean_struct::{False, True};
use pyo3::types::PyType;
use pyo3::{PyClass, PyTypeInfo};

use crate::error::{Error, ErrorKind, Result as StateResult};
use crate::image::Tests;
use crate::image::aside::{self, Aside};
use crate::protocol::decode::Regions;
use crate::protocol::hooks::Hooks;
use crate::protocol::root::Root;
use crate::python::cast::cast;
use crate::python::class::methods::Methods;
use crate::python::class::variants::{self, Variants};
use crate::python::error::{class_name, unpickling};
use crate::python::into::incoming::{Build, Incoming};
use crate::python::lease;
use crate::schema::{Kind, Schema};
use crate::state::{RestoreOwned, State};

/// The functions and properties of a class, independent of its type.
pub struct Calls {
    pub name: &'static str,
    pub exception: bool,
    /// Whether it or a base is a frozen class.
    pub frozen: bool,
    /// Whether the class itself accepts no attributes.
    pub immutable: bool,
    pub schema: fn() -> &'static Schema,
    /// Adds the schemas, the base's first.
    pub schemas: fn(&mut Vec<&'static Schema>),
    pub read: Read,
    pub make: Make,
    pub put: Put,
    pub borrow: lease::Borrow,
    /// Finds the variants of an enum; `None` for a derived struct, which then does not link their code.
    pub variants: Option<variants::Find>,
    pub methods: Methods,
}

/// Passes on the values of an object, the base's first, which are borrowed meanwhile.
type Read = fn(&Bound<'_, PyAny>, &mut Each<'_>) -> PyResult<()>;

/// Receives one of the values of an object.
pub type Each<'e> = dyn FnMut(Root<'_, '_>) -> PyResult<()> + 'e;

/// Makes an object of a class.
///
/// # Safety
/// The class is the one that these calls belong to, or a subclass of it whose objects hold nothing but its values and
/// attributes.
type Make = for<'py> unsafe fn(&mut Incoming<'_, 'py>, &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>>;

/// Restores a live object, entirely or not at all.
type Put = for<'py> fn(&Bound<'py, PyAny>, &mut Incoming<'_, 'py>) -> PyResult<()>;

/// A class with a state, and the bases that it extends.
pub trait Layer: PyClass + State + RestoreOwned {
    /// The base's values, and the class's own.
    type Values;
    const EXCEPTION: bool;
    const FROZEN: bool;
    const CALLS: &'static Calls;

    fn schemas(schemas: &mut Vec<&'static Schema>);

    fn read(object: &Bound<'_, PyAny>, each: &mut Each<'_>) -> PyResult<()>;

    /// Builds the values for a flat state. The last class takes all slots that are left.
    fn values(state: &mut Incoming<'_, '_>, last: bool, hooks: Hooks) -> StateResult<Self::Values>;

    /// Makes an initializer from the values of an object.
    fn initializer(values: Self::Values) -> PyClassInitializer<Self>;
}

impl<T> Layer for T
where
    T: PyClass + State + RestoreOwned,
    Super<T>: Base<T::BaseType>,
    T::Frozen: Mutability,
{
    type Values = Values<T>;
    const EXCEPTION: bool = <Super<T>>::EXCEPTION;
    const FROZEN: bool = T::Frozen::FROZEN || <Super<T>>::FROZEN;
    const CALLS: &'static Calls = &Calls {
        name: T::NAME,
        exception: <T as Layer>::EXCEPTION,
        frozen: <T as Layer>::FROZEN,
        immutable: T::IS_IMMUTABLE_TYPE,
        schema: T::schema,
        schemas: <T as Layer>::schemas,
        read: <T as Layer>::read,
        make: make::<T>,
        put: T::Frozen::put::<T>,
        borrow: lease::borrow::<T>,
        variants: match const { &T::STATE_SCHEMA }.kind {
            Kind::Object(_) => None,
            _ => Some(Variants::find),
        },
        methods: Methods::of::<T>(),
    };

    fn schemas(schemas: &mut Vec<&'static Schema>) {
        <Super<T>>::schemas(schemas);
        schemas.push(T::schema());
    }

    fn read(object: &Bound<'_, PyAny>, each: &mut Each<'_>) -> PyResult<()> {
        // Held while the bases are read, so that the whole state is of one moment.
        let guard = PyClassGuard::<T>::try_from(cast::<T>(object)?).map_err(|error| borrowed(object, &error.into()))?;
        <Super<T>>::read(object, each)?;
        each(Root::of(&&*guard))
    }

    fn values(state: &mut Incoming<'_, '_>, last: bool, hooks: Hooks) -> StateResult<Self::Values> {
        let base = <Super<T>>::values(state, hooks)?;
        let mut own = Own { hooks, value: None };
        state.layer(Tests::of::<T>(), last, &mut own)?;
        Ok((base, own.value.ok_or_else(not_built)?))
    }

    fn initializer((base, own): Self::Values) -> PyClassInitializer<Self> {
        PyClassInitializer::new(own.into_value(), <Super<T>>::initializer(base))
    }
}

/// The value of a class that is being built. A closure would be compiled twice: a vtable of `dyn FnMut` has a second
/// copy of it, for calls by value.
struct Own<T> {
    hooks: Hooks,
    value: Option<Aside<T>>,
}

impl<T: RestoreOwned> Build for Own<T> {
    fn build(&mut self, regions: &Regions<'_>) -> StateResult<()> {
        self.value = Some(Aside::unshared(regions, self.hooks)?);
        Ok(())
    }
}

/// The values of a class and its bases.
type Values<T> = (<Super<T> as Base<<T as PyClassImpl>::BaseType>>::Values, Aside<T>);

/// The initializer of the base part of an object.
type Super<T> = <<T as PyClassImpl>::BaseType as PyClassBaseType>::Initializer;

#[cold]
fn not_built() -> Error {
    Error::new(ErrorKind::Malformed, "a value", "none")
}

/// # Safety
/// That of [`Make`].
unsafe fn make<'py, T: Layer>(
    state: &mut Incoming<'_, 'py>,
    class: &Bound<'py, PyType>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let values = T::values(state, true, Hooks::Call).map_err(|error| unpickling(py, &error))?;
    // SAFETY: `class` is the class of `T` or a subclass, says the caller.
    let object = unsafe { tp_new_impl::<_, T>(py, T::initializer(values), class.as_type_ptr()) }?;
    // SAFETY: a new reference.
    Ok(unsafe { Bound::from_owned_ptr(py, object) })
}

/// What a class extends: another class with a state, or a built-in class of Python without one. The trait is
/// implemented by the initializers, so that the two cases do not overlap, and so that an error names the base itself.
pub trait Base<B: PyClassBaseType>: Sized {
    type Values;
    const EXCEPTION: bool;
    const FROZEN: bool;

    fn schemas(schemas: &mut Vec<&'static Schema>);
    fn read(object: &Bound<'_, PyAny>, each: &mut Each<'_>) -> PyResult<()>;
    fn values(state: &mut Incoming<'_, '_>, hooks: Hooks) -> StateResult<Self::Values>;
    fn initializer(values: Self::Values) -> Self;

    /// Exchanges the values of a base with those of the object that `guard` holds.
    fn exchange<T: PyClass<BaseType = B, Frozen = False>>(guard: &mut PyRefMut<'_, T>, values: &mut Self::Values);

    /// Calls the hooks that were left, on the base of the object that `guard` holds.
    fn settle<T: PyClass<BaseType = B, Frozen = False>>(
        guard: &mut PyRefMut<'_, T>,
        values: &mut Self::Values,
        hooks: Hooks,
    ) -> StateResult<()>;
}

impl<B> Base<B> for PyClassInitializer<B>
where
    B: PyClass + State + RestoreOwned + PyClassBaseType<Initializer = Self>,
    Super<B>: Base<B::BaseType>,
    B::Frozen: Mutability,
{
    type Values = Values<B>;
    const EXCEPTION: bool = <B as Layer>::EXCEPTION;
    const FROZEN: bool = <B as Layer>::FROZEN;

    fn schemas(schemas: &mut Vec<&'static Schema>) {
        <B as Layer>::schemas(schemas);
    }

    fn read(object: &Bound<'_, PyAny>, each: &mut Each<'_>) -> PyResult<()> {
        <B as Layer>::read(object, each)
    }

    fn values(state: &mut Incoming<'_, '_>, hooks: Hooks) -> StateResult<Self::Values> {
        <B as Layer>::values(state, false, hooks)
    }

    fn initializer(values: Self::Values) -> Self {
        <B as Layer>::initializer(values)
    }

    fn exchange<T: PyClass<BaseType = B, Frozen = False>>(guard: &mut PyRefMut<'_, T>, values: &mut Self::Values) {
        B::Frozen::exchange::<B, T>(guard, values);
    }

    fn settle<T: PyClass<BaseType = B, Frozen = False>>(
        guard: &mut PyRefMut<'_, T>,
        values: &mut Self::Values,
        hooks: Hooks,
    ) -> StateResult<()> {
        B::Frozen::settle::<B, T>(guard, values, hooks)
    }
}

/// A built-in Python class whose objects hold nothing but attributes and the arguments of an exception.
#[diagnostic::on_unimplemented(
    message = "a picklable class cannot extend `{Self}`, whose content is no part of a derived state",
    label = "a base is `object`, an exception, or a `#[pyclass(subclass)]` with `#[derive(State)]`",
    note = "hold what the base would in a field: `Py<PyDict>`, `Py<PyList>`",
    note = "or leave out the call of `picklable`, and write `__reduce__` by hand"
)]
pub trait Native {
    const EXCEPTION: bool;
}

impl<N: Native + PyTypeInfo + PyClassBaseType<Initializer = Self>> Base<N> for PyNativeTypeInitializer<N> {
    type Values = ();
    const EXCEPTION: bool = N::EXCEPTION;
    const FROZEN: bool = false;

    fn schemas(_: &mut Vec<&'static Schema>) {}

    fn read(_: &Bound<'_, PyAny>, _: &mut Each<'_>) -> PyResult<()> {
        Ok(())
    }

    fn values(_: &mut Incoming<'_, '_>, _: Hooks) -> StateResult<()> {
        Ok(())
    }

    fn initializer((): ()) -> Self {
        Self(PhantomData)
    }

    fn exchange<T: PyClass<BaseType = N, Frozen = False>>(_: &mut PyRefMut<'_, T>, (): &mut ()) {}

    fn settle<T: PyClass<BaseType = N, Frozen = False>>(
        _: &mut PyRefMut<'_, T>,
        (): &mut (),
        _: Hooks,
    ) -> StateResult<()> {
        Ok(())
    }
}

macro_rules! native {
    ($exception:literal: $($base:ty)*) => {$(
        impl Native for $base {
            const EXCEPTION: bool = $exception;
        }
    )*};
}

native!(false: PyAny);

// The exceptions that keep nothing but their arguments. Before Python 3.12, the stable ABI does not allow them as
// bases.
#[cfg(any(not(Py_LIMITED_API), Py_3_12))]
native! { true:
    exceptions::PyArithmeticError exceptions::PyAssertionError exceptions::PyBaseException exceptions::PyBufferError
    exceptions::PyEOFError exceptions::PyException exceptions::PyFloatingPointError exceptions::PyIndexError
    exceptions::PyKeyError exceptions::PyLookupError exceptions::PyMemoryError exceptions::PyNotImplementedError
    exceptions::PyOverflowError exceptions::PyRecursionError exceptions::PyReferenceError PyRuntimeError
    PyTypeError exceptions::PyUserWarning exceptions::PyValueError exceptions::PyWarning
    exceptions::PyZeroDivisionError
}

/// Whether a class is frozen, and what its live objects therefore allow.
pub trait Mutability: Sized {
    const FROZEN: bool;

    fn put<T>(object: &Bound<'_, PyAny>, state: &mut Incoming<'_, '_>) -> PyResult<()>
    where
        T: PyClass<Frozen = Self> + State + RestoreOwned,
        Super<T>: Base<T::BaseType>;

    fn exchange<B, T>(guard: &mut PyRefMut<'_, T>, values: &mut Values<B>)
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        Super<B>: Base<B::BaseType>,
        T: PyClass<BaseType = B, Frozen = False>;

    fn settle<B, T>(guard: &mut PyRefMut<'_, T>, values: &mut Values<B>, hooks: Hooks) -> StateResult<()>
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        Super<B>: Base<B::BaseType>,
        T: PyClass<BaseType = B, Frozen = False>;
}

impl Mutability for True {
    const FROZEN: bool = true;

    fn put<T>(object: &Bound<'_, PyAny>, _: &mut Incoming<'_, '_>) -> PyResult<()>
    where
        T: PyClass<Frozen = Self> + State + RestoreOwned,
        Super<T>: Base<T::BaseType>,
    {
        Err(frozen(object))
    }

    /// Never called: an object with a frozen part is not restored.
    fn exchange<B, T>(_: &mut PyRefMut<'_, T>, _: &mut Values<B>)
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        Super<B>: Base<B::BaseType>,
        T: PyClass<BaseType = B, Frozen = False>,
    {
    }

    fn settle<B, T>(_: &mut PyRefMut<'_, T>, _: &mut Values<B>, _: Hooks) -> StateResult<()>
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        Super<B>: Base<B::BaseType>,
        T: PyClass<BaseType = B, Frozen = False>,
    {
        Ok(())
    }
}

impl Mutability for False {
    const FROZEN: bool = false;

    /// The values are built aside and exchanged with the live ones, so that all objects are restored in one way.
    fn put<T>(object: &Bound<'_, PyAny>, state: &mut Incoming<'_, '_>) -> PyResult<()>
    where
        T: PyClass<Frozen = Self> + State + RestoreOwned,
        Super<T>: Base<T::BaseType>,
    {
        if <Super<T>>::FROZEN {
            return Err(frozen(object));
        }
        let told = |error| unpickling(object.py(), &error);
        let mut values = <T as Layer>::values(state, true, Hooks::Leave).map_err(told)?;
        let mut guard = cast::<T>(object)?.try_borrow_mut().map_err(|error| borrowed(object, &error.into()))?;
        let put = exchanged(&mut Live { guard: &mut guard, values: &mut values });
        // Before the old values are dropped, which can run code that uses the object.
        drop(guard);
        put.map_err(told)
    }

    fn exchange<B, T>(guard: &mut PyRefMut<'_, T>, values: &mut Values<B>)
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        Super<B>: Base<B::BaseType>,
        T: PyClass<BaseType = B, Frozen = False>,
    {
        exchange_layers::<B>(guard.as_super(), values);
    }

    fn settle<B, T>(guard: &mut PyRefMut<'_, T>, values: &mut Values<B>, hooks: Hooks) -> StateResult<()>
    where
        B: PyClass<Frozen = Self> + RestoreOwned,
        Super<B>: Base<B::BaseType>,
        T: PyClass<BaseType = B, Frozen = False>,
    {
        settle_layers::<B>(guard.as_super(), values, hooks)
    }
}

/// The values of an object, and those that it is to get.
struct Live<'a, 'py, T: PyClass<Frozen = False> + RestoreOwned>
where
    Super<T>: Base<T::BaseType>,
{
    guard: &'a mut PyRefMut<'py, T>,
    values: &'a mut Values<T>,
}

/// A [`Live`] with its class erased, so that the code that restores it is compiled once.
trait Exchange {
    fn exchange(&mut self);
    fn settle(&mut self, hooks: Hooks) -> StateResult<()>;
}

impl<T> Exchange for Live<'_, '_, T>
where
    T: PyClass<Frozen = False> + RestoreOwned,
    Super<T>: Base<T::BaseType>,
{
    fn exchange(&mut self) {
        exchange_layers(self.guard, self.values);
    }

    fn settle(&mut self, hooks: Hooks) -> StateResult<()> {
        settle_layers(self.guard, self.values, hooks)
    }
}

fn exchanged(live: &mut dyn Exchange) -> StateResult<()> {
    aside::exchange(live, &mut (), |live, ()| live.exchange(), |live, (), hooks| live.settle(hooks))
}

fn exchange_layers<T>(guard: &mut PyRefMut<'_, T>, values: &mut Values<T>)
where
    T: PyClass<Frozen = False> + RestoreOwned,
    Super<T>: Base<T::BaseType>,
{
    values.1.swap(&mut **guard);
    <Super<T>>::exchange(guard, &mut values.0);
}

/// Calls the base's hooks first.
fn settle_layers<T>(guard: &mut PyRefMut<'_, T>, values: &mut Values<T>, hooks: Hooks) -> StateResult<()>
where
    T: PyClass<Frozen = False> + RestoreOwned,
    Super<T>: Base<T::BaseType>,
{
    <Super<T>>::settle(guard, &mut values.0, hooks)?;
    values.1.settle(&mut **guard, hooks)
}

/// Names the class of an object that is in use, and what may use it.
#[cold]
fn borrowed(object: &Bound<'_, PyAny>, error: &PyErr) -> PyErr {
    let (class, value) = (class_name(&object.get_type()), error.value(object.py()));
    let text = "a method of the object has not returned, or a buffer of its arrays is in use";
    PyRuntimeError::new_err(alloc::format!("{class}: {value} ({text})"))
}

#[cold]
fn frozen(object: &Bound<'_, PyAny>) -> PyErr {
    let class = class_name(&object.get_type());
    PyTypeError::new_err(alloc::format!("{class} is a frozen class: its objects cannot be given another state"))
}
