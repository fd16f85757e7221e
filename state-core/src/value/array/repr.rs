//! Arrays as text, like NumPy's `repr`.

use core::fmt::{self, Formatter};

use super::Array;
use super::descriptor::write_shape;

/// Like NumPy's `repr`, but on one line.
impl fmt::Display for Array {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("array(")?;
        write_shape(f, &self.shape)?;
        write!(f, ", dtype={})", self.dtype)
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
