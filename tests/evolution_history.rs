//! The file in which a project records the forms of its states, and the test that compares with it: how it fails, and
//! what it says to write.

// The tests start their own executable again, which would need the emulator on an emulated machine.
#![cfg(target_endian = "little")]
#![allow(
    clippy::items_after_statements,
    clippy::vec_box,
    reason = "statics and types stand where the test uses them, as users write them"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use state_core::evolve::Form;
use state_core::evolve::testing::recorded;
use state_core::{ErrorKind, Options, SchemaHistory, dumps, loads_upgraded};

mod v1 {
    #[derive(state_core::State, Debug)]
    #[state(name = "game.World")]
    pub struct World {
        pub tick: u32,
        pub monsters: Vec<Monster>,
    }

    #[derive(state_core::State, Debug)]
    #[state(name = "game.Monster")]
    pub enum Monster {
        Goblin,
        Dragon { gold: u16 },
    }
}

/// One slot more, without an attribute.
mod unsaid {
    #[derive(state_core::State, Debug)]
    #[state(name = "game.World")]
    pub struct World {
        pub tick: u32,
        pub monsters: Vec<super::v1::Monster>,
        pub weather: String,
    }
}

/// One variant less.
mod gone {
    #[derive(state_core::State, Debug)]
    #[state(name = "game.World")]
    pub struct World {
        pub tick: u32,
        pub monsters: Vec<Monster>,
    }

    #[derive(state_core::State, Debug)]
    #[state(name = "game.Monster")]
    pub enum Monster {
        Dragon { gold: u16 },
    }
}

mod unsaid_and_gone {
    #[derive(state_core::State)]
    #[state(name = "game.World")]
    pub struct World {
        pub tick: u32,
        pub monsters: Vec<super::gone::Monster>,
        pub weather: String,
    }
}

mod v2 {
    #[derive(state_core::State, Debug, PartialEq)]
    #[state(name = "game.Universe", alias("game.World"))]
    pub struct Universe {
        #[state(default)]
        pub weather: String,
        pub monsters: Vec<super::v1::Monster>,
        pub tick: u64,
    }
}

/// Objects that are not shared yet.
mod boxed {
    #[derive(state_core::State)]
    #[state(name = "game.Scene")]
    pub struct Scene {
        pub meshes: Vec<Box<String>>,
        pub root: Box<u8>,
    }
}

mod shared {
    #[derive(state_core::State)]
    #[state(name = "game.Scene", shared)]
    pub struct Scene {
        pub meshes: Vec<std::rc::Rc<String>>,
        pub root: std::rc::Rc<u8>,
    }
}

/// Other pointers are shared, which is not part of the form.
mod otherwise {
    #[derive(state_core::State)]
    #[state(name = "game.Scene", shared)]
    pub struct Scene {
        pub meshes: Vec<Box<String>>,
        pub root: std::rc::Rc<u8>,
    }
}

/// Objects stay shared, and the scene has a name.
mod named {
    #[derive(state_core::State)]
    #[state(name = "game.Scene", shared)]
    pub struct Scene {
        #[state(default)]
        pub name: String,
        pub meshes: Vec<std::rc::Rc<String>>,
        pub root: std::rc::Rc<u8>,
    }
}

impl PartialEq for v1::Monster {
    fn eq(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}

/// The tests below start this in its own process, because it reads the environment.
#[test]
#[ignore = "is started by the other tests"]
fn child() {
    let (form, path) = (std::env::var("FORM").unwrap(), std::env::var("HISTORY").unwrap());
    match &*form {
        "v1" => recorded::<v1::World>(path),
        "unsaid" => recorded::<unsaid::World>(path),
        "gone" => recorded::<gone::World>(path),
        "unsaid_and_gone" => recorded::<unsaid_and_gone::World>(path),
        "v2" => recorded::<v2::Universe>(path),
        "list" => recorded::<Vec<v1::World>>(path),
        "boxed" => recorded::<boxed::Scene>(path),
        "shared" => recorded::<shared::Scene>(path),
        "otherwise" => recorded::<otherwise::Scene>(path),
        _ => unreachable!(),
    }
}

fn start(form: &str, path: &Path, records: bool) -> std::process::Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--ignored", "--nocapture"]).env("FORM", form).env("HISTORY", path);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    if records { command.env("STATE_RECORD", "1") } else { command.env_remove("STATE_RECORD") }.spawn().unwrap()
}

/// Returns the message of the test if it fails.
fn run(form: &str, path: &Path, records: bool) -> Result<(), String> {
    let output = start(form, path, records).wait_with_output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    if output.status.success() { Ok(()) } else { Err(text) }
}

fn file(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("state-history-{name}-{}", std::process::id()));
    let _ = fs::remove_file(&path);
    path
}

/// The first record of `v1::World`.
const V1: &str = include_str!("data/world.history");

