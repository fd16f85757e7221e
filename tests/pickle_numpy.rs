//! Arrays and scalars that NumPy pickled, at each version, protocol and spelling, are read as values and into types.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use num_bigint::{BigInt, BigUint};
use state_core::pickle::{self, PickleOptions, Protocol, Strings};
use state_core::value::{Array, ByteOrder, Dtype, Order, TimeUnit, Value};
use state_core::{Record, RestoreOwned, State, from_value};

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

const BIKES: [Bicycle; 3] =
    [Bicycle { gears: 1, price: 50.0 }, Bicycle { gears: 7, price: 199.0 }, Bicycle { gears: 21, price: 399.5 }];

macro_rules! files {
    ($($version:literal)*) => {
        [$(
            (concat!($version, " p0"), include_bytes!(concat!("data/pickle/numpy/", $version, "_p0.pkl")).as_slice()),
            (concat!($version, " p1"), include_bytes!(concat!("data/pickle/numpy/", $version, "_p1.pkl"))),
            (concat!($version, " p2"), include_bytes!(concat!("data/pickle/numpy/", $version, "_p2.pkl"))),
            (concat!($version, " p3"), include_bytes!(concat!("data/pickle/numpy/", $version, "_p3.pkl"))),
            (concat!($version, " p4"), include_bytes!(concat!("data/pickle/numpy/", $version, "_p4.pkl"))),
            (concat!($version, " p5"), include_bytes!(concat!("data/pickle/numpy/", $version, "_p5.pkl"))),
            (concat!($version, " out"), include_bytes!(concat!("data/pickle/numpy/", $version, "_p5_buffers.pkl"))),
        )*]
    };
}

/// A pickle and its buffers.
struct Case {
    from: &'static str,
    pickle: Vec<u8>,
    buffers: Vec<Vec<u8>>,
}

impl Case {
    fn buffers(&self) -> Vec<&[u8]> {
        self.buffers.iter().map(Vec::as_slice).collect()
    }

    fn value(&self) -> Value {
        let value = PickleOptions::new().load_value_with(&self.pickle, &self.buffers());
        value.unwrap_or_else(|error| panic!("{}: {error}", self.from))
    }

    fn load<T: RestoreOwned>(&self) -> state_core::Result<T> {
        PickleOptions::new().loads_with(&self.pickle, &self.buffers())
    }
}

/// Returns the pickles of one array by all versions and protocols.
fn cases(name: &str) -> Vec<Case> {
    let cases = files!("1.26.4" "2.5.5").map(|(from, bytes)| {
        let cases: Vec<(String, Vec<u8>, Vec<Vec<u8>>)> = pickle::loads(bytes).expect("the file is read");
        let (_, pickle, buffers) = cases.into_iter().find(|case| case.0 == name).expect("it is there");
        Case { from, pickle, buffers }
    });
    cases.into()
}

#[track_caller]
fn assert_values(name: &str, dtype: &str, shape: &[usize], list: impl Into<Value>) {
    let list = list.into();
    for case in cases(name) {
        let value = case.value();
        let Value::Array(array) = &value else { panic!("{name}, {}: {value}", case.from) };
        assert_eq!(array.dtype().to_string(), dtype, "{name}, {}", case.from);
        assert_eq!(array.shape(), shape, "{name}, {}", case.from);
        assert_eq!(array.to_list(), list, "{name}, {}", case.from);
    }
}

/// Tests loading into a type, from the pickle and from its value.
#[track_caller]
fn assert_loads<T: RestoreOwned + PartialEq + std::fmt::Debug>(name: &str, wanted: &T) {
    for case in cases(name) {
        let loaded: T = case.load().unwrap_or_else(|error| panic!("{name}, {}: {error}", case.from));
        assert_eq!(loaded, *wanted, "{name}, {}", case.from);
        let loaded: T = from_value(&case.value()).unwrap_or_else(|error| panic!("{name}, {}: {error}", case.from));
        assert_eq!(loaded, *wanted, "{name}, {} as a value", case.from);
    }
}

#[track_caller]
fn assert_refused<T: RestoreOwned + std::fmt::Debug>(name: &str, words: &str) {
    for case in cases(name) {
        let error = case.load::<T>().unwrap_err().to_string();
        assert!(error.contains(words), "{name}, {}: {error}", case.from);
    }
}

fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    state_core::value::List::from_iter(items).into()
}

#[test]
fn numbers_of_each_type_and_byte_order() {
    let floats = [1.5, -0.0, f64::INFINITY];
    assert_values("f8", "<f8", &[3], list(floats));
    assert_values("f8_big", ">f8", &[3], list(floats));
    assert_values("f4", "<f4", &[2], list([0.25, 3.0]));
    assert_values("f2", "<f2", &[1], list([0.5]));
    assert_values("i1", "|i1", &[2], list([-1, 2]));
    assert_values("u1", "|u1", &[2], list([1, 255]));
    assert_values("i2_big", ">i2", &[2], list([-2, 258]));
    assert_values("i8", "<i8", &[2], list([i64::MIN, i64::MAX]));
    assert_values("u8", "<u8", &[1], list([u64::MAX]));
    assert_values("bool", "|b1", &[3], list([true, false, true]));
    assert_values("c16", "<c16", &[1], list([state_core::value::Complex::new(1.0, 2.0)]));
}

#[test]
fn text_bytes_and_times() {
    assert_values("bytes", "|S2", &[2], list([b"ab".as_slice(), b"c"]));
    assert_values("text", "<U2", &[2], list(["ab", "é"]));
    assert_values("time", "<M8[D]", &[2], list([19782.into(), Value::None]));
    assert_values("span", "<m8[25us]", &[2], list([3, -1]));
}

#[test]
fn shapes_and_orders() {
    let rows = list([list([0, 1, 2]), list([3, 4, 5])]);
    assert_values("empty", "<f8", &[0], list::<i32>([]));
    // There could be any number of lists without elements.
    assert_values("empty_2d", "<f8", &[2, 0], list::<i32>([]));
    assert_values("none_d", "<f8", &[], 2.5);
    assert_values("grid", "<i4", &[2, 3], rows.clone());
    assert_values("grid_fortran", "<i4", &[2, 3], rows);
    assert_values("strided", "<i4", &[4], list([0, 3, 6, 9]));
    // The indices in the order of the transposed axes.
    let turned = (0..3).map(|i| list((0..4).map(|j| list((0..2).map(|k| 12 * k + 4 * i + j)))));
    assert_values("box_turned", "<u2", &[3, 4, 2], list(turned));
}

#[test]
fn records_of_each_layout() {
    let rows = || list([(1, 50.0), (7, 199.0), (21, 399.5)]);
    let aligned = "{'names': ['gears', 'price'], 'formats': ['<i4', '<f8'], 'offsets': [0, 8], 'itemsize': 16, \
                   'aligned': True}";
    assert_values("aligned", aligned, &[3], rows());
    assert_values("packed", "[('gears', '<i4'), ('price', '<f8')]", &[3], rows());
    assert_values("swapped", "[('price', '>f8'), ('gears', '>i4')]", &[3], list([(50.0, 1), (199.0, 7), (399.5, 21)]));
    let nested =
        "[('at', '<f4', (3,)), ('bike', [('gears', '<i4'), ('price', '<f8')]), ('tag', '|S2'), ('word', '<U2')]";
    let row = |at: [f64; 3], bike: (i32, f64)| -> Value { (list(at), bike, b"ab".as_slice(), "é").into() };
    assert_values("nested", nested, &[2], list([row([1.0, 2.0, 3.0], (1, 50.0)), row([4.0, 5.0, 6.0], (7, 199.0))]));
    assert_values("no_fields", "|V3", &[2], list([[0; 3].as_slice(), &[0; 3]]));
}

#[test]
fn scalars_are_arrays_without_dimensions() {
    assert_values("scalar_f8", "<f8", &[], 1.5);
    assert_values("scalar_bool", "|b1", &[], true);
    for case in cases("scalar_i4_big") {
        let Value::Array(array) = case.value() else { panic!("{}", case.from) };
        assert_eq!(array.to_list(), 7);
    }
}

#[test]
fn what_is_no_array_of_bytes_stays_an_object() {
    for name in ["objects", "records", "dtype"] {
        for case in cases(name) {
            let value = case.value();
            assert!(matches!(value, Value::Object(_)), "{name}, {}: {value}", case.from);
        }
    }
}

