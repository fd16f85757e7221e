//! Shared objects stay one object: what `Rc`, `Arc` and `Weak` share when a state is taken, they share afterwards.

#![allow(
    clippy::items_after_statements,
    clippy::redundant_allocation,
    clippy::assigning_clones,
    reason = "the shapes that are shared"
)]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, RwLock};

use state_core::{ErrorKind, Options, Restore, State, dump_into, dumps, load_into, loads};

/// A value through its bytes, of which a second dump gives the same.
fn through<T: for<'a> Restore<'a>>(value: &T) -> T {
    let bytes = dumps(value).unwrap();
    let back = loads(&bytes).unwrap();
    assert_eq!(dumps(&back).unwrap(), bytes, "a second dump differs");
    back
}

#[derive(State, Debug, PartialEq)]
struct Leaf {
    number: u32,
    name: String,
}

fn leaf(number: u32) -> Leaf {
    Leaf { number, name: format!("leaf {number}") }
}

#[derive(State)]
#[state(shared)]
struct Two {
    one: Rc<Leaf>,
    list: Vec<Rc<Leaf>>,
    maybe: Option<Rc<Leaf>>,
    other: Arc<Leaf>,
    others: (Arc<Leaf>, [Arc<Leaf>; 2]),
}

#[test]
fn the_same_object_is_the_same_object() {
    let (one, other) = (Rc::new(leaf(7)), Arc::new(leaf(8)));
    let two = Two {
        one: one.clone(),
        list: vec![Rc::new(leaf(1)), one.clone(), one.clone()],
        maybe: Some(one),
        other: other.clone(),
        others: (Arc::new(leaf(9)), [other.clone(), other]),
    };
    let back = through(&two);
    assert!(Rc::ptr_eq(&back.one, &back.list[1]) && Rc::ptr_eq(&back.one, &back.list[2]));
    assert!(Rc::ptr_eq(&back.one, back.maybe.as_ref().unwrap()));
    assert!(Arc::ptr_eq(&back.other, &back.others.1[0]) && Arc::ptr_eq(&back.other, &back.others.1[1]));
    assert_eq!((&*back.one, &*back.list[0], &*back.other, &*back.others.0), (&leaf(7), &leaf(1), &leaf(8), &leaf(9)));
    assert_eq!((Rc::strong_count(&back.one), Arc::strong_count(&back.other)), (4, 3));
    drop(two);
}

#[test]
fn what_is_unique_is_written_once_and_has_no_number() {
    #[derive(State)]
    #[state(shared)]
    struct Few {
        a: Rc<u32>,
        b: Rc<u32>,
    }
    let few = Few { a: Rc::new(1), b: Rc::new(2) };
    let bytes = dumps(&few).unwrap();
    assert_eq!(bytes.len(), 40 + 2 * (8 + 4));
    let _other_handle = few.a.clone();
    assert_eq!(dumps(&few).unwrap(), bytes, "handles outside the state change nothing");
    let back = through(&few);
    assert_eq!((*back.a, *back.b), (1, 2));
}

#[derive(State)]
struct Tree {
    number: u32,
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
}

fn tree() -> Rc<Tree> {
    Rc::new_cyclic(|root| {
        let child = |number| {
            Rc::new_cyclic(|child: &Weak<Tree>| {
                let leaf = Tree { number: 10 * number, parent: child.clone(), children: Vec::new() };
                Tree { number, parent: root.clone(), children: vec![Rc::new(leaf)] }
            })
        };
        Tree { number: 0, parent: Weak::new(), children: (1..4).map(child).collect() }
    })
}

#[test]
fn children_know_their_parents() {
    let back = through(&tree());
    assert_eq!(back.children.iter().map(|child| child.number).collect::<Vec<_>>(), [1, 2, 3]);
    for child in &back.children {
        assert!(Rc::ptr_eq(&child.parent.upgrade().unwrap(), &back));
        assert!(Rc::ptr_eq(&child.children[0].parent.upgrade().unwrap(), child));
        assert_eq!(child.children[0].number, 10 * child.number);
    }
    assert!(back.parent.upgrade().is_none());
    assert_eq!(Rc::strong_count(&back), 1);
}

