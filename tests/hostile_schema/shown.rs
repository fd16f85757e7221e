//! How values of forged types are shown.

use state_core::{ErrorKind, Inspection, Options, State, dumps, loads, to_value};

use super::made_up::image;
use super::{LIST, U8, UNIT, array, back, object, raw, record, refused, survives, tuple};

#[test]
fn an_honest_schema_made_here_is_read() {
    let schema = tuple(&[object(false, &[U8.into(), vec![1]]), vec![LIST, UNIT]]);
    let bytes = image(&schema, &[7, 1, 2, 0, 0, 0], &[0, 0]);
    let inspection = Inspection::open(&bytes).unwrap();
    assert_eq!(inspection.value().unwrap().to_string(), "((7, True), [(), ()])");
    assert_eq!(refused(&bytes).kind(), ErrorKind::Identity);
}

/// Types without bytes are shown as long as their lengths are plausible.
#[test]
fn many_parts_without_bytes_show_alike() {
    fn shows<T: State>(value: &T) {
        let bytes = Options::new().with_schema().dumps(value).unwrap();
        let inspection = Inspection::open(&bytes).unwrap();
        assert_eq!(inspection.value().unwrap(), to_value(value).unwrap());
        assert!(inspection.tree().unwrap().len() < 10_000);
    }
    #[derive(State, Debug, PartialEq)]
    struct Nothing {
        a: (),
        b: [u64; 0],
    }
    shows(&[(); 70_000]);
    shows(&[[[(); 3]; 100]; 1000]);
    shows(&([(); 100_000], true, [[(); 100_000]; 3]));
    shows(&std::array::from_fn::<_, 70_000, _>(|_| Nothing { a: (), b: [] }));
    let bytes = Options::new().with_schema().dumps(&([(); 70_000], true)).unwrap();
    let tree = format!("tuple of 2\n  list of 70000\n{}    ...\n  True\n", "    ()\n".repeat(8));
    assert_eq!(Inspection::open(&bytes).unwrap().tree().unwrap(), tree);

    // The parts after them are found, however many there are.
    let mut bytes = dumps(&([(); 1 << 25], true)).unwrap();
    *bytes.last_mut().unwrap() = 2;
    let error = loads::<([(); 1 << 25], bool)>(&bytes).unwrap_err();
    assert_eq!(error.to_string(), ".1: expected a bool (0 or 1), found 2 at byte 40");
}

/// All ways agree on the limit.
#[test]
fn too_many_parts_without_bytes_are_refused_in_each_form() {
    // The limit is a million, plus 16 for each byte of the image.
    for (len, right) in [((1 << 20) + 500, true), ((1 << 20) + 2000, false), (1 << 30, false), (u64::MAX, false)] {
        let units = array(len, &[UNIT]);
        for (schema, head) in [(units.clone(), &[][..]), (array(1, &units), &[]), (tuple(&[units, U8.into()]), &[0])] {
            assert_eq!(survives(&image(&schema, head, &[])), right, "{len}");
        }
    }
    // The bytes in which the problem was found.
    assert!(survives(&image(&[0x0B, 0x83, 0x80, 0x04, 0x00], &[], &[])));
}

#[test]
fn a_wide_array_in_a_record_is_shown_in_part() {
    let wide = record(60_000, &[(0, array(60_000, &record(1, &[(0, U8.into())])))]);
    let mut bytes = image(&raw(&wide), &1_u64.to_le_bytes(), &[]);
    bytes[32..40].copy_from_slice(&60_000_u64.to_le_bytes());
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    bytes.extend(vec![9; 60_000]);
    let tree = Inspection::open(&bytes).unwrap().tree().unwrap();
    assert!(tree.len() < 2000 && tree.contains("..."), "{tree}");
}

