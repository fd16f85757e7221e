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

use crate::python::class::Written;
use crate::python::class::layer::Layer;
use crate::python::out::deepcopy;
use crate::python::{into, out};

/// The name of the function that makes an object of its class and state.
const FROM_STATE: &str = "_from_state";

/// The name of the one that makes an object of exactly the registered class.
const FROM_SLOTS: &str = "_from_slots";

/// The functions that pickles name.
pub(in crate::python) struct Makers {
    pub from_state: Py<PyAny>,
    pub from_slots: Py<PyAny>,
}

/// Which methods the class has of its author.
pub(in crate::python) fn written(class: &Bound<'_, PyType>) -> PyResult<Written> {
    let own = class.getattr("__dict__")?;
    Ok(Written {
        reduce: own.contains("__reduce__")? || own.contains("__reduce_ex__")?,
        getstate: own.contains("__getstate__")?,
        setstate: own.contains("__setstate__")?,
    })
}

/// Attaches what is missing; gives the functions that make objects.
pub(in crate::python) fn attach<T: Layer>(
    class: &Bound<'_, PyType>,
    module: &Bound<'_, PyModule>,
    written: Written,
    is_enum: bool,
) -> PyResult<Makers> {
    if T::IS_IMMUTABLE_TYPE {
        return immutable::<T>(class, module, written);
    }
    let of = class.getattr("__module__")?;
    let from_state = function::<FromState<T>>(&alloc::format!("{}.{FROM_STATE}", T::NAME), FROM_STATE_DOC, &of)?;
    let from_slots = function::<FromSlots<T>>(&alloc::format!("{}.{FROM_SLOTS}", T::NAME), FROM_SLOTS_DOC, &of)?;
    class.setattr(FROM_STATE, &from_state)?;
    class.setattr(FROM_SLOTS, &from_slots)?;
    let own = class.getattr("__dict__")?;
    let settable = !is_enum && !T::FROZEN && !written.setstate;
    let deepcopies = !written.reduce && !own.contains("__deepcopy__")?;
    let methods = [
        (!written.reduce, Method(c"__reduce_ex__", binaryfunc::<Reduce<T>>, ffi::METH_O, REDUCE_DOC)),
        (!written.getstate, Method(c"__getstate__", noargs::<GetState<T>>, ffi::METH_NOARGS, GETSTATE_DOC)),
        (settable, Method(c"__setstate__", binaryfunc::<SetState<T>>, ffi::METH_O, SETSTATE_DOC)),
        (deepcopies, Method(c"__deepcopy__", binaryfunc::<DeepCopy<T>>, ffi::METH_O, DEEPCOPY_DOC)),
    ];
    for (_, method) in methods.into_iter().filter(|(missing, _)| *missing) {
        class.setattr(method.0, method.descriptor(class)?)?;
    }
    Ok(Makers { from_state: from_state.into_any().unbind(), from_slots: from_slots.into_any().unbind() })
}

/// A class that takes no attributes: what pickles it is told to `copyreg`, and its functions stand in the module.
fn immutable<T: Layer>(class: &Bound<'_, PyType>, module: &Bound<'_, PyModule>, written: Written) -> PyResult<Makers> {
    let of = module.name()?.into_any();
    let (state, slots) = (alloc::format!("_{}{FROM_STATE}", T::NAME), alloc::format!("_{}{FROM_SLOTS}", T::NAME));
    let from_state = function::<FromState<T>>(&state, FROM_STATE_DOC, &of)?;
    let from_slots = function::<FromSlots<T>>(&slots, FROM_SLOTS_DOC, &of)?;
    module.setattr(&*state, &from_state)?;
    module.setattr(&*slots, &from_slots)?;
    if !written.reduce {
        tell_copyreg::<T>(class)?;
    }
    Ok(Makers { from_state: from_state.into_any().unbind(), from_slots: from_slots.into_any().unbind() })
}

/// Tells `copyreg` how objects of exactly this class are pickled, at every protocol alike. Pickle looks there first,
/// and spends no lookup and no bound method on each object.
pub(in crate::python) fn tell_copyreg<T: Layer>(class: &Bound<'_, PyType>) -> PyResult<()> {
    let definition = Method(c"reduce", binaryfunc::<Exact<T>>, ffi::METH_O, c"").definition();
    // SAFETY: a definition that lives for ever; no object to bind to and no module.
    let reducer = unsafe { ffi::PyCFunction_NewEx(definition, ptr::null_mut(), ptr::null_mut()) };
    // SAFETY: a new reference or null with an exception.
    let reducer = unsafe { Bound::from_owned_ptr_or_err(class.py(), reducer) }?;
    class.py().import("copyreg")?.call_method1("pickle", (class, reducer)).map(drop)
}

