//! The guarantees for every value, whatever its type, in every format.

use state_core::{RestoreOwned, check, dump_into, dumps, from_value, load_into, loads, to_value};

/// All bits of an image up to this size are flipped; in longer ones, which repeat themselves, some are.
const ALL_BITS: usize = 512;
const SOME_BITS: usize = 60;

/// About the maximum number of truncations; longer images skip some lengths.
const LENGTHS: usize = 256;

/// Checks the guarantees for values of one type, with each of them also restored over all others.
pub fn values<T: RestoreOwned + PartialEq>(values: &[T]) {
    values_that(values, T::eq);
}

/// Like [`values`], for types without an equality, or with one that is not that of their states.
pub fn values_that<T: RestoreOwned>(values: &[T], same: impl Fn(&T, &T) -> bool + Copy) {
    for value in values {
        Case { value, same, bytes: dumps(value).unwrap() }.show(values);
    }
}

/// One value, its image, and the equality that applies.
struct Case<'a, T, F> {
    value: &'a T,
    same: F,
    bytes: Vec<u8>,
}

/// Shows a value as its state, because not every type can be printed: a tuple of 16 parts cannot.
fn shown<T: RestoreOwned>(value: &T) -> String {
    to_value(value).map_or_else(|error| error.to_string(), |state| state.to_string())
}

/// Copies a value that cannot be cloned.
fn copy<T: RestoreOwned>(value: &T) -> T {
    loads(&dumps(value).unwrap()).unwrap()
}

impl<T: RestoreOwned, F: Fn(&T, &T) -> bool + Copy> Case<'_, T, F> {
    fn show(&self, others: &[T]) {
        self.comes_back();
        for other in others {
            self.replaces(other);
        }
        self.is_all_there();
        self.survives_damage(&others[0]);
        self.goes_through_values();
    }

    #[track_caller]
    fn assert_same(&self, found: &T, how: &str) {
        assert!((self.same)(self.value, found), "{how}: {} is not {}", shown(found), shown(self.value));
    }

    fn comes_back(&self) {
        check::<T>(&self.bytes).unwrap();
        let loaded = loads::<T>(&self.bytes).unwrap();
        self.assert_same(&loaded, "loaded");
        assert_eq!(dumps(&loaded).unwrap().len(), self.bytes.len());
        let mut dirty = vec![0xA5; self.bytes.len() + 100];
        dump_into(self.value, &mut dirty).unwrap();
        assert_eq!(dirty, self.bytes, "{} into a used buffer", shown(self.value));
    }

    fn replaces(&self, other: &T) {
        let mut target = copy(other);
        load_into(&self.bytes, &mut target).unwrap();
        self.assert_same(&target, "restored");
        assert_eq!(dumps(&target).unwrap().len(), self.bytes.len());
    }

    fn is_all_there(&self) {
        for len in (0..self.bytes.len()).step_by(self.bytes.len() / LENGTHS + 1) {
            assert!(check::<T>(&self.bytes[..len]).is_err());
            assert!(loads::<T>(&self.bytes[..len]).is_err());
        }
        let mut longer = self.bytes.clone();
        longer.push(0);
        assert!(loads::<T>(&longer).is_err());
    }

    fn survives_damage(&self, other: &T) {
        let mut bytes = self.bytes.clone();
        let mut target = copy(other);
        let step = if bytes.len() <= ALL_BITS { 1 } else { 8 * bytes.len() / SOME_BITS };
        for bit in (0..8 * bytes.len()).step_by(step) {
            bytes[bit / 8] ^= 1 << (bit % 8);
            let restored = load_into(&bytes, &mut target);
            assert_eq!(check::<T>(&bytes).is_ok(), restored.is_ok(), "bit {bit}");
            match restored {
                Ok(()) => {
                    let loaded = loads::<T>(&bytes).unwrap();
                    assert!((self.same)(&loaded, &target), "bit {bit}: {} is not {}", shown(&loaded), shown(&target));
                    target = copy(other);
                }
                Err(_) => {
                    assert!(loads::<T>(&bytes).is_err());
                    assert!((self.same)(&target, other), "bit {bit}: {} is not {}", shown(&target), shown(other));
                }
            }
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }

    fn goes_through_values(&self) {
        let state = to_value(self.value).unwrap();
        let back = from_value::<T>(&state).unwrap_or_else(|error| panic!("{state}: {error}"));
        self.assert_same(&back, "through a value");
    }
}
