//! The treatment of `after_set` hooks of objects with skipped fields, which see more in a live value than in a new one.
//! Other hooks are always called at once.

/// The treatment of such hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hooks {
    /// They are called at once.
    Call,
    /// They are left, to be called later on the live value.
    Leave,
    /// They are counted, to check that all that were left are found.
    Count,
    /// They are called, but a refusal can no longer be honoured.
    Again,
    /// None is called: the value is only written again.
    Never,
}