#[test]
fn a_form_is_recorded_once_and_reviewed_as_text() {
    let path = file("once");
    let missing = run("v1", &path, false).unwrap_err();
    assert!(missing.contains("there is no such file; run `STATE_RECORD=1 cargo test` to make it"), "{missing}");
    run("v1", &path, true).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    if std::env::var_os("STATE_BLESS").is_some() {
        fs::write("tests/data/world.history", &text).unwrap();
    }
    assert_eq!(text, V1);
    run("v1", &path, true).unwrap();
    run("v1", &path, false).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), V1);
    fs::remove_file(path).unwrap();
}

#[test]
fn what_changed_is_told_with_what_it_takes() {
    let path = file("changed");
    run("v1", &path, true).unwrap();
    let unsaid = run("unsaid", &path, false).unwrap_err();
    for part in [
        "states of game.World as form",
        "can no longer be loaded:",
        "World.weather: expected text, found a state of another version without it",
        "write `#[state(default)]` on the field",
        "the present form of game.World is not recorded in",
    ] {
        assert!(unsaid.contains(part), "{unsaid}");
    }
    // The form is not recorded while the older one does not load, because it would be an obstacle for all later ones.
    let refused = run("unsaid", &path, true).unwrap_err();
    assert!(refused.contains("once none of these differences is left, run `STATE_RECORD=1 cargo test`"), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), V1);

    let gone = run("gone", &path, false).unwrap_err();
    assert!(
        gone.contains("World.monsters[]: expected a variant that `Monster` has, found `Goblin` of another version"),
        "{gone}"
    );
    assert!(gone.contains("`#[state(other)]` on one without fields"), "{gone}");
    // Several differences are reported at once.
    let both = run("unsaid_and_gone", &path, false).unwrap_err();
    for part in ["World.weather: expected text", "World.monsters[]: expected a variant"] {
        assert!(both.contains(part), "{both}");
    }
    fs::remove_file(path).unwrap();
}

#[test]
fn forms_of_names_that_a_type_had_are_looked_at() {
    let path = file("renamed");
    run("v1", &path, true).unwrap();
    let unrecorded = run("v2", &path, false).unwrap_err();
    assert!(unrecorded.contains("the present form of game.Universe is not recorded"), "{unrecorded}");
    assert!(!unrecorded.contains("can no longer be loaded"), "{unrecorded}");
    run("v2", &path, true).unwrap();
    run("v2", &path, false).unwrap();
    // Roots without a name are recorded under a description of their form.
    run("list", &path, true).unwrap();
    assert!(fs::read_to_string(&path).unwrap().contains("\nform list of game.World "));
    fs::remove_file(path).unwrap();
}

#[test]
fn a_record_that_someone_changed_is_none() {
    let path = file("edited");
    run("v1", &path, true).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    // The listing is for people; only the bytes count.
    fs::write(&path, text.replace("u32", "u16").replace('\n', "\r\n")).unwrap();
    run("v1", &path, false).unwrap();
    fs::write(&path, text.replace("  = 0f", "  = 10")).unwrap();
    let edited = run("v1", &path, false).unwrap_err();
    assert!(edited.contains("expected a recorded form as it was written, found one that was changed"), "{edited}");
    fs::remove_file(path).unwrap();
}

#[test]
fn the_text_of_another_file_is_no_history() {
    let comments = "# All forms.\n\n  # More.\n";
    for empty in ["", "\n \n", comments] {
        assert_eq!(Form::recorded(empty).unwrap().len(), 0, "{empty:?}");
    }
    let form = include_str!("data/world.history");
    let count = Form::recorded(form).unwrap().len();
    assert_eq!(Form::recorded(&format!("{comments}{form}")).unwrap().len(), count);
    let long = "ß".repeat(1000);
    for junk in ["junk", "# All forms.\n{}", &long, "form", &format!("<<<<<<< ours\n{form}")] {
        let error = Form::recorded(junk).unwrap_err();
        assert_eq!((error.kind(), error.expected().contains("history")), (ErrorKind::Malformed, true), "{error}");
        assert!(error.to_string().len() < 400, "{error}");
    }
    let error = Form::recorded("{\"form\": 1}\nform ").unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a history of recorded forms, each of which begins with `form `, found the line '{\"form\": 1}'"
    );
}

#[test]
fn several_tests_record_at_a_time() {
    let path = file("parallel");
    let children: Vec<_> = (0..4).flat_map(|_| ["v1", "list"].map(|form| start(form, &path, true))).collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().filter(|line| line.starts_with("form ")).count(), 2, "{text}");
    fs::remove_file(path).unwrap();
}

