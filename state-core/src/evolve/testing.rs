//! For a project's own tests: a change of a type that would make users' files unreadable fails.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::history::{Recorded, forms, members};
use super::listing;
use super::numbers::Numbering;
use super::plan::{Images, Plan};
use super::resolved::Parsed;
use crate::schema::fingerprint::{Identity, identity};
use crate::schema::{Carried, Graph, KnownMember, Nodes, Open, Rows, is_name, open_sets, write_canonical};
use crate::state::State;

/// The environment variable with which tests record new forms.
const RECORD: &str = "STATE_RECORD";

const PREFACE: &str = "\
# All forms of this project's saved types. `STATE_RECORD=1 cargo test` appends the present ones, and tests check that
# every form here can still be loaded. Commit this file, and never edit it.
";

/// Fails unless the present form of `T` is recorded in a file, and every recorded form can still be upgraded to it. So
/// a change that cuts users off from their saved states fails a test, without any old files at hand.
///
/// With `STATE_RECORD=1` in the environment, the present form is appended to the file if it is missing, and the file is
/// created if there is none. A form is not recorded while the test fails for an older one, because a recorded form
/// stays in the file. The path is relative to the root of the tested package. The form of `T` includes the types that
/// it contains; only types that are saved on their own need a test. The types of its open sets are those that are
/// registered when the test calls this. Forms with other names are checked if `T` has these names as its `alias`.
///
/// ```no_run
/// # use state_core::State;
/// # #[derive(State)]
/// # struct World { tick: u64 }
/// #[test]
/// fn states_of_older_versions_load() {
///     state_core::evolve::testing::recorded::<World>("state.history");
/// }
/// ```
///
/// # Panics
/// If one of these does not hold, with what changed and what to write in each place.
#[track_caller]
pub fn recorded<T: State + ?Sized>(path: impl AsRef<Path>) {
    let path = path.as_ref();
    let asked = std::env::var_os(RECORD).is_some_and(|asked| !asked.is_empty() && asked != "0");
    if let Err(message) = compare(&identity(T::schema()), path, asked) {
        panic!("{message}");
    }
}

fn compare(ours: &Identity, path: &Path, records: bool) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let text = if records { record(ours, path).map_err(failed)? } else { read(path).map_err(failed)? };
    let mut messages = obstacles(ours, &text);
    let remedy = match messages.is_empty() {
        true => format!("run `{RECORD}=1 cargo test` and commit the file"),
        false => format!("once none of these differences is left, run `{RECORD}=1 cargo test` and commit the file"),
    };
    let missing = (!is_recorded(ours, &text)).then(|| listing::name(ours.schema, Nodes::NONE));
    let names = unrecorded(ours, &text).into_iter().map(|(set, member)| listing::member_name(set, member.tag));
    for name in missing.into_iter().chain(names) {
        messages.push(format!("the present form of {name} is not recorded in {}; {remedy}", path.display()));
    }
    if messages.is_empty() { Ok(()) } else { Err(messages.join("\n")) }
}

/// The recorded forms that may belong to a type.
fn known<'a>(ours: &Identity, text: &'a str) -> Vec<Recorded<'a>> {
    let name = listing::name(ours.schema, Nodes::NONE);
    let had = ours.schema.evolution().map_or(&[][..], |evolution| evolution.aliases);
    let older = |form: &Recorded<'_>| form.member().is_none() && (form.name == name || had.contains(&form.name));
    forms(text).filter(older).collect()
}

/// Whether the present form is recorded.
fn is_recorded(ours: &Identity, text: &str) -> bool {
    let rows = Carried::recorded(ours.schema, ours.sharing.shared);
    known(ours, text).iter().any(|form| form.is_of(ours.fingerprint, &rows))
}

/// Reasons why states of recorded forms can no longer be loaded.
fn obstacles(ours: &Identity, text: &str) -> Vec<String> {
    let members = members(text);
    let lost = |form: Recorded<'_>| {
        let error = form.lost_member()?;
        Some(format!("{error} (form {:016x})", form.fingerprint().unwrap_or_default()))
    };
    let unresolved = known(ours, text).into_iter().filter_map(|form| resolve(ours, &form, &members).err());
    forms(text).filter_map(lost).chain(unresolved).collect()
}