/// A function that pickles name: `name` may have dots, and pickle finds it by them in the module.
fn function<'py, M: MethodDef<binaryfunc::Func>>(
    name: &str,
    doc: &'static CStr,
    module: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyCFunction>> {
    let name = Box::leak(alloc::ffi::CString::new(name)?.into_boxed_c_str());
    let definition = Method(name, binaryfunc::<M>, ffi::METH_VARARGS, doc).definition();
    // SAFETY: a definition that lives for ever; no object to bind to; the name of a module.
    let function = unsafe { ffi::PyCFunction_NewEx(definition, ptr::null_mut(), module.as_ptr()) };
    // SAFETY: a new reference or null with an exception.
    let function = unsafe { Bound::from_owned_ptr_or_err(module.py(), function) }?;
    Ok(function.cast_into::<PyCFunction>()?)
}

type Function = unsafe extern "C" fn(*mut ffi::PyObject, *mut ffi::PyObject) -> *mut ffi::PyObject;

/// Its name, the function, how Python calls it, and what help says of it.
struct Method(&'static CStr, Function, c_int, &'static CStr);

impl Method {
    /// As many as there are methods of registered classes; Python keeps pointers to them.
    fn definition(&self) -> *mut ffi::PyMethodDef {
        Box::leak(Box::new(ffi::PyMethodDef {
            ml_name: self.0.as_ptr(),
            ml_meth: ffi::PyMethodDefPointer { PyCFunction: self.1 },
            ml_flags: self.2,
            ml_doc: self.3.as_ptr(),
        }))
    }

    fn descriptor<'py>(&self, class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
        // SAFETY: a type object, and a definition that lives for ever.
        let descriptor = unsafe { ffi::PyDescr_NewMethod(class.as_type_ptr(), self.definition()) };
        // SAFETY: a new reference or null with an exception.
        unsafe { Bound::from_owned_ptr_or_err(class.py(), descriptor) }
    }
}

const REDUCE_DOC: &CStr = c"__reduce_ex__($self, protocol, /)\n--\n\nHow pickle makes this object again: a function, and the class and state to call it with.";
const GETSTATE_DOC: &CStr =
    c"__getstate__($self, /)\n--\n\nThe state as a flat tuple: the base's slots, then the own ones.";
const SETSTATE_DOC: &CStr = c"__setstate__($self, state, /)\n--\n\nPuts a state in, all of it or nothing: a tuple as of __getstate__, or a dict of slots by position and attributes by name.";
const DEEPCOPY_DOC: &CStr = c"__deepcopy__($self, memo, /)\n--\n\nA copy whose objects are copies too.";
const FROM_SLOTS_DOC: &CStr =
    c"Makes an object of exactly this class of the slots of its state, without __new__ and __init__.";
const FROM_STATE_DOC: &CStr = c"Makes an object of its class and the slots of its state, without __new__ and __init__.";

struct Reduce<T>(PhantomData<T>);
struct Exact<T>(PhantomData<T>);
struct GetState<T>(PhantomData<T>);
struct SetState<T>(PhantomData<T>);
struct DeepCopy<T>(PhantomData<T>);
struct FromState<T>(PhantomData<T>);
struct FromSlots<T>(PhantomData<T>);

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
    Reduce: binaryfunc |slf, protocol| out::reduce_ex::<T>(object::<T>(slf)?, protocol.extract()?);
    Exact: binaryfunc |_slf, object| out::reduce_ex::<T>(object.cast::<T>()?, 4);
    GetState: noargs |slf| out::getstate::<T>(object::<T>(slf)?);
    SetState: binaryfunc |slf, state| into::setstate::<T>(object::<T>(slf)?, state);
    DeepCopy: binaryfunc |slf, memo| deepcopy::deepcopy::<T>(object::<T>(slf)?, memo);
    FromState: binaryfunc |_slf, arguments| into::from_state::<T>(arguments);
    FromSlots: binaryfunc |_slf, arguments| into::from_slots::<T>(arguments);
}

/// The object of a method, which Python's descriptors have tested already.
fn object<'a, 'py, T: Layer>(slf: Option<Borrowed<'a, 'py, PyAny>>) -> PyResult<Borrowed<'a, 'py, T>> {
    let slf = slf.ok_or_else(|| pyo3::exceptions::PyTypeError::new_err("a method without an object"))?;
    Ok(slf.cast::<T>()?)
}
