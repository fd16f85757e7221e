//! Types declared by a macro, and types declared by a function.

use crate::std::string::String;
use crate::std::vec::Vec;
use crate::std::{cmp, fmt, vec};

use crate::renamed::{Record, State};

use crate::{comes_back, renamed, std};

macro_rules! declare {
    (
        $(#[$attr:meta])*
        $vis:vis struct $name:ident<$param:ident: $bound:path> {
            $($(#[$field_attr:meta])* $field_vis:vis $field:ident: $ty:ty,)*
        }
    ) => {
        #[derive(State, cmp::PartialEq, fmt::Debug)]
        #[state(crate = renamed)]
        $(#[$attr])*
        $vis struct $name<$param: $bound> {
            $($(#[$field_attr])* $field_vis $field: $ty,)*
        }
    };
}

declare! {
    #[state(name = "macros.Declared")]
    struct Declared<T: std::clone::Clone> {
        plain: T,
        list: Vec<T>,
        #[state(bytes)]
        raw: Vec<i32>,
        #[state(bytes)]
        maybe: std::option::Option<std::boxed::Box<[i32]>>,
        #[state(skip)]
        skipped: String,
    }
}

macro_rules! tag {
    ($name:ident, $tag:expr, $ty:ty, $hook:path, $member:ident, $literal:literal) => {
        #[derive(State, cmp::PartialEq, fmt::Debug)]
        #[state(crate = renamed, name = $tag, after_set = $hook)]
        struct $name {
            #[state(rename = $literal, bytes)]
            $member: $ty,
            // The macro's own field.
            __f0: u8,
        }
    };
}

fn nothing<T>(_: &mut T) {}

tag!(Tagged, "macros.Tagged", Vec<f32>, nothing, values, "renamed");

/// The names of a macro and of its user are distinct: both fields are called `x`, and so is the macro's local.
macro_rules! variants {
    ($name:ident: $($variant:ident($($ty:ty),*)),*) => {
        #[derive(State, cmp::PartialEq, fmt::Debug)]
        #[state(crate = renamed)]
        enum $name { $($variant($($ty),*)),* }
    };
}

variants!(Shape: Dot(), Circle(f64), Ring(f64, std::option::Option<(u8, [u8; 2])>));

/// Expands to a type or a number for the known words.
macro_rules! known {
    (_x) => { u16 };
    (_n $($lifetime:lifetime)?) => { 3 };
    (async $inner:ty) => { Vec<$inner> };
}

#[derive(State, cmp::PartialEq, fmt::Debug)]
#[state(crate = renamed)]
struct Made {
    _x: known!(_x),
    __head: [known![_x]; known!(_n)],
    list: known! { async u8 },
    nested: Vec<(known!(async known!(_x)), [u8; known!(_n '__de)])>,
}

#[test]
fn macros_stand_for_types() {
    let made = |number| Made { _x: number, __head: [number; 3], list: vec![1], nested: vec![(vec![number], [4; 3])] };
    comes_back(&made(7), made(8));
}

#[test]
fn macros_declare_types() {
    let value =
        Declared { plain: 1_u8, list: vec![2], raw: vec![3], maybe: std::option::Option::None, skipped: String::new() };
    let other =
        Declared { plain: 0, list: vec![], raw: vec![], maybe: std::option::Option::None, skipped: String::new() };
    comes_back(&value, other);
    comes_back(&Tagged { values: vec![1.5], __f0: 2 }, Tagged { values: vec![], __f0: 0 });
    comes_back(&Shape::Ring(1.0, std::option::Option::Some((1, [2, 3]))), Shape::Dot());
    comes_back(&Shape::Dot(), Shape::Circle(2.0));
}

#[test]
fn functions_declare_types() {
    use crate::renamed as inner;

    #[derive(State, cmp::PartialEq, fmt::Debug)]
    #[state(crate = inner, after_set = count, before_get = look)]
    struct Local<T> {
        #[state(with = negated)]
        number: i32,
        other: T,
        #[state(skip, default = one)]
        count: u8,
    }

    #[derive(Record, std::clone::Clone, std::marker::Copy, cmp::PartialEq, fmt::Debug)]
    #[state(crate = inner)]
    #[repr(C)]
    struct Pixel(u8, u16);

    #[derive(State, cmp::PartialEq, fmt::Debug)]
    #[state(crate = inner)]
    enum Either {
        Left(Local<u8>),
        Right(#[state(bytes)] Vec<Pixel>),
    }

    #[allow(clippy::trivially_copy_pass_by_ref, clippy::unnecessary_wraps, reason = "the form that `with` asks for")]
    mod negated {
        use crate::std;

        pub(super) type Slot = i32;

        pub(super) fn get(number: &i32) -> i32 {
            -number
        }

        pub(super) fn set(slot: i32) -> std::result::Result<i32, std::convert::Infallible> {
            std::result::Result::Ok(-slot)
        }
    }

    fn one() -> u8 {
        1
    }

    fn count<T>(local: &mut Local<T>) {
        local.count += 1;
    }

    fn look<T>(_: &Local<T>) {}

    let local = |number, count| Local { number, other: 1_u8, count };
    let bytes = renamed::dumps(&local(3, 9)).unwrap();
    std::assert_eq!(renamed::loads::<Local<u8>>(&bytes).unwrap(), local(3, 2));
    comes_back(&Either::Left(local(3, 2)), Either::Right(vec![]));
    comes_back(&Either::Right(vec![Pixel(1, 2)]), Either::Right(vec![]));
    comes_back(&Either::Right(vec![]), Either::Left(local(3, 2)));
}
