//! Makes PyO3 classes work with Python's own pickle, copy and multiprocessing, with one line for each class.
//!
//! ```no_run
//! use pyo3::prelude::*;
//! use state_core::State;
//! use state_core::python::picklable;
//!
//! #[pyclass(module = "shop", get_all, set_all)]
//! #[derive(State)]
//! struct Person { name: String, age: i32 }
//!
//! #[pyclass(module = "shop", subclass)]
//! #[derive(State)]
//! struct Shop { #[state(bytes)] prices: Vec<f64> }
//!
//! // A base keeps its own part of the state: nothing to write but `extends`.
//! #[pyclass(module = "shop", extends = Shop)]
//! #[derive(State)]
//! struct OwnedShop { owner: Option<Py<Person>> }
//!
//! #[pymodule]
//! fn shop(module: &Bound<'_, PyModule>) -> PyResult<()> {
//!     picklable::<Person>(module)?;
//!     picklable::<Shop>(module)?;
//!     picklable::<OwnedShop>(module)
//! }
//! ```
//!
//! # Features
//! - pickle at every protocol, `copy`, `deepcopy`, and everything built on them: multiprocessing, `concurrent.futures`,
//!   joblib, cloudpickle, shelve, Dask, Ray. Loading runs neither `__new__` nor `__init__`, and needs neither.
//! - Python classes that extend a Rust class keep their type, their `__dict__` and their slots.
//! - [`Py`] fields keep sharing and cycles, and their class is checked when they are loaded. Objects that several
//!   classes share are therefore classes themselves, behind `Py`. An `Rc` or `Arc` inside a class is a part of its
//!   value: it is copied, as elsewhere, and a class whose state is marked [`#[state(shared)]`](crate::sharing) or has a
//!   `Weak` is not pickled, but refused with an error that names it: its `__reduce__` can pass the native bytes, in
//!   which shared objects stay one, to a function that loads them.
//! - A state is checked before it is restored, as in every format: a live object is restored all or nothing, and errors
//!   are raised as `TypeError` or `pickle.UnpicklingError` with the field's name.
//! - A pickle of a class that has changed since is detected, and matched by name; see [below](#classes-that-change).
//! - Pickle methods that the author of a class writes are used, and so are those that a subclass overrides; see
//!   [below](#methods-of-your-own).
//! - Raw arrays (`#[state(bytes)]`, `#[state(array)]`) and ndarray's, of 256 bytes and more, are passed as
//!   `pickle.PickleBuffer` at protocol 5. If their layout in memory is that of the pickle they are not copied, and
//!   while the buffer exists, its object is borrowed as by a method with `&self`; records with padding are copied once.
//!   They are loaded from anything that supports the buffer protocol, and from NumPy's arrays; see [below](#arrays).
//! - A class that extends `dict`, `list` or another built-in class of Python cannot be made picklable: the contents of
//!   such a base are not part of a derived state. That does not compile, and the error says so:
//!
//!   ```compile_fail,E0277
//!   # use pyo3::{prelude::*, types::PyDict};
//!   # use state_core::{State, python::picklable};
//!   #[pyclass(module = "shop", extends = PyDict)] // a field `Py<PyDict>` holds one
//!   #[derive(State)]
//!   struct Config { version: u32 }
//!
//!   # fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
//!   picklable::<Config>(module)
//!   # }
//!   ```
//!
//!   Nor can a Python class extend both such a class and one of Rust: Python refuses to lay out its objects.
//!
//! # The state in Python
//! | in Rust | in the flat tuple |
//! |---|---|
//! | numbers, text, `None`, tuples, lists, sets, maps | as Python has them; bytes for lists of `u8` |
//! | dates and times of chrono, UUIDs, integers of num-bigint, numbers of `rust_decimal` | objects of `datetime`, `uuid.UUID`, `int`, `decimal.Decimal` |
//! | `Duration`, `SystemTime` | a tuple of seconds and nanoseconds |
//! | a raw array | its bytes and its count; `None` and 0 if absent |
//! | a raw array that is `uncounted` or an `array` (but not of `bytemuck::Pod` structs that are not a `Record`), an array of ndarray with one dimension | its bytes; `None` if absent |
//! | an array of ndarray with another number of dimensions | a tuple of its shape and its bytes |
//! | a struct that is not a class | the tuple of its slots |
//! | an enum that is not a class | a tuple of the variant's name and its slots |
//! | `Py<T>` | the object |
//! | attributes of a Python subclass, arguments of an exception | one more slot at the end, a dict, if there are any |
//!
//! `__reduce_ex__` returns `(form, state)`, or `(form, (type(self), *state))` for an object of a subclass. The form is
//! an object that represents the class and its present schema. Pickle writes it once, as `Class.__form__(schema)`, and
//! gets it from its memo for each further object. Classes whose slots are only numbers and text, without attributes,
//! are also registered with `copyreg`, which pickle consults before the object. If Python code later replaces the
//! `__reduce_ex__` of such a class, this takes effect once the class is removed from `copyreg.dispatch_table`.
//!
//! In a cycle, where an object is reached from its own state, it is made with every slot empty that can be (optional
//! ones, lists, maps, `Py<PyAny>`), and `__setstate__` sets all of them as soon as the object exists; hooks see both.
//! If a `__setstate__` of your own is called there, it finds the slots set; the pickler that is written in Python,
//! `pickle._Pickler`, lets it be called twice, as for a subclass of `tuple` in a cycle. Frozen classes cannot be
//! changed, so a cycle has to go through another object that can; one through a slot that cannot be empty, such as a
//! tuple, is a `pickle.PicklingError`. Enums are pickled by the name of the variant; those of unit variants are loaded
//! as the same objects.
//!
//! `__setstate__` accepts a tuple from `__getstate__`, or a dict of some slots, by name or by position, and of
//! attributes by name. That tuple is of a subclass of `tuple` which keeps the form of its slots, also when it is
//! pickled, copied or part of another one: so it is matched by name after the class has changed. Other tuples and lists
//! are taken by position.
//!
//! # Classes that change
//! A pickle carries the schemas of its classes, a few bytes once for each class. If they differ from those of the class
//! that loads it, the slots are matched by name, with the attributes and the rules of [`evolve`](crate::evolve): slots
//! in another order, wider numbers, `T` that became `Option<T>`, and bases that grew or were inserted need nothing.
//!
//! | attribute | change to the class |
//! |---|---|
//! | `#[state(default)]`, `#[state(default = path)]` on a field | it is new |
//! | `#[state(alias("old"))]` on a field or variant | it was called `old` |
//! | `#[state(removed("old"))]` on the class | the field `old` is gone |
//! | `#[state(other)]` on a variant | it replaces variants that are gone |
//! | `#[state(from(v1::Person))]`, `#[state(upgrade = path)]` on the class | everything else |
//!
//! Changes without their attributes raise a `pickle.UnpicklingError` that lists what to write. A class with its own
//! `__setstate__` receives older states that cannot be matched as they were pickled; for those of a subclass
//! `super().__setstate__(..)` raises the error. All this also applies to
//! [`packed`] classes, to Python subclasses with their attributes, to types inside these that are not classes, and to
//! records in raw arrays.
//!
//! The types of [open sets](crate::guide::behind_a_trait#open-sets) change like any others, with the same attributes: a
//! class that has such a set is pickled with the schemas of all types that are registered there by then. A type that is
//! not registered where the pickle is loaded, or that cannot be matched, is an error only in objects with a value of
//! it.
//!
//! The names of the Rust types are part of the schemas: a class keeps its `#[state(name = "..")]`, or has an `alias`. A
//! Rust program that reads such pickles with [`pickle::loads`](crate::pickle#when-classes-change) matches the slots in
//! the same way, with a type that is called what the class is in Python.
//!
//! Pickles of earlier versions of this library, without schemas, are matched by position, with `default` for missing
//! slots at the end.
//!
//! # The arguments of a form
//! | arguments of `__form__` | arguments of the form |
//! |---|---|
//! | the schemas | the slots of an object of exactly the class |
//! | 1, the schemas | a class that extends it in Python, and the slots |
//! | 2, the schemas | a class, and the state that its own `__setstate__` is given |
//! | 3 | a class, whose own `__setstate__` fills the object |
//! | 4, the schema | the native bytes of an object of a [`packed`] class |
//! | 5, the schemas | how many items stand before the slots that `__getstate__` returned and how many behind them, and all items |
//! | 6 | an object in a cycle that was made with empty slots, its form and whole state in a tuple, and the state that its own `__setstate__` is given next |
//!
//! There is a schema, in bytes, for each class with a state, the first base's first. It is the canonical
//! [schema](crate::image#the-canonical-schema), except that, unless the first argument is 4, one byte represents a
//! usual type: hex 20 to 29 `u8`, `i8`, `u16` and so on up to `i128`; 2A `f32`; 2B `f64`. 1F is an object with the name
//! of the class, which is left out, and FE a Python object. If types are registered in its open sets, the schema is
//! preceded by the byte 2C, and the length (4) and contents of [their table](crate::image#types-of-open-sets). In the
//! slots, a value of an open set is a tuple of its type's tag and its state; if a table has two types with this tag,
//! because two sets of a class have one name, an older form with such a value is refused.
//!
//! # Methods of your own
//! | you write | what is pickled, and what happens on load |
//! |---|---|
//! | `__reduce__`, `__reduce_ex__`, or a function registered with `copyreg` | its result. `super().__reduce__()` and `obj.__reduce__()` return the derived one |
//! | `__getstate__` and `__setstate__` | the result of `__getstate__`, and nothing else. The object is made empty: numbers 0, text and lists empty, optional slots `None`, skipped fields their `Default`; no constructor runs. If a slot has no empty value, or a hook refuses it, `__getnewargs__` or `__getnewargs_ex__` returns the arguments for `__new__` |
//! | `__setstate__` alone | the derived state, once: the object already has it when `__setstate__` is called with it |
//! | `__getstate__` alone | a tuple of all slots, or a dict of slots and attributes by name |
//!
//! The same applies to a Python subclass. Its pair of `__getstate__` and `__setstate__` defines the whole state: the
//! slots of the Rust class are empty when `__setstate__` is called, unless the pair includes them with
//! `super().__getstate__()` and `super().__setstate__(..)`. Only if an object cannot be made empty, because its class
//! is frozen or a slot has no empty value, are the slots always included, like the contents of a `tuple` in its
//! subclasses. A subclass's `__getstate__` alone covers what the subclass adds, a dict of attributes, and the slots are
//! pickled with it; if the class is not frozen, the dict can have some slots too.
//!
//! `#[state(pickle = "..")]` is for pickles that Rust writes. Registering a class that has it is an error.
//!
//! # Dates and times
//! Python's have whole microseconds, the years 1 to 9999, and no leap seconds. One that they cannot represent, such as
//! `Utc::now()` with its nanoseconds, is a tuple of numbers, so that it is loaded unchanged: the day (1 is 0001-01-01),
//! the second of the day and the nanosecond, in UTC if there is a time zone, and its offset in seconds; for a
//! difference, seconds and nanoseconds.
//!
//! Objects of subclasses are accepted as their base class, and refused if they hold more, as pandas' times do with
//! nanoseconds. A `datetime` may have any time zone: what counts is its offset at that moment, which may depend on
//! `fold`; `fold` itself is not kept. Durations and points in time are also accepted from a `timedelta` and from a
//! `datetime` with its time zone.
//!
//! # Arrays
//! The state holds an array's bytes whether it is an `array` or not, as the class knows the type of its elements. So
//! pickling and loading need no NumPy, and an array is pickled without a copy.
//!
//! A slot of an array accepts bytes, and arrays with typed elements: NumPy's, in any byte order, layout and order of
//! fields, views and buffers of these, `array.array`. Other element types are refused, except for arrays of single
//! bytes in one dimension: as for `numpy.frombuffer`, these are bytes, whatever provides them (`pyarrow`, `ctypes`,
//! `mmap`, shared memory), and a slot of larger elements accepts them if the length fits; if the slot is an `array`,
//! only NumPy's own arrays keep their type. An array of bytes is distinguished from bytes by being NumPy's, or by
//! having more than one dimension. Lists of numbers accept such arrays as well, and numbers accept NumPy's scalars.
//!
//! For getters, [`array()`] returns a copy as a `numpy.ndarray`, and [`view`] one that reads the object's own memory.
//! Records are structured arrays.
//!
//! # Equal objects, equal bytes
//! Two objects with equal states have equal pickles, as `dask.tokenize` and caches by hash require, with these
//! exceptions:
//!
//! - A `HashMap` or `HashSet` is written in its own order; `#[state(sorted)]` on the field, or a `BTreeMap`, gives it a
//!   fixed one.
//! - While the result of `__reduce_ex__` of an object with Python fields or attributes is held, it counts as a pickle
//!   in progress. Until it is released the object is pickled as in a cycle: it loads as the same object, from a few
//!   bytes more.
//! - Buffers and text that two objects share are written once.
//! - A class with an open set is pickled with the schemas of the types that are registered at the time.
//!
//! Pickling never waits for a `Mutex` or `RwLock`, because its holder may be waiting for Python: if a thread
//! holds one, that raises a `pickle.PicklingError`. An object whose method with `&mut self` has
//! not returned raises a `RuntimeError`, as PyO3 does. Attributes whose names are not strings raise a `TypeError` when
//! they are pickled.
//!
//! # Several interpreters
//! From Python 3.12 on, importing the module in a second interpreter of one process is an `ImportError` that says so.
//! Before, the second interpreter shares the module and its classes with the first.
//!
//! # Supported versions of Python
//! Tested are `CPython` 3.9 to 3.13 and one build for the stable ABI, on 3.11 to 3.13. Python 3.14 and the
//! free-threaded builds are not tested yet.
//!
//! # Depth
//! Nesting is limited to 128 levels, as in every format; [`set_depth`] raises that. `Py<T>` fields do not count: there
//! Python's own pickler continues.
//!
//! # Why a line in the module
//! An attribute on the class would have to write `#[pymethods]`, of which a class has one block, so it could not be
//! used beside the author's without a feature that not all platforms have. The line adds the methods that the author
//! has not written when everything about the class is known, and where its name can be checked.

