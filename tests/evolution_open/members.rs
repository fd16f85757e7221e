//! Members evolve in bytes, in place, in files and streams.

use std::borrow::Cow;
use std::rc::Rc;

use state_core::image::{load_file, save};
use state_core::{
    Dynamic, ErrorKind, Inspection, Options, State, dumps, dynamic, load_into, loads, loads_upgraded, member, upgrade,
};

use super::{older, v1, v2};

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
    // A state of the present form is not copied.
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
    // `app.Mute` is registered only in the first version, and in no state before this one.
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
    // Without a value of the type, there is no obstacle.
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
