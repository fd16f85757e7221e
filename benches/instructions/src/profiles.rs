//! Counts each cell in each build profile that users may have: build settings must not decide how fast a state is.

use std::io::{Error, Result};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::arguments::{Arguments, LIST, ONLY};
use crate::counts::Counts;

/// Cargo's own `release`, and the profiles of `Cargo.toml` here: one codegen unit, both kinds of link-time
/// optimisation, and lower levels of optimisation.
const PROFILES: [&str; 6] = ["release", "best", "thin", "fat", "two", "size"];

/// Counts above this multiple of the cheapest profile's are marked.
const LIMIT: f64 = 1.25;

/// Builds this program in each profile, counts, and prints the table.
///
/// # Errors
/// Cargo or one of the programs fails.
pub fn compare(arguments: &Arguments) -> Result<()> {
    let counts = PROFILES.into_iter().map(|profile| count(profile, arguments)).collect::<Result<Vec<_>>>()?;
    let names: Vec<&str> = counts[0].cells.iter().map(|(name, _)| name.as_str()).collect();
    let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
    let heads: String = PROFILES.map(|profile| format!(" {profile:>11}")).concat();
    println!("\n{:<width$}{heads}  most : least", "");
    let mut marked = 0;
    for name in &names {
        let cells: Vec<u64> = counts.iter().filter_map(|counts| counts.get(name)).collect();
        let ratio =
            cells.iter().max().zip(cells.iter().min()).map_or(1.0, |(&most, &least)| most as f64 / least as f64);
        let numbers = cells.iter().map(|count| format!(" {count:>11}")).collect::<Vec<_>>().concat();
        let mark = if ratio > LIMIT { " *" } else { "" };
        marked += usize::from(ratio > LIMIT);
        println!("{name:<width$}{numbers}  {ratio:.2}{mark}");
    }
    println!("\n{marked} of {} cells differ by more than {LIMIT} times between profiles", names.len());
    Ok(())
}

/// Builds this program in a profile, and runs it to get its counts.
fn count(profile: &str, arguments: &Arguments) -> Result<Counts> {
    let program = std::env::current_exe()?;
    let folders = program.file_name().zip(program.parent().and_then(Path::parent));
    let (name, target) = folders.ok_or_else(|| Error::other("the program is in no folder of cargo's"))?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    eprintln!("building in the profile {profile}");
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--manifest-path", manifest, "--profile", profile, "--target-dir"])
        .arg(target)
        .status()?;
    if !built.success() {
        return Err(Error::other(format!("cargo ended with {built}")));
    }
    let mut counting = Command::new(target.join(profile).join(name));
    counting.arg(LIST).stderr(Stdio::inherit());
    if let Some(only) = arguments.only() {
        counting.args([ONLY, &only]);
    }
    let output = counting.output()?;
    if !output.status.success() {
        return Err(Error::other(format!("the program of the profile {profile} ended with {}", output.status)));
    }
    Ok(Counts::read(&String::from_utf8_lossy(&output.stdout)))
}
