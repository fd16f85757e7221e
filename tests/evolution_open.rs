//! Members of open sets evolve: their forms stand beside the schema in files and streams, and in a recorded history.

#![allow(clippy::items_after_statements, clippy::struct_field_names, reason = "types as programs have them")]

use std::borrow::Cow;
use std::rc::Rc;

use state_core::evolve::{Amendments, Form, testing};
use state_core::image::stream::{StreamReader, StreamWriter};
use state_core::image::{load_file, save};
use state_core::{
    Dynamic, ErrorKind, Inspection, Options, SchemaHistory, State, dumps, dynamic, load_into, loads, loads_upgraded,
    member, upgrade,
};

fn three<T: From<u8>>() -> T {
    3.into()
}

/// The first version of a program, and of its plugins.
mod v1 {
    use super::{Dynamic, State, dynamic, member};

    pub trait Plugin: Dynamic {}
    dynamic!(dyn Plugin as "audio.Plugin" = open);
    pub trait Knob: Dynamic {}
    dynamic!(dyn Knob as "audio.Knob" = open);

    #[derive(State)]
    #[state(name = "audio.Rack")]
    pub struct Rack {
        pub plugins: Vec<Box<dyn Plugin>>,
        pub name: String,
    }

    #[derive(State)]
    #[state(name = "app.Echo")]
    pub struct Echo {
        pub delay: f32,
        pub wet: u8,
        pub label: String,
    }

    #[derive(State)]
    #[state(name = "app.Chain")]
    pub struct Chain {
        pub first: Option<Box<dyn Plugin>>,
        pub rest: Vec<Box<dyn Plugin>>,
    }

    /// The set of knobs is in plugins alone.
    #[derive(State)]
    #[state(name = "app.Panel")]
    pub struct Panel {
        pub knobs: Vec<Box<dyn Knob>>,
    }

    #[derive(State)]
    #[state(name = "app.Gain")]
    pub struct Gain(pub u16);

    #[derive(State)]
    #[state(name = "app.Mute")]
    pub struct Mute;

    impl Plugin for Echo {}
    impl Plugin for Chain {}
    impl Plugin for Panel {}
    impl Plugin for Mute {}
    impl Plugin for u8 {}
    impl Knob for Gain {}

    pub fn register() {
        <dyn Plugin>::register([member!(Echo), member!(Chain), member!(Panel), member!(Mute), member!(u8 as "number")])
            .unwrap();
        <dyn Knob>::register([member!(Gain)]).unwrap();
    }

    pub fn echo(label: &str) -> Box<dyn Plugin> {
        Box::new(Echo { delay: 0.5, wet: 200, label: label.into() })
    }

    pub fn rack() -> Rack {
        register();
        let knobs: Vec<Box<dyn Knob>> = vec![Box::new(Gain(7)), Box::new(Gain(500))];
        let inner = Box::new(Chain { first: Some(echo("inner")), rest: vec![] });
        let chain = Box::new(Chain { first: None, rest: vec![echo("in chain"), inner, Box::new(9_u8)] });
        Rack { plugins: vec![echo("hall"), chain, Box::new(Panel { knobs })], name: "rack".into() }
    }
}

/// The present one.
mod v2 {
    use std::fmt::Debug;

    use super::{Dynamic, State, dynamic, member};

    pub trait Plugin: Dynamic + Debug {}
    dynamic!(dyn Plugin as "audio.Plugin" = open);
    pub trait Knob: Dynamic + Debug {}
    dynamic!(dyn Knob as "audio.Knob" = open);

    #[derive(State, Debug)]
    #[state(name = "audio.Rack")]
    pub struct Rack {
        pub plugins: Vec<Box<dyn Plugin>>,
        pub name: String,
    }

    /// A slot removed, one renamed, one wider, one added, and in another order.
    #[derive(State, Debug)]
    #[state(name = "app.Delay", alias("app.Echo"), removed("wet"))]
    pub struct Delay {
        #[state(alias("label"))]
        pub title: String,
        #[state(default = super::three)]
        pub taps: u8,
        pub delay: f64,
    }

    #[derive(State, Debug)]
    #[state(name = "app.Chain")]
    pub struct Chain {
        pub rest: Vec<Box<dyn Plugin>>,
        #[state(default)]
        pub on: bool,
        pub first: Option<Box<dyn Plugin>>,
    }

    #[derive(State, Debug)]
    #[state(name = "app.Panel")]
    pub struct Panel {
        pub knobs: Vec<Box<dyn Knob>>,
    }

