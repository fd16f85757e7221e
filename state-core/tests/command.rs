//! The program `state` as its users run it: what it prints, what it answers to bad input, and its exit status.

#![allow(clippy::items_after_statements, reason = "types stand where the test uses them")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use state_core::evolve::Form;
use state_core::image::stream::{StreamReader, StreamWriter};
use state_core::image::{load_file, save, verify};
use state_core::{Options, State, dumps, loads};

struct Run {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    /// The lines of a run that ends well.
    fn lines(self) -> Vec<String> {
        assert_eq!((self.status, &*self.err), (Some(0), ""), "{}", self.out);
        self.out.lines().map(String::from).collect()
    }
}

/// A directory for one test, in which the program is run.
struct Room(PathBuf);

impl Room {
    fn new(name: &str) -> Self {
        let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&room);
        fs::create_dir_all(&room).unwrap();
        Self(room)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let file = self.0.join(name);
        fs::write(&file, content).unwrap();
        file
    }

    fn saved<T: State>(&self, name: &str, value: &T) -> PathBuf {
        let file = self.0.join(name);
        save(&file, value).unwrap();
        file
    }

    fn stream<T: State>(&self, name: &str, values: &[T]) -> PathBuf {
        let mut writer = StreamWriter::new(Vec::new()).unwrap();
        for value in values {
            writer.write(value).unwrap();
        }
        self.file(name, writer.into_inner())
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, b"")
    }

    fn run_with(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_state"));
        command.args(arguments).current_dir(&self.0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may end before it has read all.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
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

const PICKLE: &[u8] = b"\x80\x04cexample\nPerson\n)\x81\x8c\x04DaveK\x1e\x86b.";

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
    assert_eq!(err[1], "error: text: expected a pickle, found 'D' at byte 0");
    assert_eq!(err[2], "error: cut.pickle: expected 9 bytes behind SHORT_BINUNICODE, found 5 at byte 34");

    // Where none can be shown, nothing went well.
    assert_eq!(room.run(&["inspect", "text", "dave"]).status, Some(1));
    assert_eq!(room.run(&["inspect", "text", "absent"]).status, Some(2));
    assert_eq!(room.run(&["inspect", "text"]).status, Some(2));
    assert_eq!(room.run(&["inspect", "dave"]).status, Some(0));
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
    assert!(room.run(&["inspect", "--schema", "one.pickle"]).err.contains("found what looks like a pickle"));
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
    assert!(run.err.contains("1 bytes follow the pickle, from byte 3"), "{}", run.err);
    assert!(run.err.starts_with("note: "), "{}", run.err);
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

#[test]
fn help_and_misuse() {
    let room = Room::new("help");
    let help = room.run(&["--help"]).lines().join("\n");
    for command in ["inspect", "diff", "upgrade", "history", "python"] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
        let own = room.run(&[command, "--help"]).lines().join("\n");
        assert!(own.contains(&format!("Usage: state {command} ")), "{own}");
        let none = room.run(&[command]);
        assert_eq!((none.status, &*none.out), (Some(2), ""));
        assert!(none.err.starts_with("error: ") && none.err.contains("Usage: "), "{}", none.err);
        let absent =
            if command == "diff" { &[command, "absent", "absent"][..] } else { &[command, "absent", "--to", "absent"] };
        let absent = if matches!(command, "diff" | "upgrade") { absent } else { &absent[..2] };
        let Run { status, out, err } = room.run(absent);
        assert_eq!((status, &*out), (Some(2), ""), "{err}");
        assert!(err.starts_with("error: absent: No such file"), "{err}");
    }
    assert_eq!(room.run(&["unknown"]).status, Some(2));
    assert!(room.run(&["--version"]).lines()[0].starts_with("state "));
}

mod v1 {
    #[derive(state_core::State, Clone)]
    #[state(name = "game.World")]
    pub struct World {
        pub tick: u32,
        pub wind: f32,
        pub monsters: Vec<Monster>,
    }

    #[derive(state_core::State, Clone)]
    #[state(name = "game.Monster")]
    pub struct Monster {
        pub name: String,
        pub health: u8,
    }
}

mod v2 {
    #[derive(state_core::State, Debug, PartialEq)]
    #[state(name = "game.World")]
    pub struct World {
        pub monsters: Vec<Monster>,
        pub tick: u64,
    }

    #[derive(state_core::State, Debug, PartialEq)]
    #[state(name = "game.Monster")]
    pub struct Monster {
        pub health: u16,
        pub title: Option<String>,
        pub mood: i8,
    }
}

fn world() -> v1::World {
    let monster = |name: &str| v1::Monster { name: name.into(), health: 9 };
    v1::World { tick: 7, wind: 0.5, monsters: vec![monster("Orc"), monster("Rat")] }
}

fn upgraded() -> v2::World {
    let monster = |name: &str| v2::Monster { health: 9, title: Some(name.into()), mood: 0 };
    v2::World { monsters: vec![monster("Orc"), monster("Rat")], tick: 7 }
}

#[test]
fn diff_tells_slots_schemas_and_streams_apart() {
    let room = Room::new("diff");
    let mut other = world();
    room.saved("a", &other);
    other.monsters[1].health = 3;
    other.tick = 8;
    room.saved("b", &other);
    assert_eq!(room.run(&["diff", "a", "a"]).lines(), [""; 0]);
    let both = room.run(&["diff", "a", "b"]);
    assert_eq!(both.status, Some(1));
    assert_eq!(both.out, "World.tick: 7, theirs 8\nWorld.monsters[1].health: 9, theirs 3\n");
    let one = room.run(&["diff", "--most", "1", "a", "b"]).out;
    assert_eq!(one, "World.tick: 7, theirs 8\n... (`--most` prints more)\n");
    assert_eq!(room.run(&["diff", "--schema", "a", "b"]).lines(), [""; 0]);

    room.saved("c", &upgraded());
    let schemas = room.run(&["diff", "a", "c"]);
    assert_eq!(schemas.status, Some(1));
    let expected = "\
- game.World.tick: u32
- game.World.wind: f32
  ";
    assert!(schemas.out.contains(expected.trim_end()), "{}", schemas.out);
    assert!(schemas.out.contains("\n+ game.World.tick: u64\n"), "{}", schemas.out);

    // Where states of the one become states of the other by themselves, what they hold is compared too.
    #[derive(State)]
    #[state(name = "game.World")]
    struct Wider {
        monsters: Vec<v1::Monster>,
        wind: f64,
        tick: u64,
    }
    room.saved("d", &Wider { monsters: world().monsters, wind: 1.5, tick: 7 });
    let wider = room.run(&["diff", "a", "d"]);
    assert_eq!((wider.status, wider.out.lines().last()), (Some(1), Some("World.wind: 0.5, theirs 1.5")));

    room.stream("s", &[1_u8, 2, 3]);
    room.stream("t", &[1_u8, 7]);
    let streams = room.run(&["diff", "s", "t"]);
    assert_eq!((streams.status, &*streams.out), (Some(1), "[1] 2, theirs 7\n[2] present, theirs absent\n"));
    room.file("p", PICKLE);
    let pickle = room.run(&["diff", "s", "p"]);
    assert_eq!(pickle.status, Some(2));
    assert!(pickle.err.starts_with("error: p: expected a native state or a stream of them"), "{}", pickle.err);
}

/// What `evolve::testing::recorded` keeps.
fn recorded<T: State>() -> String {
    let form = Form::of::<T>().unwrap();
    let bytes = Options::new().with_schema().dumps(&Vec::<T>::new()).unwrap();
    // A list's schema is a byte before that of its elements.
    let length = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
    let hex: Vec<String> = bytes[45..44 + length].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("form {} {:016x}\n  = {}\n\n", form.name(), form.fingerprint(), hex.concat())
}

const SAID: [&str; 7] = ["--default", "--removed", "wind", "--alias", "name=title", "--to", "state.history"];

#[test]
fn upgrade_makes_files_and_streams_of_a_recorded_form() {
    let room = Room::new("upgrade");
    room.file("state.history", recorded::<v1::World>() + &recorded::<v2::World>());
    let file = room.saved("world", &world());

    // Nothing is dropped or made up that nobody asked for, and the file stays as it was.
    let bare = room.run(&["upgrade", "world", "--to", "state.history"]);
    assert_eq!((bare.status, &*bare.out), (Some(2), ""));
    for part in ["--removed", "World.monsters[].mood", "World: expected no slot `wind`", "`--alias name=title`"] {
        assert!(bare.err.contains(part), "{}", bare.err);
    }
    // In options, as attributes are for programs.
    assert!(bare.err.contains("write `--default`") && !bare.err.contains("#[state"), "{}", bare.err);
    assert_eq!(load_file::<v1::World>(&file).unwrap().tick, 7);

    let to = |output: &str| room.run(&[&["upgrade", "world", "-o", output], &SAID[..]].concat());
    assert_eq!(to("made").lines(), [""; 0]);
    let made = fs::read(room.0.join("made")).unwrap();
    assert!(verify(&made).unwrap());
    assert_eq!(loads::<v2::World>(&made).unwrap(), upgraded());
    assert_eq!(
        room.run(&["inspect", "made"]).lines(),
        ["made: World([Monster(9, 'Orc', 0), Monster(9, 'Rat', 0)], 7)"]
    );

    // To the form of another file, or one by its fingerprint, and in its own place.
    let fingerprint = format!("{:016x}", Form::of::<v2::World>().unwrap().fingerprint());
    let by = room.run(&[&["upgrade", "world", "--form", &fingerprint], &SAID[..]].concat());
    assert_eq!(by.lines(), [""; 0]);
    assert_eq!(load_file::<v2::World>(&file).unwrap(), upgraded());
    room.saved("world", &world());
    let to_file = [&["upgrade", "world"], &SAID[..6], &["made"]].concat();
    assert_eq!(room.run(&to_file).lines(), [""; 0]);
    assert_eq!(load_file::<v2::World>(&file).unwrap(), upgraded());

    // States without a schema, by the history.
    room.file("bare", dumps(&world()).unwrap());
    assert_eq!(room.run(&[&["upgrade", "bare"], &SAID[..]].concat()).lines(), [""; 0]);
    assert_eq!(load_file::<v2::World>(room.0.join("bare")).unwrap(), upgraded());

    let stream = room.stream("states", &[world(), world(), v1::World { monsters: vec![], ..world() }]);
    assert_eq!(room.run(&[&["upgrade", "states"], &SAID[..]].concat()).lines(), [""; 0]);
    let mut reader = StreamReader::open(stream).unwrap();
    let states: Vec<v2::World> = reader.states().map(Result::unwrap).collect();
    assert_eq!(states, [upgraded(), upgraded(), v2::World { monsters: vec![], tick: 7 }]);
}

#[test]
fn upgrade_knows_the_names_in_its_options() {
    let room = Room::new("upgrade_names");
    room.file("state.history", recorded::<v2::World>());
    room.saved("world", &world());
    let upgrade = |options: &[&str]| {
        let Run { status, out, err } =
            room.run(&[&["upgrade", "world", "--to", "state.history", "-o", "made"], options].concat());
        assert_eq!((status, &*out), (Some(2), ""), "{err}");
        err
    };
    assert_eq!(
        upgrade(&["--default", "--removed", "wind", "--alias", "title=name"]),
        "error: world: `--alias title=name`: the file has no slot, variant or type named title (write `--alias \
         name=title`: the old name comes first)\n"
    );
    assert_eq!(
        upgrade(&["--default", "--removed", "winds", "--alias", "name=title"]),
        "error: world: `--removed winds`: the file has no slot, variant or type named winds\n"
    );
    assert_eq!(
        upgrade(&["--default", "--removed", "wind", "--alias", "name=titel"]),
        "error: world: `--alias name=titel`: the form to upgrade to has no slot, variant or type named titel\n"
    );
}

#[test]
fn upgrade_says_which_forms_there_are() {
    let room = Room::new("upgrade_wrong");
    room.file("state.history", recorded::<v1::World>());
    room.saved("dave", &dave());
    let other = room.run(&["upgrade", "dave", "--to", "state.history"]);
    let said = "error: state.history: no form of example.Person (`--alias OLD=NEW` says what a type is called now); there \
                are game.World\n";
    assert_eq!((other.status, &*other.err), (Some(2), said));
    let unknown = room.run(&["upgrade", "dave", "--to", "state.history", "--form", "12"]);
    assert_eq!(unknown.err, "error: state.history: no form with the fingerprint 0000000000000012\n");
    assert_eq!(room.run(&["upgrade", "dave", "--to", "dave", "--alias", "x"]).status, Some(2));
    let changed = recorded::<v1::World>().replace("= 0", "= 1");
    room.file("changed", changed);
    let changed = room.run(&["upgrade", "dave", "--to", "changed"]);
    assert!(changed.err.contains("expected a recorded form as it was written"), "{}", changed.err);
}

#[test]
fn history_shows_what_each_change_takes() {
    let room = Room::new("history");
    room.file("state.history", recorded::<v1::World>() + &recorded::<Person>() + &recorded::<v2::World>());
    let shown = room.run(&["history", "state.history"]).lines().join("\n");
    for part in [
        "form game.World ",
        "\n  game.World.wind: f32\n",
        "\n--- game.World ",
        "\n- game.World.wind: f32\n",
        "\n+ game.Monster.mood: i8\n",
        "\n  World.monsters[].mood: expected i8, found a state of another version without it\n",
        "if it was removed, write `#[state(removed(\"wind\"))]` on `World`; if it was renamed, ",
        "form example.Person ",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let one = room.run(&["history", "state.history", "example.Person"]).lines();
    assert!(one[0].starts_with("form example.Person ") && one.len() == 3, "{one:?}");
    assert_eq!(room.run(&["history", "--check", "state.history", "example.Person"]).status, Some(0));
    assert_eq!(room.run(&["history", "--check", "state.history"]).status, Some(1));
    let unknown = room.run(&["history", "state.history", "game.Wrold"]);
    assert!(unknown.err.ends_with("no form of game.Wrold; there are game.World, example.Person\n"), "{}", unknown.err);
    room.file("text", "x");
    assert!(room.run(&["history", "text"]).err.contains("expected a history of forms"));
}

#[test]
fn python_writes_classes() {
    let room = Room::new("python");
    room.saved("dave", &dave());
    let tuple = room.run(&["python", "dave"]).lines().join("\n");
    assert!(
        tuple.contains("@dataclass\nclass Person:\n    name: str\n    age: int\n\n    def __getstate__"),
        "{tuple}"
    );
    let dict = room.run(&["python", "--pickle", "dict", "dave"]).lines().join("\n");
    assert!(dict.ends_with("@dataclass\nclass Person:\n    name: str\n    age: int"), "{dict}");
    room.stream("states", &[dave()]);
    assert_eq!(room.run(&["python", "states"]).lines().join("\n"), tuple);

    room.file("state.history", recorded::<v1::World>() + &recorded::<Person>());
    assert_eq!(room.run(&["python", "state.history", "--type", "example.Person"]).lines().join("\n"), tuple);
    let several = room.run(&["python", "state.history"]);
    assert_eq!(several.status, Some(2));
    assert!(
        several.err.ends_with("`--type` says which type; there are example.Person, game.World\n"),
        "{}",
        several.err
    );

    #[derive(State)]
    #[state(name = "game.world.Both")]
    struct Both {
        dave: Person,
        world: v1::World,
    }
    room.saved("both", &Both { dave: dave(), world: world() });
    let both = room.run(&["python", "both"]);
    assert_eq!((both.status, &*both.out), (Some(2), ""));
    assert!(
        both.err.contains("classes of several modules: game.world, example, game; `--output FOLDER`"),
        "{}",
        both.err
    );
    assert_eq!(room.run(&["python", "both", "-o", "made"]).lines(), [""; 0]);
    for (file, part) in
        [("game/__init__.py", "class World:"), ("game/world.py", "world: _game.World"), ("example.py", "class Person:")]
    {
        let text = fs::read_to_string(room.0.join("made").join(file)).unwrap();
        assert!(text.contains(part), "{file}: {text}");
    }
    #[derive(State)]
    #[state(name = "/x.Out")]
    struct Out {
        a: u8,
    }
    room.saved("out", &Out { a: 1 });
    let out = room.run(&["python", "out", "-o", "made"]);
    assert!(out.err.contains("is not the name of a module"), "{}", out.err);
}

/// Hostile files end it with an error, and never with a panic.
#[test]
fn damaged_files_are_errors() {
    let room = Room::new("damaged");
    let file = room.saved("world", &world());
    let bytes = dumps_with_schema();
    for at in (0..bytes.len()).step_by(9) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        fs::write(&file, &damaged).unwrap();
        {
            for arguments in
                [&["inspect", "world"][..], &["diff", "world", "world"], &["upgrade", "world", "--to", "world"]]
            {
                let run = room.run(arguments);
                assert!(matches!(run.status, Some(0..=2)), "byte {at}: {}", run.err);
                assert!(!run.err.contains("panicked"), "byte {at}: {}", run.err);
            }
        }
    }
}

fn dumps_with_schema() -> Vec<u8> {
    Options::new().with_schema().dumps(&world()).unwrap()
}