/// The deepest schema allowed in one head, repeated in the tail: an inspection takes the same stack for any number of
/// levels.
#[test]
fn what_a_deep_schema_shows_takes_no_stack() {
    let head = 100;
    let tuple = |of: Vec<u8>| [vec![12, 1], of].concat();
    let nested = (0..head).fold([vec![8], back(0)].concat(), |of, _| tuple(of));
    let schema = object(false, &[nested]);
    // Each level is a list of one element.
    let levels = 20;
    let tail: Vec<u8> = (1..levels).flat_map(|_| 1_u32.to_le_bytes()).chain([0; 4]).collect();
    let bytes = image(&schema, &1_u32.to_le_bytes(), &tail);
    let look = move || {
        let inspection = Inspection::open(&bytes).unwrap();
        inspection.tree().unwrap();
        inspection.value().unwrap();
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(look).unwrap().join().unwrap();
}

/// A comparison recurses for each part: it goes to the depth of its options, but not deeper than the thread's stack
/// allows.
#[test]
fn a_comparison_of_unknown_types_goes_as_deep_as_its_options_say() {
    // An object with one slot, an optional box of such an object.
    let schema = object(false, &[[vec![7, 13], back(0)].concat()]);
    let chain = move |levels: usize| image(&schema, &[1], &[vec![1; levels - 1], vec![0]].concat());
    let look = move |levels: usize, depth: u32, right: bool| {
        let bytes = chain(levels);
        let inspection = Options::new().depth(depth).inspect(&bytes).unwrap();
        inspection.tree().unwrap();
        match inspection.compare(&inspection, 9) {
            Ok(found) => assert!(right && found.is_empty(), "{levels}: {found:?}"),
            Err(error) => assert!(!right && error.kind() == ErrorKind::Depth, "{levels}: {error}"),
        }
    };
    // The default depth fits the stack of a thread, and a raised one the stack given in LIMITS.
    for (levels, depth, right, stack) in
        [(600, 128, true, 2), (700, 128, false, 2), (700, 160, true, 3), (860, 160, false, 3)]
    {
        let look = look.clone();
        let thread = std::thread::Builder::new().stack_size(stack << 20);
        thread.spawn(move || look(levels, depth, right)).unwrap().join().unwrap();
    }
}

/// Types that contain themselves, also inside the types that enclose them, with equal parts in each place.
#[test]
fn schemas_with_equal_parts_are_read_as_they_were_written() {
    use state_core::evolve::Form;
    #[derive(State)]
    #[state(name = "Node")]
    struct Node {
        next: Option<Box<Node>>,
        others: Vec<Option<Box<Node>>>,
        pairs: Vec<(u8, u8)>,
        maps: std::collections::BTreeMap<u8, Vec<(u8, u8)>>,
    }
    type Around = Option<Box<Node>>;
    let node = || Node { next: None, others: vec![None], pairs: vec![(1, 2)], maps: [(1, vec![(3, 4)])].into() };
    let nested = Node { next: Some(Box::new(node())), others: vec![Some(Box::new(node())), None], ..node() };
    let states: (Around, [Vec<(u8, u8)>; 2], Vec<Around>) =
        (Some(Box::new(nested)), [vec![(5, 6)], vec![]], vec![Some(Box::new(node())), None]);
    for options in [Options::new(), Options::new().sharing()] {
        let bytes = options.with_schema().dumps(&states).unwrap();
        let shown = "((Node((Node(None, [None], [(1, 2)], {1: [(3, 4)]}), [Node(None, [None], [(1, 2)], {1: [(3, 4)]}), \
                     None], [(1, 2)], {1: [(3, 4)]}), [[(5, 6)], []], [Node(None, [None], [(1, 2)], {1: [(3, 4)]}), None])";
        let value = Inspection::open(&bytes).unwrap().value().unwrap().to_string();
        assert_eq!(value, shown.replacen("((Node((", "(Node(", 1), "{value}");
        let form = Form::open(&bytes).unwrap();
        assert_eq!(form.to_string(), Form::of::<(Around, [Vec<(u8, u8)>; 2], Vec<Around>)>().unwrap().to_string());
    }
}
