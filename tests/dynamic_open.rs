//! Open sets: a library's trait, and types that a program registers for it.

#![allow(
    clippy::items_after_statements,
    clippy::needless_pass_by_value,
    reason = "types and values where they are used"
)]

use std::fmt::Debug;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::image::compare;
use state_core::{
    Dynamic, ErrorKind, Options, State, Value, check, dumps, dynamic, from_value, load_into, loads, loads_upgraded,
    member, pickle, to_value,
};

/// The library's part.
mod library {
    pub trait Plugin: super::Dynamic + super::Debug {
        fn gain(&self, input: f32) -> f32;
    }

    super::dynamic!(dyn Plugin as "audio.Plugin" = open);
}

use library::Plugin;

#[derive(State, Debug, Clone)]
#[state(name = "app.Echo")]
struct Echo {
    name: String,
    delay: f32,
}

#[derive(State, Debug)]
#[state(name = "app.Chain")]
struct Chain {
    of: Vec<Box<dyn Plugin>>,
}

#[derive(State, Debug)]
struct Fixed<T> {
    by: T,
}

#[derive(State, Debug)]
#[state(name = "app.Mute")]
struct Mute;

#[derive(State, Debug)]
#[state(name = "app.Never")]
struct Never;

impl Plugin for Echo {
    fn gain(&self, input: f32) -> f32 {
        input * self.delay
    }
}

impl Plugin for Chain {
    fn gain(&self, input: f32) -> f32 {
        self.of.iter().fold(input, |input, plugin| plugin.gain(input))
    }
}

impl<T: State + Debug + Copy + Into<f32> + 'static> Plugin for Fixed<T> {
    fn gain(&self, _: f32) -> f32 {
        self.by.into()
    }
}

impl Plugin for Mute {
    fn gain(&self, _: f32) -> f32 {
        0.0
    }
}

impl Plugin for Never {
    fn gain(&self, input: f32) -> f32 {
        input
    }
}

impl Plugin for u8 {
    fn gain(&self, input: f32) -> f32 {
        input + f32::from(*self)
    }
}

/// Registers the types; each test calls this, in any order and repeatedly.
fn register() {
    <dyn Plugin>::register([
        member!(Echo),
        member!(Chain),
        member!(Mute),
        member!(Fixed<u8> as "app.Fixed8"),
        member!(Fixed<f32> as "app.FixedF32" | "app.Fixed"),
        member!(u8 as "number"),
    ])
    .unwrap();
}

fn echo(name: &str, delay: f32) -> Echo {
    Echo { name: name.into(), delay }
}

fn plugins() -> Vec<Box<dyn Plugin>> {
    register();
    vec![
        Box::new(echo("hall", 0.5)),
        Box::new(Mute),
        Box::new(Chain { of: vec![Box::new(Fixed { by: 3_u8 }), Box::new(7_u8), Box::new(echo("room", 2.0))] }),
        Box::new(Fixed { by: 1.5_f32 }),
    ]
}

fn gains(plugins: &[Box<dyn Plugin>]) -> Vec<f32> {
    plugins.iter().map(|plugin| plugin.gain(1.0)).collect()
}

const GAINS: [f32; 4] = [0.5, 0.0, 20.0, 1.5];

#[test]
fn registered_types_come_back_as_what_they_are() {
    let bytes = dumps(&plugins()).unwrap();
    let back: Vec<Box<dyn Plugin>> = loads(&bytes).unwrap();
    assert_eq!(gains(&back), GAINS);
    assert_eq!(dumps(&back).unwrap(), bytes);
    assert_eq!(format!("{:?}", back[0]), r#"Echo { name: "hall", delay: 0.5 }"#);
    let empty: Vec<Box<dyn Plugin>> = vec![];
    assert!(loads::<Vec<Box<dyn Plugin>>>(&dumps(&empty).unwrap()).unwrap().is_empty());
}

#[test]
fn a_type_that_nobody_registered_is_an_error_with_the_call_to_make() {
    register();
    let error = dumps(&vec![Box::new(Never) as Box<dyn Plugin>]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unwritable);
    let text = error.to_string();
    assert!(text.contains("library::Plugin>::register([member!(Type)])`") && text.contains("Never"), "{text}");

    let mut bytes = dumps(&plugins()).unwrap();
    let at = bytes.windows(8).position(|bytes| bytes == b"app.Echo").unwrap();
    bytes[at + 4] = b'O';
    let error = loads::<Vec<Box<dyn Plugin>>>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Identity);
    let text = error.to_string();
    assert!(
        text.starts_with("[0]: expected a type that was registered by `<dyn dynamic_open::library::Plugin>::register"),
        "{text}"
    );
    assert!(text.contains("found 'app.Ocho', which is not") || text.contains("found 'app.Ocho"), "{text}");
}

