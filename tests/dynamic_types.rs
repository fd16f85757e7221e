//! Trait objects: lists of types behind `dyn Trait`, in all native calls.

use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use state_core::{Dynamic, ErrorKind, State, check, dumps, dynamic, load_into, loads};

trait Monster: Dynamic + Debug {
    fn roar(&self) -> String;
}

#[derive(State, Debug, PartialEq)]
struct Goblin {
    gold: u32,
    name: String,
}

#[derive(State, Debug, PartialEq)]
struct Dragon {
    heads: Vec<Box<dyn Monster>>,
    fire: f64,
}

#[derive(State, Debug, PartialEq)]
struct Slime<T> {
    of: T,
}

#[derive(State, Debug, PartialEq)]
struct Ghost;

/// Not in any list.
#[derive(State, Debug, PartialEq)]
struct Stranger;

impl PartialEq for dyn Monster {
    fn eq(&self, other: &Self) -> bool {
        self.roar() == other.roar()
    }
}

macro_rules! monsters {
    ($([$($param:ident)?] $of:ty;)*) => {$(
        impl$(<$param: State + Debug + 'static>)? Monster for $of {
            fn roar(&self) -> String {
                format!("{self:?}")
            }
        }
    )*};
}

monsters! {
    [] Goblin;
    [] Dragon;
    [T] Slime<T>;
    [] Ghost;
    [] Stranger;
    [] u64;
}

dynamic!(dyn Monster = [Goblin, Dragon, Slime<u8> as "SmallSlime", Slime<String> as "TextSlime", Ghost, u64 as "number"]);

fn goblin(gold: u32) -> Goblin {
    Goblin { gold, name: format!("g{gold}") }
}

fn cave() -> Vec<Box<dyn Monster>> {
    let head: Box<dyn Monster> = Box::new(Dragon { heads: vec![Box::new(Ghost)], fire: 0.5 });
    vec![
        Box::new(goblin(3)),
        Box::new(Dragon { heads: vec![Box::new(goblin(4)), head], fire: 1.5 }),
        Box::new(Slime { of: 9_u8 }),
        Box::new(Slime { of: String::from("text") }),
        Box::new(Ghost),
        Box::new(7_u64),
    ]
}

fn roars(cave: &[Box<dyn Monster>]) -> Vec<String> {
    cave.iter().map(|monster| monster.roar()).collect()
}

#[test]
fn each_comes_back_as_the_type_it_is() {
    let bytes = dumps(&cave()).unwrap();
    let back: Vec<Box<dyn Monster>> = loads(&bytes).unwrap();
    assert_eq!(roars(&back), roars(&cave()));
    assert_eq!(dumps(&back).unwrap(), bytes);
    check::<Vec<Box<dyn Monster>>>(&bytes).unwrap();
}

#[test]
fn the_bytes_are_those_of_an_enum() {
    trait Sound: Dynamic {}
    impl Sound for Goblin {}
    impl Sound for Slime<String> {}
    impl Sound for Ghost {}
    impl Sound for u64 {}
    dynamic!(dyn Sound = [Goblin, Slime<String>, Ghost, u64 as "Number"]);

    #[derive(State)]
    #[state(name = "Sound")]
    enum Enum {
        Goblin(Goblin),
        Slime(Slime<String>),
        Ghost(Ghost),
        Number(u64),
    }

    let listed: Vec<Box<dyn Sound>> =
        vec![Box::new(goblin(3)), Box::new(Slime { of: String::from("text") }), Box::new(Ghost), Box::new(7_u64)];
    let of_enum =
        vec![Enum::Goblin(goblin(3)), Enum::Slime(Slime { of: "text".into() }), Enum::Ghost(Ghost), Enum::Number(7)];
    let of_enum: Vec<Box<Enum>> = of_enum.into_iter().map(Box::new).collect();
    let bytes = dumps(&of_enum).unwrap();
    assert_eq!(dumps(&listed).unwrap(), bytes);
    let back: Vec<Box<dyn Sound>> = loads(&bytes).unwrap();
    assert_eq!(dumps(&back).unwrap(), bytes);
}

#[test]
fn shared_pointers_hold_them_too() {
    let rc: Rc<dyn Monster> = Rc::new(goblin(5));
    let bytes = dumps(&rc).unwrap();
    assert_eq!(loads::<Rc<dyn Monster>>(&bytes).unwrap().roar(), rc.roar());
    assert_eq!(loads::<Arc<dyn Monster>>(&bytes).unwrap().roar(), rc.roar());
    assert_eq!(loads::<Box<dyn Monster>>(&bytes).unwrap().roar(), rc.roar());
}

fn place(monster: &dyn Monster) -> *const u8 {
    std::ptr::from_ref(monster).cast()
}

