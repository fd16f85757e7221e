//! Lists whose elements have shifted since their state was written: which are restored, which move along, and which
//! stay.

#![allow(clippy::cast_precision_loss, reason = "small numbers")]

mod numbers;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use numbers::Random;
use state_core::__private::{Checker, Reader, Size, Writer};
use state_core::schema::Schema;
use state_core::{History, Restore, RestoreOwned, State, dumps, load_into};

fn word(random: &mut Random) -> String {
    (0..random.below(40)).map(|_| char::from(b'a' + random.below(26) as u8)).collect()
}

#[derive(State, Clone, Debug, PartialEq)]
struct Entity {
    id: u64,
    name: String,
    place: (f32, f32),
    bag: Vec<String>,
    mood: Mood,
    next: Option<Box<Entity>>,
}

#[derive(State, Clone, Debug, PartialEq)]
enum Mood {
    Calm,
    Angry { at: String, since: u32 },
    Busy(Vec<u8>),
}

fn entity(random: &mut Random) -> Entity {
    Entity {
        id: random.below(1 << 30) as u64,
        name: word(random),
        place: (random.below(1000) as f32 / 7.0, random.below(1000) as f32 / 3.0),
        bag: (0..random.below(4)).map(|_| word(random)).collect(),
        mood: match random.below(3) {
            0 => Mood::Calm,
            1 => Mood::Angry { at: word(random), since: 3 },
            _ => Mood::Busy(word(random).into_bytes()),
        },
        next: (random.below(9) == 0).then(|| Box::new(entity(random))),
    }
}

/// Removes and adds elements, at random or in one place, and changes some.
fn change<T>(list: &mut Vec<T>, random: &mut Random, mut make: impl FnMut(&mut Random) -> T) {
    for _ in 0..random.below(6) {
        match random.below(4) {
            0 if !list.is_empty() => drop(list.remove(random.below(list.len()))),
            1 => list.insert(random.below(list.len() + 1), make(random)),
            2 => {
                let from = random.below(list.len() + 1);
                let to = (from + random.below(20)).min(list.len());
                list.drain(from..to);
            }
            _ => {
                let at = random.below(list.len() + 1);
                let new: Vec<T> = (0..random.below(20)).map(|_| make(random)).collect();
                list.splice(at..at, new);
            }
        }
    }
}

#[track_caller]
fn restores<T: RestoreOwned + Clone + PartialEq + std::fmt::Debug>(saved: &T, live: &T) {
    let mut live = live.clone();
    load_into(&dumps(saved).unwrap(), &mut live).unwrap();
    assert_eq!(live, *saved);
}

#[test]
fn whatever_came_and_went() {
    let mut random = Random(1);
    for len in [0, 1, 63, 64, 65, 200, 1000] {
        for _ in 0..12 {
            let saved: Vec<Entity> = (0..len).map(|_| entity(&mut random)).collect();
            let mut live = saved.clone();
            change(&mut live, &mut random, entity);
            restores(&saved, &live);
            restores(&live, &saved);
            restores(&saved.clone().into_boxed_slice(), &live.clone().into_boxed_slice());
            let mut queue: VecDeque<Entity> = live.clone().into();
            queue.rotate_left(live.len() / 3);
            restores(&VecDeque::from(saved.clone()), &queue);
            restores(&vec![saved.clone(), live.clone()], &vec![live, saved]);
        }
    }
}

#[test]
fn lists_that_have_little_to_be_told_by() {
    let mut random = Random(2);
    for _ in 0..20 {
        let words: Vec<String> = (0..500).map(|_| word(&mut random)).collect();
        let mut changed = words.clone();
        change(&mut changed, &mut random, word);
        restores(&words, &changed);
        let maybe =
            |words: &[String]| words.iter().map(|word| (word.len() > 9).then(|| word.clone())).collect::<Vec<_>>();
        restores(&maybe(&words), &maybe(&changed));
        let same = vec![String::from("same"); 300];
        restores(&same, &words);
        restores(&words, &same);
        let mut turned = words.clone();
        turned.reverse();
        restores(&words, &turned);
        turned.sort();
        restores(&words, &turned);
    }
}

