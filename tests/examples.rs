//! The examples as users run them: their output, their errors for bad input, and their exit status.

// They are built for this machine only; under emulation they would have to be started in the emulator.
#![cfg(target_endian = "little")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use state_core::pickle::{self, Protocol};
use state_core::{Options, State};

struct Run {
    status: Option<i32>,
    out: String,
    err: String,
}

/// A directory for one test, used as the temporary directory of the examples it runs.
struct Room(PathBuf);

impl Room {
    fn new(name: &str) -> Self {
        let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&room);
        fs::create_dir_all(&room).unwrap();
        Self(room)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let file = self.0.join(name);
        fs::write(&file, content).unwrap();
        file.to_str().unwrap().into()
    }

    fn run(&self, example: &str, arguments: &[&str]) -> Run {
        // Next to this test's own directory, as in cargo's layout.
        let tests = env::current_exe().unwrap();
        let program = tests.parent().unwrap().with_file_name("examples").join(example);
        let output = Command::new(&program).args(arguments).env("TMPDIR", &self.0).output().unwrap_or_else(|error| {
            panic!("{}: {error}; `cargo test` builds it, and so does `cargo build --examples`", program.display())
        });
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The output lines of an example that succeeds.
    fn lines(&self, example: &str, arguments: &[&str]) -> Vec<String> {
        let Run { status, out, err } = self.run(example, arguments);
        assert_eq!((status, &*err), (Some(0), ""), "{out}");
        out.lines().map(String::from).collect()
    }
}

const STATE: &str = r"(b'\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00I@\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xe0h@\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xf0x@', 3, Person('Dave', 30))";

#[test]
fn an_owner_is_of_one_of_two_classes() {
    let lines = Room::new("dynamic").lines("dynamic", &[]);
    let report = "Dave, who is 30; with Eve, who is 41, for 2500.00 a month and Ann, who is 35";
    assert_eq!(lines.iter().filter(|line| line.ends_with(report)).count(), 4, "{lines:?}");
    assert_eq!(lines[1], "its state: (Person('Dave', 30), [Employee('Eve', 41, 2500.0), Person('Ann', 35)])");
    assert_eq!(lines[4], "  the owner, still a Person: in the same memory");
    assert_eq!(lines[6], "a text for an owner: Shop.owner: expected a type of the list of Owner, found str 'nobody'");
}

#[test]
fn saves_of_older_versions_are_loaded() {
    let lines = Room::new("evolution").lines("evolution", &[]);
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[0],
        "version 1: Save { hero: Hero { name: \"Ada\", level: 7 }, \
         bag: [Sword { sharpness: 1 }, Potion(3), Relic], gold: 0, at: (12.0, 34.0) }"
    );
}

#[test]
fn bicycles_are_made_dumped_loaded_and_restored() {
    let room = Room::new("bicycles");
    let story = room.lines("bicycles", &[]).join("\n");
    assert!(story.contains(STATE));
    for (scene, price) in [
        ("made a shop", "216.0"),
        ("loaded a new shop", "216.0"),
        ("another shop", "1.0"),
        ("restored in place, in the same memory", "216.0"),
        ("pickled for Python in 122 bytes, and read again", "216.0"),
        ("a file cut short: MySubclass: expected 240 bytes, found 239 at byte 239; the bytes are truncated", "216.0"),
    ] {
        assert!(story.contains(&format!("{scene}\n  average price: {price}")), "{scene}");
    }
    assert!(story.contains("said to be 1000 bicycles: MySubclass.base.data: "));
    assert!(story.ends_with("average price: 216.0"));

    let file = room.0.join("bicycles.state");
    assert!(story.contains(&format!("dumped to {}\n", file.display())));
    let shown = room.lines("bicycles", &[file.to_str().unwrap()]);
    assert_eq!(shown, [&*format!("state: {STATE}"), "average price: 216.0"]);

    for protocol in 2..6 {
        let pickle = format!("{}/tests/data/pickle/mysubclass_p{protocol}.pkl", env!("CARGO_MANIFEST_DIR"));
        let shown = room.lines("bicycles", &[&pickle]);
        assert_eq!(shown, [&*format!("state: {STATE}"), "average price: 216.0"]);
    }
    // Before protocol 2 nothing at the start marks a pickle.
    let shop = format!("{}/tests/data/pickle/mysubclass_p2.pkl", env!("CARGO_MANIFEST_DIR"));
    let shop = pickle::load_value(&fs::read(shop).unwrap()).unwrap();
    for protocol in [Protocol::V0, Protocol::V1] {
        let old = room.file("old.pkl", pickle::PickleOptions::new().protocol(protocol).dump_value(&shop).unwrap());
        assert_eq!(room.lines("bicycles", &[&old]), [&*format!("state: {STATE}"), "average price: 216.0"]);
    }
}