#[derive(State, Debug, PartialEq)]
struct Bikes {
    #[state(array)]
    bikes: Vec<Bicycle>,
}

#[test]
fn lists_and_arrays_of_numbers_take_them() {
    assert_loads("f8", &vec![1.5, -0.0, f64::INFINITY]);
    assert_loads("f8_big", &[1.5, -0.0, f64::INFINITY]);
    assert_loads("f4", &vec![0.25_f32, 3.0]);
    assert_loads("i1", &vec![-1_i8, 2]);
    assert_loads("u1", &vec![1_u8, 255]);
    assert_loads("i2_big", &vec![-2_i16, 258]);
    assert_loads("i8", &vec![i64::MIN, i64::MAX]);
    assert_loads("u8", &vec![u64::MAX]);
    assert_loads("u8", &vec![u64::MAX]);
    assert_loads("bool", &vec![true, false, true]);
    assert_loads("empty", &Vec::<f64>::new());
    assert_loads("grid", &[[0, 1, 2], [3, 4, 5]]);
    assert_loads("grid_fortran", &vec![[0, 1, 2], [3, 4, 5]]);
    assert_loads("strided", &vec![0, 3, 6, 9]);
    assert_loads("i8", &Some(vec![i64::MIN, i64::MAX]));
}

#[test]
fn fields_that_hold_numbers_take_scalars() {
    assert_loads("scalar_f8", &1.5_f64);
    assert_loads("scalar_i4_big", &7_u8);
    assert_loads("scalar_bool", &true);
    assert_loads("none_d", &2.5_f64);
    assert_refused::<u8>("scalar_f8", "expected u8");
}

/// Loads a value from the pickles that Python would write of it, and as it is: the loaded value, or the error.
fn each_way<T: RestoreOwned + std::fmt::Debug>(array: Array) -> BTreeSet<String> {
    let value = Value::from(array);
    let pickles = Protocol::ALL.map(|protocol| PickleOptions::new().protocol(protocol).dump_value(&value).unwrap());
    let results = pickles.iter().map(|pickle| pickle::loads::<T>(pickle)).chain([from_value(&value)]);
    results.map(|result| result.map_or_else(|error| error.to_string(), |loaded| format!("{loaded:?}"))).collect()
}

#[test]
fn integers_of_any_size_take_scalars() {
    let scalar = |bytes: [u8; 8]| Array::scalar(Dtype::UInt(8, ByteOrder::Little), bytes.to_vec()).unwrap();
    assert_eq!(each_way::<BigInt>(scalar([0xFF; 8])), BTreeSet::from([u64::MAX.to_string()]));
    assert_eq!(each_way::<BigUint>(scalar([0; 8])), BTreeSet::from(["0".into()]));
}

#[test]
fn bytes_take_byte_strings() {
    let scalar = || Array::scalar(Dtype::Bytes(3), b"ab\0".to_vec()).unwrap();
    assert_eq!(each_way::<Vec<u8>>(scalar()), BTreeSet::from(["[97, 98]".into()]));
    assert_eq!(each_way::<[u8; 2]>(scalar()), BTreeSet::from(["[97, 98]".into()]));
}

#[test]
fn a_number_is_no_time_whose_unit_would_be_lost() {
    let unit = TimeUnit::new(1, "s").unwrap();
    for dtype in [Dtype::Datetime(unit, ByteOrder::Little), Dtype::Timedelta(unit, ByteOrder::Little)] {
        let found = format!("found a single element of {dtype}");
        let scalar = || Array::scalar(dtype.clone(), 3_i64.to_le_bytes().to_vec()).unwrap();
        assert_eq!(each_way::<i64>(scalar()), BTreeSet::from([format!("expected i64, {found}")]));
        assert_eq!(each_way::<Option<f64>>(scalar()), BTreeSet::from([format!("expected f64, {found}")]));
    }
}

#[derive(State, Debug)]
enum Fuel {
    Petrol,
    Diesel,
}

