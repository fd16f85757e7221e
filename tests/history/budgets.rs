//! Budgets are exact to the byte, and a full history allocates nothing.

use state_core::{ErrorKind, History, dumps};

use super::{ALLOCATIONS, LIVE, World, allocations, kept};

#[test]
fn a_full_history_allocates_nothing() {
    let mut world = World::new(200);
    let mut history = History::new().frames(8);
    for frame in 0..9 {
        history.push(frame, &world).unwrap();
        world.step();
    }
    history.checksum(8).unwrap(); // which asks once whether the type has any
    for frame in 9..100 {
        let count = allocations(|| {
            history.push(frame, &world).unwrap();
            history.restore(frame - 7, &mut world).unwrap();
            history.checksum(frame - 3).unwrap();
            for again in frame - 6..=frame {
                history.push(again, &world).unwrap();
            }
        });
        assert_eq!(count, 0);
        world.step();
    }
    assert_eq!(history.frames_kept().count(), 8);
}

#[test]
fn a_history_full_of_bytes_allocates_nothing() {
    let mut world = World::new(200);
    let image = dumps(&world).unwrap().len();
    // Five buffers, of which one is for the next frame.
    let mut history = History::new().frames(usize::MAX).bytes(5 * image + image / 2);
    for frame in 0..20 {
        history.push(frame, &world).unwrap();
    }
    assert_eq!(kept(&history), [16, 17, 18, 19]);
    for frame in 20..100 {
        assert_eq!(allocations(|| history.push(frame, &world).unwrap()), 0);
        assert_eq!(history.bytes_held(), 5 * image);
        world.step();
    }
}

#[test]
fn budgets_hold_to_the_byte() {
    let mut world = World::new(30);
    let longest = 40_000;
    for budget in (4000..longest).step_by(997) {
        let mut history = History::new().frames(12).bytes(budget);
        let mut last = world.clone();
        for frame in 0..120 {
            history.push(frame, &world).unwrap();
            last.clone_from(&world);
            world.live();
            assert!(history.bytes_held() <= budget, "{} of {budget}", history.bytes_held());
            assert!((1..=12).contains(&history.frames_kept().count()));
            assert_eq!(history.frames_kept().next_back(), Some(frame));
        }
        let mut back = World::default();
        history.restore(119, &mut back).unwrap();
        assert_eq!(back, last);
    }
}

#[test]
fn a_frame_alone_may_take_the_whole_budget_and_no_byte_more() {
    let (small, mut world) = (World::new(3), World::new(100));
    let image = dumps(&world).unwrap().len();
    let mut history = History::new().bytes(image);
    history.push(0, &small).unwrap();
    history.push(1, &world).unwrap();
    assert_eq!((kept(&history), history.bytes_held()), (vec![1], image));
    history.push(2, &world).unwrap();
    assert_eq!((kept(&history), history.bytes_held()), (vec![2], image));

    world.entities[0].name.push('!');
    let mut error = None;
    let count = allocations(|| error = history.push(3, &world).err());
    let error = error.unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "World: expected a state within the budget of {image} bytes, found one of {} bytes (`History::bytes` sets the \
             budget)",
            image + 1
        )
    );
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    assert!(count < 20, "what it takes to say so: {count}");
    assert_eq!((kept(&history), history.bytes_held()), (vec![2], image), "nothing is lost for what cannot be kept");

    let mut nothing = History::new().bytes(0);
    assert!(nothing.push(0, &small).is_err());
    assert_eq!((kept(&nothing), nothing.bytes_held()), (vec![], 0));
}

#[test]
fn budgets_can_be_set_later() {
    let world = World::new(100);
    let image = dumps(&world).unwrap().len();
    let mut history = History::new();
    for frame in 0..16 {
        history.push(frame, &world).unwrap();
    }
    history = history.bytes(8 * image);
    assert_eq!(kept(&history), (9..16).collect::<Vec<_>>());
    history = history.frames(3);
    assert_eq!(kept(&history), [13, 14, 15]);
    history = history.bytes(usize::MAX).frames(4);
    history.push(16, &world).unwrap();
    assert_eq!(kept(&history), [13, 14, 15, 16]);
    history = history.frames(0);
    history.push(17, &world).unwrap();
    assert_eq!((kept(&history), history.bytes_held()), (vec![], 0), "it is turned off");
}

/// Minutes of frames, with a rollback every tenth of a second: the memory in use does not grow.
#[test]
fn memory_stays_flat_in_a_long_run() {
    soak(60 * 60 * 3, 0);
    soak(60 * 60, 100_000);
}

/// The same for an hour: `cargo test --test history -- --ignored`.
#[test]
#[ignore = "it takes minutes"]
fn memory_stays_flat_for_an_hour() {
    soak(60 * 60 * 60, 0);
    soak(60 * 60 * 60, 100_000);
}

/// Runs for that many frames, with `older` bytes for older frames.
fn soak(frames: u64, older: usize) {
    let before_all = LIVE.get();
    let (mut world, mut history) = (World::new(30), History::new().frames(10));
    if older > 0 {
        history = history.long(older);
    }
    let (mut early, mut late, mut allocated) = ([0; 2], [0; 2], 0);
    for frame in 0..frames {
        let before = ALLOCATIONS.get();
        history.push(frame, &world).unwrap();
        allocated += if frame > frames / 2 { ALLOCATIONS.get() - before } else { 0 };
        if frame % 6 == 0 && frame > 8 {
            let now = history.checksum(frame).unwrap();
            history.restore(frame - 8, &mut world).unwrap();
            for again in frame - 7..=frame {
                world.live();
                history.push(again, &world).unwrap();
            }
            assert_eq!(history.checksum(frame).unwrap(), now, "the same frames again end in another state");
        }
        let most = if frame < frames / 2 { &mut early } else { &mut late };
        *most = [most[0].max(history.bytes_held()), most[1].max((LIVE.get() - before_all) as usize)];
        world.live();
    }
    assert!(older > 0 || allocated < 100, "{allocated}");
    println!("{frames} frames: {early:?} and {late:?} bytes of buffers and in all, {allocated} allocations");
    assert!(late[0] <= early[0] + early[0] / 4 && late[1] <= early[1] + early[1] / 4, "{late:?} after {early:?}");
    drop((history, world));
    let live = LIVE.get() - before_all;
    assert!(live < 4096, "{live} bytes are left");
}
