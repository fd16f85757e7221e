//! Opaque structs (`bytemuck::Pod` without `Record`) in pickles, which carry no schema: those of a machine with another
//! layout are never misread.

use bytemuck::{Pod, Zeroable};
use state_core::pickle::{self, Protocol};
use state_core::{Error, ErrorKind, Record, State, StateExt, dumps, from_value, loads, to_value};

/// The layout of `{ count: usize, price: f32 }` on a machine with 32-bit words, and on one with 64-bit words, whose
/// padding is a field.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
struct Small {
    count: u32,
    price: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
struct Large {
    count: u64,
    price: f32,
    unused: f32,
}

#[derive(Record, Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
struct Described {
    count: u32,
    price: f32,
}

macro_rules! shops {
    ($($module:ident: $item:ty;)*) => {$(
        #[allow(dead_code, reason = "each is made of some items")]
        mod $module {
            use super::*;

            #[derive(State, Clone, Debug, PartialEq)]
            #[state(name = "shop.Shop")]
            pub struct Flat { #[state(bytes, uncounted)] pub items: Vec<$item> }

            #[derive(State, Clone, Debug, PartialEq)]
            #[state(name = "shop.Shop")]
            pub struct Counted { #[state(bytes)] pub items: Vec<$item> }

            #[derive(State, Clone, Debug, PartialEq)]
            #[state(name = "shop.Shop")]
            pub struct Maybe { #[state(bytes)] pub items: Option<Box<[$item]>> }

            #[derive(State, Clone, Debug, PartialEq)]
            #[state(name = "shop.Shop")]
            pub struct Array { #[state(array)] pub items: Vec<$item> }

            #[derive(State, Clone, Debug, PartialEq)]
            #[state(name = "shop.Shop", pickle = "dict")]
            pub struct Dict { #[state(bytes)] pub items: Vec<$item> }

            #[derive(State, Clone, Debug, PartialEq)]
            #[state(name = "shop.Shop", pickle = "cython")]
            pub struct Cython { #[state(bytes)] pub items: Vec<$item> }

            #[derive(State, Clone, Debug, PartialEq)]
            #[state(name = "shop.Shop")]
            pub enum Variants { Open(#[state(bytes, uncounted)] Vec<$item>), Closed }
        }
    )*};
}
shops! { small: Small; large: Large; described: Described; }

const SMALL: [Small; 4] = [Small { count: 1, price: 2.5 }; 4];

const REMEDY: &str = "expected elements whose layout is described (`#[derive(Record)]`), or in a tuple on a little-endian \
    machine their count as well (without `uncounted`), as nothing else says whether another machine has them alike, found \
    opaque 8-byte struct";

#[track_caller]
fn refused<T>(result: Result<T, Error>, path: &str) {
    let Err(error) = result else { panic!("not refused") };
    assert_eq!((error.kind(), error.path()), (ErrorKind::Unwritable, path));
    assert!(error.to_string().contains(REMEDY), "{error}");
}

#[test]
fn what_no_size_goes_with_is_not_written() {
    for protocol in [Protocol::V0, Protocol::V2, Protocol::V4, Protocol::V5] {
        let options = pickle::PickleOptions::new().protocol(protocol);
        for items in [vec![], SMALL.to_vec()] {
            refused(options.dumps(&small::Flat { items: items.clone() }), "Shop.items");
            refused(options.dumps(&small::Dict { items: items.clone() }), "Shop.items");
            refused(options.dumps(&small::Cython { items: items.clone() }), "Shop.items");
            refused(options.dumps(&[(1, small::Variants::Open(items))]), ".Open.0");
        }
        refused(options.dumps(&small::Variants::Closed), "Shop.Open.0");
    }
}

/// Bytes without a size, as an older version wrote them, or Cython on another machine: they could also be half as many
/// structs of twice the size.
#[test]
fn what_no_size_came_with_is_not_read() {
    fn same<T: State>(value: &T) -> Vec<u8> {
        pickle::dumps(value).unwrap()
    }
    let items: Vec<Described> = SMALL.map(|Small { count, price }| Described { count, price }).into();
    let flat = same(&described::Flat { items: items.clone() });
    assert!(pickle::loads::<described::Flat>(&flat).unwrap().items == items);
    refused(pickle::loads::<small::Flat>(&flat), "Shop.items");
    let text = pickle::loads::<large::Flat>(&flat).unwrap_err().to_string();
    assert!(text.contains("found opaque 16-byte struct"), "{text}");
    let mut live = small::Flat { items: vec![] };
    refused(pickle::load_into(&flat, &mut live), "Shop.items");
    refused(pickle::loads::<small::Dict>(&same(&described::Dict { items: items.clone() })), "Shop.items");
    refused(pickle::loads::<small::Cython>(&same(&described::Cython { items: items.clone() })), "Shop.items");
    refused(pickle::loads::<small::Variants>(&same(&described::Variants::Open(items))), "Shop.Open.0");
    assert_eq!(pickle::loads::<small::Variants>(&same(&described::Variants::Closed)).unwrap(), small::Variants::Closed);
}

#[cfg(target_endian = "little")]
#[test]
fn a_count_or_the_type_of_an_array_says_the_size() {
    let counted = small::Counted { items: SMALL.to_vec() };
    let bytes = pickle::dumps(&counted).unwrap();
    assert_eq!(pickle::loads::<small::Counted>(&bytes).unwrap(), counted);
    let error = pickle::loads::<large::Counted>(&bytes).unwrap_err();
    assert!(error.to_string().contains("the count 2, because there are 32 bytes of 16 each"), "{error}");

    for items in [None, Some(SMALL.into())] {
        let maybe = small::Maybe { items };
        assert_eq!(pickle::loads::<small::Maybe>(&pickle::dumps(&maybe).unwrap()).unwrap(), maybe);
    }

    let array = small::Array { items: SMALL.to_vec() };
    let bytes = pickle::dumps(&array).unwrap();
    assert_eq!(pickle::loads::<small::Array>(&bytes).unwrap(), array);
    let error = pickle::loads::<large::Array>(&bytes).unwrap_err();
    assert_eq!(error.path(), "Shop.items");
    // Bytes are accepted for an array too, but not these.
    let bytes = pickle::dumps(&described::Flat { items: vec![Described { count: 1, price: 2.5 }; 4] }).unwrap();
    refused(pickle::loads::<small::Array>(&bytes), "Shop.items");
}

#[cfg(target_endian = "big")]
#[test]
fn numbers_in_another_order_than_all_others_are_refused() {
    refused(pickle::dumps(&small::Counted { items: SMALL.to_vec() }), "Shop.items");
    refused(pickle::dumps(&small::Array { items: SMALL.to_vec() }), "Shop.items");
}

/// The value of an opaque struct is an array with the size of its elements, which a pickle of it keeps.
#[cfg(target_endian = "little")]
#[test]
fn a_value_says_the_size_in_a_pickle_too() {
    let flat = small::Flat { items: SMALL.to_vec() };
    let pickle = pickle::dump_value(&to_value(&flat).unwrap()).unwrap();
    assert_eq!(pickle::loads::<small::Flat>(&pickle).unwrap(), flat);
    let value = pickle::load_value(&pickle).unwrap();
    assert_eq!(from_value::<small::Flat>(&value).unwrap(), flat);
    pickle::loads::<large::Flat>(&pickle).unwrap_err();
    from_value::<large::Flat>(&value).unwrap_err();
}

#[test]
fn a_value_says_the_size() {
    let flat = small::Flat { items: SMALL.to_vec() };
    let open = to_value(&small::Variants::Open(SMALL.to_vec())).unwrap();
    from_value::<large::Variants>(&open).unwrap_err();
    let bytes = state_core::Options::new().with_schema().dumps(&flat).unwrap();
    assert_eq!(state_core::Inspection::open(&bytes).unwrap().value().unwrap(), to_value(&flat).unwrap());
}

/// The schema of an image has both size and layout, and values stay on their machine.
#[test]
fn elsewhere_they_are_taken() {
    let flat = small::Flat { items: SMALL.to_vec() };
    let bytes = dumps(&flat).unwrap();
    assert_eq!(loads::<small::Flat>(&bytes).unwrap(), flat);
    assert_eq!(loads::<large::Flat>(&bytes).unwrap_err().kind(), ErrorKind::Identity);
    assert_eq!(from_value::<small::Flat>(&to_value(&flat).unwrap()).unwrap(), flat);
    let mut live = small::Flat { items: vec![] };
    live.set_state(flat.get_state().unwrap()).unwrap();
    assert_eq!(live, flat);
}
