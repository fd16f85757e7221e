//! The graphs, and their serialization with rkyv where it supports them.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use rkyv::api::high::{HighDeserializer, HighValidator};
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor::{Error, Source};
use rkyv::{Archive, Deserialize};
use state_core::State;

#[derive(State, serde::Serialize, serde::Deserialize, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub struct Tree {
    pub root: Rc<Node>,
}

#[derive(State, serde::Serialize, serde::Deserialize, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
#[rkyv(
    serialize_bounds(__S: rkyv::ser::Writer + rkyv::ser::Allocator + rkyv::ser::Sharing, __S::Error: Source),
    deserialize_bounds(__D: rkyv::de::Pooling, __D::Error: Source),
    bytecheck(bounds(__C: rkyv::validation::ArchiveContext + rkyv::validation::SharedContext, __C::Error: Source))
)]
pub struct Node {
    pub number: u32,
    pub name: String,
    #[serde(skip)]
    #[rkyv(omit_bounds)]
    pub parent: Weak<Node>,
    #[rkyv(omit_bounds)]
    pub children: Vec<Rc<Node>>,
}

/// A tree of five levels with ten children each.
pub fn tree() -> Tree {
    fn node(number: &mut u32, parent: Weak<Node>, levels: u32) -> Rc<Node> {
        *number += 1;
        let (own, name) = (*number, format!("node {number}"));
        Rc::new_cyclic(|this| {
            let count = if levels == 0 { 0 } else { 10 };
            let children = (0..count).map(|_| node(number, this.clone(), levels - 1)).collect();
            Node { number: own, name, parent, children }
        })
    }
    Tree { root: node(&mut 0, Weak::new(), 5) }
}

#[derive(
    State, fory::ForyStruct, serde::Serialize, serde::Deserialize, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize,
)]
#[state(shared)]
pub struct Dag {
    pub things: Vec<Thing>,
}

#[derive(
    State, fory::ForyStruct, serde::Serialize, serde::Deserialize, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize,
)]
pub struct Thing {
    pub x: f32,
    pub y: f32,
    pub z: f32,
    pub material: Arc<Material>,
}

#[derive(
    State, fory::ForyStruct, serde::Serialize, serde::Deserialize, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize,
)]
pub struct Material {
    pub name: String,
    pub color: u32,
    pub roughness: f32,
    pub metal: bool,
}

pub fn dag() -> Dag {
    let material = |number: u32| {
        let name = format!("material {number}");
        Arc::new(Material {
            name,
            color: number * 4111,
            roughness: number as f32 / 1000.0,
            metal: number.is_multiple_of(3),
        })
    };
    let materials: Vec<_> = (0..1000).map(material).collect();
    let thing = |number: u32| {
        let at = (number.wrapping_mul(2_654_435_761) >> 16) as usize % materials.len();
        Thing { x: number as f32, y: 0.5, z: -(number as f32), material: materials[at].clone() }
    };
    Dag { things: (0..100_000).map(thing).collect() }
}

#[derive(State)]
pub struct Ring {
    pub links: Vec<Rc<RefCell<Link>>>,
}

#[derive(State)]
pub struct Link {
    pub number: u32,
    pub next: Weak<RefCell<Link>>,
}

/// The number of links in a ring; Fory recurses through the references, and overflows its stack with more.
pub const LINKS: usize = 100;

/// The index of the next link in the ring.
pub fn next(at: usize) -> usize {
    at / LINKS * LINKS + (at + 1) % LINKS
}

pub fn ring() -> Ring {
    let link = |number| Rc::new(RefCell::new(Link { number, next: Weak::new() }));
    let links: Vec<_> = (0..100_000).map(link).collect();
    for (at, link) in links.iter().enumerate() {
        link.borrow_mut().next = Rc::downgrade(&links[next(at)]);
    }
    Ring { links }
}

pub fn rkyv_tree(tree: &Tree) -> Result<Vec<u8>, Error> {
    rkyv::to_bytes::<Error>(tree).map(rkyv::util::AlignedVec::into_vec)
}

pub fn rkyv_dag(dag: &Dag) -> Result<Vec<u8>, Error> {
    rkyv::to_bytes::<Error>(dag).map(rkyv::util::AlignedVec::into_vec)
}

pub fn rkyv_load<T>(bytes: &[u8]) -> Result<T, Error>
where
    T: Archive,
    T::Archived: for<'a> CheckBytes<HighValidator<'a, Error>> + Deserialize<T, HighDeserializer<Error>>,
{
    rkyv::from_bytes::<T, Error>(bytes)
}
