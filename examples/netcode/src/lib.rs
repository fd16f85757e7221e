//! A small game on ggrs, whose frames are saved, restored and compared by `state_core`.
//!
//! ggrs does not store the frames: its cells get only the checksums, and the frames are in a [`History`].

pub mod frames;
pub mod game;
pub mod lossy;

use std::net::SocketAddr;

use ggrs::{Config, GgrsRequest, PredictRepeatLast};

use frames::Frames;
use game::World;

/// The types that ggrs needs to know about a game.
#[derive(Debug)]
pub struct Game;

impl Config for Game {
    /// The buttons that a player holds down.
    type Input = u8;
    type InputPredictor = PredictRepeatLast;
    /// The frames are elsewhere.
    type State = ();
    type Address = SocketAddr;
}

/// One player's copy of the game.
#[derive(Debug)]
pub struct Match<F> {
    pub world: World,
    pub frames: F,
}

impl<F: Frames> Match<F> {
    pub fn new(world: World, frames: F) -> Self {
        Self { world, frames }
    }

    /// Handles the requests of ggrs: it saves each frame, rolls back when a player's input was late, and continues.
    ///
    /// # Errors
    /// A world that cannot be saved, and a frame that is gone.
    pub fn fulfil(&mut self, requests: Vec<GgrsRequest<Game>>) -> Result<(), F::Error> {
        for request in requests {
            match request {
                GgrsRequest::SaveGameState { cell, frame } => {
                    let checksum = self.frames.save(frame.unsigned_abs().into(), &self.world)?;
                    cell.save(frame, None, checksum.map(u128::from));
                }
                GgrsRequest::LoadGameState { frame, .. } => {
                    self.frames.load(frame.unsigned_abs().into(), &mut self.world)?;
                }
                GgrsRequest::AdvanceFrame { inputs } => self.world.step(inputs.iter().map(|&(buttons, _)| buttons)),
            }
        }
        Ok(())
    }
}
