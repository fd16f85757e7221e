//! Pickles and values.

use std::collections::BTreeMap;

use state_core::{ErrorKind, RestoreOwned, State, Value, from_value, pickle};

use super::{FACTOR, Wide, full, peak};

#[derive(State, Debug, Clone, PartialEq)]
#[state(name = "m.Filled")]
struct Filled {
    at: u8,
    #[state(default = full)]
    numbers: [u64; 1000],
}

#[test]
fn a_pickle_stays_within_the_limit() {
    let refused = |error: state_core::Error| assert_eq!(error.kind(), ErrorKind::Memory, "{error}");
    let small = pickle::PickleOptions::new().memory(1 << 20);
    // Wide elements: 8000 bytes of default for each `None,`.
    let nones = pickle::dumps::<Vec<Wide>>(&vec![None; 1000]).unwrap();
    let (error, took) = peak(|| small.loads::<Vec<Wide>>(&nones).unwrap_err());
    refused(error);
    assert!(took < (1 << 20) + (FACTOR + 340) * nones.len(), "{took} of {}", nones.len());
    assert_eq!(pickle::loads::<Vec<Wide>>(&nones).unwrap(), vec![None; 1000]);
    let mut target: Vec<Wide> = vec![];
    refused(small.load_into(&nones, &mut target).unwrap_err());

    // `[m.Filled.__setstate__((1,))] * 1000`, as references to one.
    let mut objects = b"\x80\x04]\x94(\x8c\x01m\x8c\x06Filled\x93)\x81K\x01\x85b\x94".to_vec();
    objects.extend(b"h\x01".repeat(999));
    objects.extend(b"e.");
    let (error, took) = peak(|| small.loads::<Vec<Filled>>(&objects).unwrap_err());
    refused(error);
    assert!(took < (1 << 20) + (FACTOR + 340) * objects.len(), "{took} of {}", objects.len());
    assert_eq!(pickle::loads::<Vec<Filled>>(&objects).unwrap(), vec![Filled { at: 1, numbers: full() }; 1000]);
}

#[test]
fn a_value_stays_within_the_limit() {
    let none = Value::List(vec![Value::None; 200_000].into());
    assert_eq!(from_value::<Vec<Wide>>(&none).unwrap_err().kind(), ErrorKind::Memory);
    let object = Value::from(state_core::value::Object::new("m.Filled", vec![Value::from(1)]));
    let many = Value::List(vec![object.clone(); 200_000].into());
    let (error, took) = peak(|| from_value::<Vec<Filled>>(&many).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Memory);
    assert!(took < 1 << 20, "{took}");
    let few = Value::List(vec![object; 3].into());
    assert_eq!(from_value::<Vec<Filled>>(&few).unwrap(), vec![Filled { at: 1, numbers: full() }; 3]);
}

/// A pickle of a list of `outer` references to one list, which repeats `opcode` `inner` times.
fn shared_lists(outer: usize, inner: usize, opcode: &[u8]) -> Vec<u8> {
    let inner = [&b"]q\x01("[..], &opcode.repeat(inner), b"e"].concat();
    [&b"\x80\x02]("[..], &inner, &b"h\x01".repeat(outer - 1), b"e."].concat()
}

#[test]
fn a_pickle_read_into_a_type_takes_100_bytes_for_each_part_and_the_expansion_limits_these() {
    fn took<T: RestoreOwned>(pickle: &[u8], expansion: u64) -> bool {
        let options = pickle::PickleOptions::new().expansion(expansion);
        let (loaded, took) = peak(|| options.loads::<Vec<Vec<T>>>(pickle).map(|value| value.len()));
        let (took, parts) = (took as u64, (9 + expansion) * pickle.len() as u64 + (1 << 20));
        let name = std::any::type_name::<T>();
        assert!(took <= 100 * parts, "{name}: {took} of {} bytes, {} times", pickle.len(), took / parts);
        loaded.is_ok()
    }
    for (outer, inner) in [(1, 100_000), (500, 2000), (2000, 2000), (20_000, 20_000)] {
        for expansion in [0, 8, 30] {
            let nones = shared_lists(outer, inner, b"N");
            took::<Option<[u8; 63]>>(&nones, expansion);
            took::<Option<u64>>(&nones, expansion);
            took::<Option<Box<u8>>>(&nones, expansion);
            took::<String>(&shared_lists(outer, inner, b"U\0"), expansion);
            took::<Vec<u8>>(&shared_lists(outer, inner, b"]"), expansion);
            took::<BTreeMap<String, String>>(&shared_lists(outer, inner, b"}"), expansion);
            took::<()>(&shared_lists(outer, inner, b")"), expansion);
        }
    }
    let much = shared_lists(2000, 2000, b"N");
    assert!(took::<Option<u64>>(&much, 10_000) && !took::<Option<u64>>(&much, 8));
}

