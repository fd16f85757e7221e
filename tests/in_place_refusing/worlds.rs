//! Worlds with every kind of container keep their live parts.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, LinkedList, VecDeque};
use std::fmt::Debug;
use std::ops::Range;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use state_core::value::StateExt;
use state_core::{Error, ErrorKind, RestoreOwned, State, dumps, load_into, pickle};

use super::{BAD, Converted, Hooked, PANICS, Part, Serde, Texture, Variant, Within, quietly};

#[derive(State, Debug)]
struct World<P: Part> {
    #[state(flatten_parent)]
    base: Base<P>,
    plain: P,
    list: Vec<P>,
    empty: Vec<P>,
    queue: VecDeque<P>,
    chain: LinkedList<P>,
    maybe: Option<P>,
    boxed: Box<P>,
    counted: Rc<P>,
    slice: Arc<[P]>,
    tree: BTreeMap<String, P>,
    table: HashMap<u8, P>,
    #[state(sorted)]
    sorted: HashMap<String, P>,
    pair: (u8, [P; 2]),
    result: Result<P, u8>,
    range: Range<P>,
    lock: Mutex<P>,
    cell: RefCell<P>,
    once: OnceCell<P>,
    variant: Variant<P>,
    none: Variant<P>,
    bare: Variant<P>,
    last: String,
    #[state(bytes)]
    raw: Vec<u64>,
    #[state(skip)]
    texture: Texture,
}

#[derive(State, Debug, PartialEq)]
struct Base<P> {
    part: P,
    #[state(skip)]
    texture: Texture,
}

const PARTS: usize = 25;

impl<P: Part> World<P> {
    /// Makes a world whose part at `bad` has the value `what`.
    fn new(of: u32, (bad, what): (usize, u32), texture: fn() -> Texture) -> Self {
        let mut at = 0;
        let mut part = || {
            at += 1;
            P::part(if at - 1 == bad { what } else { of + u32::try_from(at).unwrap() }, texture())
        };
        Self {
            base: Base { part: part(), texture: texture() },
            plain: part(),
            list: (0..3).map(|_| part()).collect(),
            empty: Vec::new(),
            queue: VecDeque::from([part()]),
            chain: LinkedList::from([part()]),
            maybe: Some(part()),
            boxed: Box::new(part()),
            counted: Rc::new(part()),
            slice: Arc::new([part()]),
            tree: [("a", part()), ("b", part())].map(|(key, part)| (key.to_string(), part)).into(),
            table: HashMap::from([(1, part())]),
            sorted: [("x", part()), ("y", part())].map(|(key, part)| (key.to_string(), part)).into(),
            pair: (1, [part(), part()]),
            result: Ok(part()),
            range: part()..part(),
            lock: Mutex::new(part()),
            cell: RefCell::new(part()),
            once: OnceCell::from(part()),
            variant: Variant::Some { part: part(), texture: texture() },
            none: Variant::None,
            bare: Variant::Bare { texture: texture() },
            last: format!("{of:020}"),
            raw: vec![of.into(); 5],
            texture: texture(),
        }
    }

