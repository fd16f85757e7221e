//! Plays the game against itself, rolls back seven frames at each frame, and times each storage of frames in one run.
//!
//! `cargo run --release [THINGS [FRAMES]]`

use std::error::Error;
use std::time::{Duration, Instant};

use ggrs::SessionBuilder;
use netcode::frames::{Bincode, Bytes, Clones, Frames, KEPT, Wincode};
use netcode::game::World;
use netcode::{Game, Match};
use state_core::{History, dumps};

/// How many frames are rolled back at each frame, as in ggrs's test of a game's determinism.
const BACK: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u16>());
    let (things, frames) = (numbers.next().unwrap_or(Ok(4000))?, numbers.next().unwrap_or(Ok(300))?);
    let world = World::new(things);
    println!("{things} things, {} bytes, {frames} frames that go back {BACK} each", dumps(&world)?.len());

    let mut ways = [
        Way::new("state", &world, History::<World>::new().frames(KEPT))?,
        Way::new("clone, without checksums", &world, Clones::default())?,
        Way::new("bincode-next", &world, Bytes::<Bincode>::default())?,
        Way::new("wincode", &world, Bytes::<Wincode>::default())?,
    ];
    for frame in 0..frames {
        // In turn, so that all run under the same conditions.
        for way in &mut ways {
            way.play(frame)?;
        }
    }
    println!("{:26} {:>9} {:>9} {:>9}   microseconds, medians of all", "", "save", "go back", "frame");
    for way in &mut ways {
        let [save, load, frame] = way.times()?;
        println!("{:26} {save:9.1} {load:9.1} {frame:9.1}", way.name);
    }
    Ok(())
}

/// Times the calls that it forwards.
struct Timed<F> {
    frames: F,
    saves: Vec<Duration>,
    loads: Vec<Duration>,
}

impl<F: Frames> Frames for Timed<F> {
    type Error = F::Error;

    fn save(&mut self, frame: u64, world: &World) -> Result<Option<u64>, F::Error> {
        let start = Instant::now();
        let saved = self.frames.save(frame, world);
        self.saves.push(start.elapsed());
        saved
    }

    fn load(&mut self, frame: u64, world: &mut World) -> Result<(), F::Error> {
        let start = Instant::now();
        let loaded = self.frames.load(frame, world);
        self.loads.push(start.elapsed());
        loaded
    }
}

type Played = Result<(), Box<dyn Error>>;

/// One storage of frames, and the game that is played with it.
struct Way {
    name: &'static str,
    play: Box<dyn FnMut(Turn<'_>) -> Played>,
}

enum Turn<'a> {
    Frame(u16),
    Times(&'a mut [f64; 3]),
}

impl Way {
    fn new<F: Frames + 'static>(name: &'static str, world: &World, frames: F) -> Result<Self, Box<dyn Error>> {
        let mut session =
            SessionBuilder::<Game>::new().with_num_players(2)?.with_check_distance(BACK).start_synctest_session()?;
        let timed = Timed { frames, saves: Vec::new(), loads: Vec::new() };
        let mut game = Match::new(world.clone(), timed);
        let mut whole = Vec::new();
        let play = move |turn: Turn<'_>| -> Played {
            let frame = match turn {
                Turn::Frame(frame) => frame,
                Turn::Times(medians) => {
                    let Timed { saves, loads, .. } = &mut game.frames;
                    *medians = [saves, loads, &mut whole].map(|times| median(times));
                    return Ok(());
                }
            };
            session.add_local_input(0, (frame / 3 % 8) as u8)?;
            session.add_local_input(1, (frame / 5 % 8) as u8)?;
            let requests = session.advance_frame()?;
            let start = Instant::now();
            game.fulfil(requests).map_err(|error| format!("{error:?}"))?;
            whole.push(start.elapsed());
            Ok(())
        };
        Ok(Self { name, play: Box::new(play) })
    }

    fn play(&mut self, frame: u16) -> Played {
        (self.play)(Turn::Frame(frame))
    }

    fn times(&mut self) -> Result<[f64; 3], Box<dyn Error>> {
        let mut times = [0.0; 3];
        (self.play)(Turn::Times(&mut times))?;
        Ok(times)
    }
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}
