//! The tables of members in bytes.

use std::borrow::Cow;

use state_core::{Inspection, Options, dumps, load_into, loads, loads_upgraded, upgrade};

use super::{older, v2};

/// Files from before there was a table: those of the present form load, and inspecting others names the missing types.
#[test]
fn states_without_a_table_load_as_ever() {
    v2::register();
    let rack = v2::Rack { plugins: vec![Box::new(7_u32)], name: "old".into() };
    let bytes = Options::new().with_schema().dumps(&rack).unwrap();
    let table = table_of(&bytes);
    let mut before = bytes.clone();
    before[5] &= !32;
    let schema = u32::from_le_bytes(before[40..44].try_into().unwrap()) - table as u32;
    before[40..44].copy_from_slice(&schema.to_le_bytes());
    before.drain(44..44 + table);
    assert_eq!(loads::<v2::Rack>(&before).unwrap().name, "old");
    assert_eq!(format!("{:?}", loads_upgraded::<v2::Rack>(&before).unwrap().plugins), "[7]");
    assert!(matches!(upgrade::<v2::Rack>(&before), Ok(Cow::Borrowed(_))));
    let error = Inspection::open(&before).unwrap().value().unwrap_err().to_string();
    assert!(error.contains("looked at by the program that knows the types of audio.Plugin"), "{error}");
    // Types without open sets carry no table.
    assert_eq!(Options::new().with_schema().dumps(&7_u8).unwrap()[5], 1);
}

/// Returns the size of the table, including its length field.
fn table_of(bytes: &[u8]) -> usize {
    assert_eq!(bytes[5] & 0x21, 0x21);
    4 + u32::from_le_bytes(bytes[44..48].try_into().unwrap()) as usize
}

#[test]
fn tables_that_lie_are_refused_or_make_a_state() {
    v2::register();
    let honest = older();
    let table = table_of(&honest);
    for at in 44..44 + table {
        for change in [1, 2, 0x80, 0xFF] {
            let mut bytes = honest.clone();
            bytes[at] ^= change;
            let mut live = v2::Rack { plugins: vec![Box::new(3_u32)], name: "live".into() };
            match upgrade::<v2::Rack>(&bytes) {
                Ok(upgraded) => {
                    if load_into(&upgraded, &mut live).is_ok() {
                        dumps(&live).unwrap();
                    }
                }
                Err(_) => assert_eq!(format!("{live:?}"), "Rack { plugins: [3], name: \"live\" }"),
            }
            if let Ok(inspection) = Inspection::open(&bytes) {
                let _ = inspection.value();
                let _ = inspection.tree();
            }
        }
    }
    for cut in 44..44 + table {
        let mut bytes = honest.clone();
        bytes.drain(cut..44 + table);
        let rest = (cut - 44) as u32;
        let schema = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) - table as u32 + rest;
        bytes[40..44].copy_from_slice(&schema.to_le_bytes());
        assert!(upgrade::<v2::Rack>(&bytes).is_err(), "cut at {cut}");
    }
}

/// A table that has a type twice, or types out of order, is refused.
#[test]
fn tables_are_in_order() {
    v2::register();
    let honest = older();
    let (start, end) = (48, 44 + table_of(&honest));
    let twice = [&honest[start..end], &honest[start..end]].concat();
    let mut bytes = [&honest[..44], &(twice.len() as u32).to_le_bytes(), &twice, &honest[end..]].concat();
    let schema = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) + (twice.len() - (end - start)) as u32;
    bytes[40..44].copy_from_slice(&schema.to_le_bytes());
    let error = loads_upgraded::<v2::Rack>(&bytes).unwrap_err();
    assert!(error.to_string().contains("expected a table of the types of open sets"), "{error}");
    assert!(Inspection::open(&bytes).is_err());
}
