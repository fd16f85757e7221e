//! Native bytes.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use state_core::{ErrorKind, Inspection, Options, RestoreOwned, State, check, dumps, image, load_into, loads};

use super::{FACTOR, Wide, bounded, made_up, peak};

/// Loads an image in each way, with several limits; a limit of six times the memory it takes is always sufficient.
#[track_caller]
fn holds<T: RestoreOwned + Default>(bytes: &[u8]) {
    let (took, refused) = bounded::<T>(bytes);
    assert!(refused < 6 * took, "{}: takes {took}, and was refused with {refused}", std::any::type_name::<T>());
}

/// An image of a `T` with a head of four bytes that is a length, and the given tail.
fn image<T: State + Default>(count: usize, tail: &[u8]) -> Vec<u8> {
    let mut bytes = dumps(&T::default()).unwrap();
    bytes.truncate(40);
    bytes[16..24].copy_from_slice(&(tail.len() as u64).to_le_bytes());
    bytes.extend((count as u32).to_le_bytes());
    bytes.extend(tail);
    bytes
}

/// An image of a container of `count` elements whose heads are zero.
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
    // The inner lists are empty, so they take the fewest bytes possible.
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
    // Tables do not reserve space for keys that are all equal.
    let (took, _) = bounded::<HashMap<u32, Wide>>(&zeros::<HashMap<u32, Wide>>(2000, 5));
    assert!(took < 4 << 20, "{took}");
    bounded::<BTreeMap<u32, Wide>>(&zeros::<BTreeMap<u32, Wide>>(2000, 5));
    bounded::<HashSet<Wide>>(&zeros::<HashSet<Wide>>(500, 1));
    bounded::<BTreeSet<Wide>>(&zeros::<BTreeSet<Wide>>(500, 1));
    // One entry takes the space of several, and empty maps take none.
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
    refused(&mapped().options(small).view::<Vec<Wide>>().unwrap_err());
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
    let small = || BareReader::new(&stream[..]).unwrap().options(Options::new().memory(1 << 20).bare());
    let error = small().load::<Vec<Wide>>().unwrap_err();
    let inner = error.get_ref().unwrap().downcast_ref::<state_core::Error>().unwrap();
    assert_eq!(inner.kind(), ErrorKind::Memory);
    assert_eq!(BareReader::new(&stream[..]).unwrap().load::<Vec<Wide>>().unwrap().unwrap(), wide);

    // A length of almost a gibibyte, of which only a little follows.
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
    // 2^30 bytes can be allocated; these would be 2^48.
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

/// A few bytes of an older form could demand any number of defaults.
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

/// Elements of lists of unequal lengths, of sets and of maps are matched by all of their bytes.
#[test]
fn a_comparison_takes_500_times_the_states() {
    let len = 100_000_usize;
    let count = |count: usize| (count as u32).to_le_bytes();
    let object = [15, 0, 0, 1, 0, 0];
    let list =
        |of: &[u8], each: &[u8], len: usize| made_up::image(&[&[8], of].concat(), &count(len), &each.repeat(len));
    let set = |len: usize| made_up::image(&[9, 0], &count(len), &vec![0; len]);
    let map = |len: usize| made_up::image(&[10, 0, 0], &count(len), &vec![0; len]);
    let pairs = |value: u8| made_up::image(&[10, 1, 1], &count(len), &[1, value].repeat(len));
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
    // With a known type, the walk is the same.
    let (ours, theirs) = (dumps(&vec![Some(true); len]).unwrap(), dumps(&vec![Some(true); len - 1]).unwrap());
    let (found, took) = peak(|| image::compare::<Vec<Option<bool>>>(&ours, &theirs).unwrap().count());
    assert!(found == 2 && took <= 500 * (ours.len() + theirs.len()), "{found} {took}");
}

/// A delta takes an index of the base and its output.
#[test]
fn a_delta_takes_the_base_and_the_new_state_once() {
    let ours = dumps(&(0..200_000_u64).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect::<Vec<_>>()).unwrap();
    let theirs = dumps(&(0..200_000_u64).map(|n| n.wrapping_mul(0xC2B2_AE3D_27D4_EB4F)).collect::<Vec<_>>()).unwrap();
    for (old, new) in [(&ours, &theirs), (&theirs, &ours), (&ours, &ours)] {
        let (_, took) = peak(|| image::delta(old, new).unwrap());
        assert!(took <= old.len() + 3 * new.len(), "{took} for {} and {}", old.len(), new.len());
    }
}
