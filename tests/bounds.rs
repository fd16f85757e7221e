//! The memory that each way in and out takes at most: the table of `docs/LIMITS.md`, row by row, with the worst input
//! that could be thought of.

#![allow(clippy::zero_sized_map_values, clippy::large_stack_arrays, reason = "what is odd is asked too")]

#[path = "pickle_hostile/counting.rs"]
mod counting;

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use state_core::{
    ErrorKind, Inspection, Options, RestoreOwned, State, Value, check, dumps, from_value, image, load_into, loads,
    pickle,
};

/// What `act` takes at most at a time, beyond what there was before.
fn peak<R>(act: impl FnOnce() -> R) -> (R, usize) {
    let before = counting::start();
    let result = act();
    (result, counting::peak() - before)
}

/// 8008 bytes in memory, and in an image one if it is none.
type Wide = Option<[u64; 1000]>;

/// What all states may take for each byte of theirs, whatever the limit.
const FACTOR: usize = 64;

/// Loads an image in each way, with limits that it stays below and others. What is counted is what it takes, or six
/// times as much at most.
#[track_caller]
fn holds<T: RestoreOwned + Default>(bytes: &[u8]) {
    let (took, refused) = bounded::<T>(bytes);
    assert!(refused < 6 * took, "{}: takes {took}, and was refused with {refused}", std::any::type_name::<T>());
}

