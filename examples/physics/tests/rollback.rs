//! A restored world steps like the one that was saved, bit for bit.

use std::sync::Arc;

use physics::{Described, Game, Level, Seen, heap, hills, snapshot};
use rapier3d::prelude::{ColliderSet, PhysicsWorld, Shape};
use state_core::{History, RestoreOwned, State, dumps, loads};

/// What is seen of a world, frame by frame, from the frame that it is in.
fn seen<T>(game: &mut T, frames: usize, mut step: impl FnMut(&mut T) -> Seen) -> Vec<Seen> {
    (0..frames).map(|_| step(game)).collect()
}

fn goes_back<T: State + RestoreOwned>(mut game: T, step: impl Fn(&mut T) -> Seen) {
    let mut history = History::<T>::new().frames(100);
    let mut first = Vec::new();
    for frame in 0..90 {
        history.push(frame, &game).unwrap();
        first.push(step(&mut game));
    }
    // While it falls, while it lies on a heap, and in any order.
    for frame in [60, 10, 80, 0, 45, 60] {
        history.restore(frame, &mut game).unwrap();
        let from = usize::try_from(frame).unwrap();
        let again = seen(&mut game, 10, &step);
        assert!(again == first[from..from + 10], "{frame}");
    }
    // And a new world from the bytes, as another machine would have it.
    let mut other: T = loads(&history.image(50).unwrap()).unwrap();
    assert!(seen(&mut other, 40, &step) == first[50..90]);
}

#[test]
fn a_world_by_with_goes_on_as_it_did() {
    goes_back(Game { frame: 0, physics: heap(200) }, |game| {
        game.physics.step();
        Seen::of(&game.physics)
    });
}

#[test]
fn a_world_whose_colliders_are_held_goes_on_as_it_did() {
    goes_back(Level { frame: 0, physics: hills(100, 20) }, |level| {
        level.physics.step();
        Seen::of(&level.physics)
    });
}

fn shapes(colliders: &ColliderSet) -> Vec<Arc<dyn Shape>> {
    colliders.iter().map(|(_, collider)| collider.shared_shape().0.clone()).collect()
}

#[test]
fn the_shapes_of_a_held_frame_are_the_very_same() {
    let mut level = Level { frame: 0, physics: hills(10, 100) };
    let mut history = History::<Level>::new().frames(8);
    for frame in 0..8 {
        history.push(frame, &level).unwrap();
        level.physics.step();
    }
    assert!(history.bytes_held() < 800_000, "{}", history.bytes_held());
    let whole = history.image(3).unwrap().len();
    assert!(whole > 1_000_000, "{whole}");
    let before = shapes(&level.physics.colliders);
    history.restore(2, &mut level).unwrap();
    let after = shapes(&level.physics.colliders);
    assert!(before.len() == 11 && before.iter().zip(&after).all(|(a, b)| Arc::ptr_eq(a, b)));
}

/// Which is why a frame holds the colliders, and not the shapes alone.
#[test]
fn a_shape_that_is_set_again_changes_what_comes() {
    let mut world = heap(100);
    for _ in 0..60 {
        world.step();
    }
    let mut other: PhysicsWorld = snapshot::set(snapshot::get(&world)).unwrap();
    for (_, collider) in other.colliders.iter_mut() {
        let shape = collider.shared_shape().clone();
        collider.set_shape(shape);
    }
    world.step();
    other.step();
    assert!(snapshot::get(&world) != snapshot::get(&other));
}

#[test]
fn a_world_by_serde_goes_on_as_it_did() {
    goes_back(Described { frame: 0, physics: heap(60) }, |game| {
        game.physics.step();
        Seen::of(&game.physics)
    });
}

#[test]
fn a_world_that_went_on_differs_in_what_it_holds() {
    let mut game = Game { frame: 0, physics: heap(50) };
    let before = dumps(&Seen::of(&game.physics)).unwrap();
    game.physics.step();
    let after = dumps(&Seen::of(&game.physics)).unwrap();
    let found = state_core::image::compare::<Seen>(&before, &after).unwrap().next().unwrap();
    assert_eq!(found.path(), "Seen.bodies[1].position[1]");
}

#[test]
fn damage_to_the_snapshot_is_refused_and_changes_nothing() {
    let mut game = Game { frame: 7, physics: heap(5) };
    let mut bytes = snapshot::get(&game.physics);
    bytes.truncate(bytes.len() / 2);
    let damaged = dumps(&(1_u64, bytes)).unwrap();
    assert!(state_core::load_into(&damaged, &mut game).is_err(), "another type");
    assert!(snapshot::set::<PhysicsWorld>(vec![1, 2, 3]).is_err());
    assert_eq!((game.frame, Seen::of(&game.physics).bodies.len()), (7, 6));
}
