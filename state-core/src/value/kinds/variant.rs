//! Values of enums.

use alloc::borrow::Cow;

use crate::value::kinds::named::{NamedValue, SlotNames};
use crate::value::{Tuple, Value};

/// A value of an enum: the enum's type tag, the variant's name, and the variant's fields as its state.
///
/// ```
/// use state_core::value::Variant;
///
/// let circle = Variant::new("example.Shape", "Circle", (1.5,));
/// assert_eq!(circle.variant(), "Circle");
/// assert_eq!(circle.to_string(), "Shape.Circle(1.5)");
/// assert_eq!(Variant::new("example.Shape", "Empty", ()).to_string(), "Shape.Empty");
/// ```
#[derive(Clone)]
pub struct Variant {
    name: Cow<'static, str>,
    case: Cow<'static, str>,
    state: Tuple,
    /// The names of the slots, if they are known.
    names: Option<SlotNames>,
}

impl Variant {
    /// Makes a value from the enum's type tag, the variant's name and the state.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        variant: impl Into<Cow<'static, str>>,
        state: impl Into<Tuple>,
    ) -> Self {
        Self { name: name.into(), case: variant.into(), state: state.into(), names: None }
    }

    pub(in crate::value) fn with_state(&self, state: Tuple) -> Self {
        Self { name: self.name.clone(), case: self.case.clone(), state, names: self.names.clone() }
    }

    pub(in crate::value) fn with_names(self, names: Option<SlotNames>) -> Self {
        Self { names, ..self }
    }

    /// The slots by name, if the names are known.
    pub(in crate::value) fn named(&self) -> Option<impl Iterator<Item = NamedValue<'_>>> {
        self.names.as_ref()?.of(&self.state)
    }

    /// The type tag of the enum: `example.Shape`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the variant: `Circle`.
    #[must_use]
    pub fn variant(&self) -> &str {
        &self.case
    }

    /// The state: one slot for each field of the variant.
    #[must_use]
    pub const fn state(&self) -> &Tuple {
        &self.state
    }

    /// The value of a slot by its name, as [`Object::slot`](crate::value::Object::slot).
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<&Value> {
        self.named()?.find(|slot| slot.name == name).map(|slot| slot.value)
    }

    /// A mutable reference to the state.
    pub const fn state_mut(&mut self) -> &mut Tuple {
        &mut self.state
    }

    /// Returns the state.
    #[must_use]
    pub fn into_state(self) -> Tuple {
        self.state
    }
}
