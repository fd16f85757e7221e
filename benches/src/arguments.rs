//! The command line.

use std::path::PathBuf;
use std::time::Duration;

/// The usage text, printed for `--help` and after an unknown option.
pub const USAGE: &str = "\
usage: cargo run --release -- [--quick] [--only SET,..] [--peers PEER,..] [--rounds N]
                              [--allocators system,mimalloc] [--out FOLDER]

  --quick        fewer and shorter rounds: done within three minutes
  --only         these data sets: log, mesh, minecraft_savedata, mk48, world, orders, tree, document
  --peers        these peers: state, wincode, bitcode, speedy, rkyv, savefile, borsh, postcard, bincode-next
  --rounds       how often each cell is measured
  --allocators   these allocators; both without it
  --out          where results.json, results.md and results.svg go; `results` beside Cargo.toml without it";

/// The settings of a run.
#[derive(Clone)]
pub struct Arguments {
    pub only: Vec<String>,
    pub peers: Vec<String>,
    pub allocators: Vec<String>,
    pub rounds: usize,
    /// The minimal duration of a cell in each round.
    pub batch: Duration,
    pub out: PathBuf,
    /// Measures under this program's allocator only, and writes the run to this file: used when the command runs
    /// itself.
    pub part: Option<PathBuf>,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            only: Vec::new(),
            peers: Vec::new(),
            allocators: vec!["system".into(), "mimalloc".into()],
            rounds: 61,
            batch: Duration::from_millis(5),
            out: concat!(env!("CARGO_MANIFEST_DIR"), "/results").into(),
            part: None,
        }
    }
}

impl Arguments {
    /// Parses a command line.
    ///
    /// # Errors
    /// An unknown option, or one without its value; the text is for the user.
    pub fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut words = words;
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            if word == "--quick" {
                arguments.rounds = 15;
                arguments.batch = Duration::from_millis(1);
                continue;
            }
            let value = match word.as_str() {
                "--help" | "-h" => return Err(USAGE.into()),
                _ => words.next().ok_or_else(|| format!("{word}: unknown, or without a value\n\n{USAGE}"))?,
            };
            arguments.set(&word, &value)?;
        }
        Ok(arguments)
    }

    fn set(&mut self, word: &str, value: &str) -> Result<(), String> {
        match word {
            "--only" => self.only = names(value, &crate::sets::NAMES)?,
            "--peers" => self.peers = names(value, &crate::peers::NAMES)?,
            "--allocators" => self.allocators = names(value, &["system", "mimalloc"])?,
            "--rounds" => {
                self.rounds = value.parse().ok().filter(|&rounds| rounds > 0).ok_or("--rounds: a number above zero")?;
            }
            "--out" => self.out = value.into(),
            "--part" => self.part = Some(value.into()),
            _ => return Err(format!("{word}: unknown\n\n{USAGE}")),
        }
        Ok(())
    }

    pub fn wants_set(&self, name: &str) -> bool {
        wants(&self.only, name)
    }

    pub fn wants_peer(&self, name: &str) -> bool {
        wants(&self.peers, name)
    }
}

/// Whether a list includes a name; an empty one includes all.
fn wants(list: &[String], name: &str) -> bool {
    list.is_empty() || list.iter().any(|one| one == name)
}

fn names(value: &str, known: &[&str]) -> Result<Vec<String>, String> {
    value
        .split(',')
        .map(|name| match known.contains(&name) {
            true => Ok(name.to_owned()),
            false => Err(format!("{name}: not one of {}", known.join(", "))),
        })
        .collect()
}
