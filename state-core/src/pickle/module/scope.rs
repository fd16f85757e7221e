//! The names of a module: its imports, and the types of its fields.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use super::collect::{Class, Collected, Of};
use super::member;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Form, Kind, Nodes, Object, Raw, Schema};
use crate::standard::Known;
use crate::walk::{Wrap, wrap};

/// A module while it is being written.
pub(super) struct Scope<'c, 's> {
    pub collected: &'c Collected<'s>,
    pub module: &'c str,
    /// The names of classes, types of enums and fields here: nothing is imported under them.
    taken: BTreeSet<String>,
    /// The imports: the module (empty for a module itself), the name, and the name used here.
    imported: BTreeMap<(&'static str, &'static str), String>,
    /// Other modules with classes, imported only for type checkers.
    others: BTreeMap<String, String>,
}

/// A type as Python writes it, and whether it names something that may be defined further down.
pub(super) struct Annotation {
    pub text: String,
    pub is_later: bool,
}

impl Annotation {
    fn now(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_later: false }
    }

    /// Returns the text for a place where Python evaluates it.
    pub fn quoted(self) -> String {
        if self.is_later { format!("\"{}\"", self.text) } else { self.text }
    }
}

impl<'c, 's> Scope<'c, 's> {
    pub fn new(collected: &'c Collected<'s>, module: &'c str) -> Result<Self> {
        let here = || collected.classes.iter().filter(|class| class.module == module);
        let mut taken: BTreeSet<String> = here().flat_map(|class| class.names.iter().cloned()).collect();
        taken.extend(collected.unions.iter().filter(|union| union.module == module).map(|union| union.name.clone()));
        let mut scope = Self { collected, module, taken, imported: BTreeMap::new(), others: BTreeMap::new() };
        let mut attributes = BTreeSet::new();
        for class in here() {
            match &class.of {
                Of::Objects(objects, _) => {
                    attributes.extend(scope.fields(objects[0])?.into_iter().map(|field| field.attribute));
                }
                Of::Members(of) => attributes.extend(of.variants.iter().map(|variant| variant.name.to_string())),
                Of::Nothing => {}
            }
        }
        scope.taken.extend(attributes);
        Ok(scope)
    }

    /// Returns whether a class or the type of an enum has this name, in the module or inside another class, where a
    /// field of that name would hide it.
    pub fn is_class(&self, name: &str) -> bool {
        let class = |class: &Class<'_>| class.module == self.module && class.names.iter().any(|own| own == name);
        self.collected.classes.iter().any(class)
            || self.collected.unions.iter().any(|union| union.module == self.module && union.name == name)
    }

    /// Returns the name here of something that another module has, and imports it.
    pub fn outer(&mut self, module: &'static str, name: &'static str) -> String {
        if let Some(known) = self.imported.get(&(module, name)) {
            return known.clone();
        }
        let mut own = name.replace('.', "_");
        while self.taken.contains(&own) {
            own.insert(0, '_');
        }
        self.imported.insert((module, name), own.clone());
        own
    }

    /// Returns the name here of something built in.
    pub fn builtin(&mut self, name: &'static str) -> String {
        if self.taken.contains(name) { self.outer("builtins", name) } else { name.to_string() }
    }

    fn typing(&mut self, name: &'static str) -> String {
        self.outer("typing", name)
    }

    /// Returns the name of a class, or of the type of an enum, as used here.
    pub fn name_of(&mut self, module: &str, name: &str) -> Annotation {
        if module == self.module {
            return Annotation { text: name.to_string(), is_later: true };
        }
        let own = format!("_{}", module.replace('.', "_"));
        let mut own = super::identifier::identifier(&own, |_| false);
        while self.taken.contains(&own) || self.others.iter().any(|(other, known)| *known == own && other != module) {
            own.insert(0, '_');
        }
        let text = format!("{own}.{name}");
        self.others.insert(module.to_string(), own);
        Annotation { text, is_later: true }
    }

