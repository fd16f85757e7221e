//! The methods that are attached to a class when it is registered, unless its author has written them. This file holds
//! `unsafe` code.

use alloc::boxed::Box;
use alloc::string::String;
use core::ffi::{CStr, c_int};
use core::ptr;

use pyo3::PyTypeInfo;
use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::impl_::trampoline::{MethodDef, binaryfunc, ternaryfunc};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCFunction, PyDict, PyType};

use crate::python::class::form::{Form, Mode};
use crate::python::class::layer::Calls;
use crate::python::class::{Known, Written, known};
use crate::python::error::class_name;
use crate::python::out::deepcopy;
use crate::python::{into, out};

/// The name of the function that returns the forms of a class; see [`Form`](super::form::Form). Names of this style are
/// reserved for Python, so no author uses it by accident.
const FORM: &str = "__form__";

/// The names of the functions that pickles named before there were forms: one makes an object from its class and slots,
/// the other one of exactly the registered class.
const FROM_STATE: &str = "_from_state";
const FROM_SLOTS: &str = "_from_slots";

/// Which methods the author of the class has written.
pub(super) fn written(class: &Bound<'_, PyType>) -> PyResult<Written> {
    let own = class.getattr("__dict__")?;
    Ok(Written {
        reduce: own.contains("__reduce__")? || own.contains("__reduce_ex__")?,
        getstate: own.contains("__getstate__")?,
        setstate: own.contains("__setstate__")?,
    })
}

/// Attaches the missing methods; returns the function that returns forms.
///
/// # Errors
/// `TypeError` if the author has named something else like that function.
pub(super) fn attach<'py>(
    (class, calls): (&Bound<'py, PyType>, &Calls),
    module: &Bound<'py, PyModule>,
    written: Written,
    is_enum: bool,
) -> PyResult<Bound<'py, PyAny>> {
    if calls.immutable {
        return immutable(calls, module);
    }
    let of = class.getattr("__module__")?;
    let own = class.getattr("__dict__")?;
    let path = |name: &str| alloc::format!("{}.{name}", calls.name);
    if own.contains(FORM)? {
        return Err(taken(&path(FORM)));
    }
    makers(calls, &of, &path, &|name, function| {
        if name == FORM || !own.contains(name)? { class.setattr(name, function) } else { Ok(()) }
    })?;
    let settable = !is_enum && !calls.frozen && !written.setstate;
    let deepcopies = !written.reduce && !own.contains("__deepcopy__")?;
    // That of a base copies the objects of this class too.
    let copies = !written.reduce && !class.hasattr("__copy__")?;
    let reduces = !own.contains("__reduce__")?;
    let of = &calls.methods;
    let methods = [
        (!written.reduce, Method(c"__reduce_ex__", of.reduce_ex, ffi::METH_O, REDUCE_EX_DOC)),
        (reduces, Method(c"__reduce__", of.reduce, ffi::METH_NOARGS, REDUCE_DOC)),
        (!written.getstate, Method(c"__getstate__", of.getstate, ffi::METH_NOARGS, GETSTATE_DOC)),
        (settable, Method(c"__setstate__", of.setstate, ffi::METH_O, SETSTATE_DOC)),
        (deepcopies, Method(c"__deepcopy__", of.deepcopy, ffi::METH_O, DEEPCOPY_DOC)),
        (copies, Method(c"__copy__", binaryfunc::<Copy>, ffi::METH_NOARGS, COPY_DOC)),
    ];
    for (_, method) in methods.iter().filter(|(missing, _)| *missing) {
        method.attach(class)?;
    }
    class.getattr(FORM)
}

/// Adds the functions to the module, for a class that accepts no attributes.
fn immutable<'py>(calls: &Calls, module: &Bound<'py, PyModule>) -> PyResult<Bound<'py, PyAny>> {
    let path = |name: &str| alloc::format!("_{}{name}", calls.name);
    let form = path(FORM);
    if module.hasattr(&*form)? {
        return Err(taken(&form));
    }
    makers(calls, module.name()?.as_any(), &path, &|name, function| {
        let name = path(name);
        if name == form || !module.hasattr(&*name)? { module.setattr(name, function) } else { Ok(()) }
    })?;
    module.getattr(form)
}

