//! The list of `smallvec`: as `Vec`.

use smallvec::{Array, SmallVec};

use crate::impls::grow::grow;
use crate::impls::list;
use crate::protocol::layout::{LENGTH, stride};
use crate::protocol::room::Run;
use crate::protocol::stack::stack;
use crate::schema::Schema;
use crate::state::{Checker, Reader, Restore, Size, State, Writer};

grow! {
    [A: Array] SmallVec<A>: A::Item, usize::MAX, SmallVec::with_capacity;
}