    #[derive(State, Debug)]
    #[state(name = "app.Gain")]
    pub struct Gain(pub u64);

    impl Plugin for Delay {}
    impl Plugin for Chain {}
    impl Plugin for Panel {}
    impl Plugin for u32 {}
    impl Knob for Gain {}

    pub fn register() {
        <dyn Plugin>::register([member!(Delay), member!(Chain), member!(Panel), member!(u32 as "wide" | "number")])
            .unwrap();
        <dyn Knob>::register([member!(Gain)]).unwrap();
    }

    pub const SHOWN: &str = "[Delay { title: \"hall\", taps: 3, delay: 0.5 }, Chain { rest: [Delay { title: \"in chain\", \
         taps: 3, delay: 0.5 }, Chain { rest: [], on: false, first: Some(Delay { title: \"inner\", taps: 3, delay: 0.5 }) }, \
         9], on: false, first: None }, Panel { knobs: [Gain(7), Gain(500)] }]";
}

fn older() -> Vec<u8> {
    Options::new().with_schema().dumps(&v1::rack()).unwrap()
}

#[test]
fn members_evolve_in_bytes_in_place_and_in_files() {
    let bytes = older();
    v2::register();
    let rack: v2::Rack = loads_upgraded(&bytes).unwrap();
    assert_eq!((format!("{:?}", rack.plugins).as_str(), &*rack.name), (v2::SHOWN, "rack"));
    let upgraded = upgrade::<v2::Rack>(&bytes).unwrap();
    assert_eq!(*upgraded, dumps(&rack).unwrap());
    let mut live = v2::Rack { plugins: vec![], name: "live".into() };
    load_into(&upgraded, &mut live).unwrap();
    assert_eq!(format!("{:?}", live.plugins), v2::SHOWN);
    // What is as it is now is not copied.
    let present = Options::new().with_schema().dumps(&rack).unwrap();
    assert!(matches!(upgrade::<v2::Rack>(&present), Ok(Cow::Borrowed(_))));

    let path = std::env::temp_dir().join(format!("evolution-open-{}.state", std::process::id()));
    save(&path, &v1::rack()).unwrap();
    let back: v2::Rack = load_file(&path).unwrap();
    assert_eq!(format!("{:?}", back.plugins), v2::SHOWN);
    std::fs::remove_file(path).unwrap();
}

#[test]
fn strict_loads_say_what_to_call() {
    v1::register();
    <dyn v2::Plugin>::register([member!(v2::Chain)]).unwrap();
    let chain: Box<dyn v1::Plugin> = Box::new(v1::Chain { first: None, rest: vec![] });
    let error = loads::<Box<dyn v2::Plugin>>(&dumps(&chain).unwrap()).unwrap_err().to_string();
    assert!(error.contains("expected 'app.Chain' as it is registered (fingerprint "), "{error}");
    assert!(error.contains("`loads_upgraded` takes states of older forms"), "{error}");
}

#[test]
fn a_type_that_is_not_known_is_in_the_way_of_its_values_alone() {
    v2::register();
    v1::register();
    // `app.Mute` is registered in the first version and in no state so far.
    let plugins: Vec<Box<dyn v1::Plugin>> = vec![v1::echo("a"), Box::new(v1::Mute)];
    let bytes = Options::new().with_schema().dumps(&plugins).unwrap();
    let error = loads_upgraded::<Vec<Box<dyn v2::Plugin>>>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Identity);
    let text = error.to_string();
    assert!(text.contains("::register([member!(Type)])`, found 'app.Mute', which is not"), "{text}");
    assert!(text.starts_with("[1]: expected a type that was registered by `"), "{text}");
    let rack = v1::Rack { plugins, name: String::new() };
    let bytes = Options::new().with_schema().dumps(&rack).unwrap();
    assert_eq!(loads_upgraded::<v2::Rack>(&bytes).unwrap_err().path(), "Rack.plugins[1]");
    assert!(text.contains("`member!(Type as \"tag\" | \"app.Mute\")`"), "{text}");
}