#[derive(State)]
struct Watch {
    before: Vec<Weak<Leaf>>,
    owned: Vec<Rc<Leaf>>,
    after: Weak<Leaf>,
}

#[test]
fn weak_references_lead_forward_and_back_and_to_nothing() {
    let owned: Vec<_> = (0..3).map(|number| Rc::new(leaf(number))).collect();
    let elsewhere = Rc::new(leaf(9));
    let gone = Rc::downgrade(&Rc::new(leaf(8)));
    let watch = Watch {
        before: owned.iter().rev().map(Rc::downgrade).chain([Rc::downgrade(&elsewhere), gone, Weak::new()]).collect(),
        after: Rc::downgrade(&owned[1]),
        owned,
    };
    let back = through(&watch);
    let number = |weak: &Weak<Leaf>| weak.upgrade().map(|leaf| leaf.number);
    assert_eq!(back.before.iter().map(number).collect::<Vec<_>>(), [Some(2), Some(1), Some(0), None, None, None]);
    assert!(Rc::ptr_eq(&back.before[0].upgrade().unwrap(), &back.owned[2]));
    assert!(Rc::ptr_eq(&back.after.upgrade().unwrap(), &back.owned[1]));
}

#[derive(State)]
#[state(shared, cyclic)]
struct Node {
    number: u32,
    next: Option<Rc<RefCell<Node>>>,
    friends: Vec<Rc<RefCell<Node>>>,
    named: BTreeMap<String, Rc<RefCell<Node>>>,
    back: Weak<RefCell<Node>>,
}

type Link = Rc<RefCell<Node>>;

fn node(number: u32) -> Link {
    let node = Node { number, next: None, friends: Vec::new(), named: BTreeMap::new(), back: Weak::new() };
    Rc::new(RefCell::new(node))
}

/// All refer to all.
fn ring(len: u32) -> Vec<Link> {
    let nodes: Vec<_> = (0..len).map(node).collect();
    for (at, one) in nodes.iter().enumerate() {
        let mut node = one.borrow_mut();
        node.next = Some(nodes[(at + 1) % nodes.len()].clone());
        node.friends = nodes.clone();
        node.named = nodes.iter().map(|node| (format!("{:p}", Rc::as_ptr(node)), node.clone())).collect();
        node.back = Rc::downgrade(&nodes[(at + nodes.len() - 1) % nodes.len()]);
    }
    nodes
}

fn open(ring: &Link) {
    let friends = std::mem::take(&mut ring.borrow_mut().friends);
    for node in &friends {
        let mut node = node.borrow_mut();
        (node.next, node.friends, node.named) = (None, Vec::new(), BTreeMap::new());
    }
}

#[test]
fn rings_come_back_as_rings() {
    for len in [1, 2, 5] {
        let nodes = ring(len);
        let back = through(&nodes[0]);
        let all = back.borrow().friends.clone();
        assert_eq!(all.iter().map(|node| node.borrow().number).collect::<Vec<_>>(), (0..len).collect::<Vec<_>>());
        assert!(Rc::ptr_eq(&all[0], &back));
        for (at, one) in all.iter().enumerate() {
            let node = one.borrow();
            let (next, before) = (&all[(at + 1) % all.len()], &all[(at + all.len() - 1) % all.len()]);
            assert!(Rc::ptr_eq(node.next.as_ref().unwrap(), next));
            assert!(Rc::ptr_eq(&node.back.upgrade().unwrap(), before));
            assert!(node.friends.iter().zip(&all).all(|(one, other)| Rc::ptr_eq(one, other)));
            assert_eq!(node.named.len(), all.len());
        }
        drop(all);
        open(&back);
        assert_eq!(Rc::strong_count(&back), 1);
        open(&nodes[0]);
    }
}

