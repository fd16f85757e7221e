//! The python door: classes of `PyO3` that Python's own pickle, copy and multiprocessing take, by one line for each.
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
//! # What holds
//! - pickle at every protocol, `copy`, `deepcopy`, and all that is built on them: multiprocessing, `concurrent.futures`,
//!   joblib, cloudpickle, shelve, Dask, Ray. Neither `__new__` nor `__init__` runs on load, and none is asked for.
//! - Classes of Python that extend one of Rust keep their type, their `__dict__` and their slots.
//! - [`Py`] fields keep sharing and cycles, and their class is tested when they come back.
//! - A state that is put back is tested first, as by every door: a live object is restored all or nothing, and what is
//!   wrong is told as `TypeError` or `pickle.UnpicklingError` with the field's name.
//! - A pickle of a class that has changed since is found out, and matched by name; see [below](#classes-that-change).
//! - What the author of a class writes of the methods of pickle is used, and what a subclass overrides too; see
//!   [below](#methods-of-your-own).
//! - Raw arrays (`#[state(bytes)]`, `#[state(array)]`) and ndarray's, of 256 bytes and more, leave as
//!   `pickle.PickleBuffer` at protocol 5. Where they lie as they travel they are not copied, and while the buffer lives,
//!   its object is borrowed as by a method with `&self`; records with padding are copied once. They come back from
//!   whatever shows its bytes, and from NumPy's arrays; see [below](#arrays).
//! - A class that extends `dict`, `list` or another class of Python's own cannot be made picklable: what such a base
//!   holds is no part of a derived state. That does not compile, and the error says so:
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
//!   Nor can a class of Python
//!   extend both such a class and one of Rust: Python refuses to lay out its objects.
//!
//! # The state in Python
//! | in Rust | in the flat tuple |
//! |---|---|
//! | numbers, text, `None`, tuples, lists, sets, maps | as Python has them; bytes for lists of `u8` |
//! | dates and times of chrono, UUIDs, integers of num-bigint | objects of `datetime`, `uuid.UUID`, `int` |
//! | `Duration`, `SystemTime` | a tuple of seconds and nanoseconds |
//! | a raw array | its bytes and its count; `None` and 0 where there is none |
//! | a raw array that is `uncounted` or an `array` (but not of `bytemuck::Pod` structs that are no `Record`), an array of ndarray with one dimension | its bytes; `None` where there is none |
//! | an array of ndarray with another number of dimensions | a tuple of its shape and its bytes |
//! | a struct that is no class | the tuple of its slots |
//! | an enum that is no class | a tuple of the variant's name and its slots |
//! | `Py<T>` | the object |
//! | attributes of a Python subclass, arguments of an exception | one more slot at the end, a dict, if there are any |
//!
//! `__reduce_ex__` gives `(form, state)`, or `(form, (type(self), *state))` of an object of a subclass. The form is an
//! object that stands for the class and its present schema. Pickle writes it once, as `Class.__form__(schema)`, and
//! fetches it from its memo for each further object. Of classes whose slots are numbers and texts alone, without
//! attributes, `copyreg` is told so too, where pickle looks before it asks the object. What Python puts in the place of
//! such a class's `__reduce_ex__` later is found once `copyreg.dispatch_table` has the class no more.
//!
//! In a cycle, where an object is reached from its own state, it is made with those slots empty that can be (optional
//! ones, lists, maps, `Py<PyAny>`) and given all by `__setstate__` as soon as it is there; hooks see both. Frozen classes
//! cannot be given anything, so a cycle has to go through something else that can; one through a slot that cannot be
//! empty, such as a tuple, is a `pickle.PicklingError`. Enums are pickled by the name of the variant; those of unit
//! variants are the same objects again.
//!
//! `__setstate__` takes a tuple as `__getstate__` gives it, or a dict of some slots, by name or by position, and of
//! attributes by name.
//!
//! # Classes that change
//! A pickle carries the schemas of its classes, a few bytes once for each class. Where they are not those of the class
//! that loads it, the slots are matched by name, with the attributes and the rules of [`evolve`](crate::evolve): slots in
//! another order, wider numbers, `T` that became `Option<T>`, and bases that grew or came in between need nothing.
//!
//! | attribute | where the class has changed |
//! |---|---|
//! | `#[state(default)]`, `#[state(default = path)]` on a field | it is new |
//! | `#[state(alias("old"))]` on a field or variant | it was called `old` |
//! | `#[state(removed("old"))]` on the class | the field `old` is gone |
//! | `#[state(other)]` on a variant | it stands for variants that are gone |
//! | `#[state(from(v1::Person))]`, `#[state(upgrade = path)]` on the class | all else |
//!
//! What nothing is said of is a `pickle.UnpicklingError` with what to write. A class with a `__setstate__` of its own is
//! given older states that cannot be matched as they were pickled. It holds for [`packed`] classes, for Python subclasses
//! with their attributes, for types that are no classes inside of these, and for records in raw arrays.
//!
//! The names of the Rust types are part of the schemas: a class keeps that of `#[state(name = "..")]`, or has an `alias`.
//! Pickles from before they carried schemas load as they did: by position, with `default` for slots that are missing at
//! the end.
//!
//! # Methods of your own
//! | written | what is pickled, and what happens on load |
//! |---|---|
//! | `__reduce__`, `__reduce_ex__`, or a function told to `copyreg` | what it gives. `super().__reduce__()` and `obj.__reduce__()` give the derived answer |
//! | `__getstate__` and `__setstate__` | what `__getstate__` gives, and nothing else. The object is made empty: numbers 0, texts and lists empty, optional slots `None`, skipped fields their `Default`; no constructor runs. Where there is no empty value of a slot, or a hook refuses it, `__getnewargs__` or `__getnewargs_ex__` gives what `__new__` is called with |
//! | `__setstate__` alone | the derived state, once: the object has it already when `__setstate__` is called with it |
//! | `__getstate__` alone | a tuple of all slots, or a dict of slots and attributes by name |
//!
//! The same holds for a Python subclass. Its pair of `__getstate__` and `__setstate__` is the whole state: the slots of the
//! class of Rust are empty when `__setstate__` is called, unless the pair takes them along by
//! `super().__getstate__()` and `super().__setstate__(..)`. Only where an object cannot be made empty, because its class is
//! frozen or a slot has no empty value, the slots go along in any case, as what is in a `tuple` does with subclasses of
//! that. A subclass's `__getstate__` alone speaks of what it adds, a dict of attributes, and the slots travel with it.
//!
//! `#[state(pickle = "..")]` is for pickles that Rust writes. A class that has it is refused when it is registered.
//!
//! # Dates and times
//! Python's have whole microseconds, the years 1 to 9999, and no leap seconds. One that they cannot hold, such as
//! `Utc::now()` with its nanoseconds, is a tuple of numbers, so that it comes back as it was: the day (1 is 0001-01-01),
//! the second of the day and the nanosecond, in UTC where there is a time zone, and the seconds that it is ahead; of a
//! difference, seconds and nanoseconds.
//!
//! Objects of subclasses are taken as what their base holds, and refused where they hold more, as pandas' times do with
//! nanoseconds. A `datetime` may have any time zone: what counts is its offset at that moment, for which `fold` is asked.
//! It is not kept. Durations and points in time are taken from a `timedelta` and from a `datetime` with its time zone too.
//!
//! # Arrays
//! The state holds an array's bytes whether it is an `array` or not, as the class knows the type of its elements. So a
//! pickle needs no NumPy, neither where it is made nor where it is loaded, and an array leaves without a copy.
//!
//! A slot of an array takes bytes, and arrays whose elements have a type: NumPy's, in any byte order, layout and order of
//! fields, views and buffers of these, `array.array`. What has another type is refused, but for arrays of single bytes in
//! one dimension: as for `numpy.frombuffer`, these are bytes, whoever shows them (`pyarrow`, `ctypes`, `mmap`, shared
//! memory), and taken by a slot of larger elements where the length fits; where the slot is an `array`, only NumPy's own
//! arrays keep their type. Bytes are told from an array of bytes by the
//! latter being NumPy's, or having more dimensions than one. Lists of numbers take such arrays as well, and
//! numbers NumPy's scalars.
//!
//! For getters, [`array()`] gives a copy as a `numpy.ndarray`, and [`view`] one that reads where the object has it.
//! Records are structured arrays.
//!
//! # Equal objects, equal bytes
//! Two objects with equal states give equal pickles, as `dask.tokenize` and caches by hash want them, but for these:
//!
//! - A `HashMap` or `HashSet` comes in its own order; `#[state(sorted)]` on the field, or a `BTreeMap`, gives it one.
//! - What `__reduce_ex__` gave of an object with fields of Python or attributes counts as a pickle in progress for as long
//!   as it is held. Until then the object is pickled as in a cycle: it loads as the same, from a few bytes more.
//! - Buffers and texts that two objects share are written once.
//!
//! A `Mutex` or `RwLock` is asked without waiting, because whoever holds it may wait for Python: one that another thread
//! holds at that moment is a `pickle.PicklingError`. Attributes whose names are no text are a `TypeError` when they are
//! pickled.
//!
//! # Several interpreters
//! From Python 3.12 on, importing the module in a second interpreter of one process is an `ImportError` that says so.
//! Before, the second interpreter shares the module and its classes with the first.
//!
//! # Depth
//! Values inside one another are held to 128 levels, as by every door; [`set_depth`] raises that. `Py<T>` fields are no
//! level: there Python's own pickler goes on.
//!
//! # Why a line in the module
//! An attribute on the class would have to write `#[pymethods]`, of which a class has one block, so it could not stand
//! beside the author's without a feature that not all platforms have. The line attaches what the author has not
//! written when everything about the class is known, and is where its name can be tested.