/// Their bytes in an image are not those of an element of the same size, such as `numpy.void`.
#[test]
fn lists_of_other_elements_than_numbers_take_no_arrays() {
    #[track_caller]
    fn refused<T: RestoreOwned + std::fmt::Debug>(size: usize, expected: &str) {
        let array = Array::new(Dtype::Void(size), [2], Order::C, vec![0; 2 * size]).unwrap();
        let error = format!("expected {expected}, found an array of shape [2] of |V{size}");
        assert_eq!(each_way::<T>(array), BTreeSet::from([error]));
    }
    refused::<Vec<Fuel>>(1, "list of Fuel");
    refused::<Vec<(u8, u8)>>(2, "list of tuple (u8, u8)");
    refused::<Vec<Option<u8>>>(2, "list of optional u8");
    refused::<[Option<u8>; 2]>(2, "array of 2 optional u8");
    refused::<Vec<[char; 1]>>(4, "list of array of 1 char");
    refused::<Vec<String>>(4, "list of text");
    refused::<Vec<BTreeMap<u8, u8>>>(4, "list of map of u8 to u8");
    refused::<Vec<Duration>>(12, "list of duration");
    // Numbers that NumPy does not have.
    let wide = Array::new(Dtype::Void(16), [1], Order::C, 7_u128.to_le_bytes().to_vec()).unwrap();
    assert_eq!(each_way::<Vec<u128>>(wide), BTreeSet::from(["[7]".into()]));
}

/// Returns a pickle that Python could have written, of an object whose only slot is the array.
fn in_a_slot(case: &Case) -> Vec<u8> {
    let inner = case.pickle.strip_suffix(b".").expect("it ends");
    let inner = if inner.first() == Some(&0x80) { &inner[2..] } else { inner };
    [b"c__main__\nBikes\n)\x81(".as_slice(), inner, b"tb."].concat()
}

#[test]
fn records_are_taken_by_the_names_of_their_fields() {
    for name in ["aligned", "packed", "swapped", "records"] {
        for case in cases(name) {
            let bytes = in_a_slot(&case);
            let loaded = PickleOptions::new().loads_with::<Bikes>(&bytes, &case.buffers());
            let loaded = loaded.unwrap_or_else(|error| panic!("{name}, {}: {error}", case.from));
            assert_eq!(loaded.bikes, BIKES, "{name}, {}", case.from);
        }
    }
    for case in cases("f8") {
        let error = PickleOptions::new().loads_with::<Bikes>(&in_a_slot(&case), &case.buffers()).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("Bikes.bikes") && error.contains("shape [3] of <f8"), "{error}");
        assert!(error.contains("shape [n] of {'names': ['gears', 'price']"), "{error}");
    }
}

#[test]
fn other_types_and_shapes_are_refused_in_words() {
    assert_refused::<Vec<f32>>("f8", "expected an array of shape [n] of <f4, found an array of shape [3] of <f8");
    assert_refused::<Vec<u64>>("i8", "of <u8, found an array of shape [2] of <i8");
    assert_refused::<[f64; 2]>("f8", "expected an array of shape [2] of <f8, found an array of shape [3] of <f8");
    assert_refused::<Vec<i32>>("grid", "expected an array of shape [n] of <i4, found an array of shape [2, 3] of <i4");
    assert_refused::<Vec<[i32; 2]>>("grid", "shape [n, 2] of <i4");
    assert_refused::<Vec<f64>>("none_d", "found a single element of <f8");
    assert_refused::<BTreeMap<String, i32>>("f8", "found an array of shape [3] of <f8");
    assert_refused::<Vec<i32>>("objects", "numpy");
}

/// An array is not read as a set, because it can have equal elements; it once became an empty one.
#[test]
fn an_array_is_no_set() {
    for name in ["i8", "f8", "grid", "none_d"] {
        assert_refused::<BTreeSet<i64>>(name, "expected set of i64, found ");
        assert_refused::<HashSet<String>>(name, "expected set of text, found ");
        for case in cases(name) {
            from_value::<BTreeSet<i64>>(&case.value()).unwrap_err();
        }
    }
}

/// Returns a pickle of `numpy.ndarray(shape, dtype, buffer, ..)` at protocol 2, with these arguments.
fn ndarray(arguments: &[u8]) -> Vec<u8> {
    [b"\x80\x02cnumpy\nndarray\n(".as_slice(), arguments, b"tR."].concat()
}

