//! `ndarray`'s arrays: in every format, from NumPy's pickles of every order, and back.

#[path = "values/harness.rs"]
mod harness;

use harness::values;
use ndarray::{Array, Array0, Array1, Array2, Array3, ArrayD, Axis, array};
use state_core::pickle::{self, PickleOptions, Protocol};
use state_core::value::{Tuple, Value};
use state_core::{Inspection, Record, RestoreOwned, dumps, from_value, load_into, loads, to_value};

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

fn grid() -> Array2<i32> {
    array![[0, 1, 2], [3, 4, 5]]
}

#[test]
fn arrays_come_through_every_door() {
    values(&[grid(), array![[-1]], Array2::zeros((0, 3)), Array2::zeros((3, 0)), array![[1], [2]]]);
    values(&[grid().reversed_axes(), grid()]);
    values(&[Array0::from_elem((), 2.5), Array0::from_elem((), -0.0)]);
    values(&[array![1_u8, 2, 3], array![]]);
    values(&[
        ArrayD::<u16>::zeros(vec![2, 1, 2]),
        ArrayD::zeros(vec![]),
        ArrayD::zeros(vec![1; 9]),
        ArrayD::zeros(vec![0]),
    ]);
    values(&[array![Bicycle { gears: 7, price: 199.0 }, Bicycle { gears: 1, price: 0.5 }], array![]]);
    values(&[array![[[1.0, 2.0], [3.0, 4.0]]].mapv(|number| [number, 0.5])]);
    values(&[vec![grid(), grid() + 1], vec![]]);
}

/// A file of `tests/data/pickle/numpy`: pickles and their buffers, by name.
fn from_numpy(name: &str) -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
    let files = [
        include_bytes!("data/pickle/numpy/1.26.4_p2.pkl").as_slice(),
        include_bytes!("data/pickle/numpy/2.5.5_p4.pkl"),
        include_bytes!("data/pickle/numpy/2.5.5_p5.pkl"),
        include_bytes!("data/pickle/numpy/2.5.5_p5_buffers.pkl"),
    ];
    let find = |file: &[u8]| {
        let cases: Vec<(String, Vec<u8>, Vec<Vec<u8>>)> = pickle::loads(file).unwrap();
        cases.into_iter().find(|case| case.0 == name).map(|(_, pickle, buffers)| (pickle, buffers))
    };
    files.into_iter().filter_map(find).collect()
}

#[track_caller]
fn assert_loads<T: RestoreOwned + PartialEq + std::fmt::Debug>(name: &str, wanted: &T) {
    let cases = from_numpy(name);
    assert_eq!(cases.len(), 4);
    for (pickle, buffers) in cases {
        let buffers: Vec<&[u8]> = buffers.iter().map(Vec::as_slice).collect();
        assert_eq!(PickleOptions::new().loads_with::<T>(&pickle, &buffers).unwrap(), *wanted, "{name}");
        let value = PickleOptions::new().load_value_with(&pickle, &buffers).unwrap();
        assert_eq!(from_value::<T>(&value).unwrap(), *wanted, "{name}");
    }
}

#[test]
fn they_are_read_from_numpy() {
    assert_loads("grid", &grid());
    assert_loads("grid_fortran", &grid());
    assert_loads("grid", &grid().into_dyn());
    assert_loads("box_turned", &Array3::from_shape_fn((3, 4, 2), |(i, j, k)| (12 * k + 4 * i + j) as u16));
    assert_loads("f8_big", &array![1.5, -0.0, f64::INFINITY]);
    assert_loads("empty_2d", &Array2::<f64>::zeros((2, 0)));
    assert_loads("none_d", &Array0::from_elem((), 2.5));
    assert_loads("scalar_f8", &Array0::from_elem((), 1.5));
    let bikes = [(1, 50.0), (7, 199.0), (21, 399.5)].map(|(gears, price)| Bicycle { gears, price });
    assert_loads("swapped", &Array1::from_iter(bikes));
    let (pickle, _) = &from_numpy("grid")[0];
    let error = pickle::loads::<Array1<i32>>(pickle).unwrap_err().to_string();
    assert!(error.contains("shape [n] of <i4, found an array of shape [2, 3] of <i4"), "{error}");
    let error = pickle::loads::<ArrayD<i64>>(pickle).unwrap_err().to_string();
    assert!(error.contains("shape [..] of <i8, found an array of shape [2, 3] of <i4"), "{error}");
}

