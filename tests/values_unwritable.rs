//! Values that have no state at the moment: the error says so, and nothing panics or blocks.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, RwLock};

use state_core::{ErrorKind, State, dump_into, dumps, load_into};

#[track_caller]
fn is_unwritable<T: State + ?Sized>(value: &T, found: &str) {
    let mut buffer = vec![1, 2, 3];
    let error = dump_into(value, &mut buffer).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert_eq!(error.found(), found);
    assert!(buffer.is_empty());
}

#[test]
fn a_cell_that_is_being_written() {
    let cell = RefCell::new(1);
    let guard = cell.borrow_mut();
    is_unwritable(&cell, "one that is mutably borrowed");
    drop(guard);
    let _shared = cell.borrow();
    dumps(&cell).unwrap();
}

#[test]
fn a_lock_that_is_held() {
    let (mutex, lock) = (Mutex::new(1), RwLock::new(1));
    let _held = mutex.lock().unwrap();
    is_unwritable(&mutex, "one that is held");
    let held = lock.write().unwrap();
    is_unwritable(&lock, "one that is held");
    drop(held);
    let _shared = lock.read().unwrap();
    dumps(&lock).unwrap();
}

#[test]
fn a_poisoned_lock_is_healed_by_a_restore() {
    let saved = dumps(&Mutex::new("whole".to_string())).unwrap();
    let mut mutex = Mutex::new("half-chan".to_string());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _guard = mutex.lock().unwrap();
        panic!("while it was held");
    }));
    assert!(panicked.is_err() && mutex.is_poisoned());
    is_unwritable(&mutex, "one that is poisoned");
    assert!(load_into(&saved[..41], &mut mutex).is_err());
    assert!(mutex.is_poisoned());
    load_into(&saved, &mut mutex).unwrap();
    assert_eq!(*mutex.lock().unwrap(), "whole");
}

/// A value whose restore panics remains poisoned.
#[test]
fn a_lock_stays_poisoned_where_the_restore_of_its_value_panics() {
    #[derive(State, Debug, Default)]
    #[state(after_set = Self::look)]
    struct Careful {
        number: u32,
    }

    impl Careful {
        fn look(&mut self) {
            assert_ne!(self.number, 7, "not this one");
        }
    }

    fn poisoned<T>(value: T, hold: impl FnOnce(&T)) -> T {
        assert!(catch_unwind(AssertUnwindSafe(|| hold(&value))).is_err());
        value
    }

    let [bad, good] = [7, 8].map(|number| dumps(&Careful { number }).unwrap());
    let mut mutex = poisoned(Mutex::<Careful>::default(), |mutex| {
        let _guard = mutex.lock().unwrap();
        panic!("while it was held");
    });
    let mut lock = poisoned(RwLock::<Careful>::default(), |lock| {
        let _guard = lock.write().unwrap();
        panic!("while it was held");
    });
    assert!(catch_unwind(AssertUnwindSafe(|| load_into(&bad, &mut mutex))).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| load_into(&bad, &mut lock))).is_err());
    assert!(mutex.is_poisoned() && lock.is_poisoned());
    load_into(&good, &mut mutex).unwrap();
    load_into(&good, &mut lock).unwrap();
    assert!(!mutex.is_poisoned() && !lock.is_poisoned());
}

#[test]
fn a_range_that_was_iterated_to_its_end() {
    let mut range = 1..=3;
    assert_eq!(range.next(), Some(1));
    assert_eq!(state_core::loads::<RangeInclusive<i32>>(&dumps(&range).unwrap()).unwrap(), 2..=3);
    range.by_ref().for_each(drop);
    is_unwritable(&range, "a `RangeInclusive` that was iterated to its end");
    is_unwritable(&vec![Some(range)], "a `RangeInclusive` that was iterated to its end");
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_unicode() {
    use std::os::unix::ffi::OsStrExt;
    let name = OsStr::from_bytes(b"/caf\xE9");
    is_unwritable(name, "one that is not");
    is_unwritable(Path::new(name), "one that is not");
    is_unwritable(&PathBuf::from(name), "one that is not");
    is_unwritable(&Box::<Path>::from(Path::new(name)), "one that is not");
}
