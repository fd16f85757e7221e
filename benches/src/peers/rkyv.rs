//! rkyv, validated: the archive is checked on each load. Its borrowed load is the checked archive itself.

use std::hint::black_box;

use rkyv::api::high::{HighDeserializer, HighSerializer, HighValidator, access, from_bytes, to_bytes, to_bytes_in};
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor::Failure;
use rkyv::ser::allocator::ArenaHandle;
use rkyv::util::AlignedVec;
use rkyv::{Archive, Deserialize, Portable, Serialize};

use super::{Borrow, Peer};
use crate::data::Set;

pub struct Rkyv(AlignedVec);

/// What makes a type's archive checkable and loadable.
pub trait Archived<T>:
    Portable + for<'a> CheckBytes<HighValidator<'a, Failure>> + Deserialize<T, HighDeserializer<Failure>>
{
}

impl<T, A> Archived<T> for A where
    A: Portable + for<'a> CheckBytes<HighValidator<'a, Failure>> + Deserialize<T, HighDeserializer<Failure>>
{
}

impl<T> Peer<T> for Rkyv
where
    T: Archive<Archived: Archived<T>> + for<'a> Serialize<HighSerializer<AlignedVec, ArenaHandle<'a>, Failure>>,
{
    const NAME: &'static str = "rkyv";
    const CHECKS: bool = true;

    fn dumps(value: &T) -> Vec<u8> {
        to_bytes::<Failure>(value).unwrap().into_vec()
    }

    fn new(size: usize) -> Self {
        Self(AlignedVec::with_capacity(size))
    }

    fn write(&mut self, value: &T) -> &[u8] {
        let mut buffer = std::mem::take(&mut self.0);
        buffer.clear();
        self.0 = to_bytes_in::<_, Failure>(value, buffer).unwrap();
        &self.0
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        from_bytes::<T, Failure>(bytes).unwrap()
    }

    fn check(&mut self, bytes: &[u8]) -> bool {
        access::<T::Archived, Failure>(black_box(bytes)).is_ok()
    }
}

impl<T: Set> Borrow<T> for Rkyv
where
    Self: Peer<T>,
    T: Archive<Archived: Archived<T>>,
{
    fn dumps(value: &T) -> Vec<u8> {
        <Self as Peer<T>>::dumps(value)
    }

    fn borrow(&mut self, bytes: &[u8]) {
        black_box(access::<T::Archived, Failure>(bytes).unwrap());
    }

    fn agrees(&mut self, bytes: &[u8], value: &T) -> bool {
        self.load(bytes) == *value
    }
}