fn array(pickle: &[u8]) -> Array {
    match pickle::load_value(pickle) {
        Ok(Value::Array(array)) => *array,
        other => panic!("{other:?}"),
    }
}

#[test]
fn arrays_over_a_buffer_by_public_names() {
    // ((2, 2), '<u2', b'...', 1, (2, 4)): strides in Fortran's order, after an offset of one byte.
    let fortran =
        array(&ndarray(b"K\x02K\x02\x86U\x03<u2U\x0a\x09\x01\x00\x03\x00\x02\x00\x04\x00\x09K\x01K\x02K\x04\x86"));
    assert_eq!(fortran.to_list(), list([list([1, 2]), list([3, 4])]));
    let named = array(&ndarray(b"K\x02K\x02\x86U\x03<u2C\x08\x01\x00\x03\x00\x02\x00\x04\x00K\x00NU\x01F"));
    assert_eq!(named, fortran);
    let layout =
        b"K\x01\x85cnumpy\ndtype\n}(U\x05names]U\x01aaU\x07formats]U\x02u1aU\x07offsets]K\x01aU\x08itemsizeK\x03\
                   u\x85RC\x03\x00\x05\x00";
    let record = array(&ndarray(layout));
    assert_eq!(record.to_list(), list([(5,)]));
    let fields = array(&ndarray(b"K\x01\x85](U\x01aU\x02u1\x86U\x01bU\x02u1K\x02\x87eC\x03\x01\x02\x03"));
    assert_eq!(fields.to_list(), list([(1, list([2, 3]))]));
}

#[test]
fn elements_that_lie_apart_stay_a_call() {
    let apart = ndarray(b"K\x02\x85U\x03<u2C\x08\x01\x00\x03\x00\x02\x00\x04\x00K\x00K\x04\x85");
    assert!(matches!(pickle::load_value(&apart), Ok(Value::Object(_))));
    let unfilled = ndarray(b"K\x02\x85U\x03<u2");
    assert!(matches!(pickle::load_value(&unfilled), Ok(Value::Object(_))));
}

