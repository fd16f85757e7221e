//! A restored world steps like the one that was saved, bit for bit.

use physics::{Described, Game, Seen, heap, snapshot};
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
    assert!(snapshot::set(vec![1, 2, 3]).is_err());
    assert_eq!((game.frame, Seen::of(&game.physics).bodies.len()), (7, 6));
}
