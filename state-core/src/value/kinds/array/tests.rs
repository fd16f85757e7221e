use alloc::{string::ToString, vec, vec::Vec};

use crate::error::ErrorKind;
use crate::value::{Array, ByteOrder, Dtype, Field, Order, Structured, Subarray, Value};

fn dtype(text: &str) -> Dtype {
    text.parse().unwrap_or(Dtype::Bool)
}

fn array(dtype_text: &str, shape: &[usize], order: Order, bytes: Vec<u8>) -> Array {
    Array::new(dtype(dtype_text), shape, order, bytes).unwrap_or_else(|error| panic!("{error}"))
}

fn bicycle(offset: usize, itemsize: usize, aligned: bool) -> Dtype {
    let gears = Field { name: "gears".into(), dtype: dtype("<i4"), offset: 0 };
    let price = Field { name: "price".into(), dtype: dtype(">f8"), offset };
    Structured::new(vec![gears, price], itemsize, aligned).map_or(Dtype::Bool, Dtype::Structured)
}

#[test]
fn types_are_read_and_printed_alike() {
    for text in [
        "|b1", "|i1", "|u1", "<i2", ">i4", "<u8", "<f2", ">f4", "<c16", "|S0", "|S5", "<U3", ">U3", "|V16", "<M8[ns]",
        "<m8[25s]", "<M8",
    ] {
        assert_eq!(text.parse::<Dtype>().map(|dtype| dtype.to_string()).as_deref().ok(), Some(text));
    }
    assert_eq!(dtype("?"), Dtype::Bool);
    for text in ["", "<", "O", "<f16", "<i3", "<i", "f8x", "é4", "<M8[parsec]", "<M8[0s]", "|S99999999999999999999"] {
        assert!(text.parse::<Dtype>().is_err(), "{text}");
    }
}

#[test]
fn both_orders_hold_the_same_elements() {
    let c = array("<i2", &[2, 3], Order::C, [0_i16, 1, 2, 3, 4, 5].iter().flat_map(|n| n.to_le_bytes()).collect());
    let f =
        array("<i2", &[2, 3], Order::Fortran, [0_i16, 3, 1, 4, 2, 5].iter().flat_map(|n| n.to_le_bytes()).collect());
    assert_eq!(c, f);
    assert_eq!(c.to_list().to_string(), "[[0, 1, 2], [3, 4, 5]]");
    assert_eq!(f.to_list(), c.to_list());
    assert_eq!(f.get(&[1, 2]), Some(5.into()));
    assert_eq!((f.get(&[1, 3]), f.get(&[1])), (None, None));
    assert_eq!(f.elements().collect::<Vec<_>>(), (0..6).map(Value::from).collect::<Vec<_>>());
}

