//! What is known about a class once it is registered.

pub(super) mod form;
pub(super) mod layer;
pub(super) mod lineage;
pub(super) mod methods;
mod name;
pub(super) mod sets;
pub(super) mod state;
pub(super) mod variants;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ptr;
use std::sync::OnceLock;

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::error::Error;
use crate::python::class::form::{Form, Mode};
use crate::python::class::layer::Calls;
use crate::python::class::sets::Sets;
use crate::python::class::variants::Variants;
use crate::python::error::class_name;
use crate::python::out::space::Packer;
use crate::python::scalars::{self, Step};
use crate::python::types::handle;
use crate::schema::{Form as PickleForm, Kind, Link, Nodes, Object, Schema};

/// The value of a slot while the object that it leads to does not exist yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Empty {
    None,
    List,
    Dict,
}

/// Which methods of the user are called instead of the attached ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub reduce: bool,
    pub getstate: bool,
    pub setstate: bool,
}

/// How objects of exactly the registered class are pickled.
#[derive(Clone, Copy, Debug)]
pub(super) enum PickledBy {
    /// By the walk, as those of its subclasses are.
    Walk,
    /// By steps: they have only numbers and text, no attributes, and no methods of the user.
    Steps,
    /// As native bytes, if they have no attributes and no methods of the user.
    Packed(Packer),
}

impl PickledBy {
    /// Whether it is by the walk.
    pub fn is_walk(self) -> bool {
        matches!(self, Self::Walk)
    }
}

/// A registered class.
pub(super) struct Known {
    pub class: Py<PyType>,
    pub calls: &'static Calls,
    /// The present forms, in the order of [`Mode::ALL`], as far as they do not depend on `sets`.
    pub forms: Box<[Py<Form>]>,
    /// The open sets, if the class has any.
    pub sets: Option<&'static Sets>,
    /// The size of the head of the class's own value.
    pub head: usize,
    /// The schemas of the class and its bases, the base's first.
    pub schemas: Vec<&'static Schema>,
    /// The slots of the flat state by name, those of parents and bases first.
    pub names: Vec<SlotName>,
    /// Whether an empty object of the class can be made, once that was tried.
    pub blank: OnceLock<bool>,
    /// The function that was registered with `copyreg`.
    pub reducer: Option<Py<PyAny>>,
    /// The number of slots of the flat state.
    pub slots: usize,
    /// The slots that can be left empty at first.
    pub deferrable: Vec<(usize, Empty)>,
    /// Whether the state can hold Python objects.
    pub handles: bool,
    /// Whether objects of exactly this class can have attributes.
    pub attributes: bool,
    pub written: Written,
    /// `__reduce__`, `__getstate__` and `__setstate__` of this class, to detect those that a subclass overrides.
    pub found: [Option<Py<PyAny>>; 3],
    /// The steps, if the slots are only numbers and text.
    pub steps: Option<Box<[Step]>>,
    /// How objects of exactly this class are pickled.
    pub pickled_by: PickledBy,
    /// The variants, if it is an enum.
    pub variants: Option<Variants>,
}

pub(super) const OVERRIDABLE: [&str; 3] = ["__reduce__", "__getstate__", "__setstate__"];

const PLACES: usize = 1024;

type Place = OnceLock<(usize, &'static Known)>;

/// The registered classes, by the address of the type object; each place is written once and never moves. It is made
/// with the first class, because empty places are not all zeros, and would enlarge the file of every module.
static KNOWN: OnceLock<Box<[Place]>> = OnceLock::new();

fn table() -> &'static [Place] {
    KNOWN.get_or_init(|| (0..PLACES).map(|_| OnceLock::new()).collect())
}

fn places(class: usize) -> impl Iterator<Item = &'static Place> {
    let table = table();
    let start = (class >> 4).wrapping_mul(0x9E37_79B9) >> 8;
    (0..table.len()).map(move |probe| &table[start.wrapping_add(probe) % table.len()])
}

/// What is known of a class, if it is registered.
fn find(class: usize) -> Option<&'static Known> {
    places(class).map_while(OnceLock::get).find_map(|(of, known)| (*of == class).then_some(*known))
}