/// Adds the functions of a registered class to a module that does not have them yet.
///
/// # Errors
/// `TypeError` if the author has named something else like the one that returns forms.
pub(super) fn attach_again(known: &Known, module: &Bound<'_, PyModule>) -> PyResult<()> {
    if !known.calls.immutable {
        return Ok(());
    }
    let path = |name: &str| alloc::format!("_{}{name}", known.calls.name);
    let form = known.forms[Mode::Exact as usize].get().function(module.py());
    let names = module.dict();
    match names.get_item(path(FORM))? {
        Some(found) if found.is(form) => return Ok(()),
        Some(_) => return Err(taken(&path(FORM))),
        // Pickle requires the very function.
        None => names.set_item(path(FORM), form)?,
    }
    makers(known.calls, module.name()?.as_any(), &path, &|name, function| {
        let name = path(name);
        if names.contains(&name)? { Ok(()) } else { names.set_item(name, function) }
    })
}

/// Makes the functions that pickles name, and passes them to `take`.
fn makers(
    calls: &Calls,
    module: &Bound<'_, PyAny>,
    path: &dyn Fn(&str) -> String,
    take: &dyn Fn(&'static str, Bound<'_, PyCFunction>) -> PyResult<()>,
) -> PyResult<()> {
    let of = &calls.methods;
    let makers = [
        (FORM, of.form, FORM_DOC),
        (FROM_STATE, of.from_state, FROM_STATE_DOC),
        (FROM_SLOTS, of.from_slots, FROM_SLOTS_DOC),
    ];
    makers.iter().try_for_each(|&(name, maker, doc)| take(name, function(&path(name), (maker, doc), module)?))
}

#[cold]
fn taken(path: &str) -> PyErr {
    let text = "is the name of a function that pickles of a picklable class call; give what has it another";
    PyTypeError::new_err(alloc::format!("{path} {text}"))
}

/// Registers with `copyreg` how objects of exactly this class are pickled, alike at every protocol, unless something is
/// registered already. Pickle looks there first, which saves a lookup and a bound method for each object.
pub(in crate::python) fn register_with_copyreg(class: &Bound<'_, PyType>) -> PyResult<Option<Py<PyAny>>> {
    if registered_with_copyreg(class)?.is_some() {
        return Ok(None);
    }
    let definition = Method(c"reduce", binaryfunc::<Exact>, ffi::METH_O, c"").definition();
    // SAFETY: a definition that lives forever; the class as the object to bind to, and no module.
    let reducer = unsafe { ffi::PyCFunction_NewEx(definition, class.as_ptr(), ptr::null_mut()) };
    // SAFETY: a new reference, or null with an exception.
    let reducer = unsafe { Bound::from_owned_ptr_or_err(class.py(), reducer) }?;
    class.py().import("copyreg")?.call_method1("pickle", (class, &reducer))?;
    Ok(Some(reducer.unbind()))
}

/// Registers forms with `copyreg` too, once: it saves each pickle `object.__reduce_ex__` and its lookups, and picklers
/// with a table of their own find `__reduce__`.
pub(super) fn register_forms(py: Python<'_>) -> PyResult<()> {
    let forms = py.get_type::<Form>();
    if registered_with_copyreg(&forms)?.is_none() {
        py.import("copyreg")?.call_method1("pickle", (&forms, forms.getattr("__reduce__")?))?;
    }
    Ok(())
}

/// The function that is registered with `copyreg` for a class.
pub(in crate::python) fn registered_with_copyreg<'py>(
    class: &Bound<'py, PyType>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    static TABLE: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    TABLE.import(class.py(), "copyreg", "dispatch_table")?.get_item(class)
}

