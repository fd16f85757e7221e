//! The pointers of a history, with their types erased.

use core::any::Any;

use crate::protocol::root::Root;
use crate::state::State;

/// A pointer whose type is erased.
pub trait Handle {
    fn pointer(&self) -> &dyn Any;

    /// Shows the object as the root of a separate image.
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
