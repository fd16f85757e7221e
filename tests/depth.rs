//! The depth limit: the same for every way to read and write, at the limit, one above it, and with a raised limit. The
//! error names the type and the setting, and says that a cycle may be the reason.

use std::cell::RefCell;
use std::rc::Rc;

use state_core::Value;
use state_core::{
    Error, ErrorKind, Inspection, Options, Result, State, StateExt, check, dumps, from_value, load_into, loads, pickle,
    to_value,
};

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "chain.Link")]
struct Link {
    next: Option<Box<Link>>,
    numbers: Vec<u32>,
}

/// A list whose innermost link is inside `boxes` boxes. Its numbers add no level.
fn chain(boxes: u32) -> Link {
    (0..boxes).fold(Link { next: None, numbers: vec![7] }, |next, at| Link {
        next: Some(Box::new(next)),
        numbers: vec![at, at],
    })
}

/// Removes the boxes one by one, since dropping a long list recurses.
fn unlink(mut link: Link) {
    while let Some(next) = link.next.take() {
        link = *next;
    }
}

/// The result of each way for a value of `levels` levels, with options of that depth.
fn ways(value: &Link, levels: u32) -> Vec<(&'static str, Result<()>)> {
    let (native, pickles) = (Options::new().depth(levels), pickle::PickleOptions::new().depth(levels));
    let (all, all_pickles) = (Options::new().depth(1 << 20), pickle::PickleOptions::new().depth(1 << 20));
    let bytes = all.with_schema().dumps(value).unwrap();
    let pickled = all_pickles.dumps(value).unwrap();
    // A value pushed and then popped, which only the pickle machine reads.
    let long_way = [&pickled[..2], b"N0", &pickled[2..]].concat();
    let dynamic = all.to_value(value).unwrap();
    let state = all.get_state(value).unwrap();
    let loaded = |result: Result<Link>| {
        result.map(|loaded| {
            assert!(is_same(&loaded, value));
            unlink(loaded);
        })
    };
    let same = |taken: Result<Value>| taken.map(|taken| assert!(taken == dynamic));
    let mut targets = [chain(1), chain(1)];
    let [into, set] = &mut targets;
    let ways = vec![
        ("dumps", native.dumps(value).map(drop)),
        ("dump_segments", native.dump_segments(value, &mut state_core::image::SegmentBuffer::new()).map(drop)),
        ("loads", loaded(native.loads(&bytes))),
        ("load_into", native.load_into(&bytes, into)),
        ("check", native.check::<Link>(&bytes)),
        ("to_value", same(native.to_value(value))),
        ("from_value", loaded(native.from_value(&dynamic))),
        ("get_state", native.get_state(value).map(|taken| assert!(taken == state))),
        ("set_state", native.set_state(set, state.clone())),
        ("pickle::dumps", pickles.dumps(value).map(drop)),
        ("pickle::loads", loaded(pickles.loads(&pickled))),
        ("pickle::loads, the long way", loaded(pickles.loads(&long_way))),
    ];
    for (way, target) in ["load_into", "set_state"].into_iter().zip(&targets) {
        let is_ok = ways.iter().any(|(name, result)| *name == way && result.is_ok());
        let before = chain(1);
        assert!(is_same(target, if is_ok { value } else { &before }), "{way}");
    }
    targets.into_iter().for_each(unlink);
    ways
}

/// Compares without recursion.
fn is_same(mut a: &Link, mut b: &Link) -> bool {
    loop {
        match (&a.next, &b.next) {
            _ if a.numbers != b.numbers => return false,
            (Some(next_a), Some(next_b)) => (a, b) = (next_a, next_b),
            (None, None) => return true,
            _ => return false,
        }
    }
}

#[track_caller]
fn all_pass(value: &Link, levels: u32) {
    for (way, result) in ways(value, levels) {
        assert!(result.is_ok(), "{way} at {levels}: {result:?}");
    }
}

#[track_caller]
fn all_refuse(value: &Link, levels: u32) {
    for (way, result) in ways(value, levels) {
        let error = result.expect_err(way);
        assert_eq!((error.kind(), error.path().split('.').next()), (ErrorKind::Depth, Some("Link")), "{way}");
    }
}

#[test]
fn every_way_has_the_same_limit() {
    for levels in [0, 1, 2, 3, 127, 128] {
        all_pass(&chain(levels), levels);
        all_refuse(&chain(levels + 1), levels);
    }
}

#[test]
fn the_plain_functions_have_that_of_128_levels() {
    let (deepest, deeper) = (chain(128), chain(129));
    let raised = Options::new().depth(129);
    let (bytes, value) = (raised.dumps(&deeper).unwrap(), raised.to_value(&deeper).unwrap());
    let pickled = pickle::PickleOptions::new().depth(129).dumps(&deeper).unwrap();
    let state = raised.get_state(&deeper).unwrap();
    let mut target = chain(1);
    let refused: [Error; 10] = [
        dumps(&deeper).unwrap_err(),
        loads::<Link>(&bytes).unwrap_err(),
        load_into(&bytes, &mut target).unwrap_err(),
        check::<Link>(&bytes).unwrap_err(),
        to_value(&deeper).unwrap_err(),
        from_value::<Link>(&value).unwrap_err(),
        deeper.get_state().unwrap_err(),
        target.set_state(state).unwrap_err(),
        pickle::dumps(&deeper).unwrap_err(),
        pickle::loads::<Link>(&pickled).unwrap_err(),
    ];
    for error in refused {
        assert_eq!(
            error.to_string(),
            "Link: expected objects nested no deeper than the limit (`Options::depth` raises it, which takes a larger \
             stack), found chain.Link nested deeper, or in a cycle"
        );
    }
    assert_eq!(target, chain(1));
    assert_eq!(loads::<Link>(&dumps(&deepest).unwrap()).unwrap(), deepest);
    assert_eq!(from_value::<Link>(&to_value(&deepest).unwrap()).unwrap(), deepest);
    target.set_state(deepest.get_state().unwrap()).unwrap();
    assert_eq!(target, deepest);
    assert_eq!(pickle::loads::<Link>(&pickle::dumps(&deepest).unwrap()).unwrap(), deepest);
}

