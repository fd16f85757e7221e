//! The cells: every operation of every format on each data set. Pickles have sets of their own.

use crate::data::Set;
use crate::data::document::Document;
use crate::data::log::Log;
use crate::data::mesh::Mesh;
use crate::data::minecraft::Save;
use crate::data::mk48::Game;
use crate::data::orders::Exchange;
use crate::data::tree::Program;
use crate::data::world::World;
use crate::random::Random;
use crate::{callgrind, forms, native, pickle};

/// The names, in the order of the report.
pub const SETS: [&str; 10] = [
    Log::NAME,
    Mesh::NAME,
    Save::NAME,
    Game::NAME,
    World::NAME,
    Exchange::NAME,
    Program::NAME,
    Document::NAME,
    pickle::NAME,
    forms::NAME,
];

/// The values that a set is measured with, as in the main benchmark.
pub struct Material<T> {
    pub value: T,
    pub other: T,
}

/// The cells of a set.
pub struct Cells<'a> {
    set: &'static str,
    cells: Vec<(String, Box<dyn FnMut() + 'a>)>,
}

impl<'a> Cells<'a> {
    /// Adds a cell, named after its set and `name`, which is the format and the operation.
    pub fn add(&mut self, name: &str, run: impl FnMut() + 'a) {
        self.cells.push((format!("{} {name}", self.set), Box::new(run)));
    }
}

/// Runs the cells of a set for counting.
pub fn run(set: &str) {
    match set {
        Log::NAME => of::<Log>(|cells, material| {
            native::owned(cells, material);
            native::borrowed(cells, material);
        }),
        Mesh::NAME => of::<Mesh>(|cells, material| {
            native::owned(cells, material);
            native::borrowed(cells, material);
        }),
        Save::NAME => of::<Save>(|cells, material| {
            native::owned(cells, material);
            native::borrowed(cells, material);
        }),
        Game::NAME => of::<Game>(native::owned),
        World::NAME => of::<World>(|cells, material| {
            native::owned(cells, material);
            native::borrowed(cells, material);
        }),
        Exchange::NAME => of::<Exchange>(native::owned),
        Program::NAME => of::<Program>(native::owned),
        Document::NAME => of::<Document>(|cells, material| {
            native::owned(cells, material);
            native::borrowed(cells, material);
        }),
        pickle::NAME => count((pickle::NAME, pickle::ABOUT), pickle::add),
        forms::NAME => count((forms::NAME, forms::ABOUT), forms::add),
        _ => {}
    }
}

fn of<T: Set>(add: impl for<'a> FnOnce(&mut Cells<'a>, &'a Material<T>)) {
    let material = Material { value: T::generate(&mut Random::new(1)), other: T::generate(&mut Random::new(2)) };
    count((T::NAME, T::ABOUT), |cells| add(cells, &material));
}

fn count<'a>((set, about): (&'static str, &str), add: impl FnOnce(&mut Cells<'a>)) {
    eprintln!("counting {set}: {about}");
    let mut cells = Cells { set, cells: Vec::new() };
    add(&mut cells);
    for (name, run) in &mut cells.cells {
        run();
        println!("{name}");
        callgrind::counted(run);
    }
}
