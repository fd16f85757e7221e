//! Streams that Python writes, and random changes of them, are read as values that print as in Python, and are accepted
//! or refused as by Python.

mod python;

use state_core::pickle::{self, Pickle};

/// Makes a value for each seed.
const VALUES: &str = r#"
import random

def scalar(r):
    return r.choice([
        lambda: None, lambda: True, lambda: False, lambda: r.randrange(-300, 300), lambda: r.randrange(-2**40, 2**40),
        lambda: r.choice([2**31 - 1, -2**31, 2**31, 2**63, -2**63, 2**127, -2**127, 2**128 - 1, -10**300, 10**4000]),
        lambda: r.choice([0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 1e300, 5e-324, r.random()]),
        lambda: "".join(r.choice("abc'\"\\\n\t é€😀\x00\u2028") for _ in range(r.randrange(12))),
        lambda: "x" * r.choice([254, 255, 256, 70000]) if r.random() < 0.1 else "y",
        lambda: bytes(r.randrange(256) for _ in range(r.randrange(12))),
        lambda: bytearray(b"xy\xff" * r.randrange(3)),
        lambda: complex(r.choice([0.0, -0.0, 1.0]), r.choice([0.0, -2.5, float("inf")])),
        lambda: "\ud800" if r.random() < 0.2 else "",
    ])()

def value(r, depth=0):
    if depth > 3 or r.random() < 0.4:
        return scalar(r)
    key = lambda: r.choice([None, True, 2, 3.5, "k%d" % r.randrange(9), b"b", (1, "t"), frozenset([3])])
    many = lambda: [value(r, depth + 1) for _ in range(r.randrange(5))]
    def shared():
        x = [value(r, depth + 1)]
        return [x, x, (x,)]
    def endless():
        x = []
        x.append((x, {1: x}))
        return x
    return r.choice([
        many, lambda: tuple(many()), lambda: {key(): value(r, depth + 1) for _ in range(r.randrange(5))},
        lambda: {r.randrange(9)}, lambda: frozenset(), shared, endless, lambda: list(range(r.choice([999, 1000, 1001]))),
    ])()

def case(frame):
    seed, protocol = map(int, frame.split())
    it = value(random.Random(seed))
    return packed(repr(it).encode("utf-8", "surrogatepass"), *written(it, protocol))
"#;

#[test]
fn values_print_as_in_python_at_each_protocol() {
    let frames: Vec<Vec<u8>> =
        (0..150).flat_map(|seed| (0..6).map(move |protocol| format!("{seed} {protocol}").into_bytes())).collect();
    let Some(answers) = python::answers(&[python::WRITE, VALUES].concat(), &frames) else { return };
    for (frame, answer) in frames.iter().zip(&answers) {
        let parts = python::parts(answer);
        let expected = String::from_utf8_lossy(parts[0]);
        for written in &parts[1..] {
            let loaded = pickle::load_value(written).unwrap();
            assert_eq!(loaded.to_string(), expected, "{}", String::from_utf8_lossy(frame));
        }
    }
}

/// Loads a pickle and prints its value, or the error.
const TAKE: &str = r#"
import pickle, warnings
warnings.simplefilter("ignore")

def case(frame):
    try:
        value = pickle.loads(frame)
    except Exception as error:
        return "no %s: %s" % (type(error).__name__, error)
    return "yes " + repr(value)
"#;

#[test]
fn changed_streams_are_taken_or_refused_as_by_python() {
    let bases: Vec<Vec<u8>> =
        (0..60).flat_map(|seed| (0..6).map(move |p| format!("{seed} {p}").into_bytes())).collect();
    let Some(bases) = python::answers(&[python::WRITE, VALUES].concat(), &bases) else { return };
    let bases: Vec<&[u8]> =
        bases.iter().flat_map(|answer| python::parts(answer)[1..].to_vec()).filter(|b| b.len() < 200).collect();
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        ((random >> 11) % below as u64) as usize
    };
    let opcodes =
        b"(.01IKLMNRSTUVXabdeghlpqstu})]\x80\x81\x85\x86\x87\x88\x89\x8a\x8c\x8f\x90\x91\x92\x93\x94\x95\x96FGBC";
    let mut frames = Vec::new();
    while frames.len() < 4000 {
        let mut stream = bases[next(bases.len())].to_vec();
        for _ in 0..=next(3) {
            let (at, opcode) = (next(stream.len()), opcodes[next(opcodes.len())]);
            match next(4) {
                0 => stream[at] = opcode,
                1 => stream.insert(at, opcode),
                2 if stream.len() > 1 => drop(stream.remove(at)),
                _ => stream[at] = next(256) as u8,
            }
        }
        // Python would allocate memory for a memo of that size, and extension codes must be registered.
        let costly = |&byte: &u8| matches!(byte, b'r' | b'p' | 0x82..=0x84);
        if !stream.iter().any(costly) && stream.split(|&byte| byte == b'2').count() < 7 {
            frames.push(stream);
        }
    }
    let Some(answers) = python::texts(TAKE, &frames) else { return };
    // Errors that only Python can know: which names exist, what a function accepts, which keys can be hashed.
    let beyond = ["ModuleNotFoundError", "AttributeError", "LookupError", "TypeError", "ImportError", "ValueError"];
    let mut compared = 0;
    for (frame, answer) in frames.iter().zip(&answers) {
        let ours = pickle::load_value(frame);
        if let (Ok(value), Ok(opened)) = (&ours, Pickle::open(frame)) {
            assert_eq!(opened.to_string(), value.to_string(), "{frame:?}");
            assert_eq!(format!("{opened:#}"), format!("{value:#}"), "{frame:?}");
        }
        match (answer.split_once(' ').unwrap(), ours) {
            // For names, Python prints what they refer to; and it knows many more names of encodings.
            (("yes", text), Ok(value)) if text.contains('<') || value.to_string().contains("encode(") => {}
            (("yes", text), Ok(value)) => assert_eq!(value.to_string(), text, "{frame:?}"),
            (("yes", text), Err(error)) => panic!("Python takes {frame:?} as {text}; here: {error}"),
            ((_, reason), Ok(value)) => {
                let known = beyond.iter().any(|beyond| reason.starts_with(beyond)) || reason.contains("persistent");
                assert!(known, "Python refuses {frame:?}: {reason}; here: {value}");
                continue;
            }
            _ => {}
        }
        compared += 1;
    }
    assert!(compared > 3000, "{compared}");
}
