//! The rules of `shared` and `cyclic`.

use super::exclude;
use crate::ast::{Field, Role, Via};
use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::symbol;

/// An object can only lead back into itself if it is known to be one object.
pub fn cyclic_is_shared(cx: &Ctxt, attrs: &Attrs) {
    if let (Some(cyclic), false) = (attrs.get(symbol::CYCLIC), attrs.has(symbol::SHARED) || attrs.torn) {
        let message = "`cyclic` lets shared objects lead back into themselves; write `shared, cyclic`";
        cx.error(&cyclic.word, message);
    }
}

/// These become bytes, in which there are no pointers.
pub fn field_holds_pointers(cx: &Ctxt, field: &Field) {
    let (Some(shared), Role::Slot(Via::Bytes(_) | Via::Serde)) = (field.attrs.get(symbol::SHARED), &field.role) else {
        return;
    };
    let ways = [symbol::BYTES, symbol::ARRAY, symbol::SERDE];
    if let Some(way) = ways.into_iter().find_map(|way| field.attrs.get(way)) {
        exclude(cx, way, shared, "the field is written as bytes, without the pointers in it");
    }
}