    /// Returns the lines of the imports.
    pub fn imports(&self) -> String {
        let mut lines = String::new();
        let mut from: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        // Writing to a string cannot fail.
        for (&(module, name), own) in &self.imported {
            let renamed = if *own == name { String::new() } else { format!(" as {own}") };
            if module.is_empty() {
                let _ = writeln!(lines, "import {name}{renamed}");
            } else {
                from.entry(module).or_default().push(format!("{name}{renamed}"));
            }
        }
        if !self.others.is_empty() {
            from.entry("typing").or_default().insert(0, "TYPE_CHECKING".into());
        }
        for (module, names) in from {
            let _ = writeln!(lines, "from {module} import {}", names.join(", "));
        }
        if !self.others.is_empty() {
            lines.push_str("\nif TYPE_CHECKING:\n");
            for (module, own) in &self.others {
                let _ = writeln!(lines, "    import {module} as {own}");
            }
        }
        if lines.is_empty() { lines } else { format!("\n{lines}") }
    }

    /// Returns the type of a slot in Python.
    pub fn annotation(&mut self, schema: &'s Schema) -> Result<Annotation> {
        let nodes = self.collected.nodes;
        Ok(match &schema.kind {
            Kind::Unit => Annotation::now(format!("{}[()]", self.builtin("tuple"))),
            Kind::Bool => Annotation::now(self.builtin("bool")),
            Kind::Char | Kind::Str => Annotation::now(self.builtin("str")),
            Kind::Int { .. } | Kind::Known(Known::Int | Known::Natural) => Annotation::now(self.builtin("int")),
            Kind::Float { .. } => Annotation::now(self.builtin("float")),
            Kind::Seconds { .. } => {
                Annotation::now(format!("{}[{int}, {int}]", self.builtin("tuple"), int = self.builtin("int")))
            }
            Kind::Optional(of) | Kind::Weak(of) => {
                let inner = nodes.get(*of);
                let is_wrapped = matches!(schema.kind, Kind::Optional(_)) && wrap(nodes, inner) == Wrap::Always;
                let of = if is_wrapped { self.generic("tuple", &[inner])? } else { self.annotation(inner)? };
                let optional = self.typing("Optional");
                Annotation { text: format!("{optional}[{}]", of.text), ..of }
            }
            Kind::List(of) | Kind::Array(of, _) if nodes.get(*of).is_byte() => Annotation::now(self.builtin("bytes")),
            Kind::List(of) | Kind::Array(of, _) => self.generic("list", &[nodes.get(*of)])?,
            Kind::Set(of) => self.generic("set", &[nodes.get(*of)])?,
            Kind::Map(key, value) => self.generic("dict", &[nodes.get(*key), nodes.get(*value)])?,
            Kind::Tuple(items) => {
                let items: Vec<&Schema> = items.iter().map(|&item| nodes.get(item)).collect();
                self.generic("tuple", &items)?
            }
            Kind::Boxed(of) => self.annotation(nodes.get(*of))?,
            Kind::Known(known) => Annotation::now(self.known(*known)),
            Kind::Serde => Annotation::now(self.typing("Any")),
            Kind::Record(_) | Kind::Opaque { .. } => Annotation::now(self.builtin("bytes")),
            Kind::Raw(raw) => Annotation::now(self.raw(raw)),
            Kind::Grid(of, _) => Annotation::now(self.array(nodes.get(*of))),
            Kind::Object(object) => self.object(object),
            Kind::Enum(_) => self.enumeration(schema)?,
            Kind::Open(_) => Annotation::now(self.builtin("object")),
            #[cfg(feature = "pyo3")]
            Kind::Handle(_) => return Err(unknown(schema)),
        })
    }

