//! `state upgrade`.

use std::fs;

use state_core::evolve::Form;
use state_core::image::stream::StreamReader;
use state_core::image::{load_file, verify};
use state_core::{dumps, loads};

use super::{Person, Room, Run, dave, recorded, upgraded, v1, v2, world};

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
    // A native file has one form.
    let unknown = room.run(&["upgrade", "dave", "--to", "dave", "--form", "12"]);
    assert_eq!(unknown.err, "error: dave: no form with the fingerprint 0000000000000012\n");
    let own = format!("{:016x}", Form::of::<Person>().unwrap().fingerprint());
    assert_eq!(room.run(&["upgrade", "dave", "--to", "dave", "--form", &own]).lines(), [""; 0]);
    assert_eq!(room.run(&["upgrade", "dave", "--to", "dave", "--alias", "x"]).status, Some(2));
    let changed = recorded::<v1::World>().replace("= 0", "= 1");
    room.file("changed", changed);
    let changed = room.run(&["upgrade", "dave", "--to", "changed"]);
    assert!(changed.err.contains("expected a recorded form as it was written"), "{}", changed.err);
}