#[derive(State)]
#[state(name = "example.Person")]
struct Person {
    name: String,
    age: i32,
}

fn dave() -> Person {
    Person { name: "Dave".into(), age: 30 }
}

#[test]
fn a_file_without_the_bicycles_is_answered_in_one_line() {
    let room = Room::new("no_bicycles");
    room.lines("bicycles", &[]);
    let shop = fs::read(room.0.join("bicycles.state")).unwrap();
    let mut swapped = shop.clone();
    let price = shop.windows(3).position(|bytes| bytes == b"\x00I@").unwrap();
    swapped.drain(..price);

    let person = Options::new().with_schema().dumps(&dave()).unwrap();
    let files = [
        (room.0.join("absent").to_str().unwrap().into(), "No such file or directory"),
        (room.0.to_str().unwrap().into(), "Is a directory"),
        (room.file("empty", ""), "expected a native state (magic D7 53 54 41), found nothing at byte 0"),
        (room.file("text", "gears,price\n1,50.0\n"), "expected a native state"),
        (
            room.file("cut", &shop[..200]),
            "MySubclass: expected 240 bytes, found 200 at byte 200; the bytes are truncated",
        ),
        (room.file("front", swapped), "expected a native state"),
        (room.file("person", person), "expected example.MySubclass, found example.Person"),
    ];
    for (file, answer) in files {
        let Run { status, out, err } = room.run("bicycles", &[&file]);
        assert_eq!((status, &*out, err.lines().count()), (Some(1), "", 1), "{file}: {out}{err}");
        assert!(err.starts_with(&format!("bicycles: {file}: ")), "{err}");
        assert!(err.contains(answer), "{err}");
    }
}

#[test]
fn rollback_times_each_way_and_ends_in_the_same_state() {
    let lines = Room::new("rollback").lines("rollback", &["50", "2"]);
    let ways =
        ["history: push", "history: checksum", "history: restore", "save into a used buffer", "restore in place"];
    for name in ways.into_iter().chain(["load anew", "clone"]) {
        let line = lines.iter().find(|line| line.starts_with(name)).unwrap();
        assert_eq!(line[name.len()..].split_whitespace().filter(|time| time.parse::<f64>().is_ok()).count(), 3);
    }
    assert_eq!(cfg!(debug_assertions), lines[0].contains("--release"));
    let [frame, difference] = lines.last_chunk().unwrap();
    assert_eq!(frame, "the machines differ from frame 40 on:");
    assert_eq!(difference, "  World.entities[3].position[0]: 56.0, theirs 56.25");
}

#[test]
fn a_checkpoint_goes_to_a_file_and_back() {
    let room = Room::new("checkpoint");
    let lines = room.lines("checkpoint", &["2"]);
    assert!(lines.last().unwrap().starts_with("step 1000, shape (250, 1000), last number Some(35714.142857142855), "));
    for name in ["plain copy  ", "dump into", "write", "read", "check", "restore in place", "load into", "load, borr"] {
        assert!(lines.iter().any(|line| line.starts_with(name) && line.contains(" ms")), "{name}");
    }
    assert_eq!(fs::read_dir(&room.0).unwrap().count(), 0, "it leaves its file behind");
}

#[test]
fn a_graph_keeps_its_shared_objects() {
    let lines = Room::new("graph").lines("graph", &[]);
    assert_eq!(
        lines[1..],
        [
            "a door leads from the hall to the attic",
            "and back to the same hall: true",
            "both have walls of one stone: true",
            "rooms know their building: true",
            "in place: hall, true",
        ]
    );
}

#[test]
fn hooks_rebuild_refuse_convert_and_fill() {
    let expected = "\
after_set rebuilt the index: Ulysses is book Some(1)
skip leaves the index out of the state: (['Emma', 'Ulysses'], 'north')
default filled the slot that an old state lacks: \"main\"
with makes text of the number: ('4711', [50, -20], 30)
before_get refuses: Account: entries are pending
after_set refuses: Account: the entries make 3, not 4; the number is still 4711
with refuses: Account.number: \"four\" is no account number; the balance is still 0
and a good state goes in: [50, -20], balance 30
pending after it: [99]";
    assert_eq!(Room::new("hooks").lines("hooks", &[]).join("\n"), expected);
}

#[test]
fn journal_goes_on_after_a_torn_end() {
    let room = Room::new("journal");
    for (whole, last) in [(4, 5), (9, 10)] {
        let lines = room.lines("journal", &[]);
        assert_eq!(lines[1], format!("{whole} whole states, the last of them number 3"));
        assert!(lines[2].starts_with("then: expected a whole state, found the end of the stream"));
        assert_eq!(lines[3], format!("after going on: {last} whole states"));
    }
}