#[test]
fn a_type_is_registered_once_however_often_it_is_asked_for() {
    register();
    register();
    <dyn Plugin>::register([member!(Echo), member!(Echo)]).unwrap();
    <dyn Plugin>::register([]).unwrap();

    mod other {
        #[derive(Debug, state_core::State)]
        #[state(name = "app.Echo")]
        pub struct Echo;
        impl super::Plugin for Echo {
            fn gain(&self, input: f32) -> f32 {
                input
            }
        }
    }
    let taken = <dyn Plugin>::register([member!(Never), member!(other::Echo)]).unwrap_err();
    let again = <dyn Plugin>::register([member!(Echo as "another")]).unwrap_err();
    for (error, says) in [
        (&taken, "other::Echo`, a tag that already belongs to `dynamic_open::Echo`; `member!(Type as \"tag\")` gives"),
        (&again, "found \"another\" for `dynamic_open::Echo`, which is already registered as \"app.Echo\""),
    ] {
        assert_eq!(error.kind(), ErrorKind::Identity);
        assert!(error.to_string().contains(says), "{error}");
    }
    // None of the types registered together with it was registered.
    assert!(dumps(&(Box::new(Never) as Box<dyn Plugin>)).is_err());
}

#[test]
fn each_type_is_tested_by_itself() {
    trait Part: Dynamic {}
    dynamic!(dyn Part = open);
    #[derive(State)]
    #[state(name = "Wheel")]
    struct Wheel {
        radius: f32,
    }
    impl Part for Wheel {}
    impl Part for Mute {}
    <dyn Part>::register([member!(Wheel)]).unwrap();
    let bytes = dumps(&(Box::new(Wheel { radius: 2.0 }) as Box<dyn Part>)).unwrap();
    check::<Box<dyn Part>>(&bytes).unwrap();
    // Registering another type changes nothing.
    <dyn Part>::register([member!(Mute)]).unwrap();
    check::<Box<dyn Part>>(&bytes).unwrap();
    assert_eq!(dumps(&loads::<Box<dyn Part>>(&bytes).unwrap()).unwrap(), bytes);
    // The fingerprint follows the length of the tag.
    let mut other = bytes;
    other[44] ^= 1;
    let error = loads::<Box<dyn Part>>(&other).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Identity);
    assert!(error.to_string().contains("expected 'Wheel' as it is registered (fingerprint "), "{error}");
}

#[test]
fn the_same_type_is_restored_in_place() {
    let bytes = dumps(&plugins()).unwrap();
    let mut live = plugins();
    live[0] = Box::new(echo("a longer name", 9.0));
    live[1] = Box::new(4_u8);
    let place = std::ptr::from_ref(&*live[0]).cast::<()>();
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(gains(&live), GAINS);
    assert_eq!(std::ptr::from_ref(&*live[0]).cast::<()>(), place);
    // A restore that fails changes nothing.
    let cut = &bytes[..bytes.len() - 1];
    live[3] = Box::new(Mute);
    load_into(cut, &mut live).unwrap_err();
    assert_eq!(gains(&live), [0.5, 0.0, 20.0, 0.0]);
}

#[derive(State)]
#[state(shared)]
struct Rack {
    first: Weak<dyn Plugin>,
    slots: Vec<Rc<dyn Plugin>>,
    others: Vec<Arc<dyn Plugin>>,
}

#[test]
fn shared_ones_stay_one() {
    register();
    let (hall, other): (Rc<dyn Plugin>, Arc<dyn Plugin>) = (Rc::new(echo("hall", 0.5)), Arc::new(Mute));
    let rack = Rack {
        first: Rc::downgrade(&hall),
        slots: vec![hall.clone(), Rc::new(5_u8), hall],
        others: vec![other.clone(), other],
    };
    let back: Rack = loads(&dumps(&rack).unwrap()).unwrap();
    assert!(Rc::ptr_eq(&back.slots[0], &back.slots[2]) && Arc::ptr_eq(&back.others[0], &back.others[1]));
    assert!(Rc::ptr_eq(&back.first.upgrade().unwrap(), &back.slots[0]));
    let back: Rack = from_value(&to_value(&rack).unwrap()).unwrap();
    assert!(Rc::ptr_eq(&back.slots[0], &back.slots[2]) && back.slots[1].gain(1.0) > 5.5);
}

#[test]
fn values_are_the_objects_themselves() {
    let value = to_value(&plugins()).unwrap();
    let shown = "[Echo('hall', 0.5), Mute(), Chain([Fixed(3), Plugin.number(7), Echo('room', 2.0)]), Fixed(1.5)]";
    assert_eq!(value.to_string().replace("Fixed8", "Fixed").replace("FixedF32", "Fixed"), shown);
    let back: Vec<Box<dyn Plugin>> = from_value(&value).unwrap();
    assert_eq!(gains(&back), GAINS);
    let error = from_value::<Box<dyn Plugin>>(&Value::from(3)).unwrap_err();
    assert!(error.to_string().contains("::register([member!(Type)])`, found int 3"), "{error}");
}

