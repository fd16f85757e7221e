//! The Python classes of Rust's types: a module for what is pickled here, with annotations.

mod class;
mod collect;
mod hashing;
mod identifier;
mod member;
mod scope;
mod union;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use self::collect::Collected;
use self::scope::Scope;
use crate::error::{Error, ErrorKind, Result};
use crate::evolve::Form;
use crate::schema::{Form as Pickled, Graph, Kind, Nodes, Object};
use crate::state::State;

/// The module of classes whose names have no module.
const MAIN: &str = "__main__";

/// What the module of such classes says about its place.
const IN_MAIN: &str = "\nTheir names have no module, so Python looks for them in the script that runs: copy them into \
                       it. For a module\nto import, name it in Rust: `#[state(name = \"module.Class\")]`.\n";

/// A Python module with the classes of a Rust program's types.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PythonModule {
    /// The name of the module in pickles: `shop.bikes` is the file `shop/bikes.py`.
    pub name: String,
    /// The source text of the module.
    pub source: String,
}

/// Generates the Python module with the classes of a type and of all types in it: Python needs it to load the pickles
/// of [`dumps`](super::dumps), and its objects pickle in the form that [`loads`](super::loads) reads. Pass several
/// types as a tuple.
///
/// A struct becomes a dataclass whose fields have type annotations, in the form of its `pickle = ".."`; one that
/// continues another becomes its subclass, if both have the same form. An enum becomes the type of its tuples, or, with
/// `pickle = "enum"`, an `enum.Enum`. Objects are equal if their fields are; where shared objects stay one object,
/// those that references lead to are compared and hashed by identity (`eq=False`), as are those with arrays. Names that
/// are not valid in Python get an underscore; pickles keep the original names. The module needs Python 3.9, and NumPy
/// if types have NumPy arrays. If the name of a type has no module, its class belongs in the script that runs,
/// `__main__`, as the first lines of the source say: `#[state(name = "shop.Person")]` puts it in the module `shop`.
///
/// ```
/// use state_core::{State, pickle};
///
/// #[derive(State)]
/// #[state(name = "shop.Person")]
/// struct Person { name: String, age: Option<i32> }
///
/// let source = pickle::python_module::<Person>()?;
/// assert!(source.ends_with(r#"
/// @dataclass
/// class Person:
///     name: str
///     age: Optional[int]
///
///     def __getstate__(self) -> tuple[Any, ...]:
///         return (self.name, self.age)
///
///     def __setstate__(self, state: tuple[Any, ...]) -> None:
///         (self.name, self.age) = state
/// "#));
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// If the types belong to several modules, for which there is [`python_modules`]; and the errors of [`python_modules`].
pub fn python_module<T: State + ?Sized>() -> Result<String> {
    let mut modules = python_modules::<T>()?;
    match (modules.pop(), modules.last()) {
        (Some(only), None) => Ok(only.source),
        (last, _) => {
            let mut names: Vec<&str> = modules.iter().map(|module| &*module.name).collect();
            names.extend(last.iter().map(|module| &*module.name));
            let mut found = format!("classes of {}", names.join(", "));
            if let (Some(module), Some(class)) = (names.iter().find(|name| **name != MAIN), nameless::<T>()?) {
                found =
                    format!("{found}; `{class}` has no module: write `#[state(name = \"{module}.{class}\")]` on it");
            }
            let expected =
                "types of one module of Python (`python_modules` gives several; `name = \"module.Class\"` says which)";
            Err(Error::new(ErrorKind::Unwritable, expected, found))
        }
    }
}

/// Returns the class of a type whose name has no module.
fn nameless<T: State + ?Sized>() -> Result<Option<String>> {
    let collected = Collected::of(Graph { nodes: Nodes::NONE, root: T::schema() })?;
    Ok(collected.classes.iter().find(|class| class.module == MAIN).map(|class| class.path.join(".")))
}

/// As [`python_module`], for types whose classes are in several modules. Types whose names have no module are classes
/// of the main program, `__main__`.
///
/// ```
/// use state_core::{State, pickle};
///
/// #[derive(State)]
/// #[state(name = "bikes.Bicycle")]
/// struct Bicycle { gears: u8 }
///
/// #[derive(State)]
/// #[state(name = "shop.Shop")]
/// struct Shop { bicycles: Vec<Bicycle> }
///
/// let modules = pickle::python_modules::<Shop>()?;
/// let mut names: Vec<&str> = modules.iter().map(|module| &*module.name).collect();
/// names.sort_unstable();
/// assert_eq!(names, ["bikes", "shop"]);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// If two types have the same class but other names of slots or another `pickle = ".."`; if two slots of a type that is
/// pickled by name have the same name; if the name of a variant cannot be that of a member of an `enum.Enum`; if there
/// are Python objects.
pub fn python_modules<T: State + ?Sized>() -> Result<Vec<PythonModule>> {
    modules(Graph { nodes: Nodes::NONE, root: T::schema() }, "state_core::pickle::python_module: change the Rust types")
}

impl Form {
    /// Generates the Python modules with the classes of the types in this form: like [`python_modules`], from a file or
    /// history. How types are pickled is not part of a schema: see [`with_pickle`](Self::with_pickle). A `Range` of the
    /// standard library is recognised by its name and its slots: with integers it is Python's `range`, as in pickles.
    ///
    /// # Errors
    /// As [`python_modules`].
    pub fn python_modules(&self) -> Result<Vec<PythonModule>> {
        let mut form = self.clone();
        for node in &mut form.parsed.nodes.0 {
            match &mut node.kind {
                Kind::Object(object) if is_range(object) => object.form = Pickled::Range,
                _ => {}
            }
        }
        let by = "`state python` (state_core::evolve::Form) from saved states: change the types of the Rust program";
        modules(Graph { nodes: &form.parsed.nodes, root: form.root() }, by)
    }
}

/// Returns whether an object has the name and slots of the standard library's range.
fn is_range(object: &Object) -> bool {
    object.name == "Range" && object.slots.iter().map(|slot| &*slot.name).eq(["start", "end"])
}

/// Generates the modules of all classes in a schema, which say what they were generated `by`.
fn modules(graph: Graph<'_>, by: &str) -> Result<Vec<PythonModule>> {
    let collected = Collected::of(graph)?;
    let names = collected.modules();
    let module = |name: &&str| Ok(PythonModule { name: (*name).to_string(), source: source(&collected, name, by)? });
    names.iter().map(module).collect()
}

/// Returns the classes, then the types of enums, after the imports that these turned out to need.
fn source(collected: &Collected<'_>, module: &str, by: &str) -> Result<String> {
    let mut scope = Scope::new(collected, module)?;
    let mut body = String::new();
    for class in scope.in_order() {
        body.push_str(&scope.top_level(class)?);
    }
    for union in collected.unions.iter().filter(|union| union.module == module) {
        body.push_str(&scope.union(union)?);
    }
    let place = if module == MAIN { IN_MAIN } else { "" };
    Ok(format!(
        "\"\"\"Classes for what the Rust program pickles.\n\nGenerated by {by}.\n{place}\"\"\"\n\n\
         from __future__ import annotations\n{}{body}",
        scope.imports()
    ))
}