#[test]
fn in_place_a_type_that_stays_keeps_its_allocation() {
    let mut live = cave();
    let (goblin_at, dragon_at) = (place(&*live[0]), place(&*live[1]));
    let saved: Vec<Box<dyn Monster>> =
        vec![Box::new(goblin(8)), Box::new(Dragon { heads: Vec::new(), fire: 0.0 }), Box::new(goblin(1))];
    load_into(&dumps(&saved).unwrap(), &mut live).unwrap();
    assert_eq!(roars(&live), roars(&saved));
    assert_eq!((place(&*live[0]), place(&*live[1])), (goblin_at, dragon_at));

    let swapped: Vec<Box<dyn Monster>> = vec![Box::new(Dragon { heads: Vec::new(), fire: 2.0 }), Box::new(goblin(2))];
    load_into(&dumps(&swapped).unwrap(), &mut live).unwrap();
    assert_eq!(roars(&live), roars(&swapped));
}

#[test]
fn what_others_see_is_replaced() {
    let mut live: Rc<dyn Monster> = Rc::new(goblin(1));
    let outside = Rc::clone(&live);
    let saved: Rc<dyn Monster> = Rc::new(goblin(2));
    load_into(&dumps(&saved).unwrap(), &mut live).unwrap();
    assert_eq!((live.roar(), outside.roar()), (goblin(2).roar(), goblin(1).roar()));
}

#[test]
fn a_type_that_is_not_listed_cannot_be_written() {
    let cave: Vec<Box<dyn Monster>> = vec![Box::new(Ghost), Box::new(Stranger)];
    let error = dumps(&cave).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    let text = error.to_string();
    assert!(text.contains("Stranger") && text.contains("dynamic!(dyn"), "{text}");
    // A live value of that type is replaced nevertheless.
    let mut live: Box<dyn Monster> = Box::new(Stranger);
    load_into(&dumps(&(Box::new(Ghost) as Box<dyn Monster>)).unwrap(), &mut live).unwrap();
    assert_eq!(live.roar(), "Ghost");
}

#[test]
fn what_stands_in_no_list_is_refused_and_changes_nothing() {
    let bytes = dumps(&cave()).unwrap();
    let mut live: Vec<Box<dyn Monster>> = vec![Box::new(goblin(1))];
    for at in 0..bytes.len() {
        for value in 0..=u8::MAX {
            let mut hostile = bytes.clone();
            hostile[at] = value;
            match loads::<Vec<Box<dyn Monster>>>(&hostile) {
                Ok(back) => {
                    check::<Vec<Box<dyn Monster>>>(&hostile).unwrap();
                    assert_eq!(loads::<Vec<Box<dyn Monster>>>(&dumps(&back).unwrap()).unwrap().len(), back.len());
                }
                Err(_) => {
                    assert!(load_into(&hostile, &mut live).is_err());
                    assert_eq!(roars(&live), [goblin(1).roar()]);
                }
            }
        }
    }
}

mod of_several_traits {
    use super::*;

    trait Named: Dynamic {
        fn name(&self) -> String;
    }

    impl Named for Goblin {
        fn name(&self) -> String {
            self.name.clone()
        }
    }

    trait Plain: Send + Sync {
        fn number(&self) -> u32;
    }

    impl Plain for Goblin {
        fn number(&self) -> u32 {
            self.gold
        }
    }

    trait Threaded: Dynamic + Plain {}

    impl Threaded for Goblin {}

    dynamic!(dyn Named = [Goblin]);
    dynamic!(dyn Named + Send + Sync = [Goblin]);
    dynamic!(dyn Threaded as "game.Threaded" = [Goblin as "game.Goblin"]);

    #[test]
    fn a_type_is_in_many_lists() {
        let named: Box<dyn Named> = Box::new(goblin(1));
        let bytes = dumps(&named).unwrap();
        assert_eq!(loads::<Box<dyn Named>>(&bytes).unwrap().name(), "g1");
        // The same list under the same name is the same type in bytes.
        assert_eq!(loads::<Arc<dyn Named + Send + Sync>>(&bytes).unwrap().name(), "g1");
        assert!(loads::<Box<dyn Monster>>(&bytes).is_err());

        let threaded: Arc<dyn Threaded> = Arc::new(goblin(2));
        let bytes = dumps(&threaded).unwrap();
        let back = std::thread::spawn(move || loads::<Arc<dyn Threaded>>(&bytes).unwrap()).join().unwrap();
        assert_eq!(back.number(), 2);
    }
}

/// A member that is shorter than the longest leaves no bytes of the previous one.
#[test]
fn the_bytes_do_not_tell_what_stood_there() {
    trait Mark: Dynamic {}
    impl Mark for u8 {}
    impl Mark for u64 {}
    dynamic!(dyn Mark = [u8 as "byte", u64 as "word"]);
    let marks = |first: usize| -> Vec<Box<dyn Mark>> {
        (first..first + 200)
            .map(|at| if at % 2 == 0 { Box::new(7_u8) as Box<dyn Mark> } else { Box::new(u64::MAX) })
            .collect()
    };
    for first in [0, 1] {
        let expected = dumps(&marks(first)).unwrap();
        for mut buffer in [dumps(&marks(1 - first)).unwrap(), vec![0xAA; expected.len()]] {
            state_core::dump_into(&marks(first), &mut buffer).unwrap();
            assert_eq!(buffer, expected);
        }
    }
}
