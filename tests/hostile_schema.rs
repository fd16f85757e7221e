//! Bytes that carry a schema someone made up: it is read within bounds, whatever it claims, and never believed.

mod made_up;

use made_up::{image, leb};
use state_core::{ErrorKind, Inspection, Options, State, check, dumps, loads, to_value};

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Point")]
struct Point {
    x: i32,
    y: i32,
}

const LIST: u8 = 8;
const UNIT: u8 = 0;
const U8: [u8; 3] = [3, 8, 0];

fn back(index: u64) -> Vec<u8> {
    [vec![0xFF], leb(index)].concat()
}

fn tuple(items: &[Vec<u8>]) -> Vec<u8> {
    [vec![12], leb(items.len() as u64), items.concat()].concat()
}

fn array(len: u64, of: &[u8]) -> Vec<u8> {
    [vec![11], leb(len), of.to_vec()].concat()
}

/// An object without a name, whose slots have none.
fn object(has_parent: bool, slots: &[Vec<u8>]) -> Vec<u8> {
    let count = leb(slots.len() as u64);
    let slots = slots.iter().map(|slot| [&[0], &**slot].concat()).collect::<Vec<_>>().concat();
    [vec![15, 0, u8::from(has_parent)], count, slots].concat()
}

/// A record without a name: its size, and fields at their offsets.
fn record(size: u64, fields: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let field = |(offset, ty): &(u64, Vec<u8>)| [vec![0], leb(*offset), ty.clone()].concat();
    let count = leb(fields.len() as u64);
    [vec![17, 0], leb(size), count, fields.iter().map(field).collect::<Vec<_>>().concat()].concat()
}

fn raw(element: &[u8]) -> Vec<u8> {
    [&[14, 0], element].concat()
}

/// A tuple of lists, each of a type that `make` builds from the index of the one before it, and then of `last`: a
/// way to name many types that stand in one another's heads without nesting them in the bytes.
fn chain(count: u64, first: Vec<u8>, make: impl Fn(u64) -> Vec<u8>, last: Vec<u8>) -> Vec<u8> {
    let list = |of: Vec<u8>| [vec![LIST], of].concat();
    let links = (1..count).map(|index| list(make(index - 1)));
    tuple(&[list(first)].into_iter().chain(links).chain([last]).collect::<Vec<_>>())
}

/// Opens, and where that succeeds reads in both forms: whether all went well.
fn survives(bytes: &[u8]) -> bool {
    Inspection::open(bytes).is_ok_and(|inspection| {
        let (value, tree) = (inspection.value(), inspection.tree());
        assert_eq!(value.is_ok(), tree.is_ok());
        tree.is_ok_and(|tree| {
            assert!(tree.len() < 0x10_0000 + 1000 * bytes.len(), "{} of {}", tree.len(), bytes.len());
            true
        })
    })
}

/// The error of loading bytes of a made-up type as a `Point`.
fn refused(bytes: &[u8]) -> state_core::Error {
    let error = loads::<Point>(bytes).unwrap_err();
    assert!(check::<Point>(bytes).is_err());
    error
}

#[test]
fn an_honest_schema_made_here_is_read() {
    let schema = tuple(&[object(false, &[U8.into(), vec![1]]), vec![LIST, UNIT]]);
    let bytes = image(&schema, &[7, 1, 2, 0, 0, 0], &[0, 0]);
    let inspection = Inspection::open(&bytes).unwrap();
    assert_eq!(inspection.value().unwrap().to_string(), "((7, True), [(), ()])");
    assert_eq!(refused(&bytes).kind(), ErrorKind::Identity);
}

/// Types without bytes show as long as their lengths are those that someone would write.
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

    // What stands behind them is found, however many there are.
    let mut bytes = dumps(&([(); 1 << 25], true)).unwrap();
    *bytes.last_mut().unwrap() = 2;
    let error = loads::<([(); 1 << 25], bool)>(&bytes).unwrap_err();
    assert_eq!(error.to_string(), ".1: expected a bool (0 or 1), found 2 at byte 40");
}