#[test]
fn pickles_have_their_classes() {
    for protocol in [pickle::Protocol::V0, pickle::Protocol::V5] {
        let pickled = pickle::PickleOptions::new().protocol(protocol).dumps(&plugins()).unwrap();
        let back: Vec<Box<dyn Plugin>> = pickle::loads(&pickled).unwrap();
        assert_eq!(gains(&back), GAINS);
    }
    let value = pickle::load_value(&pickle::dumps(&plugins()).unwrap()).unwrap();
    assert!(value.to_string().starts_with("[Echo('hall', 0.5), Mute("), "{value}");
}

#[test]
fn differences_are_told_by_slot() {
    let (ours, mut theirs) = (plugins(), plugins());
    theirs[0] = Box::new(echo("hall", 0.75));
    theirs[1] = Box::new(9_u8);
    let (a, b) = (dumps(&ours).unwrap(), dumps(&theirs).unwrap());
    let found: Vec<_> = compare::<Vec<Box<dyn Plugin>>>(&a, &b).unwrap().map(|found| found.to_string()).collect();
    assert_eq!(found, ["[0].delay: 0.5, theirs 0.75", "[1]: Mute(), theirs Plugin.number(9)"]);
}

#[test]
fn what_is_around_them_evolves() {
    mod v1 {
        #[derive(state_core::State)]
        #[state(name = "Rack")]
        pub struct Rack {
            pub gone: Box<dyn super::Plugin>,
            pub slots: Vec<Box<dyn super::Plugin>>,
            pub name: String,
        }
    }
    #[derive(State)]
    #[state(name = "Rack", removed("gone"))]
    struct Rack {
        name: String,
        #[state(default)]
        size: u8,
        slots: Vec<Box<dyn Plugin>>,
    }
    let older = v1::Rack { gone: Box::new(echo("gone", 1.0)), slots: plugins(), name: "rack".into() };
    let bytes = Options::new().with_schema().dumps(&older).unwrap();
    let back: Rack = loads_upgraded(&bytes).unwrap();
    assert_eq!((gains(&back.slots), &*back.name, back.size), (GAINS.to_vec(), "rack", 0));
}

#[test]
fn every_byte_changed_is_a_state_or_an_error() {
    let honest = dumps(&plugins()).unwrap();
    for at in 40..honest.len() {
        for change in [1, 2, 0x80, 0xFF] {
            let mut bytes = honest.clone();
            bytes[at] ^= change;
            if let Ok(back) = loads::<Vec<Box<dyn Plugin>>>(&bytes) {
                let again = dumps(&back).unwrap();
                assert_eq!(dumps(&loads::<Vec<Box<dyn Plugin>>>(&again).unwrap()).unwrap(), again, "byte {at}");
            }
        }
    }
}

#[test]
fn depth_is_counted_through_them() {
    register();
    let mut nested: Box<dyn Plugin> = Box::new(Mute);
    for _ in 0..200 {
        nested = Box::new(Chain { of: vec![nested] });
    }
    assert_eq!(dumps(&nested).unwrap_err().kind(), ErrorKind::Depth);
}

/// A former name of one type may be the name of another, in either order of registration.
#[test]
fn a_name_goes_before_a_former_name() {
    trait Shape: Dynamic {
        fn corners(&self) -> u32;
    }
    dynamic!(dyn Shape = open);
    #[derive(State)]
    #[state(name = "shapes.Box", alias("shapes.Crate"))]
    struct Boxed {
        size: u32,
    }
    #[derive(State)]
    #[state(name = "shapes.Crate")]
    struct Crate {
        size: u32,
    }
    impl Shape for Boxed {
        fn corners(&self) -> u32 {
            self.size
        }
    }
    impl Shape for Crate {
        fn corners(&self) -> u32 {
            100 + self.size
        }
    }
    impl Shape for u8 {
        fn corners(&self) -> u32 {
            200
        }
    }
    impl Shape for i8 {
        fn corners(&self) -> u32 {
            300
        }
    }
    <dyn Shape>::register([member!(Boxed), member!(Crate)]).unwrap();
    <dyn Shape>::register([member!(u8 as "small" | "tiny"), member!(i8 as "tiny")]).unwrap();
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Crate { size: 1 }), Box::new(Boxed { size: 2 }), Box::new(1_i8)];
    let corners = |shapes: Vec<Box<dyn Shape>>| shapes.iter().map(|shape| shape.corners()).collect::<Vec<_>>();
    assert_eq!(corners(pickle::loads(&pickle::dumps(&shapes).unwrap()).unwrap()), [101, 2, 300]);
    assert_eq!(corners(from_value(&to_value(&shapes).unwrap()).unwrap()), [101, 2, 300]);
    assert_eq!(corners(loads(&dumps(&shapes).unwrap()).unwrap()), [101, 2, 300]);
}

