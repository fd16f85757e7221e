//! Parts that are written in unusual ways.

use std::collections::BTreeMap;
use std::fmt::Debug;

use state_core::State;
use state_core::pickle::{self, PickleOptions, Protocol};

use super::{Read, agrees, agrees_as, python, values_agree};

/// Lists in which few parts are written in a form that is rare in Python, each kind of these as first, middle and last.
const UNUSUAL: &str = r#"
import collections, copyreg, pathlib, pickle, sys, types

example = sys.modules["example"] = types.ModuleType("example")

class Person:
    def __init__(self, name, age):
        self.state = name, age
    def __getstate__(self):
        return self.state
    def __setstate__(self, state):
        self.state = state

class Rebuilt(Person):
    # What protocols 0 and 1 make of an object, or of one that asks for it.
    def __reduce_ex__(self, protocol):
        return copyreg._reconstructor, (Person, object, None), self.state

class Place: pass

for given in Person, Place:
    given.__module__ = "example"
    setattr(example, given.__name__, given)

def place(height):
    made = Place()
    made.name, made.height = "here", height
    made.more = made.height
    del made.more
    return made

def lists(kind):
    shared = Rebuilt("met twice", 7)
    usual, unusual = {
        "a": (lambda at: Person(str(at), at), [Rebuilt("r", 1), Rebuilt("r", 2), shared, shared, Person("p", 2)]),
        "g": (lambda at: {"k": str(at)}, [collections.OrderedDict(k="v"), collections.OrderedDict(), {}]),
        "f": (lambda at: {str(at): at}, [collections.Counter("abca"), collections.OrderedDict(k=3)]),
        "j": (lambda at: [(True, at), None], [collections.deque([None]), collections.deque(), []]),
        "s": (lambda at: str(at), [pathlib.PurePosixPath("a/b"), pathlib.PurePosixPath("/"), "\ud7ff\n\\", ""]),
        "h": (lambda at: None, []),
    }[kind]
    for count in 1, 3, 40, 1001:
        for part in unusual:
            for at in {0, count // 2, count - 1}:
                rows = [usual(row) for row in range(count)]
                rows[at] = part
                yield rows, False
        # Nearly all of them.
        yield [unusual[row % len(unusual)] if row % 9 else usual(row) for row in range(count)], count > 40
    yield (lambda rows: (rows + unusual * 3, False))([usual(row) for row in range(100)])

def case(frame):
    kind, protocol = frame.decode().split()
    written = [(pickle.dumps(rows, int(protocol)), most) for rows, most in lists(kind)]
    return b"".join(len(rows).to_bytes(4, "little") + bytes([most]) + rows for rows, most in written)
"#;

#[test]
fn a_few_unusual_parts_do_not_leave_the_short_way() {
    let asked: Vec<(u8, u32)> =
        b"agfjs".iter().flat_map(|&kind| (0..6).map(move |protocol| (kind, protocol))).collect();
    let frames: Vec<_> = asked.iter().map(|(kind, p)| format!("{} {p}", char::from(*kind)).into_bytes()).collect();
    for ((kind, protocol), answer) in asked.iter().zip(python::answers(UNUSUAL, &frames).unwrap_or_default()) {
        let mut rest = &answer[..];
        while let Some((head, behind)) = rest.split_first_chunk::<5>() {
            let (pickle, behind) = behind.split_at(u32::from_le_bytes(head[..4].try_into().unwrap()) as usize);
            let read = match kind {
                b's' => agrees::<Vec<String>>(pickle),
                kind => agrees_as(*kind, pickle),
            };
            let shown = &pickle[..pickle.len().min(300)];
            assert_ne!(read, Read::Refused, "{} {protocol}: {shown:?}", char::from(*kind));
            // If nearly all are unusual, the machine reads the whole pickle.
            assert!(head[4] == 1 || read == Read::Directly, "{} {protocol}: {shown:?}", char::from(*kind));
            rest = behind;
        }
    }
}

/// A NumPy scalar: with its full type if it is the first, otherwise with the parts of that which are in the memo from 0
/// on.
fn scalar(dtype: &str, bytes: &[u8], is_first: bool) -> Vec<u8> {
    let number = [&[b'C', bytes.len() as u8], bytes, b"\x94\x86\x94R\x94"].concat();
    let (order, code) = dtype.split_at(1);
    let names = format!("cnumpy.core.multiarray\nscalar\n\u{94}cnumpy\ndtype\n\u{94}\u{8c}\u{2}{code}");
    let names: Vec<u8> = names.chars().map(|letter| letter as u8).collect();
    let state = [
        b"\x94\x89\x88\x87\x94R\x94(K\x03\x8c\x01",
        order.as_bytes(),
        b"\x94NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t\x94b",
    ]
    .concat();
    if is_first { [names, state, number].concat() } else { [b"h\x01h\x05", &number[..]].concat() }
}

#[test]
fn numbers_of_numpy_are_read_on_the_short_way() {
    let list = |rows: &[Vec<u8>]| [b"\x80\x04]\x94(", &rows.concat()[..], b"e."].concat();
    let of =
        |dtype: &str, bytes: &[u8]| list(&[scalar(dtype, bytes, true), scalar(dtype, bytes, false), b"K\x01".to_vec()]);
    assert_eq!(agrees::<Vec<i64>>(&of("<i4", &7_i32.to_le_bytes())), Read::Directly);
    assert_eq!(agrees::<Vec<f64>>(&of(">f8", &1.5_f64.to_be_bytes())), Read::Directly);
    assert_eq!(agrees::<Vec<f32>>(&of("<f4", &1.5_f32.to_le_bytes())), Read::Directly);
    assert_eq!(
        agrees::<Vec<u8>>(&of("<u8", &[7, 0, 0, 0, 0, 0, 0, 0])),
        agrees::<Vec<u8>>(b"\x80\x04]\x94(K\x07K\x07K\x01e.")
    );
    assert_eq!(agrees::<Vec<Option<u16>>>(&of("<u8", &[7, 1, 0, 0, 0, 0, 0, 0])), Read::Directly);
    let truths = list(&[scalar("|b1", &[1], true), scalar("|b1", &[0], false), b"\x88".to_vec()]);
    assert_eq!(agrees::<Vec<bool>>(&truths), Read::Directly);
    assert_eq!(pickle::loads::<Vec<bool>>(&truths).unwrap(), [true, false, true]);
    // Values that do not fit, on both paths.
    assert_eq!(agrees::<Vec<i64>>(&of("<f4", &1.5_f32.to_le_bytes())), Read::Refused);
    assert_eq!(agrees::<Vec<i8>>(&of("<i4", &300_i32.to_le_bytes())), Read::Refused);
    assert_eq!(agrees::<Vec<i64>>(&of("<i4", &[1, 2, 3])), Read::Refused);
}

#[test]
fn bytes_that_are_written_as_text_become_values_on_both_ways() {
    let long = |pickle: &[u8]| [&pickle[..2], b"N0", &pickle[2..]].concat();
    let usual = b"\x80\x02]q\x00(c_codecs\nencode\nq\x01X\x03\x00\x00\x00a\xc3\xbfq\x02X\x06\x00\x00\x00latin1q\x03\x86q\x04Rq\x05\
        h\x01X\x01\x00\x00\x00bq\x06h\x03\x86q\x07Rq\x08h\x02h\x03h\x01X\x00\x00\x00\x00h\x03\x86Re.";
    assert!(PickleOptions::new().is_built_directly(usual));
    assert_eq!(pickle::load_value(usual).unwrap().to_string(), r"[b'a\xff', b'b', 'aÿ', 'latin1', b'']");
    values_agree(usual, &long(usual));
    (2..usual.len()).for_each(|end| values_agree(&usual[..end], &long(&usual[..end])));

    let odd: [&[u8]; 11] = [
        // The bytes are fetched again; the text and the encoding come from the memo; the function does too.
        b"](c_codecs\nencode\nX\x01\x00\x00\x00aX\x06\x00\x00\x00latin1\x86Rq\x00h\x00e.",
        b"](X\x01\x00\x00\x00aq\x00X\x06\x00\x00\x00latin1q\x01c_codecs\nencode\nh\x00h\x01\x86Re.",
        b"](c_codecs\nencode\nq\x00h\x00X\x01\x00\x00\x00aX\x06\x00\x00\x00latin1\x86Re.",
        // There is no call, or one with other arguments.
        b"c_codecs\nencode\n.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x06\x00\x00\x00latin1\x87.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x04\x00\x00\x00utf8\x86R.",
        b"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x06\x00\x00\x00latin1tR.",
        b"c_codecs\nencode\nq\x00X\x01\x00\x00\x00ah\x00\x86R.",
        // Text that is not Latin-1, or not UTF-8; a memo number that is not the next.
        b"c_codecs\nencode\nX\x03\x00\x00\x00\xe2\x82\xacX\x06\x00\x00\x00latin1\x86R.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00\xffX\x06\x00\x00\x00latin1\x86R.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00aq\x07X\x06\x00\x00\x00latin1\x86R.",
    ];
    for odd in odd {
        let pickle = [b"\x80\x02", odd].concat();
        values_agree(&pickle, &long(&pickle));
    }
    let bytes: Vec<Vec<u8>> = (0..300).map(|len| (0..len).map(|at| (at * 7) as u8).collect()).collect();
    for protocol in [Protocol::V0, Protocol::V1, Protocol::V2] {
        let pickle = PickleOptions::new().protocol(protocol).dumps(&bytes).unwrap();
        assert_eq!(pickle::load_value(&pickle).unwrap(), state_core::to_value(&bytes).unwrap());
    }
}

/// What was read of a tuple before it turned out to come from the memo is undone.
#[test]
fn a_tuple_from_the_memo_leaves_nothing_for_the_rows_behind_it() {
    type Row = ((Option<u8>, u8), Vec<(Option<u8>, u8)>);
    let one = (&b"]\x94NK\x01\x86\x94a\x86\x94"[..], vec![(None, 1)]);
    let two = (&b"]\x94(NK\x01\x86\x94NK\x02\x86\x94e\x86\x94"[..], vec![(None, 1), (None, 2)]);
    for (written, items) in [one, two] {
        let first = [b"K\x07K\x08\x86\x94", written].concat();
        let again = [b"h\x01", written].concat();
        let pickle = [b"\x80\x04]\x94(", &first[..], &again, &again, b"e."].concat();
        assert_eq!(agrees::<Vec<Row>>(&pickle), Read::Directly);
        let row = ((Some(7), 8), items);
        assert_eq!(pickle::loads::<Vec<Row>>(&pickle).unwrap(), [row.clone(), row.clone(), row]);
    }
}

/// Raw arrays that were taken cannot be undone: if something unusual follows one, the machine reads the pickle.
#[test]
fn an_array_is_taken_once_where_something_unusual_follows() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "m.Row")]
    struct Row {
        #[state(bytes)]
        data: Vec<u16>,
        by: BTreeMap<String, i64>,
        #[state(bytes)]
        more: Vec<u8>,
    }
    let row = || Row { data: vec![1, 2, 3], by: BTreeMap::from([("a".into(), 1)]), more: vec![7; 16] };
    let usual = PickleOptions::new().protocol(Protocol::V4).dumps(&row()).unwrap();
    assert_eq!(agrees::<Row>(&usual), Read::Directly);
    let at = usual.iter().position(|&code| code == b'}').unwrap();
    let mut unusual = usual.clone();
    unusual.splice(at..=at, *b"ccollections\nOrderedDict\n)R");
    // Without the frame, whose length has changed.
    unusual.drain(2..11);
    assert_eq!(agrees::<Row>(&unusual), Read::ByTheMachine);
    assert_eq!(pickle::loads::<Row>(&unusual).unwrap(), row());
}

