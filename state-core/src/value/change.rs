//! Values changed in place, at any depth.

use crate::value::{Array, Dict, List, Object, Set, Tuple, Value, Variant};

impl Value {
    /// A mutable reference to the value. A shared value is first replaced by its own copy, so that a change is not seen
    /// through other handles; shared values inside it remain shared.
    ///
    /// ```
    /// use state_core::value::{List, Shared, Value};
    ///
    /// let gears = Shared::new(List::from([1, 7]));
    /// let mut bicycles = Value::from(List::from([gears.clone(), gears]));
    /// let first = &mut bicycles.as_list_mut().unwrap()[0];
    /// first.as_list_mut().unwrap().push(21);
    /// assert_eq!(bicycles.to_string(), "[[1, 7, 21], [1, 7]]");
    /// ```
    pub fn make_mut(&mut self) -> &mut Self {
        if matches!(self, Self::Shared(_)) {
            *self = core::mem::take(self).into_seen();
        }
        self
    }
}

macro_rules! change {
    ($($(#[$doc:meta])* $as_kind:ident -> $Type:ty: $Kind:ident;)*) => {
        impl Value {$(
            $(#[$doc])*
            /// A shared one is first replaced by its own copy, as by [`make_mut`](Self::make_mut).
            pub fn $as_kind(&mut self) -> Option<&mut $Type> {
                // A value of another kind is not copied.
                if !matches!(self.see(), Self::$Kind(_)) {
                    return None;
                }
                match self.make_mut() {
                    Self::$Kind(inner) => Some(inner),
                    _ => None,
                }
            }
        )*}
    };
}

change! {
    /// The tuple, if it is one, to be changed.
    as_tuple_mut -> Tuple: Tuple;
    /// The list, if it is one, to be changed.
    as_list_mut -> List: List;
    /// The dict, if it is one, to be changed.
    as_dict_mut -> Dict: Dict;
    /// The set, if it is one, to be changed.
    as_set_mut -> Set: Set;
    /// The array, if it is one, to be changed.
    as_array_mut -> Array: Array;
    /// The object, if it is one, to be changed.
    as_object_mut -> Object: Object;
    /// The value of an enum, if it is one, to be changed.
    as_variant_mut -> Variant: Variant;
}
