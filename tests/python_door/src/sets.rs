//! Classes with values of open sets whose types changed.

use pyo3::prelude::*;
use state_core::python::picklable;
use state_core::{Dynamic, State, dynamic, member};

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    <dyn old::Effect>::register([member!(old::Echo)])?;
    <dyn new::Effect>::register([member!(new::Echo)])?;
    picklable::<old::OldRack>(module)?;
    picklable::<new::NewRack>(module)
}

mod old {
    use super::{Dynamic, State, dynamic, pyclass, pymethods};

    pub trait Effect: Dynamic + Send + Sync {}
    dynamic!(dyn Effect as "zoo.Effect" = open);

    #[derive(State)]
    #[state(name = "zoo.Echo")]
    pub struct Echo {
        pub delay: f64,
    }

    impl Effect for Echo {}

    #[pyclass(module = "zoo")]
    #[derive(State)]
    #[state(name = "Rack")]
    pub struct OldRack {
        effects: Vec<Box<dyn Effect>>,
        #[state(default)]
        title: String,
    }

    #[pymethods]
    impl OldRack {
        #[new]
        fn new(delays: Vec<f64>) -> Self {
            let effect = |delay| Box::new(Echo { delay }) as Box<dyn Effect>;
            Self { effects: delays.into_iter().map(effect).collect(), title: "rack".into() }
        }
    }
}

mod new {
    use super::{Dynamic, State, dynamic, pyclass};

    pub trait Effect: Dynamic + Send + Sync {}
    dynamic!(dyn Effect as "zoo.Effect" = open);

    #[derive(State)]
    #[state(name = "zoo.Echo")]
    pub struct Echo {
        delay: f64,
        #[state(default)]
        wet: u8,
    }

    impl Effect for Echo {}

    #[pyclass(module = "zoo")]
    #[derive(State)]
    #[state(name = "Rack")]
    pub struct NewRack {
        effects: Vec<Box<dyn Effect>>,
        #[state(default)]
        title: String,
    }
}