#[test]
fn what_cannot_be_made_is_told_with_its_line() {
    mod other {
        pub trait Plugin: super::Dynamic {}
        super::dynamic!(dyn Plugin as "audio.Plugin" = open);
        #[derive(state_core::State)]
        #[state(name = "app.Echo")]
        pub struct Echo {
            pub delay: f32,
            pub wet: u8,
            pub label: String,
            pub taps: u8,
        }
        impl Plugin for Echo {}
        impl Plugin for u64 {}
    }
    <dyn other::Plugin>::register([member!(other::Echo), member!(u64 as "number")]).unwrap();
    v1::register();
    let plugins: Vec<Box<dyn v1::Plugin>> = vec![Box::new(4_u8), v1::echo("a")];
    let bytes = Options::new().with_schema().dumps(&plugins).unwrap();
    let error = loads_upgraded::<Vec<Box<dyn other::Plugin>>>(&bytes).err().unwrap().to_string();
    assert!(error.contains("taps: expected u8, found a state of another version without it"), "{error}");
    assert!(error.contains("write `#[state(default)]` on the field"), "{error}");
    assert!(error.starts_with("[1].app.Echo.taps: expected u8"), "{error}");
    // No value of it, no obstacle.
    let plugins: Vec<Box<dyn v1::Plugin>> = vec![Box::new(4_u8)];
    let bytes = Options::new().with_schema().dumps(&plugins).unwrap();
    assert_eq!(loads_upgraded::<Vec<Box<dyn other::Plugin>>>(&bytes).unwrap().len(), 1);
}

#[test]
fn an_inspection_shows_members_by_name_and_without_the_program() {
    let bytes = older();
    let inspection = Inspection::open(&bytes).unwrap();
    let shown = "Rack([Echo(0.5, 200, 'hall'), Chain(None, [Echo(0.5, 200, 'in chain'), Chain(Echo(0.5, 200, 'inner'), []), \
                 Plugin.number(9)]), Panel([Gain(7), Gain(500)])], 'rack')";
    assert_eq!(inspection.value().unwrap().to_string(), shown);
    let tree = inspection.tree().unwrap();
    assert!(tree.contains("app.Echo\n      delay: 0.5\n      wet: 200\n      label: 'hall'\n"), "{tree}");
    let mut other = v1::rack();
    other.plugins[0] = Box::new(v1::Echo { delay: 0.25, wet: 200, label: "hall".into() });
    let other = Options::new().with_schema().dumps(&other).unwrap();
    let found = inspection.compare(&Inspection::open(&other).unwrap(), 9).unwrap();
    assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), ["Rack.plugins[0].delay: 0.5, theirs 0.25"]);
}

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

/// A program of the second version goes on with the stream of one of the first; the third reads all of it.
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

/// Types that are registered once a stream has begun, on either side.
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
    // As `STATE_RECORD=1` does it, in a process of its own.
    let record = |name: &str| {
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", name])
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
    // Again, nothing is new.
    assert!(record("recorded_first").0);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);

    // A member's record that someone changed is said, and not left out.
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

    // Mute is no longer a type, which the test says with what to do. Until that is done, nothing is recorded.
    let (recorded, out) = record("recorded_second");
    assert!(!recorded && out.contains("found 'app.Mute', which is not"), "{out}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    let (recorded, out) = record("recorded_third");
    assert!(recorded, "{out}");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches("form app.Chain in audio.Plugin ").count(), 2, "{text}");
    assert_eq!(text.matches("form audio.Rack ").count(), 1, "{text}");

    // A program that has no types.
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
    let amendments = Amendments {
        default: true,
        removed: vec!["wet".into()],
        aliases: vec![
            ("app.Echo".into(), "app.Delay".into()),
            ("label".into(), "title".into()),
            ("number".into(), "wide".into()),
        ],
    };
    let target = Form::of::<v2::Rack>().unwrap().keep(&amendments);
    let upgraded = target.resolve(&form).unwrap().upgrade(&older).unwrap();
    let shown = Inspection::open(&upgraded).unwrap().value().unwrap().to_string();
    assert!(shown.starts_with("Rack([Delay('hall', 0, 0.5), Chain([Delay('in chain', 0, 0.5), "), "{shown}");
    let rack: v2::Rack = loads(&upgraded).unwrap();
    assert_eq!(format!("{:?}", rack.plugins), v2::SHOWN.replace("taps: 3", "taps: 0"));
}

