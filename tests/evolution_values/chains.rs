//! Forms of forms: each step is a conversion of its own.

use state_core::State;

use super::parents::each;

mod v0 {
    #[derive(state_core::State)]
    #[state(name = "zoo.Keeper", pickle = "dict")]
    pub struct Keeper {
        pub name: String,
    }
}
mod v1 {
    use super::v0;

    #[derive(state_core::State)]
    #[state(name = "zoo.Keeper", pickle = "dict", from(v0::Keeper))]
    pub struct Keeper {
        pub first: String,
        pub last: String,
    }
    impl From<v0::Keeper> for Keeper {
        fn from(older: v0::Keeper) -> Self {
            let (first, last) = older.name.split_once(' ').unwrap_or((&older.name, ""));
            Self { first: first.into(), last: last.into() }
        }
    }
}
/// A form that has the present type as one of its own.
mod detour {
    #[derive(state_core::State)]
    #[state(name = "zoo.Keeper", pickle = "dict", from(super::Keeper))]
    pub struct Keeper {
        pub badge: u32,
    }
    impl TryFrom<super::Keeper> for Keeper {
        type Error = &'static str;
        fn try_from(_: super::Keeper) -> Result<Self, Self::Error> {
            Err("a keeper has no badge")
        }
    }
}
#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.Keeper", pickle = "dict", from(detour::Keeper, v1::Keeper))]
struct Keeper {
    initials: String,
}
impl From<detour::Keeper> for Keeper {
    fn from(older: detour::Keeper) -> Self {
        Self { initials: older.badge.to_string() }
    }
}
impl From<v1::Keeper> for Keeper {
    fn from(older: v1::Keeper) -> Self {
        Self { initials: [older.first, older.last].iter().filter_map(|name| name.chars().next()).collect() }
    }
}

#[test]
fn of_objects_take_the_shortest_way() {
    let ann = || Keeper { initials: "AL".into() };
    for keeper in each::<Keeper>(&v0::Keeper { name: "Ann Lee".into() }) {
        assert_eq!(keeper.unwrap(), ann());
    }
    for keeper in each::<Keeper>(&v1::Keeper { first: "Ann".into(), last: "Lee".into() }) {
        assert_eq!(keeper.unwrap(), ann());
    }
    for keeper in each::<Keeper>(&detour::Keeper { badge: 7 }) {
        assert_eq!(keeper.unwrap(), Keeper { initials: "7".into() });
    }
    for keeper in each::<Keeper>(&ann()) {
        assert_eq!(keeper.unwrap(), ann());
    }
    for keeper in each::<detour::Keeper>(&v0::Keeper { name: "Ann Lee".into() }) {
        assert!(keeper.err().unwrap().to_string().contains("a keeper has no badge"));
    }
}

/// Two forms with the same slots, of which the nearer one has another name.
mod renamed {
    pub mod v0 {
        #[derive(state_core::State)]
        #[state(name = "zoo.Probe", pickle = "dict")]
        pub struct Probe {
            pub celsius: u32,
        }
    }
    pub mod v1 {
        #[derive(state_core::State)]
        #[state(name = "zoo.Gauge", pickle = "dict", from(super::v0::Probe))]
        pub struct Gauge {
            pub celsius: u32,
        }
        impl From<super::v0::Probe> for Gauge {
            fn from(older: super::v0::Probe) -> Self {
                Self { celsius: older.celsius + 100 }
            }
        }
    }
    #[derive(state_core::State, Debug, PartialEq)]
    #[state(name = "zoo.Meter", pickle = "dict", alias("zoo.Gauge", "zoo.Probe"), from(v1::Gauge))]
    pub struct Meter {
        pub kelvin: u32,
    }
    impl From<v1::Gauge> for Meter {
        fn from(older: v1::Gauge) -> Self {
            Self { kelvin: older.celsius + 273 }
        }
    }
}

#[test]
fn with_the_same_slots_are_told_apart_by_name() {
    use renamed::{Meter, v0, v1};

    for meter in each::<Meter>(&v1::Gauge { celsius: 1 }) {
        assert_eq!(meter.unwrap(), Meter { kelvin: 274 });
    }
    for meter in each::<Meter>(&v0::Probe { celsius: 1 }) {
        assert_eq!(meter.unwrap(), Meter { kelvin: 374 });
    }
}

/// Two forms of which nothing tells which one a state went through.
mod diamond {
    pub mod v0 {
        #[derive(state_core::State)]
        #[state(name = "zoo.Door")]
        pub enum Door {
            Ajar,
        }
    }
    pub mod v1 {
        #[derive(state_core::State)]
        #[state(name = "zoo.Door", from(super::v0::Door))]
        pub enum Door {
            Wide,
        }
        impl From<super::v0::Door> for Door {
            fn from(_: super::v0::Door) -> Self {
                Self::Wide
            }
        }
    }
    pub mod left {
        #[derive(state_core::State)]
        #[state(name = "zoo.Door", from(super::v1::Door))]
        pub enum Door {
            Left,
        }
        impl From<super::v1::Door> for Door {
            fn from(_: super::v1::Door) -> Self {
                Self::Left
            }
        }
    }
    pub mod right {
        #[derive(state_core::State)]
        #[state(name = "zoo.Door", from(super::v1::Door))]
        pub enum Door {
            Right,
        }
        impl From<super::v1::Door> for Door {
            fn from(_: super::v1::Door) -> Self {
                Self::Right
            }
        }
    }
    #[derive(state_core::State, Debug, PartialEq)]
    #[state(name = "zoo.Door", from(left::Door, right::Door))]
    pub enum Door {
        Shut,
        Open,
    }
    impl From<left::Door> for Door {
        fn from(_: left::Door) -> Self {
            Self::Shut
        }
    }
    impl From<right::Door> for Door {
        fn from(_: right::Door) -> Self {
            Self::Open
        }
    }
}

/// The ways to it part before a form that both have.
#[test]
fn with_two_ways_of_one_length_are_refused() {
    use state_core::from_value;

    for variant in ["Left", "Right"] {
        assert!(from_value::<diamond::Door>(&(variant,).into()).is_ok());
    }
    for variant in ["Wide", "Ajar"] {
        let error = from_value::<diamond::Door>(&(variant,).into()).unwrap_err().to_string();
        assert!(error.ends_with(", which several of them can be"), "{variant}: {error}");
    }
}
