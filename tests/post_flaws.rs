//! The flaws of the blog post that this project originates from, each with a test that it does not exist here.

mod example;

use std::sync::{Arc, Weak};

use state_core::value::Object;
use state_core::{ErrorKind, Record, State, StateExt, Value, dump_into, dumps, load_into, loads};

use example::{Bicycle, MyClass, MySubclass, Person, bicycles, dave};

fn class() -> MyClass {
    MyClass { data: bicycles([(1, 50.0), (7, 199.0)]) }
}

#[test]
fn a_count_that_is_not_the_bytes_reads_no_foreign_memory() {
    let mut target = class();
    for count in [0_i128, 2, 1000, 1_000_000_000, 1 << 60, 1 << 64, -1, i128::MAX] {
        let error = target.set_state((vec![0_u8; 16], Value::from(count))).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Malformed, "MyClass.data"));
        assert_eq!(target, class());
    }
    let bytes = dumps(&class()).unwrap();
    for count in [0_u64, 1, 1000, 1_000_000_000, 1 << 60, u64::MAX] {
        let mut bytes = bytes.clone();
        bytes[40..48].copy_from_slice(&count.to_le_bytes());
        assert!(load_into(&bytes, &mut target).is_err());
        assert_eq!(target, class());
    }
}

#[test]
fn old_data_stays_until_the_new_is_known_to_be_good() {
    let mut target = class();
    let before = target.data.as_ptr();
    target.set_state((vec![0_u8; 17], 1)).unwrap_err();
    target.set_state((Value::None, 1)).unwrap_err();
    target.set_state(()).unwrap_err();
    let bytes = dumps(&class()).unwrap();
    load_into(&bytes[..bytes.len() - 1], &mut target).unwrap_err();
    assert_eq!((target.data.as_ptr(), target), (before, class()));
}

#[test]
fn setting_again_and_again_leaks_nothing() {
    #[derive(State)]
    struct Shared {
        #[state(bytes)]
        data: Arc<[u32]>,
        #[state(bytes)]
        own: Vec<u32>,
    }
    let bytes = dumps(&Shared { data: [1; 1000].into(), own: vec![1; 1000] }).unwrap();
    let mut target = Shared { data: [].into(), own: vec![] };
    load_into(&bytes, &mut target).unwrap();
    let (place, capacity) = (target.own.as_ptr(), target.own.capacity());
    let old: Vec<Weak<[u32]>> = (0..100)
        .map(|_| {
            // Shared with another owner, it cannot be overwritten, and is replaced.
            let held = Arc::clone(&target.data);
            load_into(&bytes, &mut target).unwrap();
            assert!(!Arc::ptr_eq(&held, &target.data));
            Arc::downgrade(&held)
        })
        .collect();
    assert!(old.iter().all(|old| old.upgrade().is_none()));
    assert_eq!((target.own.as_ptr(), target.own.capacity()), (place, capacity));
}

#[test]
fn a_bad_second_item_leaves_no_half_filled_list() {
    #[derive(State, Debug, PartialEq, Clone)]
    struct Team {
        members: Vec<Person>,
    }
    let person = |name: &str, age| Person { name: name.into(), age };
    let mut team = Team { members: vec![person("Ada", 36), person("Dave", 30)] };
    let before = team.clone();
    let good = || Value::from(Object::new("example.Person", ("Eve", 1)));
    for bad in [Value::None, 7.into(), Object::new("example.Person", ("Eve",)).into()] {
        let members: Vec<Value> = vec![good(), bad, good()];
        let error = team.set_state((Value::from(members),)).unwrap_err();
        assert!(error.path().starts_with("Team.members[1]"), "{error}");
        assert_eq!(team, before);
    }
    // The same in bytes: the length of the second name ends inside a character.
    let bytes = dumps(&Team { members: vec![person("ab", 1), person("é", 2), person("c", 3)] }).unwrap();
    let mut bytes = bytes;
    bytes[44 + 8] = 1;
    assert_eq!(load_into(&bytes, &mut team).unwrap_err().path(), "Team.members[1].name");
    assert_eq!(team, before);
}

