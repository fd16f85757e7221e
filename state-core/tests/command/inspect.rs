//! `state inspect`.

use std::collections::BTreeMap;
use std::fs;

use state_core::{Options, Record, State, dumps};

use super::{PICKLE, Person, Room, Run, dave, recorded, v1};

const OPS: &str = "    0: \\x80 PROTO      4
    2: c    GLOBAL     'example Person'
   18: )    EMPTY_TUPLE
   19: \\x81 NEWOBJ
   20: \\x8c SHORT_BINUNICODE 'Dave'
   26: K    BININT1    30
   28: \\x86 TUPLE2
   29: b    BUILD
   30: .    STOP";

#[test]
fn inspect_prints_what_files_hold_and_goes_on_after_bad_ones() {
    let room = Room::new("inspect");
    room.saved("dave", &dave());
    room.file("bare", dumps(&dave()).unwrap());
    room.file("text", "Dave,30\n");
    room.file("one.pickle", PICKLE);
    room.file("two.pickle", [PICKLE, &b"(lp0\ng0\na."[..]].concat());
    room.file("cut.pickle", [PICKLE, b"\x80\x04]\x8c\x09short"].concat());

    let Run { status, out, err } =
        room.run(&["inspect", "bare", "dave", "text", "two.pickle", "cut.pickle", "one.pickle"]);
    assert_eq!(status, Some(1));
    let dave = "Person('Dave', 30)";
    assert_eq!(
        out.lines().collect::<Vec<_>>(),
        [
            &*format!("dave: {dave}"),
            &format!("two.pickle: {dave}"),
            "two.pickle: [[...]]",
            &format!("cut.pickle: {dave}"),
            &format!("one.pickle: {dave}")
        ]
    );
    let err: Vec<&str> = err.lines().collect();
    assert_eq!(err.len(), 3, "{err:?}");
    assert!(err[0].starts_with("error: bare: ") && err[0].contains("with_schema"), "{}", err[0]);
    let kinds = "a native state, a stream of them, a pickle or a recorded history";
    assert_eq!(err[1], format!("error: text: expected {kinds}, found text"));
    assert_eq!(
        err[2],
        "error: cut.pickle: expected 9 bytes after SHORT_BINUNICODE, found 5 at byte 34; the pickle is truncated"
    );

    // Where none can be shown, nothing went well.
    assert_eq!(room.run(&["inspect", "text", "dave"]).status, Some(1));
    assert_eq!(room.run(&["inspect", "text", "absent"]).status, Some(2));
    assert_eq!(room.run(&["inspect", "text"]).status, Some(2));
    let empty = room.run_with(&["inspect", "-"], b"").err;
    assert_eq!(empty, format!("error: -: expected {kinds}, found an empty file\n"));
    let found = |bytes: &[u8], found: &str| {
        let said = room.run_with(&["inspect", "-"], bytes).err;
        assert!(said.starts_with(&format!("error: -: expected {kinds}, found {found}")), "{said}");
    };
    found(b"Idle\n", "text (read as a pickle: ");
    found("{\"größe\": 1}\n".as_bytes(), "text\n");
    found(b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS");
    found(b"I\x001\n", "other bytes (read as a pickle: ");
    found(b"\xffDave", "0xff at byte 0\n");
    assert_eq!(room.run(&["inspect", "dave"]).status, Some(0));
}

#[test]
fn inspect_lists_what_a_history_has_recorded() {
    let room = Room::new("inspect_history");
    room.file("state.history", [recorded::<Person>(), recorded::<v1::World>()].concat());
    for options in [&[][..], &["--tree"], &["--schema"]] {
        let lines = room.run(&[&["inspect", "state.history"], options].concat()).lines();
        assert!(lines[0].starts_with("state.history: example.Person, fingerprint "), "{lines:?}");
        assert_eq!(lines[1..3], ["  example.Person.name: text", "  example.Person.age: i32"]);
        assert!(lines[3].starts_with("state.history: game.World, fingerprint "), "{lines:?}");
    }
    let run = room.run(&["inspect", "--ops", "state.history"]);
    assert_eq!((run.status, &*run.out), (Some(2), ""));
    assert!(run.err.contains("a recorded history has schemas alone"), "{}", run.err);
    room.file("bad.history", recorded::<Person>().replace("= ", "= 00"));
    assert_eq!(room.run(&["inspect", "bad.history"]).status, Some(2));
}

#[test]
fn inspect_shows_trees_schemas_opcodes_and_classes() {
    let room = Room::new("inspect_forms");
    room.saved("dave", &dave());
    room.file("one.pickle", PICKLE);
    let tree = room.run(&["inspect", "--tree", "dave"]).out;
    assert!(tree.starts_with("dave: ") && tree.ends_with("example.Person\n  name: 'Dave'\n  age: 30\n"), "{tree}");
    let schema = room.run(&["inspect", "--schema", "dave"]).lines();
    assert!(schema[0].starts_with("dave: example.Person, fingerprint "), "{schema:?}");
    assert_eq!(schema[1..], ["  example.Person.name: text", "  example.Person.age: i32"]);
    let lines = room.run(&["inspect", "--tree", "one.pickle"]).lines();
    assert_eq!(lines.join("\n"), "one.pickle: Person(\n    'Dave',\n    30,\n)");
    let lines = room.run(&["inspect", "--ops", "one.pickle"]).lines();
    assert_eq!(lines.join("\n"), format!("one.pickle: 31 bytes from byte 0\n{OPS}"));
    assert_eq!(room.run(&["inspect", "--classes", "one.pickle"]).lines(), ["one.pickle: example.Person"]);
    assert_eq!(room.run(&["inspect", "--classes", "dave"]).lines(), ["dave: example.Person"]);
    assert!(room.run(&["inspect", "--ops", "dave"]).err.contains("a native state has no opcodes"));
    // Where a schema is needed, pickles of any protocol are told from text.
    room.file("old.pickle", b"(lp0\nI1\na.");
    for pickle in ["one.pickle", "old.pickle"] {
        for arguments in [&["inspect", "--schema", pickle][..], &["diff", pickle, pickle], &["python", pickle]] {
            let said = room.run(arguments).err;
            let expected = "expected a native state or a stream of them, found a pickle, which contains no types; `state \
                            inspect --tree` shows its values, and `--classes` the names of its classes\n";
            assert_eq!(said, format!("error: {pickle}: {expected}"));
        }
    }
    for (name, bytes, found) in
        [("text", &b"(lp0"[..], "text"), ("empty", b"", "an empty file"), ("other", b"\0", "other bytes")]
    {
        room.file(name, bytes);
        let said = room.run(&["python", name]).err;
        assert_eq!(said, format!("error: {name}: expected a native state or a stream of them, found {found}\n"));
        let said = room.run(&["history", name]).err;
        assert_eq!(
            said,
            format!(
                "error: {name}: expected a history of forms, as `evolve::testing::recorded` keeps it, found {found}\n"
            )
        );
    }
}

#[test]
fn inspect_takes_encodings_streams_and_what_follows_a_pickle() {
    let room = Room::new("inspect_more");
    room.file("old.pickle", b"U\x01\xe9.");
    assert_eq!(room.run(&["inspect", "--encoding", "latin1", "old.pickle"]).lines(), ["old.pickle: '\u{e9}'"]);
    assert_eq!(room.run(&["inspect", "--encoding", "bytes", "old.pickle"]).lines(), ["old.pickle: b'\\xe9'"]);
    let refused = room.run(&["inspect", "old.pickle"]);
    assert!(refused.status == Some(2) && refused.err.contains("`--encoding`"), "{}", refused.err);
    assert_eq!(room.run(&["inspect", "--ops", "old.pickle"]).status, Some(0));
    assert_eq!(room.run(&["inspect", "--encoding", "klingon", "old.pickle"]).status, Some(2));

    room.file("line.pickle", b"K\x01.\n");
    let run = room.run(&["inspect", "line.pickle"]);
    assert_eq!((run.status, &*run.out), (Some(0), "line.pickle: 1\n"));
    assert!(run.err.contains("1 byte follows the pickle, from byte 3"), "{}", run.err);
    assert!(run.err.starts_with("note: "), "{}", run.err);
    let two = room.run_with(&["inspect", "-"], b"K\x01.\n\n").err;
    assert_eq!(two, "note: -: 2 bytes follow the pickle, from byte 3\n");
    room.file("model.pt", b"PK\x03\x04rest");
    let zip = room.run(&["inspect", "model.pt"]);
    assert!(zip.status == Some(2) && zip.err.contains("torch.save"), "{}", zip.err);

    room.stream("states", &[(0_u8, "x"), (1, "x")]);
    assert_eq!(room.run(&["inspect", "states"]).lines(), ["states: (0, 'x')", "states: (1, 'x')"]);
    // What is whole of a stream that was cut off is shown.
    let states = fs::read(room.0.join("states")).unwrap();
    let cut = room.run_with(&["inspect", "-"], &states[..states.len() - 3]);
    assert_eq!((cut.status, &*cut.out), (Some(2), "-: (0, 'x')\n"));
    assert!(cut.err.starts_with("error: -: expected a whole state, found the end of the stream"), "{}", cut.err);
}

#[test]
fn a_changed_bit_of_a_saved_file_is_told() {
    let room = Room::new("changed_bit");
    let file = room.saved("dave", &dave());
    let mut bytes = fs::read(&file).unwrap();
    let name = bytes.windows(4).rposition(|part| part == b"Dave").unwrap();
    bytes[name] ^= 1;
    fs::write(file, bytes).unwrap();
    let run = room.run(&["inspect", "dave"]);
    assert_eq!((run.status, &*run.out), (Some(2), ""));
    assert!(run.err.contains("a file that is neither damaged nor incomplete"), "{}", run.err);
    assert_eq!(room.run(&["diff", "dave", "dave"]).status, Some(2));
}

/// A terminal must not act on what a file names its types and slots, or on a file's own name.
#[test]
fn control_characters_in_names_are_escaped() {
    #[derive(State, Clone)]
    #[state(name = "ob@@")]
    struct Object {
        #[state(rename = "field@@")]
        field: BTreeMap<String, Variants>,
        #[state(rename = "bytes@@", bytes)]
        records: Vec<Point>,
    }

    #[derive(State, Clone)]
    #[state(name = "en@@")]
    enum Variants {
        #[state(rename = "none@@")]
        Unit,
        #[state(rename = "some@@")]
        Slots {
            #[state(rename = "slot@@")]
            slot: Empty,
        },
    }

    #[derive(State, Clone)]
    #[state(name = "empty@@")]
    struct Empty;

    #[derive(Record, Clone, Copy)]
    #[state(name = "point@@")]
    #[repr(C)]
    struct Point {
        #[state(rename = "x@@")]
        x: u8,
    }

    // Names in a program have no control characters, but the schema in a file is only bytes.
    let hostile = |value: &Object, controls: &[u8; 2]| {
        let mut bytes = Options::new().with_schema().dumps(value).unwrap();
        while let Some(at) = bytes.windows(2).position(|bytes| bytes == b"@@") {
            bytes[at..at + 2].copy_from_slice(controls);
        }
        let length = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
        let fingerprint = bytes[44..44 + length]
            .iter()
            .fold(0xCBF2_9CE4_8422_2325, |hash: u64, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
        bytes[8..16].copy_from_slice(&fingerprint.to_le_bytes());
        bytes
    };
    let room = Room::new("control");
    let mut value = Object { field: [("key".into(), Variants::Unit)].into(), records: vec![Point { x: 1 }] };
    room.file("a", hostile(&value, b"\x1b\n"));
    room.file("d", hostile(&value, b"\x1b\r"));
    value.field.insert("key".into(), Variants::Slots { slot: Empty });
    value.field.insert("new".into(), Variants::Slots { slot: Empty });
    value.records[0].x = 2;
    room.file("b", hostile(&value, b"\x1b\n"));
    room.saved("c", &value);
    for arguments in [
        &["inspect", "a", "b"][..],
        &["inspect", "--tree", "a", "b"],
        &["inspect", "--schema", "a", "b"],
        &["inspect", "--classes", "a", "b"],
        &["diff", "a", "b"],
        &["diff", "a", "c"],
        &["diff", "a", "d"],
        &["upgrade", "a", "--to", "c"],
        &["upgrade", "a", "--to", "d"],
        &["upgrade", "a", "--to", "d", "--alias", "ob\x1b\n=ob\x1b\r"],
        &["python", "a"],
    ] {
        let Run { out, err, .. } = room.run(arguments);
        let shown = out + &err;
        assert!(!shown.contains('\x1b') && shown.contains("1b"), "{arguments:?}: {shown}");
    }
    let listed = room.run(&["inspect", "--schema", "a"]).lines().join("\n");
    for line in [
        r"ob\u{1b}\n.field\u{1b}\n: map of text to en\u{1b}\n",
        r"en\u{1b}\n.none\u{1b}\n",
        r"en\u{1b}\n.some\u{1b}\n.slot\u{1b}\n: empty\u{1b}\n",
        r"empty\u{1b}\n",
        r"point\u{1b}\n.x\u{1b}\n at 0: u8",
    ] {
        assert!(listed.lines().any(|listed| listed.trim_start() == line), "{line}: {listed}");
    }
    let differ = room.run(&["diff", "a", "b"]).out;
    let line = r"ob\u{1b}\n.field\u{1b}\n['new']: absent, theirs en\u{1b}\n.some\u{1b}\n(empty\u{1b}\n())";
    assert!(differ.lines().any(|shown| shown == line), "{differ}");
    let absent = room.run(&["inspect", "no\x1b[31mfile"]).err;
    assert!(absent.starts_with("error: \"no\\u{1b}[31mfile\": "), "{absent}");
}
