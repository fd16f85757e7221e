//! The basics: the state of a bicycle shop as a tuple and in a file, and restored into a new shop and into a live one.
//!
//! `cargo run --example bicycles` runs the tour; `cargo run --example bicycles -- FILE` loads the file that it wrote,
//! or a pickle of such a shop that Python wrote.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use state_core::value::Value;
use state_core::{Options, Record, State, StateExt, load_into, loads, pickle};

#[derive(State)]
#[state(name = "example.Person")]
struct Person {
    name: String,
    age: i32,
}

// In the layout of C: 16 bytes, 4 of them padding.
#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[derive(State)]
#[state(name = "example.MyClass")]
struct MyClass {
    #[state(bytes)]
    data: Vec<Bicycle>,
}

#[derive(State)]
#[state(name = "example.MySubclass")]
struct MySubclass {
    #[state(flatten_parent)]
    base: MyClass,
    owner: Option<Person>,
}

impl MySubclass {
    fn report(&self) -> String {
        let (sum, count) = self.base.data.iter().fold((0.0, 0.0), |(sum, count), of| (sum + of.price, count + 1.0));
        if count == 0.0 { "no bicycles".into() } else { format!("average price: {:?}", sum / count) }
    }
}

fn main() -> ExitCode {
    let outcome = match env::args_os().nth(1) {
        Some(file) => show(Path::new(&file)),
        None => story(&env::temp_dir().join("bicycles.state")),
    };
    if let Err(error) = outcome {
        eprintln!("bicycles: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn show(file: &Path) -> Result<(), io::Error> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    let bytes = fs::read(file).map_err(named)?;
    // Python's pickles start with this byte from protocol 2 on; older ones are recognised by their opcodes alone, and
    // no native file runs as a pickle.
    let is_pickle = bytes.starts_with(b"\x80") || pickle::PickleOptions::new().open(&bytes).is_ok();
    let loaded = if is_pickle { pickle::loads(&bytes) } else { loads(&bytes) };
    let shop: MySubclass = loaded.map_err(|error| named(error.into()))?;
    println!("state: {}", shop.get_state()?);
    println!("{}", shop.report());
    Ok(())
}

fn story(file: &Path) -> Result<(), io::Error> {
    let data = [(1, 50.0), (7, 199.0), (21, 399.0)].map(|(gears, price)| Bicycle { gears, price }).into();
    let dave = Person { name: "Dave".into(), age: 30 };
    let shop = MySubclass { base: MyClass { data }, owner: Some(dave) };
    println!("made a shop\n  {}", shop.report());

    // The parent's slots come first, so a child's state is taken apart as Python's `state[:-1]` and `state[-1]` do.
    let state = shop.get_state()?;
    println!("its state, a tuple of {} slots\n  {state}", state.len());
    if let Some((owner, parent)) = state.split_last() {
        println!("  the first {} are its parent's, the raw bytes and their count; its own is {owner}", parent.len());
    }

    // With the schema, the file describes itself, and an error can name the slot that differs.
    let bytes = Options::new().with_schema().dumps(&shop)?;
    fs::write(file, &bytes)?;
    println!("dumped to {}", file.display());

    let bytes = fs::read(file)?;
    let loaded: MySubclass = loads(&bytes)?;
    println!("loaded a new shop\n  {}", loaded.report());

    let data = vec![Bicycle { gears: 3, price: 1.0 }; 3];
    let mut other = MySubclass { base: MyClass { data }, owner: None };
    println!("another shop\n  {}", other.report());
    let place = other.base.data.as_ptr();
    load_into(&bytes, &mut other)?;
    let kept = if place == other.base.data.as_ptr() { "in the same memory" } else { "in other memory" };
    println!("restored in place, {kept}\n  {}", other.report());

    // Python's `pickle.loads` makes the same shop from these bytes, and pickles from Python are loaded here.
    let pickled = pickle::dumps(&shop)?;
    let back: MySubclass = pickle::loads(&pickled)?;
    println!("pickled for Python in {} bytes, and read again\n  {}", pickled.len(), back.report());

    // The bytes or the tuple are checked before anything is changed.
    let cut = load_into(&bytes[..bytes.len() - 1], &mut other).err();
    println!("a file cut short: {}\n  {}", text(cut), other.report());
    let lie = other.set_state((vec![0_u8; 16], 1000, Value::None)).err();
    println!("16 bytes said to be 1000 bicycles: {}\n  {}", text(lie), other.report());
    Ok(())
}

fn text(error: Option<state_core::Error>) -> String {
    error.map_or("taken".into(), |error| error.to_string())
}
