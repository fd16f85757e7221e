//! `Cell` and `RefCell` travel as what they hold.

use core::cell::{Cell, RefCell};

use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::stack::stack;
use crate::schema::Schema;
use crate::state::{Restore, State};

impl<T: State + Copy> State for Cell<T> {
    const HEAD: usize = T::HEAD;
    const DYNAMIC: bool = T::DYNAMIC;
    const STACK: usize = stack(size_of::<Self>(), T::STACK);

    fn schema() -> &'static Schema {
        T::schema()
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        self.get().size(size);
    }

    #[inline]
    fn put(&self, head: &mut [u8], writer: &mut Writer<'_, '_>) {
        writer.copied(&self.get(), head);
    }
}

impl<T: State> State for RefCell<T> {
    const HEAD: usize = T::HEAD;
    // Always visited, to see whether it is borrowed.
    const DYNAMIC: bool = true;
    const STACK: usize = stack(size_of::<Self>(), T::STACK);

    fn schema() -> &'static Schema {
        T::schema()
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        match self.try_borrow() {
            Ok(value) => value.size(size),
            Err(_) => size.fail(Error::new(
                ErrorKind::Unwritable,
                "a `RefCell` that can be read",
                "one that is mutably borrowed",
            )),
        }
    }

    #[inline]
    fn put(&self, head: &mut [u8], writer: &mut Writer<'_, '_>) {
        match self.try_borrow() {
            Ok(value) => writer.copied(&*value, head),
            Err(_) => {
                writer.fail::<()>();
            }
        }
    }
}

macro_rules! restore {
    ($($cell:ident $bound:path;)*) => {$(
        impl<'de, T: Restore<'de> + $bound> Restore<'de> for $cell<T> {
            const CHECKED: bool = T::CHECKED;

            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                T::check(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                T::get(head, reader).map(Self::new)
            }

            #[inline]
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                self.get_mut().set(head, reader);
            }

            #[inline]
            fn exchange(&mut self, other: &mut Self) {
                self.get_mut().exchange(other.get_mut());
            }

            #[inline]
            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                self.get_mut().settle(reader)
            }
        }
    )*};
}

restore! {
    Cell Copy;
    RefCell Sized;
}
