//! Streams and recorded histories contain the forms of members.

use std::sync::{Mutex, PoisonError};

use state_core::evolve::{Amendments, Form, testing};
use state_core::image::stream::{StreamReader, StreamWriter};
use state_core::{Dynamic, Inspection, Options, SchemaHistory, State, dumps, dynamic, loads, member};

use super::{older, v1, v2};

/// Held while a child process is started, which has the locks of all files for a moment, and by tests that take the
/// lock of a file again.
static CHILDREN: Mutex<()> = Mutex::new(());

#[test]
fn streams_know_their_members() {
    v1::register();
    v2::register();
    let mut writer = StreamWriter::<v1::Rack, _>::new(Vec::new()).unwrap();
    for _ in 0..3 {
        writer.write(&v1::rack()).unwrap();
    }
    let bytes = writer.into_inner();
    let mut reader = StreamReader::new(&bytes[..]).unwrap();
    let racks: Vec<v2::Rack> = reader.states().collect::<Result<_, _>>().unwrap();
    assert_eq!(racks.len(), 3);
    assert!(racks.iter().all(|rack| format!("{:?}", rack.plugins) == v2::SHOWN));
    let mut reader = StreamReader::new(&bytes[..]).unwrap();
    assert!(reader.advance().unwrap());
    assert!(reader.inspect().unwrap().value().unwrap().to_string().starts_with("Rack([Echo(0.5"));
}

/// A program of the second version continues the stream of the first; the third reads all of it.
#[test]
fn a_stream_goes_on_with_members_of_another_form() {
    mod v3 {
        pub trait Plugin: super::Dynamic + std::fmt::Debug {}
        super::dynamic!(dyn Plugin as "audio.Plugin" = open);
        #[derive(state_core::State, Debug)]
        #[state(name = "app.Delay", alias("app.Echo"), removed("wet"))]
        pub struct Delay {
            #[state(alias("label"))]
            pub title: String,
            #[state(default = crate::three)]
            pub taps: u16,
            pub delay: f64,
        }
        impl Plugin for Delay {}
    }
    v1::register();
    v2::register();
    <dyn v3::Plugin>::register([member!(v3::Delay)]).unwrap();
    let _children = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner);
    let path = std::env::temp_dir().join(format!("evolution-open-{}.stream", std::process::id()));
    let mut writer = StreamWriter::create(&path).unwrap();
    writer.write(&vec![v1::echo("one")]).unwrap();
    drop(writer);
    let mut writer = StreamWriter::append(&path).unwrap();
    let delay: Box<dyn v2::Plugin> = Box::new(v2::Delay { title: "two".into(), taps: 9, delay: 2.0 });
    writer.write(&vec![delay]).unwrap();
    drop(writer);
    let mut writer = StreamWriter::append(&path).unwrap();
    let delay: Box<dyn v3::Plugin> = Box::new(v3::Delay { title: "three".into(), taps: 999, delay: 2.0 });
    writer.write(&vec![delay]).unwrap();
    drop(writer);

    let mut reader = StreamReader::open(&path).unwrap();
    let racks: Vec<Vec<Box<dyn v3::Plugin>>> = reader.states().collect::<Result<_, _>>().unwrap();
    let shown = "[[Delay { title: \"one\", taps: 3, delay: 0.5 }], [Delay { title: \"two\", taps: 9, delay: 2.0 }], \
                 [Delay { title: \"three\", taps: 999, delay: 2.0 }]]";
    assert_eq!(format!("{racks:?}"), shown);
    let mut reader = StreamReader::open(&path).unwrap();
    let mut seen = Vec::new();
    while reader.advance().unwrap() {
        seen.push(reader.inspect().unwrap().value().unwrap().to_string());
    }
    assert_eq!(seen, ["[Echo(0.5, 200, 'one')]", "[Delay('two', 9, 2.0)]", "[Delay('three', 999, 2.0)]"]);
    std::fs::remove_file(path).unwrap();
}

/// Types are registered after a stream was started, on either side.
#[test]
fn types_are_registered_while_a_stream_is_open() {
    trait Part: Dynamic {}
    dynamic!(dyn Part = open);
    #[derive(State)]
    #[state(name = "Wheel")]
    struct Wheel(u8);
    impl Part for Wheel {}
    mod now {
        pub trait Part: super::Dynamic {
            fn radius(&self) -> u64;
        }
        super::dynamic!(dyn Part = open);
        #[derive(state_core::State)]
        #[state(name = "Wheel")]
        pub struct Wheel(pub u64);
        impl Part for Wheel {
            fn radius(&self) -> u64 {
                self.0
            }
        }
    }
    let mut writer = StreamWriter::<Vec<Box<dyn Part>>, _>::new(Vec::new()).unwrap();
    writer.write(&vec![]).unwrap();
    <dyn Part>::register([member!(Wheel)]).unwrap();
    writer.write(&vec![Box::new(Wheel(4))]).unwrap();
    writer.write(&vec![Box::new(Wheel(5)), Box::new(Wheel(6))]).unwrap();
    let bytes = writer.into_inner();

    let mut reader = StreamReader::new(&bytes[..]).unwrap();
    assert!(reader.load::<Vec<Box<dyn now::Part>>>().unwrap().unwrap().is_empty());
    let error = reader.load::<Vec<Box<dyn now::Part>>>().err().unwrap().to_string();
    assert!(error.contains("found 'Wheel', which is not"), "{error}");
    <dyn now::Part>::register([member!(now::Wheel)]).unwrap();
    let parts = reader.load::<Vec<Box<dyn now::Part>>>().unwrap().unwrap();
    assert_eq!(parts.iter().map(|part| part.radius()).collect::<Vec<_>>(), [5, 6]);
}

