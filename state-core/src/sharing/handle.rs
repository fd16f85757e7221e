//! A pointer of a history whose type is forgotten.

use core::any::Any;

use crate::error::Result;
use crate::image::{self, Options};
use crate::state::State;

/// A pointer whose type is forgotten.
pub trait Handle {
    fn pointer(&self) -> &dyn Any;

    /// The checksum of the object by itself.
    ///
    /// # Errors
    /// An object that cannot be written.
    fn checksum(&self, options: &Options) -> Result<u64>;
}

impl<P: State + 'static> Handle for P {
    fn pointer(&self) -> &dyn Any {
        self
    }

    fn checksum(&self, options: &Options) -> Result<u64> {
        Ok(image::checksum(&options.dumps(self)?))
    }
}
