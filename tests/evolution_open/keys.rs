//! Keys that differ stay different.

use state_core::{Dynamic, Options, dynamic, loads_upgraded, member};

/// Orders values by rank, so that trait objects can be keys.
macro_rules! ordered {
    ($key:ty) => {
        impl PartialEq for $key {
            fn eq(&self, other: &Self) -> bool {
                self.rank() == other.rank()
            }
        }
        impl Eq for $key {}
        impl PartialOrd for $key {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $key {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.rank().cmp(&other.rank())
            }
        }
    };
}

/// Keys in which two tags became one are refused, because two keys could become equal.
#[test]
fn keys_that_two_tags_become_are_refused() {
    use std::collections::BTreeMap;
    mod older {
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
        ordered!(dyn Key);
    }
    mod now {
        pub trait Key: super::Dynamic {
            fn rank(&self) -> u16;
        }
        super::dynamic!(dyn Key as "Key" = open);
        impl Key for u16 {
            fn rank(&self) -> u16 {
                *self
            }
        }
        ordered!(dyn Key);
    }
    <dyn older::Key>::register([member!(u8 as "a"), member!(i8 as "b")]).unwrap();
    <dyn now::Key>::register([member!(u16 as "a" | "b")]).unwrap();
    let keys: BTreeMap<Box<dyn older::Key>, u8> = [(Box::new(1_u8) as Box<dyn older::Key>, 1)].into();
    let bytes = Options::new().with_schema().dumps(&keys).unwrap();
    let error = loads_upgraded::<BTreeMap<Box<dyn now::Key>, u8>>(&bytes).err().unwrap().to_string();
    assert!(error.contains("expected keys that stay different"), "{error}");
}

/// If two types of a set become one, keys are refused wherever the set occurs again.
#[test]
fn keys_of_a_set_that_was_met_before_stay_different() {
    mod then {
        pub trait Part: super::Dynamic {
            fn rank(&self) -> (u8, u8);
        }
        super::dynamic!(dyn Part as "keys.Part" = open);
        #[derive(state_core::State)]
        #[state(name = "keys.Wheel")]
        pub struct Wheel(pub u8);
        #[derive(state_core::State)]
        #[state(name = "keys.Disc")]
        pub struct Disc(pub u8);
        impl Part for Wheel {
            fn rank(&self) -> (u8, u8) {
                (0, self.0)
            }
        }
        impl Part for Disc {
            fn rank(&self) -> (u8, u8) {
                (1, self.0)
            }
        }
    }
    mod now {
        pub trait Part: super::Dynamic {
            fn rank(&self) -> (u8, u8);
        }
        super::dynamic!(dyn Part as "keys.Part" = open);
        #[derive(state_core::State)]
        #[state(name = "keys.Wheel", alias("keys.Disc"))]
        pub struct Wheel(pub u8);
        impl Part for Wheel {
            fn rank(&self) -> (u8, u8) {
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
    // In a value, the keys are compared with each other.
    let value = state_core::to_value(&keys()).unwrap();
    let error = state_core::from_value::<Set<dyn now::Part>>(&value).err().unwrap().to_string();
    assert!(error.contains("expected keys that stay different"), "{error}");
}

/// This holds for keys in a type of the set itself, which is planned before the types that become one.
#[test]
fn keys_in_a_type_of_their_own_set_stay_different() {
    mod then {
        use std::collections::BTreeSet;

        pub trait Part: super::Dynamic {
            fn rank(&self) -> (u8, u8);
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
            fn rank(&self) -> (u8, u8) {
                (0, 0)
            }
        }
        impl Part for Disc {
            fn rank(&self) -> (u8, u8) {
                (1, 0)
            }
        }
        impl Part for Wheel {
            fn rank(&self) -> (u8, u8) {
                (2, 0)
            }
        }
    }
    mod now {
        use std::collections::BTreeSet;

        pub trait Part: super::Dynamic {
            fn rank(&self) -> (u8, u8);
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
            fn rank(&self) -> (u8, u8) {
                (0, 0)
            }
        }
        impl Part for Wheel {
            fn rank(&self) -> (u8, u8) {
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
