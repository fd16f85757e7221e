//! The references of the pages to the project's files: they exist, and none is missing. The code in the pages is run by
//! the doc tests of `tests/docs`.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn names(folder: &str) -> Vec<PathBuf> {
    fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The chapters of the guide, which rustdoc shows too.
fn chapters() -> Vec<PathBuf> {
    let mut chapters = names("state-core/src/guide");
    chapters.retain(|page| page.extension().is_some_and(|extension| extension == "md") && !page.ends_with("links.md"));
    chapters
}

/// The lines that are not code.
fn prose(page: &str) -> String {
    page.split("\n```").step_by(2).collect()
}

/// The targets of links to files, from `[text](target)` and `[label]: target`.
fn links(page: &str) -> impl Iterator<Item = &str> {
    let inline = page.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let labelled = page.lines().filter(|line| line.starts_with('[')).filter_map(|line| line.split_once("]: "));
    inline
        .chain(labelled.map(|(_, target)| target).filter(|target| !target.contains(' ')))
        .filter(|target| !target.starts_with("http") && !target.starts_with('#'))
}

/// Whether a page has a heading to which GitHub and rustdoc give this anchor.
fn has_heading(page: &str, anchor: &str) -> bool {
    page.lines().map(|line| line.trim_start_matches("//! ")).filter(|line| line.starts_with('#')).any(|line| {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        kept.collect::<String>().replace(' ', "-") == anchor
    })
}

fn is_broken(page: &Path, target: &str) -> bool {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = page.with_file_name(file);
    match fs::read_to_string(&file) {
        Ok(text) => !anchor.is_empty() && !has_heading(&text, anchor),
        Err(_) => !file.exists(),
    }
}

#[test]
fn links_lead_to_files() {
    let mut pages: Vec<PathBuf> = names("docs").into_iter().filter(|page| page.extension().is_some()).collect();
    pages.push(root().join("README.md"));
    pages.extend(chapters());
    let mut broken = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        let text = prose(&text);
        let found = links(&text).filter(|target| is_broken(page, target));
        broken.extend(found.map(|target| format!("{}: {target}", page.display())));
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// On GitHub the target of a chapter's link is in the list at its end, in rustdoc in `links.md`.
#[test]
fn links_of_the_guide_lead_somewhere_in_both_places() {
    let known = fs::read_to_string(root().join("state-core/src/guide/links.md")).unwrap();
    let is_known = |page: &str, label: &str| page.lines().any(|line| line.starts_with(&format!("[{label}]: ")));
    let mut broken = Vec::new();
    for page in chapters() {
        let text = fs::read_to_string(&page).unwrap();
        let text = prose(&text);
        let labels = text.split("][").skip(1).filter_map(|rest| rest.split_once(']')).map(|(label, _)| label);
        let labels = labels.filter(|label| !is_known(&text, label) || !is_known(&known, label));
        broken.extend(labels.map(|label| format!("{}: [{label}]", page.display())));
        // Paths of Rust are broken links on GitHub.
        broken.extend(links(&text).filter(|target| target.contains("::")).map(|target| format!("({target})")));
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_code_of_every_page_is_run() {
    let included = fs::read_to_string(root().join("tests/docs/lib.rs")).unwrap();
    let pages = names("docs").into_iter().filter(|page| page.extension().is_some_and(|extension| extension == "md"));
    for page in pages {
        let name = page.file_name().unwrap().to_str().unwrap();
        assert!(included.contains(&format!("#[doc = include_str!(\"../../docs/{name}\")]")), "{name}");
    }
    assert!(included.contains("include_str!(\"../../README.md\")"));
}

#[test]
fn the_readme_lists_every_example() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut listed: Vec<&str> = links(&readme).filter(|target| target.starts_with("examples/")).collect();
    listed.sort_unstable();
    listed.dedup();
    let mut examples = names("examples");
    examples.retain(|example| !example.ends_with("Cargo.toml"));
    assert_eq!(listed.len(), examples.len());
    for example in examples {
        let name = format!("examples/{}", example.file_name().unwrap().to_str().unwrap());
        assert!(listed.contains(&&*name), "{name}");
    }
}