#[test]
fn lengths_and_bytes_are_an_array_too() {
    let bytes: Vec<u8> = grid().iter().flat_map(|number| number.to_le_bytes()).collect();
    let array = |lengths: Vec<Value>, bytes: &[u8]| Value::from((Value::from(Tuple::from(lengths)), bytes));
    for protocol in Protocol::ALL {
        let given = array(vec![2.into(), 3.into()], &bytes);
        let pickle = PickleOptions::new().protocol(protocol).dump_value(&given).unwrap();
        assert_eq!(pickle::loads::<Array2<i32>>(&pickle).unwrap(), grid());
        assert_eq!(from_value::<ArrayD<i32>>(&given).unwrap(), grid().into_dyn());
        let line = PickleOptions::new().protocol(protocol).dump_value(&bytes.as_slice().into()).unwrap();
        assert_eq!(pickle::loads::<Array1<i32>>(&line).unwrap(), array![0, 1, 2, 3, 4, 5]);
    }
    let few = [
        (vec![2, 2], 24, "expected the 16 bytes of an array of shape [2, 2] of i32, found 24"),
        (vec![2, 4], 24, "expected the 32 bytes of an array of shape [2, 4] of i32, found 24"),
        (
            vec![1 << 20, 1 << 20],
            0,
            if cfg!(target_pointer_width = "64") { "found 0" } else { "expected the bytes of an" },
        ),
        (vec![6], 24, "found tuple of length 2"),
        (vec![1, 2, 3], 24, "found tuple of length 2"),
        (vec![-2, -3], 24, "found tuple of length 2"),
    ];
    for (lengths, len, words) in few {
        let given = array(lengths.into_iter().map(|length: i64| length.into()).collect(), &bytes[..len]);
        let error = from_value::<Array2<i32>>(&given).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    assert!(from_value::<Array2<i32>>(&bytes.as_slice().into()).is_err());
    assert!(from_value::<Array1<i32>>(&bytes[..7].into()).is_err());
}

#[test]
fn they_are_written_as_numpy_has_them() {
    for protocol in Protocol::ALL {
        let options = PickleOptions::new().protocol(protocol);
        let pickle = options.dumps(&grid()).unwrap();
        let Value::Array(array) = pickle::load_value(&pickle).unwrap() else { panic!("an array") };
        assert_eq!((array.shape(), array.dtype().to_string().as_str()), ([2, 3].as_slice(), "<i4"));
        assert_eq!(pickle::loads::<Array2<i32>>(&pickle).unwrap(), grid());
        let pairs = Array::from_elem((2, 2), [1.0_f64, 2.0]);
        assert_eq!(pickle::loads::<Array2<[f64; 2]>>(&options.dumps(&pairs).unwrap()).unwrap(), pairs);
    }
}

#[test]
fn a_restore_keeps_what_it_can() {
    let mut target = Array2::<i32>::zeros((2, 3));
    let before = target.as_ptr();
    load_into(&dumps(&grid()).unwrap(), &mut target).unwrap();
    assert_eq!(target, grid());
    // Where numbers in memory have another byte order than in an image, the array is allocated again.
    assert!(target.as_ptr() == before || cfg!(target_endian = "big"));
    // Transposed and sliced arrays have another layout in memory, and are equal arrays.
    let mut cut = Array2::<i32>::zeros((4, 4));
    cut.invert_axis(Axis(0));
    cut.slice_collapse(ndarray::s![1..3, 0..3]);
    load_into(&dumps(&grid()).unwrap(), &mut cut).unwrap();
    assert_eq!(cut, grid());
    assert_eq!(dumps(&grid().reversed_axes().reversed_axes()).unwrap(), dumps(&grid()).unwrap());
}

#[test]
fn a_file_tells_of_them_by_itself() {
    let bytes = state_core::Options::new().with_schema().dumps(&grid()).unwrap();
    let inspection = Inspection::open(&bytes).unwrap();
    assert_eq!(inspection.value().unwrap(), to_value(&grid()).unwrap());
    let tree = "array of shape [2, 3]\n  24 bytes, 6 of i32\n    0\n    1\n    2\n    3\n    4\n    5\n";
    assert_eq!(inspection.tree().unwrap(), tree);
    assert!(loads::<Array3<i32>>(&dumps(&grid()).unwrap()).is_err());
    assert!(loads::<ArrayD<i32>>(&dumps(&grid()).unwrap()).is_err());
}
