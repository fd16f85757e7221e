//! A generated package: a library of types with one contestant's derives, and a program that uses them all.

use std::fmt::Write;
use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::contestant::Contestant;
use crate::types::Types;

pub struct Package<'a> {
    folder: PathBuf,
    contestant: &'a Contestant,
    types: &'a Types,
    /// What all that the package depends on takes to build, in debug and in release.
    pub dependencies: [Duration; 2],
}

impl<'a> Package<'a> {
    /// Writes the package, and builds its dependencies from nothing.
    pub fn prepare(work: &Path, contestant: &'a Contestant, types: &'a Types) -> Result<Self> {
        let folder = work.join(contestant.name.replace(" + ", "-"));
        fs::create_dir_all(folder.join("src"))?;
        let state = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../state-core");
        let manifest = format!(
            "[workspace]\n[package]\nname = \"types\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{}\n\
             [profile.release]\nstrip = true\n",
            contestant.dependencies.replace("{state}", &state.display().to_string())
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        match fs::remove_dir_all(folder.join("target")) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut package = Self { folder, contestant, types, dependencies: Default::default() };
        package.write("", "fn main() {}")?;
        package.cargo(&["fetch"])?;
        package.dependencies = [package.timed(&["build"])?, package.timed(&["build", "--release"])?];
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

    /// The processor time of the command, where the system tells it, or else the time that it takes.
    fn timed(&self, words: &[&str]) -> Result<Duration> {
        let (start, before) = (Instant::now(), of_children());
        self.cargo(words)?;
        Ok(before.zip(of_children()).map_or_else(|| start.elapsed(), |(before, after)| after.saturating_sub(before)))
    }

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
        self.types.declarations.iter().fold(String::new(), |mut text, declaration| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "#[derive({})]\n{declaration}", self.contestant.derives);
            text
        })
    }

    fn uses(&self) -> String {
        let mut text = String::from(
            "use types::*;\n\nfn main() {\n    let bytes: &[u8] = &std::fs::read(\"input\").unwrap_or_default();\n    \
             let mut sink: Vec<u8> = Vec::new();\n",
        );
        for root in &self.types.roots {
            let visit = self.contestant.visit.replace("{T}", root);
            let _ = writeln!(text, "    {{ {visit} }}");
        }
        text.push_str("    sink.push(0);\n    std::hint::black_box(&sink);\n}\n");
        text
    }
}

/// The processor time of all commands that have ended, as Linux tells it in hundredths of a second.
fn of_children() -> Option<Duration> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may contain spaces.
    let ticks = text.rsplit_once(')')?.1.split_whitespace().skip(13).take(2).map(str::parse::<u64>);
    Some(Duration::from_millis(10 * ticks.sum::<std::result::Result<u64, _>>().ok()?))
}
