//! `flatten_parent`: a child's state is its parent's state and its own slots.

use std::fmt::Debug;

use state_core::value::{StateExt, Tuple, Value};
use state_core::{ErrorKind, RestoreOwned, State, dumps, load_into, loads};

#[track_caller]
fn comes_back<T: RestoreOwned + PartialEq + Debug>(value: &T, mut other: T) {
    let bytes = dumps(value).unwrap();
    assert_eq!(&loads::<T>(&bytes).unwrap(), value);
    load_into(&bytes, &mut other).unwrap();
    assert_eq!(&other, value);
}

#[derive(State, Debug, PartialEq, Clone)]
struct Animal {
    name: String,
    #[state(bytes)]
    weights: Vec<f32>,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Dog(#[state(flatten_parent)] Animal, u8);

#[derive(State, Debug, PartialEq, Clone)]
struct Puppy {
    #[state(skip)]
    asleep: bool,
    #[state(flatten_parent)]
    dog: Dog,
    weeks: u16,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Show {
    #[state(flatten_parent)]
    puppy: Puppy,
}

#[derive(State, Debug, PartialEq)]
struct Nothing;

#[derive(State, Debug, PartialEq)]
struct OfNothing {
    #[state(flatten_parent)]
    nothing: Nothing,
    something: u8,
}

fn show() -> Show {
    let animal = Animal { name: "Rex".into(), weights: vec![1.5, 2.0] };
    Show { puppy: Puppy { asleep: false, dog: Dog(animal, 4), weeks: 9 } }
}

fn other() -> Show {
    let animal = Animal { name: "another".into(), weights: vec![] };
    Show { puppy: Puppy { asleep: false, dog: Dog(animal, 0), weeks: 0 } }
}

#[test]
fn a_chain_of_parents_comes_back() {
    comes_back(&show(), other());
    comes_back(&show().puppy, other().puppy);
    comes_back(&show().puppy.dog, other().puppy.dog);
}

#[test]
fn the_parents_state_is_the_prefix_of_the_childs() {
    let state = show().get_state().unwrap();
    assert_eq!(state.len(), 5);
    assert_eq!(&state[..3], &show().puppy.dog.0.get_state().unwrap()[..]);
    assert_eq!(&state[..4], &show().puppy.dog.get_state().unwrap()[..]);
    assert_eq!(state, show().puppy.get_state().unwrap());
    assert_eq!(state[4], Value::from(9));
    let mut another = other();
    another.set_state(state).unwrap();
    assert_eq!(another, show());
}

#[test]
fn a_child_is_not_its_parent() {
    let bytes = dumps(&show().puppy).unwrap();
    for error in [loads::<Dog>(&bytes).unwrap_err(), loads::<Show>(&bytes).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Identity);
    }
}

#[test]
fn a_parent_may_be_empty() {
    let value = |something| OfNothing { nothing: Nothing, something };
    comes_back(&value(1), value(2));
    assert_eq!(value(1).get_state().unwrap(), Tuple::from(vec![Value::from(1)]));
}

/// A parent in a box, because of its size or because it is generic.
#[derive(State, Debug, PartialEq, Clone)]
struct Boxed<P> {
    #[state(flatten_parent)]
    parent: Box<P>,
    own: u8,
}

#[derive(State, Debug, PartialEq, Clone)]
struct BoxedDog(#[state(flatten_parent)] Box<Animal>, u8);

#[test]
fn a_parent_may_be_boxed() {
    let boxed = |puppy, own| Boxed { parent: Box::new(puppy), own };
    comes_back(&boxed(show().puppy, 1), boxed(other().puppy, 2));
    let state = boxed(show().puppy, 1).get_state().unwrap();
    assert_eq!(&state[..5], &show().puppy.get_state().unwrap()[..]);
    assert_eq!(state[5], Value::from(1));
    // The box is not part of the state: the bytes are those of a child that contains its parent directly.
    let dog = show().puppy.dog;
    let bytes = dumps(&dog).unwrap();
    let boxed_dog = BoxedDog(Box::new(dog.0.clone()), dog.1);
    assert_eq!(dumps(&boxed_dog).unwrap()[40..], bytes[40..]);
    let mut live = BoxedDog(Box::new(other().puppy.dog.0), 0);
    let address: *const Animal = &raw const *live.0;
    live.set_state(dog.get_state().unwrap()).unwrap();
    assert_eq!(live, boxed_dog);
    assert!(std::ptr::eq(address, &raw const *live.0), "restored in place");
    let pickled = state_core::pickle::dumps(&boxed_dog).unwrap();
    assert_eq!(state_core::pickle::loads::<BoxedDog>(&pickled).unwrap(), boxed_dog);
}
