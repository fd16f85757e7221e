//! Frames are restored in any order, and have numbers.

use state_core::{ErrorKind, History, Options, State, dumps};

use super::{World, kept};

#[test]
fn frames_come_back_in_any_order_as_often_as_one_likes() {
    let mut world = World::new(30);
    let mut history = History::new().frames(20);
    let mut worlds = Vec::new();
    for frame in 0..50 {
        history.push(frame, &world).unwrap();
        worlds.push(world.clone());
        world.live();
    }
    assert_eq!(kept(&history), (30..50).collect::<Vec<_>>());
    for round in 0..200 {
        let frame = 30 + (round * 7 + world.random()) % 20;
        history.restore(frame as u64, &mut world).unwrap();
        assert_eq!(world, worlds[frame], "{frame}");
        assert_eq!(*history.image(frame as u64).unwrap(), dumps(&worlds[frame]).unwrap());
    }
    assert_eq!(kept(&history), (30..50).collect::<Vec<_>>(), "a restore keeps the frames");
}

#[test]
fn going_on_after_a_restore_drops_the_later_frames() {
    let mut world = World::new(5);
    let mut history = History::new().frames(10);
    for frame in [3, 4, 7, 20, 21] {
        world.tick = frame;
        history.push(frame, &world).unwrap();
    }
    history.restore(7, &mut world).unwrap();
    assert_eq!((world.tick, kept(&history)), (7, vec![3, 4, 7, 20, 21]));
    world.tick = 100;
    history.push(8, &world).unwrap();
    assert_eq!(kept(&history), [3, 4, 7, 8]);
    world.tick = 200;
    history.push(8, &world).unwrap();
    history.restore(8, &mut world).unwrap();
    assert_eq!((world.tick, kept(&history)), (200, vec![3, 4, 7, 8]), "the same number again takes its place");
    history.push(1, &world).unwrap();
    assert_eq!(kept(&history), [1]);
}

#[test]
fn frames_that_are_not_there_are_named() {
    let mut world = World::new(1);
    let mut history = History::new().frames(3);
    let error = history.restore(0, &mut world).unwrap_err();
    assert_eq!(error.to_string(), "World: expected a frame that the history keeps (it keeps none), found 0");
    history.push(5, &world).unwrap();
    let error = history.image(4).unwrap_err();
    assert_eq!(error.to_string(), "World: expected a frame that the history keeps (5), found 4");
    for frame in 6..10 {
        history.push(frame, &world).unwrap();
    }
    for frame in [0, 6, 10, u64::MAX] {
        let before = world.clone();
        let error = history.restore(frame, &mut world).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Frame);
        assert_eq!(
            error.to_string(),
            format!("World: expected a frame that the history keeps (7 to 9), found {frame}")
        );
        assert_eq!(history.checksum(frame).unwrap_err().kind(), ErrorKind::Frame);
        assert_eq!(world, before);
    }
    history.clear();
    assert_eq!(history.restore(9, &mut world).unwrap_err().kind(), ErrorKind::Frame);
}

#[test]
fn numbers_reach_to_the_last_and_start_again() {
    let mut world = World::new(1);
    let mut history = History::new().frames(1).long(300);
    for (tick, frame) in [0, u64::MAX - 1, u64::MAX].into_iter().enumerate() {
        world.tick = tick as u64;
        history.push(frame, &world).unwrap();
    }
    history.restore(u64::MAX, &mut world).unwrap();
    assert_eq!(world.tick, 2);
    history.push(u64::MAX.wrapping_add(1), &world).unwrap();
    assert_eq!(kept(&history), [0], "a count that starts again is a history that does");
}

#[test]
fn states_without_bytes_have_frames_too() {
    #[derive(State, Debug, PartialEq)]
    struct Nothing;
    let mut history = History::new().frames(2);
    for frame in 0..5 {
        history.push(frame, &Nothing).unwrap();
    }
    history.restore(4, &mut Nothing).unwrap();
    assert_eq!(kept(&history), [3, 4]);
    assert_eq!(history.checksum(3).unwrap(), history.checksum(4).unwrap());
}

#[test]
fn what_is_nested_up_to_the_limit_comes_back() {
    #[derive(State, Debug, PartialEq, Default)]
    struct Nest(Option<Box<Nest>>);
    let nest = |depth: u32| (0..depth).fold(Nest(None), |inner, _| Nest(Some(Box::new(inner))));
    let mut history = History::new().options(Options::new().depth(60));
    history.push(0, &nest(60)).unwrap();
    assert_eq!(history.push(1, &nest(61)).unwrap_err().kind(), ErrorKind::Depth);
    let mut target = Nest(None);
    history.restore(0, &mut target).unwrap();
    assert_eq!(target, nest(60));
}
