//! Whether a class can be found by its name, as it must be when a pickle is loaded.

use alloc::format;
use alloc::string::String;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyType;

/// Checks the name of a class when it is added to `module`.
///
/// # Errors
/// `TypeError` that says what to write.
pub(in crate::python) fn check(class: &Bound<'_, PyType>, module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = class.py();
    let of_class: String = class.getattr("__module__")?.extract()?;
    let qualname: String = class.getattr("__qualname__")?.extract()?;
    let of_module = module.name()?.to_string_lossy().into_owned();
    if of_class == "builtins" {
        // If a package re-exports the classes of a module inside it, they are found there.
        let package = match of_module.rsplit_once('.') {
            Some((package, _)) => format!(", or \"{package}\" if that package imports the class"),
            None => String::new(),
        };
        return Err(PyTypeError::new_err(format!(
            "{qualname} has no module, so Python could not find the class when it loads a pickle: \
             write #[pyclass(module = \"{of_module}\")]{package}"
        )));
    }
    if of_class == of_module {
        return Ok(());
    }
    let not_found = |why: String| {
        PyTypeError::new_err(format!(
            "{qualname} says that it is in the module {of_class}, but is added to {of_module}, and {why}"
        ))
    };
    let modules = py.import("sys")?.getattr("modules")?;
    let found = match modules.get_item(&of_class) {
        Ok(found) => found,
        // The package that may re-export it is imported around this module.
        Err(_) if of_module.starts_with(&format!("{of_class}.")) => return Ok(()),
        Err(_) => match py.import(&*of_class) {
            Ok(found) => found.into_any(),
            Err(error) => return Err(not_found(format!("{of_class} cannot be imported ({error})"))),
        },
    };
    let initializing = found.getattr_opt("__spec__")?.and_then(|spec| spec.getattr("_initializing").ok());
    if initializing.is_some_and(|value| value.is_truthy().unwrap_or(false)) {
        // It is still being imported, and may re-export the class when it is done.
        return Ok(());
    }
    match found.getattr_opt(&*qualname)? {
        Some(there) if there.is(class) => Ok(()),
        Some(_) => Err(not_found(format!("{of_class}.{qualname} is another object"))),
        None => Err(not_found(format!("{of_class} has no {qualname}"))),
    }
}
