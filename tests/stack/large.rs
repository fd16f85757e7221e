//! Values that are large themselves.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use state_core::{ErrorKind, Options, RestoreOwned, State, dumps, load_into, loads};

use super::{every_way, on_a_thread};

/// Arrays behind a pointer, whose size is independent of the depth: they are built in their final place.
fn large<T: RestoreOwned + PartialEq + Debug + Clone + Send + Sync + 'static>(make: fn(u16) -> T) {
    let run = move || every_way(&Arc::new(make(1)), make(2));
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}

fn boxed<T: Clone + Debug, const N: usize>(item: T) -> Box<[T; N]> {
    vec![item; N].try_into().unwrap()
}

#[test]
fn large_arrays_of_numbers() {
    large(|from| boxed::<_, { 512 * 512 }>(f32::from(from)));
    large(|from| Some(boxed::<_, 512>([f32::from(from); 512])));
    large(|from| vec![Arc::<[u16; 500_000]>::from(boxed(from))]);
}

#[test]
fn large_arrays_of_what_is_built_one_by_one() {
    large(|from| boxed::<_, 20_000>(from.to_string()));
    large(|from| boxed::<_, 50_000>(from == 1));
    large(|from| boxed::<_, 500>([const { None }; 20].map(|_: Option<()>| Some(from.to_string()))));
    large(|from| boxed::<_, 20_000>(Some(Box::new(from))));
}

#[derive(State, Debug, PartialEq, Clone)]
struct Grid {
    cells: [[f32; 512]; 512],
}

#[derive(State, Debug, PartialEq, Clone)]
#[repr(C)]
struct World {
    tick: u64,
    grids: [Grid; 2],
    flat: [u32; 2],
}

fn grid(from: u16) -> Grid {
    Grid { cells: [[f32::from(from); 512]; 512] }
}

#[test]
fn large_structs_of_numbers() {
    large(|from| Box::new(grid(from)));
    large(|from| Some(Arc::new(grid(from))));
    large(|from| vec![grid(from), grid(7)]);
    large(|from| BTreeMap::from([(1, Box::new([grid(from), grid(1), grid(2)]))]));
    large(|from| Box::new(World { tick: from.into(), grids: [grid(from), grid(0)], flat: [1, 2] }));
}

/// A value that is refused because of its size alone, unless the limit is raised.
fn too_large<T: RestoreOwned + 'static>(what: &str, make: fn() -> T) {
    let run = move || {
        let value = make();
        let error = dumps(&value).unwrap_err();
        (error.to_string(), Options::new().depth(100_000).dumps(&value).unwrap())
    };
    let (error, bytes) = std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
    let text = "bytes, which are built on the stack (an array behind a `Box` of its own is not)";
    assert!(error.contains(what) && error.contains(text), "{error}");
    on_a_thread(move || {
        let error = loads::<T>(&bytes).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Depth);
        assert!(error.to_string().contains(text), "{error}");
    });
}

/// A value that is not a run of bytes in memory is built on the stack, and refused where that would take too much of
/// it.
#[test]
fn large_structs_of_what_is_built_one_by_one() {
    #[derive(State, Debug, PartialEq, Clone)]
    struct Named<const N: usize> {
        name: String,
        cells: [[f32; N]; N],
    }
    #[derive(State, Debug, PartialEq, Clone)]
    struct Padded<const N: usize> {
        kind: u8,
        cells: [[f64; N]; N],
    }
    large(|from| Box::new(Named { name: "a".into(), cells: [[f32::from(from); 64]; 64] }));
    large(|from| vec![Padded { kind: 1, cells: [[f64::from(from); 64]; 64] }; 2]);

    too_large("Named of", || Box::new(Named { name: "a".into(), cells: [[1.0; 512]; 512] }));
    too_large("Padded of", || Box::new(Padded { kind: 1, cells: [[1.0; 400]; 400] }));
    too_large("Named of", || vec![Named { name: "a".into(), cells: [[1.0; 512]; 512] }]);
    too_large("tuple (i32, Named) of", || BTreeMap::from([(1, Named { name: "a".into(), cells: [[1.0; 512]; 512] })]));
}

/// They are loaded on a thread of the default stack size, from bytes written outside of it.
#[test]
fn large_arrays_that_are_shared() {
    let bytes = dumps(&Rc::<[String; 20_000]>::from(boxed("a".to_string()))).unwrap();
    on_a_thread(move || {
        let mut items: Rc<[String; 20_000]> = loads(&bytes).unwrap();
        assert!(items.iter().all(|item| item == "a"));
        let before = Rc::as_ptr(&items);
        load_into(&bytes, &mut items).unwrap();
        assert_eq!(before, Rc::as_ptr(&items));
    });
}
