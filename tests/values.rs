//! A table of values of all types that have a state, in every format; see `values/harness.rs` for what is checked of
//! each.

#![allow(clippy::zero_sized_map_values, reason = "that these work is what is shown")]

#[path = "values/harness.rs"]
mod harness;

use std::cell::{Cell, OnceCell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsStr, OsString};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::{Bound, ControlFlow, RangeInclusive};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
    AtomicUsize, Ordering::Relaxed,
};
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use harness::{values, values_that};
use state_core::pickle::{self, Protocol};
use state_core::{RestoreOwned, State, StateExt, Value, dumps, from_value, to_value};

#[test]
fn integers() {
    macro_rules! integers {
        ($($ty:ident $atomic:ident)*) => {$(
            values(&[$ty::MIN, 0, 1, 42, $ty::MAX]);
            values(&[NonZero::<$ty>::MIN, NonZero::new(7).unwrap(), NonZero::<$ty>::MAX]);
            values(&[Some(NonZero::<$ty>::MAX), None]);
            values(&[vec![], vec![$ty::MIN], vec![$ty::MAX, 0, 3], vec![5; 300]]);
            values(&[[$ty::MIN; 3], [1, 2, 3]]);
            values(&[Wrapping($ty::MIN), Wrapping($ty::MAX)]);
            values(&[Saturating($ty::MIN), Saturating($ty::MAX)]);
            integers!(@ $atomic $ty);
        )*};
        (@ none $ty:ident) => {};
        (@ $atomic:ident $ty:ident) => {
            let atomics = [$ty::MIN, 3, $ty::MAX].map($atomic::new);
            values_that(&atomics, |a, b| a.load(Relaxed) == b.load(Relaxed));
        };
    }
    integers! {
        u8 AtomicU8 u16 AtomicU16 u32 AtomicU32 u64 AtomicU64 u128 none usize AtomicUsize
        i8 AtomicI8 i16 AtomicI16 i32 AtomicI32 i64 AtomicI64 i128 none isize AtomicIsize
    }
}

#[test]
fn floats() {
    macro_rules! floats {
        ($($ty:ident)*) => {$(
            let floats = [
                0.0, -0.0, 1.5, $ty::MIN, $ty::MAX, $ty::EPSILON, $ty::MIN_POSITIVE, $ty::MIN_POSITIVE / 2.0,
                $ty::INFINITY, $ty::NEG_INFINITY, $ty::NAN, -$ty::NAN,
            ];
            values_that(&floats, |a, b| a.to_bits() == b.to_bits());
            let bits = |list: &Vec<$ty>| list.iter().map(|float| float.to_bits()).collect::<Vec<_>>();
            values_that(&[vec![], floats.to_vec()], |a, b| bits(a) == bits(b));
        )*};
    }
    floats!(f32 f64);
}

#[test]
fn small_things() {
    values(&[false, true]);
    values(&[vec![], vec![true], vec![true, false, true, true]]);
    values_that(&[false, true].map(AtomicBool::new), |a, b| a.load(Relaxed) == b.load(Relaxed));
    values(&['\0', 'a', 'é', '\u{D7FF}', '\u{E000}', '🚲', char::MAX]);
    values(&[()]);
    values(&[PhantomData::<String>]);
    values(&[..]);
    values(&[Reverse(1_u8), Reverse(2)]);
}

#[test]
fn text() {
    let long = "long text, über alles 🚲 ".repeat(100);
    macro_rules! texts {
        ($($ty:ty)*) => {$(
            values(&["", "a", "é", "a bit more", &long].map(<$ty>::from));
        )*};
    }
    texts!(String Box<str> Rc<str> Arc<str> PathBuf OsString);
    values(&["", "/", "/usr/lib", "relative/é"].map(|path| Box::<Path>::from(Path::new(path))));
    values(&["", "/", "/usr/lib", "relative/é"].map(|path| Rc::<Path>::from(Path::new(path))));
    values(&["", "/", "/usr/lib", "relative/é"].map(|path| Arc::<Path>::from(Path::new(path))));
    values(&["", "/", "x"].map(|text| Box::<OsStr>::from(OsStr::new(text))));
    values(&["", "a", "hello"].map(|text| CString::new(text).unwrap()));
    values(&[vec![], vec![String::new(); 3], vec!["one".to_string(), long, "three".into()]]);
}

#[derive(State, Debug, PartialEq, Eq, Clone, Copy, PartialOrd, Ord, Hash, Default)]
struct Empty;

#[derive(State, Debug, PartialEq, Clone, Copy, Default)]
struct Packed {
    a: u32,
    b: [i16; 2],
}

#[derive(State, Debug, PartialEq, Clone)]
struct Unit {
    name: String,
    at: (f64, f64),
    orders: Vec<Order>,
    target: Option<Box<Unit>>,
}

