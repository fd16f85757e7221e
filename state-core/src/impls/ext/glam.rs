//! `glam`'s vectors, matrices, quaternions and transforms: encoded as an array of their components, column by column.

use glam::{
    Affine2, Affine3A, BVec2, BVec3, BVec4, DAffine2, DAffine3, DMat2, DMat3, DMat4, DQuat, DVec2, DVec3, DVec4,
    I8Vec2, I8Vec3, I8Vec4, I16Vec2, I16Vec3, I16Vec4, I64Vec2, I64Vec3, I64Vec4, IVec2, IVec3, IVec4, Mat2, Mat3,
    Mat3A, Mat4, Quat, U8Vec2, U8Vec3, U8Vec4, U16Vec2, U16Vec3, U16Vec4, U64Vec2, U64Vec3, U64Vec4, UVec2, UVec3,
    UVec4, Vec2, Vec3, Vec3A, Vec4,
};

use crate::impls::through::through;

/// Types with components of one type, converted by `to_array` and `from_array`.
macro_rules! components {
    ($($part:ty: $($ty:ident $count:literal),*;)*) => {
        through! {$($(
            $ty as [$part; $count]: |value: &$ty| value.to_array(), $ty::from_array;
        )*)*}
    };
}

/// Types whose components are converted column by column.
macro_rules! columns {
    ($($part:ty: $($ty:ident $count:literal),*;)*) => {
        through! {$($(
            $ty as [$part; $count]: |value: &$ty| value.to_cols_array(), |parts| $ty::from_cols_array(&parts);
        )*)*}
    };
}

components! {
    f32: Vec2 2, Vec3 3, Vec3A 3, Vec4 4, Quat 4;
    f64: DVec2 2, DVec3 3, DVec4 4, DQuat 4;
    i8: I8Vec2 2, I8Vec3 3, I8Vec4 4;
    u8: U8Vec2 2, U8Vec3 3, U8Vec4 4;
    i16: I16Vec2 2, I16Vec3 3, I16Vec4 4;
    u16: U16Vec2 2, U16Vec3 3, U16Vec4 4;
    i32: IVec2 2, IVec3 3, IVec4 4;
    u32: UVec2 2, UVec3 3, UVec4 4;
    i64: I64Vec2 2, I64Vec3 3, I64Vec4 4;
    u64: U64Vec2 2, U64Vec3 3, U64Vec4 4;
}

columns! {
    f32: Mat2 4, Mat3 9, Mat3A 9, Mat4 16, Affine2 6, Affine3A 12;
    f64: DMat2 4, DMat3 9, DMat4 16, DAffine2 6, DAffine3 12;
}

through! {
    BVec2 as [bool; 2]: |value: &BVec2| <[bool; 2]>::from(*value), BVec2::from_array;
    BVec3 as [bool; 3]: |value: &BVec3| <[bool; 3]>::from(*value), BVec3::from_array;
    BVec4 as [bool; 4]: |value: &BVec4| <[bool; 4]>::from(*value), BVec4::from_array;
}
