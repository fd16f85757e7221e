//! Writes a class, in each of the forms of `#[state(pickle = "..")]`.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use super::collect::{Class, Equality, Of, is_counted};
use super::identifier::{identifier, is_identifier};
use super::scope::{Annotation, Scope};
use crate::error::{Error, ErrorKind, Result};
use crate::literal::Text;
use crate::pickle::encode::Global;
use crate::schema::{Form, Kind, Object, Schema};
use crate::walk::checksum;

/// One value of a flat state.
pub(super) struct Field<'s> {
    /// The name of the slot, which is the key in a dict.
    pub slot: &'s str,
    pub attribute: String,
    /// Its index among the slots.
    place: usize,
    held: Held,
}

/// Where a value of the flat state is held.
enum Held {
    /// In a field.
    Slot,
    /// In another field: the count of the array before it.
    Count,
    /// In no field: the count of the array before it, as this expression.
    Derived(String),
}

/// Returns text as Python writes it.
pub(super) fn repr(text: &str) -> String {
    Text(text).to_string()
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| if line.is_empty() { "\n".into() } else { format!("    {line}\n") }).collect()
}

fn tuple(items: &[String]) -> String {
    match items {
        [only] => format!("({only},)"),
        items => format!("({})", items.join(", ")),
    }
}

impl<'c, 's> Scope<'c, 's> {
    /// Returns a class of the module with those inside it, followed by what cannot be in a class statement.
    pub fn top_level(&mut self, class: &'c Class<'s>) -> Result<String> {
        let mut text = format!("\n\n{}", self.class(class)?);
        let within = |other: &&Class<'s>| other.module == class.module && other.path.first() == class.path.first();
        let family: Vec<&Class<'s>> = self.collected.classes.iter().filter(within).collect();
        for class in &family {
            text.push_str(&self.renamed(class));
        }
        for class in family {
            if let Of::Objects(objects, _) = &class.of {
                if objects[0].form == Form::Cython {
                    text.push_str(&self.cython_maker(class, objects[0])?);
                }
            }
        }
        Ok(text)
    }