#[derive(State, Debug, PartialEq, Eq, Clone, PartialOrd, Ord, Hash)]
enum Order {
    Stay,
    Go { x: u8, y: u8 },
    Say(String, Option<u64>),
    All(Vec<Order>),
}

fn unit(depth: u8) -> Unit {
    let orders = vec![
        Order::Stay,
        Order::Go { x: depth, y: 2 },
        Order::Say("hey".into(), Some(u64::MAX)),
        Order::All(vec![Order::Say(String::new(), None), Order::All(vec![])]),
    ];
    let target = depth.checked_sub(1).map(|depth| Box::new(unit(depth)));
    Unit { name: format!("unit {depth}"), at: (0.5, f64::from(depth)), orders, target }
}

/// Checks lists of all types.
fn lists<T: RestoreOwned + Clone + PartialEq + std::fmt::Debug>(lists: &[&[T]]) {
    let all = |list: fn(&[T]) -> Vec<T>| lists.iter().map(|items| list(items)).collect::<Vec<_>>();
    let vecs = all(<[T]>::to_vec);
    values(&vecs.iter().map(|items| items.iter().cloned().collect()).collect::<Vec<VecDeque<T>>>());
    values(&vecs.iter().map(|items| items.iter().cloned().collect()).collect::<Vec<LinkedList<T>>>());
    values(&vecs.iter().map(|items| items.clone().into()).collect::<Vec<Box<[T]>>>());
    values(&vecs.iter().map(|items| items.clone().into()).collect::<Vec<Rc<[T]>>>());
    values(&vecs.iter().map(|items| items.clone().into()).collect::<Vec<Arc<[T]>>>());
    values(&vecs.iter().map(|items| Some(items.clone())).collect::<Vec<_>>());
    values(&vecs);
}

#[test]
fn lists_of_everything() {
    lists::<u8>(&[&[], &[1], &[1, 2, 3], &[9; 1000]]);
    lists::<u64>(&[&[], &[u64::MAX], &[1, 2, 3]]);
    lists::<bool>(&[&[], &[true], &[true, false]]);
    lists::<()>(&[&[], &[()], &[(); 1000]]);
    lists::<Empty>(&[&[], &[Empty], &[Empty; 40]]);
    lists::<[u8; 0]>(&[&[], &[[]; 5]]);
    lists::<Packed>(&[&[], &[Packed { a: 1, b: [2, 3] }; 3]]);
    lists::<String>(&[&[], &["a".into()], &["b".into(), String::new(), "ccc".into()]]);
    lists::<Option<u32>>(&[&[], &[None, Some(3)], &[Some(1), None, None]]);
    lists::<Vec<Vec<u8>>>(&[&[], &[vec![]], &[vec![vec![], vec![1]], vec![vec![2; 20]]]]);
    lists::<Box<u16>>(&[&[], &[Box::new(1)], &[Box::new(2), Box::new(3)]]);
    lists::<Unit>(&[&[], &[unit(0)], &[unit(2), unit(1)]]);
    lists::<Order>(&[&[], &[Order::Stay], &unit(0).orders]);
}

#[test]
fn heaps() {
    let sorted = |heap: &BinaryHeap<String>| heap.clone().into_sorted_vec();
    let heaps: [&[&str]; 3] = [&[], &["b"], &["b", "a", "d", "c"]];
    let heaps = heaps.map(|items| items.iter().map(ToString::to_string).collect::<BinaryHeap<_>>());
    values_that(&heaps, |a, b| sorted(a) == sorted(b));
}

#[test]
fn arrays_and_tuples() {
    values(&[[0_u8; 0]]);
    values(&[[[1_u32; 2]; 3], [[u32::MAX; 2]; 3]]);
    values(&[["a".to_string(), "b".into()], [String::new(), "longer".into()]]);
    values(&[[unit(0), unit(1)], [unit(2), unit(0)]]);
    values(&[[(); 3]]);
    values(&[[true, false]]);
    values(&[(1_u8,)]);
    values(&[(1_u8, "two".to_string(), 3.0_f64), (0, String::new(), -1.0)]);
    let sixteen = [
        (
            1_u8,
            2_u16,
            3_u32,
            4_u64,
            5_u128,
            6_i8,
            7_i16,
            8_i32,
            9_i64,
            10_i128,
            true,
            'c',
            1.0_f32,
            2.0_f64,
            (),
            [1_u8],
        ),
        (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, '\0', 0.0, 0.0, (), [0]),
    ];
    // Flipped bits give NaNs, so the values are compared by their bytes.
    values_that(&sixteen, |a, b| dumps(a).unwrap() == dumps(b).unwrap());
    values(&[((1_u8, (2_u8, (3_u8, vec!["deep".to_string()]))), ()), ((0, (0, (0, vec![]))), ())]);
}