#[test]
fn shifts_of_every_size() {
    let mut random = Random(3);
    let saved: Vec<Entity> = (0..400).map(|_| entity(&mut random)).collect();
    for count in [1, 2, 15, 16, 17, 100, 399] {
        let mut live = saved.clone();
        live.rotate_left(count);
        restores(&saved, &live);
        live.rotate_right(2 * count % 400);
        restores(&saved, &live);
        restores(&saved, &saved[count..].to_vec());
        restores(&saved[count..].to_vec(), &saved);
        restores(&saved[..count].to_vec(), &saved);
    }
}

/// The addresses of the names' bytes.
fn places(list: &[Entity]) -> Vec<*const u8> {
    list.iter().map(|entity| entity.name.as_ptr()).collect()
}

#[test]
fn those_that_stayed_keep_their_allocations() {
    let mut random = Random(4);
    let saved: Vec<Entity> = (0..1000).map(|_| entity(&mut random)).collect();
    let mut history = History::new();
    history.push(1, &saved).unwrap();
    let bytes = dumps(&saved).unwrap();
    let restores: [&dyn Fn(&mut Vec<Entity>); 2] =
        [&|live| load_into(&bytes, live).unwrap(), &|live| history.restore(1, live).unwrap()];
    for restore in restores {
        for (removed, added) in [(900, 100), (100, 900), (0, 999), (999, 0)] {
            let mut live = saved.clone();
            live.remove(removed);
            let mut before = places(&live);
            live.insert(added, entity(&mut random));
            before.insert(removed, live[added].name.as_ptr());
            restore(&mut live);
            assert_eq!(live, saved);
            let moved = places(&live).iter().zip(&before).filter(|(after, before)| after == before).count();
            assert!(moved > 980, "{removed} {added}: {moved}");
        }
    }
}

#[derive(State, Clone, Debug, PartialEq)]
struct Drawn {
    id: u64,
    name: String,
    #[state(skip)]
    sprite: usize,
}

#[test]
fn what_is_skipped_stays_at_its_index() {
    let mut random = Random(5);
    let saved: Vec<Drawn> =
        (0..300).map(|_| Drawn { id: random.below(1 << 30) as u64, name: word(&mut random), sprite: 0 }).collect();
    let mut live = saved.clone();
    live.remove(20);
    live.insert(250, Drawn { id: 7, name: word(&mut random), sprite: 0 });
    live.iter_mut().enumerate().for_each(|(at, drawn)| drawn.sprite = at);
    load_into(&dumps(&saved).unwrap(), &mut live).unwrap();
    for (at, (live, saved)) in live.iter().zip(&saved).enumerate() {
        assert_eq!((live.id, &live.name, live.sprite), (saved.id, &saved.name, at));
    }
}

