//! Types that are encoded as another type with exactly the same values.

/// `Type as Wire: to, from;`, with functions from `&Type` to `Wire`, and from `Wire` to `Type`.
macro_rules! through {
    ($($ty:ty as $wire:ty: $to:expr, $from:expr;)*) => {$(
        impl crate::state::State for $ty {
            const HEAD: usize = <$wire as crate::state::State>::HEAD;
            const DYNAMIC: bool = <$wire as crate::state::State>::DYNAMIC;
            const SHARE: crate::sharing::Share<Self> = crate::sharing::Share::THREADS;

            fn schema() -> &'static crate::schema::Schema {
                <$wire as crate::state::State>::schema()
            }

            #[inline]
            fn size(&self, size: &mut crate::state::Size) {
                if Self::DYNAMIC {
                    crate::state::State::size(&$to(self), size);
                }
            }

            #[inline]
            fn put(&self, head: &mut [u8], writer: &mut crate::state::Writer<'_, '_>) {
                writer.copied::<$wire>(&$to(self), head);
            }
        }

        impl<'de> crate::state::Restore<'de> for $ty {
            const CHECKED: bool = <$wire as crate::state::Restore<'de>>::CHECKED;

            #[inline]
            fn check(head: &[u8], checker: &mut crate::state::Checker<'_>) -> bool {
                <$wire as crate::state::Restore<'de>>::check(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut crate::state::Reader<'de>) -> Option<Self> {
                <$wire as crate::state::Restore<'de>>::get(head, reader).map($from)
            }
        }
    )*};
}
pub(super) use through;
