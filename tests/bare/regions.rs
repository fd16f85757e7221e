//! Which lengths are stored in the bytes, and which follow from others.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use state_core::State;
use state_core::image::bare;

use super::{Everything, Generic, Message, Named, Packet, Pair, Player, Point, Tree, player, round};

#[test]
fn what_has_no_region_is_its_head() {
    let pair = Pair { key: 7, value: 0.5 };
    assert_eq!(bare::dumps(&pair).unwrap(), [&7_u32.to_le_bytes()[..], &0.5_f64.to_le_bytes()].concat());
    assert_eq!(round(&pair, &Pair { key: 0, value: -1.0 }), 12);
    assert_eq!(round(&(true, 'x', [1_u8, 2]), &(false, 'y', [0, 0])), 7);
    assert_eq!(round(&Duration::new(1, 2), &Duration::ZERO), 12);
    assert_eq!(round(&[Some(1_u8), None], &[None, Some(9)]), 4);
    assert!(bare::dumps(&()).unwrap().is_empty());
    bare::loads::<()>(&[]).unwrap();
    assert!(bare::loads::<()>(&[0]).is_err());
}

#[test]
fn one_region_has_no_length() {
    // The length of the name in the head, and the name.
    assert_eq!(round(&Named { name: "Ada".into(), age: 3 }, &Named { name: "Grace Hopper".into(), age: 0 }), 4 + 1 + 3);
    assert_eq!(round(&vec![1_u16, 2, 3], &vec![]), 4 + 6);
    assert_eq!(round(&String::from("ßé"), &String::new()), 4 + 4);
    assert_eq!(round(&Some(Box::new(5_u64)), &None), 1 + 8);
    assert_eq!(round(&Generic { of: String::from("x") }, &Generic { of: String::new() }), 5);
    assert_eq!(round(&Generic { of: 5_u8 }, &Generic { of: 0 }), 1);
    // Arrays are at multiples of 16, counted from the start.
    assert_eq!(round(&Packet { kind: 1, payload: vec![1, 2, 3] }, &Packet { kind: 0, payload: vec![] }), 32);
    assert_eq!(round(&Packet { kind: 1, payload: vec![] }, &Packet { kind: 0, payload: vec![9] }), 9);
}

#[test]
fn of_more_regions_the_last_has_no_length() {
    assert_eq!(round(&player("Ada"), &player("Grace Hopper")), 1 + (4 + 4 + 1) + 6 + 3);
    let long = Player { name: "x".repeat(300), items: (0..100).collect(), alive: false };
    let bytes = bare::dumps(&long).unwrap();
    // Two bytes of length, after the head.
    assert_eq!((&bytes[9..11], bytes.len()), (&[0xC8, 0x01][..], 9 + 2 + 200 + 300));
    assert_eq!(bare::loads::<Player>(&bytes).unwrap(), long);
    let everything = |name: &str, count: u8| Everything {
        name: name.into(),
        list: (0..count).map(|age| Named { name: format!("{name}{age}"), age }).collect(),
        samples: (0..count).map(f32::from).collect(),
    };
    round(&everything("a", 3), &everything("b", 0));
    round(&everything("", 0), &everything("b", 2));
    round(&everything("ß", 5), &everything("", 9));
}

#[test]
fn messages() {
    let all = [
        Message::Ping(1),
        Message::Said { from: 3, text: "hello".into() },
        Message::Said { from: 3, text: String::new() },
        Message::Seen(vec![player("a"), player("ß")]),
        Message::Seen(vec![]),
        Message::Left,
    ];
    for message in &all {
        round(message, &all[3]);
        round(message, &all[1]);
    }
}

#[test]
fn containers_and_recursion() {
    let map: BTreeMap<String, Vec<u8>> = [("a".into(), vec![1]), ("b".into(), vec![])].into();
    round(&map, &BTreeMap::new());
    round(&HashMap::from([(1_u8, 2_u8)]), &HashMap::new());
    round(&BTreeSet::from([-1_i16, 0, 1]), &BTreeSet::new());
    round(&VecDeque::from([1_u8, 2]), &VecDeque::new());
    round(&vec![(); 3], &vec![]);
    round(&(Rc::new(1_u8), Arc::new(String::from("x"))), &(Rc::new(0), Arc::new(String::new())));
    round(&vec![Some([1_u64, 2]), None], &vec![]);
    let leaf = |value| Tree { value, children: vec![], next: None };
    let tree = Tree { value: 1, children: vec![leaf(2), leaf(3)], next: Some(Box::new(leaf(4))) };
    round(&tree, &leaf(0));
}

#[test]
fn what_is_borrowed_stays_in_the_bytes() {
    #[derive(State, Debug, PartialEq)]
    struct View<'a> {
        name: &'a str,
        #[state(bytes)]
        points: Cow<'a, [Point]>,
    }

    let view = View { name: "a", points: Cow::Owned(vec![Point { x: 1.0, y: 2.0 }]) };
    let bytes = bare::dumps(&view).unwrap();
    // At a multiple of 16, like a record of a stream.
    let mut space = vec![0; bytes.len() + 16];
    let start = space.as_ptr().align_offset(16);
    space[start..start + bytes.len()].copy_from_slice(&bytes);
    let bytes = &space[start..start + bytes.len()];
    let loaded: View<'_> = bare::loads(bytes).unwrap();
    assert_eq!(loaded, view);
    assert!(bytes.as_ptr_range().contains(&loaded.name.as_ptr()));
    assert!(matches!(loaded.points, Cow::Borrowed(_)) || cfg!(target_endian = "big"));
}
