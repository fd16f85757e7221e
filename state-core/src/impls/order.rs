//! An order of keys that equal hash maps and sets share, for those inside a sorted field, whose keys need not be `Ord`:
//! the order of their images, in which numbers and text sort as expected.

use alloc::vec::Vec;

use crate::protocol::encode::{Size, Writer};
use crate::schema::Kind;
use crate::state::State;

/// Sorts entries by the images of their keys; `depth` is how deep a key may nest.
pub(super) fn by_key<'k, K: State + 'k, E>(
    entries: impl Iterator<Item = E>,
    key: impl Fn(&E) -> &'k K,
    depth: u32,
) -> Vec<E> {
    let mut entries: Vec<_> = entries.map(Some).collect();
    let images = entries.iter().flatten().map(|entry| image(key(entry), depth)).collect();
    order(images).into_iter().filter_map(|at| entries.get_mut(at)?.take()).collect()
}

/// The indices of images in sorted order; not generic over entries.
fn order(images: Vec<Vec<u8>>) -> Vec<usize> {
    let mut images: Vec<(Vec<u8>, usize)> = images.into_iter().zip(0..).collect();
    images.sort_unstable();
    images.into_iter().map(|(_, at)| at).collect()
}

/// The bytes that a key is compared by. They are empty if the key cannot be written: the map is then refused anyway.
fn image<K: State>(key: &K, depth: u32) -> Vec<u8> {
    let mut size = Size::new(depth);
    if K::DYNAMIC {
        key.size(&mut size);
    }
    let Ok(total) = size.total(K::HEAD) else { return Vec::new() };
    let mut image = alloc::vec![0; total];
    let (head, regions) = image.split_at_mut(K::HEAD);
    let mut writer = Writer::new(size.lengths(), depth, regions);
    writer.sorted(|writer| key.put(head, writer));
    comparable(&K::schema().kind, K::HEAD, image)
}

/// Changes the image of a number or text so that its bytes compare as the value does.
fn comparable(kind: &Kind, head: usize, mut image: Vec<u8>) -> Vec<u8> {
    match kind {
        Kind::Int { signed, .. } => {
            image.reverse();
            if let (true, Some(first)) = (*signed, image.first_mut()) {
                *first ^= 0x80;
            }
        }
        Kind::Char => image.reverse(),
        // The length in the head precedes the text.
        Kind::Str => drop(image.drain(..head)),
        _ => {}
    }
    image
}
