//! `image::delta` and `image::patch`: the result is the new state or an error, however the base and the delta are
//! damaged.

#![expect(clippy::cast_precision_loss, reason = "numbers that only look random, and shares")]

mod made_up;

use proptest::prelude::*;
use state_core::image::{checksum, compare, delta, delta_into, patch};
use state_core::{Error, ErrorKind, Options, State, dumps, load_into, loads};

#[derive(State, Debug, PartialEq, Clone)]
struct World {
    tick: u64,
    entities: Vec<Entity>,
    #[state(bytes)]
    heights: Vec<u16>,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Entity {
    name: String,
    position: [f32; 3],
    target: Option<u32>,
    items: Vec<(u16, u32)>,
}

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % most
    }
}

fn entity(random: &mut Random, number: usize) -> Entity {
    Entity {
        name: format!("entity {number}"),
        position: [random.below(1000) as f32 / 7.0, random.below(1000) as f32 / 7.0, 0.0],
        target: (random.below(3) == 0).then(|| random.below(5000) as u32),
        items: (0..random.below(6)).map(|n| (n as u16, random.below(100) as u32)).collect(),
    }
}

fn world(entities: usize) -> World {
    let mut random = Random(entities as u64);
    World {
        tick: 0,
        entities: (0..entities).map(|number| entity(&mut random, number)).collect(),
        heights: (0..entities).map(|_| random.below(2000) as u16).collect(),
    }
}

/// Moves a twentieth of the entities.
fn step(world: &mut World, random: &mut Random) {
    world.tick += 1;
    for _ in 0..world.entities.len() / 20 {
        let at = random.below(world.entities.len());
        world.entities[at].position[0] += 0.37;
        world.entities[at].position[1] -= 1.93;
    }
}

/// A delta, after checking that it turns the old state into the new one.
fn made(old: &[u8], new: &[u8]) -> Vec<u8> {
    let delta = delta(old, new).unwrap();
    let mut made = b"what the buffer held".to_vec();
    patch(old, &delta, &mut made).unwrap();
    assert!(made == new);
    delta
}

fn refused(old: &[u8], delta: &[u8]) -> Error {
    let mut buffer = b"what the buffer held".to_vec();
    let error = patch(old, delta, &mut buffer).unwrap_err();
    assert!(buffer.is_empty());
    error
}

#[test]
fn a_delta_is_as_large_as_what_changed() {
    let mut random = Random(1);
    let old = world(2000);
    let image = dumps(&old).unwrap();
    let share = |new: &World| made(&image, &dumps(new).unwrap()).len() as f64 / image.len() as f64;

    assert_eq!(made(&image, &image).len(), 48 + 3);
    let mut moved = old.clone();
    step(&mut moved, &mut random);
    assert!(share(&moved) < 0.02, "values in place: {}", share(&moved));
    let mut lists = moved.clone();
    for _ in 0..20 {
        let at = random.below(2000);
        match lists.entities[at].items.pop() {
            Some(_) => {}
            None => lists.entities[at].items.push((7, 1)),
        }
    }
    assert!(share(&lists) < 0.025, "one list in a hundred: {}", share(&lists));
    let mut gone = moved.clone();
    gone.entities.remove(50);
    gone.heights.remove(50);
    assert!(share(&gone) < 0.022, "an entity goes: {}", share(&gone));
    let mut both = gone.clone();
    both.entities.insert(1500, entity(&mut random, 9999));
    both.heights.insert(1500, 3);
    assert!(share(&both) < 0.025, "and another comes: {}", share(&both));
}

