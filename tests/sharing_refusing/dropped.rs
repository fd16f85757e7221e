//! The value that a live one was exchanged with is dropped, and its `Drop` takes its objects apart: not the live ones.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use state_core::{State, dumps, load_into};

use super::BAD;

fn test(number: u32) -> Result<(), String> {
    if number == BAD { Err("bad".into()) } else { Ok(()) }
}

#[derive(State)]
#[state(shared, cyclic, after_set = Self::after_set)]
struct Unit {
    number: u32,
    friends: Vec<Rc<RefCell<Unit>>>,
}

impl Unit {
    fn after_set(&mut self) -> Result<(), String> {
        test(self.number)
    }
}

#[derive(State)]
struct Units {
    all: Vec<Rc<RefCell<Unit>>>,
}

/// Opens the cycles.
impl Drop for Units {
    fn drop(&mut self) {
        let mut open: Vec<_> = self.all.drain(..).collect();
        while let Some(unit) = open.pop() {
            open.append(&mut unit.borrow_mut().friends);
        }
    }
}

/// Three units of which each knows the others, or none.
fn units(numbers: [u32; 3], know: bool) -> Units {
    let all = numbers.map(|number| Rc::new(RefCell::new(Unit { number, friends: vec![] })));
    for (at, unit) in all.iter().enumerate().filter(|_| know) {
        unit.borrow_mut().friends.extend([all[(at + 1) % 3].clone(), all[(at + 2) % 3].clone()]);
    }
    Units { all: all.into() }
}

fn numbers(units: &Units) -> Vec<(u32, Vec<u32>)> {
    let numbers = |all: &[Rc<RefCell<Unit>>]| all.iter().map(|unit| unit.borrow().number).collect();
    units.all.iter().map(|unit| (unit.borrow().number, numbers(&unit.borrow().friends))).collect()
}

#[test]
fn cycles_that_a_drop_opens_are_not_those_of_the_live_objects() {
    let mut live = units([1, 2, 3], true);
    let first = live.all[0].clone();
    let saved = units([11, 12, 13], true);
    load_into(&dumps(&saved).unwrap(), &mut live).unwrap();
    assert!(Rc::ptr_eq(&live.all[0], &first) && Rc::ptr_eq(&live.all[1].borrow().friends[1], &first));
    assert_eq!(numbers(&live), numbers(&saved));

    load_into(&dumps(&units([21, 22, BAD], true)).unwrap(), &mut live).unwrap_err();
    assert_eq!(numbers(&live), numbers(&saved));

    // The state that is replaced has cycles, and the new one has none.
    load_into(&dumps(&units([31, 32, 33], false)).unwrap(), &mut live).unwrap();
    assert_eq!(numbers(&live), [(31, vec![]), (32, vec![]), (33, vec![])]);
}

/// Units that nobody takes apart.
#[derive(State)]
struct Crowd {
    all: Vec<Rc<RefCell<Unit>>>,
}

fn crowd(numbers: &[u32]) -> Crowd {
    let unit = |&number: &u32| Rc::new(RefCell::new(Unit { number, friends: vec![] }));
    Crowd { all: numbers.iter().map(unit).collect() }
}

#[test]
fn cycles_of_units_that_are_gone_are_freed() {
    let mut live = crowd(&[1, 2, 3]);
    let ring = |units: &[Rc<RefCell<Unit>>]| {
        for (at, unit) in units.iter().enumerate() {
            unit.borrow_mut().friends.push(units[(at + 1) % units.len()].clone());
        }
    };
    ring(&live.all);
    let gone: Vec<Weak<_>> = live.all.iter().skip(1).map(Rc::downgrade).collect();
    let first = live.all[0].clone();
    load_into(&dumps(&crowd(&[11])).unwrap(), &mut live).unwrap();
    assert!(Rc::ptr_eq(&live.all[0], &first) && first.borrow().friends.is_empty());
    assert_eq!((live.all.len(), first.borrow().number, Rc::strong_count(&first)), (1, 11, 2));
    assert!(gone.iter().all(|unit| unit.upgrade().is_none()));

    // A handle to one that is gone leads to those that stay.
    live.all.push(Rc::new(RefCell::new(Unit { number: 12, friends: vec![first.clone()] })));
    first.borrow_mut().friends.push(live.all[1].clone());
    let kept = live.all[1].clone();
    load_into(&dumps(&crowd(&[21])).unwrap(), &mut live).unwrap();
    assert!(Rc::ptr_eq(&kept.borrow().friends[0], &first) && Rc::strong_count(&kept) == 1);
    assert_eq!((first.borrow().number, Rc::strong_count(&first)), (21, 3));

    // Refused: the new units are dropped, the live ones are as they were.
    let refused = crowd(&[31, 32, BAD]);
    refused.all[1].borrow_mut().friends.push(refused.all[0].clone());
    refused.all[0].borrow_mut().friends.push(refused.all[1].clone());
    load_into(&dumps(&refused).unwrap(), &mut live).unwrap_err();
    assert_eq!((first.borrow().number, first.borrow().friends.len(), Rc::strong_count(&first)), (21, 0, 3));
    refused.all.iter().for_each(|unit| unit.borrow_mut().friends.clear());
}

#[derive(State)]
#[state(shared, after_set = Self::after_set)]
struct Link {
    number: u32,
    next: Option<Rc<RefCell<Link>>>,
}

impl Link {
    fn after_set(&mut self) -> Result<(), String> {
        test(self.number)
    }
}

#[derive(State)]
struct Chain {
    first: Option<Rc<RefCell<Link>>>,
    all: Vec<Rc<RefCell<Link>>>,
}

/// Without recursion.
impl Drop for Chain {
    fn drop(&mut self) {
        while let Some(link) = self.first.take() {
            self.first = link.borrow_mut().next.take();
        }
    }
}

fn chain(numbers: &[u32]) -> Chain {
    let mut all: Vec<Rc<RefCell<Link>>> = Vec::new();
    for &number in numbers.iter().rev() {
        let next = all.last().cloned();
        all.push(Rc::new(RefCell::new(Link { number, next })));
    }
    Chain { first: all.last().cloned(), all }
}

fn linked(chain: &Chain) -> Vec<u32> {
    let (mut numbers, mut next) = (Vec::new(), chain.first.clone());
    while let Some(link) = next {
        let Link { number, next: behind } = &*link.borrow();
        numbers.push(*number);
        next = behind.as_ref().map(Rc::clone);
    }
    numbers
}

#[test]
fn a_chain_that_a_drop_takes_apart_is_not_the_live_one() {
    let mut live = chain(&[1, 2, 3, 4]);
    load_into(&dumps(&chain(&[11, 12, 13])).unwrap(), &mut live).unwrap();
    assert_eq!(linked(&live), [11, 12, 13]);
    load_into(&dumps(&chain(&[21, BAD, 23])).unwrap(), &mut live).unwrap_err();
    assert_eq!(linked(&live), [11, 12, 13]);
}
