//! The members of an `enum.Enum`.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::class::repr;
use super::identifier::is_identifier;
use super::scope::Scope;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Enum, EnumVariant};

pub(super) fn lines(scope: &mut Scope<'_, '_>, of: &Enum) -> Result<Vec<String>> {
    let units: Vec<&EnumVariant> = of.variants.iter().filter(|variant| variant.slots.is_empty()).collect();
    let mut lines = Vec::new();
    for variant in &units {
        let (name, value) =
            (&*variant.name, variant.value.map_or_else(|| repr(&variant.name), |value| value.to_string()));
        if !can_be_member(name) {
            let found = format!("the variant {name:?} of {}", of.name);
            return Err(Error::new(ErrorKind::Unwritable, "a variant that can be a member of an `enum.Enum`", found));
        }
        // A name that Python's grammar does not allow can still be one in the class.
        lines.push(match is_identifier(name) {
            true => format!("{name} = {value}"),
            false => format!("{}()[{}] = {value}", scope.builtin("vars"), repr(name)),
        });
    }
    if units.iter().any(|variant| variant.value.is_none()) {
        // Rust knows only their names.
        let (object, tuple, any) = (scope.builtin("object"), scope.builtin("tuple"), scope.outer("typing", "Any"));
        lines.push(String::new());
        lines.push(format!("def __reduce_ex__(self, protocol: {object}) -> {tuple}[{any}, ...]:"));
        lines.push(format!(
            "    return ({}, ({}(self), self._name_))",
            scope.builtin("getattr"),
            scope.builtin("type")
        ));
    }
    Ok(lines)
}

/// Returns whether Python allows a member to have a name: it reserves those with underscores on both sides.
fn can_be_member(name: &str) -> bool {
    let is_between = name.len() > 1 && name.starts_with('_') && name.ends_with('_');
    !is_between && !matches!(name, "" | "_" | "mro" | "name" | "value")
}