thread_local! {
    static ALIVE: Cell<isize> = const { Cell::new(0) };
    static SEEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

#[derive(State, Debug, PartialEq)]
#[state(after_set = seen)]
struct Counted {
    id: u64,
    name: String,
}

fn seen(counted: &mut Counted) {
    SEEN.with_borrow_mut(|seen| seen.push(counted.id));
}

impl Counted {
    fn new(random: &mut Random) -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Self { id: random.below(1 << 30) as u64, name: word(random) }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

#[test]
fn each_is_dropped_and_hooked_once() {
    let mut random = Random(6);
    let mut live: Vec<Counted> = (0..500).map(|_| Counted::new(&mut random)).collect();
    let bytes = dumps(&live).unwrap();
    let ids: Vec<u64> = live.iter().map(|counted| counted.id).collect();
    for at in [3, 200, 250, 480] {
        live.remove(at);
        live.insert(499 - at, Counted::new(&mut random));
    }
    live.insert(40, Counted::new(&mut random));
    assert_eq!(ALIVE.get(), 501);
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(ALIVE.get(), 500);
    assert_eq!(SEEN.take(), ids);
    assert!(live.iter().map(|counted| counted.id).eq(ids.iter().copied()));
    drop(live);
    assert_eq!(ALIVE.get(), 0);
}

#[derive(State, Clone, Debug, PartialEq)]
struct Converted {
    id: u64,
    #[state(with = shout)]
    name: String,
}

mod shout {
    use std::convert::Infallible;

    use super::TAKEN;

    pub type Slot = String;

    #[allow(clippy::ptr_arg, reason = "the form that `with` asks for")]
    pub fn get(name: &String) -> String {
        TAKEN.set(TAKEN.get() + 1);
        name.to_uppercase()
    }

    #[allow(clippy::unnecessary_wraps, reason = "the form that `with` asks for")]
    pub fn set(name: String) -> Result<String, Infallible> {
        Ok(name.to_lowercase())
    }
}

#[test]
fn conversions_are_not_asked_for_a_guess() {
    let mut random = Random(7);
    let make = |random: &mut Random| Converted { id: random.below(1 << 30) as u64, name: word(random) };
    let saved: Vec<Converted> = (0..300).map(|_| make(&mut random)).collect();
    let bytes = dumps(&saved).unwrap();
    let mut live = saved.clone();
    live.remove(3);
    live.push(make(&mut random));
    TAKEN.set(0);
    load_into(&bytes, &mut live).unwrap();
    assert_eq!((live, TAKEN.get()), (saved, 0));
}

/// A type with manual impls that cannot be written while it is restored.
#[derive(Debug)]
struct Fragile(Counted);

thread_local! {
    static BREAKS: Cell<bool> = const { Cell::new(false) };
}

impl State for Fragile {
    const HEAD: usize = <Counted as State>::HEAD;

    fn schema() -> &'static Schema {
        Counted::schema()
    }

    fn size(&self, size: &mut Size) {
        self.0.size(size);
    }

    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        assert!(!BREAKS.get(), "it cannot be written");
        self.0.put(head, writer);
    }
}

impl<'de> Restore<'de> for Fragile {
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        Counted::check(head, checker)
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        ALIVE.set(ALIVE.get() + 1);
        Counted::get(head, reader).map(Self)
    }
}

#[test]
fn a_panic_loses_no_element() {
    let mut random = Random(8);
    let mut live: Vec<Fragile> = (0..200).map(|_| Fragile(Counted::new(&mut random))).collect();
    let bytes = dumps(&live).unwrap();
    let alive = ALIVE.get();
    BREAKS.set(true);
    let caught = catch_unwind(AssertUnwindSafe(|| load_into(&bytes, &mut live)));
    BREAKS.set(false);
    assert!(caught.is_err());
    assert_eq!((live.len(), ALIVE.get()), (200, alive));
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(dumps(&live).unwrap(), bytes);
}

#[derive(State, Clone, Debug, PartialEq)]
enum Note {
    Nothing,
    Number(u64),
    Text(String),
    Pair { first: String, second: String },
    Bytes(Vec<u8>),
    Inner(Vec<Note>),
}

fn note(random: &mut Random) -> Note {
    match random.below(6) {
        0 => Note::Nothing,
        1 => Note::Number(random.below(1 << 30) as u64),
        2 => Note::Text(word(random)),
        3 => Note::Pair { first: word(random), second: word(random) },
        4 => Note::Bytes(word(random).into_bytes()),
        _ => Note::Inner((0..random.below(3)).map(|_| note(random)).collect()),
    }
}

#[test]
fn enums_that_have_nothing_in_common() {
    let random = &mut Random(9);
    for len in [0, 1, 63, 64, 65, 300, 3000] {
        for _ in 0..4 {
            let [saved, live] = [(); 2].map(|()| (0..len + random.below(20)).map(|_| note(random)).collect::<Vec<_>>());
            restores(&saved, &live);
            restores(&VecDeque::from(saved.clone()), &VecDeque::from(live.clone()));
            restores(&saved.into_boxed_slice(), &live.into_boxed_slice());
        }
    }
}