#[test]
fn what_is_shared_stays_shared() {
    mod older {
        use std::rc::Rc;
        pub trait Node: super::Dynamic {}
        super::dynamic!(dyn Node as "Node" = open);
        #[derive(state_core::State)]
        #[state(name = "Paint")]
        pub struct Paint(pub String);
        #[derive(state_core::State)]
        #[state(name = "Wall")]
        pub struct Wall {
            pub paint: Rc<Paint>,
        }
        impl Node for Wall {}
        #[derive(state_core::State)]
        #[state(name = "House", shared)]
        pub struct House {
            pub walls: Vec<Rc<dyn Node>>,
            pub paint: Rc<Paint>,
        }
    }
    trait Node: Dynamic {
        fn paint(&self) -> &Rc<Paint>;
    }
    dynamic!(dyn Node as "Node" = open);
    #[derive(State)]
    #[state(name = "Paint")]
    struct Paint(String);
    #[derive(State)]
    #[state(name = "Wall")]
    struct Wall {
        #[state(default)]
        height: u8,
        paint: Rc<Paint>,
    }
    impl Node for Wall {
        fn paint(&self) -> &Rc<Paint> {
            assert_eq!(self.height, 0);
            &self.paint
        }
    }
    #[derive(State)]
    #[state(name = "House", shared)]
    struct House {
        walls: Vec<Rc<dyn Node>>,
        paint: Rc<Paint>,
    }
    <dyn older::Node>::register([member!(older::Wall)]).unwrap();
    <dyn Node>::register([member!(Wall)]).unwrap();
    let paint = Rc::new(older::Paint("red".into()));
    let wall: Rc<dyn older::Node> = Rc::new(older::Wall { paint: paint.clone() });
    let house = older::House { walls: vec![wall.clone(), wall], paint };
    let bytes = Options::new().with_schema().dumps(&house).unwrap();
    let tree = Inspection::open(&bytes).unwrap().tree().unwrap();
    assert!(tree.contains("paint: <shared 2>\n"), "{tree}");
    let back: House = loads_upgraded(&bytes).unwrap();
    assert!(Rc::ptr_eq(&back.walls[0], &back.walls[1]));
    assert!(Rc::ptr_eq(back.walls[0].paint(), &back.paint) && back.paint.0 == "red");
}

/// Two tags that became one, in keys: two could become one key.
#[test]
fn keys_that_two_tags_become_are_refused() {
    use std::collections::BTreeMap;
    mod older {
        use std::cmp::Ordering;
        pub trait Key: super::Dynamic {
            fn rank(&self) -> u8;
        }
        super::dynamic!(dyn Key as "Key" = open);
        impl Key for u8 {
            fn rank(&self) -> u8 {
                *self
            }
        }
        impl Key for i8 {
            fn rank(&self) -> u8 {
                100
            }
        }
        impl PartialEq for dyn Key {
            fn eq(&self, other: &Self) -> bool {
                self.rank() == other.rank()
            }
        }
        impl Eq for dyn Key {}
        impl PartialOrd for dyn Key {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for dyn Key {
            fn cmp(&self, other: &Self) -> Ordering {
                self.rank().cmp(&other.rank())
            }
        }
    }
    mod now {
        pub use super::now_key::Key;
    }
    <dyn older::Key>::register([member!(u8 as "a"), member!(i8 as "b")]).unwrap();
    <dyn now::Key>::register([member!(u16 as "a" | "b")]).unwrap();
    let keys: BTreeMap<Box<dyn older::Key>, u8> = [(Box::new(1_u8) as Box<dyn older::Key>, 1)].into();
    let bytes = Options::new().with_schema().dumps(&keys).unwrap();
    let error = loads_upgraded::<BTreeMap<Box<dyn now::Key>, u8>>(&bytes).err().unwrap().to_string();
    assert!(error.contains("expected keys that stay different"), "{error}");
}

mod now_key {
    use std::cmp::Ordering;
    pub trait Key: super::Dynamic {
        fn rank(&self) -> u16;
    }
    super::dynamic!(dyn Key as "Key" = open);
    impl Key for u16 {
        fn rank(&self) -> u16 {
            *self
        }
    }
    impl PartialEq for dyn Key {
        fn eq(&self, other: &Self) -> bool {
            self.rank() == other.rank()
        }
    }
    impl Eq for dyn Key {}
    impl PartialOrd for dyn Key {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }
    impl Ord for dyn Key {
        fn cmp(&self, other: &Self) -> Ordering {
            self.rank().cmp(&other.rank())
        }
    }
}

/// Files from before there was a table: those of the present form load, and others are refused by name.
#[test]
fn states_without_a_table_load_as_ever() {
    v2::register();
    let rack = v2::Rack { plugins: vec![Box::new(7_u32)], name: "old".into() };
    let bytes = Options::new().with_schema().dumps(&rack).unwrap();
    let table = table_of(&bytes);
    let mut before = bytes.clone();
    before[5] &= !32;
    let schema = u32::from_le_bytes(before[40..44].try_into().unwrap()) - table as u32;
    before[40..44].copy_from_slice(&schema.to_le_bytes());
    before.drain(44..44 + table);
    assert_eq!(loads::<v2::Rack>(&before).unwrap().name, "old");
    assert_eq!(format!("{:?}", loads_upgraded::<v2::Rack>(&before).unwrap().plugins), "[7]");
    assert!(matches!(upgrade::<v2::Rack>(&before), Ok(Cow::Borrowed(_))));
    let error = Inspection::open(&before).unwrap().value().unwrap_err().to_string();
    assert!(error.contains("looked at by the program that knows the types of audio.Plugin"), "{error}");
    // Types without open sets carry no table.
    assert_eq!(Options::new().with_schema().dumps(&7_u8).unwrap()[5], 1);
}

/// Bytes of the table, with its length.
fn table_of(bytes: &[u8]) -> usize {
    assert_eq!(bytes[5] & 0x21, 0x21);
    4 + u32::from_le_bytes(bytes[44..48].try_into().unwrap()) as usize
}

#[test]
fn tables_that_lie_are_refused_or_make_a_state() {
    v2::register();
    let honest = older();
    let table = table_of(&honest);
    for at in 44..44 + table {
        for change in [1, 2, 0x80, 0xFF] {
            let mut bytes = honest.clone();
            bytes[at] ^= change;
            let mut live = v2::Rack { plugins: vec![Box::new(3_u32)], name: "live".into() };
            match upgrade::<v2::Rack>(&bytes) {
                Ok(upgraded) => {
                    if load_into(&upgraded, &mut live).is_ok() {
                        dumps(&live).unwrap();
                    }
                }
                Err(_) => assert_eq!(format!("{live:?}"), "Rack { plugins: [3], name: \"live\" }"),
            }
            if let Ok(inspection) = Inspection::open(&bytes) {
                let _ = inspection.value();
                let _ = inspection.tree();
            }
        }
    }
    for cut in 44..44 + table {
        let mut bytes = honest.clone();
        bytes.drain(cut..44 + table);
        let rest = (cut - 44) as u32;
        let schema = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) - table as u32 + rest;
        bytes[40..44].copy_from_slice(&schema.to_le_bytes());
        assert!(upgrade::<v2::Rack>(&bytes).is_err(), "cut at {cut}");
    }
}

