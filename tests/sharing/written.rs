//! How shared objects are written.

use std::rc::{Rc, Weak};

use state_core::{Options, State, dump_into, dumps, load_into, loads};

use super::{Leaf, Tree, leaf, tree};

#[test]
fn types_gain_and_lose_sharing_and_keep_their_files() {
    #[derive(State)]
    #[state(name = "Scene")]
    struct Marked {
        #[state(shared)]
        all: Vec<Rc<Leaf>>,
    }
    #[derive(State)]
    #[state(name = "Scene")]
    struct Unmarked {
        all: Vec<Rc<Leaf>>,
    }
    let one = Rc::new(leaf(4));
    let all = vec![one.clone(), one];
    let copies = dumps(&Unmarked { all: all.clone() }).unwrap();
    let shared = dumps(&Marked { all: all.clone() }).unwrap();
    let back: Marked = loads(&copies).unwrap();
    assert!(!Rc::ptr_eq(&back.all[0], &back.all[1]) && back.all[1].number == 4);
    let back: Unmarked = loads(&shared).unwrap();
    assert!(Rc::ptr_eq(&back.all[0], &back.all[1]));
    assert_eq!(Options::new().sharing().dumps(&Unmarked { all }).unwrap(), shared);
}

#[test]
fn buffers_are_used_again() {
    let mut buffer = Vec::new();
    let trees = [tree(), Rc::new(Tree { number: 1, parent: Weak::new(), children: Vec::new() }), tree()];
    for tree in trees {
        dump_into(&tree, &mut buffer).unwrap();
        assert_eq!(buffer, dumps(&tree).unwrap());
    }
}

/// The fast paths for small states, and for those written over an older one of their type, are only for states without
/// numbered references.
#[test]
fn every_way_out_numbers_what_is_shared() {
    let one = Rc::new(leaf(4));
    let plain = (one.clone(), one.clone());
    let (sharing, refusing) = (Options::new().sharing(), Options::new().refuse_copies());
    let (shared, copies) = (sharing.dumps(&plain).unwrap(), dumps(&plain).unwrap());
    let (tree, number) = (tree(), 7_u32);
    for mut buffer in [vec![], vec![0xAA; 100], vec![0xAA; 1000], shared.clone(), copies.clone(), dumps(&tree).unwrap()]
    {
        let old = buffer.clone();
        dump_into(&tree, &mut buffer).unwrap();
        assert_eq!(buffer, dumps(&tree).unwrap());
        buffer.clone_from(&old);
        sharing.dump_into(&plain, &mut buffer).unwrap();
        assert_eq!(buffer, shared);
        sharing.dump_into(&number, &mut buffer).unwrap();
        assert_eq!((buffer[5], loads::<u32>(&buffer).unwrap()), (2, number));
        buffer.clone_from(&old);
        assert!(refusing.dump_into(&plain, &mut buffer).is_err() && buffer.is_empty());
        buffer.clone_from(&old);
        dump_into(&plain, &mut buffer).unwrap();
        assert_eq!(buffer, copies);
    }
    let (left, right): (Rc<Leaf>, Rc<Leaf>) = loads(&shared).unwrap();
    assert!(Rc::ptr_eq(&left, &right));
    let mut live = (Rc::new(leaf(0)), Rc::new(leaf(0)));
    load_into(&shared, &mut live).unwrap();
    assert!(Rc::ptr_eq(&live.0, &live.1) && live.0.number == 4);
}
