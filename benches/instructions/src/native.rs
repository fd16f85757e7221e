//! The cells of the native format, as in the main benchmark.

use std::hint::black_box;

use state_core::image::{SegmentBuffer, dump_segments};
use state_core::{Restore, RestoreOwned, State, check, dump_into, dumps, load_into, loads};

use crate::cells::{Cells, Material};
use crate::data::Lend;

/// Adds the cells of owned values: serialize into a used buffer, the same state or two others alternately; load;
/// restore the same state or two others alternately; check.
pub fn owned<'a, T: State + RestoreOwned + Clone>(cells: &mut Cells<'a>, material: &'a Material<T>) {
    let Material { value, other } = material;
    let image = bytes(value);
    let images = [bytes(other), bytes(value)];

    let mut buffer = image.clone();
    cells.add("native serialize", move || dump_into(black_box(value), &mut buffer).expect("it was dumped before"));

    let mut buffer = image.clone();
    cells.add("native serialize other", move || {
        for value in [other, value] {
            dump_into(black_box(value), &mut buffer).expect("it was dumped before");
        }
    });

    let bytes = image.clone();
    cells.add("native load", move || drop(black_box(loads::<T>(black_box(&bytes)).expect("it was dumped"))));

    let (bytes, mut live) = (image.clone(), value.clone());
    cells.add("native restore", move || load_into(black_box(&bytes), &mut live).expect("it was dumped"));

    let mut live = value.clone();
    cells.add("native restore other", move || {
        for image in &images {
            load_into(black_box(image), &mut live).expect("it was dumped");
        }
    });

    cells.add("native check", move || check::<T>(black_box(&image)).expect("it was dumped"));
}

/// Adds the cells of borrowed values: load a value whose text or arrays stay in the bytes, and write one that borrows
/// its arrays.
pub fn borrowed<'a, T>(cells: &mut Cells<'a>, material: &'a Material<T>)
where
    T: Lend,
    for<'b> T::View<'b>: State + Restore<'b>,
{
    let view = material.value.lend();
    let image = bytes(&view);
    cells.add("native borrow", move || {
        black_box(loads::<T::View<'_>>(black_box(&image)).expect("it was dumped"));
    });

    let mut buffer = SegmentBuffer::new();
    cells.add("native segments", move || {
        black_box(dump_segments(black_box(&view), &mut buffer).expect("it was dumped before").total_len());
    });
}

fn bytes<T: State>(value: &T) -> Vec<u8> {
    dumps(value).expect("the data sets can be dumped")
}