/// The ways agree on how many are too many.
#[test]
fn too_many_parts_without_bytes_are_refused_in_each_form() {
    // A million, and 16 for each byte of the image.
    for (len, right) in [((1 << 20) + 500, true), ((1 << 20) + 2000, false), (1 << 30, false), (u64::MAX, false)] {
        let units = array(len, &[UNIT]);
        for (schema, head) in [(units.clone(), &[][..]), (array(1, &units), &[]), (tuple(&[units, U8.into()]), &[0])] {
            assert_eq!(survives(&image(&schema, head, &[])), right, "{len}");
        }
    }
    // As it was found.
    assert!(survives(&image(&[0x0B, 0x83, 0x80, 0x04, 0x00], &[], &[])));
}

#[test]
fn types_that_stand_in_one_another_without_end_are_refused() {
    let itself = object(false, &[back(0)]);
    let through_option = object(false, &[[vec![7], back(0)].concat()]);
    let in_array = object(false, &[array(2, &back(0))]);
    for schema in [itself, through_option, in_array] {
        let error = refused(&image(&schema, &[], &[]));
        assert_eq!(error.expected(), "a type of finite size");
    }
    let boxed = object(false, &[[vec![13], back(0)].concat()]);
    assert_eq!(refused(&image(&boxed, &[], &[])).kind(), ErrorKind::Identity);
}

#[test]
fn a_long_chain_of_types_does_not_overflow_the_stack() {
    let count = 100_000;
    for has_parent in [false, true] {
        let link = |index| object(has_parent, &[back(index)]);
        // Backwards, so that the last link is asked for before any other is known.
        let schema = chain(count, object(false, &[U8.into()]), link, back(count - 1));
        let error = Inspection::open(&image(&schema, &[], &[])).unwrap_err();
        assert_eq!(error.expected(), "a type of finite size");
        // Forwards, each is known before the next asks for it.
        let schema = chain(count, object(false, &[U8.into()]), link, U8.into());
        assert!(!survives(&image(&schema, &[0; 3], &[])));
    }
    let schema =
        chain(count, record(1, &[(0, U8.into())]), |index| record(1, &[(0, back(index))]), raw(&back(count - 1)));
    assert!(!survives(&image(&schema, &[], &[])));
}

#[test]
fn nesting_in_the_bytes_has_a_limit() {
    for tag in [7, LIST, 9, 13] {
        let nested = |levels| [vec![tag; levels], U8.to_vec()].concat();
        assert_eq!(refused(&image(&nested(100), &[0; 4], &[])).kind(), ErrorKind::Identity);
        assert_eq!(refused(&image(&nested(1_000_000), &[], &[])).expected(), "a schema");
    }
}

#[test]
fn a_type_that_doubles_with_each_link_takes_no_time() {
    let twice = |index| object(false, &[back(index), back(index)]);
    // 2^100 empty parts.
    let schema = chain(100, object(false, &[]), twice, back(99));
    assert!(!survives(&image(&schema, &[0; 400], &[])));
    // 2^62 bytes and more.
    let schema = chain(100, object(false, &[U8.into()]), twice, back(99));
    assert!(!survives(&image(&schema, &[0; 400], &[])));
    // 2^100 fields that all lie on the same byte.
    let over = |index| record(1, &[(0, back(index)), (0, back(index))]);
    let schema = chain(100, record(1, &[(0, U8.into())]), over, U8.into());
    assert!(!survives(&image(&schema, &[0; 401], &[])));
    // 2^100 empty fields.
    let over = |index| record(0, &[(0, back(index)), (0, back(index))]);
    let schema = chain(100, record(0, &[(0, UNIT.to_le_bytes().into())]), over, raw(&back(99)));
    let bytes = image(&schema, &[[0; 400].as_slice(), &[0; 8]].concat(), &[]);
    assert!(survives(&bytes));
}