/// The slots of a class are in its own order, which need not be that of the struct; and the state may have another
/// form.
#[test]
fn slots_in_another_order_or_another_state() {
    mod theirs {
        use state_core::State;

        #[derive(State)]
        #[state(name = "m.Two", pickle = "slots")]
        pub struct Slots {
            pub b: Vec<String>,
            pub a: String,
        }
        #[derive(State)]
        #[state(name = "m.Two", pickle = "dict")]
        pub struct Dict {
            pub b: Vec<String>,
            pub a: String,
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "m.Two", pickle = "slots")]
    struct Two {
        a: String,
        b: Vec<String>,
    }
    let texts = |at: u8| (at.to_string(), vec!["b".repeat(at.into()); 2]);
    let twos: Vec<Two> = (0..9).map(texts).map(|(a, b)| Two { a, b }).collect();
    let slots: Vec<_> = (0..9).map(texts).map(|(a, b)| theirs::Slots { b, a }).collect();
    let dicts: Vec<_> = (0..9).map(texts).map(|(a, b)| theirs::Dict { b, a }).collect();
    for protocol in Protocol::ALL {
        let options = PickleOptions::new().protocol(protocol);
        let read = agrees::<Vec<Two>>(&options.dumps(&slots).unwrap());
        assert_eq!(read, if protocol == Protocol::V0 { Read::ByTheMachine } else { Read::Directly }, "{protocol:?}");
        assert_eq!(pickle::loads::<Vec<Two>>(&options.dumps(&slots).unwrap()).unwrap(), twos);
        assert_ne!(agrees::<Vec<Two>>(&options.dumps(&dicts).unwrap()), Read::Refused);
        assert_eq!(pickle::loads::<Vec<Two>>(&options.dumps(&dicts).unwrap()).unwrap(), twos);
    }
    // A `__dict__` beside the slots, or only that; and what is not such a pair.
    for (state, is_read) in [
        (&b"}X\x01\0\0\0aX\x01\0\0\0xs}X\x01\0\0\0b]s\x86"[..], true),
        (b"}(X\x01\0\0\0aX\x01\0\0\0xX\x01\0\0\0b]uN\x86", true),
        (b"N}(X\x01\0\0\0aX\x01\0\0\0xX\x01\0\0\0b]u\x86", true),
        (b"N}(X\x01\0\0\0aX\x01\0\0\0xX\x01\0\0\0c]u\x86", false),
        (b"N}X\x01\0\0\0aX\x01\0\0\0xs\x86", false),
        (b"X\x01\0\0\0x]\x86", false),
        (b"NN\x86", false),
    ] {
        let pickle = [&b"\x80\x02cm\nTwo\n)\x81"[..], state, b"b."].concat();
        let read = agrees::<Two>(&pickle);
        assert_eq!(read != Read::Refused, is_read, "{pickle:?}");
        if is_read {
            assert_eq!(pickle::loads::<Two>(&pickle).unwrap(), Two { a: "x".into(), b: vec![] });
        }
    }
}

/// Raw arrays are in the order of the slots, whatever the order of the attributes.
#[test]
fn arrays_of_attributes_in_another_order_are_those_of_their_names() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "m.Two", pickle = "dict")]
    struct Two {
        #[state(bytes)]
        a: Vec<u8>,
        #[state(bytes)]
        b: Vec<u8>,
    }
    #[derive(State)]
    #[state(name = "m.Two", pickle = "dict")]
    struct Reversed {
        #[state(bytes)]
        b: Vec<u8>,
        #[state(bytes)]
        a: Vec<u8>,
    }
    for protocol in Protocol::ALL {
        let reversed = |n| Reversed { b: vec![n; 16], a: vec![n + 1; 16] };
        let pickle = PickleOptions::new().protocol(protocol).dumps(&[reversed(1), reversed(3)]).unwrap();
        assert_ne!(agrees::<Vec<Two>>(&pickle), Read::Refused);
        let two = |n| Two { a: vec![n + 1; 16], b: vec![n; 16] };
        assert_eq!(pickle::loads::<Vec<Two>>(&pickle).unwrap(), [two(1), two(3)]);
    }
}
