//! Unsized types behind pointers: slices, text and the like.

/// Pointers to an unsized type that implements `State`: they are encoded as the value.
macro_rules! unsized_pointee {
    ($([$($param:ident: $bound:ident)?] $ty:ty, $shared:expr;)*) => {$(
        impl$(<$param: $bound>)? crate::pointee::Pointee for $ty {
            const POINTER: usize = <Self as crate::state::State>::HEAD;

            fn pointer_schema() -> &'static crate::schema::Schema {
                <Self as crate::state::State>::schema()
            }

            fn shared_schema<P: crate::sharing::SharedPointer>() -> &'static crate::schema::Schema {
                $shared
            }

            const SHARED: crate::sharing::Share<Self> = <Self as crate::state::State>::SHARE;

            #[inline]
            fn size_behind(&self, size: &mut crate::protocol::encode::Size) {
                crate::state::State::size(self, size);
            }

            #[inline]
            fn put_behind<'v>(&'v self, head: &mut [u8], writer: &mut crate::protocol::encode::Writer<'_, 'v>) {
                crate::state::State::put(self, head, writer);
            }
        }
    )*};
}

/// As [`unsized_pointee`], for text and the like, which cannot be changed in place: an equal value is kept, any other
/// is replaced by a new one. `$made` builds the value in an image, `$same` compares two, and `$empty` is one of length
/// 0.
macro_rules! immutable_pointee {
    ($($ty:ty, $shared:expr, $check:expr, $made:expr, $same:expr, $empty:expr;)*) => {$(
        super::pointee::unsized_pointee!([] $ty, $shared;);

        impl<'de> crate::pointee::RestorePointee<'de> for $ty {
            #[inline]
            fn check_behind<P: crate::pointee::Pointer<Self>>(
                head: &[u8],
                checker: &mut crate::protocol::decode::Checker<'_>,
            ) -> bool {
                $check(head, checker)
            }

            #[inline]
            fn get_behind<P: crate::pointee::Pointer<Self>>(
                head: &'de [u8],
                reader: &mut crate::protocol::decode::Reader<'de>,
            ) -> Option<P> {
                $made(head, reader).map(P::made)
            }

            #[inline]
            fn set_behind<P: crate::pointee::Pointer<Self>>(
                pointer: &mut P,
                head: &'de [u8],
                reader: &mut crate::protocol::decode::Reader<'de>,
            ) {
                let same: fn(&Self, &Self) -> bool = $same;
                if let Some(made) = $made(head, reader).filter(|made| !same(pointer, made)) {
                    *pointer = P::made(made);
                }
            }

            fn gone_rc() -> Option<alloc::rc::Weak<Self>> {
                let empty: &Self = $empty;
                Some(alloc::rc::Rc::downgrade(&empty.into()))
            }

            fn gone_arc() -> Option<alloc::sync::Weak<Self>> {
                let empty: &Self = $empty;
                Some(alloc::sync::Arc::downgrade(&empty.into()))
            }

            const ENTERS: bool = true;

            fn enter_behind(
                &self,
                head: &'de [u8],
                reader: &mut crate::protocol::decode::Reader<'de>,
                _: bool,
            ) -> bool {
                let (place, same): (_, fn(&Self, &Self) -> bool) = (reader.mark(), $same);
                let is_same = $made(head, reader).is_some_and(|made| same(self, &made));
                if !is_same {
                    reader.back_to(place);
                }
                is_same
            }

            /// Equal values need no exchange.
            fn trades_behind(&self, other: &Self) -> bool {
                let same: fn(&Self, &Self) -> bool = $same;
                same(self, other)
            }

            fn exchange_behind<P: crate::pointee::Pointer<Self>>(
                pointer: &mut P,
                other: &mut P,
                _: &mut crate::protocol::decode::Reader<'de>,
            ) {
                let same: fn(&Self, &Self) -> bool = $same;
                // An equal value may be shared with others.
                if !same(pointer, other) || other.unique().is_none() {
                    core::mem::swap(pointer, other);
                }
            }
        }
    )*};
}

pub(super) use {immutable_pointee, unsized_pointee};