#[test]
fn options_and_results() {
    values(&[None, Some(1_u8)]);
    values(&[None, Some(u128::MAX), Some(0)]);
    values(&[None, Some(None), Some(Some(None)), Some(Some(Some(7_u16)))]);
    values(&[None, Some(None), Some(Some(Box::new(None))), Some(Some(Box::new(Some(unit(0)))))]);
    values(&[None, Some(())]);
    values(&[None, Some(String::new()), Some("some".into())]);
    values(&[None, Some(unit(0)), Some(unit(3))]);
    values(&[Ok::<u8, String>(1), Ok(2), Err("no".into()), Err("a longer no".into())]);
    values(&[Ok::<(), ()>(()), Err(())]);
    values(&[Ok::<Unit, [u64; 9]>(unit(1)), Ok(unit(0)), Err([7; 9])]);
    values(&[Ordering::Less, Ordering::Equal, Ordering::Greater]);
    values(&[Bound::Included(1_u8), Bound::Excluded(1), Bound::Unbounded]);
    values(&[Bound::Included("a".to_string()), Bound::Excluded("b".into()), Bound::Unbounded]);
    values(&[ControlFlow::Continue(1_u8), ControlFlow::Continue(2), ControlFlow::Break("done".to_string())]);
}

#[test]
fn pointers_and_cells() {
    values(&[Box::new(1_u8), Box::new(2)]);
    values(&[Box::new(()), Box::new(())]);
    values(&[Box::new(unit(1)), Box::new(unit(0))]);
    values(&[Rc::new("a".to_string()), Rc::new(String::new())]);
    values(&[Arc::new(vec![1_u8, 2]), Arc::new(vec![])]);
    values(&[Cell::new(1_u8), Cell::new(2)]);
    values(&[RefCell::new("a".to_string()), RefCell::new(String::new())]);
    values(&[OnceCell::new(), OnceCell::from(1_u64), OnceCell::from(2)]);
    values(&[OnceLock::new(), OnceLock::from("a".to_string()), OnceLock::from("bcd".to_string())]);
    values(&[OnceLock::new(), OnceLock::from(unit(0)), OnceLock::from(unit(1))]);
    values_that(&[Mutex::new("a".to_string()), Mutex::new(String::new())], |a, b| {
        *a.lock().unwrap() == *b.lock().unwrap()
    });
    values_that(&[RwLock::new([1_u8; 9]), RwLock::new([2; 9])], |a, b| *a.read().unwrap() == *b.read().unwrap());
    values_that(&[vec![], vec![RefCell::new(()), RefCell::new(())]], Vec::eq);
}

