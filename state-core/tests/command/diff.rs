//! `state diff`.

use state_core::State;

use super::{PICKLE, Room, upgraded, v1, world};

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