#[test]
fn elements_of_every_type() {
    let element = |text: &str, bytes: &[u8]| dtype(text).read(bytes).to_string();
    let cases = [
        (element("?", &[2]), "True"),
        (element("<i2", &[0xff, 0xff]), "-1"),
        (element(">u2", &[1, 2]), "258"),
        (element("<u8", &[0xff; 8]), "18446744073709551615"),
        (element("<f2", &[0, 0x3c]), "1.0"),
        (element("<f2", &[1, 0]), "5.960464477539063e-08"),
        (element("<f2", &[0, 0xfc]), "-inf"),
        (element("<f2", &[0xff, 0x7b]), "65504.0"),
        (element(">f4", &[0x3f, 0xc0, 0, 0]), "1.5"),
        (element("<c8", &[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]), "(1-2j)"),
        (element("S4", b"ab\0\0"), "b'ab'"),
        (element("<U2", &[0xe9, 0, 0, 0, 0, 0, 0, 0]), "'é'"),
        (element("<U1", &[0, 0xd8, 0, 0]), r"'\ud800'"),
        (element("<U1", &[0, 0, 0x11, 0]), "'\u{fffd}'"),
        (element("V2", &[0, 1]), r"b'\x00\x01'"),
        (element("<M8[s]", &[0, 0, 0, 0, 0, 0, 0, 0x80]), "None"),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

#[test]
fn records_are_tuples() {
    let mut bytes = vec![0; 16];
    bytes[0] = 21;
    bytes[8..].copy_from_slice(&399_f64.to_be_bytes());
    let shop = Array::new(bicycle(8, 16, true), [1], Order::C, bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(shop.get(&[0]), Some((21, 399.0).into()));
    assert_eq!(
        shop.to_string(),
        "array([(21, 399.)], dtype={'names': ['gears', 'price'], 'formats': ['<i4', '>f8'], 'offsets': [0, 8], \
         'itemsize': 16, 'aligned': True})"
    );
    assert_eq!(bicycle(4, 12, false).to_string(), "[('gears', '<i4'), ('price', '>f8')]");
}

#[test]
fn text_is_like_numpys() {
    let cases = [
        (Array::from(&[1_i64, 2][..]), "array([1, 2])"),
        (Array::from(&[1_u8][..]), "array([1], dtype=uint8)"),
        (Array::from(&[1.0, 0.5][..]), "array([1., 0.5])"),
        (Array::from(&[0.1_f32, 1.0, -3.4e38][..]), "array([0.1, 1., -3.4e+38], dtype=float32)"),
        (
            array("<c8", &[1], Order::C, [0.1_f32.to_le_bytes(), (-0.2_f32).to_le_bytes()].concat()),
            "array([0.1-0.2j], dtype=complex64)",
        ),
        (array(">i8", &[1], Order::C, vec![0; 8]), "array([0], dtype='>i8')"),
        (array("<f8", &[], Order::C, vec![0; 8]), "array(0.)"),
        (array("<f8", &[0], Order::C, vec![]), "array([], dtype=float64)"),
        (
            array("<f8", &[u32::MAX as usize, 0, 7], Order::C, vec![]),
            "array([], shape=(4294967295, 0, 7), dtype=float64)",
        ),
        (array("S1", &[2], Order::C, b"ab".to_vec()), "array([b'a', b'b'], dtype='|S1')"),
        (array("?", &[1001], Order::C, vec![1; 1001]), "array([True, True, True, ..., True, True, True])"),
    ];
    for (array, expected) in cases {
        assert_eq!(array.to_string(), expected);
    }
}

#[test]
fn what_cannot_be_is_an_error() {
    let error = |dtype: Dtype, shape: &[usize], bytes: usize| {
        Array::new(dtype, shape, Order::C, vec![0; bytes]).map_err(|error| error.kind()).err()
    };
    assert_eq!(error(dtype("<i4"), &[2], 7), Some(ErrorKind::Malformed));
    assert_eq!(error(dtype("<i4"), &[usize::MAX, 2], 8), Some(ErrorKind::Malformed));
    assert_eq!(error(dtype("V0"), &[usize::MAX >> 24], 0), Some(ErrorKind::Malformed));
    assert_eq!(error(dtype("<i4"), &[1; 65], 4), Some(ErrorKind::Malformed));
    assert_eq!(error(Dtype::Int(3, ByteOrder::Little), &[1], 3), Some(ErrorKind::Malformed));
    assert_eq!(error(dtype("<i4"), &[0, usize::MAX], 0), None);
    assert!(Structured::new(vec![Field { name: "a".into(), dtype: dtype("<i4"), offset: 1 }], 4, false).is_err());
    assert!(
        Structured::new(vec![Field { name: "a".into(), dtype: dtype("<i4"), offset: usize::MAX }], 4, false).is_err()
    );
    assert!(Subarray::new(dtype("<i4"), [usize::MAX, 2]).is_err());
}

#[test]
fn types_that_multiply_have_an_end() {
    let mut doubled = dtype("<i4");
    let depth = (0..100).take_while(|_| {
        let field = |name: &str| Field { name: name.into(), dtype: doubled.clone(), offset: 0 };
        match Structured::new(vec![field("a"), field("b")], 4, false) {
            Ok(record) => {
                doubled = Dtype::Structured(record);
                true
            }
            Err(_) => false,
        }
    });
    assert!(depth.count() < 17);
    assert!(doubled.read(&[0; 4]).as_tuple().is_some());
}