#[test]
fn restores_in_place_keep_cells_that_others_hold() {
    let nodes = ring(3);
    let saved = dumps(&nodes[0]).unwrap();
    let mut root = nodes[0].clone();
    for node in &nodes {
        node.borrow_mut().number += 100;
    }
    nodes[1].borrow_mut().friends.clear();
    load_into(&saved, &mut root).unwrap();
    assert!(Rc::ptr_eq(&root, &nodes[0]));
    assert_eq!(nodes.iter().map(|node| node.borrow().number).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(Rc::ptr_eq(&nodes[1].borrow().friends[2], &nodes[2]));
    assert_eq!(dumps(&root).unwrap(), saved);
    open(&root);
}

#[derive(State)]
#[state(shared)]
struct Pair {
    a: Rc<RefCell<u32>>,
    b: Rc<RefCell<u32>>,
}

#[test]
fn one_live_object_never_stands_for_two() {
    let two = dumps(&Pair { a: Rc::new(RefCell::new(1)), b: Rc::new(RefCell::new(2)) }).unwrap();
    let live = Rc::new(RefCell::new(0));
    let mut pair = Pair { a: live.clone(), b: live.clone() };
    load_into(&two, &mut pair).unwrap();
    assert_eq!((*pair.a.borrow(), *pair.b.borrow()), (1, 2));
    assert!(Rc::ptr_eq(&pair.a, &live) && !Rc::ptr_eq(&pair.b, &live));
}

#[test]
fn two_live_objects_become_one() {
    let one = Rc::new(RefCell::new(7));
    let saved = dumps(&Pair { a: one.clone(), b: one }).unwrap();
    let mut pair = Pair { a: Rc::new(RefCell::new(1)), b: Rc::new(RefCell::new(2)) };
    let held = pair.a.clone();
    load_into(&saved, &mut pair).unwrap();
    assert!(Rc::ptr_eq(&pair.a, &pair.b) && Rc::ptr_eq(&pair.a, &held));
    assert_eq!(*held.borrow(), 7);
}

#[test]
fn what_is_borrowed_is_replaced() {
    let mut pair = Pair { a: Rc::new(RefCell::new(1)), b: Rc::new(RefCell::new(2)) };
    let saved = dumps(&pair).unwrap();
    let held = pair.a.clone();
    let borrowed = held.borrow_mut();
    load_into(&saved, &mut pair).unwrap();
    assert!(!Rc::ptr_eq(&pair.a, &held));
    assert_eq!((*pair.a.borrow(), *borrowed), (1, 1));
}

#[test]
fn plain_objects_that_others_hold_are_replaced() {
    let one = Rc::new(leaf(1));
    let mut two = Two {
        one: one.clone(),
        list: vec![one.clone()],
        maybe: None,
        other: Arc::new(leaf(2)),
        others: (Arc::new(leaf(3)), [Arc::new(leaf(4)), Arc::new(leaf(5))]),
    };
    let saved = dumps(&two).unwrap();
    let unique = Arc::as_ptr(&two.other);
    Arc::get_mut(&mut two.other).unwrap().number = 99;
    load_into(&saved, &mut two).unwrap();
    assert!(Rc::ptr_eq(&two.one, &two.list[0]) && !Rc::ptr_eq(&two.one, &one));
    assert_eq!((two.other.number, Arc::as_ptr(&two.other)), (2, unique));
}

#[test]
fn locks_are_entered_unless_they_are_held() {
    #[derive(State)]
    #[state(shared)]
    struct Locks {
        a: Arc<Mutex<Leaf>>,
        b: Arc<Mutex<Leaf>>,
        c: Arc<RwLock<u8>>,
    }
    let (mutex, lock) = (Arc::new(Mutex::new(leaf(1))), Arc::new(RwLock::new(3)));
    let mut locks = Locks { a: mutex.clone(), b: mutex.clone(), c: lock.clone() };
    let saved = dumps(&locks).unwrap();
    *mutex.lock().unwrap() = leaf(5);
    *lock.write().unwrap() = 6;
    let held = lock.read().unwrap();
    load_into(&saved, &mut locks).unwrap();
    assert_eq!(*mutex.lock().unwrap(), leaf(1));
    assert!(Arc::ptr_eq(&locks.a, &locks.b) && Arc::ptr_eq(&locks.a, &mutex));
    assert!(!Arc::ptr_eq(&locks.c, &lock));
    assert_eq!((*held, *locks.c.read().unwrap()), (6, 3));
}

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
fn hash_maps_with_shared_keys_and_values() {
    #[derive(State)]
    #[state(shared)]
    struct Maps {
        by_name: HashMap<String, Rc<Leaf>>,
        queue: VecDeque<Rc<Leaf>>,
        by_leaf: HashMap<Rc<u32>, Rc<Leaf>>,
    }
    let one = Rc::new(leaf(1));
    let key = Rc::new(5);
    let maps = Maps {
        by_name: HashMap::from([("a".to_owned(), one.clone())]),
        queue: VecDeque::from([one.clone(), one.clone()]),
        by_leaf: HashMap::from([(key, one)]),
    };
    let mut back = through(&maps);
    assert!(Rc::ptr_eq(&back.by_name["a"], &back.queue[1]) && Rc::ptr_eq(&back.by_leaf[&5], &back.queue[1]));
    let saved = dumps(&maps).unwrap();
    back.queue.pop_back();
    back.by_leaf.clear();
    load_into(&saved, &mut back).unwrap();
    assert_eq!(dumps(&back).unwrap(), saved);
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

/// The ways for small states and for those that follow an older one of their own are for states without numbers.
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
fn a_history_keeps_shared_objects() {
    let mut history = state_core::History::<Link>::new();
    let mut root = ring(3)[0].clone();
    history.push(1, &root).unwrap();
    let held = root.borrow().friends[1].clone();
    held.borrow_mut().number = 9;
    history.push(2, &root).unwrap();
    for (frame, number) in [(1, 1), (2, 9), (1, 1)] {
        history.restore(frame, &mut root).unwrap();
        assert_eq!(held.borrow().number, number);
        assert!(Rc::ptr_eq(&root.borrow().friends[1], &held));
    }
    open(&root);
}

#[test]
fn text_slices_and_what_is_in_them() {
    #[derive(State)]
    #[state(shared)]
    struct Kinds {
        text: (Rc<str>, Arc<str>, Rc<str>),
        slices: (Arc<[Rc<str>]>, Arc<[Rc<str>]>),
        lists: (Rc<Vec<u8>>, Rc<Vec<u8>>),
        boxes: [Rc<Option<Box<u32>>>; 2],
        arrays: [Arc<[u16; 3]>; 2],
        path: [Arc<std::path::Path>; 2],
    }
    let (text, slice_text) = (Rc::<str>::from("text"), Rc::<str>::from(""));
    let slice: Arc<[Rc<str>]> = Arc::from([text.clone(), slice_text.clone(), slice_text]);
    let (list, array, path) =
        (Rc::new(vec![1, 2]), Arc::new([7; 3]), Arc::<std::path::Path>::from(std::path::Path::new("a/b")));
    let boxed = Rc::new(Some(Box::new(5)));
    let kinds = Kinds {
        text: (text.clone(), Arc::from("text"), text),
        slices: (slice.clone(), slice),
        lists: (list.clone(), list),
        boxes: [boxed.clone(), boxed],
        arrays: [array.clone(), array],
        path: [path.clone(), path],
    };
    let check = |back: &Kinds| {
        assert!(Rc::ptr_eq(&back.text.0, &back.text.2) && Rc::ptr_eq(&back.text.0, &back.slices.0[0]));
        assert!(Arc::ptr_eq(&back.slices.0, &back.slices.1) && Rc::ptr_eq(&back.slices.0[1], &back.slices.0[2]));
        assert!(Rc::ptr_eq(&back.lists.0, &back.lists.1) && Rc::ptr_eq(&back.boxes[0], &back.boxes[1]));
        assert!(Arc::ptr_eq(&back.arrays[0], &back.arrays[1]) && Arc::ptr_eq(&back.path[0], &back.path[1]));
        assert_eq!((&*back.text.0, &*back.text.1, &*back.slices.0[1]), ("text", "text", ""));
        assert_eq!((&*back.lists.0, &*back.boxes[0], &*back.arrays[1]), (&vec![1, 2], &Some(Box::new(5)), &[7; 3]));
    };
    let mut back = through(&kinds);
    check(&back);
    // In place, equal text keeps its handle, and other text is replaced.
    let saved = dumps(&kinds).unwrap();
    let held = back.text.0.clone();
    back.text.1 = Arc::from("other");
    back.lists.0 = Rc::new(vec![]);
    load_into(&saved, &mut back).unwrap();
    check(&back);
    assert!(Rc::ptr_eq(&held, &back.text.0));
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

#[test]
fn generic_types_are_followed_once_they_are_marked() {
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Knot<T> {
        value: T,
        next: Option<Rc<RefCell<Knot<T>>>>,
    }
    let knot = Rc::new(RefCell::new(Knot { value: vec![1_u8], next: None }));
    knot.borrow_mut().next = Some(knot.clone());
    let back = through(&knot);
    let next = back.borrow_mut().next.take().unwrap();
    assert!(Rc::ptr_eq(&next, &back) && back.borrow().value == [1]);
    knot.borrow_mut().next = None;
}

#[test]
fn hooks_see_whole_objects_in_the_end() {
    #[derive(State)]
    #[state(shared, cyclic, after_set = Seen::look)]
    struct Seen {
        next: Option<Rc<RefCell<Seen>>>,
        #[state(skip)]
        has_next: bool,
    }
    impl Seen {
        fn look(&mut self) {
            self.has_next = self.next.is_some();
        }
    }
    let (a, b) = (Seen { next: None, has_next: true }, Seen { next: None, has_next: true });
    let (a, b) = (Rc::new(RefCell::new(a)), Rc::new(RefCell::new(b)));
    a.borrow_mut().next = Some(b.clone());
    b.borrow_mut().next = Some(a.clone());
    let mut back = through(&a);
    let other = back.borrow().next.clone().unwrap();
    assert!(back.borrow().has_next && other.borrow().has_next);
    other.borrow_mut().has_next = false;
    load_into(&dumps(&a).unwrap(), &mut back).unwrap();
    assert!(other.borrow().has_next);
    back.borrow_mut().next = None;
    a.borrow_mut().next = None;
}

/// Whether an object can be given references later is asked of the one around a reference, not of one before it.
#[test]
fn a_cycle_closes_behind_a_shared_object_that_takes_no_references_later() {
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Node {
        texts: [Rc<String>; 2],
        next: Option<Rc<RefCell<Node>>>,
    }
    let node = |text: &str| {
        let text = Rc::new(text.to_string());
        Rc::new(RefCell::new(Node { texts: [text.clone(), text], next: None }))
    };
    let (first, second) = (node("first"), node("second"));
    first.borrow_mut().next = Some(second.clone());
    second.borrow_mut().next = Some(first.clone());
    let bytes = dumps(&first).unwrap();
    let back: Rc<RefCell<Node>> = loads(&bytes).unwrap();
    let next = back.borrow().next.clone().unwrap();
    assert!(Rc::ptr_eq(next.borrow().next.as_ref().unwrap(), &back));
    assert!(Rc::ptr_eq(&next.borrow().texts[0], &next.borrow().texts[1]));
    assert_eq!(*next.borrow().texts[0], "second");
    for node in [first, back] {
        node.borrow_mut().next = None;
    }
}
