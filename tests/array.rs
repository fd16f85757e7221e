//! `#[state(array)]`: raw arrays in one slot that keep the type of their elements, through the native and dynamic doors.

use std::borrow::Cow;
use std::sync::Arc;

use state_core::value::{self, Array, Dtype, Field, Order, Value};
use state_core::{Record, RestoreOwned, State, StateExt, dumps, load_into, loads};

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

#[test]
fn a_flag_is_zero_or_one() {
    #[derive(State, Debug)]
    struct Flags {
        #[state(array)]
        flags: Vec<bool>,
    }
    let mut bytes = dumps(&Flags { flags: vec![true; 3] }).unwrap();
    let at = bytes.len() - 16;
    bytes[at] = 2;
    assert!(loads::<Flags>(&bytes).is_err());
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

/// Arrays, and how they are pickled, are no matter of the bytes: what only shows a state otherwise can be changed.
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

/// An array keeps the type of its elements where the state is looked at, and comes back from any layout of the same type.
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
    let packed = Dtype::Record(value::Record::new(fields.into(), 12, false).unwrap());
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
