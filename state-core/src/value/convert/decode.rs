//! Reads values for the walk.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::array::ArrayParts;
use crate::error::Result;
use crate::value::convert::input::{Entries, Given, Items};
use crate::value::{Array, Made, Value};
use crate::walk::{Attributes, Decoder, NamedVariant, checksum};

/// The maximum length of text in an error; longer text is described by its kind alone.
const SHORT: usize = 40;

impl<'v> Decoder<'v> for Given<'v> {
    type Items = Items<'v>;
    type Entries = Entries<'v>;

    fn identity(self) -> Option<usize> {
        self.place()
    }

    fn describe(self) -> String {
        let kind = self.value.kind().to_string();
        match self.see() {
            Value::Str(text) if text.len() > SHORT => kind,
            Value::Int(number) if number.bits() > 128 => alloc::format!("{kind} of {} bits", number.bits()),
            Value::Bytes(bytes) | Value::ByteArray(bytes) => alloc::format!("{kind} of length {}", bytes.len()),
            Value::None => kind,
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => {
                alloc::format!("{kind} {}", self.value)
            }
            Value::Object(object) if object.made() == Made::Value => "a value and calls beside it".to_string(),
            Value::Object(object) => object.name().to_string(),
            Value::Array(array) => array_parts(array).describe(),
            Value::Variant(variant) => alloc::format!("{}.{}", variant.name(), variant.variant()),
            _ => match self.value.parts() {
                Some(parts) => alloc::format!("{kind} of length {}", parts.len()),
                None => kind,
            },
        }
    }

    fn is_none(self) -> bool {
        self.value.is_none()
    }

    fn bool(self) -> Option<bool> {
        match self.see() {
            Value::Bool(value) => Some(*value),
            other => other.single()?.as_bool(),
        }
    }

    fn int(self) -> Option<i128> {
        match self.see() {
            Value::Int(value) => value.try_into().ok(),
            other => other.single()?.as_int()?.try_into().ok(),
        }
    }

    fn big(self) -> Option<u128> {
        match self.see() {
            Value::Int(value) => value.try_into().ok(),
            other => other.single()?.as_int()?.try_into().ok(),
        }
    }

    fn float(self) -> Option<f64> {
        self.value.as_f64().or_else(|| self.value.single()?.as_f64())
    }

    fn str(self) -> Option<&'v str> {
        match self.see() {
            Value::Str(text) => {
                self.budget.spend(text.len())?;
                Some(text)
            }
            _ => None,
        }
    }

    fn bytes(self) -> Option<&'v [u8]> {
        let bytes = match self.see() {
            Value::Bytes(bytes) | Value::ByteArray(bytes) => bytes,
            Value::Array(array) => array.byte_string()?,
            _ => return None,
        };
        self.budget.spend(bytes.len())?;
        Some(bytes)
    }

    fn array(self) -> Result<Option<ArrayParts<'v>>> {
        Ok(match self.see() {
            Value::Array(array) => self.budget.spend(array.bytes().len()).map(|()| array_parts(array)),
            _ => None,
        })
    }

    fn items(self) -> Option<Self::Items> {
        self.each(self.value.parts()?)
    }

    fn is_set(self) -> bool {
        matches!(self.see(), Value::Set(_) | Value::FrozenSet(_))
    }

    fn entries(self) -> Option<Self::Entries> {
        match self.see() {
            Value::Dict(dict) => self.pairs(dict.iter()),
            _ => None,
        }
    }

    fn is_of(self, tag: &str) -> bool {
        matches!(self.see(), Value::Object(object) if is_named(object, tag))
    }

    fn object(self, tag: &str) -> Option<Self::Items> {
        match self.see() {
            Value::Object(object) if is_named(object, tag) && adds_nothing(object) && !is_held(object) => {
                match object.other_state() {
                    None if object.state().is_empty() && object.kwargs().is_empty() => self.each(object.args()),
                    None if object.state().is_empty() => None,
                    None => self.each(object.state()),
                    Some(Value::List(state)) => self.each(state),
                    Some(_) => None,
                }
            }
            _ => None,
        }
    }

    fn named(self, tag: &str) -> Result<Option<Vec<(&'v str, Self)>>> {
        Ok(match self.see() {
            Value::Object(object) if is_named(object, tag) => object.named().and_then(|named| self.each_named(named)),
            _ => None,
        })
    }

    fn elements(self) -> Option<&'v Arc<str>> {
        Given::elements(self)
    }

    fn to_value(self, _: u32) -> Result<Value> {
        Ok(self.value.clone())
    }

    fn named_variant(self, tag: &str) -> Result<Option<NamedVariant<'v, Self>>> {
        Ok(match self.see() {
            Value::Variant(variant) if variant.name() == tag => {
                let named = variant.named().and_then(|named| self.each_named(named));
                named.map(|named| (variant.variant(), named))
            }
            _ => None,
        })
    }

    fn attributes(self, tag: &str) -> Option<Attributes<'v, Self, Self::Items>> {
        match self.see() {
            Value::Object(object) if is_named(object, tag) && has_attributes_alone(object) => {
                match (object.attributes(), object.other_state()) {
                    (Some(attributes), _) => {
                        self.budget.spend(attributes.len())?;
                        let named = attributes.map(|(name, value)| (name, Self::new(value, self.budget)));
                        Some(Attributes::Named(named.collect()))
                    }
                    (None, Some(Value::List(state))) => self.each(state).map(Attributes::Flat),
                    (None, _) => self.object(tag).map(Attributes::Flat),
                }
            }
            _ => None,
        }
    }

    fn appended(self, class: &str) -> Option<Self::Items> {
        match self.see() {
            Value::Object(object) if is_class(object, class) && is_plain(object) && object.entries().is_empty() => {
                self.each(object.items())
            }
            _ => None,
        }
    }

    fn entered(self, class: &str) -> Option<Self::Entries> {
        match self.see() {
            Value::Object(object) if is_class(object, class) && object.items().is_empty() => {
                self.pairs(object.entries().iter())
            }
            _ => None,
        }
    }

    fn arguments(self, class: &str) -> Option<Self::Items> {
        match self.see() {
            Value::Object(object) if is_class(object, class) && object.kwargs().is_empty() => {
                let is_called = matches!(object.made(), Made::Call | Made::Instance) || object.args().is_empty();
                is_called.then(|| self.each(object.args()))?
            }
            _ => None,
        }
    }

    fn called(self, class: &str) -> Option<Self::Items> {
        match self.see() {
            Value::Object(object) if is_class(object, class) && is_plain(object) && adds_nothing(object) => {
                object.kwargs().is_empty().then(|| self.each(object.args()))?
            }
            _ => None,
        }
    }

    fn tuple_of(self, class: &str) -> Option<Self::Items> {
        match self.see() {
            Value::Object(object) if is_class(object, class) && is_plain(object) && adds_nothing(object) => {
                let is_made = object.made() == Made::New && object.kwargs().is_empty();
                match &**object.args() {
                    [Value::Tuple(tuple)] if is_made => self.each(tuple),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn long(self) -> Option<Cow<'v, [u8]>> {
        match self.see() {
            Value::Int(value) => {
                self.budget.spend(value.bits() / 8)?;
                Some(Cow::Owned(value.to_le_bytes_signed()))
            }
            other => Some(Cow::Owned(other.single()?.as_int()?.to_le_bytes_signed())),
        }
    }

    fn members(self, tag: &str, names: &[&str]) -> Result<Option<Self::Items>> {
        let Value::Object(object) = self.see() else { return Ok(None) };
        let Made::Cython { checksum, .. } = object.made() else { return Ok(None) };
        if !is_named(object, tag) || !adds_nothing(object) || object.state().is_empty() {
            return Ok(None);
        }
        checksum::test(names, checksum.into())?;
        Ok(self.each(object.state()))
    }

    fn variant(self, tag: &str) -> Option<(&'v str, Self::Items)> {
        match self.see() {
            Value::Variant(variant) if variant.name() == tag => Some((variant.variant(), self.each(variant.state())?)),
            // Pickles contain variants in this form.
            Value::Tuple(tuple) => match tuple.split_first() {
                Some((name, slots)) => Some((name.as_str()?, self.each(slots)?)),
                None => None,
            },
            Value::Global(name) => {
                let member = behind(name.as_str(), tag)?.strip_prefix('.')?;
                Some((member, self.each(&[])?))
            }
            _ => None,
        }
    }

    #[cfg(feature = "pyo3")]
    fn handle(self) -> Option<u64> {
        self.see().as_persistent()?.id().as_int()?.try_into().ok()
    }

    fn member(self, tag: &str) -> Option<i128> {
        match self.see() {
            Value::Object(object) if is_named(object, tag) && !object.has_more() => match &**object.args() {
                [value] => value.as_int()?.try_into().ok(),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether an object is of a type.
fn is_named(object: &crate::value::Object, tag: &str) -> bool {
    behind(object.name(), tag) == Some("")
}

/// Returns the rest of a class name that begins with that of a type. The type's tag may have a colon after the module,
/// or no module if the class is in `__main__`.
fn behind<'n>(name: &'n str, tag: &str) -> Option<&'n str> {
    let after_colon = || {
        let (module, of) = tag.split_once(':')?;
        name.strip_prefix(module)?.strip_prefix('.')?.strip_prefix(of)
    };
    let in_main = || name.strip_prefix("__main__.")?.strip_prefix(tag);
    name.strip_prefix(tag).or_else(after_colon).or_else(in_main)
}

/// Whether an object has nothing besides its attributes that would be lost: no items and entries, and no arguments
/// (which subclasses of numbers, text and tuples have), unless it has no state.
fn has_attributes_alone(object: &crate::value::Object) -> bool {
    let is_made_of_nothing = object.kwargs().is_empty() && object.args().is_empty();
    adds_nothing(object) && (is_made_of_nothing || is_plain(object) && object.kwargs().is_empty())
}

/// Whether nothing was appended to an object, set in it by key or done with it by calls.
fn adds_nothing(object: &crate::value::Object) -> bool {
    object.items().is_empty() && object.entries().is_empty() && !object.has_more()
}

/// Whether a built-in base class contains data besides the state of an object.
fn is_held(object: &crate::value::Object) -> bool {
    object.made() == Made::Base && !object.args().is_empty() && !is_plain(object)
}

/// Whether an object is of a class of the standard library, and no calls or steps belong to it.
fn is_class(object: &crate::value::Object, class: &str) -> bool {
    object.name() == class && !object.has_more()
}

/// Whether an object has no state.
fn is_plain(object: &crate::value::Object) -> bool {
    object.state().is_empty() && object.other_state().is_none()
}

fn array_parts(array: &Array) -> ArrayParts<'_> {
    let bytes = Cow::Borrowed(array.bytes());
    ArrayParts { dtype: array.dtype().clone(), shape: array.shape().to_vec(), order: array.order(), bytes }
}

impl Value {
    /// The only element of an array without dimensions, such as a NumPy scalar; no time, whose unit would be lost.
    fn single(&self) -> Option<Self> {
        match self.see() {
            Self::Array(array) if !array.dtype().is_time() => array.get(&[]),
            _ => None,
        }
    }

    /// The parts of a tuple, list or set.
    fn parts(&self) -> Option<&[Self]> {
        match self.see() {
            Self::Tuple(tuple) => Some(tuple),
            Self::List(list) => Some(list),
            Self::Set(set) | Self::FrozenSet(set) => Some(set),
            _ => None,
        }
    }
}