#[test]
fn a_history_tells_the_schemas_of_states_without_one() {
    static HISTORY: SchemaHistory = SchemaHistory::new(include_str!("data/world.history"));
    // In this process, the older type's own state is not used before its schema is looked up.
    let bytes = include_bytes!("data/world.state");
    if std::env::var_os("STATE_BLESS").is_some() {
        let world = v1::World { tick: 7, monsters: vec![v1::Monster::Goblin, v1::Monster::Dragon { gold: 300 }] };
        fs::write("tests/data/world.state", dumps(&world).unwrap()).unwrap();
    }
    let expected = v2::Universe {
        weather: String::new(),
        monsters: vec![v1::Monster::Goblin, v1::Monster::Dragon { gold: 300 }],
        tick: 7,
    };
    assert_eq!(Options::new().history(&HISTORY).loads_upgraded::<v2::Universe>(bytes).unwrap(), expected);
    static NONE: SchemaHistory = SchemaHistory::new("form game.World 0\n");
    assert!(Options::new().history(&NONE).loads_upgraded::<v2::Universe>(bytes).is_err());
    let error = loads_upgraded::<v2::Universe>(bytes).unwrap_err();
    assert!(error.to_string().contains("those of a recorded form can be upgraded: `Options::history`"), "{error}");
    static EDITED: SchemaHistory = SchemaHistory::new("form game.World 1b\n  = 00\n");
    let mut other = bytes.to_vec();
    other[8..16].copy_from_slice(&0x1b_u64.to_le_bytes());
    let error = Options::new().history(&EDITED).loads_upgraded::<v2::Universe>(&other).unwrap_err();
    assert!(error.to_string().contains("one that was changed"), "{error}");
}

/// A record says which pointers are shared, and is made again if this changes.
#[test]
fn a_history_tells_which_pointers_are_shared() {
    let path = file("shared");
    run("boxed", &path, true).unwrap();
    let read = || SchemaHistory::new(fs::read_to_string(&path).unwrap().leak());
    let before = read();
    let mesh = std::rc::Rc::new("cube".to_string());
    let bytes = dumps(&shared::Scene { meshes: vec![mesh.clone(), mesh], root: 7.into() }).unwrap();
    let error = Options::new().history(before.leak()).loads_upgraded::<named::Scene>(&bytes).map(drop).unwrap_err();
    assert!(error.to_string().contains("once `STATE_RECORD=1 cargo test` was run"), "{error}");

    let unrecorded = run("shared", &path, false).unwrap_err();
    assert!(unrecorded.contains("the present form of game.Scene is not recorded"), "{unrecorded}");
    run("shared", &path, true).unwrap();
    run("shared", &path, true).unwrap();
    run("shared", &path, false).unwrap();
    // What was shared can no longer be.
    let parted = run("boxed", &path, false).unwrap_err();
    for part in [
        "Scene.meshes[]: expected boxed text, found a shared pointer of another version, whose object others may share",
        "Scene.root: expected boxed u8, found a shared pointer",
        "keep it an `Rc` or `Arc` as before",
    ] {
        assert!(parted.contains(part), "{parted}");
    }
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!((text.matches("\nform game.Scene ").count(), text.matches("\n  @ ").count()), (2, 1), "{text}");
    let scene: named::Scene = Options::new().history(read().leak()).loads_upgraded(&bytes).unwrap();
    assert!(scene.name.is_empty() && *scene.meshes[0] == "cube" && *scene.root == 7);
    assert!(std::rc::Rc::ptr_eq(&scene.meshes[0], &scene.meshes[1]));
    let plain = dumps(&boxed::Scene { meshes: vec![Box::new("cube".into())], root: Box::new(7) }).unwrap();
    let scene: named::Scene = Options::new().history(read().leak()).loads_upgraded(&plain).unwrap();
    assert_eq!(*scene.meshes[0], "cube");

    // The record of the pointers is protected like the form.
    let (start, row) = text.split_at(text.find("\n  @ ").unwrap() + 5);
    let edited = SchemaHistory::new(format!("{start}03{}", &row[2..]).leak());
    let error = Options::new().history(edited.leak()).loads_upgraded::<named::Scene>(&bytes).map(drop).unwrap_err();
    assert!(error.to_string().contains("one that was changed"), "{error}");

    // A state without its schema does not say which of the two it is.
    let other = file("otherwise");
    run("otherwise", &other, true).unwrap();
    fs::write(&path, text + &fs::read_to_string(&other).unwrap()).unwrap();
    let error = Options::new().history(read().leak()).loads_upgraded::<named::Scene>(&bytes).map(drop).unwrap_err();
    assert!(error.to_string().contains("several, with other shared pointers"), "{error}");
    fs::remove_file(path).unwrap();
    fs::remove_file(other).unwrap();
}

trait Leak: Sized + 'static {
    fn leak(self) -> &'static Self {
        Box::leak(Box::new(self))
    }
}

impl Leak for SchemaHistory {}