mod attributes;
mod class;
mod error;
mod into;
mod out;
mod scalars;
mod types;

use core::sync::atomic::{AtomicU32, Ordering};

use pyo3::prelude::*;
pub use types::numpy::{Elements, array, view};

use crate::image::Options;

/// A class that can be made picklable: every `#[pyclass]` with `#[derive(State)]`.
///
/// What it extends has to be one too, registered or not, or an exception that keeps nothing but its arguments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made picklable",
    label = "a picklable class is a `#[pyclass]` with `#[derive(State)]`",
    note = "with `extends`, the base has to be one too, or an exception"
)]
pub trait Class: class::layer::Layer {}

impl<T: class::layer::Layer> Class for T {}

static DEPTH: AtomicU32 = AtomicU32::new(DEFAULT.levels());

const DEFAULT: Options = Options::new();

/// Sets how deep the states of this module's classes may be; see [`Options::depth`].
///
/// It holds for all of them, and for all threads, from the moment it is called; the place is where the module is built.
/// Python's main thread has usually a stack of 8 MiB, others as much as `threading.stack_size` says. Pickle itself
/// recurses too, and gives up with a `RecursionError` at some hundred lists and tuples inside one another.
pub fn set_depth(levels: u32) {
    DEPTH.store(levels, Ordering::Relaxed);
}

