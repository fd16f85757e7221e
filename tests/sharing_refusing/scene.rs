//! A scene of entities that refer to each other keeps these entities.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use state_core::{State, dumps, from_value, load_into, member, to_value};

use super::{BAD, PANICS, Plugin, Scene, Timer, all, checked, in_place, scene};

#[derive(State)]
struct Echo {
    #[state(with = checked)]
    delay: u32,
}

impl Plugin for Echo {}

#[test]
fn a_scene_keeps_its_entities() {
    member_once();
    in_place(&scene(), scene, |how, mut live, load| {
        let handles: Vec<_> = all(&live).iter().map(Rc::downgrade).collect();
        for entity in all(&live) {
            entity.borrow_mut().value += 500;
        }
        load(&mut live);
        let after = all(&live);
        assert_eq!(after.len(), 10, "{how}");
        for (entity, handle) in after.iter().zip(&handles) {
            assert!(Rc::ptr_eq(entity, &handle.upgrade().unwrap()), "{how}");
            let entity = entity.borrow();
            assert!(entity.value < 500 && entity.gpu == entity.value + 1000, "{how}: {}", entity.value);
            for child in &entity.children {
                assert!(child.borrow().parent.as_ptr() == handle.as_ptr(), "{how}");
            }
        }
        assert!(Rc::ptr_eq(&live.selected.upgrade().unwrap(), &after[2]), "{how}");
        let next = after[1].borrow().next.clone().unwrap();
        assert!(Rc::ptr_eq(&next.upgrade().unwrap(), &after[2]), "{how}");
        assert_eq!(dumps(&live).unwrap(), dumps(&scene()).unwrap(), "{how}");
    });
    // The same with values.
    let mut live = scene();
    let handles: Vec<_> = all(&live).iter().map(Rc::downgrade).collect();
    live.root.borrow_mut().value = 9;
    let other: Scene = from_value(&to_value(&scene()).unwrap()).unwrap();
    load_into(&dumps(&other).unwrap(), &mut live).unwrap();
    assert!(
        all(&live)
            .iter()
            .zip(&handles)
            .all(|(entity, handle)| entity.borrow().gpu >= 1000 && handle.as_ptr() == Rc::as_ptr(entity))
    );
}

fn member_once() {
    <dyn Plugin>::register([member!(Echo)]).unwrap();
}

/// After a refusal anywhere, nothing has changed, and all handles are still valid.
#[test]
fn a_refusal_leaves_the_graph_as_it_was() {
    member_once();
    let refused: [fn(&mut Scene); 3] = [
        |scene| scene.plugins.push(Box::new(Echo { delay: BAD })),
        |scene| all(scene)[4].borrow_mut().parts.push(Box::new(Timer { left: BAD })),
        |scene| {
            scene.plugins.push(Box::new(Echo { delay: 1 }));
            scene.plugins.push(Box::new(Echo { delay: PANICS }));
        },
    ];
    for spoil in refused {
        let mut saved = scene();
        spoil(&mut saved);
        saved.root.borrow_mut().children.remove(1);
        let bytes = dumps(&saved).unwrap();
        let mut live = scene();
        let (before, handles) = (dumps(&live).unwrap(), all(&live));
        let done = catch_unwind(AssertUnwindSafe(|| load_into(&bytes, &mut live)));
        assert!(!matches!(done, Ok(Ok(()))));
        assert_eq!(dumps(&live).unwrap(), before);
        assert!(all(&live).iter().zip(&handles).all(|(entity, handle)| Rc::ptr_eq(entity, handle)));
        assert!(handles.iter().all(|entity| entity.borrow().gpu == entity.borrow().value + 1000));
    }
}