#[test]
fn lies_about_lengths_are_errors() {
    let refused = |pickle: &[u8], words: &str| {
        let error = pickle::load_value(pickle).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        let error = pickle::loads::<Vec<u8>>(pickle).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    refused(&ndarray(b"K\x05\x85U\x02u1C\x04abcd"), "shape [5] of |u1, found 4 bytes");
    refused(&ndarray(b"K\x05\x85U\x02u1C\x05abcdeK\x01"), "shape [5] of |u1, found 4 bytes");
    refused(&ndarray(b"K\x01\x85U\x02u1C\x05abcdeJ\xff\xff\xff\xff"), "found 0 bytes");
    // 2**62 times 2**62.
    let huge = b"\x8a\x08\0\0\0\0\0\0\0\x40\x8a\x08\0\0\0\0\0\0\0\x40\x86U\x02u1C\x04abcd";
    if cfg!(target_pointer_width = "64") {
        refused(&ndarray(huge), "found 4 bytes");
    } else {
        // Here no array can be that large, so it remains a call.
        assert!(matches!(pickle::load_value(&ndarray(huge)), Ok(Value::Object(_))));
        pickle::loads::<Vec<u8>>(&ndarray(huge)).unwrap_err();
    }
    let state = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01K\x03\x85U\x02u1\x89C\x02abtb.";
    refused(state, "shape [3] of |u1, found 2 bytes");
    let frombuffer = b"cnumpy.core.numeric\n_frombuffer\n(C\x02abU\x02u1K\x03\x85U\x01CtR.";
    refused(frombuffer, "shape [3] of |u1, found 2 bytes");
    let outside =
        b"K\x01\x85cnumpy\ndtype\n}(U\x05names]U\x01aaU\x07formats]U\x02u1aU\x07offsets]K\x07aU\x08itemsizeK\x03\
                    u\x85RC\x03\x00\x05\x00";
    refused(&ndarray(outside), "a field inside the 3 bytes of its record");
}

/// A megabyte to which ten thousand arrays refer is copied for only a few of them.
#[test]
fn bytes_that_many_arrays_share_are_not_copied_for_each() {
    let mut bomb = b"\x80\x04](cnumpy\nndarray\nq\x00J\x00\x00\x10\x00\x85\x8c\x02u1B\x00\x00\x10\x00".to_vec();
    bomb.resize(bomb.len() + (1 << 20), 7);
    bomb.extend(b"\x87q\x01R");
    bomb.extend(b"h\x00h\x01R".repeat(10_000));
    bomb.extend(b"e.");
    let Ok(Value::List(arrays)) = pickle::load_value(&bomb) else { panic!("a list") };
    assert_eq!(arrays.len(), 10_001);
    let copied = arrays.iter().filter(|array| matches!(array, Value::Array(_))).count();
    assert!((1..10).contains(&copied), "{copied}");
    let error = pickle::loads::<Vec<Vec<u8>>>(&bomb).unwrap_err().to_string();
    assert!(error.contains("shared parts"), "{error}");
}

/// Nested record types, each used twice, with 2^30 fields in total; and one that contains itself.
#[test]
fn types_that_grow_out_of_all_bounds_are_refused() {
    let mut wide = b"\x80\x04cnumpy\nndarray\nK\x01\x85\x8c\x02u1q\x00".to_vec();
    for level in 0..30_u8 {
        let again = [b'h', level, 0x86];
        wide.extend(b"0](\x8c\x01a");
        wide.extend(again);
        wide.extend(b"\x8c\x01b");
        wide.extend(again);
        wide.extend([b'e', b'q', level + 1]);
    }
    wide.extend(b"C\x01a\x87R.");
    assert!(pickle::load_value(&wide).is_err());
    let itself = ndarray(b"K\x01\x85]q\x00(U\x01ah\x00\x86U\x01bh\x00\x86eC\x01a");
    assert!(pickle::load_value(&itself).is_err());
    assert!(pickle::loads::<Vec<u8>>(&itself).is_err());
}

/// Arrays of plain numbers and of records, as Python 2 writes them.
#[test]
fn arrays_of_python_2_are_read_with_strings_as_bytes() {
    let array = |dtype: &str, state: &str, len: u8, memory: &[u8]| {
        let head = format!(
            "\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\u{85}U\x01b\u{87}R(K\x01K\x02\u{85}cnumpy\ndtype\n\
             U\x02{dtype}K\0K\x01\u{87}R{state}b\u{89}U"
        );
        let mut pickle: Vec<u8> = head.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
        pickle.insert(0, 0x80);
        [&pickle, &[len][..], memory, b"tb."].concat()
    };
    let ends = "NNNJ\u{ff}\u{ff}\u{ff}\u{ff}J\u{ff}\u{ff}\u{ff}\u{ff}K\0t";
    let memory = [(-2_i64).to_be_bytes(), 0x8081_i64.to_be_bytes()].concat();
    let numbers = array("i8", &format!("(K\x03U\x01>{ends}"), 16, &memory);
    let record = "(K\x03U\x01|NU\x01a\u{85}}U\x01acnumpy\ndtype\nU\x02u1K\0K\x01\u{87}R\
                  (K\x03U\x01|NNNJ\u{ff}\u{ff}\u{ff}\u{ff}J\u{ff}\u{ff}\u{ff}\u{ff}K\0tbK\0\u{86}sK\x01K\x01K\0t";
    let records = array("V1", record, 2, &[200, 7]);
    for strings in [Strings::Bytes, Strings::Latin1] {
        let options = PickleOptions::new().strings(strings);
        assert_eq!(options.loads::<Vec<i64>>(&numbers).unwrap(), [-2, 0x8081]);
        let value = options.load_value(&numbers).unwrap();
        assert_eq!(from_value::<Vec<i64>>(&value).unwrap(), [-2, 0x8081]);
        assert_eq!(value, PickleOptions::new().strings(Strings::Latin1).load_value(&numbers).unwrap());
        let value = options.load_value(&records).unwrap();
        assert!(value.as_array().is_some(), "{value}");
    }
}

/// Aligned fields would have to be laid out as in C, and a dropped call would be lost.
#[test]
fn types_of_elements_that_are_not_all_known_stay_calls() {
    let bytes = b"C\x08\x01\x00\x00\x00\x02\x00\x00\x00";
    let of = |dtype: &[u8]| ndarray(&[b"K\x01\x85", dtype, bytes].concat());
    let fields = b"](U\x01aU\x02u1\x86U\x01bU\x02u4\x86e";
    let layout = b"}(U\x05names](U\x01aU\x01beU\x07formats](U\x02u1U\x02u4eU\x08itemsizeK\x08";
    let dtype = |arguments: &[&[u8]]| of(&[b"cnumpy\ndtype\n(", &arguments.concat()[..], b"tR"].concat());
    for known in
        [dtype(&[fields]), dtype(&[fields, b"I00\n"]), dtype(&[layout, b"u"]), dtype(&[layout, b"U\x07alignedI00\nu"])]
    {
        // As in NumPy: five bytes of packed fields, or eight of which the last are unused.
        match pickle::load_value(&known) {
            Ok(Value::Array(array)) => assert_eq!(array.to_list(), list([(1, 0x0200_0000)])),
            // Elements of five bytes do not fill eight.
            other => assert!(other.unwrap_err().to_string().contains("found 8 bytes")),
        }
    }
    for aligned in [dtype(&[fields, b"I01\n"]), dtype(&[layout, b"U\x07alignedI01\nu"])] {
        let value = pickle::load_value(&aligned).unwrap();
        assert!(matches!(value, Value::Object(_)), "{value}");
    }
    let dropped = of(b"cos\nsystem\n(U\x02lstR0cnumpy\ndtype\n(U\x02u1tR");
    let value = pickle::load_value(&dropped).unwrap();
    assert!(value.to_string().contains("dtype('u1', after system('ls'))"), "{value}");
}

/// What an element type says beyond the elements is not lost: the class of records, titles of fields, notes of
/// programs. Types of Rust read the elements.
#[test]
fn types_of_elements_with_more_than_elements_stay_calls() {
    let ends = "NNNJ\u{ff}\u{ff}\u{ff}\u{ff}J\u{ff}\u{ff}\u{ff}\u{ff}K\0";
    let dtype = |first: &str, state: &str| format!("cnumpy\ndtype\n({first}I00\nI01\ntR({state}tb");
    let byte = dtype("U\x02u1", &format!("K\x03U\x01|{ends}"));
    let record = |class: &str, title: &str, names: &str| {
        let field = |name: &str, offset: &str, title: &str| format!("U\x01{name}({byte}{offset}{title}t");
        let named = if title.is_empty() { String::new() } else { field("t", "K\0", title) };
        let fields = [field("a", "K\0", title), field("b", "K\x01", ""), named].concat();
        dtype(class, &format!("{names}U\x01|N(U\x01aU\x01bt}}({fields}uK\x02K\x01K\x10"))
    };
    let noted = dtype("U\x02u1", &format!("K\x04U\x01|{ends}}}U\x01xK\x01s"));
    let of = |dtype: &str, bytes: &str| {
        ndarray(&[&b"K\x01\x85"[..], &letters(dtype), b"C", &[bytes.len() as u8], bytes.as_bytes()].concat())
    };
    let plain = of(&record("U\x02V2", "", "K\x03"), "\x01\x02");
    assert_eq!(array(&plain).to_list(), list([(1, 2)]));
    assert_eq!(array(&of(&byte, "\x07")).to_list(), list([7]));
    for (more, bytes) in [
        (record("cnumpy\nrecord\n", "", "K\x03"), "\x01\x02"),
        (record("U\x02V2", "U\x01t", "K\x03"), "\x01\x02"),
        (noted.clone(), "\x07"),
    ] {
        let pickle = of(&more, bytes);
        let value = pickle::load_value(&pickle).unwrap();
        assert!(matches!(value, Value::Object(_)), "{value}");
        assert_eq!(pickle::Pickle::open(&pickle).unwrap().to_string(), value.to_string());
        assert_eq!(pickle::load_value(&pickle::dump_value(&value).unwrap()).unwrap(), value);
    }
    assert_eq!(pickle::loads::<Vec<u8>>(&of(&noted, "\x07")).unwrap(), [7]);
}

/// A pickle from text whose letters are bytes.
fn letters(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
}