    fn class(&mut self, class: &'c Class<'s>) -> Result<String> {
        let mut parts = Vec::new();
        let inside = |other: &&Class<'s>| {
            let outer = other.path.split_last().map(|(_, outer)| outer);
            other.module == class.module && outer == Some(&class.path)
        };
        for inner in self.collected.classes.iter().filter(inside) {
            parts.push(self.class(inner)?);
        }
        let name = class.names.last().map_or("", |name| name);
        let head = match &class.of {
            Of::Nothing => format!("class {name}:\n"),
            Of::Members(of) => {
                parts.push(self.member_lines(of)?.join("\n"));
                format!("class {name}({}.Enum):\n", self.outer("", "enum"))
            }
            Of::Objects(objects, equality) => {
                let base = self.base(class);
                parts.extend(self.body(objects, base)?);
                let options = match equality {
                    Equality::Fields => "",
                    Equality::Hashed => "(unsafe_hash=True)",
                    Equality::Identity => "(eq=False)",
                };
                let base = base.map_or_else(String::new, |base| format!("({})", base.names.join(".")));
                format!("@{}{options}\nclass {name}{base}:\n", self.outer("dataclasses", "dataclass"))
            }
        };
        parts.retain(|part| !part.is_empty());
        if parts.is_empty() {
            parts.push("pass".into());
        }
        Ok(head + &parts.iter().map(|part| indented(part)).collect::<Vec<_>>().join("\n"))
    }

    /// Returns the base of a class: that of the parents of all its types, if it is pickled in the same way.
    pub fn base(&self, class: &Class<'s>) -> Option<&'c Class<'s>> {
        let Of::Objects(objects, _) = &class.of else { return None };
        let parent = |object: &&'s Object| self.collected.parent(object);
        let tag = &parent(objects.first()?)?.name;
        let base = self.collected.class_of(tag)?;
        let Of::Objects(bases, _) = &base.of else { return None };
        let alike = objects.iter().all(|object| parent(object).is_some_and(|parent| parent.name == *tag))
            && bases[0].form == objects[0].form;
        let is_beside = base.module == class.module && base.path.len() == 1 && class.path.len() == 1;
        (alike && is_beside && !core::ptr::eq(base, class)).then_some(base)
    }

    /// Returns the values of a flat state, with the attributes that hold them.
    pub fn fields(&self, object: &'s Object) -> Result<Vec<Field<'s>>> {
        let (mut fields, mut taken) = (Vec::new(), BTreeSet::new());
        let by_name = object.form.has_names() || object.form == Form::Cython;
        let mut seen = BTreeSet::new();
        for (number, place) in self.collected.places(object).iter().enumerate() {
            let slot = &*place.slot.name;
            if by_name && !seen.insert(slot) {
                let expected = "slots of different names, as the type is pickled by them";
                return Err(Error::new(ErrorKind::Unwritable, expected, format!("two named {slot}")).at(&*object.name));
            }
            let attribute = identifier(slot, |name| taken.contains(name) || self.is_class(name));
            taken.insert(attribute.clone());
            if is_counted(place.schema) && !by_name {
                let derived = self.count(place.schema, &attribute).filter(|_| object.form != Form::Call);
                let count =
                    identifier(&format!("{attribute}_count"), |name| taken.contains(name) || self.is_class(name));
                taken.insert(count.clone());
                fields.push(Field { slot, attribute, place: number, held: Held::Slot });
                let held = derived.map_or(Held::Count, Held::Derived);
                fields.push(Field { slot, attribute: count, place: number, held });
            } else {
                fields.push(Field { slot, attribute, place: number, held: Held::Slot });
            }
        }
        Ok(fields)
    }

    /// Returns the expression for the number of elements of an array, from its bytes.
    fn count(&self, array: &Schema, attribute: &str) -> Option<String> {
        let Kind::Raw(raw) = &array.kind else { return None };
        let size = self.collected.get(raw.element).head;
        let count = match size {
            0 => return None,
            1 => format!("len(self.{attribute})"),
            size => format!("len(self.{attribute}) // {size}"),
        };
        Some(if raw.optional { format!("0 if self.{attribute} is None else {count}") } else { count })
    }

    /// Returns the fields and methods of a class of structs.
    fn body(&mut self, objects: &[&'s Object], base: Option<&'c Class<'s>>) -> Result<Vec<String>> {
        let first = objects[0];
        let fields = self.fields(first)?;
        let inherited = match base.map(|base| &base.of) {
            Some(Of::Objects(bases, _)) => self.fields(bases[0])?.len(),
            _ => 0,
        };
        let own = || fields.iter().skip(inherited).filter(|field| !matches!(field.held, Held::Derived(_)));
        let mut lines = String::new();
        if first.form == Form::Slots {
            // The argument `slots=True` would require Python 3.10.
            let names: Vec<String> = own().map(|field| repr(&field.attribute)).collect();
            let _ = writeln!(lines, "__slots__ = {}\n", tuple(&names));
        }
        for field in own() {
            let annotation = self.field_type(objects, field)?;
            // Writing to a string cannot fail.
            let _ = writeln!(lines, "{}: {annotation}", field.attribute);
        }
        let mut parts = alloc::vec![lines];
        parts.extend(match first.form {
            Form::Dict | Form::Slots => self.named_methods(&fields, first.form),
            Form::Call => alloc::vec![self.call_method(&fields)],
            Form::Cython => self.cython_methods(&fields, first),
            Form::State | Form::Range | Form::Enum | Form::Dynamic => self.tuple_methods(&fields),
        });
        Ok(parts)
    }

    /// Returns the type of a field: a union if the types that share the class differ in it.
    fn field_type(&mut self, objects: &[&'s Object], field: &Field<'s>) -> Result<String> {
        if !matches!(field.held, Held::Slot) {
            return Ok(self.builtin("int"));
        }
        let mut types: Vec<String> = Vec::new();
        for object in objects {
            if let Some(place) = self.collected.places(object).get(field.place) {
                let Annotation { text, .. } = self.annotation(place.schema)?;
                if !types.contains(&text) {
                    types.push(text);
                }
            }
        }
        match &mut *types {
            [only] => Ok(core::mem::take(only)),
            many => Ok(format!("{}[{}]", self.outer("typing", "Union"), many.join(", "))),
        }
    }

    fn states(&mut self) -> String {
        format!("{}[{}, ...]", self.builtin("tuple"), self.outer("typing", "Any"))
    }

    fn values(&mut self, fields: &[&Field<'_>]) -> Vec<String> {
        let len = self.builtin("len");
        let value = |field: &&Field<'_>| match &field.held {
            Held::Derived(derived) => derived.replace("len(", &format!("{len}(")),
            _ => format!("self.{}", field.attribute),
        };
        fields.iter().map(value).collect()
    }

    fn set_tuple(&mut self, fields: &[&Field<'_>]) -> String {
        let targets: Vec<String> = fields
            .iter()
            .map(|field| match field.held {
                Held::Derived(_) => "_".into(),
                _ => format!("self.{}", field.attribute),
            })
            .collect();
        let set = if targets.is_empty() { "pass".into() } else { format!("{} = state", tuple(&targets)) };
        format!("def __setstate__(self, state: {}) -> None:\n    {set}\n", self.states())
    }

    fn tuple_methods(&mut self, fields: &[Field<'_>]) -> Vec<String> {
        let fields: Vec<&Field<'_>> = fields.iter().collect();
        let (states, values) = (self.states(), self.values(&fields));
        let get = format!("def __getstate__(self) -> {states}:\n    return {}\n", tuple(&values));
        alloc::vec![get, self.set_tuple(&fields)]
    }

    /// Returns the methods for a state by name. None are needed if all slots are attributes with their names: then
    /// Python itself uses a dict, and with `__slots__` the pair of `None` and a dict.
    fn named_methods(&mut self, fields: &[Field<'_>], form: Form) -> Vec<String> {
        if fields
            .iter()
            .all(|field| field.slot == field.attribute && is_identifier(field.slot) && field.slot.is_ascii())
        {
            return Vec::new();
        }
        let dict = format!("{}[{}, {}]", self.builtin("dict"), self.builtin("str"), self.outer("typing", "Any"));
        let entries: Vec<String> =
            fields.iter().map(|field| format!("{}: self.{}", repr(field.slot), field.attribute)).collect();
        let entries = format!("{{{}}}", entries.join(", "));
        let (state, value, given) = match form {
            Form::Slots => (format!("{}[None, {dict}]", self.builtin("tuple")), format!("None, {entries}"), "state[1]"),
            _ => (dict, entries, "state"),
        };
        let get = format!("def __getstate__(self) -> {state}:\n    return {value}\n");
        let mut set = format!("def __setstate__(self, state: {state}) -> None:\n");
        for field in fields {
            let _ = writeln!(set, "    self.{} = {given}[{}]", field.attribute, repr(field.slot));
        }
        alloc::vec![get, set]
    }

    fn call_method(&mut self, fields: &[Field<'_>]) -> String {
        let fields: Vec<&Field<'_>> = fields.iter().collect();
        let (values, ty) = (self.values(&fields), self.builtin("type"));
        format!("def __reduce__(self) -> {}:\n    return ({ty}(self), {})\n", self.states(), tuple(&values))
    }

    fn cython_methods(&mut self, fields: &[Field<'_>], object: &Object) -> Vec<String> {
        let (sorted, sum) = members(fields);
        let maker = ["__pyx_unpickle_", Global::of_tag(&object.name).name].concat();
        let (values, ty, globals) = (self.values(&sorted), self.builtin("type"), self.builtin("globals"));
        // Inside a class, Python would change a name with two leading underscores.
        let get = format!(
            "def __reduce__(self) -> {}:\n    maker = {globals}()[{}]\n    return (maker, ({ty}(self), {sum:#x}, None), {})\n",
            self.states(),
            repr(&maker),
            tuple(&values)
        );
        alloc::vec![get, self.set_tuple(&sorted)]
    }

    /// Returns the function that Cython puts next to a class, which makes its objects.
    fn cython_maker(&mut self, class: &Class<'s>, object: &'s Object) -> Result<String> {
        let [name] = &*class.names else {
            let found = format!("{}, inside another", object.name);
            return Err(Error::new(ErrorKind::Unwritable, "a class of a module, as Cython's are", found));
        };
        let fields = self.fields(object)?;
        let (members, sum) = members(&fields);
        let names: Vec<&str> = members.iter().map(|field| field.slot).collect();
        let maker = ["__pyx_unpickle_", class.path[0]].concat();
        // Outside of a class, the two underscores are like any letter.
        let is_plain = is_identifier(&maker[2..]) && maker.is_ascii();
        let own = if is_plain { maker.clone() } else { identifier(&maker, |name| self.is_class(name)) };
        let (ty, int, any) = (self.builtin("type"), self.builtin("int"), self.outer("typing", "Any"));
        let message = repr(&format!("the members of {} are {}", object.name, names.join(", ")));
        let error = self.builtin("ValueError");
        let mut text = format!(
            "\n\ndef {own}(cls: {ty}[{name}], checksum: {int}, state: {any}) -> {name}:\n    if checksum != {sum:#x}:\n        \
             raise {error}({message})\n    made = cls.__new__(cls)\n    if state is not None:\n        \
             made.__setstate__(state)\n    return made\n",
        );
        if !is_plain {
            let (globals, maker) = (self.builtin("globals"), repr(&maker));
            let _ = write!(text, "\n\n{own}.__name__ = {own}.__qualname__ = {maker}\n{globals}()[{maker}] = {own}\n");
        }
        Ok(text)
    }

    /// Returns the statements that give a class its name in pickles, if a class statement cannot.
    fn renamed(&mut self, class: &Class<'s>) -> String {
        let (Some((last, outer)), Some((own, own_outer))) = (class.path.split_last(), class.names.split_last()) else {
            return String::new();
        };
        if class.path.iter().eq(class.names.iter()) {
            return String::new();
        }
        let name = class.names.join(".");
        let mut text = format!("\n\n{name}.__qualname__ = {}\n", repr(&class.path.join(".")));
        if own != last {
            let _ = writeln!(text, "{name}.__name__ = {}", repr(last));
            match outer {
                [] => {
                    let _ = writeln!(text, "{}()[{}] = {name}", self.builtin("globals"), repr(last));
                }
                _ => {
                    let (setattr, outer) = (self.builtin("setattr"), own_outer.join("."));
                    let _ = writeln!(text, "{setattr}({outer}, {}, {name})", repr(last));
                }
            }
        }
        text
    }
}

/// Returns the fields as Cython sorts them, and its checksum of their names.
fn members<'f, 's>(fields: &'f [Field<'s>]) -> (Vec<&'f Field<'s>>, u32) {
    let mut sorted: Vec<&Field<'_>> = fields.iter().collect();
    sorted.sort_by_key(|field| field.slot);
    let names: Vec<&str> = sorted.iter().map(|field| field.slot).collect();
    (sorted, checksum::of(&names))
}
