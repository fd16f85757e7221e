//! What a walk does about `after_set` hooks of objects that have skipped fields in them: these see more in a live value
//! than in a new one. Other hooks are always called at once.

/// What is done about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hooks {
    /// They are called.
    Call,
    /// They are left to be called on the live value.
    Leave,
    /// They are counted, to see whether all that were left are found.
    Count,
    /// They are called, and what they refuse is past help.
    Again,
    /// None is called: the value is only written once more.
    Never,
}
