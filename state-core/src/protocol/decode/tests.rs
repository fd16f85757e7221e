use alloc::vec::Vec;

use crate::protocol::decode::{Checker, Reader, Regions};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::text::Text;

/// The encoding of a length: its head, and the tail.
fn written(length: usize) -> ([u8; 4], Vec<u8>) {
    let mut size = Size::new(0);
    size.length(length);
    let (mut head, mut tail) = ([0xAA; 4], alloc::vec![0xAA; size.tail]);
    let mut writer = Writer::new(size.lengths(), 0, &mut tail);
    writer.length(&mut head, length);
    writer.finish().unwrap();
    (head, tail)
}

fn read(head: &[u8], tail: &[u8]) -> (Option<usize>, bool) {
    let regions = Regions { head, tail, text: Text::new(b"").unwrap(), raw: &[], numbered: None };
    let mut checker = Checker::new(&regions, 0);
    let checked = checker.length(head);
    if checked.is_some() {
        assert_eq!(Reader::in_place(&regions).length(head), checked);
    }
    (checked, checker.finish())
}

#[test]
fn lengths_have_two_forms() {
    let limit = u32::MAX as usize;
    for length in [0, 1, 255, 256, limit - 1] {
        let (head, tail) = written(length);
        assert_eq!((head, &*tail), ((length as u32).to_le_bytes(), &[][..]));
        assert_eq!(read(&head, &tail), (Some(length), true));
    }
    for length in [limit, limit.saturating_add(1), usize::MAX] {
        let (head, tail) = written(length);
        assert_eq!((head, &*tail), ([0xFF; 4], &(length as u64).to_le_bytes()[..]));
        assert_eq!(read(&head, &tail), (Some(length), true));
    }
}

#[test]
fn the_long_form_of_a_short_length_is_none() {
    for length in [0, 1, u64::from(u32::MAX) - 1] {
        assert_eq!(read(&[0xFF; 4], &length.to_le_bytes()).0, None);
    }
    for tail in [&[][..], &[0xFF; 7]] {
        assert_eq!(read(&[0xFF; 4], tail).0, None);
    }
    for head in [&[][..], &[1], &[0; 3], &[0; 5]] {
        assert_eq!(read(head, &[]).0, None);
    }
}

#[test]
fn runs_and_arrays_take_no_more_than_is_there() {
    let (tail, raw) = ([0; 10], [0; 32]);
    let regions =
        Regions { head: &[], tail: &tail, text: Text::new("\u{df}a".as_bytes()).unwrap(), raw: &raw, numbered: None };
    let mut checker = Checker::new(&regions, 0);
    for (count, head) in [(11, 0), (11, 1), (4, 3), (usize::MAX, 2), (2, usize::MAX), (usize::MAX, usize::MAX)] {
        assert_eq!(checker.run(count, head), None);
    }
    for len in [33, usize::MAX - 15, usize::MAX] {
        assert_eq!(checker.raw(len), None);
    }
    assert!(!checker.text(1) && !checker.text(4) && !checker.text(usize::MAX));
    assert!(!checker.nested::<u8>(|_| true));
    assert!(checker.run(10, 0).is_some() && checker.text(3) && checker.raw(17).is_some() && checker.finish());
}
