//! Objects outside a pickle, which are known by an id alone.

use alloc::vec;

use crate::value::Value;
use crate::value::kinds::children::Children;

/// An object stored elsewhere by the program that wrote a pickle:
/// [`Value::Persistent`](crate::value::Value::Persistent).
///
/// Only the programs that write and read it know the meaning of its id.
///
/// ```
/// use state_core::value::Persistent;
///
/// let row = Persistent::new(("orders", 17));
/// assert_eq!(*row.id(), ("orders", 17));
/// assert_eq!(row.to_string(), "<persistent id ('orders', 17)>");
/// ```
#[derive(Clone)]
pub struct Persistent(pub(in crate::value) Children);

impl Persistent {
    /// Makes the reference to the object with this id.
    pub fn new(id: impl Into<Value>) -> Self {
        Self(Children::from(vec![id.into()]))
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &Value {
        self.0.first().unwrap_or(&Value::None)
    }

    /// Returns the id.
    #[must_use]
    pub fn into_id(self) -> Value {
        self.0.into_vec().pop().unwrap_or_default()
    }
}
