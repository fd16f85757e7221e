//! `#[state(array)]`: raw arrays in one slot that keep the type of their elements, in native bytes and dynamic values.

use std::borrow::Cow;
use std::sync::Arc;

use state_core::value::{self, Array, Dtype, Field, Order, Value};
use state_core::{
    Error, ErrorKind, Inspection, Options, Record, RestoreOwned, State, StateExt, check, dumps, from_value, image,
    load_into, loads, pickle, to_value,
};

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Arrays {
    #[state(array)]
    records: Vec<Bicycle>,
    #[state(array)]
    floats: Box<[f32]>,
    #[state(array)]
    fixed: [i16; 3],
    #[state(array)]
    maybe: Option<Vec<u64>>,
    #[state(array)]
    flags: Vec<bool>,
    #[state(array)]
    shared: Arc<[u8]>,
    #[state(array)]
    grid: Vec<[f64; 2]>,
}

fn arrays() -> Arrays {
    Arrays {
        records: vec![Bicycle { gears: 7, price: 199.0 }, Bicycle { gears: 21, price: 399.5 }],
        floats: Box::new([1.5, f32::INFINITY]),
        fixed: [-1, 0, 1],
        maybe: Some(vec![u64::MAX]),
        flags: vec![true, false, true],
        shared: Arc::new([1, 2, 3]),
        grid: vec![[1.0, 2.0], [3.0, 4.0]],
    }
}

fn empty() -> Arrays {
    Arrays {
        records: vec![],
        floats: Box::new([]),
        fixed: [0; 3],
        maybe: None,
        flags: vec![],
        shared: Arc::new([]),
        grid: vec![],
    }
}

#[test]
fn arrays_come_back_new_and_in_place() {
    for value in [arrays(), empty()] {
        let bytes = dumps(&value).unwrap();
        assert_eq!(loads::<Arrays>(&bytes).unwrap(), value);
        for mut target in [arrays(), empty()] {
            load_into(&bytes, &mut target).unwrap();
            assert_eq!(target, value);
        }
    }
}

#[test]
fn borrowed_arrays_stay_where_they_are() {
    #[derive(State, Debug, PartialEq)]
    struct View<'a> {
        #[state(array)]
        slice: &'a [u8],
        #[state(array)]
        cow: Cow<'a, [i32]>,
    }
    let value = View { slice: &[1, 2, 3], cow: Cow::Borrowed(&[4, -5]) };
    let bytes = dumps(&value).unwrap();
    let view: View<'_> = loads(&bytes).unwrap();
    assert_eq!(view, value);
    assert!(bytes.as_ptr_range().contains(&view.slice.as_ptr()));
}

#[derive(State, Debug)]
#[state(name = "Flags")]
struct Flags {
    #[state(array)]
    flags: Vec<bool>,
}

/// A byte that is no `bool` gives the same error on every way of loading, with its place.
#[test]
fn a_flag_is_zero_or_one() {
    let mut bytes = Options::new().with_schema().dumps(&Flags { flags: vec![true; 3] }).unwrap();
    let at = bytes.len() - 15;
    bytes[at] = 2;
    let expected = format!("Flags.flags[1]: expected a bool (0 or 1), found 2 at byte {at}");
    let same = |error: Error| assert_eq!(error.to_string(), expected);
    same(loads::<Flags>(&bytes).unwrap_err());
    same(check::<Flags>(&bytes).unwrap_err());
    let mut live = Flags { flags: vec![false; 3] };
    same(load_into(&bytes, &mut live).unwrap_err());
    assert_eq!(live.flags, [false; 3]);
    let inspection = Inspection::open(&bytes).unwrap();
    same(inspection.value().unwrap_err());
    same(inspection.tree().unwrap_err());
}