mod attributes;
mod cast;
mod class;
mod error;
mod into;
mod lease;
mod out;
mod scalars;
mod settings;
mod types;

pub(crate) use class::sets::SetForms;
use pyo3::prelude::*;
pub use settings::set_depth;
pub use types::numpy::{Elements, array, view};

/// A class that can be made picklable: every `#[pyclass]` with `#[derive(State)]`.
///
/// Its base class must be one too, registered or not, or an exception with no state but its arguments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made picklable",
    label = "a picklable class is a `#[pyclass]` with `#[derive(State)]`",
    note = "with `extends`, the base has to be one too, or an exception"
)]
pub trait Class: class::layer::Layer {}

impl<T: class::layer::Layer> Class for T {}

/// Makes the objects of a class picklable, and adds the class to the module if it is not there yet.
///
/// Call it once for each class, where the module is built. In a declarative module that is its `#[pymodule_init]`.
///
/// # Errors
/// `TypeError` for a class that could not be found when its pickles are loaded: one without `module = ".."`, or with a
/// module that cannot be imported or has another object of that name. Also for an enum with a variant that is not an
/// attribute of its class, for `#[state(pickle = "..")]` on the class, and if the author has named something else
/// `__form__`.
pub fn picklable<T: Class>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    class::register((&T::type_object(module.py()), T::CALLS), module, None)
}

/// Like [`picklable`], but the state is one bytes object, the native bytes of [`dumps`](crate::dumps), instead of its
/// slots.
///
/// This is faster for hundreds of thousands of small objects, as no Python object is made for each slot:
/// `__reduce_ex__` returns a form and the bytes, and the class is registered with `copyreg`. The price: the pickle is
/// larger by a header for each object, and does not share text between them. Objects of a Python subclass are pickled
/// as by [`picklable`].
///
/// # Errors
/// As [`picklable`]; and `TypeError` for an enum, a class with a base that has a state, or one with Python objects in
/// it.
pub fn packed<T: Class>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    class::register((&T::type_object(module.py()), T::CALLS), module, Some(out::space::packed))
}
