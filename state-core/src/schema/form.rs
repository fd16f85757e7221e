//! What a type declares besides its slots: its parent, its hooks, and the form of its objects in a pickle.

/// The form of objects and variants in a pickle. It changes neither image nor fingerprint, and a schema that was read
/// does not have it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// An object with the flat tuple of its slots; a variant as the tuple of its name and slots.
    #[default]
    State,
    /// An object with a dict of its slots by name.
    Dict,
    /// An object with a pair: no `__dict__`, and a dict of its slots by name.
    Slots,
    /// An object as Cython pickles a class by default.
    Cython,
    /// An object as a call of its class with its slots.
    Call,
    /// A range with two ends; if these are integers, Python's `range`.
    Range,
    /// Variants without slots are members of a Python enum.
    Enum,
    /// The types behind a trait object: a variant is the object in it, of the class named by the variant.
    Dynamic,
}

impl Form {
    /// Whether the state has the slots by name.
    pub(crate) const fn has_names(self) -> bool {
        matches!(self, Self::Dict | Self::Slots)
    }

    /// The attribute's value.
    #[cfg(feature = "pyo3")]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Dict => "dict",
            Self::Slots => "slots",
            Self::Cython => "cython",
            Self::Call => "call",
            Self::Range => "range",
            Self::Enum => "enum",
            Self::Dynamic => "dynamic",
        }
    }
}

/// Whether shared objects stay one object, and may lead back to themselves. Like [`Form`], it is no part of the image's
/// type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sharing {
    pub shared: bool,
    pub cyclic: bool,
}

impl Sharing {
    pub const NO: Self = Self { shared: false, cyclic: false };
    pub const SHARED: Self = Self { shared: true, cyclic: false };
    pub const CYCLIC: Self = Self { shared: true, cyclic: true };

    pub(crate) const fn or(self, other: Self) -> Self {
        Self { shared: self.shared | other.shared, cyclic: self.cyclic | other.cyclic }
    }
}

/// What a derived type has besides its slots.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Shape {
    pub has_parent: bool,
    /// It has a hook that can refuse a state.
    pub refuses: bool,
    /// It has fields that are no slots.
    pub skips: bool,
    /// It has a hook that is called before it is saved.
    pub counted_first: bool,
    /// What it declares about shared objects.
    pub sharing: Sharing,
    pub form: Form,
}

impl Shape {
    /// The shape of a type that has nothing besides its slots.
    pub const PLAIN: Self = Self {
        has_parent: false,
        refuses: false,
        skips: false,
        counted_first: false,
        sharing: Sharing::NO,
        form: Form::State,
    };
}
