//! Values that cannot be held or written give an error that changes nothing.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::{ErrorKind, History, State, dumps, loads};

use super::{Mesh, mesh};

/// Panics or refuses as configured.
#[derive(State, Clone)]
#[state(before_get = Self::ready, after_set = Self::judge)]
struct Moody {
    level: u8,
    #[state(held)]
    first: Arc<Mesh>,
    inner: Bomb,
    #[state(held)]
    last: Arc<Mesh>,
}

#[derive(State, Clone)]
struct Bomb(#[state(with = fuse)] u8);

mod fuse {
    pub type Slot = u8;

    pub fn get(level: &u8) -> Slot {
        assert_ne!(*level, 99, "it goes off");
        *level
    }

    pub fn set(level: Slot) -> Result<u8, std::convert::Infallible> {
        Ok(level)
    }
}

impl Moody {
    fn ready(&self) -> Result<(), &'static str> {
        if self.level == 50 { Err("not ready") } else { Ok(()) }
    }

    fn judge(&mut self) -> Result<(), &'static str> {
        match self.level {
            7 => Err("no sevens"),
            8 => panic!("no eights"),
            _ => Ok(()),
        }
    }
}

#[test]
fn a_failed_push_loses_no_frame_and_holds_nothing() {
    let moody = Moody { level: 1, first: mesh("a"), inner: Bomb(0), last: mesh("b") };
    let mut history = History::<Moody>::new().frames(2);
    history.push(0, &moody).unwrap();
    let bad = Moody { level: 50, first: mesh("c"), ..moody.clone() };
    let bomb = Moody { inner: Bomb(99), first: mesh("d"), ..moody.clone() };
    for _ in 0..3 {
        assert!(history.push(1, &bad).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| history.push(1, &bomb))).is_err());
        assert!(history.frames_kept().eq(0..1));
    }
    assert!(history.push(1, &bad).is_err());
    assert_eq!((Arc::strong_count(&bad.first), Arc::strong_count(&bomb.first)), (1, 1));
    let mut back = Moody { level: 4, first: mesh("x"), inner: Bomb(5), last: mesh("y") };
    history.restore(0, &mut back).unwrap();
    assert!(Arc::ptr_eq(&back.first, &moody.first) && Arc::ptr_eq(&back.last, &moody.last));
    assert_eq!(Arc::strong_count(&moody.first), 3);
    drop(history);
    assert_eq!(Arc::strong_count(&moody.first), 2);
}

#[test]
fn a_restore_that_is_refused_changes_no_pointer() {
    let moody = Moody { level: 7, first: mesh("a"), inner: Bomb(0), last: mesh("b") };
    let mut history = History::<Moody>::new();
    history.push(0, &moody).unwrap();
    history.push(1, &Moody { level: 8, ..moody.clone() }).unwrap();
    let (first, last) = (mesh("x"), mesh("y"));
    let mut live = Moody { level: 3, first: first.clone(), inner: Bomb(1), last: last.clone() };
    assert_eq!(history.restore(0, &mut live).unwrap_err().kind(), ErrorKind::Refused);
    assert!(catch_unwind(AssertUnwindSafe(|| history.restore(1, &mut live))).is_err());
    assert!(Arc::ptr_eq(&live.first, &first) && Arc::ptr_eq(&live.last, &last));
    assert_eq!((live.level, live.inner.0, Arc::strong_count(&first)), (3, 1, 2));
    // No hook is called to write a frame out.
    assert_eq!(history.image(0).unwrap(), dumps(&moody).unwrap());
    assert_eq!(history.image(1).unwrap(), dumps(&Moody { level: 8, ..moody }).unwrap());
}

#[test]
fn an_object_is_not_half_held_where_references_are_numbered() {
    #[derive(State)]
    #[state(shared)]
    struct Scene {
        plain: Option<Rc<Mesh>>,
        #[state(held)]
        held: Rc<Mesh>,
        weak: Weak<Mesh>,
    }
    let mesh = Rc::new(Mesh { name: "m".into(), points: vec![] });
    let mut scene = Scene { plain: Some(mesh.clone()), held: mesh.clone(), weak: Weak::new() };
    let mut history = History::<Scene>::new();
    let error = history.push(0, &scene).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Scene: expected all references to an object in fields under `#[state(held)]`, or none, as references are numbered, \
         found an `Rc` or `Arc` to Mesh, which is held elsewhere"
    );
    scene.plain = None;
    scene.weak = Rc::downgrade(&mesh);
    assert!(
        history.push(0, &scene).unwrap_err().to_string().contains("found a `Weak` to Mesh, which is held elsewhere")
    );
    scene.weak = Weak::new();
    history.push(0, &scene).unwrap();
}

#[test]
fn what_cannot_be_held_is_an_error() {
    #[derive(State)]
    struct Borrowing<'a> {
        text: &'a str,
    }
    #[derive(State)]
    struct Around<'a> {
        #[state(held)]
        inner: Rc<Borrowing<'a>>,
    }
    let text = String::from("text");
    let around = Around { inner: Rc::new(Borrowing { text: &text }) };
    let mut history = History::<Around<'_>>::new();
    let error = history.push(0, &around).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(error.to_string().contains("expected held pointers to types that borrow nothing"), "{error}");
    assert_eq!(loads::<Around<'_>>(&dumps(&around).unwrap()).unwrap().inner.text, "text");
}

thread_local! {
    static UNTIL_IT_BURNS: Cell<u32> = const { Cell::new(u32::MAX) };
}

mod countdown {
    use super::UNTIL_IT_BURNS;

    pub type Slot = u8;

    pub fn get(level: &u8) -> Slot {
        UNTIL_IT_BURNS.set(UNTIL_IT_BURNS.get().checked_sub(1).expect("it burns"));
        *level
    }

    pub fn set(level: Slot) -> Result<u8, std::convert::Infallible> {
        Ok(level)
    }
}

#[test]
fn a_frame_behind_one_whose_writing_panicked_has_its_own_pointers() {
    #[derive(State, Clone)]
    struct Fused {
        #[state(held)]
        first: Arc<Mesh>,
        #[state(with = countdown)]
        inner: u8,
        #[state(held)]
        last: Arc<Mesh>,
    }
    let fused = Fused { first: mesh("a"), inner: 1, last: mesh("b") };
    let mut panics = 0;
    for calls in 0..10 {
        let mut history = History::<Fused>::new().frames(3);
        history.push(0, &fused).unwrap();
        let bad = Fused { first: mesh("d"), ..fused.clone() };
        UNTIL_IT_BURNS.set(calls);
        panics += u32::from(catch_unwind(AssertUnwindSafe(|| history.push(1, &bad))).is_err());
        UNTIL_IT_BURNS.set(u32::MAX);
        let good = Fused { first: mesh("c"), inner: 7, last: mesh("e") };
        history.push(2, &good).unwrap();
        let mut back = bad.clone();
        history.restore(2, &mut back).unwrap();
        assert!(Arc::ptr_eq(&back.first, &good.first) && Arc::ptr_eq(&back.last, &good.last));
        history.restore(0, &mut back).unwrap();
        assert!(Arc::ptr_eq(&back.first, &fused.first) && Arc::ptr_eq(&back.last, &fused.last));
    }
    assert!((1..10).contains(&panics), "{panics}");
}