#[test]
fn counts_beyond_the_bytes_ask_for_no_memory() {
    for schema in [array(u64::MAX, &[UNIT]), array(1 << 60, &array(0, &U8)), array(1 << 62, &array(1 << 62, &[UNIT]))] {
        assert!(!survives(&image(&schema, &[], &[])));
    }
    assert!(!survives(&image(&array(u64::MAX / 2, &[2]), &[], &[])));
    for tag in [12, 15, 16] {
        assert!(!survives(&image(&[&[tag, 0, 0][..], &leb(u64::MAX)].concat(), &[], &[])));
    }
    // Opaque structs of an enormous size, of which there are none.
    let opaque = [vec![18], leb(u64::MAX), vec![0]].concat();
    assert!(!survives(&image(&raw(&opaque), &[0; 8], &[])));
}

#[test]
fn long_names_are_refused_because_each_value_would_tell_them() {
    let named = |len: usize| [vec![15], leb(len as u64), vec![b'n'; len], vec![0, 0]].concat();
    assert!(survives(&image(&named(255), &[], &[])));
    assert!(!survives(&image(&named(256), &[], &[])));
    let half = 100_000;
    let list = [vec![LIST], named(half)].concat();
    assert!(!survives(&image(&list, &(half as u32).to_le_bytes(), &vec![0; half])));
}

#[test]
fn only_what_has_a_fixed_form_stands_in_raw_arrays() {
    for element in [vec![5], vec![LIST, 0], vec![13, 0], vec![7, 0], object(false, &[]), raw(&U8), vec![12, 0]] {
        assert!(!survives(&image(&raw(&element), &[0; 8], &[])), "{element:?}");
        assert!(!survives(&image(&raw(&array(2, &element)), &[0; 8], &[])), "{element:?}");
        assert!(!survives(&image(&raw(&record(16, &[(0, element)])), &[0; 8], &[])));
    }
    assert!(survives(&image(&raw(&array(3, &U8)), &[0; 8], &[])));
    assert!(!survives(&image(&raw(&record(4, &[(4, U8.into())])), &[0; 8], &[])));
    assert!(!survives(&image(&raw(&record(4, &[(u64::MAX, U8.into())])), &[0; 8], &[])));
    assert!(!survives(&image(&raw(&record(4, &[(2, U8.into()), (1, U8.into())])), &[0; 8], &[])));
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

#[test]
fn every_short_schema_is_an_answer() {
    for a in 0..=255 {
        survives(&image(&[a], &[], &[]));
        for b in 0..=255 {
            survives(&image(&[a, b], &[0; 4], &[]));
            let error = loads::<Point>(&image(&[15, 0, a, b], &[], &[])).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Identity | ErrorKind::Malformed));
        }
    }
}

#[test]
fn every_change_of_a_real_schema_is_an_answer() {
    #[derive(State)]
    enum Rich {
        Leaf(u8, Option<char>),
        Pair { left: Box<Rich>, right: Vec<(Rich, String)> },
        Array([i16; 3], Result3),
    }
    #[derive(State)]
    struct Result3 {
        #[state(bytes)]
        data: Vec<f32>,
    }
    let leaf = || Rich::Leaf(1, Some('x'));
    let array = Rich::Array([1, 2, 3], Result3 { data: vec![1.0] });
    let value = Rich::Pair { left: Box::new(leaf()), right: vec![(array, "a".into())] };
    let bytes = Options::new().with_schema().dumps(&value).unwrap();
    assert!(survives(&bytes));
    let len = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
    let (schema, rest) = (&bytes[44..44 + len], &bytes[44 + len..]);
    for at in 0..len {
        for change in 1..=255 {
            let mut schema = schema.to_vec();
            schema[at] ^= change;
            let mut bytes = image(&schema, rest, &[]);
            bytes[16..40].copy_from_slice(&dumps(&value).unwrap()[16..40]);
            survives(&bytes);
            assert!(loads::<Rich>(&bytes).is_err());
        }
    }
}