#[test]
fn a_recorded_history_knows_members() {
    v1::register();
    v2::register();
    let path = std::env::temp_dir().join(format!("evolution-open-{}.history", std::process::id()));
    // This records in its own process, as `STATE_RECORD=1` does.
    let record = |name: &str| {
        let _children = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner);
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", &format!("streams::{name}")])
            .env("STATE_RECORD", "1")
            .env("EVOLUTION_OPEN_HISTORY", &path)
            .output()
            .unwrap();
        (status.status.success(), String::from_utf8(status.stdout).unwrap())
    };
    let (recorded, out) = record("recorded_first");
    assert!(recorded, "{out}");
    let text = std::fs::read_to_string(&path).unwrap();
    for line in [
        "form audio.Rack ",
        "form app.Echo in audio.Plugin ",
        "form number in audio.Plugin ",
        "form app.Gain in audio.Knob ",
    ] {
        assert_eq!(text.matches(line).count(), 1, "{line} in {text}");
    }
    // Nothing is new the second time.
    assert!(record("recorded_first").0);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);

    // A change in a member's record is reported, and the member is not left out.
    let echo = text.find("form app.Echo in audio.Plugin ").unwrap();
    for line in ["  + ", "  = "] {
        let at = echo + text[echo..].find(line).unwrap() + line.len();
        for digit in ["0", "1", "x"].into_iter().filter(|digit| !text[at + 1..].starts_with(digit)) {
            std::fs::write(&path, [&text[..=at], digit, &text[at + 2..]].concat()).unwrap();
            let (recorded, out) = record("recorded_first");
            assert!(!recorded && out.contains("expected a recorded form as it was written"), "{out}");
            assert!(out.contains("app.Echo in audio.Plugin"), "{out}");
        }
    }
    std::fs::write(&path, &text).unwrap();

    // States without a schema.
    let history: &'static SchemaHistory = Box::leak(Box::new(SchemaHistory::new(text.clone().leak())));
    let bytes = dumps(&v1::rack()).unwrap();
    let rack: v2::Rack = Options::new().history(history).loads_upgraded(&bytes).unwrap();
    assert_eq!(format!("{:?}", rack.plugins), v2::SHOWN);

    // Mute is no longer a type; the test reports this with what to do, and records nothing until it is done.
    let (recorded, out) = record("recorded_second");
    assert!(!recorded && out.contains("found 'app.Mute', which is not"), "{out}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    let (recorded, out) = record("recorded_third");
    assert!(recorded, "{out}");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches("form app.Chain in audio.Plugin ").count(), 2, "{text}");
    assert_eq!(text.matches("form audio.Rack ").count(), 1, "{text}");

    // This program has none of the types.
    let forms = Form::recorded(&text).unwrap();
    let rack = forms.iter().find(|form| form.name() == "audio.Rack").unwrap();
    assert_eq!(Form::open(&older()).unwrap().fingerprint(), rack.fingerprint());
    std::fs::remove_file(path).unwrap();
}

#[test]
#[ignore = "run by the test of the history"]
fn recorded_first() {
    v1::register();
    if let Some(path) = std::env::var_os("EVOLUTION_OPEN_HISTORY") {
        testing::recorded::<v1::Rack>(path);
    }
}

#[test]
#[ignore = "run by the test of the history"]
fn recorded_second() {
    v2::register();
    if let Some(path) = std::env::var_os("EVOLUTION_OPEN_HISTORY") {
        testing::recorded::<v2::Rack>(path);
    }
}

#[test]
#[ignore = "run by the test of the history"]
fn recorded_third() {
    #[derive(State, Debug)]
    #[state(name = "app.Silence", alias("app.Mute"))]
    struct Silence;
    impl v2::Plugin for Silence {}
    if let Some(path) = std::env::var_os("EVOLUTION_OPEN_HISTORY") {
        v2::register();
        <dyn v2::Plugin>::register([member!(Silence)]).unwrap();
        testing::recorded::<v2::Rack>(path);
    }
}

#[test]
fn forms_of_files_become_one_another_without_the_types() {
    v2::register();
    let older = older();
    let form = Form::open(&older).unwrap();
    let mut amendments = Amendments::default();
    amendments.default = true;
    amendments.removed.push("wet".into());
    for (old, new) in [("app.Echo", "app.Delay"), ("label", "title"), ("number", "wide")] {
        amendments.aliases.push((old.into(), new.into()));
    }
    let target = Form::of::<v2::Rack>().unwrap().keep(&amendments);
    let upgraded = target.resolve(&form).unwrap().upgrade(&older).unwrap();
    let shown = Inspection::open(&upgraded).unwrap().value().unwrap().to_string();
    assert!(shown.starts_with("Rack([Delay('hall', 0, 0.5), Chain([Delay('in chain', 0, 0.5), "), "{shown}");
    let rack: v2::Rack = loads(&upgraded).unwrap();
    assert_eq!(format!("{:?}", rack.plugins), v2::SHOWN.replace("taps: 3", "taps: 0"));
}
