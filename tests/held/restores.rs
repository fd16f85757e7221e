//! A restore gives back the identical pointers, in any order.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::image::checksum;
use state_core::{History, Options, State, dumps, loads};

use super::{Mesh, World, assert_same_pointers, body, mesh, world};

#[test]
fn a_restore_gives_back_the_very_same_pointers() {
    let mut world = world();
    let mut history = History::<World>::new();
    history.push(0, &world).unwrap();
    assert!(history.bytes_held() < 1000, "{} bytes", history.bytes_held());
    let before = world.clone();

    world.tick = 7;
    world.bodies[0].mesh = mesh("other");
    world.bodies.swap(1, 2);
    world.bodies.push(body(9, &mesh("new")));
    world.title = None;
    world.tables.insert(1, vec![9].into());
    world.tables.insert(5, vec![5].into());
    for _ in 0..2 {
        history.restore(0, &mut world).unwrap();
        assert_same_pointers(&world, &before);
        world = World::default();
    }
}

#[test]
fn files_have_the_objects_in_full() {
    let mut world = world();
    let bytes = dumps(&world).unwrap();
    assert!(bytes.len() > 3 * 120_000);
    assert_eq!(loads::<World>(&bytes).unwrap(), world);
    let mut history = History::<World>::new();
    history.push(3, &world).unwrap();
    assert_eq!(history.image(3).unwrap(), bytes);
    world.bodies[1].position[2] = 0.5;
    let differences = history.compare(3, &dumps(&world).unwrap()).unwrap().map(|d| d.to_string()).collect::<Vec<_>>();
    assert_eq!(differences, ["World.bodies[1].position[2]: 1.0, theirs 0.5"]);
    world.bodies[1] = body(1, &mesh("sphere"));
    let differences = history.compare(3, &dumps(&world).unwrap()).unwrap().map(|d| d.to_string()).collect::<Vec<_>>();
    assert_eq!(differences, ["World.bodies[1].mesh.name: 'cube', theirs 'sphere'"]);
}

#[test]
fn checksums_are_of_what_is_held_and_not_of_where_it_lies() {
    let (mut ours, mut theirs) = (History::<World>::new(), History::<World>::new());
    let (mut a, b) = (world(), world());
    theirs.push(8, &World { tick: 9, ..b.clone() }).unwrap();
    for frame in 10..13 {
        ours.push(frame, &a).unwrap();
        theirs.push(frame, &b).unwrap();
        assert_eq!(ours.checksum(frame).unwrap(), theirs.checksum(frame).unwrap());
    }
    // Two equal meshes, where one was used twice before.
    a.bodies[2].mesh = mesh("ball");
    ours.push(20, &a).unwrap();
    assert_eq!(ours.checksum(20).unwrap(), theirs.checksum(12).unwrap());
    a.bodies[2].mesh = mesh("bale");
    ours.push(21, &a).unwrap();
    assert_ne!(ours.checksum(21).unwrap(), theirs.checksum(12).unwrap());
    a.bodies.swap(1, 2);
    for body in &mut a.bodies {
        body.position = [0.0; 3];
    }
    ours.push(22, &a).unwrap();
    a.bodies.swap(1, 2);
    ours.push(23, &a).unwrap();
    assert_ne!(ours.checksum(22).unwrap(), ours.checksum(23).unwrap());
}

#[test]
fn a_checksum_is_written_down() {
    #[derive(State)]
    struct Small {
        n: u16,
        #[state(held)]
        text: Option<Arc<str>>,
    }
    let mut history = History::<Small>::new();
    history.push(0, &Small { n: 1, text: Some("abc".into()) }).unwrap();
    let image = dumps(&Small { n: 1, text: Some("".into()) }).unwrap();
    let parts = [checksum(&image), checksum(&dumps(&Arc::<str>::from("abc")).unwrap())].map(u64::to_le_bytes);
    assert_eq!(history.checksum(0).unwrap(), checksum(parts.as_flattened()));
    // Without held pointers, the checksum is that of the bytes.
    history.push(1, &Small { n: 2, text: None }).unwrap();
    assert_eq!(history.checksum(1).unwrap(), checksum(&dumps(&Small { n: 2, text: None }).unwrap()));
}

#[test]
fn restores_go_forwards_and_back_in_any_order() {
    let mut history = History::<World>::new().frames(10).long(1 << 20);
    let mut world = world();
    let mut kept = Vec::new();
    for frame in 0..40 {
        world.tick = frame;
        match frame % 5 {
            0 => world.bodies.push(body(frame as u16, &mesh(&frame.to_string()))),
            1 => drop(world.bodies.remove(1)),
            2 => world.title = Some(format!("title {frame}").into()),
            _ => world.bodies[0].position[1] += 0.25,
        }
        history.push(frame, &world).unwrap();
        kept.push(world.clone());
    }
    assert!(history.frames_kept().eq(0..40));
    let sums: Vec<u64> = (0..40).map(|frame| history.checksum(frame).unwrap()).collect();
    for step in 0..200 {
        let frame = step * 17 % 40;
        history.restore(frame, &mut world).unwrap();
        assert_same_pointers(&world, &kept[frame as usize]);
        let mut other = History::<World>::new();
        other.push(0, &world).unwrap();
        assert_eq!(other.checksum(0).unwrap(), sums[frame as usize]);
    }
    drop(world);
    let meshes: Vec<_> = kept.iter().flat_map(|world| &world.bodies).map(|body| Arc::downgrade(&body.mesh)).collect();
    drop(kept);
    assert!(meshes.iter().all(|mesh| mesh.strong_count() == 1));
    drop(history);
    assert!(meshes.iter().all(|mesh| mesh.strong_count() == 0));
}

