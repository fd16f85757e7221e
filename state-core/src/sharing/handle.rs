//! A pointer of a history whose type is forgotten.

use core::any::Any;

use crate::protocol::root::Root;
use crate::state::State;

/// A pointer whose type is forgotten.
pub trait Handle {
    fn pointer(&self) -> &dyn Any;

    /// Shows the object as the root of an image of its own.
    fn root(&self, look: &mut dyn FnMut(Root<'_, '_>));
}

impl<P: State + 'static> Handle for P {
    fn pointer(&self) -> &dyn Any {
        self
    }

    fn root(&self, look: &mut dyn FnMut(Root<'_, '_>)) {
        look(Root::of(&self));
    }
}
