//! States of unknown type, read by the schema in their bytes.

use state_core::{ErrorKind, Inspection, Options};

use super::made_up::image;
use super::{FACTOR, entry, leb, maps, peak};

/// Schemas that take the most memory for their bytes, each of about `len` bytes.
fn schemas(len: usize) -> Vec<(&'static str, Vec<u8>)> {
    let tuple = |count: usize, item: &[u8]| [vec![12], leb(count), item.repeat(count)].concat();
    let options = [&[7; 120][..], &[0]].concat();
    let singles = [[12, 1].repeat(100), vec![0]].concat();
    vec![
        ("units", tuple(len, &[0])),
        ("options", tuple(len / options.len(), &options)),
        ("tuples of one", tuple(len / singles.len(), &singles)),
        ("slots without names", [vec![15, 0, 0], leb(len / 2), [0, 0].repeat(len / 2)].concat()),
        ("variants without names", [vec![16, 0], leb(len / 2), [0, 0].repeat(len / 2)].concat()),
        ("objects", tuple(len / 4, &[15, 0, 0, 0])),
        ("objects of one slot", tuple(len / 6, &[15, 0, 0, 1, 0, 0])),
        ("enums of one variant", tuple(len / 6, &[16, 0, 1, 0, 0])),
        ("records of one field", tuple(len / 8, &[14, 0, 17, 0, 1, 1, 0, 0, 1])),
        ("names", tuple(len / 6, &[15, 1, b'a', 0, 1, 1, b'b', 0])),
        ("texts", tuple(len, &[5])),
        ("boxes of lists of texts", tuple(len / 60, &[[13, 8].repeat(29), vec![7, 5]].concat())),
        ("enums without variants", tuple(len / 3, &[16, 0, 0])),
        ("empty tuples", tuple(len / 2, &[12, 0])),
        ("tuples of three", tuple(len / 5, &[12, 3, 0, 1, 2])),
        ("raw arrays", tuple(len / 3, &[14, 0, 1])),
        ("open sets without names", tuple(len / 2, &[23, 0])),
        ("opaque structs", tuple(len / 5, &[18, 200, 200, 1, 0])),
        ("arrays of other lengths", arrays(len / 5)),
        ("chains that differ", chains(len / 9)),
        ("maps that differ", maps(len / 6)),
        ("back references", [vec![12], leb(len / 2), vec![15, 0, 0, 0], [0xFF, 0].repeat(len / 2 - 1)].concat()),
    ]
}

/// A schema with `count` arrays of different lengths.
fn arrays(count: usize) -> Vec<u8> {
    let array = |at: usize| [vec![11], leb(0x1_0000 + at), vec![0]].concat();
    [vec![12], leb(count), (0..count).flat_map(array).collect()].concat()
}

/// A schema with `count` chains of eight options, lists, sets and boxes, all different.
fn chains(count: usize) -> Vec<u8> {
    let chain = |mut at: usize| {
        let mut link = || {
            at /= 4;
            [7, 8, 9, 13][at % 4]
        };
        [link(), link(), link(), link(), link(), link(), link(), link(), 1]
    };
    [vec![12], leb(count), (0..count).flat_map(|at| chain(4 * at)).collect()].concat()
}

#[test]
fn the_schema_of_an_inspection_takes_64_times_its_length_and_no_more_than_the_limit() {
    for (name, schema) in schemas(200_000) {
        let bytes = image(&schema, &[0; 100_000], &[]);
        let (opened, took) = peak(|| Inspection::open(&bytes).is_ok());
        assert!(took <= FACTOR * schema.len(), "{name}: {took} is {} times {}", took / schema.len(), schema.len());
        let _ = opened;
        for limit in [0, 1000, took / 4, took] {
            let (refused, took) = peak(|| Options::new().memory(limit).inspect(&bytes).err());
            assert!(took <= limit + 1024, "{name}: {took} with a limit of {limit}");
            assert!(limit > 1000 || refused.is_some_and(|error| error.kind() == ErrorKind::Memory), "{name}");
        }
    }
}

/// A state of a schema with numbered references, in which no type is a shared pointer.
fn numbered(schema: &[u8], types: usize) -> Vec<u8> {
    let mut bytes = image(schema, &[], &[]);
    let row = [&(types.div_ceil(8) as u32).to_le_bytes()[..], &vec![0; types.div_ceil(8)]].concat();
    bytes[5] |= 2;
    bytes.splice(40..44, [&((row.len() + schema.len()) as u32).to_le_bytes()[..], &row].concat());
    bytes
}