#[test]
fn a_raised_limit_holds_by_every_way() {
    let run = || {
        for levels in [129, 1000, 20_000] {
            let value = chain(levels);
            all_pass(&value, levels);
            all_pass(&value, u32::MAX);
            unlink(value);
        }
        let value = chain(1001);
        all_refuse(&value, 1000);
        unlink(value);
    };
    std::thread::Builder::new().stack_size(512 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn an_inspection_looks_as_deep_as_it_is_told() {
    let run = || {
        for levels in [0, 1, 128, 500, 20_000] {
            let value = chain(levels);
            let raised = Options::new().depth(levels);
            let bytes = raised.with_schema().dumps(&value).unwrap();
            let inspection = Inspection::open(&bytes).unwrap().depth(levels);
            assert!(inspection.value().unwrap() == raised.to_value(&value).unwrap());
            assert_eq!(inspection.tree().unwrap().matches("chain.Link").count(), levels as usize + 1);
            if levels <= 500 {
                Inspection::open(&bytes).unwrap().tree().unwrap();
            } else {
                let error = Inspection::open(&bytes).unwrap().value().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Depth);
                assert!(error.path().starts_with("Link.next.next.next."), "{error}");
                assert!(error.path().len() < 300 && error.path().contains(" more)."), "{error}");
                assert!(error.offset().is_some());
            }
            unlink(value);
        }
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}

/// Inspections take the same stack for all depths, whatever the bytes say.
#[test]
fn an_inspection_of_a_hundred_thousand_levels_fits_a_small_stack() {
    let levels = 100_000;
    let write = move || {
        let value = chain(levels);
        let bytes = Options::new().depth(levels).with_schema().dumps(&value).unwrap();
        unlink(value);
        bytes
    };
    let bytes = std::thread::Builder::new().stack_size(512 << 20).spawn(write).unwrap().join().unwrap();
    let look = move || {
        let inspection = Inspection::open(&bytes).unwrap().depth(levels);
        assert_eq!(inspection.tree().unwrap().lines().count(), 4 * levels as usize + 4);
        let value = inspection.value().unwrap();
        assert!(value == value.clone());
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(look).unwrap().join().unwrap();
}

#[derive(State, Default)]
#[state(name = "graph.Node")]
struct Node {
    peers: Vec<Rc<RefCell<Node>>>,
}

#[test]
fn a_cycle_is_said_to_be_one_perhaps() {
    let node = Rc::new(RefCell::new(Node::default()));
    node.borrow_mut().peers.push(Rc::clone(&node));
    let expected = "expected objects nested no deeper than the limit (`Options::depth` raises it, which takes a larger \
                    stack), found boxed graph.Node nested deeper, or in a cycle";
    for error in [dumps(&*node.borrow()).unwrap_err(), to_value(&*node.borrow()).unwrap_err()] {
        let hint = "objects in a cycle need `#[state(shared, cyclic)]` on their type";
        assert_eq!((error.to_string(), error.hint()), (format!("Node: {expected}; {hint}"), hint));
    }
    let deep = Options::new().depth(10_000);
    let run = move || {
        let node = cycle();
        let kind = deep.dumps(&node).unwrap_err().kind();
        // Clears the cycle, so that nothing leaks.
        node.borrow_mut().peers.clear();
        kind
    };
    let kind = std::thread::Builder::new().stack_size(512 << 20).spawn(run).unwrap().join().unwrap();
    assert_eq!(kind, ErrorKind::Depth);
    node.borrow_mut().peers.clear();
}

/// A node that refers to itself.
fn cycle() -> Rc<RefCell<Node>> {
    let node = Rc::new(RefCell::new(Node::default()));
    node.borrow_mut().peers.push(Rc::clone(&node));
    node
}

/// A value whose parts cannot hold further parts adds no level, on any way.
#[test]
fn lists_of_numbers_are_no_level() {
    let flat = Options::new().depth(0);
    let value = (vec![1_u16, 2], Some([3.5_f32]), "text".to_string(), vec![(1_u8, true)]);
    let dynamic = flat.to_value(&value).unwrap();
    assert_eq!(flat.from_value::<(Vec<u16>, Option<[f32; 1]>, String, Vec<(u8, bool)>)>(&dynamic).unwrap(), value);
    let pickles = pickle::PickleOptions::new().depth(0);
    let pickled = pickles.dumps(&value).unwrap();
    assert_eq!(pickles.loads::<(Vec<u16>, Option<[f32; 1]>, String, Vec<(u8, bool)>)>(&pickled).unwrap(), value);
}

/// Values and pickles nest as deeply as memory allows: restoring one into a type stops at the limit, before the stack
/// overflows.
#[test]
fn values_far_too_deep_are_refused_before_the_stack_ends() {
    use state_core::value::Object;

    #[derive(State, Debug)]
    struct Deep {
        number: u8,
        next: Vec<Deep>,
    }

    let run = || {
        for levels in [200, 3_000, 200_000] {
            let of = |next: Vec<Value>| Value::from(Object::new("Deep", (1, Value::from(next))));
            let value = (0..levels).fold(of(vec![]), |value, _| of(vec![value]));
            let error = from_value::<Deep>(&value).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Depth, "{error}");
            let pickled = pickle::dump_value(&value).unwrap();
            let error = pickle::loads::<Deep>(&pickled).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Depth, "{error}");
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}
