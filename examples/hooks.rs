//! Hooks before a state is taken and after it is restored, conversions, and skipped fields. Run it with
//! `cargo run --example hooks`.

use std::collections::HashMap;

use state_core::value::List;
use state_core::{Error, State, StateExt, dumps, load_into, loads};

/// A library: its index is computed from its books, so it is not part of the state and is rebuilt after a restore.
#[derive(State)]
#[state(name = "example.Library", after_set = Self::rebuild)]
struct Library {
    books: Vec<String>,
    // States from before there were branches are a slot shorter; `set_state` fills it.
    #[state(default = main_branch)]
    branch: String,
    #[state(skip)]
    index: HashMap<String, usize>,
}

impl Library {
    fn rebuild(&mut self) {
        self.index = self.books.iter().cloned().zip(0..).collect();
    }
}

fn main_branch() -> String {
    "main".into()
}

/// An account whose restored state must balance; an unsettled account cannot be saved.
#[derive(State, Debug, PartialEq)]
#[state(name = "example.Account", before_get = Self::settled, after_set = Self::balanced)]
struct Account {
    // A type of another crate, without a state, is converted.
    #[state(with = number)]
    number: Number,
    entries: Vec<i64>,
    balance: i64,
    // Left alone by a restore in place; a newly built object has the default.
    #[state(skip)]
    pending: Vec<i64>,
}

#[derive(Debug, PartialEq)]
struct Number(String);

mod number {
    use super::Number;

    pub type Slot = String;

    pub fn get(number: &Number) -> Slot {
        number.0.clone()
    }

    pub fn set(text: Slot) -> Result<Number, String> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { Ok(Number(text)) } else { Err(format!("{text:?} is no account number")) }
    }
}

impl Account {
    fn settled(&self) -> Result<(), &'static str> {
        if self.pending.is_empty() { Ok(()) } else { Err("entries are pending") }
    }

    fn balanced(&mut self) -> Result<(), String> {
        let sum: i64 = self.entries.iter().fold(0, |sum, entry| sum.wrapping_add(*entry));
        if sum == self.balance { Ok(()) } else { Err(format!("the entries make {sum}, not {}", self.balance)) }
    }
}

fn main() -> Result<(), Error> {
    let books = ["Emma", "Ulysses"].map(String::from).into();
    let bytes = dumps(&Library { books, branch: "north".into(), index: HashMap::new() })?;
    let mut library: Library = loads(&bytes)?;
    println!("after_set rebuilt the index: Ulysses is book {:?}", library.index.get("Ulysses"));

    let mut old = library.get_state()?;
    println!("skip leaves the index out of the state: {old}");
    old.pop();
    library.set_state(old)?;
    println!("default filled the slot that an old state lacks: {:?}", library.branch);

    let number = Number("4711".into());
    let mut account = Account { number, entries: vec![50, -20], balance: 30, pending: vec![] };
    println!("with makes text of the number: {}", account.get_state()?);

    let bytes = dumps(&account)?;
    account.entries.push(-30);
    account.balance = 0;
    account.pending.push(99);
    println!("before_get refuses: {}", text(dumps(&account).err()));

    let refused = account.set_state(("4712", List::from([1, 2]), 4)).err();
    println!("after_set refuses: {}; the number is still {}", text(refused), account.number.0);
    let refused = account.set_state(("four", List::new(), 0)).err();
    println!("with refuses: {}; the balance is still {}", text(refused), account.balance);

    load_into(&bytes, &mut account)?;
    println!("and a good state goes in: {:?}, balance {}", account.entries, account.balance);
    // Skipped fields are kept, also where a hook can refuse the state.
    println!("pending after it: {:?}", account.pending);
    Ok(())
}

fn text(error: Option<Error>) -> String {
    error.map_or("taken".into(), |error| error.to_string())
}