/// With numbered references, equal types are looked up.
#[test]
fn the_schema_of_a_state_with_numbered_references_takes_no_more() {
    let tuple = |count: usize, item: &[u8]| [vec![12], leb(count), item.repeat(count)].concat();
    let len = 200_000;
    for (name, schema, types) in [
        ("units", tuple(len, &[0]), len + 1),
        ("texts", tuple(len, &[5]), len + 1),
        ("objects", tuple(len / 4, &[15, 0, 0, 0]), len / 4 + 1),
        ("enums", tuple(len / 3, &[16, 0, 0]), len / 3 + 1),
        ("raw arrays", tuple(len / 3, &[14, 0, 1]), len / 3 * 2 + 1),
        ("tuples of three", tuple(len / 5, &[12, 3, 0, 1, 2]), len / 5 * 4 + 1),
        ("arrays", arrays(len / 5), len / 5 * 2 + 1),
        ("chains", chains(len / 9), len / 9 * 9 + 1),
    ] {
        let bytes = numbered(&schema, types);
        let (opened, took) = peak(|| Inspection::open(&bytes).map(drop));
        assert!(took <= FACTOR * bytes.len(), "{name}: {took} is {} times {}", took / bytes.len(), bytes.len());
        // The row was accepted as that of the schema; for some schemas, the image is missing.
        assert!(opened.is_ok() || opened.is_err_and(|error| error.kind() == ErrorKind::Length), "{name}");
    }
}

/// A table of types in open sets, before the schema of an open set.
fn with_members(members: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = image(&[8, 23, 1, b's'], &[0; 4], &[]);
    let table = members.concat();
    let schema = [&(table.len() as u32).to_le_bytes()[..], &table, &bytes[44..48]].concat();
    bytes[5] |= 32;
    bytes.splice(40..48, [&(schema.len() as u32).to_le_bytes()[..], &schema].concat());
    bytes
}

#[test]
fn the_types_of_open_sets_take_no_more_than_the_rest_of_a_schema() {
    for (name, schema) in schemas(2000).into_iter().chain([("text", vec![5]), ("a set", vec![8, 23, 1, b's'])]) {
        let members: Vec<_> = (0..(200_000 / schema.len()) as u32).map(|number| entry(number, &schema)).collect();
        let bytes = with_members(&members);
        let (opened, took) = peak(|| Inspection::open(&bytes).unwrap_or_else(|error| panic!("{name}: {error}")));
        assert!(took <= FACTOR * bytes.len(), "{name}: {took} is {} times {}", took / bytes.len(), bytes.len());
        assert_eq!(opened.value().unwrap().to_string(), "[]");
        let (refused, took) = peak(|| Options::new().memory(1000).inspect(&bytes).err());
        assert!(took <= 2048 && refused.is_some_and(|error| error.kind() == ErrorKind::Memory), "{name}: {took}");
    }
}

/// Images that expand the most, each of about `len` bytes.
fn images(len: usize) -> Vec<(&'static str, Vec<u8>)> {
    let count = |count: usize| (count as u32).to_le_bytes();
    let list = |of: &[u8]| [&[8], of].concat();
    let run = |of: &[u8], each: &[u8]| {
        let heads = each.repeat(len / each.len().max(1));
        image(&list(of), &count(len / each.len()), &heads)
    };
    let name = [leb(255), vec![b'n'; 255]].concat();
    let escaped = [leb(255), vec![0x1B; 255]].concat();
    let object = |name: &[u8], slots: usize| {
        [vec![15], name.to_vec(), vec![0], leb(slots), [name, &[0]].concat().repeat(slots)].concat()
    };
    let unit_enum = [vec![16], name.clone(), vec![1], name.clone(), vec![0]].concat();
    let wide =
        [vec![17, 0], leb(500), leb(500), (0..500).flat_map(|at| [vec![0], leb(at), vec![1]].concat()).collect()];
    let grid = [vec![21, 0], wide.concat()].concat();
    vec![
        ("units", run(&[0], &[0])),
        ("bools", run(&[1], &[1])),
        ("nested options", run(&[7, 7, 7, 1], &[1, 1, 1, 1])),
        ("empty lists", run(&[8, 1], &[0; 4])),
        ("empty texts", run(&[5], &[0; 4])),
        ("empty maps", run(&[10, 1, 1], &[0; 4])),
        ("empty tuples of many", run(&[[12, 16].as_slice(), &[0; 16]].concat(), &[0])),
        // More elements than there is memory, on 64-bit machines.
        ("arrays of nothing", run(&[[11].as_slice(), &leb(1 << (usize::BITS / 8 * 5)), &[0]].concat(), &[0])),
        ("long arrays of nothing", image(&[[11].as_slice(), &leb(60_000), &[0]].concat(), &[], &[])),
        ("a map of bools", image(&[10, 1, 1], &count(len / 2), &[1, 0].repeat(len / 2))),
        ("a set of bools", image(&[9, 1], &count(len), &vec![1; len])),
        ("enums with long names", run(&unit_enum, &[0])),
        ("objects with long names", run(&object(&name, 1), &[0])),
        ("objects of long names to be escaped", run(&object(&escaped, 4), &[0])),
        ("dates", run(&[20, 0], &[1, 0, 0, 0])),
        ("moments in zones", run(&[20, 4], &[&[1, 0, 0, 0][..], &[0; 12]].concat())),
        ("differences", run(&[20, 5], &[[0; 8].as_slice(), &[0; 4]].concat())),
        ("long integers", run(&[3, 128, 0], &[0xFF; 16])),
        ("integers of any size", run(&[20, 7], &[0; 4])),
        ("arrays of many fields", run(&grid, &[0; 4])),
        ("a chain of boxes", image(&[15, 0, 0, 1, 0, 7, 13, 0xFF, 0], &[1], &[vec![1; 700], vec![0]].concat())),
        ("a tree of options", image(&[15, 0, 0, 1, 0, 8, 0xFF, 0], &count(1), &count(1).repeat(100))),
    ]
}