#[test]
fn a_pickle_made_a_value_takes_200_times_its_length() {
    let lists = [(1, 100_000), (500, 2000), (20_000, 20_000)];
    let opcodes: [&[u8]; 8] = [b"N", b"K\x01", b"]", b")", b"}", b"U\0", b"(t", b"]q\x02a"];
    for (outer, inner) in lists {
        for opcode in opcodes {
            let pickle = shared_lists(outer, inner, opcode);
            let (value, took) = peak(|| pickle::load_value(&pickle).is_ok());
            let most = 200 * pickle.len() + (1 << 20);
            assert!(took <= most, "{opcode:?} {outer} {inner}: {took} of {}, {}", pickle.len(), took / pickle.len());
            let _ = value;
        }
    }
    let objects: [&[u8]; 3] = [b"cm\nC\n)\x81", b"c\n\n)\x81Nb", b"c\n\n)R"];
    for opcode in objects {
        let pickle = shared_lists(1, 10_000, opcode);
        let ((), took) = peak(|| drop(pickle::load_value(&pickle)));
        assert!(took <= 200 * pickle.len() + (1 << 20), "{opcode:?}: {took}, {} times", took / pickle.len());
    }
    let limited = pickle::PickleOptions::new().max_size(1000);
    assert_eq!(limited.load_value(&[b'N'; 1001]).unwrap_err().kind(), ErrorKind::Length);
}

/// Nested parts are written without recursion, which takes memory instead.
#[test]
fn a_value_that_is_written_takes_600_times_its_length() {
    let len = 100_000;
    for (name, pickle) in [
        ("tuples", [b"\x80\x04)".to_vec(), b"\x85".repeat(len), b".".to_vec()].concat()),
        ("lists", [b"\x80\x04".to_vec(), b"]".repeat(len), b"a".repeat(len - 1), b".".to_vec()].concat()),
        (
            "calls",
            [
                b"\x80\x04cm\nf\nq\x000".to_vec(),
                b"h\x00".repeat(len),
                b")R".to_vec(),
                b"\x85R".repeat(len - 1),
                b".".to_vec(),
            ]
            .concat(),
        ),
        ("dropped", [b"\x80\x04Ncm\nf\nq\x000".to_vec(), b"h\x00)R0".repeat(len), b".".to_vec()].concat()),
    ] {
        let value = pickle::load_value(&pickle).unwrap();
        for protocol in [pickle::Protocol::V0, pickle::Protocol::V4] {
            let options = pickle::PickleOptions::new().protocol(protocol);
            let (_, took) = peak(|| options.dump_value(&value).unwrap());
            assert!(took <= 600 * pickle.len(), "{name}: {took} is {} times {}", took / pickle.len(), pickle.len());
        }
    }
}

/// A repeated construction is compared with the earlier one, to a limited depth.
#[test]
fn a_pickle_that_makes_the_same_twice_is_opened_within_eight_times_its_length() {
    let nested = [&b"cm\nC\n)"[..], &b"\x85".repeat(200_000), b"R"].concat();
    let pickle = [b"\x80\x04", &nested[..], b"q\x00", &nested, b"0h\x00\x86."].concat();
    let (opened, took) = peak(|| pickle::Pickle::open(&pickle).is_ok());
    assert!(opened && took <= 8 * pickle.len() + (1 << 20), "{took} for {}", pickle.len());
}
