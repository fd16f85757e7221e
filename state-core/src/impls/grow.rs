//! Lists of other crates that are slices in place and grow element by element.

/// `[generics] Type: Item, maximum, with_capacity;` for types with the methods of `Vec`.
macro_rules! grow {
    ($([$($generics:tt)*] $ty:ty: $item:ty, $most:expr, $with_room:expr $(, share: $share:ident)?;)*) => {$(
        impl<$($generics)*> State for $ty
        where
            $item: State,
        {
            const HEAD: usize = LENGTH;
            $($crate::sharing::share_through!($share);)?
            // The elements may be in the value itself.
            const STACK: usize = stack(size_of::<Self>(), 0);

            fn schema() -> &'static Schema {
                list::schema::<$item>()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                self.as_slice().size(size);
            }

            #[inline]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                self.as_slice().put(head, writer);
            }
        }

        impl<'de, $($generics)*> Restore<'de> for $ty
        where
            $item: Restore<'de>,
        {
            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                list::check_up_to::<$item, Run>($most, head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                let run = list::run::<$item>(head, reader)?;
                let mut items: Self = $with_room(run.len() / stride(<$item>::HEAD));
                for (at, head) in run.chunks_exact(stride(<$item>::HEAD)).enumerate() {
                    match <$item>::get(&head[..<$item>::HEAD], reader) {
                        Some(item) => items.push(item),
                        None if <$item>::POINTER && reader.left_out() => {}
                        None => {
                            reader.within_element(at);
                            return None;
                        }
                    }
                }
                Some(items)
            }

            /// Restores existing elements in place, and builds the others.
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                let Some(run) = list::run::<$item>(head, reader) else { return };
                self.truncate(run.len() / stride(<$item>::HEAD));
                let (kept, new) = run.split_at(self.len() * stride(<$item>::HEAD));
                list::set_each(self.as_mut_slice(), kept, reader);
                for head in new.chunks_exact(stride(<$item>::HEAD)) {
                    match <$item>::get(&head[..<$item>::HEAD], reader) {
                        Some(item) => self.push(item),
                        None => return,
                    }
                }
            }

            fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                let common = self.len().min(other.len());
                list::exchange_each(&mut self[..common], &mut other[..common], reader);
                if self.len() > common {
                    other.extend(self.drain(common..));
                } else {
                    self.extend(other.drain(common..));
                }
            }

            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                list::settle_each(self.as_mut_slice(), reader)
            }
        }
    )*};
}
pub(super) use grow;