/// What is known of a class.
pub(super) fn known(class: &Bound<'_, PyAny>) -> PyResult<&'static Known> {
    find(class.as_ptr() as usize)
        .ok_or_else(|| PyRuntimeError::new_err(alloc::format!("{} is not registered as picklable", class_name(class))))
}

pub(super) fn register(
    (class, calls): (&Bound<'_, PyType>, &'static Calls),
    module: &Bound<'_, PyModule>,
    packer: Option<Packer>,
) -> PyResult<()> {
    if !matches!(module.dict().get_item(calls.name)?, Some(found) if found.is(class)) {
        module.add(calls.name, class)?;
    }
    name::check(class, module)?;
    if let Some(known) = find(class.as_ptr() as usize) {
        // The module can be imported again, and is then another object with the same classes.
        return methods::attach_again(known, module);
    }
    let mut known = learn((class, calls), module, packer)?;
    if !known.pickled_by.is_walk() || (calls.immutable && !known.written.reduce) {
        known.reducer = methods::register_with_copyreg(class)?;
    }
    methods::register_forms(class.py())?;
    let known = Box::leak(Box::new(known));
    let entry = (class.as_ptr() as usize, &*known);
    for place in places(entry.0) {
        if ptr::eq(place.get_or_init(|| entry).1, entry.1) {
            return Ok(());
        }
    }
    Err(PyRuntimeError::new_err(alloc::format!("more than {PLACES} picklable classes in one program")))
}

impl Known {
    /// Whether an object is of exactly this class.
    pub fn is_class_of(&self, object: &Bound<'_, PyAny>) -> bool {
        object.get_type_ptr().cast() == self.class.as_ptr()
    }

    /// The present form of a mode. For an object it is requested after its slots, because types may be registered
    /// meanwhile.
    pub fn form<'py>(&self, py: Python<'py>, mode: Mode) -> PyResult<Bound<'py, Form>> {
        match &self.sets {
            None => Ok(self.forms[mode as usize].bind(py).clone()),
            Some(sets) => Ok(sets.present(self, py, mode)?.into_bound(py)),
        }
    }
}

/// Attaches the methods, and collects what is known about the class.
fn learn(
    (class, calls): (&Bound<'_, PyType>, &'static Calls),
    module: &Bound<'_, PyModule>,
    packer: Option<Packer>,
) -> PyResult<Known> {
    let (py, own) = (class.py(), (calls.schema)());
    let mut schemas = Vec::new();
    (calls.schemas)(&mut schemas);
    let handles = schemas.iter().any(|schema| holds_handle(schema));
    if let Some(error) = schemas.iter().find_map(|schema| search(schema, &mut Vec::new(), &not_portable)) {
        return Err(PyTypeError::new_err(alloc::format!("{} cannot be picklable: {error}", calls.name)));
    }
    if packer.is_some() && (handles || schemas.len() > 1 || !matches!(own.kind, Kind::Object(_))) {
        return Err(PyTypeError::new_err(alloc::format!(
            "{} cannot be packed: only a struct without a base and without objects of Python in it can; use picklable",
            calls.name
        )));
    }
    let is_enum = matches!(own.kind, Kind::Enum(_));
    refuse_forms(&schemas)?;
    let written = methods::written(class)?;
    let function = methods::attach((class, calls), module, written, is_enum)?;
    let mut layout = Layout::default();
    for schema in &schemas {
        if let Kind::Object(object) = &schema.kind {
            layout.add(object);
        }
    }
    let sets = Sets::find(&schemas);
    let has_sets = sets.is_some();
    let form = |mode: &Mode| Py::new(py, Form::present(*mode, (class, calls.name), &function, &schemas)?);
    let forms = Mode::ALL.iter().map(form).collect::<PyResult<_>>()?;
    let mut found = [const { None }; 3];
    for (place, name) in found.iter_mut().zip(OVERRIDABLE) {
        *place = class.getattr_opt(name)?.map(Bound::unbind);
    }
    let attributes = class.getattr("__dictoffset__")?.extract::<isize>()? != 0;
    let steps = scalars::steps(&schemas);
    Ok(Known {
        class: class.clone().unbind(),
        calls,
        head: own.head,
        forms,
        sets,
        slots: layout.slots,
        deferrable: layout.deferrable,
        names: layout.names,
        blank: OnceLock::new(),
        reducer: None,
        // A type that holds Python objects can be registered later.
        handles: handles || has_sets,
        attributes,
        pickled_by: match (packer, &steps) {
            _ if attributes || written != Written::default() => PickledBy::Walk,
            (Some(packer), _) => PickledBy::Packed(packer),
            (None, Some(_)) => PickledBy::Steps,
            (None, None) => PickledBy::Walk,
        },
        steps,
        written,
        found,
        variants: match calls.variants {
            Some(find) if is_enum => Some(find(class, calls)?),
            _ => None,
        },
        schemas,
    })
}