/// Values and pickles have no byte position to report, but the same path.
#[test]
fn a_flag_of_a_value_or_pickle_is_zero_or_one() {
    #[derive(State, Debug)]
    #[state(name = "Flags")]
    struct List(Vec<bool>);
    #[derive(State, Debug)]
    #[state(name = "Flags")]
    struct Fixed([bool; 3]);
    #[derive(State, Debug)]
    #[state(name = "Flags")]
    struct Maybe(#[state(array)] Option<Box<[bool]>>);

    fn refused<T: RestoreOwned + std::fmt::Debug>(slot: &str, value: &Value) {
        let state = Value::from(value::Object::new("Flags", [value.clone()]));
        let expected = format!("Flags.{slot}[1]: expected a bool (0 or 1), found 2");
        assert_eq!(from_value::<T>(&state).unwrap_err().to_string(), expected);
        for protocol in pickle::Protocol::ALL {
            let pickled = pickle::PickleOptions::new().protocol(protocol).dump_value(&state).unwrap();
            assert_eq!(pickle::loads::<T>(&pickled).unwrap_err().to_string(), expected);
        }
    }
    let array = Array::new(Dtype::Bool, [3], Order::C, vec![1, 2, 0]).unwrap();
    let array = Value::Array(array.into());
    refused::<Flags>("flags", &array);
    refused::<Flags>("flags", &vec![1_u8, 2, 0].into());
    refused::<Maybe>("0", &array);
    refused::<Maybe>("0", &vec![1_u8, 2].into());
    refused::<List>("0", &array);
    refused::<Fixed>("0", &array);
}

/// An inspection shows the same as the live value, also in a program that does not know the type.
#[test]
fn an_inspection_shows_the_value_as_it_is() {
    #[derive(State)]
    #[state(name = "Both")]
    struct Both {
        #[state(bytes)]
        counted: Vec<f64>,
        #[state(array)]
        arrays: Vec<f64>,
        more: Vec<Arrays>,
        #[state(bytes, uncounted)]
        bytes: Vec<f64>,
        one: Box<[Option<Arrays>; 1]>,
    }
    let bytes_alone =
        Both { counted: vec![0.5], arrays: vec![], more: vec![], bytes: vec![1.5], one: Box::new([None]) };
    let both =
        Both { arrays: vec![1.5], more: vec![arrays(), empty()], one: Box::new([Some(arrays())]), ..bytes_alone };
    let shown = to_value(&both).unwrap();
    let bytes = Options::new().with_schema().dumps(&both).unwrap();
    let inspection = Inspection::open(&bytes).unwrap();
    assert_eq!(inspection.value().unwrap(), shown);
    assert!(shown.to_string().contains("array([1.5]), [Arrays("), "{shown}");
    let tree = inspection.tree().unwrap();
    assert!(tree.contains("  arrays: array of shape [1]\n"), "{tree}");
    assert!(tree.contains("  bytes: 8 bytes, 1 of f64\n"), "{tree}");

    let mut buffer = image::SegmentBuffer::new();
    let segments = Options::new().with_schema().dump_segments(&both, &mut buffer).unwrap();
    assert_eq!(segments.iter().collect::<Vec<_>>().concat(), bytes);

    let mut writer = image::stream::StreamWriter::new(Vec::new()).unwrap();
    writer.write(&both).unwrap();
    let stream = writer.into_inner();
    let mut reader = image::stream::StreamReader::new(&*stream).unwrap();
    assert!(reader.advance().unwrap());
    assert_eq!(reader.inspect().unwrap().value().unwrap(), shown);
}

/// An array field can be shown differently in a new version: a file with the old form in its schema still loads.
#[test]
fn a_file_that_says_how_its_arrays_show_loads_as_the_type_with_bytes() {
    mod bytes {
        #[derive(state_core::State, Debug, PartialEq)]
        #[state(name = "Flat")]
        pub struct Flat(#[state(bytes, uncounted)] pub Vec<f64>);
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Flat")]
    struct Flat(#[state(array)] Vec<f64>);

    let (new, old) = (Flat(vec![1.5, 2.5]), bytes::Flat(vec![1.5, 2.5]));
    let options = Options::new().with_schema();
    let (new_bytes, old_bytes) = (options.dumps(&new).unwrap(), options.dumps(&old).unwrap());
    assert_eq!(loads::<bytes::Flat>(&new_bytes).unwrap(), old);
    assert_eq!(loads::<Flat>(&old_bytes).unwrap(), new);
    assert_eq!(dumps(&new).unwrap(), dumps(&old).unwrap());
    let shown = |bytes: &[u8]| Inspection::open(bytes).unwrap().value().unwrap();
    assert_eq!((shown(&new_bytes), shown(&old_bytes)), (to_value(&new).unwrap(), to_value(&old).unwrap()));

    // The bits have one valid form: any other number of them, or of their bytes, is no valid schema.
    let row = 44;
    assert_eq!((new_bytes[5], &new_bytes[row..row + 5]), (17, &[1, 0, 0, 0, 1][..]));
    for (at, byte) in [(row + 4, 3), (row + 4, 0x81), (row, 0), (row, 2), (row, 0xFF), (row + 3, 0xFF)] {
        let mut damaged = new_bytes.clone();
        damaged[at] = byte;
        Inspection::open(&damaged).unwrap_err();
    }
    let mut without_schema = dumps(&new).unwrap();
    without_schema[5] = 16;
    assert_eq!(loads::<Flat>(&without_schema).unwrap_err().kind(), ErrorKind::Version);
}

#[test]
fn the_state_has_one_slot_for_each() {
    for value in [arrays(), empty()] {
        let state = value.get_state().unwrap();
        assert_eq!(state.len(), 7);
        let mut target = empty();
        target.set_state(state).unwrap();
        assert_eq!(target, value);
    }
}

/// Raw arrays and their pickled form do not affect the bytes, so changes that only affect how a state is shown keep the
/// fingerprint.
#[test]
fn the_fingerprint_is_that_of_uncounted_bytes() {
    mod bytes {
        #[derive(state_core::State)]
        #[state(name = "Shop")]
        pub struct Shop {
            #[state(bytes, uncounted)]
            pub prices: Vec<f64>,
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Shop", pickle = "dict")]
    struct Shop {
        #[state(array)]
        prices: Vec<f64>,
    }
    fn is_owned<T: RestoreOwned>() {}
    is_owned::<Shop>();
    let old = dumps(&bytes::Shop { prices: vec![1.5, 2.5] }).unwrap();
    let new = Shop { prices: vec![1.5, 2.5] };
    assert_eq!(dumps(&new).unwrap(), old);
    assert_eq!(loads::<Shop>(&old).unwrap(), new);
}

/// An array keeps the element type where the state is shown, and loads from any layout of the same type.
#[test]
fn the_state_shows_arrays() {
    #[derive(State, Debug, PartialEq)]
    struct Grid {
        #[state(array)]
        rows: Vec<[i16; 2]>,
        #[state(array)]
        records: Vec<Bicycle>,
    }
    let grid = Grid { rows: vec![[1, 2], [3, -4]], records: vec![Bicycle { gears: 7, price: 0.5 }] };
    let state = grid.get_state().unwrap();
    assert_eq!(state[0].to_string(), "array([[1, 2], [3, -4]], dtype=int16)");
    let Value::Array(records) = &state[1] else { panic!("{}", state[1]) };
    let layout =
        "{'names': ['gears', 'price'], 'formats': ['<i4', '<f8'], 'offsets': [0, 8], 'itemsize': 16, 'aligned': True}";
    assert_eq!(records.dtype().to_string(), layout);

    let big: Vec<u8> = [1_i16, 3, 2, -4].iter().flat_map(|number| number.to_be_bytes()).collect();
    let rows = Array::new(">i2".parse().unwrap(), [2, 2], Order::Fortran, big).unwrap();
    let fields = ["price", "gears"].map(|name| Field {
        name: name.into(),
        dtype: if name == "gears" { "<i4" } else { ">f8" }.parse().unwrap(),
        offset: if name == "gears" { 8 } else { 0 },
    });
    let packed = Dtype::Structured(value::Structured::new(fields.into(), 12, false).unwrap());
    let bytes = [&0.5_f64.to_be_bytes()[..], &7_i32.to_le_bytes()].concat();
    let records = Array::new(packed, [1], Order::C, bytes).unwrap();
    let mut target = Grid { rows: vec![], records: vec![] };
    target.set_state((Value::Array(rows.into()), Value::Array(records.into()))).unwrap();
    assert_eq!(target, grid);

    let wrong = |text: &str, shape: &[usize], bytes: usize| {
        let array = Array::new(text.parse().unwrap(), shape, Order::C, vec![0; bytes]).unwrap();
        let error = Grid { rows: vec![], records: vec![] }.set_state((Value::Array(array.into()), vec![0_u8; 0]));
        assert_eq!(error.unwrap_err().expected(), "an array of shape [n, 2] of <i2");
    };
    wrong("<i4", &[1, 2], 8);
    wrong("<u2", &[0, 2], 0);
    wrong("<i2", &[1, 3], 6);
    wrong("<i2", &[4], 8);
}
