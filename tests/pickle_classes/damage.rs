//! States that are refused, and damaged pickles.

use state_core::{ErrorKind, Older, State, pickle};

use crate::evolved::{Handed, Jumper, Outline, Puppy, Racer, Rack, Runner, Upgraded, Walker, register};
use crate::kinds::{Kinds, Samples, Team, WidePaint};
use crate::{Person, Size, files, refused};

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldPacket")]
struct Packet {
    number: u16,
    name: String,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Node")]
struct Ring {
    name: String,
}

#[test]
fn what_cannot_be_read_says_why() {
    assert_eq!(
        refused::<Packet>("packet"),
        "OldPacket: expected zoo.OldPacket, found a packed zoo.OldPacket, whose bytes are a native state that \
         `state_core::loads` reads"
    );
    assert_eq!(refused::<Packet>("size"), "OldPacket: expected zoo.OldPacket, found zoo.OldSize");
    assert!(refused::<Ring>("ring").contains("without calls whose results are dropped"));
}

/// Returns a pickle of one object of class `zoo.P`, made by a form with these schemas.
fn made(arguments: &[u8], slots: &[u8]) -> Vec<u8> {
    [b"\x80\x04\x8c\x03zoo\x8c\x0aP.__form__\x93", arguments, b"R", slots, b"R."].concat()
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.P")]
struct P {
    a: u8,
    b: u8,
}

#[test]
fn forms_that_are_damaged_are_told() {
    // An object with the name of the class, and the slots `b` and `a` of one byte.
    let schema = b"C\x09\x1f\x00\x02\x01b\x20\x01a\x20\x85";
    assert_eq!(pickle::loads::<P>(&made(schema, b"K\x01K\x02\x86")).unwrap(), P { a: 2, b: 1 });
    let error = |arguments: &[u8], slots: &[u8]| {
        let error = pickle::loads::<P>(&made(arguments, slots)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
        error.to_string()
    };
    assert!(error(b"C\x05hello\x85", b"K\x01K\x02\x86").starts_with("zoo.P: expected a schema, found"));
    assert!(error(b"N\x85", b"K\x01K\x02\x86").starts_with("zoo.P: expected the schemas of a class and its bases"));
    // Slots that are missing, and one too many.
    assert!(error(schema, b"K\x01\x85").starts_with("P.a: expected u8, found a state without it, whose schema"));
    assert!(error(schema, b"K\x01K\x02K\x03\x87").contains("expected a state of 2 slots, found one more: int 3"));
    assert!(error(schema, b")").starts_with("P.b: "));
    // A form of an unknown kind.
    assert!(
        error(b"K\x09C\x09\x1f\x00\x02\x01b\x20\x01a\x20\x86", b"K\x01K\x02\x86").contains("expected zoo.P, found")
    );
    // A type that contains itself, and one of very many parts.
    assert!(error(b"C\x07\x1f\x00\x01\x01b\xff\x00\x85", b"K\x01K\x02\x86").starts_with("zoo.P: "));
}

/// Returns a pickle with `times` calls of a form with these schemas, each of which makes an object without slots.
fn many(schemas: &[&[u8]], times: usize) -> Vec<u8> {
    let mut pickle = b"\x80\x04\x8c\x03zoo\x8c\x0aP.__form__\x93\x940(".to_vec();
    for schema in schemas {
        pickle.push(b'B');
        pickle.extend((schema.len() as u32).to_le_bytes());
        pickle.extend(*schema);
    }
    pickle.extend(b"t\x940](");
    pickle.extend(b"h\0h\x01R)R".repeat(times));
    pickle.extend(b"e.");
    pickle
}

/// Returns the schema of an object with one slot, a tuple of `parts` units.
fn long(parts: usize) -> Vec<u8> {
    let mut schema = b"\x1f\0\x01\x01b\x0c".to_vec();
    schema.extend([parts as u8 | 0x80, (parts >> 7) as u8 | 0x80, (parts >> 14) as u8]);
    schema.extend(std::iter::repeat_n(0, parts));
    schema
}

#[test]
fn a_schema_that_many_forms_share_is_read_once() {
    let error = pickle::loads::<Vec<P>>(&many(&[&long(1 << 18)], 100_000)).unwrap_err();
    assert_eq!(error.path(), "[0].b");
    // A schema that is damaged at its end, and more schemas than a class has bases.
    let damaged = [long(1 << 18), vec![0xff]].concat();
    let error = pickle::loads::<Vec<P>>(&many(&[&damaged], 100_000)).unwrap_err();
    assert_eq!(error.path(), "zoo.P", "{error}");
    let error = pickle::loads::<Vec<P>>(&many(&[b"\x1f\0\0".as_slice(); 200], 10)).unwrap_err();
    assert_eq!((error.path(), error.expected()), ("zoo.P", "the schemas of a class and its bases, as bytes"));
}

/// Accepts any slot `b`.
#[derive(State, Debug)]
#[state(name = "zoo.P", upgrade = Takes::upgrade)]
struct Takes {
    a: u8,
}

impl Takes {
    fn upgrade(older: &mut Older) -> Result<(), String> {
        older.take("b").ok_or("no slot")?;
        older.set("a", 7);
        Ok(())
    }
}

#[test]
fn a_schema_that_claims_a_huge_state_takes_no_memory() {
    // `b` is an array of 2^49 structs of one byte.
    let schema = b"\x1f\0\x01\x01b\x0b\x80\x80\x80\x80\x80\x80\x80\x01\x0f\x01Q\0\x01\x01y\x20";
    let form = |schema: &[u8]| [b"C", &[schema.len() as u8][..], schema, b"\x85"].concat();
    let takes = |form: &[u8], slots: &[u8]| match pickle::loads::<Takes>(&made(form, slots)) {
        Ok(taken) => assert_eq!(taken.a, 7),
        // Such sizes do not exist on a 32-bit machine.
        Err(error) => assert!(usize::BITS == 32 && error.path().starts_with("zoo.P"), "{error}"),
    };
    takes(&form(schema), b")\x85");
    // `b` is a struct with an array of records of 2^60 bytes, and the pickle has an array with one number.
    let record = b"\x11\x01R\x80\x80\x80\x80\x80\x80\x80\x80\x10\0";
    let schema = [&b"\x1f\0\x01\x01b\x0f\x01S\0\x01\x01a\x0e\0"[..], record].concat();
    let array = b"carray\narray\n(\x8c\x01B](K\x01etR\x85\x85";
    takes(&form(&schema), array);
}

#[test]
fn no_damage_ends_the_program() {
    let read = |name: &str, pickle: &[u8]| {
        let ended = match name {
            "size" => pickle::loads::<Size>(pickle).map(drop),
            "sizes" => pickle::loads::<Vec<Size>>(pickle).map(drop),
            "person" => pickle::loads::<Person>(pickle).map(drop),
            "handed" => pickle::loads::<Handed>(pickle).map(drop),
            "speed" => pickle::loads::<Upgraded>(pickle).map(drop),
            "kinds" => pickle::loads::<Kinds>(pickle).map(drop),
            "puppy" => pickle::loads::<Puppy>(pickle).map(drop),
            "racer" => pickle::loads::<Racer>(pickle).map(drop),
            "shape" => pickle::loads::<Vec<Outline>>(pickle).map(drop),
            "samples" => pickle::loads::<Vec<Samples>>(pickle).map(drop),
            "rack" => pickle::loads::<Rack>(pickle).map(drop),
            "paint" => pickle::loads::<WidePaint>(pickle).map(drop),
            "runner" => pickle::loads::<Runner>(pickle).map(drop),
            "jumper" => pickle::loads::<Jumper>(pickle).map(drop),
            "walker" | "diver" => pickle::loads::<Walker>(pickle).map(drop),
            _ => pickle::loads::<Team>(pickle).map(drop),
        };
        ended.is_ok()
    };
    register();
    let (mut seed, mut refused) = (0x9E37_79B9_7F4A_7C15_u64, 0);
    let rounds: usize = std::env::var("ROUNDS").map_or(300, |rounds| rounds.parse().unwrap());
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 33) as usize % below
    };
    let all = [
        "size", "sizes", "person", "handed", "speed", "kinds", "puppy", "racer", "shape", "samples", "rack", "paint",
        "runner", "jumper", "walker", "diver", "team",
    ];
    for name in all {
        for file in files(if name == "handed" { "person" } else { name }) {
            assert!(read(name, &file), "{name}");
            for _ in 0..rounds {
                let mut damaged = file.clone();
                for _ in 0..=next(3) {
                    let at = next(damaged.len());
                    match next(4) {
                        0 => damaged[at] = next(256) as u8,
                        1 => damaged[at] = damaged[at].wrapping_add(1),
                        2 => drop(damaged.remove(at)),
                        _ => damaged.insert(at, file[next(file.len())]),
                    }
                }
                refused += usize::from(!read(name, &damaged));
            }
        }
    }
    assert!(refused > 10 * rounds, "{refused} were refused");
}
