//! Lists the public items of a library, one on each line: `state-public-api target/doc/library.json`.

use std::collections::HashSet;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let json = std::env::args().nth(1).ok_or("which JSON of rustdoc is to be listed?")?;
    let api =
        public_api::Builder::from_rustdoc_json(json).omit_blanket_impls(true).omit_auto_trait_impls(true).build()?;
    let mut listed = HashSet::new();
    let mut lists = true;
    for item in api.items().map(ToString::to_string) {
        let is_impl = item.trim_start_matches("unsafe ").starts_with("impl");
        // The items in a trait's impl belong to the trait.
        lists = if is_impl { !item.contains(" for ") } else { lists || begins_another(&item) };
        // An item that two modules export occurs again with the impls.
        if (if is_impl { tells(&item) } else { lists }) && listed.insert(item.clone()) {
            println!("{item}");
        }
    }
    Ok(())
}

/// Whether an impl is of a trait that users may depend on, and for a type of the library: those for other types depend
/// on the machine.
fn tells(item: &str) -> bool {
    let ty = item.split(" for ").skip(1).last();
    ty.is_some_and(|ty| ty.trim_start_matches('&').starts_with("state_core::")) && !item.contains("StructuralPartialEq")
}

/// Whether it is an item of a module, and so not in an impl.
fn begins_another(item: &str) -> bool {
    ["pub mod ", "pub struct ", "pub enum ", "pub union ", "pub trait ", "pub use ", "pub macro ", "pub proc macro "]
        .iter()
        .any(|start| item.split("] ").last().is_some_and(|item| item.starts_with(start)))
}
