//! A long history covers minutes, within its budget.

use state_core::image::checksum;
use state_core::{ErrorKind, History, dumps};

use super::{World, kept};

/// A world in which little changes, as in most.
fn quiet(world: &mut World) {
    world.tick += 1;
    for _ in 0..3 {
        let (at, axis) = (world.random() % world.entities.len(), world.random() % 3);
        world.entities[at].position[axis] += 1.5;
    }
    if world.tick % 50 == 0 {
        let at = world.random() % world.entities.len();
        world.entities.swap_remove(at);
        world.entities.push(World::new(1).entities.remove(0));
    }
}

#[test]
fn a_long_history_goes_back_for_minutes() {
    let (mut world, budget) = (World::new(100), 200_000);
    let mut history = History::new().frames(10).long(budget);
    let mut worlds = Vec::new();
    let image = dumps(&world).unwrap().len();
    for frame in 0..6000 {
        history.push(frame, &world).unwrap();
        worlds.push(world.clone());
        quiet(&mut world);
        assert!(history.bytes_held() <= budget + 11 * 2 * image, "{}", history.bytes_held());
    }
    let frames = kept(&history);
    assert!(frames.is_sorted() && frames.len() > 2 * budget / image, "{} frames", frames.len());
    assert_eq!((frames[0], frames.last()), (0, Some(&5999)));
    for &frame in frames.iter().rev().step_by(7).chain(&frames[..20]) {
        history.restore(frame, &mut world).unwrap();
        assert!(world == worlds[frame as usize], "{frame}");
        let bytes = dumps(&world).unwrap();
        assert_eq!(*history.image(frame).unwrap(), bytes);
        assert_eq!(history.checksum(frame).unwrap(), checksum(&bytes));
        assert!(history.compare(frame, &bytes).unwrap().next().is_none());
    }
    // The older the frames, the larger the gaps.
    let gap = |back: u64| {
        let behind = frames.partition_point(|&frame| frame < 5999 - back);
        frames[behind] - frames[behind - 1]
    };
    assert!(gap(5) == 1 && gap(4000) > 3 * gap(400), "{} {}", gap(400), gap(4000));
    for back in [100, 1000, 3000, 5000] {
        assert!(gap(back) < back, "{}", gap(back));
    }
}

#[test]
fn a_long_history_goes_on_from_where_it_went_back_to() {
    let mut world = World::new(50);
    let mut history = History::new().frames(4).long(100_000);
    for frame in 0..200 {
        history.push(frame, &world).unwrap();
        quiet(&mut world);
    }
    let frames = kept(&history);
    let back = frames[frames.len() / 2];
    history.restore(back, &mut world).unwrap();
    assert_eq!(world.tick, back);
    world.tick = 7777;
    history.push(back + 1, &world).unwrap();
    let left: Vec<u64> = frames.iter().copied().filter(|&frame| frame <= back).chain([back + 1]).collect();
    assert_eq!(kept(&history), left);
    for &frame in &left {
        history.restore(frame, &mut world).unwrap();
        assert_eq!(world.tick, if frame > back { 7777 } else { frame });
    }
    history.clear();
    assert_eq!(kept(&history), [0_u64; 0]);
    assert_eq!(history.restore(3, &mut world).unwrap_err().kind(), ErrorKind::Frame);
}

#[test]
fn frames_that_were_left_do_not_come_back_after_a_pause() {
    let mut world = World::new(5);
    let mut history = History::new().frames(4).long(100_000);
    for frame in 0..20 {
        history.push(frame, &world).unwrap();
        quiet(&mut world);
    }
    history.restore(10, &mut world).unwrap();
    // The simulation goes on from there, for five frames without the history.
    history = history.frames(0);
    for frame in 11..16 {
        history.push(frame, &world).unwrap();
    }
    history = history.frames(4);
    history.push(16, &world).unwrap();
    assert!(kept(&history).into_iter().eq((0..=10).chain([16])), "{:?}", kept(&history));
}

#[test]
fn the_budget_of_a_long_history_holds_whatever_it_is() {
    for budget in [0, 1, 500, 2000, 5000, 20_000, 60_000] {
        let mut world = World::new(40);
        let mut history = History::new().frames(3).long(budget);
        for frame in 0..400 {
            history.push(frame, &world).unwrap();
            world.live();
            let ring = 4 * 2 * 4096;
            assert!(history.bytes_held() <= budget + ring, "{budget}: {}", history.bytes_held());
            assert_eq!(history.frames_kept().next_back(), Some(frame));
        }
        let first = history.frames_kept().next().unwrap();
        history.restore(first, &mut world).unwrap();
        assert_eq!(world.tick, first);
    }
}
