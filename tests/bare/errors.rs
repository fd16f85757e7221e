//! Bytes that are refused, and the errors they give.

use std::fmt::Debug;

use state_core::image::bare;
use state_core::{ErrorKind, Options, State};

use super::{Pair, Player, player};

#[test]
fn a_length_has_one_form() {
    // The tail's length in its usual form, and in two bytes.
    let bytes = bare::dumps(&player("Ada")).unwrap();
    let (head, behind) = (&bytes[..9], &bytes[10..]);
    assert_eq!(bytes[9], 6);
    let longer = [head, &[0x86, 0], behind].concat();
    let error = bare::loads::<Player>(&longer).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Player: expected the length of a region, in as few bytes as it takes, found other bytes at byte 9",
    );
    for front in [&[0xFF; 9][..], &[0xFF; 10], &[[0xFF; 9].as_slice(), &[1]].concat(), &[0x80; 12]] {
        let error = bare::loads::<Player>(&[head, front, behind].concat()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Length);
    }
}

#[test]
fn errors_name_the_type_and_the_place() {
    let error = |bytes: &[u8]| bare::loads::<Player>(bytes).unwrap_err().to_string();
    let bytes = bare::dumps(&player("Ada")).unwrap();
    assert_eq!(error(&bytes[..bytes.len() - 4]), "Player: expected at least 16 bytes, found 15 at byte 15");
    assert_eq!(error(&[]), "Player: expected at least 9 bytes, found 0 at byte 0");
    assert_eq!(
        error(&bytes[..9]),
        "Player: expected the length of a region, in as few bytes as it takes, found the end of the bytes at byte 9",
    );
    let mut damaged = bytes.clone();
    damaged[8] = 2;
    assert_eq!(error(&damaged), "Player.alive: expected a bool (0 or 1), found 2 at byte 8");
    let pair = bare::loads::<Pair>(&[0; 13]).unwrap_err();
    assert_eq!(pair.to_string(), "Pair: expected 12 bytes, found 13 at byte 12");
}

#[test]
fn another_type_is_not_told_from_this_one() {
    // Bare bytes do not identify their type; `loads` needs the header, which does.
    let bytes = bare::dumps(&(7_u32, 0.5_f64)).unwrap();
    assert_eq!(bare::loads::<Pair>(&bytes).unwrap(), Pair { key: 7, value: 0.5 });
    let error = state_core::loads::<Pair>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotState);
}

#[test]
fn settings_hold() {
    let wide = vec![None::<[u64; 1000]>; 100];
    let bytes = bare::dumps(&wide).unwrap();
    assert_eq!(bare::loads::<Vec<Option<[u64; 1000]>>>(&bytes).unwrap(), wide);
    let options = Options::new().memory(1 << 10).bare();
    assert_eq!(options.loads::<Vec<Option<[u64; 1000]>>>(&bytes).unwrap_err().kind(), ErrorKind::Memory);
    let mut live = vec![None::<[u64; 1000]>];
    assert_eq!(options.load_into(&bytes, &mut live).unwrap_err().kind(), ErrorKind::Memory);
    assert_eq!((live.len(), options.check::<Vec<Option<[u64; 1000]>>>(&bytes).is_err()), (1, true));

    let nested = vec![vec![vec![1_u8]]];
    let options = Options::new().depth(1).bare();
    assert_eq!(options.dumps(&nested).unwrap_err().kind(), ErrorKind::Depth);
    let mut buffer = vec![1, 2, 3];
    assert!(options.dump_into(&nested, &mut buffer).is_err() && buffer.is_empty());
    let bytes = bare::dumps(&nested).unwrap();
    assert_eq!(options.loads::<Vec<Vec<Vec<u8>>>>(&bytes).unwrap_err().kind(), ErrorKind::Depth);
    assert_eq!(Options::new().depth(2).bare().loads::<Vec<Vec<Vec<u8>>>>(&bytes).unwrap(), nested);
}

#[test]
fn a_refusal_changes_nothing() {
    #[derive(State, Debug, PartialEq, Clone)]
    #[state(after_set = Even::test)]
    struct Even {
        number: u8,
        text: String,
    }

    impl Even {
        fn test(&mut self) -> Result<(), &'static str> {
            if self.number % 2 == 0 { Ok(()) } else { Err("it is odd") }
        }
    }

    let even = Even { number: 2, text: "two".into() };
    let bytes = bare::dumps(&Even { number: 3, text: "three".into() }).unwrap();
    let mut live = even.clone();
    let error = bare::load_into(&bytes, &mut live).unwrap_err();
    assert_eq!((error.kind(), live), (ErrorKind::Refused, even));
    assert_eq!(bare::loads::<Even>(&bytes).unwrap_err().to_string(), error.to_string());
    bare::check::<Even>(&bytes).unwrap();
}
