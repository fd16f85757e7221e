//! Refuses shared objects: only the header of an image can say that references are numbered.

use super::super::{Options, explain};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::encode::Size;
use crate::schema::Sharing;
use crate::schema::fingerprint::{Identity, identity_of};
use crate::sharing::Tracker;
use crate::state::State;

/// Refuses types and settings that keep the identity of shared objects.
#[cold]
pub(super) fn refuse_types<T: State + ?Sized>(options: &Options) -> Result<()> {
    let identity = identity_of::<T>();
    if identity.sharing.shared {
        return Err(of_type(&identity));
    }
    match options.sharing_of(&identity).shared {
        true => Err(keeps_one("`Options::sharing`", &identity)),
        false => Ok(()),
    }
}

/// Also refuses values in which objects are shared, for [`Options::refuse_copies`].
#[cold]
#[inline(never)]
pub(super) fn refuse<T: State + ?Sized>(options: &Options, value: &T) -> Result<()> {
    refuse_types::<T>(options)?;
    let mut size = Size::tracking(options.levels(), Tracker::new(Sharing::NO).refusing(true));
    value.size(&mut size);
    match size.total(T::HEAD) {
        Ok(_) => Ok(()),
        Err(error) => Err(explain::name(error, &identity_of::<T>())),
    }
}

/// Explains why a type with shared objects has no states without a header.
#[cold]
pub(super) fn of_type(identity: &Identity) -> Error {
    keeps_one("one with `#[state(shared)]` or `Weak` in it", identity)
}

#[cold]
fn keeps_one(found: &'static str, identity: &Identity) -> Error {
    let expected = "a state in which no object is shared, for bytes without a header (`dumps` and `loads` keep shared \
                    objects one, and so does `image::stream`)";
    explain::name(Error::new(ErrorKind::Unwritable, expected, found), identity)
}
