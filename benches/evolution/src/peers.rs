//! The same world in other formats that tolerate changed types.

use revision::revisioned;
use serde::de::DeserializeOwned;

use crate::types::{added, base};

/// The older state as written by each peer.
pub struct Bytes {
    messagepack: Vec<u8>,
    savefile: Vec<u8>,
    revision: Vec<u8>,
}

impl Bytes {
    pub fn new(world: &base::World) -> Self {
        let mut savefile = Vec::new();
        savefile::save(&mut savefile, 0, world).expect("a state");
        let mut revision = Vec::new();
        let entities = world.entities.iter().map(v1::Entity::from).collect();
        revision::SerializeRevisioned::serialize_revisioned(&v1::World { tick: world.tick, entities }, &mut revision)
            .expect("a state");
        Self { messagepack: rmp_serde::to_vec_named(world).expect("a state"), savefile, revision }
    }

    pub fn messagepack<T: DeserializeOwned>(&self) -> T {
        rmp_serde::from_slice(&self.messagepack).unwrap()
    }

    pub fn savefile_same(&self) -> base::World {
        savefile::load(&mut &self.savefile[..], 0).unwrap()
    }

    pub fn savefile_added(&self) -> added::World {
        savefile::load(&mut &self.savefile[..], 1).unwrap()
    }

    pub fn revision_same(&self) -> v1::World {
        revision::DeserializeRevisioned::deserialize_revisioned(&mut &self.revision[..]).unwrap()
    }

    pub fn revision_added(&self) -> v2::World {
        revision::DeserializeRevisioned::deserialize_revisioned(&mut &self.revision[..]).unwrap()
    }
}

macro_rules! versions {
    ($module:ident, $version:literal, $($added:tt)*) => {
        pub mod $module {
            use super::revisioned;

            #[revisioned(revision = $version)]
            pub struct World {
                pub tick: u64,
                pub entities: Vec<Entity>,
            }

            #[revisioned(revision = $version)]
            pub struct Entity {
                pub id: u32,
                pub name: String,
                pub at: (f32, f32, f32),
                pub health: u16,
                pub kind: Kind,
                pub target: Option<Box<Target>>,
                pub items: Vec<Item>,
                $($added)*
            }

            #[revisioned(revision = 1)]
            pub enum Kind {
                Player,
                Monster { level: u8, drops: Vec<u32> },
                Crate(String),
            }

            #[revisioned(revision = 1)]
            pub struct Target {
                pub id: u32,
                pub distance: f32,
            }

            #[revisioned(revision = 1)]
            pub struct Item {
                pub name: String,
                pub count: u8,
            }
        }
    };
}

versions!(v1, 1,);
versions!(v2, 2, #[revision(start = 2)] pub mood: i32,);

impl From<&base::Entity> for v1::Entity {
    fn from(entity: &base::Entity) -> Self {
        let base::Entity { id, name, at, health, kind, target, items } = entity.clone();
        Self {
            id,
            name,
            at: at.into(),
            health,
            kind: match kind {
                base::Kind::Player => v1::Kind::Player,
                base::Kind::Monster { level, drops } => v1::Kind::Monster { level, drops },
                base::Kind::Crate(name) => v1::Kind::Crate(name),
            },
            target: target.map(|target| Box::new(v1::Target { id: target.id, distance: target.distance })),
            items: items.into_iter().map(|item| v1::Item { name: item.name, count: item.count }).collect(),
        }
    }
}
