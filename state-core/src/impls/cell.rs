//! `Cell` and `RefCell`, which are encoded as their values.

use core::cell::{Cell, RefCell};

use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::stack::stack;
use crate::schema::Schema;
use crate::sharing::share_through;
use crate::state::{Restore, State};

impl<T: State + Copy> State for Cell<T> {
    const HEAD: usize = T::HEAD;
    const CELL: bool = true;
    share_through!(T);
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
    // Always visited, to find out whether it is borrowed.
    const DYNAMIC: bool = true;
    const CELL: bool = true;
    share_through!(T);
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
    ($($cell:ident $bound:path { $($enter:item)* })*) => {$(
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

            $($enter)*

            #[inline]
            fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                self.get_mut().exchange_with(other.get_mut(), reader);
            }

            #[inline]
            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                self.get_mut().settle(reader)
            }
        }
    )*};
}

restore! {
    Cell Copy {
        fn enter(&self, head: &'de [u8], reader: &mut Reader<'de>, _: bool) -> bool {
            let mut value = self.get();
            value.set(head, reader);
            self.set(value);
            true
        }

        fn swap_in(&self, other: &Self) -> bool {
            self.swap(other);
            true
        }

        fn trades_in(&self, _: &Self) -> bool {
            true
        }

        fn trade_in(&self, other: &Self, reader: &mut Reader<'de>) {
            let (mut value, mut others) = (self.get(), other.get());
            value.exchange_with(&mut others, reader);
            self.set(value);
            other.set(others);
        }

        fn settle_in(&self, reader: &mut Reader<'de>) -> Option<()> {
            let mut value = self.get();
            let settled = value.settle(reader);
            self.set(value);
            settled
        }
    }
    RefCell Sized {
        fn enter(&self, head: &'de [u8], reader: &mut Reader<'de>, _: bool) -> bool {
            self.try_borrow_mut().map(|mut value| value.set(head, reader)).is_ok()
        }

        fn swap_in(&self, other: &Self) -> bool {
            match (self.try_borrow_mut(), other.try_borrow_mut()) {
                (Ok(mut value), Ok(mut other)) => core::mem::swap(&mut *value, &mut *other),
                _ => return false,
            }
            true
        }

        fn trades_in(&self, other: &Self) -> bool {
            self.try_borrow_mut().is_ok() && other.try_borrow_mut().is_ok()
        }

        fn trade_in(&self, other: &Self, reader: &mut Reader<'de>) {
            if let (Ok(mut value), Ok(mut other)) = (self.try_borrow_mut(), other.try_borrow_mut()) {
                value.exchange_with(&mut other, reader);
            }
        }

        fn settle_in(&self, reader: &mut Reader<'de>) -> Option<()> {
            self.try_borrow_mut().map_or(Some(()), |mut value| value.settle(reader))
        }
    }
}
