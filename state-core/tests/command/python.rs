//! `state python`.

use std::fs;

use state_core::State;

use super::{Person, Room, dave, recorded, v1, world};

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
