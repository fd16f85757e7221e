//! Saved games outlive the types of a game: the fourth version loads the files of the first three, kept in `saves/`.
//!
//! `cargo run --example evolution` loads them all. `state.history` records the schema of each version; the test at the
//! end fails if a change of a type would make one of them unreadable.

use std::path::{Path, PathBuf};

use state_core::value::Object;
use state_core::{Older, State, image};

/// A saved game in the current version. The versions were:
///
/// 1. `player: String`, `level: u8`, `inventory: Vec<Item>`
/// 2. `gold: u32` was added, and `level` became a `u16`.
/// 3. `player` was renamed to `hero`, and `inventory` to `bag`; `at` was added; torches were taken out of the game.
/// 4. `hero` and `level` went into a type of their own.
#[derive(State, Debug, PartialEq)]
#[state(name = "game.Save", upgrade = Save::upgrade)]
struct Save {
    hero: Hero,
    #[state(alias("inventory"))]
    bag: Vec<Item>,
    #[state(default)]
    gold: u32,
    #[state(default = village)]
    at: (f32, f32),
}

#[derive(State, Debug, PartialEq)]
#[state(name = "game.Hero")]
struct Hero {
    name: String,
    level: u16,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "game.Item")]
enum Item {
    Sword {
        #[state(default = dull)]
        sharpness: u8,
    },
    Potion(u8),
    /// Replaces items that no longer exist: torches.
    #[state(other)]
    Relic,
}

/// Where heroes of older saves begin.
fn village() -> (f32, f32) {
    (12.0, 34.0)
}

fn dull() -> u8 {
    1
}

impl Save {
    /// Edits the slots of a save that another version wrote. Changes that the attributes describe need no code here.
    fn upgrade(older: &mut Older) -> Result<(), String> {
        let name = older.take("player").or_else(|| older.take("hero"));
        if let (Some(name), Some(level)) = (name, older.take("level")) {
            older.set("hero", Object::new("game.Hero", (name, level)));
        }
        Ok(())
    }
}

fn saves() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("evolution/saves")
}

fn main() -> std::io::Result<()> {
    for version in 1..=4 {
        let save: Save = image::load_file(saves().join(format!("v{version}.state")))?;
        println!("version {version}: {save:?}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saves_of_every_version_load() {
        let hero = |level| Hero { name: "Ada".into(), level };
        let load = |version| image::load_file::<Save>(saves().join(format!("v{version}.state"))).unwrap();
        let sword = Item::Sword { sharpness: 1 };
        let bag = vec![sword, Item::Potion(3), Item::Relic];
        assert_eq!(load(1), Save { hero: hero(7), bag, gold: 0, at: village() });
        let bag = vec![Item::Relic];
        assert_eq!(load(2), Save { hero: hero(300), bag, gold: 99, at: village() });
        let bag = vec![Item::Sword { sharpness: 9 }];
        assert_eq!(load(3), Save { hero: hero(301), bag, gold: 120, at: (0.5, -0.5) });
        assert_eq!(load(4), Save { hero: hero(302), bag: vec![], gold: 121, at: (1.5, 2.5) });
    }

    /// One line for each type that is saved on its own.
    #[test]
    fn no_version_is_cut_off() {
        state_core::evolve::testing::recorded::<Save>("evolution/state.history");
    }
}
