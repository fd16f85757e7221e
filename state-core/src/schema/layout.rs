//! The layout of records in images: as in C, on a machine that aligns each number to its size.
//!
//! Most machines use it in memory too. If one does not (32-bit x86 aligns an `f64` to 4 bytes), the proof that memory
//! is image fails at compile time, and elements are copied field by field.

/// The size and alignment of a record in an image, the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    size: usize,
    align: usize,
    fields: &'static [Layout],
    pack: usize,
}

impl Layout {
    /// The layout of `size` bytes without fields. An alignment of 0 counts as 1.
    #[must_use]
    pub const fn new(size: usize, align: usize) -> Self {
        Self { size, align: if align == 0 { 1 } else { align }, fields: &[], pack: usize::MAX }
    }

    /// The layout of a number, or of a type that this machine treats like one.
    pub(crate) const fn natural<T>() -> Self {
        Self::new(size_of::<T>(), size_of::<T>())
    }

    /// The layout of an array.
    pub(crate) const fn array(of: Self, len: usize) -> Self {
        Self::new(of.size * len, of.align)
    }

    /// The layout of a struct: `#[repr(C, packed(pack), align(align))]`.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_fields(fields: &'static [Self], pack: usize, align: usize) -> Self {
        let mut this = Self { fields, pack, ..Self::new(0, align) };
        let mut at = 0;
        while at < fields.len() {
            let place = this.place(at);
            this.size = this.offset_after(this.size, at) + fields[at].size;
            this.align = if place > this.align { place } else { this.align };
            at += 1;
        }
        this.size = this.size.next_multiple_of(this.align);
        this
    }

    /// The size in bytes.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The alignment: its offset in a struct is a multiple of this.
    #[must_use]
    pub const fn align(&self) -> usize {
        self.align
    }

    /// The offset of the field with this number, if the one before it ends at `end`.
    #[doc(hidden)]
    #[must_use]
    pub const fn offset_after(&self, end: usize, field: usize) -> usize {
        end.next_multiple_of(self.place(field))
    }

    /// The offset of each field.
    #[doc(hidden)]
    #[must_use]
    pub const fn offsets<const N: usize>(&self) -> [usize; N] {
        let mut offsets = [0; N];
        let (mut at, mut end) = (0, 0);
        while at < N {
            offsets[at] = self.offset_after(end, at);
            end = offsets[at] + self.fields[at].size;
            at += 1;
        }
        offsets
    }

    /// The alignment of a field within the struct, limited by `pack`.
    const fn place(&self, field: usize) -> usize {
        let align = self.fields[field].align;
        if align > self.pack { self.pack } else { align }
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;

    const BYTE: Layout = Layout::natural::<u8>();
    const FLOAT: Layout = Layout::natural::<f64>();
    const WIDE: Layout = Layout::natural::<u128>();
    const INNER: Layout = Layout::of_fields(&[BYTE, FLOAT], usize::MAX, 1);

    /// Size, alignment and offsets.
    fn laid_out<const N: usize>(fields: &'static [Layout; N], pack: usize, align: usize) -> (usize, usize, [usize; N]) {
        let layout = Layout::of_fields(fields, pack, align);
        (layout.size(), layout.align(), layout.offsets())
    }

    #[test]
    fn fields_lie_as_in_c() {
        assert_eq!(laid_out(&[BYTE], usize::MAX, 1), (1, 1, [0]));
        assert_eq!(laid_out(&[FLOAT, BYTE], usize::MAX, 1), (16, 8, [0, 8]));
        assert_eq!(laid_out(&[BYTE, WIDE, BYTE], usize::MAX, 1), (48, 16, [0, 16, 32]));
        assert_eq!(laid_out(&[BYTE, INNER, BYTE], usize::MAX, 1), (32, 8, [0, 8, 24]));
        assert_eq!(laid_out(const { &[BYTE, Layout::array(BYTE, 3), FLOAT] }, usize::MAX, 1), (16, 8, [0, 1, 8]));
        assert_eq!(laid_out(const { &[BYTE, Layout::array(FLOAT, 0)] }, usize::MAX, 1), (8, 8, [0, 8]));
        assert_eq!(laid_out(&[], usize::MAX, 1), (0, 1, []));
    }

    #[test]
    fn packing_and_alignment_are_those_of_the_attribute() {
        assert_eq!(laid_out(&[BYTE, FLOAT], 1, 1), (9, 1, [0, 1]));
        assert_eq!(laid_out(&[BYTE, FLOAT], 2, 1), (10, 2, [0, 2]));
        assert_eq!(laid_out(&[BYTE, FLOAT, BYTE], 4, 1), (16, 4, [0, 4, 12]));
        assert_eq!(laid_out(&[BYTE, FLOAT], 16, 1), (16, 8, [0, 8]));
        assert_eq!(laid_out(&[BYTE, BYTE], usize::MAX, 64), (64, 64, [0, 1]));
        assert_eq!(laid_out(&[WIDE, BYTE], usize::MAX, 4), (32, 16, [0, 16]));
    }
}
