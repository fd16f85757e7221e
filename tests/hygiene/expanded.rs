//! Types for the test `expanded`. Two structs and a record have a proof that runs of them can be copied; no other code
//! needs one.
#![forbid(unsafe_code)]

use state_core::{Record, State};

#[derive(State)]
#[state(after_set = check, before_get = look)]
pub struct Hooked<'a, T> {
    #[state(skip)]
    skipped: Vec<T>,
    #[state(default)]
    text: String,
    #[state(bytes)]
    raw: &'a [u16],
    #[state(array)]
    array: Vec<Pixel>,
    #[state(with = Vec<same>)]
    with: Vec<u8>,
    #[state(sorted)]
    map: std::collections::HashMap<String, T>,
    owned: Option<std::borrow::Cow<'static, str>>,
    none: [std::thread::ThreadId; 0],
}

pub fn check<T>(_: &mut Hooked<'_, T>) -> Result<(), String> {
    Ok(())
}

pub fn look<T>(_: &Hooked<'_, T>) {}

pub mod same {
    pub type Slot = u8;

    pub fn get(value: &u8) -> u8 {
        *value
    }

    pub fn set(slot: u8) -> Result<u8, std::convert::Infallible> {
        Ok(slot)
    }
}

#[derive(State)]
#[state(pickle = "enum")]
pub enum Kind<T> {
    Unit,
    Tuple(T, u8),
    Named { text: String },
    #[state(skip)]
    Skipped(*const u8),
}

#[derive(State)]
pub enum Never {}

#[derive(State)]
pub struct Proven {
    x: u32,
    y: u32,
}

#[derive(State)]
pub struct Child {
    #[state(flatten_parent)]
    parent: Proven,
    z: u64,
}

#[derive(State)]
pub struct Boxed {
    #[state(flatten_parent)]
    parent: Box<Child>,
}

#[derive(Record)]
#[repr(C)]
pub struct Pixel {
    x: f32,
    y: f64,
}

// Implemented by hand, because the compiler's own derive of both also generates `unsafe` code.
impl Copy for Pixel {}

impl Clone for Pixel {
    fn clone(&self) -> Self {
        *self
    }
}
