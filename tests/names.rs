//! Public names: those of types, traits and macros are unique across all modules, so that glob imports can be combined.
//! Functions that do the same for another format have the same name in each module, and are called with its path:
//! `pickle::dumps`.

#![allow(unused_imports, reason = "some modules have functions alone, or nothing but documentation")]

use state_core::error::*;
use state_core::evolve::testing::*;
use state_core::evolve::*;
use state_core::history::*;
use state_core::image::bare::*;
use state_core::image::stream::*;
use state_core::image::*;
use state_core::pickle::*;
use state_core::raw::*;
use state_core::schema::*;
use state_core::sharing::*;
use state_core::state::*;
use state_core::value::*;
use state_core::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Record, State)]
#[repr(C)]
struct Gear {
    front: u32,
    rear: u32,
}

/// Names each type and trait of the modules above, which fails to compile if two modules share a name.
macro_rules! are_types {
    ($($ty:ty),* $(,)?) => { [$(size_of::<$ty>()),*] };
}

macro_rules! are_traits {
    ($($name:ident),* $(,)?) => { $({ use $name as _; })* };
}

#[test]
fn no_name_is_two_things_where_all_modules_are_imported() {
    let sizes = are_types![
        Amendments, Array, Attributes<'static>, Bare, BareReader<&[u8]>, BareWriter<Gear, Vec<u8>>, ByteOrder,
        Checker<'static>, Complex, Dict, Difference, Differences, Dtype, EnumVariant, Error, ErrorKind, Field, Form,
        History<Gear>, Image<Gear>, Inspection<'static>, Int, Kind, Layout, Link, List, LoneSurrogates, Made, Mapped,
        Name, Object, Older, Operation<'static>, Operations<'static>, Options, Order, Pairs<'static>, ParseIntError,
        Parts, Persistent, Pickle<'static>, PickleOptions, PickleSegmentBuffer, PickleSegments<'static>, Protocol,
        PythonModule, Reader<'static>, RecordField, Schema, SchemaHistory, SegmentBuffer, Segments<'static>, Set,
        Shared, Size, Slot, States<'static, Gear, &[u8]>, Step, StepRef<'static>, StreamReader, StreamWriter<Gear>,
        Strings, Structured, Subarray, Surrogates, TimeUnit, Tuple, Upgrade, Value, Variant, Writer<'static, 'static>,
        WrongKind,
    ];
    assert!(sizes.len() > 70);
    are_traits![
        Dynamic,
        IntoState,
        Outcome,
        Pointee,
        Record,
        Restore,
        RestoreOwned,
        RestorePointee,
        State,
        StateExt,
        StateObject
    ];
}

#[test]
fn a_derived_record_and_a_structured_dtype_go_by_their_own_names() -> Result<()> {
    let gear = Gear { front: 50, rear: 11 };
    let field = |name: &str, offset| Field { name: name.into(), dtype: Dtype::UInt(4, ByteOrder::Little), offset };
    let dtype = Dtype::Structured(Structured::new(vec![field("front", 0), field("rear", 4)], 8, true)?);
    assert_eq!((dtype.itemsize(), size_of_val(&gear)), (8, 8));
    assert_eq!(gear.get_state()?, Tuple::from((50, 11)));
    let pickle = PickleOptions::new().protocol(Protocol::V2).dumps(&gear)?;
    assert_eq!(pickle::loads::<Gear>(&pickle)?, gear);
    assert_eq!(Options::new().loads::<Gear>(&image::dumps(&gear)?)?, gear);
    Ok(())
}