/// Refuses `#[state(pickle = ..)]`: a class has only one state in Python, whatever pickles from Rust look like.
fn refuse_forms(schemas: &[&'static Schema]) -> PyResult<()> {
    for schema in schemas {
        let form = match &schema.kind {
            Kind::Object(object) => object.form,
            Kind::Enum(of) => of.form,
            _ => PickleForm::State,
        };
        if form != PickleForm::State {
            return Err(PyTypeError::new_err(alloc::format!(
                "{} has #[state(pickle = \"{}\")], which is for pickles that Rust writes; a picklable class is always \
                 pickled with the names of its fields: remove the attribute, or do not register the class",
                schema.tag().unwrap_or_default(),
                form.name(),
            )));
        }
    }
    Ok(())
}

/// A slot of the flat state.
pub(super) struct SlotName {
    pub name: &'static str,
    /// The former names.
    pub aliases: &'static [&'static str],
    pub at: usize,
    /// Whether its count follows it.
    pub counted: bool,
}

/// The slots of a flat state.
#[derive(Default)]
struct Layout {
    slots: usize,
    /// The slots that lead to Python objects and can be left empty at first.
    deferrable: Vec<(usize, Empty)>,
    names: Vec<SlotName>,
}

impl Layout {
    fn add(&mut self, object: &'static Object) {
        for (at, slot) in object.slots.iter().enumerate() {
            let schema = Nodes::NONE.get(slot.ty);
            if let (Kind::Object(parent), 0, true) = (&schema.kind, at, object.has_parent) {
                self.add(parent);
                continue;
            }
            let counted = matches!(&schema.kind, Kind::Raw(raw) if raw.counted);
            let aliases = object.evolution.aliases_of("", &slot.name);
            self.names.push(SlotName { name: &slot.name, aliases, at: self.slots, counted });
            if holds_handle(schema) {
                self.deferrable.extend(empty(&schema.kind).map(|empty| (self.slots, empty)));
            }
            self.slots += 1 + usize::from(counted);
        }
    }
}

fn empty(kind: &Kind) -> Option<Empty> {
    match kind {
        Kind::Optional(_) => Some(Empty::None),
        Kind::List(_) | Kind::Set(_) => Some(Empty::List),
        Kind::Map(..) => Some(Empty::Dict),
        Kind::Handle(handle) if handle::takes_none(*handle) => Some(Empty::None),
        _ => None,
    }
}

fn holds_handle(schema: &'static Schema) -> bool {
    search(schema, &mut Vec::new(), &|kind| matches!(kind, Kind::Handle(_)).then_some(())).is_some()
}

/// The reason why elements of a raw array cannot go to other machines; here an `array` is its bytes too.
fn not_portable(kind: &Kind) -> Option<Error> {
    match kind {
        Kind::Raw(raw) => Nodes::NONE.get(raw.element).portable(raw.counted).err(),
        _ => None,
    }
}

/// The first result of `say` for a kind in a schema.
fn search<R>(schema: &'static Schema, seen: &mut Vec<&'static Schema>, say: &impl Fn(&Kind) -> Option<R>) -> Option<R> {
    if let Some(said) = say(&schema.kind) {
        return Some(said);
    }
    if schema.tag().is_some() {
        if seen.iter().any(|seen| ptr::eq(*seen, schema)) {
            return None;
        }
        seen.push(schema);
    }
    schema.links().into_iter().find_map(|link| match link {
        Link::To(schema) => search(schema(), seen, say),
        Link::At(_) => None,
    })
}

/// The methods that a subclass overrides.
pub(super) fn written_by(class: &Bound<'_, PyType>, known: &Known) -> PyResult<Written> {
    let mut other = [false; 3];
    for ((other, name), found) in other.iter_mut().zip(OVERRIDABLE).zip(&known.found) {
        let now = class.getattr_opt(name)?;
        *other = match (now, found) {
            (Some(now), Some(found)) => !now.is(found),
            (now, found) => now.is_some() != found.is_some(),
        };
    }
    let [reduce, getstate, setstate] = other;
    Ok(Written { reduce, getstate: getstate || known.written.getstate, setstate: setstate || known.written.setstate })
}
