//! The types of enums whose values are tuples, and of trait objects, whose values are objects of their classes.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::class::repr;
use super::collect::{Union, is_counted};
use super::scope::Scope;
use crate::error::Result;
use crate::schema::{EnumVariant, Form};

impl<'s> Scope<'_, 's> {
    /// Returns `Shape = Union[tuple[Literal['Circle'], float], ..]`.
    pub fn union(&mut self, union: &Union<'s>) -> Result<String> {
        let mut parts = Vec::new();
        let of = union.of;
        if of.form == Form::Enum && of.variants.iter().any(|variant| variant.slots.is_empty()) {
            let class = self.collected.class_of(&of.name).map(|class| (class.module, class.names.join(".")));
            let (module, name) = class.ok_or_else(|| super::scope::unknown(union.schema))?;
            parts.push(self.name_of(module, &name).quoted());
        }
        for variant in of.variants.iter().filter(|variant| of.form != Form::Enum || !variant.slots.is_empty()) {
            parts.push(match of.member(variant, self.collected.nodes) {
                Some((schema, _)) => self.annotation(schema)?.quoted(),
                None => self.variant(variant)?,
            });
        }
        let all = match &*parts {
            [] => self.outer("typing", "NoReturn"),
            [only] => only.clone(),
            many => format!("{}[\n    {},\n]", self.outer("typing", "Union"), many.join(",\n    ")),
        };
        Ok(format!("\n\n{} = {all}\n", union.name))
    }

    fn variant(&mut self, variant: &'s EnumVariant) -> Result<String> {
        let mut slots = alloc::vec![format!("{}[{}]", self.outer("typing", "Literal"), repr(&variant.name))];
        for slot in &*variant.slots {
            let schema = self.collected.get(slot.ty);
            slots.push(self.annotation(schema)?.quoted());
            if is_counted(schema) {
                slots.push(self.builtin("int"));
            }
        }
        let text: String = slots.join(", ");
        Ok(format!("{}[{text}]", self.builtin("tuple")))
    }
}