/// A table with a type twice, or out of order.
#[test]
fn tables_are_in_order() {
    v2::register();
    let honest = older();
    let (start, end) = (48, 44 + table_of(&honest));
    let twice = [&honest[start..end], &honest[start..end]].concat();
    let mut bytes = [&honest[..44], &(twice.len() as u32).to_le_bytes(), &twice, &honest[end..]].concat();
    let schema = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) + (twice.len() - (end - start)) as u32;
    bytes[40..44].copy_from_slice(&schema.to_le_bytes());
    let error = loads_upgraded::<v2::Rack>(&bytes).unwrap_err();
    assert!(error.to_string().contains("expected a table of the types of open sets"), "{error}");
    assert!(Inspection::open(&bytes).is_err());
}

/// An order by size, so that trait objects can be keys.
macro_rules! ordered {
    ($part:ty) => {
        impl PartialEq for $part {
            fn eq(&self, other: &Self) -> bool {
                self.size() == other.size()
            }
        }
        impl Eq for $part {}
        impl PartialOrd for $part {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $part {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.size().cmp(&other.size())
            }
        }
    };
}

/// What two types of a set become one by is said of keys wherever the set is met again.
#[test]
fn keys_of_a_set_that_was_met_before_stay_different() {
    mod then {
        pub trait Part: super::Dynamic {
            fn size(&self) -> (u8, u8);
        }
        super::dynamic!(dyn Part as "keys.Part" = open);
        #[derive(state_core::State)]
        #[state(name = "keys.Wheel")]
        pub struct Wheel(pub u8);
        #[derive(state_core::State)]
        #[state(name = "keys.Disc")]
        pub struct Disc(pub u8);
        impl Part for Wheel {
            fn size(&self) -> (u8, u8) {
                (0, self.0)
            }
        }
        impl Part for Disc {
            fn size(&self) -> (u8, u8) {
                (1, self.0)
            }
        }
    }
    mod now {
        pub trait Part: super::Dynamic {
            fn size(&self) -> (u8, u8);
        }
        super::dynamic!(dyn Part as "keys.Part" = open);
        #[derive(state_core::State)]
        #[state(name = "keys.Wheel", alias("keys.Disc"))]
        pub struct Wheel(pub u8);
        impl Part for Wheel {
            fn size(&self) -> (u8, u8) {
                (0, self.0)
            }
        }
    }
    ordered!(dyn then::Part);
    ordered!(dyn now::Part);
    type Set<P> = std::collections::BTreeSet<Box<P>>;
    <dyn then::Part>::register([member!(then::Wheel), member!(then::Disc)]).unwrap();
    <dyn now::Part>::register([member!(now::Wheel)]).unwrap();
    let list = || -> Vec<Box<dyn then::Part>> { vec![Box::new(then::Disc(1)), Box::new(then::Wheel(1))] };
    let keys = || -> Set<dyn then::Part> { list().into_iter().collect() };
    let with = Options::new().with_schema();
    let listed = with.dumps(&list()).unwrap();
    assert_eq!(loads_upgraded::<Vec<Box<dyn now::Part>>>(&listed).unwrap().len(), 2);
    let alone = loads_upgraded::<Set<dyn now::Part>>(&with.dumps(&keys()).unwrap()).err().unwrap();
    let before =
        loads_upgraded::<(Vec<Box<dyn now::Part>>, Set<dyn now::Part>)>(&with.dumps(&(list(), keys())).unwrap());
    let before = before.map(drop).unwrap_err();
    for error in [alone, before] {
        assert!(error.to_string().contains("expected keys that stay different"), "{error}");
    }
    // By value, each two are compared.
    let value = state_core::to_value(&keys()).unwrap();
    let error = state_core::from_value::<Set<dyn now::Part>>(&value).err().unwrap().to_string();
    assert!(error.contains("expected keys that stay different"), "{error}");
}