#[test]
fn enums_of_the_same_variants_keep_their_allocations() {
    let random = &mut Random(10);
    let text = |random: &mut Random| Note::Text(format!("{}{:040}", word(random), random.below(1 << 30)));
    let saved: Vec<Note> = (0..500).map(|_| text(random)).collect();
    let mut live: Vec<Note> = (0..500).map(|_| Note::Text("x".repeat(90))).collect();
    let places = |list: &[Note]| {
        let place = |note: &Note| if let Note::Text(text) = note { Some(text.as_ptr()) } else { None };
        list.iter().map(place).collect::<Vec<_>>()
    };
    let before = places(&live);
    load_into(&dumps(&saved).unwrap(), &mut live).unwrap();
    assert_eq!((live == saved, places(&live)), (true, before));
}

/// A skipped field stays at its index, whatever else is restored there.
#[test]
fn lists_of_which_little_can_be_kept() {
    #[derive(State, Clone, Debug, PartialEq)]
    struct Entry {
        name: String,
        notes: Vec<Note>,
    }
    #[derive(State, Clone, Debug, PartialEq)]
    struct Marked {
        entry: Entry,
        #[state(skip)]
        mark: usize,
    }
    let entry = |random: &mut Random, note: fn(&mut Random) -> Note| Entry {
        name: word(random),
        notes: (0..=random.below(4)).map(|_| note(random)).collect(),
    };
    let text = |random: &mut Random| Note::Text(word(random).repeat(3));
    let pair = |random: &mut Random| Note::Pair { first: word(random).repeat(3), second: word(random) };
    let random = &mut Random(11);
    for len in [63, 64, 65, 96, 97, 300] {
        for (saved, live) in [(pair as fn(&mut Random) -> Note, text as fn(&mut Random) -> Note), (note, note)] {
            let saved: Vec<Entry> = (0..len + random.below(9)).map(|_| entry(random, saved)).collect();
            let live: Vec<Entry> = (0..len).map(|_| entry(random, live)).collect();
            restores(&saved, &live);

            let marked = |(mark, entry): (usize, &Entry)| Marked { entry: entry.clone(), mark };
            let bytes = dumps(&saved.iter().enumerate().map(marked).collect::<Vec<_>>()).unwrap();
            let mut live: Vec<Marked> = live.iter().enumerate().map(marked).collect();
            load_into(&bytes, &mut live).unwrap();
            assert!(live.iter().take(len).enumerate().all(|(at, entry)| entry.mark == at));
            assert!(live.iter().map(|live| &live.entry).eq(&saved));
        }
    }
}

/// Most of each element is built anew, because its enum has another variant than the image.
#[test]
fn each_of_which_little_is_kept_is_dropped_and_hooked_once() {
    #[derive(State)]
    struct Entry {
        counted: Fragile,
        note: Note,
    }
    fn restore<L: RestoreOwned + FromIterator<Entry>>(len: usize, random: &mut Random) {
        let mut list = |len: usize, note: fn(String) -> Note| -> L {
            (0..len).map(|_| Entry { counted: Fragile(Counted::new(random)), note: note("x".repeat(200)) }).collect()
        };
        let saved = list(len, |first| Note::Pair { first, second: String::new() });
        let bytes = dumps(&saved).unwrap();
        for live in [len - 15, len, len + 3] {
            let mut live = list(live, Note::Text);
            SEEN.take();
            load_into(&bytes, &mut live).unwrap();
            assert_eq!(
                (dumps(&live).unwrap(), SEEN.take().len(), ALIVE.get()),
                (bytes.clone(), len, isize::try_from(2 * len).unwrap())
            );
        }
    }
    for len in [16, 17, 63, 300, 2000] {
        restore::<Vec<Entry>>(len, &mut Random(12));
        restore::<VecDeque<Entry>>(len, &mut Random(13));
        assert_eq!(ALIVE.get(), 0);
    }
}
