//! Older forms.

use std::collections::BTreeMap;
use std::fmt::Debug;

use state_core::{ErrorKind, Options, RestoreOwned, State, loads_upgraded};

use super::{Chain, Wrap, before, deepest, on_a_thread};

/// Two forms of one type: the older has narrower numbers.
macro_rules! forms {
    ($($form:ident: $number:ty;)*) => {$(
        mod $form {
            use std::collections::BTreeMap;

            use state_core::State;

            #[derive(State, Debug, PartialEq, Clone)]
            pub struct Node {
                pub line: $number,
                pub kind: Kind,
            }

            #[derive(State, Debug, PartialEq, Clone)]
            pub enum Kind {
                Leaf,
                Call { name: String, parts: Vec<Part> },
                Table(BTreeMap<u8, (u8, Node)>),
                Behind(Layer<Layer<Layer<Layer<Layer<Layer<Layer<Layer<Box<Node>>>>>>>>>),
            }

            #[derive(State, Debug, PartialEq, Clone)]
            pub struct Part {
                pub name: Option<String>,
                pub value: (u8, [Option<Node>; 1]),
            }

            #[derive(State, Debug, PartialEq, Clone)]
            pub struct Layer<T>(pub T);
        }
    )*};
}

forms! {
    older: u32;
    newer: u64;
}

/// Everything below it was removed.
#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "Holder")]
struct OlderHolder {
    number: u8,
    node: older::Node,
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "Holder", removed("node"))]
struct NewerHolder {
    number: u16,
}

fn upgraded<T: RestoreOwned>(older: &impl State) {
    let bytes = Options::new().with_schema().dumps(older).unwrap();
    on_a_thread(move || drop(loads_upgraded::<T>(&bytes).unwrap()));
}

#[test]
fn through_older_forms() {
    use older::{Kind, Layer, Node, Part};
    type Around = fn(Node) -> Kind;
    let calls: Around =
        |inner| Kind::Call { name: "f".into(), parts: vec![Part { name: None, value: (1, [Some(inner)]) }] };
    let tables: Around = |inner| Kind::Table(BTreeMap::from([(1, (2, inner))]));
    let boxes: Around = |inner| Kind::Behind(Layer(Layer(Layer(Layer(Layer(Layer(Layer(Layer(Box::new(inner))))))))));
    let run = move || {
        for around in [calls, tables, boxes] {
            let (node, _) = deepest(Node { line: 1, kind: Kind::Leaf }, |inner| Node { line: 2, kind: around(inner) });
            upgraded::<newer::Node>(&node);
            upgraded::<NewerHolder>(&OlderHolder { number: 1, node });
        }
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}

/// The result of a conversion is at the depth at which it is converted.
#[test]
fn through_what_is_converted_far_below() {
    let leaf = |levels| before::Chain { next: wrap!(None; a b c d e f g h), end: Some(before::End { levels }) };
    let around = |inner| before::Chain { next: wrap!(Some(Box::new(inner)); a b c d e f g h), end: None };
    let run = move || {
        let bytes = |outer, inner| {
            let chain = (0..outer).fold(leaf(inner), |chain, _| around(chain));
            Options::new().with_schema().dumps(&chain).unwrap()
        };
        let (few, many) = (bytes(60, 60), bytes(126, 126));
        on_a_thread(move || {
            loads_upgraded::<Chain>(&few).unwrap();
            // The conversion is refused, at its place, before it uses the stack.
            let error = loads_upgraded::<Chain>(&many).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Depth);
            assert_eq!(error.path().rsplit_once('.').unwrap().1, "end");
        });
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}
