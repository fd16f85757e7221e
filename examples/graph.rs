//! Shared objects: a level of a game, with materials that walls share, rooms that refer to their parent, and doors that
//! form cycles. Run it with `cargo run --example graph`.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use state_core::{Result, State, dumps, load_into, loads};

#[derive(State)]
struct Material {
    name: String,
}

#[derive(State)]
#[state(name = "example.Room", shared, cyclic)]
struct Room {
    name: String,
    walls: Vec<Rc<Material>>,
    doors: Vec<Rc<RefCell<Room>>>,
    building: Weak<Building>,
}

#[derive(State)]
#[state(name = "example.Building")]
struct Building {
    rooms: Vec<Rc<RefCell<Room>>>,
}

impl Drop for Building {
    /// Doors lead both ways, so strong references would keep the rooms alive for ever.
    fn drop(&mut self) {
        for room in &self.rooms {
            if let Ok(mut room) = room.try_borrow_mut() {
                room.doors.clear();
            }
        }
    }
}

fn building() -> Rc<Building> {
    let (stone, wood) = (Rc::new(Material { name: "stone".into() }), Rc::new(Material { name: "wood".into() }));
    Rc::new_cyclic(|building| {
        let room = |name: &str, walls: &[&Rc<Material>]| {
            let walls = walls.iter().map(|&wall| wall.clone()).collect();
            let room = Room { name: name.into(), walls, doors: Vec::new(), building: building.clone() };
            Rc::new(RefCell::new(room))
        };
        let (hall, attic) = (room("hall", &[&stone, &stone]), room("attic", &[&wood, &stone]));
        hall.borrow_mut().doors.push(attic.clone());
        attic.borrow_mut().doors.push(hall.clone());
        Building { rooms: vec![hall, attic] }
    })
}

fn main() -> Result<()> {
    let bytes = dumps(&building())?;
    println!("{} bytes", bytes.len());

    let loaded: Rc<Building> = loads(&bytes)?;
    let [hall, attic] = &loaded.rooms[..] else { return Ok(()) };
    println!("a door leads from the {} to the {}", hall.borrow().name, hall.borrow().doors[0].borrow().name);
    println!("and back to the same hall: {}", Rc::ptr_eq(&attic.borrow().doors[0], hall));
    println!(
        "both have walls of one {}: {}",
        hall.borrow().walls[0].name,
        Rc::ptr_eq(&hall.borrow().walls[0], &attic.borrow().walls[1])
    );
    let is_parent = attic.borrow().building.upgrade().is_some_and(|building| Rc::ptr_eq(&building, &loaded));
    println!("rooms know their building: {is_parent}");

    // Other handles to a room see the restored state.
    let held = hall.clone();
    let saved = dumps(&held)?;
    held.borrow_mut().name = "ruin".into();
    let mut room = held.clone();
    load_into(&saved, &mut room)?;
    println!("in place: {}, {}", held.borrow().name, Rc::ptr_eq(&room, &held));
    Ok(())
}
