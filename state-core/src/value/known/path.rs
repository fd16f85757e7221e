//! The paths of module `pathlib`.

use alloc::{format, vec::Vec};

use super::super::{Object, Value, name, repr::Group};
use super::only_args;
use crate::known::path::Flavour;

pub(super) fn path(object: &Object) -> Option<Group<'_>> {
    let flavour = Flavour::of(object.name())?;
    let parts: Vec<&str> = only_args(object)?.iter().map(Value::as_str).collect::<Option<_>>()?;
    let text = flavour.join(&parts)?;
    Some(Group::text(format!("{}({})", name::last(object.name()), Value::from(text))))
}