#[test]
fn any_two_states_of_a_type_have_a_delta() {
    let mut random = Random(3);
    let mut images = vec![
        dumps(&world(0)).unwrap(),
        dumps(&world(1)).unwrap(),
        dumps(&world(300)).unwrap(),
        Options::new().with_schema().dumps(&world(10)).unwrap(),
    ];
    let mut live = world(50);
    for _ in 0..12 {
        images.push(dumps(&live).unwrap());
        step(&mut live, &mut random);
        let (at, number) = (random.below(live.entities.len()), random.below(100));
        live.entities.insert(at, entity(&mut random, number));
        live.entities.swap_remove(0);
        live.heights.rotate_left(number % 50);
    }
    let tiny = [dumps(&()).unwrap(), Options::new().with_schema().dumps(&()).unwrap()];
    made(&tiny[0], &tiny[1]);
    made(&tiny[1], &tiny[0]);
    for old in &images {
        for new in &images {
            made(old, new);
        }
    }
}

#[test]
fn a_saved_file_has_a_delta_too() {
    let path = std::env::temp_dir().join(format!("state-delta-{}", std::process::id()));
    state_core::image::save(&path, &world(20)).unwrap();
    let (old, new) = (dumps(&world(21)).unwrap(), std::fs::read(&path).unwrap());
    std::fs::remove_file(&path).unwrap();
    made(&old, &new);
    made(&new, &old);
}

proptest! {
    #[test]
    fn what_is_cut_and_moved_is_found_again(
        cuts in proptest::collection::vec((0_usize..4000, 0_usize..300, 0_usize..4000), 0..12),
        flips in proptest::collection::vec((0_usize..4000, any::<u8>()), 0..20),
    ) {
        let mut random = Random(9);
        let old: Vec<u8> = (0..4000).map(|_| random.below(7) as u8).collect();
        let mut new = old.clone();
        for (at, len, to) in cuts {
            let end = (at + len).min(new.len());
            let run: Vec<u8> = new.drain(at.min(end)..end).collect();
            let to = to.min(new.len());
            new.splice(to..to, run);
        }
        for (at, byte) in flips {
            if let Some(place) = new.get_mut(at) {
                *place = byte;
            }
        }
        made(&dumps(&old).unwrap(), &dumps(&new).unwrap());
    }
}

#[test]
fn another_base_is_refused() {
    let (mut live, mut random) = (world(30), Random(1));
    let images: Vec<_> = (0..4)
        .map(|_| {
            step(&mut live, &mut random);
            dumps(&live).unwrap()
        })
        .collect();
    let sent = made(&images[0], &images[1]);
    for wrong in [&images[1], &images[2], &images[3]] {
        let error = refused(wrong, &sent);
        assert_eq!(error.kind(), ErrorKind::Base);
        assert_eq!(
            error.to_string(),
            format!(
                "expected the state from which the delta was made: {} bytes with the checksum {:016x}, found {} bytes with \
                 the checksum {:016x}",
                images[0].len(),
                checksum(&images[0]),
                wrong.len(),
                checksum(wrong)
            )
        );
    }
    for at in 40..images[0].len() {
        let mut damaged = images[0].clone();
        damaged[at] ^= 0x20;
        assert_eq!(refused(&damaged, &sent).kind(), ErrorKind::Base);
    }
    assert_eq!(refused(&images[0][..images[0].len() - 1], &sent).kind(), ErrorKind::Base);
    assert_eq!(refused(&dumps(&7).unwrap(), &sent).kind(), ErrorKind::Identity);
    assert_eq!(refused(b"", &sent).kind(), ErrorKind::NotState);
    assert_eq!(delta(&images[0], &dumps(&7).unwrap()).unwrap_err().kind(), ErrorKind::Identity);
    assert_eq!(delta(&images[0], &sent).unwrap_err().kind(), ErrorKind::NotState);
    let mut buffer = vec![1];
    assert!(delta_into(b"", &images[0], &mut buffer).is_err() && buffer.is_empty());
}

