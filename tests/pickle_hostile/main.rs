//! No pickle takes more memory than eight times its length and 1 MiB, prints without end, or overflows the stack,
//! whether it is inspected, converted to a value, or read into a type.

mod bombs;
mod counting;

use std::fmt::{self, Write};
use std::thread;

use bombs::Bomb;
use state_core::pickle::{Pickle, PickleOptions, load_value, loads};
use state_core::{ErrorKind, State};

/// Counts the text that is written to it, and keeps nothing.
struct Count(usize);

impl Write for Count {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

fn every() -> Vec<Bomb> {
    [bombs::expanding(), bombs::floods(), bombs::deep(), bombs::lies(), bombs::honest()].concat()
}

/// Returns the peak of the memory that `then` allocates.
fn peak(then: impl FnOnce()) -> usize {
    let before = counting::start();
    then();
    counting::peak() - before
}

fn most(pickle: &[u8]) -> usize {
    8 * pickle.len() + (1 << 20)
}

#[test]
fn a_look_at_any_pickle_takes_eight_times_its_length() {
    let mut failed = Vec::new();
    for (name, bytes) in every() {
        let mut text = [0; 2];
        let opened = peak(|| drop(Pickle::open(&bytes)));
        let printed = peak(|| {
            let Ok(pickle) = Pickle::open(&bytes) else { return };
            let mut count = Count(0);
            write!(count, "{pickle}").unwrap();
            text[0] = count.0;
        });
        let listed = peak(|| {
            let Ok(pickle) = Pickle::open(&bytes) else { return };
            // Those that exceed the limit are refused.
            if let Ok(names) = pickle.classes() {
                assert!(names.map(|name| name.as_str().len()).sum::<usize>() <= most(&bytes), "{name}");
            }
            let mut count = Count(0);
            pickle.operations().for_each(|operation| write!(count, "{operation}").unwrap());
            text[1] = count.0;
        });
        for (what, took) in [("opened", opened), ("printed", printed), ("listed", listed)] {
            if took > most(&bytes) {
                failed.push(format!("{name}, {what}: {took} of {} bytes, {} times", bytes.len(), took / bytes.len()));
            }
        }
        // A byte can print as `\x00`, both the first time and when repeated.
        assert!(
            text[0] <= 4 * (bytes.len() * 9 + (1 << 20)) + 64 * bytes.len(),
            "{name}: {} of {}",
            text[0],
            bytes.len()
        );
        assert!(text[1] <= 256 * bytes.len(), "{name}: {} of {}", text[1], bytes.len());
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn lies_are_refused_and_what_only_looks_like_one_is_read() {
    for (name, bytes) in bombs::lies() {
        let error = Pickle::open(&bytes).expect_err(name);
        assert!(error.offset().is_some(), "{name}: {error}");
        assert_eq!(load_value(&bytes).expect_err(name).to_string(), error.to_string());
    }
    for (name, bytes) in [bombs::honest(), bombs::deep(), bombs::expanding()].concat() {
        Pickle::open(&bytes).expect(name);
    }
}

/// Everything that walks a value, on a stack too small for recursion.
#[test]
fn values_of_hostile_pickles_need_no_stack() {
    let walk = || {
        for (name, bytes) in every() {
            let took = peak(|| {
                let Ok(value) = load_value(&bytes) else { return };
                let mut count = Count(0);
                write!(count, "{value}").unwrap();
                assert!(count.0 <= 300 * bytes.len() + (16 << 20), "{name}: {}", count.0);
                assert_eq!(value.clone().kind(), value.kind());
            });
            assert!(took <= 600 * bytes.len() + (1 << 20), "{name}: {took} of {}", bytes.len());
        }
    };
    thread::Builder::new().stack_size(256 << 10).spawn(walk).unwrap().join().unwrap();
}

#[derive(State)]
enum Tree {
    Leaf(u8),
    Node(Vec<Tree>),
    Some(Box<Option<Tree>>),
}

#[derive(State)]
#[state(name = "example.P")]
struct Plain(Option<Box<Plain>>);

#[test]
fn types_take_no_more_than_the_expansion_allows() {
    for (name, bytes) in every() {
        let errors = [
            loads::<Vec<Vec<u8>>>(&bytes).err(),
            loads::<Vec<String>>(&bytes).err(),
            loads::<Tree>(&bytes).err(),
            loads::<Vec<Plain>>(&bytes).err(),
            loads::<Vec<Vec<Option<i8>>>>(&bytes).err(),
            loads::<Option<Option<Vec<i64>>>>(&bytes).err(),
        ];
        // Refused by all types but those that fit exactly.
        assert!(errors.iter().flatten().count() >= 3, "{name}");
    }
    let megabyte = bombs::expanding().into_iter().find(|(name, _)| name.starts_with("a megabyte")).unwrap().1;
    let list = megabyte[..megabyte.len() - 2].to_vec();
    let list = [&list[..], b"t."].concat();
    let error = PickleOptions::new().loads::<Vec<Vec<u8>>>(&list).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Length);
    assert!(error.to_string().contains("PickleOptions::expansion"), "{error}");
}