/// Two bicycles with nonzero bytes in the padding between their fields.
fn poisoned(with: u8) -> MyClass {
    let mut bytes = vec![with; 32];
    for (place, bicycle) in bytes.chunks_exact_mut(16).zip(class().data) {
        place[..4].copy_from_slice(&bicycle.gears.to_le_bytes());
        place[8..].copy_from_slice(&bicycle.price.to_le_bytes());
    }
    let mut class = MyClass { data: vec![] };
    class.set_state((bytes, 2)).unwrap();
    class
}

#[test]
fn padding_stays_at_home() {
    let clean = dumps(&class()).unwrap();
    let raw = &clean[clean.len() - 32..];
    assert_eq!((&raw[4..8], &raw[20..24]), (&[0; 4][..], &[0; 4][..]));
    for with in [0, 0xAA, 0xFF] {
        let poisoned = poisoned(with);
        assert_eq!(poisoned, class());
        assert_eq!(dumps(&poisoned).unwrap(), clean);
        assert_eq!(poisoned.get_state().unwrap(), class().get_state().unwrap());
        // The old content of a buffer does not appear either.
        let mut buffer = vec![with; 1000];
        dump_into(&poisoned, &mut buffer).unwrap();
        assert_eq!(buffer, clean);
    }
}

#[test]
fn what_was_never_filled_goes_out_and_comes_back() {
    #[derive(State, Debug, PartialEq)]
    struct Unfilled {
        #[state(bytes)]
        data: Option<Vec<Bicycle>>,
    }
    let none = Unfilled { data: None };
    assert_eq!(none.get_state().unwrap(), (Value::None, 0));
    assert_eq!(loads::<Unfilled>(&dumps(&none).unwrap()).unwrap(), none);
    let mut target = Unfilled { data: Some(class().data) };
    target.set_state((Value::None, 0)).unwrap();
    assert_eq!(target, none);
    target.set_state((Value::None, 1)).unwrap_err();
    // An empty list is not `None`.
    let empty = Unfilled { data: Some(vec![]) };
    assert_eq!(empty.get_state().unwrap(), (Vec::<u8>::new(), 0));
    assert_eq!(loads::<Unfilled>(&dumps(&empty).unwrap()).unwrap(), empty);
    let mut class = class();
    class.set_state((Value::None, 0)).unwrap();
    assert_eq!(class.data, []);
}

#[test]
fn bytes_are_the_same_on_every_machine() {
    #[derive(Record, Clone, Copy)]
    #[state(name = "Bicycle")]
    #[repr(C, packed)]
    struct Packed {
        gears: i32,
        price: f64,
    }
    #[derive(State)]
    #[state(name = "example.MyClass")]
    struct OtherAbi {
        #[state(bytes)]
        data: Vec<Packed>,
    }

    let bytes = dumps(&class()).unwrap();
    let raw = &bytes[bytes.len() - 32..];
    assert_eq!(raw[..16], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x49, 0x40]);
    let error = loads::<OtherAbi>(&bytes).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Identity);
    assert_eq!(error.path(), "MyClass.data");
    assert_eq!(dumps(&OtherAbi { data: vec![] }).unwrap().len(), 48);
}

#[test]
fn what_a_child_adds_is_not_silently_lost() {
    let child = MySubclass { base: class(), owner: Some(dave()) };
    let mut parent = MyClass { data: vec![] };
    let error = load_into(&dumps(&child).unwrap(), &mut parent).unwrap_err();
    assert_eq!(error.to_string(), "MyClass: expected example.MyClass, found example.MySubclass at byte 8");
    let error = parent.set_state(child.get_state().unwrap()).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Malformed, "MyClass"));
    assert_eq!(parent.data, []);
    let mut back = MySubclass { base: parent, owner: None };
    back.set_state(child.get_state().unwrap()).unwrap();
    assert_eq!(back, child);
    // A parent's state is not accepted for a child.
    back.set_state(class().get_state().unwrap()).unwrap_err();
    assert_eq!(back, child);
}
