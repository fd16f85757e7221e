//! Members of open sets evolve: their forms are carried before the schema in files and streams, and recorded in a
//! history.

#![allow(clippy::items_after_statements, clippy::struct_field_names, reason = "types as programs have them")]

mod keys;
mod members;
mod streams;
mod tables;

use state_core::{Dynamic, Options, State, dynamic, member};

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

    /// Only the plugins use the set of knobs.
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

    /// One slot was removed, one renamed, one widened, one added, and their order changed.
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
