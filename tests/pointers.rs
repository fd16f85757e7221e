//! Pointers form one family: `Box`, `Rc` and `Arc`, with every possible target, in all native calls.

use std::ffi::{CStr, OsStr};
use std::fmt::Debug;
use std::ops::Deref;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use state_core::{ErrorKind, RestoreOwned, State, check, dumps, from_value, load_into, loads, to_value};

/// Checks that `a` and `b` round-trip, and that a restore keeps the allocation where the value is equal, and with
/// `in_place` also where it is not.
#[track_caller]
fn family<P>(a: P, b: P, in_place: bool)
where
    P: RestoreOwned + Deref<Target: Debug + PartialEq>,
{
    let (of_a, of_b) = (dumps(&a).unwrap(), dumps(&b).unwrap());
    let mut live: P = loads(&of_a).unwrap();
    assert_eq!(*live, *a);
    let place = |live: &P| std::ptr::from_ref::<P::Target>(live).cast::<u8>();
    let first = place(&live);
    load_into(&of_a, &mut live).unwrap();
    assert_eq!(place(&live), first, "an equal value is kept");
    load_into(&of_b, &mut live).unwrap();
    assert_eq!(*live, *b);
    assert_eq!(place(&live) == first, in_place);
    assert_eq!(dumps(&live).unwrap(), of_b);
    for cut in 0..of_b.len() {
        assert!(check::<P>(&of_b[..cut]).is_err());
        assert!(load_into(&of_b[..cut], &mut live).is_err());
    }
    assert_eq!(*live, *b);
    // The same through a dynamic value.
    let back: P = from_value(&to_value(&a).unwrap()).unwrap();
    assert_eq!(*back, *a);
}

#[derive(State, Debug, PartialEq, Clone)]
struct Unit {
    name: String,
    next: Option<Box<Unit>>,
}

#[test]
fn all_of_them_hold_all_of_these() {
    macro_rules! of {
        ($of:ty, $a:expr, $b:expr, $in_place:expr) => {
            family::<Box<$of>>($a.into(), $b.into(), $in_place);
            family::<Rc<$of>>($a.into(), $b.into(), $in_place);
            family::<Arc<$of>>($a.into(), $b.into(), $in_place);
        };
    }
    let next = Some(Box::new(Unit { name: "b".into(), next: None }));
    of!(u8, 1, 2, true);
    of!((), (), (), true);
    of!([u64; 3], [1, 2, 3], [4, 5, 6], true);
    of!(Unit, Unit { name: "a".into(), next: next.clone() }, Unit { name: String::new(), next: None }, true);
    of!(str, "one", "\u{e9}t\u{e9}", false);
    of!([u16], [1, 2], [3, 4], true);
    of!([String], [String::from("a")], [String::from("b")], true);
    of!(Path, Path::new("a/b"), Path::new("a//b"), false);
    of!(OsStr, OsStr::new("a"), OsStr::new("bc"), false);
    of!(CStr, c"one", c"three", false);
}

#[test]
fn a_c_string_holds_no_zero() {
    let bytes = dumps(&Box::<CStr>::from(c"abc")).unwrap();
    let at = bytes.windows(3).position(|three| three == b"abc").unwrap();
    for hole in at..at + 3 {
        let mut hostile = bytes.clone();
        hostile[hole] = 0;
        let error = loads::<Rc<CStr>>(&hostile).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.to_string().contains("bytes without a zero among them"), "{error}");
        assert_eq!(check::<Box<CStr>>(&hostile).unwrap_err().kind(), ErrorKind::Malformed);
    }
}

#[test]
fn pointers_to_one_thing_have_one_image() {
    let of = |value: &[Vec<u8>]| assert!(value.windows(2).all(|two| two[0] == two[1]));
    of(&[dumps(&Box::new(7_u8)), dumps(&Rc::new(7_u8)), dumps(&Arc::new(7_u8))].map(Result::unwrap));
    of(&[dumps("ab"), dumps(&Rc::<str>::from("ab")), dumps(&String::from("ab"))].map(Result::unwrap));
    of(&[dumps(c"ab"), dumps(&Arc::<CStr>::from(c"ab")), dumps(&c"ab".to_owned())].map(Result::unwrap));
    of(&[dumps(&vec![1, 2]), dumps(&Box::<[i32]>::from([1, 2])), dumps(&Arc::<[i32]>::from([1, 2]))]
        .map(Result::unwrap));
}

#[test]
fn what_others_see_is_replaced_and_they_keep_theirs() {
    let bytes = dumps(&Rc::new(2_u8)).unwrap();
    let mut live = Rc::new(1_u8);
    let outside = Rc::clone(&live);
    load_into(&bytes, &mut live).unwrap();
    assert_eq!((*live, *outside), (2, 1));

    let bytes = dumps(&Arc::<[u8]>::from([3, 4])).unwrap();
    let mut live = Arc::<[u8]>::from([1, 2]);
    let outside = Arc::clone(&live);
    load_into(&bytes, &mut live).unwrap();
    assert_eq!((&*live, &*outside), (&[3, 4][..], &[1, 2][..]));
}
