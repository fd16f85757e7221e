//! A triangle mesh: one large array of plain numbers.

use super::{Lend, Set, data};
use crate::random::Random;

data! {
    #[derive(Clone, Copy, bincode_next::Encode, state_core::Record)]
    #[savefile_unsafe_and_fast]
    #[repr(C)]
    pub struct Point {
        pub x: f32,
        pub y: f32,
        pub z: f32,
    }

    #[derive(Clone, Copy, bincode_next::Encode, state_core::Record)]
    #[savefile_unsafe_and_fast]
    #[repr(C)]
    pub struct Triangle {
        pub corners: [Point; 3],
        pub normal: Point,
    }

    #[derive(Clone, bincode_next::Encode)]
    pub struct Mesh {
        pub triangles: Vec<Triangle>,
    }
}

/// The array itself is borrowed: only `state` supports that, and wincode where the bytes happen to be aligned.
#[derive(Debug, PartialEq, state_core::State, wincode::SchemaRead, wincode::SchemaWrite)]
pub struct MeshView<'a> {
    #[state(bytes)]
    pub triangles: &'a [Triangle],
}

impl Point {
    fn generate(random: &mut Random) -> Self {
        Self { x: random.signed(1000.0), y: random.signed(1000.0), z: random.signed(1000.0) }
    }
}

impl Set for Mesh {
    const NAME: &'static str = "mesh";
    const ABOUT: &'static str = "125,000 triangles of twelve f32, 6 MB";

    fn generate(random: &mut Random) -> Self {
        let triangle =
            |_| Triangle { corners: [(); 3].map(|()| Point::generate(random)), normal: Point::generate(random) };
        Self { triangles: (0..125_000).map(triangle).collect() }
    }
}

impl Lend for Mesh {
    type View<'a> = MeshView<'a>;

    fn lend(&self) -> MeshView<'_> {
        MeshView { triangles: &self.triangles }
    }
}
