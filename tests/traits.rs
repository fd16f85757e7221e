//! The traits that users expect of all public types: everything is `Debug` and can be sent to other threads, options
//! and errors can be compared, copied and used in maps.

use core::fmt::Debug;
use core::hash::Hash;

use state_core::image::bare::{Bare, BareReader, BareWriter};
use state_core::image::stream::{States, StreamReader, StreamWriter};
use state_core::image::{Difference, Differences, Mapped, SegmentBuffer, Segments};
use state_core::pickle::{
    LoneSurrogates, Operation, Operations, Pickle, PickleOptions, PickleSegmentBuffer, PickleSegments, Protocol,
    PythonModule, Strings,
};
use state_core::raw::Layout;
use state_core::schema::{EnumVariant, Link, RecordField, Schema, Slot};
use state_core::value::{
    Array, Attributes, ByteOrder, Complex, Dict, Dtype, Field, Int, Kind, List, Made, Name, Object, Order, Pairs,
    ParseIntError, Parts, Persistent, Set, Shared, Step, StepRef, Structured, Subarray, Surrogates, TimeUnit, Tuple,
    Value, Variant, WrongKind,
};
use state_core::{Error, ErrorKind, History, Inspection, Older, Options, SchemaHistory, evolve, state};

macro_rules! assert_all {
    ($($bound:path),+ => $($ty:ty),+ $(,)?) => {{
        fn assert<T: ?Sized $(+ $bound)+>() {}
        $(assert::<$ty>();)+
    }};
}

#[test]
fn all_types_are_debugged_and_sent_to_threads() {
    assert_all!(Debug, Send, Sync =>
        Array, Attributes<'_>, Bare, BareReader<Vec<u8>>, BareWriter<u8, Vec<u8>>, ByteOrder, Complex, Dict,
        Difference, Differences<'_>, Dtype, EnumVariant, Error, ErrorKind, Field, History<u8>, Inspection<'_>, Int,
        Kind, Layout, Link, List, LoneSurrogates, Made, Mapped, Name, Object, Older, Operation<'_>, Operations<'_>,
        Options, Order, Pairs<'_>, ParseIntError, Parts, Persistent, PickleOptions, PickleSegmentBuffer,
        PickleSegments<'_>, Protocol, PythonModule, RecordField, Schema, SchemaHistory, SegmentBuffer, Segments<'_>,
        Set, Shared, Slot, States<'_, u8, Vec<u8>>, Step, StepRef<'_>, StreamReader, StreamWriter<u8>, Strings,
        Structured, Subarray, Surrogates, TimeUnit, Tuple, Value, Variant, WrongKind, evolve::Amendments,
        evolve::Form, evolve::Upgrade<'_>, state::Checker<'_>, state::Image<u8>,
    );
    // A pickle caches in cells what it has read of its parts.
    assert_all!(Debug, Send => Pickle<'_>);
    // They track the sharing of one walk, which knows pointers of one thread.
    assert_all!(Debug => state::Reader<'_>, state::Size, state::Writer<'_, '_>);
}

#[test]
fn settings_and_names_are_compared_copied_and_keys_of_maps() {
    assert_all!(Copy, Eq, Hash =>
        Bare, ByteOrder, ErrorKind, Kind, Layout, LoneSurrogates, Made, Options, Order, ParseIntError, PickleOptions,
        Protocol, SchemaHistory, Strings, TimeUnit,
    );
    assert_all!(Clone, Eq, Hash =>
        Difference, Dtype, Field, Int, Name, PythonModule, Structured, Subarray, Surrogates, WrongKind,
    );
    assert_eq!(Options::new(), Options::default());
    assert_ne!(Options::new().depth(1), Options::new());
    assert_eq!(PickleOptions::new(), PickleOptions::default());
    assert_ne!(PickleOptions::new().strings(Strings::Bytes), PickleOptions::new());
    assert_eq!(Bare::default(), Options::new().bare());
}

#[test]
fn what_can_be_empty_has_a_default() {
    assert_all!(Default, Debug, Clone, PartialEq =>
        ByteOrder, Dict, Int, List, LoneSurrogates, Made, Options, Order, PickleOptions, Protocol, Set, Strings, Tuple,
        Value,
    );
    assert_all!(Default => History<u8>, PickleSegmentBuffer, Parts, SegmentBuffer, evolve::Amendments);
}

#[test]
fn errors_are_errors_that_threads_can_hand_on() {
    assert_all!(core::error::Error, Send, Sync => Error, ParseIntError, WrongKind);
}
