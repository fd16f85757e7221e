//! The crates whose derives are measured, and the source text for each.

/// A crate whose derives are measured.
pub struct Contestant {
    pub name: &'static str,
    /// The lines of `[dependencies]`; `{state}` stands for the path of `state-core`.
    pub dependencies: &'static str,
    /// The derives, as in `#[derive(..)]`; empty for the baseline crate.
    pub derives: &'static str,
    /// A generic function `visit::<T>(bytes)` that loads a `T` and writes it again, so that the program contains all
    /// the code generated for a derived type. `{T}` is the type: for some crates the bounds are too long to spell out.
    pub visit: &'static str,
}

const STATE: Contestant = Contestant {
    name: "state",
    dependencies: "state-core = { path = \"{state}\" }",
    derives: "Clone, state_core::State",
    visit: "if let Ok(value) = state_core::loads::<{T}>(bytes) { sink.extend(state_core::dumps(&value).unwrap()); }",
};

pub const CONTESTANTS: [Contestant; 6] = [
    Contestant {
        name: "none",
        dependencies: "",
        derives: "Clone",
        visit: "std::hint::black_box(std::ptr::from_ref(bytes).cast::<{T}>());",
    },
    STATE,
    Contestant {
        name: "state without pickle",
        dependencies: "state-core = { path = \"{state}\", default-features = false, features = [\"derive\", \"std\"] }",
        ..STATE
    },
    Contestant {
        name: "serde + postcard",
        dependencies: "serde = { version = \"1.0\", features = [\"derive\"] }\n\
                       postcard = { version = \"1.1.3\", default-features = false, features = [\"alloc\"] }",
        derives: "Clone, serde::Serialize, serde::Deserialize",
        visit: "if let Ok(value) = postcard::from_bytes::<{T}>(bytes) { \
                sink.extend(postcard::to_allocvec(&value).unwrap()); }",
    },
    Contestant {
        name: "wincode",
        dependencies: "wincode = { version = \"0.6.3\", features = [\"derive\"] }",
        derives: "Clone, wincode::SchemaRead, wincode::SchemaWrite",
        visit: "if let Ok(value) = wincode::deserialize::<{T}>(bytes) { \
                sink.extend(wincode::serialize(&value).unwrap()); }",
    },
    Contestant {
        name: "rkyv",
        dependencies: "rkyv = \"0.8.18\"",
        derives: "Clone, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize",
        visit: "if let Ok(value) = rkyv::from_bytes::<{T}, rkyv::rancor::Failure>(bytes) { \
                sink.extend_from_slice(&rkyv::to_bytes::<rkyv::rancor::Failure>(&value).unwrap()); }",
    },
];
