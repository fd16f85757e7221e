//! What the command `state` needs of forms: obstacles, in terms of its options.

use alloc::string::String;
use alloc::vec::Vec;

use super::form::Form;
use crate::schema::{Kind, Problem, Schema};

impl Form {
    /// Like [`obstacles`](Form::obstacles), with options of the command `state` instead of attributes.
    #[doc(hidden)]
    #[must_use]
    pub fn obstacles_by_option(&'static self, older: &Form) -> Vec<String> {
        self.problems(older).iter().map(Problem::by_option).collect()
    }

    /// Whether a type, a slot or a variant of the form has the name.
    #[doc(hidden)]
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.nodes().any(|node| is_named(node, name))
    }
}

fn is_named(node: &Schema, name: &str) -> bool {
    match &node.kind {
        Kind::Object(object) => object.name == name || object.slots.iter().any(|slot| slot.name == name),
        Kind::Record(record) => record.name == name || record.fields.iter().any(|field| field.name == name),
        Kind::Enum(of) => {
            let has = |variant: &crate::schema::EnumVariant| {
                variant.name == name || variant.slots.iter().any(|slot| slot.name == name)
            };
            of.name == name || of.variants.iter().any(has)
        }
        Kind::Open(open) => open.name == name,
        _ => false,
    }
}
