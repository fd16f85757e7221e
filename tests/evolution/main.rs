//! States outlive their types: a state of an older form becomes one of the present form, or is refused with what to
//! write.

#![allow(
    clippy::items_after_statements,
    clippy::vec_box,
    reason = "types stand where the test uses them, as users write them"
)]

mod by_name;
mod changes;
#[path = "../made_up/mod.rs"]
mod made_up;
mod slots;

use state_core::{Options, State};

/// The bytes of an older form, with its schema.
fn old<T: State>(value: &T) -> Vec<u8> {
    Options::new().with_schema().dumps(value).unwrap()
}

mod v1 {
    use state_core::State;

    #[derive(State, Debug, Clone)]
    pub struct World {
        pub tick: u32,
        pub wind: f32,
        pub entities: Vec<Entity>,
        pub names: std::collections::BTreeMap<u8, String>,
    }

    #[derive(State, Debug, Clone)]
    pub struct Entity {
        pub name: String,
        pub at: (f32, f32),
        pub kind: Kind,
        pub child: Option<Box<Entity>>,
        pub junk: String,
    }

    #[derive(State, Debug, Clone)]
    pub enum Kind {
        Player,
        Monster { health: u8, loot: Vec<String> },
        Rock(f32),
    }
}

#[derive(State, Debug, PartialEq)]
#[state(removed("wind"))]
struct World {
    entities: Vec<Entity>,
    #[state(default)]
    paused: bool,
    #[state(alias("names"))]
    players: std::collections::HashMap<u16, String>,
    tick: u64,
}

#[derive(State, Debug, PartialEq)]
#[state(removed("junk"))]
struct Entity {
    child: Option<Box<Entity>>,
    kind: Kind,
    name: Option<String>,
    #[state(default = spawn)]
    tags: Vec<String>,
    at: (f64, f64),
}

fn spawn() -> Vec<String> {
    vec!["new".into(), "old".into()]
}

#[derive(State, Debug, PartialEq)]
enum Kind {
    #[state(other)]
    Unknown,
    Monster {
        loot: Vec<String>,
        health: i32,
        #[state(default)]
        mood: i8,
    },
    #[state(alias("Player"))]
    Hero,
}

fn world() -> v1::World {
    let goblin = v1::Kind::Monster { health: 9, loot: vec!["gold".into(), "rüstung".into()] };
    let child =
        v1::Entity { name: "kid".into(), at: (1.0, 2.0), kind: v1::Kind::Player, child: None, junk: "x".into() };
    v1::World {
        tick: 7,
        wind: 0.5,
        entities: vec![
            v1::Entity {
                name: "a".into(),
                at: (0.5, -1.0),
                kind: goblin,
                child: Some(Box::new(child)),
                junk: "yy".into(),
            },
            v1::Entity {
                name: String::new(),
                at: (0.0, f32::MIN),
                kind: v1::Kind::Rock(1.0),
                child: None,
                junk: String::new(),
            },
        ],
        names: [(1, "Ada".into()), (2, "Grace".into())].into(),
    }
}

fn upgraded() -> World {
    let monster = Kind::Monster { loot: vec!["gold".into(), "rüstung".into()], health: 9, mood: 0 };
    let child = Entity { child: None, kind: Kind::Hero, name: Some("kid".into()), tags: spawn(), at: (1.0, 2.0) };
    let entities = vec![
        Entity { child: Some(Box::new(child)), kind: monster, name: Some("a".into()), tags: spawn(), at: (0.5, -1.0) },
        Entity {
            child: None,
            kind: Kind::Unknown,
            name: Some(String::new()),
            tags: spawn(),
            at: (0.0, f32::MIN.into()),
        },
    ];
    World { entities, paused: false, players: [(1, "Ada".into()), (2, "Grace".into())].into(), tick: 7 }
}