#[test]
fn a_damaged_delta_never_gives_another_state() {
    let (mut live, mut random) = (world(60), Random(5));
    let old = dumps(&live).unwrap();
    step(&mut live, &mut random);
    live.entities.remove(20);
    live.entities[3].name.push_str(" the great");
    let new = dumps(&live).unwrap();
    let sent = made(&old, &new);
    for len in 0..sent.len() {
        refused(&old, &sent[..len]);
    }
    refused(&old, &[&*sent, &[0]].concat());
    for at in 0..sent.len() {
        for bits in [0x01, 0x80, 0x55, 0xFF] {
            let mut damaged = sent.clone();
            damaged[at] ^= bits;
            refused(&old, &damaged);
        }
    }
    assert_eq!(refused(&old, b"").kind(), ErrorKind::NotState);
    assert_eq!(refused(&old, &new).kind(), ErrorKind::NotState);
    let error = loads::<World>(&sent).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a native state (magic D7 53 54 41), found a delta at byte 0; `image::patch` applies it"
    );
}

/// A delta for this base with the given length and checksum of the new image.
fn forged(base: &[u8], (len, sum): (u64, u64), pieces: &[u8]) -> Vec<u8> {
    let mut delta = b"\xD7STD\x01\0\0\0".to_vec();
    delta.extend(&base[8..16]);
    for number in [base.len() as u64, checksum(base), len, sum] {
        delta.extend(number.to_le_bytes());
    }
    delta.extend(pieces);
    delta
}

#[test]
fn a_few_bytes_cannot_ask_for_any_amount_of_memory() {
    let base = dumps(&vec![7_u8; 1000]).unwrap();
    for len in [u64::MAX, 1 << 62, 8 * base.len() as u64 + 100] {
        let mut buffer = Vec::new();
        let error = patch(&base, &forged(&base, (len, 0), &[]), &mut buffer).unwrap_err();
        assert_eq!((error.kind(), buffer.capacity()), (ErrorKind::Length, 0));
    }
    // The whole base, repeatedly, each time from its start.
    let count = 2 * base.len() as u64 + 1;
    let whole = [&[count as u8 | 0x80, (count >> 7) as u8][..], &back(0), &[0]].concat();
    let again = [&[count as u8 | 0x80, (count >> 7) as u8][..], &back(base.len()), &[0]].concat();
    let (eight, nine) = ([&*whole, &again.repeat(7)].concat(), [&*whole, &again.repeat(8)].concat());
    let len = 8 * base.len() as u64;
    let error = refused(&base, &forged(&base, (len, 0), &eight[..eight.len() - 1]));
    assert!(error.to_string().contains("pieces that make"), "{error}");
    let error = refused(&base, &forged(&base, (len + 20, 0), &nine));
    assert!(error.to_string().starts_with("expected the pieces of a state, found others at byte "), "{error}");
    // Copies a little more than allowed, although it fits.
    let more = [&*eight, &[2 * 20 + 1], &back(base.len()), &[0]].concat();
    let error = refused(&base, &forged(&base, (len + 20, 0), &more[..more.len() - 1]));
    assert!(error.to_string().starts_with("expected the pieces of a state, found others at byte "), "{error}");
}

/// The zigzag encoding of a distance in bytes, backwards.
fn back(bytes: usize) -> Vec<u8> {
    made_up::leb(if bytes == 0 { 0 } else { 2 * bytes as u64 - 1 })
}

