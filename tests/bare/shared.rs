//! Types whose shared objects keep their identity need a header.

use std::fmt::Debug;
use std::rc::{Rc, Weak};

use state_core::image::bare::{self, BareReader, BareWriter};
use state_core::{ErrorKind, Options, RestoreOwned, State, dumps};

use super::round;

#[derive(State, Debug, Clone, PartialEq)]
#[state(shared)]
struct Walls {
    left: Rc<u8>,
    right: Rc<u8>,
}

#[derive(State, Debug, Clone, PartialEq)]
struct House {
    name: String,
    walls: Vec<Walls>,
}

#[derive(State, Debug, Default)]
struct Child {
    parent: Weak<String>,
}

/// The same as [`Walls`], without the attribute.
#[derive(State, Debug, Clone, PartialEq)]
#[state(name = "Walls")]
struct Plain {
    left: Rc<u8>,
    right: Rc<u8>,
}

/// Has the attribute, but no pointers.
#[derive(State, Debug, Clone, PartialEq)]
#[state(shared)]
struct Flat {
    number: u16,
}

fn walls() -> Walls {
    let stone = Rc::new(7);
    Walls { left: stone.clone(), right: stone }
}

fn is_refused<T: State + RestoreOwned + Debug>(value: &T, live: &mut T, name: &str) {
    let expected = format!(
        "{name}: expected a state in which no object is shared, for bytes without a header (`dumps` and `loads` keep \
         shared objects one, and so does `image::stream`), found one with `#[state(shared)]` or `Weak` in it"
    );
    let mut buffer = vec![1];
    let errors = [
        bare::dumps(value).unwrap_err(),
        bare::dump_into(value, &mut buffer).unwrap_err(),
        Options::new().sharing().bare().dumps(value).unwrap_err(),
        Options::new().refuse_copies().bare().dumps(value).unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.to_string(), error.kind()), (expected.clone(), ErrorKind::Unwritable));
    }
    assert!(buffer.is_empty());
    let before = format!("{live:?}");
    let own = dumps(value).unwrap();
    for bytes in [&own[..], &own[40..], &[], &[0; 2], &[1; 64]] {
        let errors = [
            bare::loads::<T>(bytes).unwrap_err(),
            bare::check::<T>(bytes).unwrap_err(),
            bare::load_into(bytes, live).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.to_string(), expected);
        }
    }
    assert_eq!(format!("{live:?}"), before);
    let error = BareWriter::<T, _>::new(Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn types_that_share_are_refused_by_name() {
    is_refused(&walls(), &mut Walls { left: Rc::new(1), right: Rc::new(2) }, "Walls");
    let house = House { name: "a".into(), walls: vec![walls()] };
    is_refused(&house, &mut House { name: "b".into(), walls: vec![] }, "House");
    is_refused(&Child::default(), &mut Child::default(), "Child");
    assert!(bare::dumps(&vec![walls()]).is_err());
}

#[test]
fn what_has_no_pointers_shares_nothing() {
    round(&Flat { number: 7 }, &Flat { number: 1 });
    assert_eq!(bare::dumps(&Flat { number: 7 }).unwrap(), [7, 0]);
    assert_eq!(Options::new().sharing().bare().dumps(&Flat { number: 7 }).unwrap(), [7, 0]);
}

#[test]
fn copies_are_written_unless_they_are_refused() {
    let stone = Rc::new(7);
    let plain = Plain { left: stone.clone(), right: stone };
    round(&plain, &Plain { left: Rc::new(1), right: Rc::new(2) });
    let back: Plain = bare::loads(&bare::dumps(&plain).unwrap()).unwrap();
    assert!(!Rc::ptr_eq(&back.left, &back.right));

    let refusing = Options::new().refuse_copies().bare();
    let error = refusing.dumps(&plain).unwrap_err();
    let of_image = Options::new().refuse_copies().dumps(&plain).unwrap_err();
    assert_eq!(error.to_string(), of_image.to_string());
    assert_eq!(refusing.dumps(&back).unwrap(), bare::dumps(&back).unwrap());
    let error = Options::new().sharing().bare().dumps(&back).unwrap_err();
    assert!(error.to_string().ends_with("found `Options::sharing`"), "{error}");
}

#[test]
fn a_stream_of_the_type_without_the_word_is_no_stream_of_the_other() {
    let mut writer = BareWriter::new(Vec::new()).unwrap();
    let plain = Plain { left: Rc::new(1), right: Rc::new(2) };
    writer.write(&plain).unwrap();
    writer.write(&plain).unwrap();
    let bytes = writer.into_inner();
    let mut reader = BareReader::new(&bytes[..]).unwrap();
    let error = reader.load::<Walls>().unwrap_err();
    assert!(error.to_string().starts_with("Walls: expected a state in which no object is shared"), "{error}");
    assert_eq!(reader.load::<Plain>().unwrap(), Some(plain));
    // Numbered references, which no such stream has.
    let mut numbered = bytes.clone();
    numbered[5] |= 2;
    let error = BareReader::new(&numbered[..]).unwrap_err();
    assert!(error.to_string().contains("flags that it does not have"), "{error}");
}
