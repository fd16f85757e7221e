//! A made-up schema and a body for it: looking into them, and refusing them as another type's, ends and holds its
//! bounds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rich::Rich;
use state_core::{Inspection, loads};

fn fingerprint(schema: &[u8]) -> u64 {
    schema.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

fuzz_target!(|parts: (&[u8], [u16; 3], &[u8])| {
    let (schema, lengths, body) = parts;
    let mut bytes = b"\xD7STA\x01\x01\0\0".to_vec();
    bytes.extend(fingerprint(schema).to_le_bytes());
    bytes.extend(lengths.map(|length| u64::from(length).to_le_bytes()).concat());
    bytes.extend((schema.len() as u32).to_le_bytes());
    bytes.extend(schema);
    bytes.extend(body);
    look(&bytes);
    // The same with the tail as long as it must be, if the head is as long as the first length says.
    let tail = body.len().saturating_sub(lengths[0].into()) as u64;
    bytes[16..24].copy_from_slice(&tail.to_le_bytes());
    bytes[24..40].fill(0);
    look(&bytes);
});

fn look(bytes: &[u8]) {
    if let Ok(inspection) = Inspection::open(bytes) {
        let (value, tree) = (inspection.value(), inspection.tree());
        assert_eq!(value.is_ok(), tree.is_ok());
        if let (Ok(value), Ok(tree)) = (value, tree) {
            assert!(tree.len() <= 0x100_0000 + 1000 * bytes.len());
            assert!(value.to_string().len() <= 0x100_0000 + 1000 * bytes.len());
        }
    }
    assert!(loads::<Rich>(bytes).is_err());
}
