//! Arrays: the heads of their elements, side by side.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::list::{exchange_each, set_each, settle_each};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::memory::{self, Image, Mode};
use crate::protocol::stack::{PART, stack};
use crate::schema::{Kind, Link, Schema};
use crate::sharing::share_through;
use crate::state::{Restore, State};

impl<T: State, const N: usize> State for [T; N] {
    const HEAD: usize = T::HEAD * N;
    share_through!(T);
    const DYNAMIC: bool = T::DYNAMIC;
    const STACK: usize = stack(size_of::<Self>(), T::STACK);
    const BOXED: Option<usize> = Some(stack(size_of::<T>().saturating_mul(2), T::STACK).saturating_add(PART));
    const IMAGE: Image<Self> = match memory::run_mode(&T::IMAGE, T::HEAD) {
        Mode::Apart => Image::NO,
        _ => Image::array(&T::IMAGE),
    };

    fn schema() -> &'static Schema {
        const { &Schema::leaf(Kind::Array(Link::To(T::schema), N as u64), T::HEAD * N) }
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        if T::DYNAMIC {
            for item in self {
                item.size(size);
            }
        }
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        if const { memory::run_mode(&T::IMAGE, T::HEAD) as u8 != Mode::Apart as u8 } {
            if let Some(bytes) = memory::bytes_of(self, &T::IMAGE) {
                return head.copy_from_slice(bytes);
            }
        }
        for (at, item) in self.iter().enumerate() {
            item.put(&mut head[at * T::HEAD..(at + 1) * T::HEAD], writer);
        }
    }
}

impl<'de, T: Restore<'de>, const N: usize> Restore<'de> for [T; N] {
    const CHECKED: bool = T::CHECKED && N > 0;
    const WHOLE: bool = T::WHOLE;
    const SWAPPED: bool = T::SWAPPED;

    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        (0..N).all(|at| T::check(&head[at * T::HEAD..(at + 1) * T::HEAD], checker))
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        if const { memory::run_mode(&T::IMAGE, T::HEAD) as u8 != Mode::Apart as u8 } {
            if let Some(array) = memory::array(head, &T::IMAGE) {
                return Some(array);
            }
        }
        let mut refused = None;
        let parts: [Option<T>; N] = core::array::from_fn(|at| {
            // After the first refused part, there is nothing more to read.
            if refused.is_some() {
                return None;
            }
            let part = T::get(&head[at * T::HEAD..(at + 1) * T::HEAD], reader);
            refused = part.is_none().then_some(at);
            part
        });
        if let Some(at) = refused {
            reader.within_element(at);
            return None;
        }
        Some(parts.map(|part| part.expect("just seen")))
    }

    fn get_boxed(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Box<Self>> {
        let mut items = Vec::with_capacity(N);
        let is_copied = const { memory::run_mode(&T::IMAGE, T::HEAD) as u8 != Mode::Apart as u8 };
        if !(is_copied && memory::extend(&mut items, head, &T::IMAGE)) {
            let heads = (0..N).map(|at| &head[at * T::HEAD..(at + 1) * T::HEAD]);
            let built = memory::push_each(&mut items, heads, |head| T::get(head, reader));
            built.map_err(|at| reader.within_element(at)).ok()?;
        }
        items.try_into().ok()
    }

    #[inline]
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        if T::HEAD > 0 {
            return set_each(self, head, reader);
        }
        for item in self {
            item.set(&[], reader);
        }
    }

    fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
        exchange_each(self, other, reader);
    }

    fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
        settle_each(self, reader)
    }
}