#[test]
fn a_schema_that_is_not_the_headers_is_not_used() {
    let mut bytes = Options::new().with_schema().dumps(&Point { x: 1, y: 2 }).unwrap();
    bytes[50] ^= 1;
    assert_eq!(Inspection::open(&bytes).unwrap_err().expected(), "a schema that has the header's fingerprint");
    // Who knows the type needs no schema, but bytes that contradict themselves are damaged.
    assert_eq!(loads::<Point>(&bytes).unwrap_err().kind(), ErrorKind::Malformed);
    bytes[8] ^= 1;
    assert_eq!(loads::<Point>(&bytes).unwrap_err().kind(), ErrorKind::Identity);
}

/// A schema of many slots that carries what a terminal would act on: an error names few of them, and escaped.
#[test]
fn the_error_of_another_type_is_short_and_escaped() {
    for count in [20_usize, 2_000, 400_000] {
        let schema = tuple(&vec![U8.to_vec(); count]);
        let error = refused(&image(&schema, &vec![0; count], &[]));
        assert_eq!(error.kind(), ErrorKind::Identity);
        assert!(error.to_string().len() < 1500, "{}", error.to_string().len());
    }
    let name = "a\u{1b}[2J\nb\u{202e}";
    let named = [vec![15, name.len() as u8], name.as_bytes().to_vec(), vec![0, 0]].concat();
    let bytes = image(&named, &[], &[]);
    let tree = Inspection::open(&bytes).unwrap().tree().unwrap();
    for text in [refused(&bytes).to_string(), tree.trim_end().to_string()] {
        assert!(text.contains("a\\u{1b}[2J\\nb\\u{202e}"), "{text}");
        assert!(!text.contains(|letter: char| letter.is_control()), "{text}");
    }
}

/// As deep as a schema may be in one head, around what is in the tail again and again: a look into it takes the same
/// stack for all.
#[test]
fn what_a_deep_schema_shows_takes_no_stack() {
    let head = 100;
    let tuple = |of: Vec<u8>| [vec![12, 1], of].concat();
    let nested = (0..head).fold([vec![8], back(0)].concat(), |of, _| tuple(of));
    let schema = object(false, &[nested]);
    // Each level is a list of one.
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

/// Names that a pickle or a value made up are no commands to a terminal, and no lines of a log.
#[test]
fn errors_show_names_that_someone_made_up_escaped() {
    use state_core::{from_value, pickle};
    let evil = b"\x80\x04\x8c\x01m\x8c\x08\x1b[2Jx\ny\r\x93)\x81}\x8c\x03\x1b\r\nK\x01sb.";
    let value = pickle::load_value(evil).unwrap();
    for error in [
        pickle::loads::<Point>(evil).unwrap_err(),
        pickle::loads::<u8>(evil).unwrap_err(),
        from_value::<Point>(&value).unwrap_err(),
        from_value::<Vec<u8>>(&value).unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(text.ends_with(r"found m.\u{1b}[2Jx\ny\r"), "{text}");
    }
}

/// A comparison calls itself for each part: it goes as far as the depth says, and no deeper than a thread has stack for.
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
    // The default depth fits a thread's stack, and a raised one what LIMITS says of it.
    for (levels, depth, right, stack) in
        [(600, 128, true, 2), (700, 128, false, 2), (700, 160, true, 3), (860, 160, false, 3)]
    {
        let look = look.clone();
        let thread = std::thread::Builder::new().stack_size(stack << 20);
        thread.spawn(move || look(levels, depth, right)).unwrap().join().unwrap();
    }
}

