//! What types say of their older forms beyond names, in values and pickles as in native files: functions and forms of
//! parents, forms of another kind, and parts with shared objects.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    clippy::items_after_statements,
    reason = "small numbers, floats that stay, and types where the test uses them"
)]

mod chains;
mod parents;
mod variants;

use state_core::value::{Tuple, Value};
use state_core::{ErrorKind, Inspection, Older, Options, State, StateExt, from_value, loads_upgraded, pickle};

/// Returns the value of an inspected file.
fn shown<T: State>(value: &T) -> Value {
    Inspection::open(&Options::new().with_schema().dumps(value).unwrap()).unwrap().value().unwrap()
}

fn state_of(value: Value) -> Tuple {
    match value {
        Value::Object(object) => object.into_state(),
        other => panic!("{other}"),
    }
}

/// A part with shared objects is not changed by itself, as in native files.
#[test]
fn a_part_with_shared_objects_is_not_changed_by_itself() {
    use std::rc::Rc;

    mod older {
        #[derive(state_core::State)]
        #[state(name = "game.Unit", pickle = "dict")]
        pub struct Unit {
            pub health: f32,
            pub skin: std::rc::Rc<u8>,
        }
        #[derive(state_core::State)]
        #[state(name = "game.Army", pickle = "dict", shared)]
        pub struct Army {
            pub units: Vec<Unit>,
        }
    }
    #[derive(State)]
    #[state(name = "game.Unit", pickle = "dict", upgrade = halve)]
    struct Upgraded {
        hearts: f32,
        skin: Rc<u8>,
    }
    fn halve(older: &mut Older) {
        if let Some(health) = older.take("health").and_then(|health| health.as_f64()) {
            older.set("hearts", health / 2.0);
        }
    }
    #[derive(State)]
    #[state(name = "game.Unit", pickle = "dict", from(older::Unit))]
    struct Converted {
        hearts: f32,
        skin: Rc<u8>,
    }
    impl From<older::Unit> for Converted {
        fn from(older: older::Unit) -> Self {
            Self { hearts: older.health / 2.0, skin: older.skin }
        }
    }
    #[derive(State)]
    #[state(name = "game.Army", pickle = "dict", shared)]
    struct Army<T: State> {
        units: Vec<T>,
    }
    fn refused<T: State + 'static>(old: &older::Army, army: &mut Army<T>)
    where
        Army<T>: state_core::RestoreOwned,
    {
        let state = state_of(shown(old));
        let pickled = pickle::dumps(old).unwrap();
        let before = army.units.len();
        let errors = [
            from_value::<Army<T>>(&shown(old)).err(),
            from_value::<Army<T>>(&pickle::load_value(&pickled).unwrap()).err(),
            pickle::load_into(&pickled, army).err(),
            army.set_state(state).err(),
        ];
        for error in errors {
            let error = error.unwrap();
            let start = "Army.units[0]: expected a part without shared objects, because `from` or `upgrade` changes it";
            assert!(error.kind() == ErrorKind::Identity && error.to_string().starts_with(start), "{error}");
        }
        assert_eq!(army.units.len(), before);
    }
    let skin = Rc::new(7);
    let unit = |health| older::Unit { health, skin: skin.clone() };
    let old = older::Army { units: vec![unit(2.0), unit(4.0)] };
    let mut army = Army { units: vec![Upgraded { hearts: 1.0, skin: skin.clone() }] };
    refused(&old, &mut army);
    assert_eq!((army.units[0].hearts, *army.units[0].skin), (1.0, 7));
    refused::<Converted>(&old, &mut Army { units: vec![] });
    // Without numbered references each has its own copy.
    let units = from_value::<Vec<Upgraded>>(&shown(&old.units)).unwrap();
    assert_eq!((units[1].hearts, *units[1].skin), (2.0, 7));
    let units = pickle::loads::<Vec<Converted>>(&pickle::dumps(&old.units).unwrap()).unwrap();
    assert_eq!((units[1].hearts, *units[1].skin), (2.0, 7));
    // A state of the present form is shared.
    let army = Army { units: vec![Upgraded { hearts: 1.0, skin: skin.clone() }, Upgraded { hearts: 2.0, skin }] };
    let army: Army<Upgraded> = pickle::loads(&pickle::dumps(&army).unwrap()).unwrap();
    assert!(Rc::ptr_eq(&army.units[0].skin, &army.units[1].skin));
}

/// A truth value, number or text is converted if one older form has its kind.
#[test]
fn values_of_another_kind_are_older_forms() {
    mod older {
        #[derive(state_core::State)]
        #[state(name = "zoo.Cat", pickle = "dict")]
        pub struct Cat {
            pub mood: bool,
            pub moods: Vec<Option<bool>>,
            pub weight: f64,
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(from(bool, String))]
    enum Mood {
        Tame,
        Wild,
    }
    impl From<bool> for Mood {
        fn from(tame: bool) -> Self {
            if tame { Self::Tame } else { Self::Wild }
        }
    }
    impl TryFrom<String> for Mood {
        type Error = String;
        fn try_from(name: String) -> Result<Self, String> {
            if name == "tame" { Ok(Self::Tame) } else { Err(name) }
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(from(f64))]
    struct Weight {
        grams: u32,
    }
    impl From<f64> for Weight {
        fn from(kilos: f64) -> Self {
            Self { grams: (kilos * 1000.0) as u32 }
        }
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Cat", pickle = "dict")]
    struct Cat {
        mood: Mood,
        moods: Vec<Option<Mood>>,
        weight: Weight,
    }
    let old = older::Cat { mood: true, moods: vec![Some(false), None], weight: 2.5 };
    let new = Cat { mood: Mood::Tame, moods: vec![Some(Mood::Wild), None], weight: Weight { grams: 2500 } };
    let pickled = pickle::dumps(&old).unwrap();
    assert_eq!(pickle::loads::<Cat>(&pickled).unwrap(), new);
    assert_eq!(from_value::<Cat>(&pickle::load_value(&pickled).unwrap()).unwrap(), new);
    assert_eq!(from_value::<Cat>(&shown(&old)).unwrap(), new);
    assert_eq!(pickle::loads::<Cat>(&pickle::dumps(&new).unwrap()).unwrap(), new);
    assert_eq!(from_value::<Mood>(&"tame".into()).unwrap(), Mood::Tame);
    assert_eq!(from_value::<Mood>(&"calm".into()).unwrap_err().to_string(), "Mood: calm");
    let error = from_value::<Mood>(&1.into()).unwrap_err().to_string();
    assert_eq!(error, "Mood: expected a variant of Mood, found int 1");
    let error = from_value::<Weight>(&1.into()).unwrap_err().to_string();
    assert!(error.starts_with("Weight: expected"), "{error}");

    // If several have it, nothing tells which one it was.
    #[derive(State, Debug)]
    #[state(from(u8, u16))]
    enum Level {
        Low,
    }
    impl From<u8> for Level {
        fn from(_: u8) -> Self {
            Self::Low
        }
    }
    impl From<u16> for Level {
        fn from(_: u16) -> Self {
            Self::Low
        }
    }
    let error = from_value::<Level>(&5.into()).unwrap_err().to_string();
    assert_eq!(
        error,
        "Level: expected a value of one of the older forms of Level, found int 5, which several of them can be"
    );
    assert!(from_value::<Level>(&300.into()).is_ok());
}
