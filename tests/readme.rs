//! What the pages say of the project's own files: that they are there, and that none is left out.
//! The code in the pages is run by the doc tests of `tests/docs`.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn names(folder: &str) -> Vec<PathBuf> {
    fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The targets of links to files, from `[text](target)`.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
        .filter(|target| !target.starts_with("http") && !target.starts_with('#'))
}

#[test]
fn links_lead_to_files() {
    let mut pages: Vec<PathBuf> = names("docs").into_iter().filter(|page| page.extension().is_some()).collect();
    pages.push(root().join("README.md"));
    let mut broken = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        let missing = |target: &&str| !page.with_file_name(target.split('#').next().unwrap()).exists();
        broken.extend(links(&text).filter(missing).map(|target| format!("{}: {target}", page.display())));
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
