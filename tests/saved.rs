//! Saved files: a checksum that `load_file` verifies, permissions that apply from the first byte, bytes that are saved
//! as dumped, and leftovers of dead processes.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use state_core::image::{Mapped, checksum, load_file, load_file_into, save, save_bytes, verify};
use state_core::{Inspection, Options, State, check, dump_into, dumps, load_into, loads};

#[derive(State, Debug, PartialEq, Clone)]
#[state(name = "example.Saved")]
struct Saved {
    name: String,
    levels: Vec<u16>,
    #[state(bytes)]
    heat: Vec<f32>,
}

fn full() -> Saved {
    Saved { name: "Zoë".into(), levels: vec![1, 2, 3], heat: vec![0.5, -1.5] }
}

fn empty() -> Saved {
    Saved { name: String::new(), levels: vec![], heat: vec![] }
}

/// A directory of the test, removed when it is dropped.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("state-saved-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("state")
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write_and_load(path: &Path, bytes: &[u8]) -> std::io::Result<Saved> {
    fs::write(path, bytes).unwrap();
    load_file(path)
}

/// The table in the documentation: the image with flag bit 3, and then the checksum of both.
fn with_checksum(image: &[u8]) -> Vec<u8> {
    let mut bytes = image.to_vec();
    bytes[5] |= 8;
    let sum = checksum(&bytes);
    bytes.extend(sum.to_le_bytes());
    bytes
}

#[test]
fn saved_files_are_the_golden_ones() {
    let directory = Directory::new("golden");
    for (name, value) in [("saved", full()), ("saved_empty", empty())] {
        for (name, options) in
            [(format!("{name}.state"), Options::new()), (format!("{name}.schema.state"), Options::new().with_schema())]
        {
            let image = options.dumps(&value).unwrap();
            save_bytes(directory.file(), &image).unwrap();
            let fresh = fs::read(directory.file()).unwrap();
            assert_eq!(fresh, with_checksum(&image), "{name}");
            // A value is saved with its schema, whatever the options say.
            options.save(directory.file(), &value).unwrap();
            let saved = fs::read(directory.file()).unwrap();
            assert_eq!(saved, with_checksum(&Options::new().with_schema().dumps(&value).unwrap()), "{name}");
            let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(&name);
            if std::env::var_os("STATE_BLESS").is_some() && !path.exists() {
                fs::write(&path, &fresh).unwrap();
            }
            assert_eq!(fs::read(&path).unwrap(), fresh, "{name}");
            assert_eq!(load_file::<Saved>(&path).unwrap(), value);
        }
    }
}

#[test]
fn every_changed_bit_of_a_saved_file_is_seen() {
    let directory = Directory::new("bits");
    for (value, options) in [full(), empty()]
        .into_iter()
        .flat_map(|value| [Options::new(), Options::new().with_schema()].map(|options| (value.clone(), options)))
    {
        options.save(directory.file(), &value).unwrap();
        let bytes = fs::read(directory.file()).unwrap();
        for bit in 0..8 * bytes.len() {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(write_and_load(&directory.file(), &bytes).unwrap_err().kind(), ErrorKind::InvalidData, "{bit}");
        }
        for len in 0..bytes.len() {
            write_and_load(&directory.file(), &bytes[..len]).unwrap_err();
        }
        write_and_load(&directory.file(), &[&bytes[..], &[0]].concat()).unwrap_err();
        assert_eq!(write_and_load(&directory.file(), &bytes).unwrap(), value);
    }
}

#[test]
fn the_error_of_a_checksum_says_what_happened() {
    let directory = Directory::new("words");
    save(directory.file(), &full()).unwrap();
    let mut bytes = fs::read(directory.file()).unwrap();
    let at = bytes.len() - 9;
    bytes[at] ^= 0xFF;
    let error = write_and_load(&directory.file(), &bytes).unwrap_err().to_string();
    assert!(
        error.contains("found") && error.contains("a file that is neither damaged nor incomplete, with the checksum"),
        "{error}"
    );
    assert_eq!(verify(&bytes).unwrap_err().offset(), Some(bytes.len() - 8));
    // The header contains the length of the file.
    let (whole, cut) = (bytes.len(), bytes.len() - 3);
    let error = write_and_load(&directory.file(), &bytes[..cut]).unwrap_err().to_string();
    assert_eq!(error, format!("expected a whole file of {whole} bytes, found {cut} at byte {cut}"));
}

#[test]
fn files_from_before_the_checksum_are_loaded() {
    let directory = Directory::new("old");
    for options in [Options::new(), Options::new().with_schema()] {
        let bytes = options.dumps(&full()).unwrap();
        assert!(!verify(&bytes).unwrap());
        assert_eq!(write_and_load(&directory.file(), &bytes).unwrap(), full());
    }
}