/// The same where the keys are in a type of the set itself, which is planned before those that become one.
#[test]
fn keys_in_a_type_of_their_own_set_stay_different() {
    mod then {
        use std::collections::BTreeSet;

        pub trait Part: super::Dynamic {
            fn size(&self) -> (u8, u8);
        }
        super::dynamic!(dyn Part as "bags.Part" = open);
        ordered!(dyn Part);
        #[derive(state_core::State)]
        #[state(name = "bags.Bag")]
        pub struct Bag(pub BTreeSet<Box<dyn Part>>);
        #[derive(state_core::State)]
        #[state(name = "bags.Disc")]
        pub struct Disc;
        #[derive(state_core::State)]
        #[state(name = "bags.Wheel")]
        pub struct Wheel;
        impl Part for Bag {
            fn size(&self) -> (u8, u8) {
                (0, 0)
            }
        }
        impl Part for Disc {
            fn size(&self) -> (u8, u8) {
                (1, 0)
            }
        }
        impl Part for Wheel {
            fn size(&self) -> (u8, u8) {
                (2, 0)
            }
        }
    }
    mod now {
        use std::collections::BTreeSet;

        pub trait Part: super::Dynamic {
            fn size(&self) -> (u8, u8);
        }
        super::dynamic!(dyn Part as "bags.Part" = open);
        ordered!(dyn Part);
        #[derive(state_core::State)]
        #[state(name = "bags.Bag")]
        pub struct Bag(pub BTreeSet<Box<dyn Part>>);
        #[derive(state_core::State)]
        #[state(name = "bags.Wheel", alias("bags.Disc"))]
        pub struct Wheel;
        impl Part for Bag {
            fn size(&self) -> (u8, u8) {
                (0, 0)
            }
        }
        impl Part for Wheel {
            fn size(&self) -> (u8, u8) {
                (2, 0)
            }
        }
    }
    <dyn then::Part>::register([member!(then::Bag), member!(then::Disc), member!(then::Wheel)]).unwrap();
    <dyn now::Part>::register([member!(now::Bag), member!(now::Wheel)]).unwrap();
    let in_bag: [Box<dyn then::Part>; 2] = [Box::new(then::Disc), Box::new(then::Wheel)];
    let bags: Vec<Box<dyn then::Part>> = vec![Box::new(then::Bag(in_bag.into_iter().collect()))];
    let bytes = Options::new().with_schema().dumps(&bags).unwrap();
    let error = loads_upgraded::<Vec<Box<dyn now::Part>>>(&bytes).err().unwrap().to_string();
    assert!(error.contains("expected keys that stay different"), "{error}");
}
