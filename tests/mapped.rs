//! States in files: saved completely or not at all, and viewed in place, read or mapped.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use state_core::image::{Mapped, load_file, save};
use state_core::{Options, State, dumps};

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Mesh")]
struct Mesh {
    name: String,
    #[state(bytes)]
    points: Vec<f64>,
    #[state(bytes)]
    faces: Option<Vec<[u32; 3]>>,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Mesh")]
struct MeshView<'a> {
    name: &'a str,
    #[state(bytes)]
    points: &'a [f64],
    #[state(bytes)]
    faces: Option<&'a [[u32; 3]]>,
}

fn mesh() -> Mesh {
    Mesh { name: "Würfel".into(), points: vec![0.5; 1001], faces: Some(vec![[1, 2, 3]; 7]) }
}

/// A directory of the test, removed when it is dropped.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("state-mapped-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("mesh.state")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Opens a file in both ways.
fn both(path: &Path) -> [Mapped; 2] {
    // SAFETY: the tests own the files, and do not change them while they are mapped.
    [Mapped::read(path).unwrap(), unsafe { Mapped::map(path) }.unwrap()]
}

#[cfg(target_endian = "little")]
#[test]
fn views_are_slices_of_the_file() {
    let directory = Directory::new("views");
    let mesh = mesh();
    save(directory.file(), &mesh).unwrap();
    for file in both(&directory.file()) {
        let view: MeshView<'_> = file.view().unwrap();
        assert_eq!((view.name, view.points, view.faces), (&*mesh.name, &*mesh.points, mesh.faces.as_deref()));
        let inside = file.bytes().as_ptr_range();
        assert!(inside.contains(&view.name.as_ptr()));
        assert!(inside.contains(&view.points.as_ptr().cast()));
        assert_eq!(file.view::<Mesh>().unwrap(), mesh);
        assert_eq!(file.bytes(), fs::read(directory.file()).unwrap());
    }
}

#[test]
fn damaged_and_cut_files_are_errors() {
    let directory = Directory::new("damage");
    let bytes = dumps(&Mesh { name: "ab".into(), points: vec![1.0; 3], faces: None }).unwrap();
    for len in 0..bytes.len() {
        fs::write(directory.file(), &bytes[..len]).unwrap();
        for file in both(&directory.file()) {
            file.view::<Mesh>().unwrap_err();
            file.view::<MeshView<'_>>().unwrap_err();
        }
    }
    for bit in 0..8 * bytes.len() {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(directory.file(), &bytes).unwrap();
        let [read, mapped] = both(&directory.file());
        assert_eq!(read.view::<Mesh>().is_ok(), mapped.view::<Mesh>().is_ok());
        // Where numbers have another byte order in memory, none can be borrowed.
        let is_ok = cfg!(target_endian = "little") && mapped.view::<Mesh>().is_ok();
        assert_eq!(read.view::<MeshView<'_>>().is_ok(), is_ok);
    }
    fs::write(directory.file(), [&bytes[..], &[0]].concat()).unwrap();
    assert!(both(&directory.file()).iter().all(|file| file.view::<Mesh>().is_err()));
    assert_eq!(load_file::<Mesh>(directory.file()).unwrap_err().kind(), ErrorKind::InvalidData);
    assert_eq!(load_file::<Mesh>(directory.0.join("none")).unwrap_err().kind(), ErrorKind::NotFound);
    assert!(Mapped::read(&directory.0).is_err());
}

/// The resident memory of this process, in bytes.
#[cfg(all(target_os = "linux", target_pointer_width = "64", target_endian = "little"))]
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// A gigabyte that is not stored: a file with a hole. Mapping and checking it reads only the header and the end.
#[cfg(all(target_os = "linux", target_pointer_width = "64", target_endian = "little"))]
#[test]
fn a_gigabyte_costs_what_its_header_costs() {
    use std::fs::File;
    use std::io::Write;

    const COUNT: usize = 1 << 27;
    let directory = Directory::new("gigabyte");
    let mut bytes = dumps(&Mesh { name: "hole".into(), points: vec![0.0; 2], faces: None }).unwrap();
    let raw = bytes.len() - 16;
    bytes.truncate(raw);
    // The length of the raw region in the header, and the array's count after that of the name.
    bytes[32..40].copy_from_slice(&(8 * COUNT as u64).to_le_bytes());
    bytes[44..52].copy_from_slice(&(COUNT as u64).to_le_bytes());
    let mut file = File::create(directory.file()).unwrap();
    file.write_all(&bytes).unwrap();
    file.set_len((raw + 8 * COUNT) as u64).unwrap();
    drop(file);

    let before = resident();
    // SAFETY: no other code knows the file.
    let mapped = unsafe { Mapped::map(directory.file()) }.unwrap();
    let view: MeshView<'_> = mapped.view().unwrap();
    assert_eq!((view.name, view.points.len()), ("hole", COUNT));
    assert_eq!((view.points[COUNT / 2], view.points[COUNT - 1]), (0.0, 0.0));
    assert!(resident() < before + (64 << 20), "{} -> {}", before, resident());
}

#[test]
fn saving_replaces_the_whole_file() {
    let directory = Directory::new("save");
    let path = directory.file();
    fs::write(&path, vec![1; 100_000]).unwrap();
    save(&path, &mesh()).unwrap();
    assert_eq!(load_file::<Mesh>(&path).unwrap(), mesh());
    Options::new().with_schema().save(&path, &mesh()).unwrap();
    assert_eq!(load_file::<Mesh>(&path).unwrap(), mesh());
    assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn what_cannot_be_saved_leaves_the_old_file() {
    let directory = Directory::new("refused");
    let path = directory.file();
    save(&path, &mesh()).unwrap();
    let cell = std::cell::RefCell::new(mesh());
    let borrowed = cell.borrow_mut();
    assert_eq!(save(&path, &cell).unwrap_err().kind(), ErrorKind::InvalidData);
    drop(borrowed);
    assert_eq!(load_file::<Mesh>(&path).unwrap(), mesh());
    // A directory cannot be replaced by a file.
    let taken = directory.0.join("taken");
    fs::create_dir_all(taken.join("inside")).unwrap();
    save(&taken, &mesh()).unwrap_err();
    assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 2);
    assert_eq!(save("/", &mesh()).unwrap_err().kind(), ErrorKind::InvalidInput);
    save(directory.0.join("no directory/file"), &mesh()).unwrap_err();
}

#[cfg(unix)]
#[test]
fn a_saved_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;

    let directory = Directory::new("permissions");
    save(directory.file(), &mesh()).unwrap();
    fs::set_permissions(directory.file(), fs::Permissions::from_mode(0o640)).unwrap();
    save(directory.file(), &mesh()).unwrap();
    assert_eq!(fs::metadata(directory.file()).unwrap().permissions().mode() & 0o777, 0o640);
}
