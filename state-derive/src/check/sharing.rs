//! The rules of `shared`, `cyclic` and `held`.

use syn::Type;

use super::exclude;
use crate::ast::{Field, Role, Via};
use crate::attr::Attrs;
use crate::ctxt::Ctxt;
use crate::shape;
use crate::symbol;

/// An object can lead back to itself only if it is known to be one object.
pub fn cyclic_is_shared(cx: &Ctxt, attrs: &Attrs) {
    if let (Some(cyclic), false) = (attrs.get(symbol::CYCLIC), attrs.has(symbol::SHARED) || attrs.torn) {
        let message = "`cyclic` allows shared objects to contain themselves; write `shared, cyclic`";
        cx.error(&cyclic.word, message);
    }
}

/// Such fields become bytes, in which there are no pointers.
pub fn field_holds_pointers(cx: &Ctxt, field: &Field) {
    let Role::Slot(Via::Bytes(_) | Via::Serde) = &field.role else { return };
    let ways = [symbol::BYTES, symbol::ARRAY, symbol::SERDE];
    let Some(way) = ways.into_iter().find_map(|way| field.attrs.get(way)) else { return };
    for word in [symbol::SHARED, symbol::HELD].into_iter().filter_map(|word| field.attrs.get(word)) {
        exclude(cx, way, word, "the field is written as bytes, without the pointers in it");
    }
}

/// `shared` and `held` would do nothing in a field without pointers. Those behind a name of the user or a trait object
/// are not visible here.
pub fn pointers_are_there(cx: &Ctxt, field: &Field) {
    const PLAIN: &[&str] =
        &["String", "Vec", "VecDeque", "Option", "Box", "Cow", "Cell", "PathBuf", "OsString", "CString"];
    let Role::Slot(Via::Plain | Via::Owned(_)) = &field.role else { return };
    let is_plain = |ty: &&Type| {
        let name = shape::name_of(ty);
        shape::is_primitive(ty)
            || !matches!(ty, Type::Path(_) | Type::TraitObject(_) | Type::Macro(_))
            || name.is_some_and(|name| PLAIN.contains(&&*name))
    };
    if field.attrs.torn || !shape::held(&field.ty).iter().all(is_plain) {
        return;
    }
    if let Some(held) = field.attrs.get(symbol::HELD) {
        let message = "`held` keeps the `Rc`s and `Arc`s in the field, but it has none; put the data that does not change \
            behind one, or remove `held`";
        cx.error(&held.word, message);
    }
    if let Some(shared) = field.attrs.get(symbol::SHARED) {
        let message = "`shared` keeps `Rc`s and `Arc`s in the field that point to the same object together, but it has none; \
            remove `shared`";
        cx.error(&shared.word, message);
    }
}