/// Nor do they fill a log: a name can be as long as a pickle.
#[test]
fn errors_are_short_however_long_the_names_are() {
    use state_core::{from_value, pickle};
    let long = "\u{1b}".repeat(100_000);
    let name = [&b"X"[..], &(long.len() as u32).to_le_bytes(), long.as_bytes()].concat();
    let class = [&name[..], &name, b"\x93"].concat();
    for behind in [&b"."[..], b")R.", b")\x81.", b")\x81}X\x01\0\0\0aK\x01sb."] {
        let evil = [b"\x80\x04", &class[..], behind].concat();
        let value = pickle::load_value(&evil).unwrap();
        for error in [
            pickle::loads::<Point>(&evil).unwrap_err(),
            pickle::loads::<Vec<u8>>(&evil).unwrap_err(),
            from_value::<Point>(&value).unwrap_err(),
            from_value::<u8>(&value).unwrap_err(),
        ] {
            assert!(error.found().len() < 1010, "{}", error.found().len());
            assert!(error.to_string().len() < 10_000 && format!("{error:?}").len() < 10_000);
        }
    }
    // So is what is shown of an inspection by its way.
    let slots = vec![U8.to_vec(); 20_000];
    let bytes = image(&object(false, &slots), &vec![0; slots.len()], &[]);
    let shown = format!("{:?}", Inspection::open(&bytes).unwrap());
    assert!(shown.starts_with("Inspection { of: ") && shown.len() < 1000, "{shown}");
    // The words of those who refuse are theirs, and a cut is between letters.
    let words = "\u{e9}".repeat(1001);
    assert_eq!(state_core::Error::refused(&words).to_string(), words);
    let cut = state_core::Error::new(ErrorKind::Malformed, words.clone(), format!("a{words}"));
    assert_eq!((cut.expected().chars().count(), cut.found().chars().count()), (503, 503));
}

/// Types that contain themselves inside what stands around them too, and equal parts in each place.
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

/// An object with a name, and slots with theirs.
fn named(name: &str, slots: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let text = |name: &str| [leb(name.len() as u64), name.into()].concat();
    let slots_of = slots.iter().map(|(name, ty)| [text(name), ty.clone()].concat());
    [vec![15], text(name), vec![0], leb(slots.len() as u64), slots_of.collect::<Vec<_>>().concat()].concat()
}

/// What has slots besides `x` in older forms.
#[derive(State, Debug, PartialEq)]
#[state(name = "Shrunk", removed)]
struct Shrunk {
    x: u8,
}

/// Loads a `Shrunk` whose older form has a slot before `x`, with a head of so many zeros.
fn shrunk(z: &[u8], head: usize, tail: &[u8]) -> state_core::Result<Shrunk> {
    let schema = named("Shrunk", &[("z", z.to_vec()), ("x", U8.into())]);
    state_core::loads_upgraded(&image(&schema, &[&vec![0; head][..], &[7]].concat(), tail))
}

#[test]
fn an_empty_array_in_a_box_becomes_no_bytes() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Bytes")]
    struct Bytes {
        #[state(bytes)]
        v: Vec<u8>,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Bytes")]
    struct Maybe {
        #[state(bytes)]
        v: Option<Vec<u8>>,
    }
    let boxed = |of: Vec<u8>| [vec![13], of].concat();
    for v in [boxed(array(0, &U8)), boxed(boxed(array(0, &U8)))] {
        let bytes = image(&named("Bytes", &[("v", v.clone())]), &[], &vec![0; v.len() - 5]);
        assert_eq!(state_core::loads_upgraded::<Bytes>(&bytes).unwrap().v, [0_u8; 0]);
        assert_eq!(state_core::loads_upgraded::<Maybe>(&bytes).unwrap().v, Some(vec![]));
    }
    let bytes = image(&named("Bytes", &[("v", boxed(array(2, &U8)))]), &[], &[5, 6]);
    assert_eq!(state_core::loads_upgraded::<Bytes>(&bytes).unwrap().v, [5, 6]);
}

