//! Conversion of 32-bit floats to 64 bits and back, which keeps the bits of NaNs: the processor's own conversion makes
//! signalling NaNs quiet.

/// An `f32` as an `f64`, exactly.
#[inline]
pub(crate) fn widen(number: f32) -> f64 {
    let wide = f64::from(number);
    if wide.is_nan() { widen_nan(number) } else { wide }
}

/// The nearest `f32` of an `f64`; exact for a widened one.
#[inline]
pub(crate) fn narrow(number: f64) -> f32 {
    if number.is_nan() { narrow_nan(number) } else { number as f32 }
}

/// How many more mantissa bits an `f64` has than an `f32`.
const BEHIND: u32 = 29;

#[cold]
fn widen_nan(number: f32) -> f64 {
    let bits = u64::from(number.to_bits());
    f64::from_bits(bits >> 31 << 63 | 0x7ff << 52 | (bits & 0x7f_ffff) << BEHIND)
}

#[cold]
fn narrow_nan(number: f64) -> f32 {
    let bits = number.to_bits();
    let sign = (bits >> 32) as u32 & 1 << 31;
    let payload = (bits >> BEHIND) as u32 & 0x7f_ffff;
    // A payload with lower bits cannot come from a signalling `f32`; the quiet bit also keeps it from becoming an
    // infinity.
    let quiet = if bits << (64 - BEHIND) == 0 { 0 } else { 1 << 22 };
    f32::from_bits(sign | 0xff << 23 | payload | quiet)
}

#[cfg(test)]
mod tests {
    use crate::protocol::float::*;

    #[test]
    fn what_is_no_number_keeps_its_bits() {
        for bits in [0x7fc0_0000, 0x7fa0_0000, 0x7f80_0001, 0xff80_0001, 0xffc1_2345, 0x7fff_ffff, 0xffbf_ffff] {
            let wide = widen(f32::from_bits(bits));
            assert!(wide.is_nan(), "{bits:x}");
            // Quiet or signalling as before.
            assert_eq!(wide.to_bits() >> 51 & 1, u64::from(bits >> 22 & 1), "{bits:x}");
            assert_eq!(narrow(wide).to_bits(), bits);
        }
    }

    #[test]
    fn what_does_not_fit_is_quiet() {
        for bits in [0x7ff0_0000_0000_0001, 0xfff0_0000_1000_0000, 0x7ff8_0000_0000_0001, u64::MAX] {
            let narrow = narrow(f64::from_bits(bits));
            assert!(narrow.is_nan() && narrow.to_bits() >> 22 & 1 == 1, "{bits:x}");
            assert_eq!(u64::from(narrow.to_bits() >> 31), bits >> 63);
        }
    }

    #[test]
    fn numbers_are_converted_as_ever() {
        for number in [0.0, -0.0, 1.5, f32::MAX, f32::MIN_POSITIVE, 1e-45, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(widen(number).to_bits(), f64::from(number).to_bits());
            assert_eq!(narrow(widen(number)).to_bits(), number.to_bits());
        }
        assert_eq!(narrow(0.1).to_bits(), 0.1_f32.to_bits());
        assert_eq!(narrow(1e300).to_bits(), f32::INFINITY.to_bits());
    }
}
