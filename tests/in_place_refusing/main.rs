//! Restores in place that something below the root may refuse: skipped fields and allocations stay in the live value,
//! and a refusal or a panic leaves all of it unchanged.

#![allow(clippy::linkedlist, reason = "it is one of the containers")]

macro_rules! parts {
    ($($(#[$attribute:meta])* $part:ident { $(#[$field:meta])* $ty:ty, $make:expr })*) => {$(
        #[derive(State, Debug, PartialEq)]
        $(#[$attribute])*
        struct $part {
            name: String,
            $(#[$field])*
            value: $ty,
            #[state(skip)]
            texture: Texture,
        }

        impl Part for $part {
            fn part(value: u32, texture: Texture) -> Self {
                let make: fn(u32) -> $ty = $make;
                Self { name: format!("the name of {value:010}"), value: make(value), texture }
            }

            fn texture(&self) -> &Texture {
                &self.texture
            }

            fn name(&self) -> &String {
                &self.name
            }
        }
    )*};
}

mod containers;
mod hooks;
mod worlds;

use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use state_core::State;

/// A resource without a state, which is recognised by its address.
#[derive(Debug, Default, PartialEq, Clone)]
struct Texture(Vec<u8>);

impl Texture {
    fn live() -> Self {
        Self(vec![7; 9])
    }
}

/// Each part refuses `u32::MAX`, and panics at the number below it.
const BAD: u32 = u32::MAX;

const PANICS: u32 = u32::MAX - 1;

fn accept(value: u32) -> Result<u32, &'static str> {
    assert_ne!(value, PANICS, "this one panics");
    if value == BAD { Err("too much") } else { Ok(value) }
}

mod checked {
    use super::accept;

    pub type Slot = u32;

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that `with` asks for")]
    pub fn get(value: &u32) -> u32 {
        *value
    }

    pub fn set(slot: u32) -> Result<u32, &'static str> {
        accept(slot)
    }
}

trait Part: State + Sized + Debug + PartialEq {
    fn part(value: u32, texture: Texture) -> Self;
    fn texture(&self) -> &Texture;
    fn name(&self) -> &String;
}

parts! {
    #[derive(Clone)]
    #[state(after_set = Owned::check)]
    Owned { u32, |value| value }
    Converted { #[state(with = checked)] u32, |value| value }
    #[state(after_set = Hooked::check)]
    Hooked { u32, |value| value }
    Within { Checked, Checked }
    Serde { #[state(serde)] Small, Small }
}

impl Owned {
    fn check(&mut self) -> Result<(), &'static str> {
        accept(self.value).map(drop)
    }
}

impl Hooked {
    fn check(&mut self) -> Result<(), &'static str> {
        accept(self.value).map(drop)
    }
}

/// A type that refuses, and skips nothing.
#[derive(State, Debug, PartialEq)]
#[state(after_set = Checked::check)]
struct Checked(u32);

impl Checked {
    fn check(&mut self) -> Result<(), &'static str> {
        accept(self.0).map(drop)
    }
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u32")]
struct Small(u32);

impl TryFrom<u32> for Small {
    type Error = &'static str;

    fn try_from(value: u32) -> Result<Self, &'static str> {
        accept(value).map(Self)
    }
}

#[derive(State, Debug, PartialEq)]
enum Variant<P> {
    None,
    Some {
        part: P,
        #[state(skip)]
        texture: Texture,
    },
    Bare {
        #[state(skip)]
        texture: Texture,
    },
}

fn quietly<R>(run: impl FnOnce() -> R) -> std::thread::Result<R> {
    static HUSH: Once = Once::new();
    HUSH.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                loud(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    QUIET.set(false);
    result
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// A type at the root that refuses, and contains itself.
#[derive(State, Debug, PartialEq)]
#[state(after_set = Tree::check)]
struct Tree {
    value: u8,
    kids: Vec<Tree>,
    /// Recomputed from the slots.
    #[state(skip)]
    sum: u32,
    #[state(skip)]
    texture: Texture,
}

impl Tree {
    fn new(value: u8, kids: Vec<Tree>) -> Self {
        let sum = u32::from(value) + kids.iter().map(|kid| kid.sum).sum::<u32>();
        Self { value, kids, sum, texture: Texture::live() }
    }

    fn check(&mut self) -> Result<(), String> {
        self.sum = u32::from(self.value) + self.kids.iter().map(|kid| kid.sum).sum::<u32>();
        assert_ne!(self.value, 254);
        if self.value == 255 { Err("255".into()) } else { Ok(()) }
    }
}

fn tree(low: u8, high: u8) -> Tree {
    Tree::new(low, vec![Tree::new(2, vec![]), Tree::new(high, vec![Tree::new(4, vec![])])])
}

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Logs each call of its hook, with what it sees.
#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Clone, Default)]
#[state(after_set = Logs::look)]
struct Logs {
    value: u8,
    #[state(skip)]
    seen: &'static str,
}

impl Logs {
    fn new(value: u8, seen: &'static str) -> Self {
        Self { value, seen }
    }

    fn look(&mut self) -> Result<(), &'static str> {
        LOG.with_borrow_mut(|log| log.push(format!("{}{}", self.value, self.seen)));
        if self.value == 0 { Err("none") } else { Ok(()) }
    }
}