    fn generic(&mut self, name: &'static str, parts: &[&'s Schema]) -> Result<Annotation> {
        let (mut texts, mut is_later) = (Vec::new(), false);
        for part in parts {
            let part = self.annotation(part)?;
            is_later |= part.is_later;
            texts.push(part.text);
        }
        let inner = if texts.is_empty() { "()".to_string() } else { texts.join(", ") };
        Ok(Annotation { text: format!("{}[{inner}]", self.builtin(name)), is_later })
    }

    fn known(&mut self, known: Known) -> String {
        let class = match known {
            Known::Uuid => return format!("{}.UUID", self.outer("", "uuid")),
            Known::Decimal => return format!("{}.Decimal", self.outer("", "decimal")),
            Known::Date => "date",
            Known::Time => "time",
            Known::DateTime | Known::Utc | Known::Zoned => "datetime",
            Known::Delta => "timedelta",
            Known::Int | Known::Natural => return self.builtin("int"),
        };
        format!("{}.{class}", self.outer("", "datetime"))
    }

    fn raw(&mut self, raw: &Raw) -> String {
        let of = match raw.array {
            true => self.array(self.collected.get(raw.element)),
            false => self.builtin("bytes"),
        };
        if raw.optional { format!("{}[{of}]", self.typing("Optional")) } else { of }
    }

    /// Returns the type of a NumPy array.
    fn array(&mut self, element: &'s Schema) -> String {
        let nodes = self.collected.nodes;
        let (array, scalar) = (self.outer("numpy.typing", "NDArray"), scalar(element, nodes));
        format!("{array}[{}.{scalar}]", self.outer("", "numpy"))
    }

    fn object(&mut self, object: &'s Object) -> Annotation {
        let integers = |object| self.collected.places(object).iter().all(|p| matches!(p.schema.kind, Kind::Int { .. }));
        match self.collected.class_of(&object.name) {
            _ if object.form == Form::Range && integers(object) => Annotation::now(self.builtin("range")),
            Some(class) => self.name_of(class.module, &class.names.join(".")),
            None => Annotation::now(self.builtin("object")),
        }
    }

    fn enumeration(&mut self, schema: &'s Schema) -> Result<Annotation> {
        if let Some(union) = self.collected.union_of(schema) {
            return Ok(self.name_of(union.module, &union.name));
        }
        let class = schema.tag().and_then(|tag| self.collected.class_of(tag)).ok_or_else(|| unknown(schema))?;
        Ok(self.name_of(class.module, &class.names.join(".")))
    }

    /// Returns the top-level classes, each after its base.
    pub fn in_order(&self) -> Vec<&'c Class<'s>> {
        let mut order: Vec<&Class<'s>> = Vec::new();
        let here = |class: &&Class<'s>| class.module == self.module && class.path.len() == 1;
        let mut top: Vec<&Class<'s>> = self.collected.classes.iter().filter(here).collect();
        // For type checkers, such a name is Python's own if it is used before its class.
        top.sort_by_key(|class| !class.names.first().is_some_and(|name| GENERIC.contains(&&**name)));
        for class in top {
            let mut line = Vec::new();
            let mut next = Some(class);
            while let Some(class) = next.filter(|class| !order.iter().any(|known| core::ptr::eq(*known, *class))) {
                line.push(class);
                next = self.base(class);
            }
            order.extend(line.into_iter().rev());
        }
        order
    }

    /// Returns the members of an enum, as lines of its class.
    pub fn member_lines(&mut self, of: &'s crate::schema::Enum) -> Result<Vec<String>> {
        member::lines(self, of)
    }
}

/// Python's built-in types with parameters.
const GENERIC: [&str; 6] = ["dict", "frozenset", "list", "set", "tuple", "type"];

/// Returns the NumPy scalar of the elements of an array.
fn scalar<'s>(mut element: &'s Schema, nodes: &'s Nodes) -> &'static str {
    while let Kind::Array(of, _) = &element.kind {
        element = nodes.get(*of);
    }
    match &element.kind {
        Kind::Bool => "bool_",
        Kind::Float { bits: 32 } => "float32",
        Kind::Float { .. } => "float64",
        Kind::Int { bits: 8, signed: true, .. } => "int8",
        Kind::Int { bits: 16, signed: true, .. } => "int16",
        Kind::Int { bits: 32, signed: true, .. } => "int32",
        Kind::Int { bits: 64, signed: true, .. } => "int64",
        Kind::Int { bits: 8, .. } => "uint8",
        Kind::Int { bits: 16, .. } => "uint16",
        Kind::Int { bits: 32, .. } => "uint32",
        Kind::Int { bits: 64, .. } => "uint64",
        // Structs, and numbers that are only bytes for NumPy.
        _ => "void",
    }
}

#[cold]
pub(super) fn unknown(schema: &Schema) -> Error {
    Error::new(ErrorKind::Unwritable, "a type that Python has a class for", schema.to_string())
}