type Entries<'a> = [&'a [(&'a str, u32)]; 6];

fn collect<M: FromIterator<(String, V)>, V>(entries: &Entries<'_>, value: fn(u32) -> V) -> Vec<M> {
    let map = |entries: &&[(&str, u32)]| entries.iter().map(|(key, n)| (key.to_string(), value(*n))).collect();
    entries.iter().map(map).collect()
}

#[test]
fn maps_and_sets() {
    let entries: Entries<'_> = [
        &[],
        &[("a", 1)],
        &[("a", 2), ("b", 1), ("c", 0)],
        &[("a", 5), ("b", 5), ("c", 5)],
        &[("a", 5), ("c", 5), ("d", 6), ("e", 7)],
        &[("x", 0), ("y", 0), ("a much longer key than all of the other ones", 9)],
    ];
    values(&collect::<BTreeMap<_, _>, _>(&entries, |n| n));
    values(&collect::<HashMap<_, _>, _>(&entries, |n| n));
    values(&collect::<BTreeMap<_, _>, _>(&entries, |n| vec![n.to_string(); n as usize]));
    values(&collect::<HashMap<_, _>, _>(&entries, |n| unit(n as u8 % 4)));
    let sets: [&[u32]; 5] = [&[], &[1], &[1, 2, 3], &[2, 3, 4], &[7, 8, 9, 10, 11, 12]];
    values(&sets.map(|items| items.iter().copied().collect::<BTreeSet<_>>()));
    values(&sets.map(|items| items.iter().copied().collect::<HashSet<_>>()));
    values(&sets.map(|items| items.iter().map(u32::to_string).collect::<BTreeSet<_>>()));
    values(&sets.map(|items| items.iter().map(|n| (*n, n.to_string())).collect::<HashSet<_>>()));
    values(&sets.map(|items| items.iter().map(|n| (vec![*n; 200], Empty)).collect::<BTreeMap<_, _>>()));
    values(&[BTreeMap::new(), BTreeMap::from([((), ())])]);
    values(&[HashMap::new(), HashMap::from([(Empty, Empty)])]);
    values(&[HashSet::new(), HashSet::from([()])]);
    values(&[BTreeSet::from_iter(unit(0).orders), BTreeSet::new()]);
}

#[test]
fn times() {
    let at = |seconds: u64, nanos: u32| Duration::new(seconds, nanos);
    values(&[Duration::ZERO, at(0, 1), at(1, 0), at(1, 999_999_999), Duration::MAX]);
    values(&[
        UNIX_EPOCH,
        UNIX_EPOCH + at(1, 1),
        UNIX_EPOCH - at(0, 1),
        UNIX_EPOCH - at(1, 0),
        UNIX_EPOCH - at(1_000_000_000, 999_999_999),
        UNIX_EPOCH + at(100_000_000_000, 5),
    ]);
    values(&[SystemTime::UNIX_EPOCH.checked_sub(at(i64::MAX as u64, 0)).unwrap_or(UNIX_EPOCH)]);
}

#[test]
fn ranges() {
    values(&[0..0, 1..u32::MAX]);
    values(&["a".to_string().."b".to_string(), String::new()..String::new()]);
    values(&[1_u8.., 2..]);
    values(&[..1_i64, ..-2]);
    values(&[..=1_i64, ..=-2]);
    values(&[RangeInclusive::new(1, 0), 0..=u128::MAX]);
    values(&['a'..='z']);
}

#[test]
fn addresses() {
    let v4 = [Ipv4Addr::UNSPECIFIED, Ipv4Addr::LOCALHOST, Ipv4Addr::BROADCAST];
    let v6 = [Ipv6Addr::UNSPECIFIED, Ipv6Addr::LOCALHOST, Ipv6Addr::from_bits(u128::MAX)];
    values(&v4);
    values(&v6);
    values(&[IpAddr::from(v4[1]), IpAddr::from(v4[2]), IpAddr::from(v6[1])]);
    values(&v4.map(|ip| SocketAddrV4::new(ip, 8080)));
    values(&v6.map(|ip| SocketAddrV6::new(ip, 1, 2, u32::MAX)));
    values(&[SocketAddr::from((v4[1], 80)), SocketAddr::from((v4[2], 81)), SocketAddr::from((v6[2], 443))]);
    values(&[None, Some(SocketAddr::from((v6[1], 443)))]);
}

#[test]
fn objects() {
    values(&[Empty]);
    values(&[Packed::default(), Packed { a: u32::MAX, b: [i16::MIN, 1] }]);
    values(&[unit(0), unit(1), unit(5)]);
    values(&unit(0).orders);
}

#[test]
fn huge_values() {
    values(&[String::new(), "0123456789".repeat(100_000)]);
    values(&[vec![], (0..200_000_u32).collect::<Vec<_>>()]);
    values(&[vec![], vec!["x".to_string(); 20_000]]);
}

#[derive(State, Debug, PartialEq)]
struct Floats {
    single: f32,
    double: f64,
    list: Vec<f32>,
    #[state(array)]
    array: Vec<f32>,
}

/// The bits of a NaN are kept like those of any value, including the one that marks a signaling NaN.
#[test]
fn what_is_no_number_keeps_its_bits() {
    let bits = |floats: &Floats| {
        let all = floats.list.iter().chain(&floats.array).chain([&floats.single]);
        (all.map(|float| float.to_bits()).collect::<Vec<_>>(), floats.double.to_bits())
    };
    for single in [0x7fa0_0000, 0x7f80_0001, 0xffa1_2345, 0x7fc0_0001, 0xffff_ffff].map(f32::from_bits) {
        let doubles = [0x7ff4_0000_0000_0000, 0xfff0_0000_0000_0001, 0x7ff8_0000_0000_0001].map(f64::from_bits);
        for double in doubles {
            let floats = Floats { single, double, list: vec![single; 40], array: vec![single, 1.0] };
            let other = || Floats { single: 0.0, double: 0.0, list: vec![], array: vec![] };
            let value = to_value(&floats).unwrap();
            assert_eq!(bits(&from_value(&value).unwrap()), bits(&floats));
            let mut live = other();
            live.set_state(floats.get_state().unwrap()).unwrap();
            assert_eq!(bits(&live), bits(&floats));
            assert_eq!(f32::try_from(&Value::from(single)).unwrap().to_bits(), single.to_bits());
            for protocol in [Protocol::V1, Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5] {
                let options = pickle::PickleOptions::new().protocol(protocol);
                let pickled = options.dumps(&floats).unwrap();
                assert_eq!(bits(&options.loads(&pickled).unwrap()), bits(&floats), "{protocol:?}");
                let rewritten = options.dump_value(&pickle::load_value(&pickled).unwrap()).unwrap();
                assert_eq!(bits(&options.loads(&rewritten).unwrap()), bits(&floats), "{protocol:?}");
            }
        }
    }
}
