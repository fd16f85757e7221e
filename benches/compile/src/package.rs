//! A generated package: a library of 500 structs of 8 fields with one contestant's derives, and a program that uses
//! them all.

use std::fmt::Write;
use std::fs;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::contestant::Contestant;

pub const TYPES: usize = 500;

const FIELDS: [&str; 8] = [
    "id: u64",
    "name: String",
    "tags: Vec<String>",
    "score: f64",
    "active: bool",
    "limit: Option<u32>",
    "data: Vec<u8>",
    "level: i16",
];

pub struct Package<'a> {
    folder: PathBuf,
    contestant: &'a Contestant,
}

impl<'a> Package<'a> {
    /// Writes the package, and builds its dependencies.
    pub fn prepare(work: &Path, contestant: &'a Contestant) -> Result<Self> {
        let folder = work.join(contestant.name.replace(" + ", "-"));
        fs::create_dir_all(folder.join("src"))?;
        let state = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../state-core");
        let manifest = format!(
            "[workspace]\n[package]\nname = \"types\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{}\n\
             [profile.release]\nstrip = true\n",
            contestant.dependencies.replace("{state}", &state.display().to_string())
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        let package = Self { folder, contestant };
        package.write("", "fn main() {}")?;
        package.cargo(&["build"])?;
        package.cargo(&["build", "--release"])?;
        Ok(package)
    }

    fn write(&self, library: &str, program: &str) -> Result<()> {
        fs::write(self.folder.join("src/lib.rs"), library)?;
        fs::write(self.folder.join("src/main.rs"), program)
    }

    fn cargo(&self, words: &[&str]) -> Result<Output> {
        self.run(Command::new("cargo").args(words))
    }

    fn run(&self, command: &mut Command) -> Result<Output> {
        let output = command
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .output()?;
        if !output.status.success() {
            return Err(Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(output)
    }

    /// Builds the library of all types, cold except for its dependencies.
    pub fn library(&self, words: &[&str]) -> Result<Duration> {
        self.write(&self.types(), "fn main() {}")?;
        self.timed(words)
    }

    /// Builds the program that uses all types.
    pub fn program(&self) -> Result<Duration> {
        self.write(&self.types(), &self.uses())?;
        self.timed(&["build", "--release"])
    }

    fn timed(&self, words: &[&str]) -> Result<Duration> {
        let start = Instant::now();
        self.cargo(words)?;
        Ok(start.elapsed())
    }

    /// The size of the program that [`program`](Self::program) built, without symbols.
    pub fn size(&self) -> Result<u64> {
        let program = self.folder.join("target/release").join(format!("types{}", std::env::consts::EXE_SUFFIX));
        Ok(fs::metadata(program)?.len())
    }

    /// The number of lines of the library with its derives expanded. To be called last, since it rebuilds the
    /// dependencies.
    pub fn lines(&self) -> Result<usize> {
        let mut command = Command::new("cargo");
        command.args(["rustc", "--lib", "--", "-Zunpretty=expanded"]);
        // The stable compiler does not offer the expansion.
        let output = self.run(command.env("RUSTC_BOOTSTRAP", "1"))?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().count())
    }

    fn types(&self) -> String {
        (0..TYPES).fold(String::new(), |mut text, number| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "#[derive({})]\npub struct Type{number} {{", self.contestant.derives);
            for field in fields(number) {
                let _ = writeln!(text, "    pub {field},");
            }
            text.push_str("}\n");
            text
        })
    }

    fn uses(&self) -> String {
        let mut text = String::from(
            "fn main() {\n    let bytes: &[u8] = &std::fs::read(\"input\").unwrap_or_default();\n    \
             let mut sink: Vec<u8> = Vec::new();\n",
        );
        for number in 0..TYPES {
            let visit = self.contestant.visit.replace("{T}", &format!("types::Type{number}"));
            let _ = writeln!(text, "    {{ {visit} }}");
        }
        text.push_str("    sink.push(0);\n    std::hint::black_box(&sink);\n}\n");
        text
    }
}

/// The fields in an order that no other type has: the compiler could merge the code of identical types.
fn fields(mut number: usize) -> [&'static str; 8] {
    let mut order = FIELDS;
    for at in (1..order.len()).rev() {
        order.swap(at, number % (at + 1));
        number /= at + 1;
    }
    order
}