#[test]
fn a_removed_type_that_doubles_with_each_link_is_passed_over() {
    let twice = |index: u64| object(false, &[back(index + 1), back(index + 1)]);
    let z = chain(100, object(false, &[]), twice, back(100));
    assert_eq!(shrunk(&z, 400, &[]).unwrap().x, 7);
    let z = chain(100, object(false, &[array(0, &[13, UNIT])]), twice, back(100));
    assert_eq!(shrunk(&z, 400, &[]).unwrap().x, 7);
    // 2^99 boxes, which do not lie there.
    let z = chain(100, object(false, &[vec![13, UNIT]]), twice, back(100));
    assert!(shrunk(&z, 400, &[0; 9]).is_err());
}

#[test]
fn a_removed_type_that_leads_to_many_is_passed_over() {
    let count = 100_000;
    for behind in [13, LIST] {
        let link = |index: u64| object(false, &[[vec![behind], back(index + 1)].concat()]);
        let z = chain(count, object(false, &[]), link, [vec![LIST], back(count)].concat());
        assert_eq!(shrunk(&z, 4 * count as usize + 4, &[]).unwrap().x, 7);
    }
    let link = |index: u64| object(false, &[back(index + 1)]);
    let z = chain(count, object(false, &[]), link, back(count));
    // One inside the head of another is refused when the schema is read.
    assert_eq!(shrunk(&z, 4 * count as usize, &[]).unwrap_err().expected(), "a type of finite size");
}

/// Each of many slots is asked what it leads to.
#[test]
fn many_removed_slots_that_lead_to_many_types_take_no_time() {
    let count = 20_000;
    let link = |index: u64| object(false, &[[vec![13], back(index + 1)].concat()]);
    let mut slots = vec![("x", U8.to_vec()), ("z", chain(count, object(false, &[]), link, UNIT.to_le_bytes().into()))];
    let names: Vec<String> = (1..=count).map(|index| format!("s{index}")).collect();
    slots.extend(names.iter().zip(1..).map(|(name, index)| (&**name, [vec![LIST], back(index)].concat())));
    let head = [vec![7], vec![0; 8 * count as usize]].concat();
    assert_eq!(state_core::loads_upgraded::<Shrunk>(&image(&named("Shrunk", &slots), &head, &[])).unwrap().x, 7);
}

#[test]
fn removed_arrays_of_what_takes_nothing_are_passed_over_at_once() {
    let empty = array(0, &[13, UNIT]);
    for z in [array(u64::MAX, &empty), array(u64::MAX, &array(1 << 40, &tuple(&[empty.clone(), vec![UNIT]])))] {
        assert_eq!(shrunk(&z, 0, &[]).unwrap().x, 7);
    }
    // Each element takes a byte that is not there.
    assert!(shrunk(&array(u64::MAX, &[13, UNIT]), 0, &[0; 9]).is_err());
}

/// Variants that are gone are in the way of states alone, and as few of them are told as of other problems.
#[test]
fn many_variants_that_are_gone_are_few_lines() {
    use std::sync::LazyLock;

    use state_core::evolve::Form;

    #[derive(State)]
    #[state(name = "Choice")]
    enum Choice {
        Kept,
    }
    static OURS: LazyLock<Form> = LazyLock::new(|| Form::of::<Choice>().unwrap());
    let variants = |count: usize| {
        let name = |index: usize| format!("V{index:03}");
        let names = (0..count).map(|index| [&[4], name(index).as_bytes(), &[0]].concat());
        let kept = [&[4][..], b"Kept", &[0]].concat();
        let parts = [vec![16, 6], b"Choice".to_vec(), leb(count as u64 + 1), kept, names.collect::<Vec<_>>().concat()];
        parts.concat()
    };
    for (count, told) in [(3, 3), (900, 100)] {
        let bytes = image(&variants(count), &vec![0; if count < 256 { 1 } else { 2 }], &[]);
        assert_eq!(OURS.obstacles(&Form::open(&bytes).unwrap()).len(), told);
        assert!(matches!(state_core::loads_upgraded::<Choice>(&bytes).unwrap(), Choice::Kept));
    }
}
