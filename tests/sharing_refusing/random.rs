//! Random graphs with hooks give the same as a load.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};

use state_core::image::compare;
use state_core::{State, dumps, load_into, loads};

use super::alive::{Alive, alive};
use super::numbers::Random;
use super::{BAD, PANICS};

/// Hooks of objects with skipped fields are called once, on the live objects, with all references set; if one refuses,
/// all states are exchanged back.
mod hooked {
    use super::*;

    thread_local! {
        pub static CALLS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    }

    #[derive(State)]
    #[state(shared, cyclic, after_set = Self::after_set)]
    pub struct Linked {
        pub value: u32,
        #[state(skip)]
        pub cache: u32,
        #[state(skip)]
        pub alive: Alive,
        pub links: Vec<Rc<RefCell<Linked>>>,
        pub watch: Weak<RefCell<Linked>>,
        pub fixed: Option<Rc<Fixed>>,
        pub text: Rc<str>,
    }

    impl Linked {
        fn after_set(&mut self) -> Result<(), String> {
            CALLS.with_borrow_mut(|calls| calls.push(self.value));
            assert_ne!(self.value, PANICS, "this one panics");
            if self.value == BAD {
                return Err("bad".into());
            }
            self.cache = self.value * 2;
            Ok(())
        }
    }

    /// An object without a cell, whose references cannot be changed later.
    #[derive(State)]
    #[state(shared, after_set = Self::after_set)]
    pub struct Fixed {
        pub value: u32,
        #[state(skip)]
        pub cache: u32,
        pub to: Option<Rc<RefCell<Leaf>>>,
    }

    impl Fixed {
        fn after_set(&mut self) {
            self.cache = self.value * 3;
        }
    }

    #[derive(State)]
    #[state(after_set = Self::after_set)]
    pub struct Leaf {
        pub value: u32,
        #[state(skip)]
        pub cache: u32,
    }

    impl Leaf {
        fn after_set(&mut self) {
            self.cache = self.value * 4;
        }
    }

    #[derive(State)]
    pub struct Graph {
        pub nodes: Vec<Rc<RefCell<Linked>>>,
        pub leaves: Vec<Rc<RefCell<Leaf>>>,
    }

    /// A random graph. With `acyclic`, nodes refer only to later ones. With `deep`, objects without a cell refer to
    /// some with one.
    pub fn graph(random: &mut Random, len: usize, acyclic: bool, deep: bool) -> Graph {
        let leaves: Vec<_> = (0..3).map(|value| Rc::new(RefCell::new(Leaf { value, cache: value * 4 }))).collect();
        let texts: Vec<Rc<str>> = (0..2).map(|at| format!("text {at}").into()).collect();
        let fixed: Vec<_> = (0..3)
            .map(|at| {
                let value = random.below(50) as u32;
                let to = (at > 0 && deep).then(|| leaves[random.below(3)].clone());
                Rc::new(Fixed { value, cache: value * 3, to })
            })
            .collect();
        let nodes: Vec<_> = (0..len)
            .map(|_| {
                let value = random.below(100) as u32;
                Rc::new(RefCell::new(Linked {
                    value,
                    cache: value * 2,
                    alive: Alive::default(),
                    links: Vec::new(),
                    watch: Weak::new(),
                    fixed: (random.below(3) > 0).then(|| fixed[random.below(3)].clone()),
                    text: texts[random.below(2)].clone(),
                }))
            })
            .collect();
        for (at, node) in nodes.iter().enumerate() {
            for _ in 0..random.below(3) {
                let to = if acyclic { at + 1 + random.below(len) } else { random.below(len) };
                if let Some(to) = nodes.get(to) {
                    node.borrow_mut().links.push(to.clone());
                }
            }
            node.borrow_mut().watch = Rc::downgrade(&nodes[random.below(len)]);
        }
        let leaves = if random.below(2) == 0 { leaves } else { Vec::new() };
        Graph { nodes, leaves }
    }

    pub fn open(nodes: &[Rc<RefCell<Linked>>]) {
        let mut todo = nodes.to_vec();
        while let Some(node) = todo.pop() {
            todo.append(&mut node.borrow_mut().links);
        }
    }

    /// Whether each node's skipped field is what its hook computes from its value.
    pub fn is_rebuilt(graph: &Graph) -> bool {
        graph.nodes.iter().all(|node| {
            let node = node.borrow();
            let fixed = node.fixed.as_ref().is_none_or(|fixed| {
                fixed.cache == fixed.value * 3
                    && fixed.to.as_ref().is_none_or(|leaf| leaf.borrow().cache == leaf.borrow().value * 4)
            });
            node.cache == node.value * 2 && fixed
        }) && graph.leaves.iter().all(|leaf| leaf.borrow().cache == leaf.borrow().value * 4)
    }
}

#[test]
fn random_graphs_with_hooks_become_what_a_load_gives() {
    use hooked::{Graph, Linked, graph, is_rebuilt, open};
    let before = alive();
    let mut random = Random(3);
    for round in 0..if cfg!(miri) { 8 } else { 400 } {
        let (acyclic, deep) = (round % 2 == 0, round % 4 > 1);
        let lens = [1 + random.below(5), 1 + random.below(5)];
        let saved = graph(&mut random, lens[0], acyclic, deep);
        let mut live = graph(&mut random, lens[1], acyclic, deep);
        let bytes = dumps(&saved).unwrap();
        let same = |graph: &Graph, bytes: &[u8], how: &str| {
            let theirs = dumps(graph).unwrap();
            let found = compare::<Graph>(bytes, &theirs).unwrap().next().map(|found| found.to_string());
            assert_eq!(found, None, "{how}, {round}");
            assert!(is_rebuilt(graph), "{how}, {round}");
        };
        let fresh: Graph = loads(&bytes).unwrap();
        same(&fresh, &bytes, "loaded");
        let held: Vec<Rc<RefCell<Linked>>> = live.nodes.clone();

        // With a refusal or a panic at each node.
        let was = dumps(&live).unwrap();
        for (at, spoiled) in saved.nodes.iter().enumerate() {
            let value = spoiled.borrow().value;
            spoiled.borrow_mut().value = if at % 2 == 0 { BAD } else { PANICS };
            let spoiled_bytes = dumps(&saved).unwrap();
            spoiled.borrow_mut().value = value;
            let done = catch_unwind(AssertUnwindSafe(|| load_into(&spoiled_bytes, &mut live)));
            if let Ok(done) = done {
                let error = done.unwrap_err().to_string();
                assert!(error.contains("Graph.nodes["), "{error}");
            }
            assert_eq!(dumps(&live).unwrap(), was, "refused, {round}");
            assert!(live.nodes.iter().zip(&held).all(|(node, held)| Rc::ptr_eq(node, held)), "refused, {round}");
        }

        let borrowed = (round % 3 == 1).then(|| held[random.below(lens[1])].borrow());
        load_into(&bytes, &mut live).unwrap();
        drop(borrowed);
        same(&live, &bytes, "in place");
        if round % 3 != 1 && acyclic && !deep {
            for (node, held) in live.nodes.iter().zip(&held) {
                assert!(Rc::ptr_eq(node, held), "{round}");
            }
        }
        // The replaced nodes may form a ring.
        let first = live.nodes.clone();
        load_into(&bytes, &mut live).unwrap();
        same(&live, &bytes, "in place again");
        for nodes in [&saved.nodes, &fresh.nodes, &held, &first, &live.nodes] {
            open(nodes);
        }
        drop((saved, fresh, held, first, live));
        assert_eq!(alive(), before, "leaks, {round}");
    }
}
