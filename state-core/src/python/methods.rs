//! The methods that are attached to a class when it is registered, those that its author has not written. This file
//! holds `unsafe` code.

use alloc::boxed::Box;
use core::ffi::{CStr, c_int};
use core::marker::PhantomData;
use core::ptr;

use pyo3::ffi;
use pyo3::impl_::trampoline::{MethodDef, binaryfunc, noargs};
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyType};

use super::class::Written;
use super::layers::Layer;
use super::{deepcopy, reduce, restore};

/// The name of the function that makes an object of its class and state.
const FROM_STATE: &str = "_from_state";

/// Which methods the class has of its author.
pub(super) fn written(class: &Bound<'_, PyType>) -> PyResult<Written> {
    let own = class.getattr("__dict__")?;
    Ok(Written {
        reduce: own.contains("__reduce__")? || own.contains("__reduce_ex__")?,
        getstate: own.contains("__getstate__")?,
        setstate: own.contains("__setstate__")?,
    })
}

/// Attaches what is missing; gives the function that makes objects.
pub(super) fn attach<T: Layer>(
    class: &Bound<'_, PyType>,
    module: &Bound<'_, PyModule>,
    written: Written,
    is_enum: bool,
) -> PyResult<Py<PyAny>> {
    if T::IS_IMMUTABLE_TYPE {
        return immutable::<T>(class, module, written);
    }
    let qualname = alloc::format!("{}.{FROM_STATE}", T::NAME);
    let from_state = function::<T>(&qualname, &class.getattr("__module__")?)?;
    class.setattr(FROM_STATE, &from_state)?;
    let add = |name: &'static CStr, ours: bool, function, flags, doc| {
        if ours { class.setattr(name, descriptor(class, name, function, flags, doc)?) } else { Ok(()) }
    };
    let own = class.getattr("__dict__")?;
    add(c"__reduce_ex__", !written.reduce, binaryfunc::<Reduce<T>>, ffi::METH_O, REDUCE_DOC)?;
    add(c"__getstate__", !written.getstate, noargs::<GetState<T>>, ffi::METH_NOARGS, GETSTATE_DOC)?;
    let settable = !is_enum && !T::FROZEN;
    add(c"__setstate__", settable && !written.setstate, binaryfunc::<SetState<T>>, ffi::METH_O, SETSTATE_DOC)?;
    let deepcopies = !written.reduce && !own.contains("__deepcopy__")?;
    add(c"__deepcopy__", deepcopies, binaryfunc::<DeepCopy<T>>, ffi::METH_O, DEEPCOPY_DOC)?;
    Ok(from_state.into_any().unbind())
}

/// A class that takes no attributes: what pickles it is told to `copyreg`, and its function stands in the module.
fn immutable<T: Layer>(
    class: &Bound<'_, PyType>,
    module: &Bound<'_, PyModule>,
    written: Written,
) -> PyResult<Py<PyAny>> {
    let name = alloc::format!("_{}{FROM_STATE}", T::NAME);
    let from_state = function::<T>(&name, module.name()?.as_any())?;
    module.setattr(&*name, &from_state)?;
    if !written.reduce {
        let definition = definition(c"reduce", binaryfunc::<Immutable<T>>, ffi::METH_O, c"");
        // SAFETY: a definition that lives for ever; no object to bind to and no module.
        let reducer = unsafe { ffi::PyCFunction_NewEx(definition, ptr::null_mut(), ptr::null_mut()) };
        // SAFETY: a new reference or null with an exception.
        let reducer = unsafe { Bound::from_owned_ptr_or_err(class.py(), reducer) }?;
        class.py().import("copyreg")?.call_method1("pickle", (class, reducer))?;
    }
    Ok(from_state.into_any().unbind())
}

/// The function that pickles name: `name` may have dots, and pickle finds it by them in the module.
fn function<'py, T: Layer>(name: &str, module: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyCFunction>> {
    let name = Box::leak(alloc::ffi::CString::new(name)?.into_boxed_c_str());
    let definition = definition(name, binaryfunc::<FromState<T>>, ffi::METH_VARARGS, FROM_STATE_DOC);
    // SAFETY: a definition that lives for ever; no object to bind to; the name of a module.
    let function = unsafe { ffi::PyCFunction_NewEx(definition, ptr::null_mut(), module.as_ptr()) };
    // SAFETY: a new reference or null with an exception.
    let function = unsafe { Bound::from_owned_ptr_or_err(module.py(), function) }?;
    Ok(function.cast_into::<PyCFunction>()?)
}

