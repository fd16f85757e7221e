//! Forged states of older forms.

use state_core::State;

use super::made_up::{image, leb};
use super::{LIST, U8, UNIT, array, back, chain, object, tuple};

/// An object with a name and named slots.
fn named(name: &str, slots: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let text = |name: &str| [leb(name.len() as u64), name.into()].concat();
    let slots_of = slots.iter().map(|(name, ty)| [text(name), ty.clone()].concat());
    [vec![15], text(name), vec![0], leb(slots.len() as u64), slots_of.collect::<Vec<_>>().concat()].concat()
}

/// A type whose older forms have other slots besides `x`.
#[derive(State, Debug, PartialEq)]
#[state(name = "Shrunk", removed)]
struct Shrunk {
    x: u8,
}

/// Loads a `Shrunk` whose older form has a slot before `x`, with a head of `head` zeros.
fn shrunk(z: &[u8], head: usize, tail: &[u8]) -> state_core::Result<Shrunk> {
    let schema = named("Shrunk", &[("z", z.to_vec()), ("x", U8.into())]);
    state_core::loads_upgraded(&image(&schema, &[&vec![0; head][..], &[7]].concat(), tail))
}

#[test]
fn an_empty_array_in_a_box_becomes_no_bytes() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Bytes")]
    struct Bytes {
        #[state(bytes)]
        v: Vec<u8>,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Bytes")]
    struct Maybe {
        #[state(bytes)]
        v: Option<Vec<u8>>,
    }
    let boxed = |of: Vec<u8>| [vec![13], of].concat();
    for v in [boxed(array(0, &U8)), boxed(boxed(array(0, &U8)))] {
        let bytes = image(&named("Bytes", &[("v", v.clone())]), &[], &vec![0; v.len() - 5]);
        assert_eq!(state_core::loads_upgraded::<Bytes>(&bytes).unwrap().v, [0_u8; 0]);
        assert_eq!(state_core::loads_upgraded::<Maybe>(&bytes).unwrap().v, Some(vec![]));
    }
    let bytes = image(&named("Bytes", &[("v", boxed(array(2, &U8)))]), &[], &[5, 6]);
    assert_eq!(state_core::loads_upgraded::<Bytes>(&bytes).unwrap().v, [5, 6]);
}

#[test]
fn a_removed_type_that_doubles_with_each_link_is_passed_over() {
    let twice = |index: u64| object(false, &[back(index + 1), back(index + 1)]);
    let z = chain(100, object(false, &[]), twice, back(100));
    assert_eq!(shrunk(&z, 400, &[]).unwrap().x, 7);
    let z = chain(100, object(false, &[array(0, &[13, UNIT])]), twice, back(100));
    assert_eq!(shrunk(&z, 400, &[]).unwrap().x, 7);
    // 2^99 boxes, which are not in the bytes.
    let z = chain(100, object(false, &[vec![13, UNIT]]), twice, back(100));
    assert!(shrunk(&z, 400, &[0; 9]).is_err());
}

#[test]
fn a_removed_type_that_leads_to_many_is_passed_over() {
    let count = 100_000;
    for behind in [13, LIST] {
        let link = |index: u64| object(false, &[[vec![behind], back(index + 1)].concat()]);
        let z = chain(count, object(false, &[]), link, [vec![LIST], back(count)].concat());
        assert_eq!(shrunk(&z, 4 * count as usize + 4, &[]).unwrap().x, 7);
    }
    let link = |index: u64| object(false, &[back(index + 1)]);
    let z = chain(count, object(false, &[]), link, back(count));
    // A type inside its own head is refused when the schema is read.
    assert_eq!(shrunk(&z, 4 * count as usize, &[]).unwrap_err().expected(), "a type of finite size");
}

/// The reachable types of each of many slots are determined.
#[test]
fn many_removed_slots_that_lead_to_many_types_take_no_time() {
    let count = 20_000;
    let link = |index: u64| object(false, &[[vec![13], back(index + 1)].concat()]);
    let mut slots = vec![("x", U8.to_vec()), ("z", chain(count, object(false, &[]), link, UNIT.to_le_bytes().into()))];
    let names: Vec<String> = (1..=count).map(|index| format!("s{index}")).collect();
    slots.extend(names.iter().zip(1..).map(|(name, index)| (&**name, [vec![LIST], back(index)].concat())));
    let head = [vec![7], vec![0; 8 * count as usize]].concat();
    assert_eq!(state_core::loads_upgraded::<Shrunk>(&image(&named("Shrunk", &slots), &head, &[])).unwrap().x, 7);
}

#[test]
fn removed_arrays_of_what_takes_nothing_are_passed_over_at_once() {
    let empty = array(0, &[13, UNIT]);
    for z in [array(u64::MAX, &empty), array(u64::MAX, &array(1 << 40, &tuple(&[empty.clone(), vec![UNIT]])))] {
        assert_eq!(shrunk(&z, 0, &[]).unwrap().x, 7);
    }
    // Each element takes a byte that is missing.
    assert!(shrunk(&array(u64::MAX, &[13, UNIT]), 0, &[0; 9]).is_err());
}

/// Removed variants are an obstacle only for the states that contain them, and few of them are reported, as of other
/// problems.
#[test]
fn many_variants_that_are_gone_are_few_lines() {
    use std::sync::LazyLock;

    use state_core::evolve::Form;

    #[derive(State)]
    #[state(name = "Choice")]
    enum Choice {
        Kept,
    }
    static OURS: LazyLock<Form> = LazyLock::new(|| Form::of::<Choice>().unwrap());
    let variants = |count: usize| {
        let name = |index: usize| format!("V{index:03}");
        let names = (0..count).map(|index| [&[4], name(index).as_bytes(), &[0]].concat());
        let kept = [&[4][..], b"Kept", &[0]].concat();
        let parts = [vec![16, 6], b"Choice".to_vec(), leb(count as u64 + 1), kept, names.collect::<Vec<_>>().concat()];
        parts.concat()
    };
    for (count, told) in [(3, 3), (900, 100)] {
        let bytes = image(&variants(count), &vec![0; if count < 256 { 1 } else { 2 }], &[]);
        assert_eq!(OURS.obstacles(&Form::open(&bytes).unwrap()).len(), told);
        assert!(matches!(state_core::loads_upgraded::<Choice>(&bytes).unwrap(), Choice::Kept));
    }
}
