//! Types of an open set that contain Python objects, in each way of saving.

use pyo3::prelude::*;
use state_core::image::stream::{StreamReader, StreamWriter};
use state_core::pickle;
use state_core::python::picklable;
use state_core::{Dynamic, Inspection, Options, State, dumps, dynamic, image, loads, loads_upgraded, member};

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Holder>(module)?;
    picklable::<Keeper>(module)
}

pub trait Part: Dynamic + Send + Sync {
    fn held(&self) -> Option<&Py<PyAny>> {
        None
    }
}

fn held(parts: &[Box<dyn Part>], py: Python<'_>) -> Option<Py<PyAny>> {
    parts.iter().find_map(|part| part.held()).map(|held| held.clone_ref(py))
}

dynamic!(dyn Part as "held.Part" = open);

#[derive(State)]
#[state(name = "held.Plain")]
pub struct Plain(u8);

#[derive(State)]
#[state(name = "held.Holding")]
pub struct Holding(Py<PyAny>);

impl Part for Plain {}
impl Part for Holding {
    fn held(&self) -> Option<&Py<PyAny>> {
        Some(&self.0)
    }
}

#[pyclass(module = "zoo")]
#[derive(State)]
pub struct Holder {
    parts: Vec<Box<dyn Part>>,
}

/// It also contains an object itself.
#[pyclass(module = "zoo")]
#[derive(State)]
pub struct Keeper {
    object: Py<PyAny>,
    parts: Vec<Box<dyn Part>>,
}

#[pymethods]
impl Keeper {
    #[new]
    fn new(object: Py<PyAny>, held: Py<PyAny>) -> Self {
        Self { object, parts: vec![Box::new(Holding(held)), Box::new(Plain(7))] }
    }

    fn shown(&self) -> usize {
        self.parts.len()
    }

    fn held(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        held(&self.parts, py)
    }
}

#[pymethods]
impl Holder {
    #[new]
    fn new(number: u8, object: Option<Py<PyAny>>) -> PyResult<Self> {
        <dyn Part>::register([member!(Plain), member!(Holding)])?;
        let mut parts: Vec<Box<dyn Part>> = vec![Box::new(Plain(number))];
        if let Some(object) = object {
            parts.push(Box::new(Holding(object)));
        }
        Ok(Self { parts })
    }

    fn saved(&self, way: &str) -> PyResult<String> {
        let options = Options::new().with_schema();
        let text = match way {
            "native" => loads::<Self>(&dumps(self)?)?.parts.len().to_string(),
            "schema" => loads_upgraded::<Self>(&options.dumps(self)?)?.parts.len().to_string(),
            "inspect" => Inspection::open(&options.dumps(self)?)?.value()?.to_string(),
            "file" => {
                let path = std::env::temp_dir().join(format!("held-{}.state", std::process::id()));
                image::save(&path, self)?;
                let read = image::load_file::<Self>(&path);
                std::fs::remove_file(&path)?;
                read?.parts.len().to_string()
            }
            // Only the first frame has the schema.
            "stream" => {
                let mut writer = StreamWriter::new(Vec::new())?;
                let mut lengths = Vec::new();
                for _ in 0..2 {
                    writer.write(self)?;
                    lengths.push(writer.get_ref().len());
                }
                assert!(2 * lengths[0] > lengths[1] + 40, "{lengths:?}");
                StreamReader::new(&writer.into_inner()[..])?
                    .load::<Self>()?
                    .map_or(0, |held| held.parts.len())
                    .to_string()
            }
            "pickle" => pickle::loads::<Self>(&pickle::dumps(self)?)?.parts.len().to_string(),
            _ => "unknown".into(),
        };
        Ok(text)
    }

    fn shown(&self) -> usize {
        self.parts.len()
    }

    fn held(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        held(&self.parts, py)
    }
}
