//! The command line.

use crate::cells::SETS;
use crate::forms;

const USAGE: &str = "\
usage: cargo run --release -- [--store | --profiles | --list] [--only SET,..]      (or --profile best)

  --store     store what is counted, instead of failing where it is more than what was stored
  --profiles  count in every profile that users have, and print where these differ
  --list      print what is counted, and nothing else
  --only      these data sets: log, mesh, minecraft_savedata, mk48, world, orders, tree, document,
                  pickle, or forms, which is counted only if it is named, and never stored";

/// The option with which the program built in another profile is run to print its counts.
pub const LIST: &str = "--list";
pub const ONLY: &str = "--only";

/// The settings of a run.
#[derive(Default)]
pub struct Arguments {
    pub store: bool,
    pub profiles: bool,
    pub list: bool,
    only: Vec<String>,
    /// Runs the cells of this set and nothing else: used when the command runs itself.
    pub child: Option<String>,
}

impl Arguments {
    /// Parses a command line.
    ///
    /// # Errors
    /// An unknown option, or one without its value; the text is for the user.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word}: without a value\n\n{USAGE}"));
            match word.as_str() {
                "--store" => arguments.store = true,
                "--profiles" => arguments.profiles = true,
                LIST => arguments.list = true,
                ONLY => arguments.only = sets(&value()?)?,
                crate::callgrind::CHILD => arguments.child = Some(value()?),
                "--help" | "-h" => return Err(USAGE.into()),
                _ => return Err(format!("{word}: unknown\n\n{USAGE}")),
            }
        }
        Ok(arguments)
    }

    /// The requested sets as a command-line value, unless all are requested.
    pub fn only(&self) -> Option<String> {
        (!self.only.is_empty()).then(|| self.only.join(","))
    }

    pub fn wants(&self, set: &str) -> bool {
        let is_guarded = set != forms::NAME;
        self.only.is_empty() && is_guarded || self.only.iter().any(|only| only == set)
    }

    /// Whether a cell is requested; its name starts with that of its set.
    pub fn wants_cell(&self, cell: &str) -> bool {
        self.wants(cell.split(' ').next().unwrap_or_default())
    }
}

fn sets(value: &str) -> Result<Vec<String>, String> {
    let known = |name: &str| match SETS.contains(&name) {
        true => Ok(name.to_owned()),
        false => Err(format!("{name}: not one of {}", SETS.join(", "))),
    };
    value.split(',').map(known).collect()
}
