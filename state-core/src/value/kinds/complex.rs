//! Complex numbers.

use core::fmt;

use crate::literal;

/// A complex number: [`Value::Complex`](crate::value::Value::Complex).
///
/// ```
/// use state_core::value::Complex;
///
/// assert_eq!(Complex::new(1.0, -2.5).to_string(), "(1-2.5j)");
/// assert_eq!(Complex::new(0.0, 1.0).to_string(), "1j");
/// ```
#[derive(Clone, Copy, Default, PartialEq)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

impl Complex {
    /// Makes a number from its real and its imaginary part.
    #[must_use]
    pub const fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }
}

/// Python's `repr`.
impl fmt::Display for Complex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        literal::write_complex(f, [self.re, self.im])
    }
}

impl fmt::Debug for Complex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
