//! The types: the world as it was, with one more slot in each entity, and with everything changed.

use savefile::prelude::Savefile;
use serde::{Deserialize, Serialize};
use state_core::State;

pub mod base {
    use super::{Deserialize, Savefile, Serialize, State};

    #[derive(State, Serialize, Deserialize, Savefile, Clone)]
    pub struct World {
        pub tick: u64,
        pub entities: Vec<Entity>,
    }

    #[derive(State, Serialize, Deserialize, Savefile, Clone)]
    pub struct Entity {
        pub id: u32,
        pub name: String,
        pub at: [f32; 3],
        pub health: u16,
        pub kind: Kind,
        pub target: Option<Box<Target>>,
        pub items: Vec<Item>,
    }

    #[derive(State, Serialize, Deserialize, Savefile, Clone)]
    pub enum Kind {
        Player,
        Monster { level: u8, drops: Vec<u32> },
        Crate(String),
    }

    #[derive(State, Serialize, Deserialize, Savefile, Clone)]
    pub struct Target {
        pub id: u32,
        pub distance: f32,
    }

    #[derive(State, Serialize, Deserialize, Savefile, Clone)]
    pub struct Item {
        pub name: String,
        pub count: u8,
    }

    impl World {
        pub fn sample(entities: u32) -> Self {
            let item =
                |number: u32| Item { name: format!("item of kind {}", number % 17), count: (number % 200) as u8 };
            let entity = |id: u32| Entity {
                id,
                name: format!("entity number {id}"),
                at: [id as f32, 0.5, -1.5],
                health: (id % 500) as u16,
                kind: match id % 3 {
                    0 => Kind::Player,
                    1 => Kind::Monster { level: (id % 90) as u8, drops: (0..id % 5).collect() },
                    _ => Kind::Crate(format!("crate {id}")),
                },
                target: id.is_multiple_of(4).then(|| Box::new(Target { id: id / 2, distance: 1.5 })),
                items: (0..id % 3).map(item).collect(),
            };
            Self { tick: 12345, entities: (0..entities).map(entity).collect() }
        }
    }
}

pub mod added {
    use super::base::{Item, Kind, Target};
    use super::{Deserialize, Savefile, Serialize, State};

    #[derive(State, Serialize, Deserialize, Savefile)]
    pub struct World {
        pub tick: u64,
        pub entities: Vec<Entity>,
        #[state(default)]
        #[serde(default)]
        #[savefile_versions = "1.."]
        pub paused: bool,
    }

    #[derive(State, Serialize, Deserialize, Savefile)]
    pub struct Entity {
        pub id: u32,
        pub name: String,
        pub at: [f32; 3],
        pub health: u16,
        #[state(default)]
        #[serde(default)]
        #[savefile_versions = "1.."]
        pub mood: i32,
        pub kind: Kind,
        pub target: Option<Box<Target>>,
        pub items: Vec<Item>,
    }
}

pub mod changed {
    use super::State;

    #[derive(State)]
    pub struct World {
        #[state(alias("entities"))]
        pub beings: Vec<Entity>,
        pub tick: Option<u64>,
        #[state(default)]
        pub paused: bool,
    }

    #[derive(State)]
    #[state(removed("health"))]
    pub struct Entity {
        pub items: Vec<Item>,
        pub kind: Kind,
        #[state(alias("name"))]
        pub label: Box<str>,
        pub target: Option<Target>,
        pub at: [f64; 3],
        #[state(default)]
        pub mood: i32,
        pub id: u64,
    }

    #[derive(State)]
    pub enum Kind {
        #[state(other)]
        Unknown,
        Crate(Option<String>),
        #[state(alias("Player"))]
        Human,
        Monster {
            drops: Vec<u64>,
            level: u16,
        },
    }

    #[derive(State)]
    pub struct Target {
        pub distance: f64,
        pub id: u64,
    }

    #[derive(State)]
    pub struct Item {
        pub count: u32,
        pub name: String,
    }
}
