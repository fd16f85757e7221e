//! Storage of the frames: a history, and the alternatives that it is compared with.

use std::collections::VecDeque;
use std::convert::Infallible;

use bincode_next::config::{self, Configuration, Fixint, LittleEndian};
use state_core::{History, image::checksum};

use crate::game::World;

/// How many frames are kept: ggrs rolls back 8 at most, and reports a desync some time after it.
pub const KEPT: usize = 60;

/// A way to keep frames.
pub trait Frames {
    type Error: std::fmt::Debug;

    /// Keeps a frame; its checksum, where there is one.
    ///
    /// # Errors
    /// A world that cannot be saved.
    fn save(&mut self, frame: u64, world: &World) -> Result<Option<u64>, Self::Error>;

    /// Restores a frame.
    ///
    /// # Errors
    /// A frame that is gone.
    fn load(&mut self, frame: u64, world: &mut World) -> Result<(), Self::Error>;
}

impl Frames for History<World> {
    type Error = state_core::Error;

    fn save(&mut self, frame: u64, world: &World) -> Result<Option<u64>, Self::Error> {
        self.push(frame, world)?;
        self.checksum(frame).map(Some)
    }

    fn load(&mut self, frame: u64, world: &mut World) -> Result<(), Self::Error> {
        self.restore(frame, world)
    }
}

/// Copies of the world. They have no checksum.
#[derive(Debug, Default)]
pub struct Clones(VecDeque<(u64, World)>);

impl Frames for Clones {
    type Error = Infallible;

    fn save(&mut self, frame: u64, world: &World) -> Result<Option<u64>, Infallible> {
        self.0.retain(|(number, _)| *number < frame);
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back((frame, world.clone()));
        Ok(None)
    }

    fn load(&mut self, frame: u64, world: &mut World) -> Result<(), Infallible> {
        let kept = self.0.iter().find(|(number, _)| *number == frame);
        world.clone_from(&kept.expect("ggrs asks for frames that were saved").1);
        Ok(())
    }
}

/// Bytes of another format, in reused buffers.
#[derive(Debug, Default)]
pub struct Bytes<F> {
    kept: VecDeque<(u64, Vec<u8>)>,
    spare: Vec<Vec<u8>>,
    format: F,
}

/// How a world is written to bytes and loaded from them.
pub trait Format {
    fn write(&self, world: &World, bytes: &mut Vec<u8>);
    fn read(&self, bytes: &[u8]) -> World;
}

impl<F: Format> Frames for Bytes<F> {
    type Error = Infallible;

    fn save(&mut self, frame: u64, world: &World) -> Result<Option<u64>, Infallible> {
        while self.kept.back().is_some_and(|(number, _)| *number >= frame) {
            self.spare.extend(self.kept.pop_back().map(|(_, bytes)| bytes));
        }
        if self.kept.len() == KEPT {
            self.spare.extend(self.kept.pop_front().map(|(_, bytes)| bytes));
        }
        let mut bytes = self.spare.pop().unwrap_or_default();
        self.format.write(world, &mut bytes);
        let sum = checksum(&bytes);
        self.kept.push_back((frame, bytes));
        Ok(Some(sum))
    }

    fn load(&mut self, frame: u64, world: &mut World) -> Result<(), Infallible> {
        let kept = self.kept.iter().find(|(number, _)| *number == frame);
        *world = self.format.read(&kept.expect("ggrs asks for frames that were saved").1);
        Ok(())
    }
}

/// bincode-next, with fixed-size integers, its fastest setting.
#[derive(Debug, Default)]
pub struct Bincode;

const BINCODE: Configuration<LittleEndian, Fixint> = config::standard().with_fixed_int_encoding();

impl Format for Bincode {
    fn write(&self, world: &World, bytes: &mut Vec<u8>) {
        bytes.clear();
        bincode_next::encode_into_std_write(world, bytes, BINCODE).expect("memory takes all");
    }

    fn read(&self, bytes: &[u8]) -> World {
        bincode_next::decode_from_slice(bytes, BINCODE).expect("it was just written").0
    }
}

#[derive(Debug, Default)]
pub struct Wincode;

impl Format for Wincode {
    fn write(&self, world: &World, bytes: &mut Vec<u8>) {
        bytes.clear();
        wincode::serialize_into(&mut *bytes, world).expect("memory takes all");
    }

    fn read(&self, bytes: &[u8]) -> World {
        wincode::deserialize(bytes).expect("it was just written")
    }
}