/// The same, of what may take less than is counted; what it takes without a limit, and the highest that refused it.
#[track_caller]
fn bounded<T: RestoreOwned + Default>(bytes: &[u8]) -> (usize, usize) {
    let name = std::any::type_name::<T>();
    let free = Options::new().memory(usize::MAX);
    let (value, full) = peak(|| free.loads::<T>(bytes));
    drop(value.unwrap_or_else(|error| panic!("{name}: {error}")));
    let mut highest = 0;
    for limit in [0, 1, bytes.len(), full / 8, full / 2, full, 8 * full] {
        let options = Options::new().memory(limit);
        let most = |times: usize| times * (FACTOR * bytes.len() + limit) + 512;
        let (loaded, took) = peak(|| options.loads::<T>(bytes));
        assert!(took <= most(1), "{name}: {took} of {} bytes with a limit of {limit}", bytes.len());
        let mut target = T::default();
        let (restored, took) = peak(|| options.load_into(bytes, &mut target));
        assert!(took <= most(2), "{name}: {took} of {} bytes in place with a limit of {limit}", bytes.len());
        let (checked, took) = peak(|| options.check::<T>(bytes).is_ok());
        assert_eq!((loaded.is_ok(), restored.is_ok()), (checked, checked), "{name}");
        if checked {
            assert_eq!(took, 0, "{name}: a check");
        } else {
            assert!(took < 4096, "{name}: {took} for an error");
            assert_eq!(loaded.err().map(|error| error.kind()), Some(ErrorKind::Memory), "{name}");
            highest = highest.max(limit);
        }
    }
    loads::<T>(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    (full, highest)
}

/// An image of a `T` with a head of four bytes, a length, and such a tail.
fn image<T: State + Default>(count: usize, tail: &[u8]) -> Vec<u8> {
    let mut bytes = dumps(&T::default()).unwrap();
    bytes.truncate(40);
    bytes[16..24].copy_from_slice(&(tail.len() as u64).to_le_bytes());
    bytes.extend((count as u32).to_le_bytes());
    bytes.extend(tail);
    bytes
}

/// An image of a container of so many elements whose heads are zero.
fn zeros<T: State + Default>(count: usize, each: usize) -> Vec<u8> {
    image::<T>(count, &vec![0; count * each])
}

#[derive(State, Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
enum Shape {
    #[default]
    Point,
    Named(String, String, String, u64, u64, u64, u64),
}

#[derive(State, Debug, Clone, Default)]
struct Skipping {
    #[state(skip)]
    _cache: [[u64; 32]; 16],
    at: u8,
}

#[test]
fn runs_of_elements_that_are_wide_in_memory_stay_within_the_limit() {
    holds::<Vec<Wide>>(&zeros::<Vec<Wide>>(2000, 1));
    holds::<VecDeque<Wide>>(&zeros::<VecDeque<Wide>>(2000, 1));
    holds::<LinkedList<Wide>>(&zeros::<LinkedList<Wide>>(2000, 1));
    holds::<BinaryHeap<Wide>>(&zeros::<BinaryHeap<Wide>>(2000, 1));
    holds::<Box<[Wide]>>(&zeros::<Box<[Wide]>>(2000, 1));
    holds::<Rc<[Wide]>>(&zeros::<Rc<[Wide]>>(2000, 1));
    holds::<Arc<[Wide]>>(&zeros::<Arc<[Wide]>>(2000, 1));
    holds::<Vec<[Wide; 3]>>(&zeros::<Vec<[Wide; 3]>>(500, 3));
    holds::<Vec<(u8, Wide)>>(&zeros::<Vec<(u8, Wide)>>(500, 2));
    holds::<Vec<Skipping>>(&zeros::<Vec<Skipping>>(1000, 1));
    holds::<Vec<Shape>>(&zeros::<Vec<Shape>>(10_000, 1));
    holds::<Vec<Result<[u64; 500], u8>>>(&image::<Vec<Result<[u64; 500], u8>>>(
        1000,
        &[vec![1; 1000], vec![0; 1000]].concat(),
    ));
}

#[test]
fn values_behind_pointers_stay_within_the_limit() {
    fn boxes<T: RestoreOwned>() {
        holds::<Vec<T>>(&image::<Vec<T>>(1000, &[0; 2000]));
    }
    boxes::<Box<Wide>>();
    boxes::<Rc<Wide>>();
    boxes::<Arc<Wide>>();
    boxes::<Box<Skipping>>();
    boxes::<Box<Shape>>();
    // The next lists are empty, of as few bytes as can be.
    holds::<Vec<Vec<Wide>>>(&zeros::<Vec<Vec<Wide>>>(1000, 4));
}

#[test]
fn maps_and_sets_stay_within_the_limit_of_equal_keys_too() {
    let distinct = |each: usize| -> Vec<u8> {
        (0..2000_u32).flat_map(|key| [&key.to_le_bytes()[..], &vec![0; each]].concat()).collect()
    };
    holds::<HashMap<u32, Wide>>(&image::<HashMap<u32, Wide>>(2000, &distinct(1)));
    holds::<HashMap<u32, Shape>>(&image::<HashMap<u32, Shape>>(2000, &distinct(1)));
    holds::<BTreeMap<u32, Wide>>(&image::<BTreeMap<u32, Wide>>(2000, &distinct(1)));
    // Tables do not make room for keys that are all the same.
    let (took, _) = bounded::<HashMap<u32, Wide>>(&zeros::<HashMap<u32, Wide>>(2000, 5));
    assert!(took < 4 << 20, "{took}");
    bounded::<BTreeMap<u32, Wide>>(&zeros::<BTreeMap<u32, Wide>>(2000, 5));
    bounded::<HashSet<Wide>>(&zeros::<HashSet<Wide>>(500, 1));
    bounded::<BTreeSet<Wide>>(&zeros::<BTreeSet<Wide>>(500, 1));
    // One entry takes the space of several, and empty ones nothing.
    for count in [1, 2, 3, 4, 5, 8, 11, 12, 13] {
        let tail: Vec<u8> = (0..count).flat_map(|key: u32| [&key.to_le_bytes()[..], &[0]].concat()).collect();
        holds::<BTreeMap<u32, Wide>>(&image::<BTreeMap<u32, Wide>>(count as usize, &tail));
        holds::<HashMap<u32, Wide>>(&image::<HashMap<u32, Wide>>(count as usize, &tail));
    }
    let singles = |entry: &[u8]| {
        let heads = 1_u32.to_le_bytes().repeat(1000);
        [heads, entry.repeat(1000)].concat()
    };
    holds::<Vec<BTreeMap<u8, Wide>>>(&image::<Vec<BTreeMap<u8, Wide>>>(1000, &singles(&[7, 0])));
    holds::<Vec<HashMap<u8, Wide>>>(&image::<Vec<HashMap<u8, Wide>>>(1000, &singles(&[7, 0])));
    holds::<Vec<BTreeSet<Shape>>>(&image::<Vec<BTreeSet<Shape>>>(1000, &singles(&[0])));
    holds::<Vec<BTreeMap<u8, u8>>>(&image::<Vec<BTreeMap<u8, u8>>>(1000, &singles(&[7, 0])));
    holds::<Vec<HashMap<u8, u8>>>(&image::<Vec<HashMap<u8, u8>>>(1000, &singles(&[7, 0])));
    holds::<Vec<BTreeMap<String, String>>>(&image::<Vec<BTreeMap<String, String>>>(1000, &singles(&[0; 8])));
}

#[test]
fn ordinary_types_take_no_more_than_the_factor_and_know_no_limit() {
    fn free<T: RestoreOwned + Default>(bytes: &[u8]) {
        let (value, took) = peak(|| Options::new().memory(0).loads::<T>(bytes).unwrap());
        drop(value);
        assert!(took <= FACTOR * bytes.len(), "{}: {took} of {}", std::any::type_name::<T>(), bytes.len());
        holds::<T>(bytes);
    }
    free::<Vec<String>>(&zeros::<Vec<String>>(10_000, 4));
    free::<Vec<Vec<Vec<u8>>>>(&zeros::<Vec<Vec<Vec<u8>>>>(10_000, 4));
    free::<Vec<Option<Box<u64>>>>(&zeros::<Vec<Option<Box<u64>>>>(10_000, 1));
    free::<Vec<Box<()>>>(&zeros::<Vec<Box<()>>>(10_000, 2));
    free::<HashMap<u8, ()>>(&zeros::<HashMap<u8, ()>>(10_000, 1));
    free::<LinkedList<()>>(&zeros::<LinkedList<()>>(10_000, 1));
    free::<Vec<Option<String>>>(&zeros::<Vec<Option<String>>>(10_000, 5));
}

#[test]
fn a_file_a_stream_and_a_map_have_the_setting_too() {
    let wide = vec![None; 1000] as Vec<Wide>;
    let path = std::env::temp_dir().join(format!("bounds-{}.state", std::process::id()));
    image::save(&path, &wide).unwrap();
    let small = Options::new().memory(1 << 20);
    let refused = |error: &(dyn std::error::Error + 'static)| {
        assert_eq!(error.downcast_ref::<state_core::Error>().unwrap().kind(), ErrorKind::Memory);
    };
    refused(small.load_file::<Vec<Wide>>(&path).unwrap_err().get_ref().unwrap());
    assert_eq!(Options::new().load_file::<Vec<Wide>>(&path).unwrap(), wide);
    let mapped = || image::Mapped::read(&path).unwrap();
    refused(&mapped().memory(1 << 20).view::<Vec<Wide>>().unwrap_err());
    assert_eq!(mapped().view::<Vec<Wide>>().unwrap(), wide);
    std::fs::remove_file(&path).unwrap();

    let mut writer = image::stream::StreamWriter::new(Vec::new()).unwrap();
    writer.write(&wide).unwrap();
    let stream = writer.into_inner();
    let reader = || image::stream::StreamReader::new(&stream[..]).unwrap();
    refused(reader().memory(1 << 20).load::<Vec<Wide>>().unwrap_err().get_ref().unwrap());
    let mut target = Vec::<Wide>::new();
    refused(reader().memory(1 << 20).load_into(&mut target).unwrap_err().get_ref().unwrap());
    assert_eq!(target, []);
    assert_eq!(reader().load::<Vec<Wide>>().unwrap().unwrap(), wide);
}

#[test]
fn a_stream_without_headers_takes_what_comes_and_has_the_setting_too() {
    use image::bare::{BareReader, BareWriter};

    let wide = vec![None; 1000] as Vec<Wide>;
    let mut writer = BareWriter::new(Vec::new()).unwrap();
    writer.write(&wide).unwrap();
    let mut stream = writer.into_inner();
    let small = || BareReader::with_options(&stream[..], Options::new().memory(1 << 20).bare()).unwrap();
    let error = small().load::<Vec<Wide>>().unwrap_err();
    let inner = error.get_ref().unwrap().downcast_ref::<state_core::Error>().unwrap();
    assert_eq!(inner.kind(), ErrorKind::Memory);
    assert_eq!(BareReader::new(&stream[..]).unwrap().load::<Vec<Wide>>().unwrap().unwrap(), wide);

    // A length of almost a gibibyte, of which little comes.
    stream.extend([0xFF, 0xFF, 0xFF, 0xFF, 0x03]);
    stream.extend([0; 1000]);
    let mut reader = BareReader::new(&stream[..]).unwrap();
    assert!(reader.advance().unwrap());
    let (next, took) = peak(|| reader.advance());
    assert_eq!(next.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    assert!(took <= 3 * 2000 + (256 << 10), "{took}");
}

#[test]
fn what_is_refused_changes_nothing_and_says_what_to_set() {
    let bytes = dumps::<Vec<Wide>>(&vec![None; 1000]).unwrap();
    let mut target: Vec<Wide> = vec![Some([7; 1000])];
    let (limit, takes) = (1000 * size_of::<Wide>() - 1, 1000 * size_of::<Wide>());
    let error = Options::new().memory(limit).load_into(&bytes, &mut target).unwrap_err();
    let text = format!(
        "expected a state that takes up to {limit} bytes of memory for wide elements (`Options::memory` sets the \
         limit), found one that takes {takes}"
    );
    assert_eq!(error.to_string(), text);
    assert_eq!(target, [Some([7; 1000])]);
    Options::new().memory(takes).load_into(&bytes, &mut target).unwrap();
    load_into(&bytes, &mut target).unwrap();
    assert_eq!(target, vec![None; 1000]);
}

#[test]
fn what_no_machine_has_is_an_error_where_no_limit_was_set() {
    // 2^30 bytes are free; these would be 2^48.
    #[derive(State, Clone)]
    struct Huge {
        #[state(skip, default = huge)]
        _pages: [u8; 1 << 28],
        at: (),
    }
    fn huge() -> [u8; 1 << 28] {
        unreachable!("nothing of it is built")
    }
    let bytes = zeros::<Vec<Huge>>(1 << 20, 1);
    let (error, took) = peak(|| loads::<Vec<Huge>>(&bytes).err().unwrap());
    assert_eq!(error.kind(), ErrorKind::Memory);
    assert_eq!(check::<Vec<Huge>>(&bytes).unwrap_err().kind(), ErrorKind::Memory);
    assert!(took < 4096, "{took}");
}

#[derive(State, Debug, Clone, PartialEq)]
#[state(name = "m.Filled")]
struct Filled {
    at: u8,
    #[state(default = full)]
    numbers: [u64; 1000],
}

fn full() -> [u64; 1000] {
    [7; 1000]
}

#[test]
fn a_pickle_stays_within_the_limit() {
    let refused = |error: state_core::Error| assert_eq!(error.kind(), ErrorKind::Memory, "{error}");
    let small = pickle::PickleOptions::new().memory(1 << 20);
    // Elements that are wide, and 8000 bytes of default for each `None,`.
    let nones = pickle::dumps::<Vec<Wide>>(&vec![None; 1000]).unwrap();
    let (error, took) = peak(|| small.loads::<Vec<Wide>>(&nones).unwrap_err());
    refused(error);
    assert!(took < (1 << 20) + (FACTOR + 340) * nones.len(), "{took} of {}", nones.len());
    assert_eq!(pickle::loads::<Vec<Wide>>(&nones).unwrap(), vec![None; 1000]);
    let mut target: Vec<Wide> = vec![];
    refused(small.load_into(&nones, &mut target).unwrap_err());

    // `[m.Filled.__setstate__((1,))] * 1000`, as references to one.
    let mut objects = b"\x80\x04]\x94(\x8c\x01m\x8c\x06Filled\x93)\x81K\x01\x85b\x94".to_vec();
    objects.extend(b"h\x01".repeat(999));
    objects.extend(b"e.");
    let (error, took) = peak(|| small.loads::<Vec<Filled>>(&objects).unwrap_err());
    refused(error);
    assert!(took < (1 << 20) + (FACTOR + 340) * objects.len(), "{took} of {}", objects.len());
    assert_eq!(pickle::loads::<Vec<Filled>>(&objects).unwrap(), vec![Filled { at: 1, numbers: full() }; 1000]);
}

#[test]
fn a_value_stays_within_the_limit() {
    let none = Value::List(vec![Value::None; 200_000].into());
    assert_eq!(from_value::<Vec<Wide>>(&none).unwrap_err().kind(), ErrorKind::Memory);
    let object = Value::from(state_core::value::Object::new("m.Filled", vec![Value::from(1)]));
    let many = Value::List(vec![object.clone(); 200_000].into());
    let (error, took) = peak(|| from_value::<Vec<Filled>>(&many).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Memory);
    assert!(took < 1 << 20, "{took}");
    let few = Value::List(vec![object; 3].into());
    assert_eq!(from_value::<Vec<Filled>>(&few).unwrap(), vec![Filled { at: 1, numbers: full() }; 3]);
}

/// A made-up state: a schema, and the head and tail of an image.
fn made_up(schema: &[u8], head: &[u8], tail: &[u8]) -> Vec<u8> {
    let fingerprint = schema
        .iter()
        .fold(0xCBF2_9CE4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    let mut bytes = b"\xD7STA\x01\x01\0\0".to_vec();
    bytes.extend(fingerprint.to_le_bytes());
    bytes.extend([tail.len() as u64, 0, 0].map(u64::to_le_bytes).concat());
    bytes.extend((schema.len() as u32).to_le_bytes());
    bytes.extend([schema, head, tail].concat());
    bytes
}

fn leb(mut n: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

/// Schemas that take the most memory for their bytes, each of about so many.
fn schemas(len: usize) -> Vec<(&'static str, Vec<u8>)> {
    let tuple = |count: usize, item: &[u8]| [vec![12], leb(count), item.repeat(count)].concat();
    let options = [&[7; 120][..], &[0]].concat();
    let singles = [[12, 1].repeat(100), vec![0]].concat();
    vec![
        ("units", tuple(len, &[0])),
        ("options", tuple(len / options.len(), &options)),
        ("tuples of one", tuple(len / singles.len(), &singles)),
        ("slots without names", [vec![15, 0, 0], leb(len / 2), [0, 0].repeat(len / 2)].concat()),
        ("variants without names", [vec![16, 0], leb(len / 2), [0, 0].repeat(len / 2)].concat()),
        ("objects", tuple(len / 4, &[15, 0, 0, 0])),
        ("objects of one slot", tuple(len / 6, &[15, 0, 0, 1, 0, 0])),
        ("enums of one variant", tuple(len / 6, &[16, 0, 1, 0, 0])),
        ("records of one field", tuple(len / 8, &[14, 0, 17, 0, 1, 1, 0, 0, 1])),
        ("names", tuple(len / 6, &[15, 1, b'a', 0, 1, 1, b'b', 0])),
        ("texts", tuple(len, &[5])),
        ("boxes of lists of texts", tuple(len / 60, &[[13, 8].repeat(29), vec![7, 5]].concat())),
        ("enums without variants", tuple(len / 3, &[16, 0, 0])),
        ("empty tuples", tuple(len / 2, &[12, 0])),
        ("tuples of three", tuple(len / 5, &[12, 3, 0, 1, 2])),
        ("raw arrays", tuple(len / 3, &[14, 0, 1])),
        ("open sets without names", tuple(len / 2, &[23, 0])),
        ("opaque structs", tuple(len / 5, &[18, 200, 200, 1, 0])),
        ("arrays of other lengths", arrays(len / 5)),
        ("chains that differ", chains(len / 9)),
        ("maps that differ", maps(len / 6)),
        ("back references", [vec![12], leb(len / 2), vec![15, 0, 0, 0], [0xFF, 0].repeat(len / 2 - 1)].concat()),
    ]
}

/// As many arrays, each of another length.
fn arrays(count: usize) -> Vec<u8> {
    let array = |at: usize| [vec![11], leb(0x1_0000 + at), vec![0]].concat();
    [vec![12], leb(count), (0..count).flat_map(array).collect()].concat()
}

/// As many chains of eight options, lists, sets and boxes, no two of which are the same.
fn chains(count: usize) -> Vec<u8> {
    let chain = |mut at: usize| {
        let mut link = || {
            at /= 4;
            [7, 8, 9, 13][at % 4]
        };
        [link(), link(), link(), link(), link(), link(), link(), link(), 1]
    };
    [vec![12], leb(count), (0..count).flat_map(|at| chain(4 * at)).collect()].concat()
}

/// As many maps of pairs, few of which are the same.
fn maps(count: usize) -> Vec<u8> {
    let leaf = |at: usize| [0, 1, 2, 5, 19][at % 5];
    let map = |at: usize| [10, 10, leaf(at), leaf(at / 5), 7 + (at / 25 % 3) as u8, leaf(at / 75)];
    [vec![12], leb(count), (0..count).flat_map(map).collect()].concat()
}

#[test]
fn the_schema_of_an_inspection_takes_64_times_its_length_and_no_more_than_the_limit() {
    for (name, schema) in schemas(200_000) {
        let bytes = made_up(&schema, &[0; 100_000], &[]);
        let (opened, took) = peak(|| Inspection::open(&bytes).is_ok());
        assert!(took <= FACTOR * schema.len(), "{name}: {took} is {} times {}", took / schema.len(), schema.len());
        let _ = opened;
        for limit in [0, 1000, took / 4, took] {
            let (refused, took) = peak(|| Options::new().memory(limit).inspect(&bytes).err());
            assert!(took <= limit + 1024, "{name}: {took} with a limit of {limit}");
            assert!(limit > 1000 || refused.is_some_and(|error| error.kind() == ErrorKind::Memory), "{name}");
        }
    }
}

/// A state of a schema with numbered references, none of whose types is a shared pointer.
fn numbered(schema: &[u8], types: usize) -> Vec<u8> {
    let mut bytes = made_up(schema, &[], &[]);
    let row = [&(types.div_ceil(8) as u32).to_le_bytes()[..], &vec![0; types.div_ceil(8)]].concat();
    bytes[5] |= 2;
    bytes.splice(40..44, [&((row.len() + schema.len()) as u32).to_le_bytes()[..], &row].concat());
    bytes
}

/// Where references are numbered, types that look alike are found.
#[test]
fn the_schema_of_a_state_with_numbered_references_takes_no_more() {
    let tuple = |count: usize, item: &[u8]| [vec![12], leb(count), item.repeat(count)].concat();
    let len = 200_000;
    for (name, schema, types) in [
        ("units", tuple(len, &[0]), len + 1),
        ("texts", tuple(len, &[5]), len + 1),
        ("objects", tuple(len / 4, &[15, 0, 0, 0]), len / 4 + 1),
        ("enums", tuple(len / 3, &[16, 0, 0]), len / 3 + 1),
        ("raw arrays", tuple(len / 3, &[14, 0, 1]), len / 3 * 2 + 1),
        ("tuples of three", tuple(len / 5, &[12, 3, 0, 1, 2]), len / 5 * 4 + 1),
        ("arrays", arrays(len / 5), len / 5 * 2 + 1),
        ("chains", chains(len / 9), len / 9 * 9 + 1),
    ] {
        let bytes = numbered(&schema, types);
        let (opened, took) = peak(|| Inspection::open(&bytes).map(drop));
        assert!(took <= FACTOR * bytes.len(), "{name}: {took} is {} times {}", took / bytes.len(), bytes.len());
        // The row was one of the schema; of some, the image is not there.
        assert!(opened.is_ok() || opened.is_err_and(|error| error.kind() == ErrorKind::Length), "{name}");
    }
}

/// A table of types in open sets, behind which the schema of an open set stands.
fn with_members(members: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = made_up(&[8, 23, 1, b's'], &[0; 4], &[]);
    let table = members.concat();
    let schema = [&(table.len() as u32).to_le_bytes()[..], &table, &bytes[44..48]].concat();
    bytes[5] |= 32;
    bytes.splice(40..48, [&(schema.len() as u32).to_le_bytes()[..], &schema].concat());
    bytes
}

/// A type of the set `s`, of this number.
fn entry(number: u32, schema: &[u8]) -> Vec<u8> {
    let tag = format!("{number:06}");
    [&[1, b's', 6][..], tag.as_bytes(), &[0], &(schema.len() as u32).to_le_bytes(), schema].concat()
}

#[test]
fn the_types_of_open_sets_take_no_more_than_the_rest_of_a_schema() {
    for (name, schema) in schemas(2000).into_iter().chain([("text", vec![5]), ("a set", vec![8, 23, 1, b's'])]) {
        let members: Vec<_> = (0..(200_000 / schema.len()) as u32).map(|number| entry(number, &schema)).collect();
        let bytes = with_members(&members);
        let (opened, took) = peak(|| Inspection::open(&bytes).unwrap_or_else(|error| panic!("{name}: {error}")));
        assert!(took <= FACTOR * bytes.len(), "{name}: {took} is {} times {}", took / bytes.len(), bytes.len());
        assert_eq!(opened.value().unwrap().to_string(), "[]");
        let (refused, took) = peak(|| Options::new().memory(1000).inspect(&bytes).err());
        assert!(took <= 2048 && refused.is_some_and(|error| error.kind() == ErrorKind::Memory), "{name}: {took}");
    }
}

/// Images that make the most of their bytes, of about so many.
fn images(len: usize) -> Vec<(&'static str, Vec<u8>)> {
    let count = |count: usize| (count as u32).to_le_bytes();
    let list = |of: &[u8]| [&[8], of].concat();
    let run = |of: &[u8], each: &[u8]| {
        let heads = each.repeat(len / each.len().max(1));
        made_up(&list(of), &count(len / each.len()), &heads)
    };
    let name = [leb(255), vec![b'n'; 255]].concat();
    let escaped = [leb(255), vec![0x1B; 255]].concat();
    let object = |name: &[u8], slots: usize| {
        [vec![15], name.to_vec(), vec![0], leb(slots), [name, &[0]].concat().repeat(slots)].concat()
    };
    let unit_enum = [vec![16], name.clone(), vec![1], name.clone(), vec![0]].concat();
    let wide =
        [vec![17, 0], leb(500), leb(500), (0..500).flat_map(|at| [vec![0], leb(at), vec![1]].concat()).collect()];
    let grid = [vec![21, 0], wide.concat()].concat();
    vec![
        ("units", run(&[0], &[0])),
        ("bools", run(&[1], &[1])),
        ("nested options", run(&[7, 7, 7, 1], &[1, 1, 1, 1])),
        ("empty lists", run(&[8, 1], &[0; 4])),
        ("empty texts", run(&[5], &[0; 4])),
        ("empty maps", run(&[10, 1, 1], &[0; 4])),
        ("empty tuples of many", run(&[[12, 16].as_slice(), &[0; 16]].concat(), &[0])),
        // More than there is memory, where words have 64 bits.
        ("arrays of nothing", run(&[[11].as_slice(), &leb(1 << (usize::BITS / 8 * 5)), &[0]].concat(), &[0])),
        ("long arrays of nothing", made_up(&[[11].as_slice(), &leb(60_000), &[0]].concat(), &[], &[])),
        ("a map of bools", made_up(&[10, 1, 1], &count(len / 2), &[1, 0].repeat(len / 2))),
        ("a set of bools", made_up(&[9, 1], &count(len), &vec![1; len])),
        ("enums with long names", run(&unit_enum, &[0])),
        ("objects with long names", run(&object(&name, 1), &[0])),
        ("objects of long names to be escaped", run(&object(&escaped, 4), &[0])),
        ("dates", run(&[20, 0], &[1, 0, 0, 0])),
        ("moments in zones", run(&[20, 4], &[&[1, 0, 0, 0][..], &[0; 12]].concat())),
        ("differences", run(&[20, 5], &[[0; 8].as_slice(), &[0; 4]].concat())),
        ("long integers", run(&[3, 128, 0], &[0xFF; 16])),
        ("integers of any size", run(&[20, 7], &[0; 4])),
        ("arrays of many fields", run(&grid, &[0; 4])),
        ("a chain of boxes", made_up(&[15, 0, 0, 1, 0, 7, 13, 0xFF, 0], &[1], &[vec![1; 700], vec![0]].concat())),
        ("a tree of options", made_up(&[15, 0, 0, 1, 0, 8, 0xFF, 0], &count(1), &count(1).repeat(100))),
    ]
}

/// Counts what is written, and keeps nothing.
struct Count(usize);

impl std::fmt::Write for Count {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

#[test]
fn values_and_trees_of_unknown_types_stay_within_the_limit() {
    for (name, bytes) in images(2_000) {
        let (inspection, _) = peak(|| Inspection::open(&bytes).unwrap());
        let (value, full) = peak(|| inspection.value());
        let tree = inspection.tree();
        assert_eq!(value.is_ok(), tree.is_ok(), "{name}");
        let mut count = Count(0);
        let (written, took) = peak(|| inspection.write_tree(&mut count));
        assert_eq!(written.is_ok(), tree.is_ok(), "{name}");
        assert!(took <= 512 << 10, "{name}: {took} to write the tree");
        assert_eq!(tree.as_ref().map_or(count.0, String::len), count.0, "{name}");
        for limit in [300_000, full.max(600_000) / 2, full.max(300_000)] {
            let inspection = Options::new().memory(limit).inspect(&bytes).unwrap();
            let (bounded, took) = peak(|| inspection.value());
            assert!(took <= limit + (1 << 20), "{name}: {took} for a value, with a limit of {limit}");
            if let Err(error) = &bounded {
                assert!(value.is_err() || error.kind() == ErrorKind::Memory, "{name}: {error}");
                assert!(value.is_err() || limit < 4 * full, "{name}: takes {full}, and was refused with {limit}");
            }
            let (bounded, took) = peak(|| inspection.tree());
            assert!(took <= limit + (512 << 10), "{name}: {took} for a tree, with a limit of {limit}");
            assert!(bounded.is_ok() || tree.is_err() || count.0 > limit, "{name}");
        }
    }
}

/// A pickle of a list of `outer` lists, all of them one list of `inner` times this opcode.
fn shared_lists(outer: usize, inner: usize, opcode: &[u8]) -> Vec<u8> {
    let inner = [&b"]q\x01("[..], &opcode.repeat(inner), b"e"].concat();
    [&b"\x80\x02]("[..], &inner, &b"h\x01".repeat(outer - 1), b"e."].concat()
}

#[test]
fn a_pickle_read_into_a_type_takes_100_bytes_for_each_part_and_the_expansion_limits_these() {
    fn took<T: RestoreOwned>(pickle: &[u8], expansion: u64) -> bool {
        let options = pickle::PickleOptions::new().expansion(expansion);
        let (loaded, took) = peak(|| options.loads::<Vec<Vec<T>>>(pickle).map(|value| value.len()));
        let (took, parts) = (took as u64, (9 + expansion) * pickle.len() as u64 + (1 << 20));
        let name = std::any::type_name::<T>();
        assert!(took <= 100 * parts, "{name}: {took} of {} bytes, {} times", pickle.len(), took / parts);
        loaded.is_ok()
    }
    for (outer, inner) in [(1, 100_000), (500, 2000), (2000, 2000), (20_000, 20_000)] {
        for expansion in [0, 8, 30] {
            let nones = shared_lists(outer, inner, b"N");
            took::<Option<[u8; 63]>>(&nones, expansion);
            took::<Option<u64>>(&nones, expansion);
            took::<Option<Box<u8>>>(&nones, expansion);
            took::<String>(&shared_lists(outer, inner, b"U\0"), expansion);
            took::<Vec<u8>>(&shared_lists(outer, inner, b"]"), expansion);
            took::<BTreeMap<String, String>>(&shared_lists(outer, inner, b"}"), expansion);
            took::<()>(&shared_lists(outer, inner, b")"), expansion);
        }
    }
    let much = shared_lists(2000, 2000, b"N");
    assert!(took::<Option<u64>>(&much, 10_000) && !took::<Option<u64>>(&much, 8));
}

#[test]
fn a_pickle_made_a_value_takes_200_times_its_length() {
    let lists = [(1, 100_000), (500, 2000), (20_000, 20_000)];
    let opcodes: [&[u8]; 8] = [b"N", b"K\x01", b"]", b")", b"}", b"U\0", b"(t", b"]q\x02a"];
    for (outer, inner) in lists {
        for opcode in opcodes {
            let pickle = shared_lists(outer, inner, opcode);
            let (value, took) = peak(|| pickle::load_value(&pickle).is_ok());
            let most = 200 * pickle.len() + (1 << 20);
            assert!(took <= most, "{opcode:?} {outer} {inner}: {took} of {}, {}", pickle.len(), took / pickle.len());
            let _ = value;
        }
    }
    let objects: [&[u8]; 3] = [b"cm\nC\n)\x81", b"c\n\n)\x81Nb", b"c\n\n)R"];
    for opcode in objects {
        let pickle = shared_lists(1, 10_000, opcode);
        let ((), took) = peak(|| drop(pickle::load_value(&pickle)));
        assert!(took <= 200 * pickle.len() + (1 << 20), "{opcode:?}: {took}, {} times", took / pickle.len());
    }
    let limited = pickle::PickleOptions::new().max_size(1000);
    assert_eq!(limited.load_value(&[b'N'; 1001]).unwrap_err().kind(), ErrorKind::Length);
}

#[test]
fn a_state_that_is_dumped_takes_its_bytes_once() {
    let value: Vec<Option<String>> = (0..10_000).map(|at| (at % 3 > 0).then(|| "x".repeat(at % 50))).collect();
    dumps(&value).unwrap();
    let (bytes, took) = peak(|| dumps(&value).unwrap());
    assert!(took <= bytes.len() + 256, "{took} of {}", bytes.len());
    let mut buffer = bytes;
    let ((), took) = peak(|| state_core::dump_into(&value, &mut buffer).unwrap());
    assert_eq!(took, 0);
}

mod older {
    #[derive(state_core::State)]
    #[state(name = "example.Monster")]
    pub struct Monster {
        pub health: u8,
    }
}

#[derive(State)]
#[state(name = "example.Monster")]
struct Monster {
    health: u64,
    #[state(default = Self::map)]
    map: [u64; 1000],
}

impl Monster {
    fn map() -> [u64; 1000] {
        [3; 1000]
    }
}

/// A few bytes of an older form could ask for any number of defaults.
#[test]
fn an_upgrade_takes_the_present_image_three_times_and_defaults_stay_within_the_limit() {
    let (mut upgraded, mut refused) = (0, 0);
    for count in [1, 100, 1000, 5000] {
        let monsters: Vec<_> = (0..count).map(|_| older::Monster { health: 7 }).collect();
        let bytes = Options::new().with_schema().dumps(&monsters).unwrap();
        for limit in [1 << 16, 1 << 20, 1 << 23, 1 << 26] {
            let options = Options::new().memory(limit);
            let (image, took) = peak(|| options.upgrade::<Vec<Monster>>(&bytes));
            let most = FACTOR * bytes.len() + limit;
            assert!(took <= 3 * most + FACTOR * bytes.len(), "{took} for {count} with a limit of {limit}");
            match image {
                Ok(image) => {
                    assert!(image.len() <= most, "{} with a limit of {limit}", image.len());
                    upgraded += 1;
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Memory, "{error}");
                    assert!(took < 1 << 16, "{took} for an error");
                    assert!(options.loads_upgraded::<Vec<Monster>>(&bytes).is_err());
                    refused += 1;
                }
            }
        }
    }
    assert!(upgraded > 4 && refused > 4, "{upgraded} {refused}");
    let one = Options::new().with_schema().dumps(&older::Monster { health: 7 }).unwrap();
    let monster = state_core::loads_upgraded::<Monster>(&one).unwrap();
    assert_eq!((monster.health, monster.map), (7, Monster::map()));
}

/// Also where many are read at once, so that the last place for them is taken in the largest step.
#[test]
fn a_long_value_of_an_unknown_type_stays_within_the_limit() {
    let name = [1, b'n'];
    let object = [&[15][..], &name, &[0, 1], &name, &[0]].concat();
    let len = 200_000_usize;
    let count = |count: usize| (count as u32).to_le_bytes();
    let list = |of: &[u8], each: &[u8]| made_up(&[&[8], of].concat(), &count(len), &each.repeat(len));
    let all = [
        ("bools", list(&[1], &[1])),
        ("a set", made_up(&[9, 1], &count(len), &vec![1; len])),
        ("a map", made_up(&[10, 1, 1], &count(len / 2), &vec![1; len])),
        ("objects", list(&object, &[0])),
        ("texts", list(&[5], &[0; 4])),
        ("raw arrays of one layout", list(&[14, 0, 3, 8, 0], &[0; 8])),
    ];
    for (name, bytes) in all {
        let (_, full) = peak(|| Inspection::open(&bytes).unwrap().value().unwrap());
        let mut least = None;
        for limit in (1..=40).map(|part| full / 16 * part) {
            let inspection = Options::new().memory(limit).inspect(&bytes).unwrap();
            let (value, took) = peak(|| inspection.value());
            assert!(took <= limit + (1 << 20), "{name}: {took} with a limit of {limit}");
            least = least.or(value.is_ok().then_some(limit));
        }
        assert!(least.is_some_and(|least| least <= 2 * full), "{name}: takes {full}, and needs a limit of {least:?}");
    }
}

/// Elements of lists of unequal lengths, of sets and of maps are found again by all of their bytes.
#[test]
fn a_comparison_takes_500_times_the_states() {
    let len = 100_000_usize;
    let count = |count: usize| (count as u32).to_le_bytes();
    let object = [15, 0, 0, 1, 0, 0];
    let list = |of: &[u8], each: &[u8], len: usize| made_up(&[&[8], of].concat(), &count(len), &each.repeat(len));
    let set = |len: usize| made_up(&[9, 0], &count(len), &vec![0; len]);
    let map = |len: usize| made_up(&[10, 0, 0], &count(len), &vec![0; len]);
    let pairs = |value: u8| made_up(&[10, 1, 1], &count(len), &[1, value].repeat(len));
    for (name, ours, theirs) in [
        ("lists of objects", list(&object, &[0], len), list(&object, &[0], len - 1)),
        ("lists of options", list(&[7, 1], &[0, 0], len), list(&[7, 1], &[1, 1], len - 1)),
        ("lists of lists", list(&[8, 0], &[0; 4], len), list(&[8, 0], &[0; 4], 3)),
        ("sets", set(len), set(len - 1)),
        ("maps", map(len), map(len - 1)),
        ("maps of other values", pairs(0), pairs(1)),
    ] {
        let (of, others) = (Inspection::open(&ours).unwrap(), Inspection::open(&theirs).unwrap());
        let (found, took) = peak(|| of.compare(&others, 3));
        let all = ours.len() + theirs.len();
        assert!(took <= 500 * all, "{name}: {took} is {} times {all}", took / all);
        assert!(found.is_ok(), "{name}: {found:?}");
    }
    // With a type, it is the same walk.
    let (ours, theirs) = (dumps(&vec![Some(true); len]).unwrap(), dumps(&vec![Some(true); len - 1]).unwrap());
    let (found, took) = peak(|| image::compare::<Vec<Option<bool>>>(&ours, &theirs).unwrap().count());
    assert!(found == 2 && took <= 500 * (ours.len() + theirs.len()), "{found} {took}");
}

/// An index of the base, and what is written out.
#[test]
fn a_delta_takes_the_base_and_the_new_state_once() {
    let ours = dumps(&(0..200_000_u64).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect::<Vec<_>>()).unwrap();
    let theirs = dumps(&(0..200_000_u64).map(|n| n.wrapping_mul(0xC2B2_AE3D_27D4_EB4F)).collect::<Vec<_>>()).unwrap();
    for (old, new) in [(&ours, &theirs), (&theirs, &ours), (&ours, &ours)] {
        let (_, took) = peak(|| image::delta(old, new).unwrap());
        assert!(took <= old.len() + 3 * new.len(), "{took} for {} and {}", old.len(), new.len());
    }
}

/// Parts that stand inside one another are written without stack, and take memory for it.
#[test]
fn a_value_that_is_written_takes_600_times_its_length() {
    let len = 100_000;
    for (name, pickle) in [
        ("tuples", [b"\x80\x04)".to_vec(), b"\x85".repeat(len), b".".to_vec()].concat()),
        ("lists", [b"\x80\x04".to_vec(), b"]".repeat(len), b"a".repeat(len - 1), b".".to_vec()].concat()),
        (
            "calls",
            [
                b"\x80\x04cm\nf\nq\x000".to_vec(),
                b"h\x00".repeat(len),
                b")R".to_vec(),
                b"\x85R".repeat(len - 1),
                b".".to_vec(),
            ]
            .concat(),
        ),
        ("dropped", [b"\x80\x04Ncm\nf\nq\x000".to_vec(), b"h\x00)R0".repeat(len), b".".to_vec()].concat()),
    ] {
        let value = pickle::load_value(&pickle).unwrap();
        for protocol in [pickle::Protocol::V0, pickle::Protocol::V4] {
            let options = pickle::PickleOptions::new().protocol(protocol);
            let (_, took) = peak(|| options.dump_value(&value).unwrap());
            assert!(took <= 600 * pickle.len(), "{name}: {took} is {} times {}", took / pickle.len(), pickle.len());
        }
    }
}

/// What was made again is compared with what was made before, as deep as is worth it.
#[test]
fn a_pickle_that_makes_the_same_twice_is_opened_within_eight_times_its_length() {
    let nested = [&b"cm\nC\n)"[..], &b"\x85".repeat(200_000), b"R"].concat();
    let pickle = [b"\x80\x04", &nested[..], b"q\x00", &nested, b"0h\x00\x86."].concat();
    let (opened, took) = peak(|| pickle::Pickle::open(&pickle).is_ok());
    assert!(opened && took <= 8 * pickle.len() + (1 << 20), "{took} for {}", pickle.len());
}