#[test]
fn the_bytes_of_a_saved_file_are_taken_everywhere() {
    let directory = Directory::new("everywhere");
    Options::new().with_schema().save(directory.file(), &full()).unwrap();
    let bytes = fs::read(directory.file()).unwrap();
    assert!(verify(&bytes).unwrap());
    assert_eq!(loads::<Saved>(&bytes).unwrap(), full());
    check::<Saved>(&bytes).unwrap();
    let mut target = empty();
    load_into(&bytes, &mut target).unwrap();
    assert_eq!(target, full());
    assert_eq!(Mapped::read(directory.file()).unwrap().view::<Saved>().unwrap(), full());
    assert_eq!(Inspection::open(&bytes).unwrap().tag(), Some("example.Saved"));
    // They only serve as a guess of the lengths for the next image written over them.
    let mut buffer = bytes.clone();
    dump_into(&full(), &mut buffer).unwrap();
    assert_eq!(buffer, dumps(&full()).unwrap());
    // The checksum is not verified in memory: the last float is changed, and still valid.
    let mut changed = bytes.clone();
    let last = changed.len() - 8 - 16 + 4;
    changed[last] ^= 1;
    assert_ne!(loads::<Saved>(&changed).unwrap(), full());
    // Its length is verified.
    for len in 0..bytes.len() {
        loads::<Saved>(&bytes[..len]).unwrap_err();
    }
}