type Function = unsafe extern "C" fn(*mut ffi::PyObject, *mut ffi::PyObject) -> *mut ffi::PyObject;

fn definition(name: &'static CStr, function: Function, flags: c_int, doc: &'static CStr) -> *mut ffi::PyMethodDef {
    // As many as there are methods of registered classes; Python keeps pointers to them.
    Box::leak(Box::new(ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: function },
        ml_flags: flags,
        ml_doc: doc.as_ptr(),
    }))
}

fn descriptor<'py>(
    class: &Bound<'py, PyType>,
    name: &'static CStr,
    function: Function,
    flags: c_int,
    doc: &'static CStr,
) -> PyResult<Bound<'py, PyAny>> {
    let definition = definition(name, function, flags, doc);
    // SAFETY: a type object, and a definition that lives for ever.
    let descriptor = unsafe { ffi::PyDescr_NewMethod(class.as_type_ptr(), definition) };
    // SAFETY: a new reference or null with an exception.
    unsafe { Bound::from_owned_ptr_or_err(class.py(), descriptor) }
}

const REDUCE_DOC: &CStr = c"__reduce_ex__($self, protocol, /)\n--\n\nHow pickle makes this object again: a function, and the class and state to call it with.";
const GETSTATE_DOC: &CStr =
    c"__getstate__($self, /)\n--\n\nThe state as a flat tuple: the base's slots, then the own ones.";
const SETSTATE_DOC: &CStr = c"__setstate__($self, state, /)\n--\n\nPuts a state in, all of it or nothing: a tuple as of __getstate__, or a dict of slots by position and attributes by name.";
const DEEPCOPY_DOC: &CStr = c"__deepcopy__($self, memo, /)\n--\n\nA copy whose objects are copies too.";
const FROM_STATE_DOC: &CStr = c"Makes an object of its class and the slots of its state, without __new__ and __init__.";

struct Reduce<T>(PhantomData<T>);
struct Immutable<T>(PhantomData<T>);
struct GetState<T>(PhantomData<T>);
struct SetState<T>(PhantomData<T>);
struct DeepCopy<T>(PhantomData<T>);
struct FromState<T>(PhantomData<T>);

type Result = PyResult<*mut ffi::PyObject>;

/// The functions that Python calls, and what each does with what it is given.
macro_rules! methods {
    ($($name:ident: $form:ident |$slf:ident $(, $argument:ident)?| $does:expr;)*) => {$(
        impl<T: Layer> MethodDef<$form::Func> for $name<T> {
            const METH: $form::Func = {
                unsafe fn call<T: Layer>(
                    py: Python<'_>,
                    $slf: *mut ffi::PyObject,
                    $($argument: *mut ffi::PyObject,)?
                ) -> Result {
                    // SAFETY: Python gives the object of the method, or null to a function, and holds it for the call.
                    let $slf = unsafe { Borrowed::from_ptr_or_opt(py, $slf) };
                    $(
                        // SAFETY: Python gives the argument and holds it for the call.
                        let $argument = unsafe { Borrowed::from_ptr(py, $argument) };
                    )?
                    $does.map(Bound::into_ptr)
                }
                call::<T>
            };
        }
    )*};
}

methods! {
    Reduce: binaryfunc |slf, protocol| reduce::reduce_ex::<T>(object::<T>(slf)?, protocol.extract()?);
    Immutable: binaryfunc |_slf, object| reduce::reduce_ex::<T>(object.cast::<T>()?, 4);
    GetState: noargs |slf| reduce::getstate::<T>(object::<T>(slf)?);
    SetState: binaryfunc |slf, state| restore::setstate::<T>(object::<T>(slf)?, state);
    DeepCopy: binaryfunc |slf, memo| deepcopy::deepcopy::<T>(object::<T>(slf)?, memo);
    FromState: binaryfunc |_slf, arguments| restore::from_state::<T>(arguments);
}

/// The object of a method, which Python's descriptors have tested already.
fn object<'a, 'py, T: Layer>(slf: Option<Borrowed<'a, 'py, PyAny>>) -> PyResult<Borrowed<'a, 'py, T>> {
    let slf = slf.ok_or_else(|| pyo3::exceptions::PyTypeError::new_err("a method without an object"))?;
    Ok(slf.cast::<T>()?)
}
