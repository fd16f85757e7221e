//! The proof that a value's memory is its image, and the macros that test its condition. This file holds `unsafe` code.

use core::marker::PhantomData;

/// Proof that a value has the same layout in memory as its head in an image, which safe code cannot forge.
///
/// There are four cases: no proof; every byte string of the type's size is a value and the reverse; every byte string
/// is a value, but values have padding that cannot be read; and `bool`, of which only the lowest bit is used.
pub struct Image<T: ?Sized>(Mode, PhantomData<fn(&T) -> &T>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    Apart,
    Same,
    Padded,
    Bool,
}

impl<T: ?Sized> Image<T> {
    /// No proof: the value is written and read through [`State`](crate::State).
    pub const NO: Self = Self(Mode::Apart, PhantomData);

    /// Whether every byte string of its size is a value.
    #[doc(hidden)]
    #[must_use]
    pub const fn is_same(&self) -> bool {
        matches!(self.0, Mode::Same)
    }

    /// Whether every byte string of its size is a value, even one with padding.
    #[doc(hidden)]
    #[must_use]
    pub const fn takes_any(&self) -> bool {
        matches!(self.0, Mode::Same | Mode::Padded)
    }

    pub(crate) const fn mode(&self) -> Mode {
        self.0
    }

    /// # Safety
    /// If `same`, `T` has no padding and no invalid bit pattern, and its bytes are its image's.
    #[doc(hidden)]
    #[must_use]
    pub const unsafe fn proven(same: bool) -> Self {
        Self(if same { Mode::Same } else { Mode::Apart }, PhantomData)
    }

    /// # Safety
    /// If `any`, every byte string of the size of `T` is a value of it, and `T` has no interior mutability. If
    /// `whole` too, `T` has no padding, and its bytes are its image's.
    #[doc(hidden)]
    #[must_use]
    pub const unsafe fn takes(any: bool, whole: bool) -> Self {
        let mode = match (any, whole) {
            (false, _) => Mode::Apart,
            (true, false) => Mode::Padded,
            (true, true) => Mode::Same,
        };
        Self(mode, PhantomData)
    }
}

impl<T: ?Sized> core::fmt::Debug for Image<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// Numbers are their images where the byte order is the image's, little-endian.
impl<T: bytemuck::Pod> Image<T> {
    pub(crate) const NUMBER: Self =
        Self(if cfg!(target_endian = "little") || size_of::<T>() == 1 { Mode::Same } else { Mode::Apart }, PhantomData);
}

/// Opaque elements are their own bytes in any byte order: only machines with the same order read them.
impl<T: bytemuck::Pod> Image<T> {
    pub(crate) const POD: Self = Self(Mode::Same, PhantomData);
}

impl Image<bool> {
    pub(crate) const BOOL: Self = Self(Mode::Bool, PhantomData);
}

impl<T, const N: usize> Image<[T; N]> {
    pub(crate) const fn array(of: &Image<T>) -> Self {
        Self(of.0, PhantomData)
    }
}

/// Builds the proof for a struct, and tests its conditions: all fields are named, with their exact types; each is
/// proven; each begins where the one before it ends; and nothing follows the last.
#[doc(hidden)]
#[macro_export]
macro_rules! __image {
    ($($member:tt : $binding:ident : $ty:ty),* $(,)?) => {{
        let _ = |__this: &Self| {
            let Self { $($member: $binding),* } = __this;
            // Two steps, so that no expected type can coerce the reference.
            $( let $binding = $crate::__private::Exact::of($binding); )*
            $( let _: $crate::__private::Exact<$ty> = $binding; )*
        };
        let mut __end = 0;
        let mut __same = true;
        $(
            __same = __same
                && $crate::__private::Image::is_same(&<$ty as $crate::State>::IMAGE)
                && <$ty as $crate::State>::HEAD == $crate::__private::size_of::<$ty>()
                && $crate::__private::offset_of!(Self, $member) == __end;
            __end += $crate::__private::size_of::<$ty>();
        )*
        __same = __same && __end == $crate::__private::size_of::<Self>();
        // SAFETY: tested above: the fields are images themselves and lie side by side without a gap.
        unsafe { $crate::__private::Image::<Self>::proven(__same) }
    }};
}

/// Builds the proof for a record, and tests its conditions: all fields are named, in order and with their exact types;
/// each accepts any bytes, and so does the whole; and this machine lays them out as `$layout` does. If the sizes of the
/// fields add up to that of the whole, there is no padding.
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($layout:expr; $($member:tt : $binding:ident : $ty:ty),* $(,)?) => {{
        // By value, because fields of packed structs cannot be borrowed.
        let _ = |__this: Self| {
            let Self { $($member: $binding),* } = __this;
            $( let $binding = $crate::__private::Exact::of(&$binding); )*
            $( let _: $crate::__private::Exact<$ty> = $binding; )*
        };
        let mut __any = true;
        let mut __whole = true;
        let mut __sizes = 0;
        let (mut __at, mut __end) = (0, 0);
        let __layout: $crate::__private::Layout = $layout;
        $(
            __any = __any && $crate::__private::Image::takes_any(&<$ty as $crate::Record>::IMAGE);
            __whole = __whole && $crate::__private::Image::is_same(&<$ty as $crate::Record>::IMAGE);
            let __offset = __layout.offset_after(__end, __at);
            __any = __any && __offset == $crate::__private::offset_of!(Self, $member);
            __end = __offset + $crate::__private::Layout::size(&<$ty as $crate::Record>::LAYOUT);
            __sizes += $crate::__private::size_of::<$ty>();
            __at += 1;
        )*
        __any = __any && __at > 0 && __layout.size() == $crate::__private::size_of::<Self>();
        __whole = __whole && __sizes == $crate::__private::size_of::<Self>();
        // SAFETY: tested above: all fields accept any bytes, and padding always does; a record is `Copy`, so nothing in
        // it is interior-mutable; without padding, it consists of the fields' bytes alone.
        unsafe { $crate::__private::Image::<Self>::takes(__any, __whole) }
    }};
}

/// The type of a place, without the coercions that a reference would go through.
#[doc(hidden)]
#[derive(Debug)]
pub struct Exact<T>(PhantomData<fn(T) -> T>);

impl<T> Exact<T> {
    #[must_use]
    pub const fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

/// The mode for runs of `T` with heads of `head` bytes: a proof counts only where the sizes agree too, so that a
/// hand-written `HEAD` cannot misuse it.
pub(crate) const fn run_mode<T>(image: &Image<T>, head: usize) -> Mode {
    if head == size_of::<T>() && head > 0 { image.0 } else { Mode::Apart }
}
