//! Values that cannot be shared, and the depth of shared ones.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use state_core::{ErrorKind, Options, State, dumps, load_into, loads};

use super::leaf;

#[test]
fn unmarked_types_can_refuse_copies() {
    let one = Rc::new(leaf(1));
    let refusing = Options::new().refuse_copies();
    let error = refusing.dumps(&(one.clone(), one.clone())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(error.to_string().contains("found Leaf that two shared pointers refer to"), "{error}");
    assert_eq!(refusing.dumps(&(one.clone(), Rc::new(leaf(2)))).unwrap(), dumps(&(one, Rc::new(leaf(2)))).unwrap());
}

#[test]
fn cycles_need_the_word_and_a_place_to_be_closed() {
    #[derive(State)]
    #[state(shared)]
    struct Ring {
        next: Option<Rc<RefCell<Ring>>>,
    }
    let ring = Rc::new(RefCell::new(Ring { next: None }));
    ring.borrow_mut().next = Some(ring.clone());
    let error = dumps(&ring).unwrap_err().to_string();
    assert!(error.contains("`#[state(shared, cyclic)]` allows it"), "{error}");
    ring.borrow_mut().next = None;

    #[derive(State)]
    #[state(shared, cyclic)]
    struct Plain {
        next: RefCell<Option<Rc<Plain>>>,
    }
    let plain = Rc::new(Plain { next: RefCell::new(None) });
    *plain.next.borrow_mut() = Some(plain.clone());
    let error = dumps(&plain).unwrap_err().to_string();
    assert!(error.contains("behind a cell or lock, such as `Rc<RefCell<_>>`"), "{error}");
    *plain.next.borrow_mut() = None;

    #[derive(State)]
    #[state(shared, cyclic)]
    struct Bare {
        next: (u8, Option<Box<Rc<RefCell<Bare>>>>),
    }
    let bare = Rc::new(RefCell::new(Bare { next: (1, None) }));
    bare.borrow_mut().next.1 = Some(Box::new(bare.clone()));
    let error = dumps(&bare).unwrap_err().to_string();
    assert!(error.contains("in an `Option`, a list or a map"), "{error}");
    bare.borrow_mut().next.1 = None;
}

#[test]
fn the_deepest_chain_fits_a_thread() {
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Chain {
        filler: [u64; 40],
        next: Option<Rc<RefCell<Chain>>>,
        first: Weak<RefCell<Chain>>,
        last: Vec<Rc<RefCell<Chain>>>,
    }
    let chain = |len: usize| {
        let first = Rc::new(RefCell::new(Chain { filler: [1; 40], next: None, first: Weak::new(), last: vec![] }));
        let mut last = first.clone();
        for _ in 1..len {
            let next = Chain { filler: [2; 40], next: None, first: Rc::downgrade(&first), last: vec![last.clone()] };
            let next = Rc::new(RefCell::new(next));
            last.borrow_mut().next = Some(next.clone());
            last = next;
        }
        first
    };
    let open = |mut node: Rc<RefCell<Chain>>| {
        loop {
            let next = node.borrow_mut().next.take();
            node.borrow_mut().last.clear();
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
    };
    let run = move || {
        let mut len = 200;
        let bytes = loop {
            let chain = chain(len);
            let bytes = dumps(&chain);
            open(chain);
            match bytes {
                Ok(bytes) => break bytes,
                Err(error) => assert_eq!(error.kind(), ErrorKind::Depth),
            }
            len -= 1;
        };
        assert!(len > 60, "{len}");
        let mut back: Rc<RefCell<Chain>> = loads(&bytes).unwrap();
        assert_eq!(dumps(&back).unwrap(), bytes);
        load_into(&bytes, &mut back).unwrap();
        assert_eq!(dumps(&back).unwrap(), bytes);
        open(back);
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn what_cannot_be_followed_is_an_error() {
    #[derive(State)]
    #[state(shared)]
    struct Borrowing<'a> {
        texts: Vec<Rc<&'a str>>,
    }
    let one = Rc::new("text");
    let bytes = dumps(&Borrowing { texts: vec![one.clone()] }).unwrap_err();
    assert!(bytes.to_string().contains("types that borrow nothing"), "{bytes}");
    drop(one);
    let alone = Borrowing { texts: vec![Rc::new("a"), Rc::new("b")] };
    let bytes = dumps(&alone).unwrap();
    assert_eq!(*loads::<Borrowing<'_>>(&bytes).unwrap().texts[1], "b");
}
