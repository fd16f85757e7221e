//! Trait objects: a shop whose owner is a `Box<dyn Owner>`, with a list of the types that it can hold.
//!
//! In Python such a slot holds an object of a class or of one of its subclasses. Run it with
//! `cargo run --example dynamic`.

use state_core::{Dynamic, Error, State, StateExt, dumps, dynamic, load_into, loads, pickle};

trait Owner: Dynamic {
    fn introduction(&self) -> String;
}

#[derive(State)]
#[state(name = "example.Person")]
struct Person {
    name: String,
    age: i32,
}

// In Python, a subclass of `Person`.
#[derive(State)]
#[state(name = "example.Employee")]
struct Employee {
    #[state(flatten_parent)]
    person: Person,
    salary: f64,
}

impl Owner for Person {
    fn introduction(&self) -> String {
        format!("{}, who is {}", self.name, self.age)
    }
}

impl Owner for Employee {
    fn introduction(&self) -> String {
        format!("{}, for {:.2} a month", self.person.introduction(), self.salary)
    }
}

// The types are listed once, next to the trait: nothing is registered, and nothing runs before `main`.
dynamic!(dyn Owner = [Person, Employee]);

#[derive(State)]
#[state(name = "example.Shop")]
struct Shop {
    owner: Box<dyn Owner>,
    partners: Vec<Box<dyn Owner>>,
}

impl Shop {
    fn report(&self) -> String {
        let partners: Vec<String> = self.partners.iter().map(|partner| partner.introduction()).collect();
        format!("{}; with {}", self.owner.introduction(), partners.join(" and "))
    }
}

fn person(name: &str, age: i32) -> Person {
    Person { name: name.into(), age }
}

fn main() -> Result<(), Error> {
    let eve = Employee { person: person("Eve", 41), salary: 2500.0 };
    let shop = Shop { owner: Box::new(person("Dave", 30)), partners: vec![Box::new(eve), Box::new(person("Ann", 35))] };
    println!("the shop of {}", shop.report());
    println!("its state: {}", shop.get_state()?);

    let bytes = dumps(&shop)?;
    let back: Shop = loads(&bytes)?;
    println!("loaded from {} bytes: {}", bytes.len(), back.report());

    // A value of the same type is restored in place, and one of another type is replaced.
    let manager = Employee { person: person("Bob", 50), salary: 9000.0 };
    let mut live =
        Shop { owner: Box::new(person("Zoe", 20)), partners: vec![Box::new(person("Tim", 1)), Box::new(manager)] };
    let place = |owner: &dyn Owner| std::ptr::from_ref(owner).cast::<()>();
    let before = place(&*live.owner);
    load_into(&bytes, &mut live)?;
    let kept = if before == place(&*live.owner) { "in the same memory" } else { "in other memory" };
    println!("restored in place: {}", live.report());
    println!("  the owner, still a Person: {kept}");

    // Python gets objects of its classes, and so `isinstance(employee, Person)`.
    let pickled = pickle::dumps(&shop)?;
    let back: Shop = pickle::loads(&pickled)?;
    println!("pickled for Python in {} bytes, and read again: {}", pickled.len(), back.report());

    // A type that is not in the list is refused, in every format.
    let mut state = shop.get_state()?.to_vec();
    state[0] = "nobody".into();
    if let Err(error) = live.set_state(state) {
        println!("a text for an owner: {error}");
    }
    Ok(())
}