#[test]
fn dumped_bytes_are_saved_by_a_thread() {
    let directory = Directory::new("bytes");
    for options in [Options::new(), Options::new().with_schema()] {
        let (path, bytes) = (directory.file(), options.dumps(&full()).unwrap());
        let saved = with_checksum(&bytes);
        std::thread::spawn(move || save_bytes(path, &bytes)).join().unwrap().unwrap();
        assert_eq!(fs::read(directory.file()).unwrap(), saved);
        // Bytes from a saved file already have their checksum.
        save_bytes(directory.file(), &saved).unwrap();
        assert_eq!(fs::read(directory.file()).unwrap(), saved);
    }
    for other in [&b""[..], b"\x80\x04N.", b"\xD7STA"] {
        save_bytes(directory.file(), other).unwrap();
        assert_eq!(fs::read(directory.file()).unwrap(), other);
    }
    assert_eq!(directory.names(), ["state"]);
    assert_eq!(save_bytes("/", b"x").unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[cfg(unix)]
#[test]
fn a_file_may_be_secret_or_read_only() {
    use std::os::unix::fs::PermissionsExt;

    let directory = Directory::new("mode");
    for mode in [0o600, 0o400, 0o640, 0o755, 0o666] {
        save(directory.file(), &empty()).unwrap();
        fs::set_permissions(directory.file(), fs::Permissions::from_mode(mode)).unwrap();
        save(directory.file(), &full()).unwrap();
        assert_eq!(fs::metadata(directory.file()).unwrap().permissions().mode() & 0o777, mode);
        assert_eq!(load_file::<Saved>(directory.file()).unwrap(), full());
        fs::remove_file(directory.file()).unwrap();
    }
}

/// While it is written, the new file is checked repeatedly: it grants no access that the old one denied.
/// A rename would replace a device, such as `/dev/null`, for the whole system.
#[cfg(unix)]
#[test]
fn only_files_are_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let directory = Directory::new("special");
    let (socket, link, folder) = (directory.0.join("socket"), directory.0.join("link"), directory.0.join("folder"));
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    std::os::unix::fs::symlink(&socket, &link).unwrap();
    fs::create_dir(&folder).unwrap();
    for path in [&socket, &link, &folder] {
        let error = save(path, &full()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert_eq!(save_bytes(path, b"bytes").unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    assert!(fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(directory.names(), ["folder", "link", "socket"]);
    // A link to a file is replaced, and one to nothing.
    for target in ["file", "absent"] {
        fs::write(directory.0.join("file"), "file").unwrap();
        fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(directory.0.join(target), &link).unwrap();
        save(&link, &full()).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
        assert_eq!(fs::read(directory.0.join("file")).unwrap(), b"file");
    }
}

#[cfg(unix)]
#[test]
fn a_secret_is_one_while_it_is_written() {
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

    let directory = Directory::new("secret");
    let secret = Saved { heat: vec![0.5; 1 << 18], ..full() };
    save(directory.file(), &empty()).unwrap();
    fs::set_permissions(directory.file(), fs::Permissions::from_mode(0o600)).unwrap();
    let (seen, done) = (AtomicU32::new(0), AtomicBool::new(false));
    let open = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut open = Vec::new();
            while !done.load(SeqCst) {
                for entry in fs::read_dir(&directory.0).unwrap() {
                    let entry = entry.unwrap();
                    let Ok(file) = entry.metadata() else { continue };
                    let mode = file.permissions().mode() & 0o777;
                    if mode != 0o600 {
                        open.push((mode, file.len()));
                    }
                    seen.fetch_add(u32::from(entry.file_name() != "state"), SeqCst);
                }
            }
            open
        });
        for _ in 0..1000 {
            save(directory.file(), &secret).unwrap();
            if seen.load(SeqCst) > 50 {
                break;
            }
        }
        done.store(true, SeqCst);
        watcher.join().unwrap()
    });
    assert!(open.is_empty(), "{open:?}");
}

// The big-endian tests run with an older compiler without file locks.
#[cfg(all(target_os = "linux", target_endian = "little"))]
#[test]
fn what_dead_processes_left_is_removed() {
    let directory = Directory::new("dead");
    // Process numbers that Linux never assigns, one that is alive, and this process's own.
    let dead = u32::MAX - 1;
    let (alive, own) = (std::os::unix::process::parent_id(), std::process::id());
    let kept = [
        format!(".state.{alive}-0.tmp"),
        format!(".state.{own}-4000000000.tmp"),
        format!(".other.{dead}-0.tmp"),
        format!(".state.{dead}-0.tmp.bak"),
        format!(".state.{dead}-.tmp"),
        format!(".state.-{dead}.tmp"),
        format!(".state.+{dead}-0.tmp"),
        format!(".state.x.{dead}-0.tmp"),
        format!("state.{dead}-0.tmp"),
        ".state.99999999999999-0.tmp".into(),
    ];
    let locked = format!(".state.{dead}-7.tmp");
    let gone = [format!(".state.{dead}-0.tmp"), format!(".state.{dead}-12.tmp")];
    for name in kept.iter().chain(&gone).chain([&locked]) {
        fs::write(directory.0.join(name), b"left").unwrap();
    }
    // As by a process of another container, whose number is unknown here.
    let lock = fs::File::open(directory.0.join(&locked)).unwrap();
    lock.try_lock().unwrap();
    fs::create_dir(directory.0.join(format!(".state.{dead}-8.tmp"))).unwrap();
    save(directory.file(), &full()).unwrap();

    let mut expected: Vec<String> =
        kept.into_iter().chain([locked, format!(".state.{dead}-8.tmp"), "state".into()]).collect();
    expected.sort();
    assert_eq!(directory.names(), expected);
    assert_eq!(load_file::<Saved>(directory.file()).unwrap(), full());
}

/// For a file whose name has the maximal length, the temporary file gets a shorter one.
#[test]
fn a_file_may_have_the_longest_name_that_there_is() {
    let directory = Directory::new("long");
    for name in ["n".repeat(201), "n".repeat(255), "\u{e9}".repeat(127)] {
        let path = directory.0.join(&name);
        for state in [empty(), full()] {
            save(&path, &state).unwrap();
            assert_eq!(load_file::<Saved>(&path).unwrap(), state);
        }
        assert!(save(directory.0.join(format!("{name}{name}")), &full()).is_err());
    }
    assert_eq!(directory.names().len(), 3);
}

mod versions {
    #[derive(state_core::State)]
    #[state(name = "saved.Level")]
    pub struct Old {
        pub tick: u8,
        pub names: Vec<String>,
    }

    #[derive(state_core::State, Debug, PartialEq)]
    #[state(name = "saved.Level")]
    pub struct Level {
        pub names: Vec<String>,
        pub tick: u32,
        #[state(skip)]
        pub window: u8,
    }
}

#[test]
fn a_live_value_is_restored_from_a_file_in_place() {
    use versions::{Level, Old};
    let room = Directory::new("into");
    let path = room.file();
    let mut level = Level { names: vec!["a longer name".into(); 3], tick: 9, window: 4 };
    let place = level.names.as_ptr();

    // The current form: allocations and skipped fields are kept.
    save(&path, &Level { names: vec!["Ada".into()], tick: 7, window: 0 }).unwrap();
    load_file_into(&path, &mut level).unwrap();
    assert_eq!(level, Level { names: vec!["Ada".into()], tick: 7, window: 4 });
    assert_eq!(level.names.as_ptr(), place);

    // An older form is upgraded, also one without a checksum.
    save(&path, &Old { tick: 3, names: vec!["Bob".into()] }).unwrap();
    load_file_into(&path, &mut level).unwrap();
    assert_eq!(level, Level { names: vec!["Bob".into()], tick: 3, window: 4 });
    let bytes = Options::new().with_schema().dumps(&Old { tick: 5, names: vec![] }).unwrap();
    fs::write(&path, &bytes).unwrap();
    load_file_into(&path, &mut level).unwrap();
    assert_eq!(level, Level { names: vec![], tick: 5, window: 4 });

    // Any error changes nothing: a damaged byte that is valid by itself, another type, no file.
    save(&path, &Level { names: vec!["Eve".into()], tick: 1, window: 0 }).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let name = bytes.windows(3).rposition(|part| part == b"Eve").unwrap();
    bytes[name] = b'A';
    fs::write(&path, &bytes).unwrap();
    let error = load_file_into(&path, &mut level).unwrap_err();
    assert!(error.to_string().contains("a file that is neither damaged nor incomplete"), "{error}");
    save(&path, &7_u8).unwrap();
    assert_eq!(load_file_into(&path, &mut level).unwrap_err().kind(), ErrorKind::InvalidData);
    let absent = load_file_into(room.0.join("absent"), &mut level).unwrap_err();
    assert_eq!(absent.kind(), ErrorKind::NotFound);
    assert_eq!(level, Level { names: vec![], tick: 5, window: 4 });
}