/// The schema that contains an open set does not know which of its types share objects, so a state that would copy them
/// is an error.
#[test]
fn types_that_share_are_in_states_that_do() {
    #[derive(State, Debug)]
    #[state(shared, name = "app.Pair")]
    struct Pair {
        names: [Rc<str>; 2],
    }
    #[derive(State, Debug)]
    #[state(name = "app.Watcher")]
    struct Watcher {
        name: Rc<str>,
        watched: Weak<str>,
    }
    impl Plugin for Pair {
        fn gain(&self, input: f32) -> f32 {
            if Rc::ptr_eq(&self.names[0], &self.names[1]) { input } else { 0.0 }
        }
    }
    impl Plugin for Watcher {
        fn gain(&self, input: f32) -> f32 {
            if self.watched.upgrade().is_some_and(|name| Rc::ptr_eq(&name, &self.name)) { input } else { 0.0 }
        }
    }
    <dyn Plugin>::register([member!(Pair), member!(Watcher)]).unwrap();
    let name = Rc::<str>::from("name");
    let (watched, names) = (Rc::downgrade(&name), [name.clone(), name.clone()]);
    let sharing: Vec<Box<dyn Plugin>> = vec![Box::new(Pair { names }), Box::new(Watcher { name, watched })];
    for error in [dumps(&sharing).unwrap_err(), pickle::dumps(&sharing).unwrap_err(), to_value(&sharing).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Unwritable);
        let error = error.to_string();
        assert!(error.contains("`Options::sharing`") && error.contains("Pair in one that copies them"), "{error}");
    }
    let options = Options::new().sharing();
    assert_eq!(gains(&options.loads::<Vec<_>>(&options.dumps(&sharing).unwrap()).unwrap()), [1.0, 1.0]);
    let pickles = pickle::PickleOptions::new().sharing();
    assert_eq!(gains(&pickles.loads::<Vec<_>>(&pickles.dumps(&sharing).unwrap()).unwrap()), [1.0, 1.0]);
    assert_eq!(gains(&options.from_value::<Vec<_>>(&options.to_value(&sharing).unwrap()).unwrap()), [1.0, 1.0]);
    #[derive(State)]
    #[state(shared)]
    struct Studio {
        plugins: Vec<Box<dyn Plugin>>,
    }
    let studio = Studio { plugins: sharing };
    let bytes = dumps(&studio).unwrap();
    assert_eq!(gains(&loads::<Studio>(&bytes).unwrap().plugins), [1.0, 1.0]);
    let mut live = Studio { plugins: vec![Box::new(Mute)] };
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(gains(&live.plugins), [1.0, 1.0]);
    assert_eq!(dumps(&live).unwrap(), bytes);
}

/// However many threads register types at once, each type is registered once, and of two types with the same tag one
/// is.
#[test]
fn threads_register_at_once() {
    trait Part: Dynamic + Send {}
    dynamic!(dyn Part = open);
    #[derive(State)]
    #[state(name = "Wheel")]
    struct Wheel;
    #[derive(State)]
    #[state(name = "Wheel")]
    struct OtherWheel;
    impl Part for Wheel {}
    impl Part for OtherWheel {}
    impl Part for Mute {}
    let registered: Vec<bool> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                scope.spawn(move || match number % 2 {
                    0 => <dyn Part>::register([member!(Mute), member!(Wheel)]).is_ok(),
                    _ => <dyn Part>::register([member!(OtherWheel), member!(Mute)]).is_ok(),
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // Either all threads with the one type succeeded, or all with the other.
    assert_eq!(registered.iter().filter(|&&is| is).count(), 4);
    assert!(registered.iter().enumerate().all(|(number, &is)| is == (registered[0] == (number % 2 == 0))));
    let parts: Vec<Box<dyn Part>> = match registered[0] {
        true => vec![Box::new(Wheel), Box::new(Mute)],
        false => vec![Box::new(OtherWheel), Box::new(Mute)],
    };
    assert_eq!(loads::<Vec<Box<dyn Part>>>(&dumps(&parts).unwrap()).unwrap().len(), 2);
    let other: Box<dyn Part> = if registered[0] { Box::new(OtherWheel) } else { Box::new(Wheel) };
    assert_eq!(dumps(&other).unwrap_err().kind(), ErrorKind::Unwritable);
}
