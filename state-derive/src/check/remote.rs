//! The rules of `remote` and `getter`.

use crate::ast::{Container, Data};
use crate::ctxt::Ctxt;
use crate::symbol;

/// A getter reads a field of the type of another crate that this one describes; variants have no getters.
pub fn getters_have_a_type(cx: &Ctxt, container: &Container) {
    for getter in container.fields().filter_map(|field| field.attrs.get(symbol::GETTER)) {
        if !container.attrs.has(symbol::REMOTE) && !container.attrs.torn {
            let message = "`getter` reads a field of the type that this one describes; name that type: \
                `#[state(remote = path::to::Type)]`";
            cx.error(&getter.word, message);
        } else if matches!(container.data, Data::Enum(_)) {
            let message = "the fields of a variant are read by a pattern; remove `getter`, or convert the enum with a module: \
                `#[state(with = path::to::module)]`";
            cx.error(&getter.word, message);
        }
    }
}
