//! A variant that the present enum does not have is read by the older form that has it, however it is written.

use std::collections::BTreeMap;
use std::fmt::Debug;

use state_core::pickle::{self, Protocol};
use state_core::value::{Dict, Value};
use state_core::{Options, RestoreOwned, State, from_value, loads_upgraded, to_value};

use super::shown;

mod v0 {
    #[derive(state_core::State)]
    #[state(name = "zoo.Gait")]
    pub enum Gait {
        Still,
        Hop(u8),
    }
}

mod v1 {
    use super::v0;

    #[derive(state_core::State)]
    #[state(name = "zoo.Gait", from(v0::Gait))]
    pub enum Gait {
        Rest,
        Walk { kmh: f64 },
        Run(f64, bool),
    }
    impl From<v0::Gait> for Gait {
        fn from(older: v0::Gait) -> Self {
            match older {
                v0::Gait::Still => Self::Rest,
                v0::Gait::Hop(hops) => Self::Run(f64::from(hops), true),
            }
        }
    }
    #[derive(state_core::State)]
    #[state(name = "zoo.Dog", pickle = "dict")]
    pub struct Dog {
        pub gait: Gait,
        pub gaits: Vec<Option<Gait>>,
    }
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[state(name = "zoo.Gait", from(v1::Gait))]
enum Gait {
    Rest,
    Walk {
        mm_per_second: u32,
        leash: bool,
    },
    Run(u32),
    #[state(other)]
    Unknown,
}
impl TryFrom<v1::Gait> for Gait {
    type Error = String;
    fn try_from(older: v1::Gait) -> Result<Self, String> {
        Ok(match older {
            v1::Gait::Rest => Self::Rest,
            v1::Gait::Walk { kmh } => Self::Walk { mm_per_second: (kmh / 0.0036) as u32, leash: true },
            v1::Gait::Run(kmh, _) if kmh > 50.0 => return Err(format!("{kmh} km/h is too fast")),
            v1::Gait::Run(kmh, _) => Self::Run((kmh / 0.0036) as u32),
        })
    }
}
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Dog", pickle = "dict")]
struct Dog {
    gait: Gait,
    gaits: Vec<Option<Gait>>,
}

/// Reads an older value in each way.
#[track_caller]
fn each<T: State + RestoreOwned>(old: &impl State) -> Vec<state_core::Result<T>> {
    let pickles = Protocol::ALL.map(|protocol| pickle::PickleOptions::new().protocol(protocol).dumps(old).unwrap());
    let mut read = vec![
        loads_upgraded(&Options::new().with_schema().dumps(old).unwrap()),
        from_value(&shown(old)),
        from_value(&to_value(old).unwrap()),
    ];
    for pickle in pickles {
        read.push(pickle::loads(&pickle));
        read.push(from_value(&pickle::load_value(&pickle).unwrap()));
    }
    read
}

#[test]
fn of_an_older_form_are_converted() {
    let old = |gait| v1::Dog { gait, gaits: vec![Some(v1::Gait::Run(3.6, true)), None, Some(v1::Gait::Rest)] };
    let new = |gait| Dog { gait, gaits: vec![Some(Gait::Run(1000)), None, Some(Gait::Rest)] };
    for dog in each::<Dog>(&old(v1::Gait::Walk { kmh: 36.0 })) {
        assert_eq!(dog.unwrap(), new(Gait::Walk { mm_per_second: 10_000, leash: true }));
    }
    for dog in each::<Dog>(&old(v1::Gait::Run(72.0, false))) {
        let error = dog.unwrap_err().to_string();
        assert_eq!(error.replace("zoo.", ""), "Dog.gait: 72 km/h is too fast");
    }
    for gait in [Gait::Walk { mm_per_second: 1, leash: false }, Gait::Run(70_000), Gait::Unknown] {
        let dog = new(gait);
        for read in each::<Dog>(&dog) {
            assert_eq!(read.unwrap(), dog);
        }
    }
    for gait in each::<Gait>(&v0::Gait::Hop(36)) {
        assert_eq!(gait.unwrap(), Gait::Run(10_000));
    }
    // What no form has is the variant for all others.
    let unknown = Value::from(("Swim", 3));
    assert_eq!(from_value::<Gait>(&unknown).unwrap(), Gait::Unknown);
    assert_eq!(pickle::loads::<Gait>(&pickle::dump_value(&unknown).unwrap()).unwrap(), Gait::Unknown);
}

#[test]
fn of_an_older_form_of_an_older_form_are_converted() {
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Gait", from(v1::Gait))]
    enum Speed {
        Kmh(f64),
    }
    impl From<v1::Gait> for Speed {
        fn from(older: v1::Gait) -> Self {
            match older {
                v1::Gait::Rest => Self::Kmh(0.0),
                v1::Gait::Walk { kmh } | v1::Gait::Run(kmh, _) => Self::Kmh(kmh),
            }
        }
    }
    for speed in each::<Speed>(&v0::Gait::Hop(36)) {
        assert_eq!(speed.unwrap(), Speed::Kmh(36.0));
    }
    for speed in each::<Speed>(&v1::Gait::Walk { kmh: 3.5 }) {
        assert_eq!(speed.unwrap(), Speed::Kmh(3.5));
    }
    let unknown = Value::from(("Swim", 3));
    let error = from_value::<Speed>(&unknown).unwrap_err().to_string();
    assert!(error.starts_with("Gait: expected a variant of zoo.Gait (Kmh), found"), "{error}");
}

/// The present type has the variant, so its value is not that of the older form, even if it does not fit.
#[test]
fn that_the_present_type_has_are_its_own() {
    let fast = Value::from(("Run", -1));
    let error = from_value::<Gait>(&fast).unwrap_err().to_string();
    assert!(error.starts_with("Gait.Run.0: expected u32, found"), "{error}");
    let error = pickle::loads::<Gait>(&pickle::dump_value(&fast).unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("Gait.Run.0: expected u32, found"), "{error}");
}

/// Two keys that a conversion makes equal are refused, in this way too.
#[test]
fn that_become_equal_keys_are_refused() {
    for (a, b, refused) in [(3.6, 7.2, false), (3.6, 3.600_000_1, true)] {
        let keys = [a, b].map(|kmh| Value::from(("Run", kmh, true)));
        let value = Value::Dict(keys.into_iter().zip([1_u8, 2]).collect::<Dict>());
        let by_value = from_value::<BTreeMap<Gait, u8>>(&value);
        let by_pickle = pickle::loads::<BTreeMap<Gait, u8>>(&pickle::dump_value(&value).unwrap());
        for read in [by_value, by_pickle] {
            assert_eq!(read.is_err(), refused, "{read:?}");
        }
    }
}

mod python {
    #[derive(state_core::State, Debug, PartialEq)]
    #[state(name = "zoo.Size", pickle = "enum")]
    pub enum Size {
        Small = 1,
        Large = 2,
    }
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Size", pickle = "enum", from(python::Size, bool))]
enum Size {
    Small = 10,
    Big = 20,
}
impl From<python::Size> for Size {
    fn from(older: python::Size) -> Self {
        match older {
            python::Size::Small => Self::Small,
            python::Size::Large => Self::Big,
        }
    }
}
impl From<bool> for Size {
    fn from(big: bool) -> Self {
        if big { Self::Big } else { Self::Small }
    }
}

#[test]
fn that_are_members_of_python_enums_are_converted() {
    for (old, new) in [(python::Size::Small, Size::Small), (python::Size::Large, Size::Big)] {
        for size in each::<Size>(&old) {
            assert_eq!(size.unwrap(), new);
        }
    }
    for size in each::<Size>(&true) {
        assert_eq!(size.unwrap(), Size::Big);
    }
    // `pickle.dumps(zoo.Size(2), 2)` in Python.
    let by_value = b"\x80\x02czoo\nSize\nK\x02\x85R.";
    assert_eq!(pickle::loads::<Size>(by_value).unwrap(), Size::Big);
    assert_eq!(from_value::<Size>(&pickle::load_value(by_value).unwrap()).unwrap(), Size::Big);
    let error = pickle::loads::<Size>(b"\x80\x02czoo\nSize\nK\x03\x85R.").unwrap_err().to_string();
    assert_eq!(error, "Size: expected a variant of zoo.Size, found the value 3");
}

/// Nothing tells which of two forms it was.
#[test]
fn of_several_older_forms_are_refused() {
    #[derive(State)]
    #[state(name = "zoo.Gait")]
    enum Stand {
        Still,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "zoo.Gait", from(v1::Gait, v0::Gait, Stand))]
    enum Now {
        Moves,
        Stands,
    }
    impl From<Stand> for Now {
        fn from(_: Stand) -> Self {
            Self::Stands
        }
    }
    impl From<v1::Gait> for Now {
        fn from(_: v1::Gait) -> Self {
            Self::Moves
        }
    }
    impl From<v0::Gait> for Now {
        fn from(_: v0::Gait) -> Self {
            Self::Moves
        }
    }
    // `v1::Gait` reads `Hop` by its own older form, but the form that has it is nearer.
    assert_eq!(from_value::<Now>(&("Hop", 1_u8).into()).unwrap(), Now::Moves);
    let still = Value::from(("Still",));
    for read in [from_value::<Now>(&still), pickle::loads(&pickle::dump_value(&still).unwrap())] {
        let error = read.unwrap_err().to_string();
        assert!(
            error.starts_with("Gait: expected a value of one of the older forms of zoo.Gait, found")
                && error.ends_with(", which several of them can be"),
            "{error}"
        );
    }
    assert_eq!(from_value::<Now>(&("Rest",).into()).unwrap(), Now::Moves);
}