    fn parts(&mut self) -> Vec<&P> {
        let Variant::Some { part, .. } = &self.variant else { unreachable!() };
        [&self.base.part, &self.plain]
            .into_iter()
            .chain(&self.list)
            .chain(&self.queue)
            .chain(&self.chain)
            .chain(&self.maybe)
            .chain([&*self.boxed, &*self.counted])
            .chain(&*self.slice)
            .chain(self.tree.values())
            .chain(self.table.values())
            .chain(["x", "y"].map(|key| &self.sorted[key]))
            .chain(&self.pair.1)
            .chain(&self.result)
            .chain([&self.range.start, &self.range.end])
            .chain([&*self.lock.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner)])
            .chain([&*self.cell.get_mut(), self.once.get().unwrap(), part])
            .collect()
    }

    /// The addresses that a restore in place must keep.
    fn places(&mut self) -> Vec<*const u8> {
        let (Variant::Some { texture, .. }, Variant::Bare { texture: bare }) = (&self.variant, &self.bare) else {
            unreachable!()
        };
        let textures = [&self.texture, &self.base.texture, texture, bare].map(|texture| texture.0.as_ptr());
        let pointers = [
            self.list.as_ptr().cast(),
            std::ptr::from_ref(&*self.boxed).cast(),
            Rc::as_ptr(&self.counted).cast(),
            self.slice.as_ptr().cast(),
            self.last.as_ptr(),
            self.raw.as_ptr().cast(),
        ];
        let parts = self.parts();
        assert_eq!(parts.len(), PARTS);
        textures
            .into_iter()
            .chain(pointers)
            .chain(parts.iter().map(|part| part.texture().0.as_ptr()))
            .chain(parts.iter().map(|part| part.name().as_ptr()))
            .collect()
    }

    #[track_caller]
    fn assert_is(&mut self, of: u32, texture: fn() -> Texture) {
        let mut expected = Self::new(of, (PARTS, 0), texture);
        assert_eq!(self.parts(), expected.parts());
        assert_eq!((&self.none, &self.bare), (&expected.none, &expected.bare));
        assert_eq!((&self.last, &self.raw, &self.texture), (&expected.last, &expected.raw, &expected.texture));
        assert_eq!(self.base, expected.base);
    }
}

type Way<T> = fn(&T, &mut T) -> Result<(), Error>;

/// All ways into a live value.
fn ways<T: RestoreOwned + state_core::StateObject>() -> [Way<T>; 6] {
    [
        |from, to| load_into(&dumps(from)?, to),
        |from, to| to.set_state(from.get_state()?),
        |from, to| pickle::load_into(&pickle::dumps(from)?, to),
        |from, to| pickle::load_into(&pickle::PickleOptions::new().protocol(pickle::Protocol::V0).dumps(from)?, to),
        |from, to| pickle::load_into(&pickle::dump_value(&pickle::load_value(&pickle::dumps(from)?)?)?, to),
        |from, to| {
            let mut file = Vec::new();
            state_core::image::stream::StreamWriter::new(&mut file).unwrap().write(from).unwrap();
            let mut reader = state_core::image::stream::StreamReader::new(&*file).unwrap();
            let read = reader.load_into(to);
            read.map(drop).map_err(|error| *error.into_inner().unwrap().downcast().unwrap())
        },
    ]
}

fn every_way<P: Part + RestoreOwned>() {
    for way in ways::<World<P>>() {
        let mut target = World::<P>::new(100, (PARTS, 0), Texture::live);
        let before = target.places();
        for bad in 0..PARTS {
            let error = way(&World::new(1000, (bad, BAD), Texture::default), &mut target).unwrap_err();
            assert_eq!((error.kind(), error.found()), (ErrorKind::Refused, "too much"), "{bad}");
            assert!(error.path().starts_with("World."), "{error}");
            target.assert_is(100, Texture::live);
            assert_eq!(target.places(), before, "{bad}");

            quietly(|| way(&World::new(1000, (bad, PANICS), Texture::default), &mut target)).unwrap_err();
            target.assert_is(100, Texture::live);
            assert_eq!(target.places(), before, "{bad}");
        }
        way(&World::new(1000, (PARTS, 0), Texture::default), &mut target).unwrap();
        target.assert_is(1000, Texture::live);
        assert_eq!(target.places(), before);
    }
}

#[test]
fn conversions_that_may_refuse_keep_what_is_live() {
    every_way::<Converted>();
}

#[test]
fn hooks_that_may_refuse_keep_what_is_live() {
    every_way::<Hooked>();
}

#[test]
fn hooks_of_parts_without_skipped_fields_keep_what_is_live() {
    every_way::<Within>();
}

#[test]
fn serde_fields_keep_what_is_live() {
    every_way::<Serde>();
}
