//! How each peer writes and loads one state, in the way its documentation names as the fastest.

use rkyv::api::high::{HighDeserializer, HighSerializer, HighValidator, from_bytes, to_bytes, to_bytes_in};
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor::Failure;
use rkyv::ser::allocator::ArenaHandle;
use rkyv::util::AlignedVec;
use rkyv::{Archive, Portable};
use speedy::{LittleEndian, Readable, Writable};
use state_core::image::bare;
use wincode::config::DefaultConfig;
use wincode::{SchemaRead, SchemaWrite};

/// A serializer of states of the type `T`. Calls that its documentation promises to succeed are unwrapped.
pub trait Peer<T>: Default {
    const NAME: &'static str;

    /// Writes into a new vector.
    fn dumps(value: &T) -> Vec<u8>;

    /// Writes into the buffer that the peer keeps.
    fn write(&mut self, value: &T) -> &[u8];

    fn load(&mut self, bytes: &[u8]) -> T;

    /// Restores over a live value; peers without that load a new value and assign it.
    fn restore(&mut self, bytes: &[u8], live: &mut T) {
        *live = self.load(bytes);
    }
}

#[derive(Default)]
pub struct WithHeader(Vec<u8>);

impl<T: state_core::State + state_core::RestoreOwned> Peer<T> for WithHeader {
    const NAME: &'static str = "state";

    fn dumps(value: &T) -> Vec<u8> {
        state_core::dumps(value).unwrap()
    }

    fn write(&mut self, value: &T) -> &[u8] {
        state_core::dump_into(value, &mut self.0).unwrap();
        &self.0
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        state_core::loads(bytes).unwrap()
    }

    fn restore(&mut self, bytes: &[u8], live: &mut T) {
        state_core::load_into(bytes, live).unwrap();
    }
}

#[derive(Default)]
pub struct Bare(Vec<u8>);

impl<T: state_core::State + state_core::RestoreOwned> Peer<T> for Bare {
    const NAME: &'static str = "state, bare";

    fn dumps(value: &T) -> Vec<u8> {
        bare::dumps(value).unwrap()
    }

    fn write(&mut self, value: &T) -> &[u8] {
        bare::dump_into(value, &mut self.0).unwrap();
        &self.0
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        bare::loads(bytes).unwrap()
    }

    fn restore(&mut self, bytes: &[u8], live: &mut T) {
        bare::load_into(bytes, live).unwrap();
    }
}

#[derive(Default)]
pub struct Wincode(Vec<u8>);

impl<T> Peer<T> for Wincode
where
    T: SchemaWrite<DefaultConfig, Src = T> + for<'de> SchemaRead<'de, DefaultConfig, Dst = T>,
{
    const NAME: &'static str = "wincode";

    fn dumps(value: &T) -> Vec<u8> {
        wincode::serialize(value).unwrap()
    }

    fn write(&mut self, value: &T) -> &[u8] {
        self.0.clear();
        wincode::serialize_into(&mut self.0, value).unwrap();
        &self.0
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        wincode::deserialize(bytes).unwrap()
    }
}

#[derive(Default)]
pub struct Bitcode(bitcode::Buffer);

impl<T: bitcode::Encode + bitcode::DecodeOwned> Peer<T> for Bitcode {
    const NAME: &'static str = "bitcode";

    fn dumps(value: &T) -> Vec<u8> {
        bitcode::encode(value)
    }

    fn write(&mut self, value: &T) -> &[u8] {
        self.0.encode(value)
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        self.0.decode(bytes).unwrap()
    }
}

pub struct Postcard(Vec<u8>);

impl Default for Postcard {
    fn default() -> Self {
        Self(vec![0; 1 << 16])
    }
}

impl<T: serde::Serialize + serde::de::DeserializeOwned> Peer<T> for Postcard {
    const NAME: &'static str = "postcard";

    fn dumps(value: &T) -> Vec<u8> {
        postcard::to_allocvec(value).unwrap()
    }

    fn write(&mut self, value: &T) -> &[u8] {
        postcard::to_slice(value, &mut self.0).unwrap()
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        postcard::from_bytes(bytes).unwrap()
    }
}

#[derive(Default)]
pub struct Rkyv(AlignedVec);

impl<T> Peer<T> for Rkyv
where
    T: Archive + for<'a> rkyv::Serialize<HighSerializer<AlignedVec, ArenaHandle<'a>, Failure>>,
    T::Archived:
        Portable + for<'a> CheckBytes<HighValidator<'a, Failure>> + rkyv::Deserialize<T, HighDeserializer<Failure>>,
{
    const NAME: &'static str = "rkyv";

    fn dumps(value: &T) -> Vec<u8> {
        to_bytes::<Failure>(value).unwrap().into_vec()
    }

    fn write(&mut self, value: &T) -> &[u8] {
        let mut buffer = std::mem::take(&mut self.0);
        buffer.clear();
        self.0 = to_bytes_in::<_, Failure>(value, buffer).unwrap();
        &self.0
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        from_bytes::<T, Failure>(bytes).unwrap()
    }
}

#[derive(Default)]
pub struct Savefile(Vec<u8>);

impl<T> Peer<T> for Savefile
where
    T: savefile::Serialize + savefile::Deserialize + savefile::Packed,
{
    const NAME: &'static str = "savefile";

    fn dumps(value: &T) -> Vec<u8> {
        let mut bytes = Vec::new();
        savefile::save_noschema(&mut bytes, 0, value).unwrap();
        bytes
    }

    fn write(&mut self, value: &T) -> &[u8] {
        self.0.clear();
        savefile::save_noschema(&mut self.0, 0, value).unwrap();
        &self.0
    }

    fn load(&mut self, mut bytes: &[u8]) -> T {
        savefile::load_noschema(&mut bytes, 0).unwrap()
    }
}

pub struct Speedy(Vec<u8>);

impl Default for Speedy {
    fn default() -> Self {
        Self(vec![0; 1 << 16])
    }
}

impl<T: Writable<LittleEndian> + for<'a> Readable<'a, LittleEndian>> Peer<T> for Speedy {
    const NAME: &'static str = "speedy";

    fn dumps(value: &T) -> Vec<u8> {
        value.write_to_vec_with_ctx(LittleEndian {}).unwrap()
    }

    fn write(&mut self, value: &T) -> &[u8] {
        let size = Writable::<LittleEndian>::bytes_needed(value).unwrap();
        value.write_to_buffer_with_ctx(LittleEndian {}, &mut self.0[..size]).unwrap();
        &self.0[..size]
    }

    fn load(&mut self, bytes: &[u8]) -> T {
        T::read_from_buffer_with_ctx(LittleEndian {}, bytes).unwrap()
    }
}
