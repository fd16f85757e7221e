//! `#[state(held)]`: a history stores the pointers themselves instead of the targets of `Rc` and `Arc`.

#![allow(
    clippy::arc_with_non_send_sync,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    clippy::many_single_char_names,
    reason = "small whole numbers, and types as users have them"
)]

mod kinds;
mod lives;
mod refusals;
mod restores;
mod threads;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use state_core::{Dynamic, State};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is passed on to the system's allocator unchanged; the counter is a thread-local cell of a number
// without a destructor, whose use allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[derive(State, Debug, PartialEq)]
struct Mesh {
    name: String,
    points: Vec<[f32; 3]>,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Body {
    position: [f32; 3],
    #[state(held)]
    mesh: Arc<Mesh>,
}

#[derive(State, Debug, PartialEq, Clone, Default)]
struct World {
    tick: u64,
    bodies: Vec<Body>,
    #[state(held)]
    title: Option<Arc<str>>,
    #[state(held)]
    tables: BTreeMap<u8, Arc<[u16]>>,
}

fn mesh(name: &str) -> Arc<Mesh> {
    Arc::new(Mesh { name: name.into(), points: vec![[1.0, 2.0, 3.0]; 10_000] })
}

fn body(n: u16, mesh: &Arc<Mesh>) -> Body {
    Body { position: [f32::from(n); 3], mesh: mesh.clone() }
}

fn world() -> World {
    let (ball, cube) = (mesh("ball"), mesh("cube"));
    World {
        tick: 0,
        bodies: vec![body(0, &ball), body(1, &cube), body(2, &ball)],
        title: Some("a title".into()),
        tables: BTreeMap::from([(1, vec![1, 2, 3].into()), (2, vec![].into())]),
    }
}

fn assert_same_pointers(world: &World, other: &World) {
    assert_eq!(world, other);
    assert!(world.bodies.iter().zip(&other.bodies).all(|(a, b)| Arc::ptr_eq(&a.mesh, &b.mesh)));
    assert!(Arc::ptr_eq(world.title.as_ref().unwrap(), other.title.as_ref().unwrap()));
    assert!(world.tables.values().zip(other.tables.values()).all(|(a, b)| Arc::ptr_eq(a, b)));
}

trait Shape: Dynamic + Send + Sync {
    fn volume(&self) -> f32;
}

#[derive(State)]
struct Ball(f32);

#[derive(State)]
struct Hull {
    points: Vec<[f32; 3]>,
}

impl Shape for Ball {
    fn volume(&self) -> f32 {
        self.0 * 4.0
    }
}

impl Shape for Hull {
    fn volume(&self) -> f32 {
        self.points.len() as f32
    }
}

state_core::dynamic!(dyn Shape = [Ball, Hull]);