/// The settings of all classes.
fn options() -> Options {
    DEFAULT.depth(DEPTH.load(Ordering::Relaxed))
}

/// Makes the objects of a class picklable, and adds it to the module where it is not there yet.
///
/// Call it once for each class, where the module is built. In a declarative module that is its `#[pymodule_init]`.
///
/// # Errors
/// `TypeError` for a class that could not be found again by who loads it: one without `module = ".."`, or with a
/// module that cannot be imported or has another object of that name. Also an enum with a variant that is no attribute
/// of its class, `#[state(pickle = "..")]` on the class, and something else of the author's that is named `__form__`.
pub fn picklable<T: Class>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    class::register((&T::type_object(module.py()), T::CALLS), module, false)
}

/// As [`picklable`], with the state as one bytes object, the native bytes of [`dumps`](crate::dumps), in place of its
/// slots.
///
/// This is the faster way for small objects by the hundred thousand, as there is no object of Python for each slot:
/// `__reduce_ex__` gives a form and the bytes, and `copyreg` is told so. The price: the pickle is larger by a header for
/// each object, and does not share texts between them. Objects of a Python subclass travel as by [`picklable`].
///
/// # Errors
/// As [`picklable`]; and `TypeError` for an enum, a class with a base that has a state, or with objects of Python in it.
pub fn packed<T: Class>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    class::register((&T::type_object(module.py()), T::CALLS), module, true)
}