/// Counts the written bytes without keeping them.
struct Count(usize);

impl std::fmt::Write for Count {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

#[test]
fn values_and_trees_of_unknown_types_stay_within_the_limit() {
    for (name, bytes) in images(2_000) {
        let (inspection, _) = peak(|| Inspection::open(&bytes).unwrap());
        let (value, full) = peak(|| inspection.value());
        let tree = inspection.tree();
        assert_eq!(value.is_ok(), tree.is_ok(), "{name}");
        let mut count = Count(0);
        let (written, took) = peak(|| inspection.write_tree(&mut count));
        assert_eq!(written.is_ok(), tree.is_ok(), "{name}");
        assert!(took <= 512 << 10, "{name}: {took} to write the tree");
        assert_eq!(tree.as_ref().map_or(count.0, String::len), count.0, "{name}");
        for limit in [300_000, full.max(600_000) / 2, full.max(300_000)] {
            let inspection = Options::new().memory(limit).inspect(&bytes).unwrap();
            let (bounded, took) = peak(|| inspection.value());
            assert!(took <= limit + (1 << 20), "{name}: {took} for a value, with a limit of {limit}");
            if let Err(error) = &bounded {
                assert!(value.is_err() || error.kind() == ErrorKind::Memory, "{name}: {error}");
                assert!(value.is_err() || limit < 4 * full, "{name}: takes {full}, and was refused with {limit}");
            }
            let (bounded, took) = peak(|| inspection.tree());
            assert!(took <= limit + (512 << 10), "{name}: {took} for a tree, with a limit of {limit}");
            assert!(bounded.is_ok() || tree.is_err() || count.0 > limit, "{name}");
        }
    }
}

/// This also holds with so many values that the last growth of their storage is the largest one.
#[test]
fn a_long_value_of_an_unknown_type_stays_within_the_limit() {
    let name = [1, b'n'];
    let object = [&[15][..], &name, &[0, 1], &name, &[0]].concat();
    let len = 200_000_usize;
    let count = |count: usize| (count as u32).to_le_bytes();
    let list = |of: &[u8], each: &[u8]| image(&[&[8], of].concat(), &count(len), &each.repeat(len));
    let all = [
        ("bools", list(&[1], &[1])),
        ("a set", image(&[9, 1], &count(len), &vec![1; len])),
        ("a map", image(&[10, 1, 1], &count(len / 2), &vec![1; len])),
        ("objects", list(&object, &[0])),
        ("texts", list(&[5], &[0; 4])),
        ("raw arrays of one layout", list(&[14, 0, 3, 8, 0], &[0; 8])),
    ];
    for (name, bytes) in all {
        let (_, full) = peak(|| Inspection::open(&bytes).unwrap().value().unwrap());
        let mut least = None;
        for limit in (1..=40).map(|part| full / 16 * part) {
            let inspection = Options::new().memory(limit).inspect(&bytes).unwrap();
            let (value, took) = peak(|| inspection.value());
            assert!(took <= limit + (1 << 20), "{name}: {took} with a limit of {limit}");
            least = least.or(value.is_ok().then_some(limit));
        }
        assert!(least.is_some_and(|least| least <= 2 * full), "{name}: takes {full}, and needs a limit of {least:?}");
    }
}