#[test]
fn types_that_share_hold_too() {
    #[derive(State, Default)]
    #[state(shared)]
    struct Scene {
        #[state(held)]
        meshes: Vec<Rc<Mesh>>,
        #[state(held)]
        best: Option<Rc<Mesh>>,
        names: Vec<Rc<str>>,
        name: Option<Rc<str>>,
        nodes: Vec<Rc<Node>>,
    }
    #[derive(State)]
    struct Node {
        parent: Weak<Node>,
        id: u8,
    }
    let cube = Rc::new(Mesh { name: "cube".into(), points: vec![[0.0; 3]; 1000] });
    let (name, root) = (Rc::<str>::from("n"), Rc::new(Node { parent: Weak::new(), id: 0 }));
    let leaf = Rc::new(Node { parent: Rc::downgrade(&root), id: 1 });
    let mut scene = Scene {
        meshes: vec![cube.clone(), cube.clone()],
        best: Some(cube.clone()),
        names: vec![name.clone(), name.clone()],
        name: Some(name),
        nodes: vec![root, leaf],
    };
    let bytes = dumps(&scene).unwrap();
    let mut history = History::<Scene>::new();
    history.push(0, &scene).unwrap();
    assert!(history.bytes_held() < 1000);
    assert_eq!(history.image(0).unwrap(), bytes);
    for _ in 0..2 {
        history.restore(0, &mut scene).unwrap();
        assert!(scene.meshes.iter().chain(&scene.best).all(|mesh| Rc::ptr_eq(mesh, &cube)));
        assert!(
            Rc::ptr_eq(&scene.names[0], &scene.names[1]) && Rc::ptr_eq(&scene.names[0], scene.name.as_ref().unwrap())
        );
        assert!(Rc::ptr_eq(&scene.nodes[1].parent.upgrade().unwrap(), &scene.nodes[0]));
        assert_eq!(dumps(&scene).unwrap(), bytes);
        scene = Scene::default();
    }
}

#[test]
fn options_of_a_history_count() {
    let mut history = History::<World>::new().options(Options::new().with_schema().refuse_copies());
    let mut world = world();
    for frame in 0..3 {
        history.push(frame, &world).unwrap();
        history.restore(frame, &mut world).unwrap();
    }
    let carried = Options::new().with_schema().dumps(&world).unwrap();
    // Held objects are not written, and so not written twice; in an image they would be.
    assert!(history.image(1).is_err() && Options::new().refuse_copies().dumps(&world).is_err());
    let mut history = History::<World>::new().options(Options::new().with_schema());
    history.push(1, &world).unwrap();
    assert_eq!(history.image(1).unwrap(), carried);
}

/// An object on a cycle is read twice, and gets its own pointers both times.
#[test]
fn objects_on_a_cycle_have_the_pointers_that_they_hold() {
    #[derive(State)]
    #[state(shared, cyclic)]
    struct Node {
        next: Option<Rc<RefCell<Node>>>,
        #[state(held)]
        mesh: Arc<Mesh>,
    }
    let meshes = [mesh("a"), mesh("b"), mesh("c")];
    let node = |mesh: &Arc<Mesh>| Rc::new(RefCell::new(Node { next: None, mesh: mesh.clone() }));
    let ring = |meshes: [&Arc<Mesh>; 3]| {
        let nodes = meshes.map(node);
        for at in 0..3 {
            nodes[at].borrow_mut().next = Some(nodes[(at + 1) % 3].clone());
        }
        nodes
    };
    let mut history = History::<Option<Rc<RefCell<Node>>>>::new();
    let saved = ring([&meshes[0], &meshes[1], &meshes[2]]);
    history.push(0, &Some(saved[0].clone())).unwrap();
    // Restores into new objects, one that is alive, live ones in another order, and the saved ones.
    let others = ring([&meshes[2], &meshes[2], &meshes[0]]);
    for live in [None, Some(node(&meshes[1])), Some(others[0].clone()), Some(saved[0].clone())] {
        let mut root = live.clone();
        history.restore(0, &mut root).unwrap();
        let root = root.unwrap();
        let mut at = root.clone();
        for mesh in &meshes {
            assert!(Arc::ptr_eq(&at.borrow().mesh, mesh), "{} for {}", at.borrow().mesh.name, mesh.name);
            let next = at.borrow().next.clone().unwrap();
            at = next;
        }
        assert!(Rc::ptr_eq(&at, &root));
        for node in [Some(root), live].into_iter().flatten() {
            node.borrow_mut().next = None;
        }
    }
}