/// A function that pickles name: `name` may have dots, which pickle follows in the module.
fn function<'py>(
    name: &str,
    (function, doc): (Function, &'static CStr),
    module: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyCFunction>> {
    let name = Box::leak(alloc::ffi::CString::new(name)?.into_boxed_c_str());
    let definition = Method(name, function, ffi::METH_VARARGS, doc).definition();
    // SAFETY: a definition that lives forever; no object to bind to; the name of a module.
    let function = unsafe { ffi::PyCFunction_NewEx(definition, ptr::null_mut(), module.as_ptr()) };
    // SAFETY: a new reference, or null with an exception.
    let function = unsafe { Bound::from_owned_ptr_or_err(module.py(), function) }?;
    Ok(function.cast_into::<PyCFunction>()?)
}

type Function = unsafe extern "C" fn(*mut ffi::PyObject, *mut ffi::PyObject) -> *mut ffi::PyObject;

/// The name of a method, its function, its calling convention, and its docstring.
struct Method(&'static CStr, Function, c_int, &'static CStr);

impl Method {
    /// Leaks one definition for each method of a registered class; Python keeps pointers to them.
    fn definition(&self) -> *mut ffi::PyMethodDef {
        Box::leak(Box::new(ffi::PyMethodDef {
            ml_name: self.0.as_ptr(),
            ml_meth: ffi::PyMethodDefPointer { PyCFunction: self.1 },
            ml_flags: self.2,
            ml_doc: self.3.as_ptr(),
        }))
    }

    /// Not inlined, because a loop over few methods would be unrolled.
    #[inline(never)]
    fn attach(&self, class: &Bound<'_, PyType>) -> PyResult<()> {
        // SAFETY: a type object, and a definition that lives forever.
        let descriptor = unsafe { ffi::PyDescr_NewMethod(class.as_type_ptr(), self.definition()) };
        // SAFETY: a new reference, or null with an exception.
        let descriptor = unsafe { Bound::from_owned_ptr_or_err(class.py(), descriptor) }?;
        class.setattr(self.0, descriptor)
    }
}

const REDUCE_EX_DOC: &CStr =
    c"__reduce_ex__($self, protocol, /)\n--\n\nHow pickle makes this object again: the form of its class, and what to call it with.";
const REDUCE_DOC: &CStr =
    c"__reduce__($self, /)\n--\n\nHow pickle makes this object again, without what a subclass overrides.";
const FORM_DOC: &CStr = c"The form of the schemas by which states of this class were written.";
const GETSTATE_DOC: &CStr =
    c"__getstate__($self, /)\n--\n\nThe state as a flat tuple: the base's slots, then the own ones.";
const SETSTATE_DOC: &CStr = c"__setstate__($self, state, /)\n--\n\nPuts a state in, all of it or nothing: a tuple as of __getstate__, or a dict of slots by name or position and attributes by name.";
const DEEPCOPY_DOC: &CStr = c"__deepcopy__($self, memo, /)\n--\n\nA copy whose objects are copies too.";
const COPY_DOC: &CStr = c"__copy__($self, /)\n--\n\nA copy that holds the same objects.";
const FROM_SLOTS_DOC: &CStr =
    c"Makes an object of exactly this class of the slots of its state, without __new__ and __init__.";
const FROM_STATE_DOC: &CStr = c"Makes an object of its class and the slots of its state, without __new__ and __init__.";

/// The functions of a class that Python calls.
pub struct Methods {
    reduce_ex: Function,
    reduce: Function,
    getstate: Function,
    setstate: Function,
    deepcopy: Function,
    form: Function,
    from_state: Function,
    from_slots: Function,
}

impl Methods {
    pub const fn of<T: PyTypeInfo>() -> Self {
        Self {
            reduce_ex: ReduceEx::of::<T>,
            reduce: Reduce::of::<T>,
            getstate: GetState::of::<T>,
            setstate: SetState::of::<T>,
            deepcopy: DeepCopy::of::<T>,
            form: FormOf::of::<T>,
            from_state: FromState::of::<T>,
            from_slots: FromSlots::of::<T>,
        }
    }
}

type Object = *mut ffi::PyObject;

/// Returns a class; called from code that is compiled once.
pub(super) type Class = fn(Python<'_>) -> *mut ffi::PyTypeObject;

/// The functions that Python calls. Each class has its own, which adds only the function that returns the class.
macro_rules! methods {
    ($($name:ident: |$known:ident, $slf:ident $(, $argument:ident)?| $does:expr;)*) => {$(
        struct $name;

        impl $name {
            /// # Safety
            /// That of [`ternaryfunc`].
            unsafe extern "C" fn of<T: PyTypeInfo>(slf: Object, argument: Object) -> Object {
                let class = ptr::from_ref::<Class>(const { &(T::type_object_raw as Class) });
                // SAFETY: the caller passes what Python calls a function with; `class` returns a class.
                unsafe { Self::once(slf, argument, class.cast_mut().cast()) }
            }

            /// Not inlined, because catching panics takes more code than the call. A C function, because a Rust
            /// function could panic, which each caller would have to catch.
            ///
            /// # Safety
            /// That of [`ternaryfunc`].
            #[inline(never)]
            unsafe extern "C" fn once(slf: Object, argument: Object, class: Object) -> Object {
                // SAFETY: as the caller says.
                unsafe { ternaryfunc::<Self>(slf, argument, class) }
            }
        }

        impl MethodDef<ternaryfunc::Func> for $name {
            const METH: ternaryfunc::Func = {
                unsafe fn call(py: Python<'_>, $slf: Object, argument: Object, class: Object) -> PyResult<Object> {
                    // SAFETY: a pointer to a function that returns a class; only `of` calls this.
                    let class = unsafe { *class.cast::<Class>() };
                    // SAFETY: a class.
                    let class = unsafe { Borrowed::from_ptr(py, class(py).cast()) };
                    let $known = known(&class)?;
                    // SAFETY: the object of the method, or null for a function; Python holds it.
                    let $slf = unsafe { Borrowed::from_ptr_or_opt(py, $slf) };
                    let _ = argument;
                    $(
                        // SAFETY: the argument of a function that takes one; Python holds it.
                        let $argument = unsafe { Borrowed::from_ptr(py, argument) };
                    )?
                    $does.map(Bound::into_ptr)
                }
                call
            };
        }
    )*};
}

methods! {
    ReduceEx: |known, slf, protocol| out::reduce_ex(known, object(slf.as_deref())?, protocol.extract()?);
    Reduce: |known, slf| out::reduce(known, object(slf.as_deref())?);
    GetState: |known, slf| out::getstate(known, object(slf.as_deref())?);
    SetState: |known, slf, state| into::setstate(known, object(slf.as_deref())?, state);
    DeepCopy: |known, slf, memo| deepcopy::deepcopy(known, object(slf.as_deref())?, memo);
    FormOf: |known, _slf, arguments| into::form_of(known, arguments);
    FromState: |known, _slf, arguments| into::from_state(known, arguments);
    FromSlots: |known, _slf, arguments| into::from_slots(known, arguments);
}

/// The function that `copyreg` calls, bound to a class.
struct Exact;

impl MethodDef<binaryfunc::Func> for Exact {
    const METH: binaryfunc::Func = {
        unsafe fn call(py: Python<'_>, class: Object, argument: Object) -> PyResult<Object> {
            // SAFETY: the class that it is bound to, which Python holds.
            let class = unsafe { Borrowed::from_ptr(py, class) };
            // SAFETY: Python passes the argument, and holds it for the call.
            let argument = unsafe { Borrowed::from_ptr(py, argument) };
            let known = known(&class)?;
            if !known.is_class_of(&argument) && !argument.is_instance(&class)? {
                let (class, found) = (class_name(&class), class_name(&argument.get_type()));
                return Err(PyTypeError::new_err(alloc::format!(
                    "expected an object of {class}, found one of {found}"
                )));
            }
            out::reduce_ex(known, &argument, 4).map(Bound::into_ptr)
        }
        call
    };
}

/// `__copy__`, which is the same for all classes.
struct Copy;

impl MethodDef<binaryfunc::Func> for Copy {
    const METH: binaryfunc::Func = {
        unsafe fn call(py: Python<'_>, slf: Object, _: Object) -> PyResult<Object> {
            // SAFETY: the object of the method, or null; Python holds it.
            let slf = unsafe { Borrowed::from_ptr_or_opt(py, slf) };
            deepcopy::copy(object(slf.as_deref())?).map(Bound::into_ptr)
        }
        call
    };
}

/// The object of a method, which Python's descriptors have already tested.
fn object<'a, 'py>(slf: Option<&'a Bound<'py, PyAny>>) -> PyResult<&'a Bound<'py, PyAny>> {
    slf.ok_or_else(|| PyTypeError::new_err("a method without an object"))
}
