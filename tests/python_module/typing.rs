//! Mypy's checks of the classes.

use std::collections::{BTreeMap, BTreeSet};

use state_core::State;
use state_core::pickle::{PythonModule, python_modules};

use super::forms::{All, MoreSlots};
use super::keys::{Path, Place};
use super::names::{Bike, Outer, Two};
use super::shop::{Drawing, OwnedShop};
use super::{Bicycle, Person};

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "arrays.Arrays")]
struct Arrays {
    #[state(array)]
    floats: Vec<f32>,
    #[state(array)]
    flags: Option<Box<[bool]>>,
    #[state(array)]
    bicycles: Vec<Bicycle>,
    grid: ndarray::Array2<i64>,
    moment: chrono::NaiveDateTime,
    date: chrono::NaiveDate,
    uuid: uuid::Uuid,
    big: num_bigint::BigInt,
    price: rust_decimal::Decimal,
}

fn every_module() -> Vec<PythonModule> {
    fn of<T: State>(modules: &mut Vec<PythonModule>) {
        modules.extend(python_modules::<T>().unwrap());
    }
    let mut modules = Vec::new();
    of::<(Person, Drawing, OwnedShop)>(&mut modules);
    of::<(All, MoreSlots)>(&mut modules);
    of::<(BTreeSet<Place>, BTreeMap<Path, u8>)>(&mut modules);
    of::<(Bike, Two, Outer)>(&mut modules);
    of::<Arrays>(&mut modules);
    modules
}

/// With mypy in strict mode; `.ci/run typing` installs it.
#[test]
#[ignore = "needs mypy"]
fn mypy_takes_every_module() {
    let room = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("python_module");
    let _ = std::fs::remove_dir_all(&room);
    let use_site = "\
from typing import Optional
import forms
import shop

def total(people: list[shop.Person]) -> int:
    return sum(person.age or 0 for person in people)

dave = shop.Person('Dave', 30, [], None)
age: Optional[int] = dave.age
shape: shop.Shape = ('Tree', ('Circle', 0.5), None)
drawing_shapes: list[shop.Shape] = [('Empty',), ('Raw', b'', 0), shape]
if shape[0] == 'Circle':
    radius: float = shape[1]
colour: forms.Colour = forms.Colour.Red
fraction = forms.Fraction(1, b'', 0)
dave.age = 'x'  # type: ignore[assignment]
wrong: shop.Shape = ('Square', 1)  # type: ignore[assignment]
shop.Person('Dave')  # type: ignore[call-arg]
";
    let modules = every_module();
    for module in &modules {
        let path = room.join(module.name.replace('.', "/"));
        // A module that contains others is a package.
        let is_package = modules.iter().any(|other| other.name.starts_with(&format!("{}.", module.name)));
        let file = if is_package { path.join("__init__.py") } else { path.with_extension("py") };
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, &module.source).unwrap();
    }
    std::fs::write(room.join("use.py"), use_site).unwrap();
    let python = std::env::var("STATE_PYTHON").unwrap_or_else(|_| "python3".into());
    for version in ["3.9", "3.13"] {
        // If mypy no longer supports this Python version, it checks for the oldest that it does.
        let output = std::process::Command::new(&python)
            .args(["-m", "mypy", "--strict", "--warn-unused-ignores", "--python-version", version, "."])
            .current_dir(&room)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
    }
}
