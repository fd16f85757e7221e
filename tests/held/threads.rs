//! Pointers of one thread stay there, and are dropped there.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use state_core::{ErrorKind, History, State, dumps};

use super::{World, assert_same_pointers, world};

#[test]
fn pointers_of_one_thread_are_held_as_well() {
    #[derive(State, Default)]
    struct Scene {
        #[state(held)]
        walls: Vec<Rc<RefCell<String>>>,
        #[state(held)]
        floor: Option<Arc<Cell<u8>>>,
        #[state(held)]
        by_name: HashMap<String, Rc<[u8]>>,
    }
    let wall = Rc::new(RefCell::new("stone".to_owned()));
    let mut scene = Scene {
        walls: vec![wall.clone(), wall.clone()],
        floor: Some(Arc::new(Cell::new(3))),
        by_name: HashMap::from([("a".into(), vec![1].into()), ("b".into(), vec![2].into())]),
    };
    let (floor, bytes) = (scene.floor.clone().unwrap(), scene.by_name["b"].clone());
    let mut history = History::<Scene>::new();
    history.push(0, &scene).unwrap();
    scene = Scene::default();
    // Keeping the target unchanged is the user's responsibility: it is not part of the history.
    wall.borrow_mut().push('!');
    history.restore(0, &mut scene).unwrap();
    assert!(Rc::ptr_eq(&scene.walls[0], &wall) && Rc::ptr_eq(&scene.walls[1], &wall));
    assert!(Arc::ptr_eq(scene.floor.as_ref().unwrap(), &floor) && Rc::ptr_eq(&scene.by_name["b"], &bytes));
    drop(scene);
    assert_eq!(Rc::strong_count(&wall), 2);

    // The history is moved to another thread, where the pointers of this thread are not available.
    let history = thread::spawn(move || {
        let error = history.restore(0, &mut Scene::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Frame);
        assert_eq!(
            error.to_string(),
            "Scene: expected a frame whose held objects belong to this thread (those behind an `Arc` to what is `Send` and \
             `Sync` can be used on all), found objects that are held on another"
        );
        assert!(history.image(0).is_err());
        history
    });
    let history = history.join().unwrap();
    let mut scene = Scene::default();
    history.restore(0, &mut scene).unwrap();
    assert!(Rc::ptr_eq(&scene.walls[1], &wall));
    drop((scene, history));
    assert_eq!(Rc::strong_count(&wall), 1);
}

/// An object released by other threads is dropped at the next use of a history on its own thread.
#[test]
fn what_another_thread_lets_go_is_dropped_at_the_next_call() {
    #[derive(State)]
    struct Scene {
        #[state(held)]
        wall: Rc<Cell<u64>>,
    }
    type Next = fn(&mut History<Scene>, &mut History<Vec<u8>>);
    let scene = |wall: &Rc<Cell<u64>>| Scene { wall: wall.clone() };
    let first = Rc::new(Cell::new(0));
    let mut other = History::<Vec<u8>>::new();
    let mut kept = History::<Scene>::new();
    kept.push(0, &scene(&Rc::new(Cell::new(1)))).unwrap();
    let next: [Next; 6] = [
        |_, _| drop(History::<u8>::new()),
        |_, other| other.push(0, &vec![1]).unwrap(),
        |_, other| other.clear(),
        |kept, _| {
            let mut live = Scene { wall: Rc::new(Cell::new(2)) };
            kept.restore(0, &mut live).unwrap();
            assert_eq!(live.wall.get(), 1);
        },
        |kept, _| kept.push(1, &Scene { wall: Rc::new(Cell::new(3)) }).unwrap(),
        |kept, _| kept.clear(),
    ];
    for next in next {
        for _ in 0..50 {
            let mut history = History::<Scene>::new();
            history.push(0, &scene(&first)).unwrap();
            thread::spawn(move || drop(history)).join().unwrap();
        }
        // The same with frames overwritten and cleared there; the worker's own objects are not affected.
        let mut history = History::<Scene>::new().frames(1);
        history.push(0, &scene(&first)).unwrap();
        let history = thread::spawn(move || {
            let mut history = history;
            let wall = Rc::new(Cell::new(5));
            history.push(1, &Scene { wall: wall.clone() }).unwrap();
            history.clear();
            assert_eq!(Rc::strong_count(&wall), 1);
            history
        });
        let history = history.join().unwrap();
        assert!(Rc::strong_count(&first) <= 1 + 51);
        next(&mut kept, &mut other);
        assert_eq!(Rc::strong_count(&first), 1);
        drop(history);
    }
}

#[test]
fn worlds_go_with_their_history_to_other_threads() {
    fn is_sent<T: Send + Sync>(_: &T) {}
    let mut history = History::<World>::new();
    is_sent(&history);
    let world = world();
    history.push(0, &world).unwrap();
    let back = thread::spawn(move || {
        let mut back = World::default();
        history.restore(0, &mut back).unwrap();
        assert_eq!(history.image(0).unwrap(), dumps(&back).unwrap());
        back
    });
    assert_same_pointers(&back.join().unwrap(), &world);
}
