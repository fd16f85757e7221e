//! `History`: frames are restored exactly, budgets are kept whatever fails, and its allocations.

mod budgets;
mod checksums;
mod failures;
mod frames;
mod long;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use state_core::{History, State};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// The number of allocated bytes; a thread may free those of others.
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize, allocations: usize) {
    ALLOCATIONS.set(ALLOCATIONS.get() + allocations);
    LIVE.set(LIVE.get() + bytes);
}

struct Counting;

// SAFETY: every call is passed on to the system's allocator unchanged; the counters are thread-local cells of numbers
// without a destructor, whose use allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize, 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize), 0);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize, 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(act: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    act();
    ALLOCATIONS.get() - before
}

#[derive(State, Debug, PartialEq, Clone, Default)]
struct World {
    tick: u64,
    random: u64,
    entities: Vec<Entity>,
}

#[derive(State, Debug, PartialEq, Clone, Default)]
struct Entity {
    name: String,
    position: [f32; 3],
    target: Option<u32>,
    effects: Vec<Effect>,
}

#[derive(State, Debug, PartialEq, Clone)]
enum Effect {
    Burning { damage: u16, frames: u8 },
    Frozen(u8),
    Shielded,
}

impl World {
    fn new(entities: usize) -> Self {
        let entity = |n| Entity { name: format!("entity {n}"), ..Entity::default() };
        Self { tick: 0, random: 1, entities: (0..entities).map(entity).collect() }
    }

    fn random(&mut self) -> usize {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) as usize
    }

    /// Moves entities without changing the length of any list.
    fn step(&mut self) {
        self.tick += 1;
        for at in 0..self.entities.len() {
            let random = self.random();
            self.entities[at].position[random % 3] += 1.5;
            self.entities[at].target = (random % 5 == 0).then_some(random as u32);
        }
    }

    /// Moves entities, and adds and removes entities and effects.
    fn live(&mut self) {
        self.step();
        let (at, sort) = (self.random(), self.random() % 8);
        match sort {
            0 | 1 if self.entities.len() < 60 => {
                self.entities.insert(at % (self.entities.len() + 1), World::new(1).entities.remove(0));
            }
            2 if self.entities.len() > 10 => drop(self.entities.remove(at % self.entities.len())),
            _ => {
                let len = self.entities.len();
                let effects = &mut self.entities[at % len].effects;
                match sort {
                    3 => effects.clear(),
                    4 => effects.push(Effect::Frozen(4)),
                    5 => effects.push(Effect::Burning { damage: 3, frames: 9 }),
                    _ => effects.push(Effect::Shielded),
                }
            }
        }
    }
}

fn kept<T>(history: &History<T>) -> Vec<u64> {
    history.frames_kept().collect()
}
