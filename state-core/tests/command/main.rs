//! The program `state` as its users run it: what it prints, what it answers to bad input, and its exit status.

#![allow(clippy::items_after_statements, reason = "types stand where the test uses them")]

mod diff;
mod inspect;
mod python;
mod upgrade;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use state_core::evolve::Form;
use state_core::image::save;
use state_core::image::stream::StreamWriter;
use state_core::{Options, State};

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

#[test]
fn help_and_misuse() {
    let room = Room::new("help");
    let help = room.run(&["--help"]).lines().join("\n");
    for command in ["inspect", "diff", "upgrade", "history", "python"] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
        let own = room.run(&[command, "--help"]).lines().join("\n");
        assert!(own.contains(&format!("Usage: state {command} ")), "{own}");
        if command == "diff" {
            assert!(own.contains("<OLD> <NEW>") && own.contains("The file to compare with it"), "{own}");
        }
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
    for twice in [&["diff", "-", "-"][..], &["upgrade", "-", "--to", "-"]] {
        let twice = room.run_with(twice, &dumps_with_schema());
        assert_eq!((twice.status, &*twice.out), (Some(2), ""));
        assert_eq!(twice.err, "error: -: the standard input can be read only once\n");
    }
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

/// What `evolve::testing::recorded` keeps.
fn recorded<T: State>() -> String {
    let form = Form::of::<T>().unwrap();
    let bytes = Options::new().with_schema().dumps(&Vec::<T>::new()).unwrap();
    // A list's schema is a byte before that of its elements.
    let length = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
    let hex: Vec<String> = bytes[45..44 + length].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("form {} {:016x}\n  = {}\n\n", form.name(), form.fingerprint(), hex.concat())
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