/// The types that are registered in the open sets of a type, and not recorded in their present form.
fn unrecorded(ours: &Identity, text: &str) -> Vec<(&'static str, KnownMember)> {
    let of = |set: &'static Open| set.all().into_iter().map(|member| (&*set.name, member));
    let recorded: Vec<(Option<u64>, (String, String))> =
        forms(text).filter_map(|form| Some((form.fingerprint(), form.member()?))).collect();
    let is_new = |&(set, member): &(&'static str, KnownMember)| {
        let same = |(form, (other, tag)): &(Option<u64>, (String, String))| {
            *form == Some(member.fingerprint()) && other == set && tag == member.tag
        };
        is_name(set) && is_name(member.tag) && !recorded.iter().any(same)
    };
    open_sets(ours.schema).into_iter().flat_map(of).filter(is_new).collect()
}

/// Checks that a recorded form can be upgraded to the present one, with the recorded types of open sets. The error says
/// what to write.
fn resolve(ours: &Identity, form: &Recorded<'_>, members: &[u8]) -> Result<(), String> {
    let fingerprint = form.fingerprint().unwrap_or_default();
    let older = form
        .parts()
        .and_then(|(schema, rows)| Parsed::within(&schema, &Rows { members: members.into(), ..rows }, usize::MAX));
    let Parsed { nodes, root, pointers: theirs } =
        older.map_err(|error| format!("{error} (form {fingerprint:016x})"))?;
    let graph = Graph { nodes: Nodes::NONE, root: ours.schema };
    let images = Images { numbering: Numbering { theirs, ours: theirs || ours.sharing.shared }, ..Images::default() };
    let problems = match Plan::new(nodes, root, graph, images) {
        Ok(plan) => plan.losses().to_vec(),
        Err(problems) => problems,
    };
    if problems.is_empty() {
        return Ok(());
    }
    let problems: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    Err(format!("states of {} as form {fingerprint:016x} can no longer be loaded:\n{}", form.name, problems.join("\n")))
}

fn read(path: &Path) -> std::io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let message = format!("there is no such file; run `{RECORD}=1 cargo test` to make it, and commit it");
            Err(std::io::Error::new(error.kind(), message))
        }
        other => other,
    }
}

/// Appends the present form, unless it is recorded or an older form cannot be loaded. Returns the text of the file.
fn record(ours: &Identity, path: &Path) -> std::io::Result<String> {
    // Tests in one process take turns, and so do processes if the system has file locks.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let _lock = crate::image::wait_for(&file);
    let mut text = read_all(&mut file)?;
    let rows = Carried::recorded(ours.schema, ours.sharing.shared);
    let is_known = forms(&text).any(|form| form.member().is_none() && form.is_of(ours.fingerprint, &rows));
    let new = unrecorded(ours, &text);
    if is_known && new.is_empty() || !obstacles(ours, &text).is_empty() {
        return Ok(text);
    }
    let mut more = String::new();
    if text.is_empty() {
        more.push_str(PREFACE);
    } else if !text.ends_with('\n') {
        more.push('\n');
    }
    if !is_known {
        more.push('\n');
        more.push_str(&listing::record(ours.schema, &write_canonical(ours.schema), &rows));
    }
    for (set, member) in new {
        more.push('\n');
        more.push_str(&listing::record_member(set, member.tag, (member.schema)()));
    }
    file.write_all(more.as_bytes())?;
    text.push_str(&more);
    Ok(text)
}

fn read_all(file: &mut File) -> std::io::Result<String> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

/// Resolves the older form of an image against the present one and drops the plan, for measurements.
#[doc(hidden)]
pub fn plan<T: State + ?Sized>(bytes: &[u8]) -> crate::Result<()> {
    let (ours, image) = (identity(T::schema()), crate::image::Image::open(bytes)?);
    let older = Parsed::of(&image, &ours, &crate::Options::new())?;
    let regions = older.regions(&image)?;
    older.resolve(&ours, &regions).map(drop)
}
