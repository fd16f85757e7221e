//! The types for which Python has a class, as the objects that Python makes of them.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::standard::{Known, date, datetime, decimal, time, timedelta, timezone};
use crate::value::{Dict, Int, Made, Object, Parts, Tuple, Value};

/// Returns the value of one of these types, from its head or the bytes of an integer. A value that Python's class
/// cannot represent becomes the tuple of the numbers in its head.
pub(crate) fn standard(known: Known, bytes: &[u8]) -> Value {
    object(known, bytes).unwrap_or_else(|| numbers(known, bytes))
}

fn object(known: Known, bytes: &[u8]) -> Option<Value> {
    Some(match known {
        Known::Int => Int::from_le_bytes_signed(bytes).into(),
        Known::Natural => {
            let mut bytes = bytes.to_owned();
            bytes.push(0);
            Int::from_le_bytes_signed(&bytes).into()
        }
        Known::Uuid => {
            let number = u128::from_be_bytes(bytes.try_into().ok()?);
            let state = Dict::from_iter([("int", Value::from(number))]).into();
            Value::Object(Box::new(Object::from_parts("uuid.UUID", Parts { state, ..Parts::default() })))
        }
        Known::Date => called("datetime.date", (date::pack(bytes)?.as_slice(),)),
        Known::Time => called("datetime.time", (time::pack(bytes)?.as_slice(),)),
        Known::DateTime => called("datetime.datetime", (datetime::pack(bytes, 0)?.as_slice(),)),
        Known::Utc => called("datetime.datetime", (datetime::pack(bytes, 0)?.as_slice(), zone(0))),
        Known::Zoned => {
            let offset = timezone::offset(bytes)?;
            called("datetime.datetime", (datetime::pack(bytes, offset)?.as_slice(), zone(offset)))
        }
        Known::Delta => called("datetime.timedelta", <(i64, i64, i64)>::from(timedelta::numbers(bytes)?)),
        Known::Decimal => called("decimal.Decimal", (decimal::text(bytes)?.as_str(),)),
    })
}

fn zone(offset: i32) -> Value {
    let delta = called("datetime.timedelta", <(i64, i64, i64)>::from(timezone::numbers(offset)));
    called("datetime.timezone", (delta,))
}

fn called(class: &'static str, args: impl Into<Tuple>) -> Value {
    let args = args.into().into();
    Value::Object(Box::new(Object::from_parts(class, Parts { made: Made::Call, args, ..Parts::default() })))
}

fn numbers(known: Known, head: &[u8]) -> Value {
    if known.parts().is_empty() {
        return head.into();
    }
    let mut rest = head;
    let parts = known.parts().iter().map_while(|&size| {
        let (part, behind) = rest.split_at_checked(size)?;
        rest = behind;
        Some(Value::from(Int::from_le_bytes_signed(part)))
    });
    Tuple::from(parts.collect::<Vec<_>>()).into()
}
