//! A push or restore that fails loses no frame.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use state_core::{History, State};

use super::kept;

#[derive(State, Debug, PartialEq)]
#[state(before_get = Self::before, after_set = Self::after)]
struct Moody {
    number: u32,
    list: Vec<u8>,
    #[state(skip)]
    mood: Cell<u8>,
}

thread_local! {
    static AFTER: Cell<u8> = const { Cell::new(0) };
}

impl Moody {
    fn before(&self) -> Result<(), &'static str> {
        match self.mood.get() {
            0 => Ok(()),
            1 => Err("not now"),
            _ => panic!("a hook panics"),
        }
    }

    #[expect(clippy::unused_self, reason = "a hook")]
    fn after(&mut self) -> Result<(), &'static str> {
        match AFTER.get() {
            0 => Ok(()),
            1 => Err("not this"),
            _ => panic!("a hook panics"),
        }
    }
}

fn moody(number: u32) -> Moody {
    Moody { number, list: vec![7; number as usize * 100], mood: Cell::new(0) }
}

#[test]
fn a_push_that_fails_loses_no_frame() {
    let mut history = History::new().frames(4).bytes(4000);
    for number in 0..6 {
        history.push(number.into(), &moody(number)).unwrap();
    }
    let before = kept(&history);
    let held = history.bytes_held();
    let mut target = moody(0);
    for round in 0..10 {
        for mood in [1, 2] {
            let bad = Moody { mood: Cell::new(mood), ..moody(20) };
            // An old number too: a successful push would discard the frames after it.
            for frame in [3, 6] {
                let pushed = catch_unwind(AssertUnwindSafe(|| history.push(frame, &bad)));
                match mood {
                    1 => assert_eq!(pushed.unwrap().unwrap_err().to_string(), "Moody: not now"),
                    _ => assert!(pushed.is_err()),
                }
                assert_eq!(kept(&history), before);
            }
        }
        for &frame in &before {
            history.restore(frame, &mut target).unwrap();
            assert_eq!(target, moody(frame as u32), "{round}");
        }
    }
    assert!(history.bytes_held() <= held.max(4000));
    history.push(6, &moody(6)).unwrap();
    assert_eq!(kept(&history).last(), Some(&6));
}

/// Text that is longer when it is written than when it is counted.
mod fickle {
    use std::cell::Cell;

    pub type Slot = String;

    pub fn get(asked: &Cell<usize>) -> String {
        asked.set(asked.get() + 1);
        "x".repeat(5000 + asked.get())
    }

    pub fn set(_: String) -> Result<Cell<usize>, &'static str> {
        Err("it was never written")
    }
}

#[derive(State, Debug)]
enum Text {
    Steady(String),
    Fickle(#[state(with = fickle)] Cell<usize>),
}

/// Counts how often it is converted.
mod counted {
    use std::cell::Cell;
    use std::convert::Infallible;

    thread_local! {
        pub static ASKED: Cell<usize> = const { Cell::new(0) };
    }

    pub type Slot = Vec<u8>;

    #[expect(clippy::ptr_arg, reason = "as the derive asks for it")]
    pub fn get(numbers: &Vec<u32>) -> Slot {
        ASKED.set(ASKED.get() + 1);
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    pub fn set(bytes: Slot) -> Result<Vec<u32>, Infallible> {
        Ok(bytes.chunks_exact(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap_or_default())).collect())
    }
}

/// For some states the conversion is the most expensive part, and is not needed for counting.
#[test]
fn a_world_that_grows_is_converted_once() {
    #[derive(State)]
    struct Grown {
        #[state(with = counted)]
        numbers: Vec<u32>,
    }
    // Growth in parts per thousand; the budget has room for all frames, or for few.
    for (growth, budget) in [(0, usize::MAX), (5, usize::MAX), (30, usize::MAX), (5, 100_000)] {
        let mut history = History::<Grown>::new().frames(12).bytes(budget);
        let mut grown = Grown { numbers: vec![7; 2000] };
        let mut asked = 0;
        for frame in 0..100 {
            counted::ASKED.set(0);
            history.push(frame, &grown).unwrap();
            asked += if frame < 13 { 0 } else { counted::ASKED.get() };
            grown.numbers.resize(grown.numbers.len() + grown.numbers.len() * growth / 1000, frame as u32);
            assert!(history.bytes_held() <= budget);
        }
        assert!(asked < 87 + 5, "{growth}, {budget}: {asked}");
        let mut back = Grown { numbers: vec![] };
        history.restore(95, &mut back).unwrap();
        assert_eq!(back.numbers.last(), Some(&if growth == 0 { 7 } else { 94 }));
    }
}

/// The buffer has been allocated by then, and is no frame that can be evicted.
#[test]
fn a_push_that_fails_late_keeps_to_the_budget() {
    let mut history = History::<Text>::new().bytes(9000);
    history.push(0, &Text::Steady("y".repeat(6000))).unwrap();
    history.push(1, &Text::Fickle(Cell::new(0))).unwrap_err();
    assert!(history.bytes_held() <= 9000, "{}", history.bytes_held());
    let mut target = Text::Steady(String::new());
    history.restore(0, &mut target).unwrap();
    assert!(matches!(target, Text::Steady(text) if text.len() == 6000));
}

#[test]
fn a_restore_that_fails_changes_neither_target_nor_history() {
    let mut history = History::new();
    history.push(0, &moody(3)).unwrap();
    let mut target = moody(5);
    AFTER.set(1);
    assert_eq!(history.restore(0, &mut target).unwrap_err().to_string(), "Moody: not this");
    AFTER.set(2);
    assert!(catch_unwind(AssertUnwindSafe(|| history.restore(0, &mut target))).is_err());
    AFTER.set(0);
    assert_eq!(target, moody(5));
    history.restore(0, &mut target).unwrap();
    assert_eq!(target, moody(3));
}