#[test]
fn pieces_that_lead_out_of_the_base_are_refused() {
    let base = dumps(&vec![7_u8; 100]).unwrap();
    let pieces: [&[u8]; 8] = [
        &[],
        &[0xFF, 0x01],                                                       // all and more
        &[0x03, 0x01, 0x00],                                                 // before the start
        &[0x03, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], // far behind the end
        &[0x00, 0xFF, 0x7F],                                                 // literals that are not there
        &[0x80],
        &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        &[0x04, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
    ];
    for pieces in pieces {
        assert_eq!(refused(&base, &forged(&base, (40, 0), pieces)).kind(), ErrorKind::Malformed);
    }
}

#[test]
fn what_a_hostile_delta_makes_is_still_checked() {
    let old = dumps(&true).unwrap();
    let mut image = old.clone();
    *image.last_mut().unwrap() = 7;
    let sent = forged(&old, (image.len() as u64, checksum(&image)), &[&[0, image.len() as u8], &*image].concat());
    let mut buffer = Vec::new();
    patch(&old, &sent, &mut buffer).unwrap();
    let mut target = true;
    assert_eq!(load_into(&buffer, &mut target).unwrap_err().kind(), ErrorKind::Malformed);
    // It does not make a state of another type or an invalid image, either.
    let seven = dumps(&7_u32).unwrap();
    for other in [&*seven, b"none"] {
        let sent = forged(&old, (other.len() as u64, checksum(other)), &[&[0, other.len() as u8], other].concat());
        assert!([ErrorKind::Identity, ErrorKind::NotState].contains(&refused(&old, &sent).kind()));
    }
}

#[test]
fn a_world_that_is_copied_over_and_over_has_a_delta() {
    let one = World { entities: world(40).entities, ..world(1) };
    let mut many = one.clone();
    for _ in 0..5 {
        many.entities.extend_from_within(..);
    }
    let (old, new) = (dumps(&one).unwrap(), dumps(&many).unwrap());
    assert!(new.len() > 25 * old.len());
    let sent = made(&old, &new);
    assert!(sent.len() < new.len());
    assert!(made(&new, &old).len() < 400, "and the way back");
}

/// The bytes of a delta are the same on every machine.
#[test]
fn the_bytes_of_a_delta_are_these() {
    let (mut live, mut random) = (world(100), Random(2));
    let old = dumps(&live).unwrap();
    step(&mut live, &mut random);
    live.entities.remove(7);
    let sent = made(&old, &dumps(&live).unwrap());
    assert_eq!((sent.len(), checksum(&sent)), (152, 0x6EBB_26AE_F5B4_1954));

    let (old, new) = (dumps(&"abc".to_string()).unwrap(), dumps(&"abcd".to_string()).unwrap());
    // 24 bytes copied, a literal 4 as the text's length, 15 bytes copied, and 8 literal bytes.
    let pieces = [&[2 * 24, 1, 4, 2 * 15, 8, 4, 0, 0, 0][..], b"abcd"].concat();
    assert_eq!(delta(&old, &new).unwrap()[48..], pieces);
}

#[test]
fn a_stream_of_deltas_ends_in_the_same_world() {
    let (mut live, mut random) = (world(200), Random(11));
    let mut there = dumps(&live).unwrap();
    let (mut old, mut new, mut sent, mut received) = (there.clone(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..50 {
        step(&mut live, &mut random);
        let at = random.below(live.entities.len());
        live.entities.remove(at);
        state_core::dump_into(&live, &mut new).unwrap();
        delta_into(&old, &new, &mut sent).unwrap();
        patch(&there, &sent, &mut received).unwrap();
        std::mem::swap(&mut there, &mut received);
        std::mem::swap(&mut old, &mut new);
    }
    assert_eq!(compare::<World>(&there, &dumps(&live).unwrap()).unwrap().next(), None);
    assert_eq!(loads::<World>(&there).unwrap(), live);
}

#[test]
fn a_number_beyond_64_bits_is_none() {
    let base = dumps(&vec![7_u8; 100]).unwrap();
    let of_base = (base.len() as u64, checksum(&base));
    let count = 2 * base.len() as u64;
    let short = [count as u8 | 0x80, (count >> 7) as u8];
    let mut image = Vec::new();
    patch(&base, &forged(&base, of_base, &short), &mut image).unwrap();
    assert_eq!(image, base);
    // The same number in the maximal number of bytes, of which the last holds one bit.
    let long =
        |last: u8| [count as u8 | 0x80, (count >> 7) as u8 | 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, last];
    patch(&base, &forged(&base, of_base, &long(0)), &mut image).unwrap();
    for last in [2, 4, 0x7E] {
        assert_eq!(refused(&base, &forged(&base, of_base, &long(last))).kind(), ErrorKind::Malformed);
    }
}
