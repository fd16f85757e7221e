//! The game in ggrs's own test of determinism, and between two players over a bad line.

use std::time::Duration;

use ggrs::{DesyncDetection, GgrsEvent, P2PSession, PlayerType, SessionBuilder, SessionState};
use netcode::frames::{Frames, KEPT};
use netcode::game::{FIRE, LEFT, RIGHT, World};
use netcode::lossy::{Lossy, pair};
use netcode::{Game, Match};
use state_core::{History, dumps};

fn history() -> History<World> {
    History::new().frames(KEPT)
}

fn buttons(frame: u32, player: u32) -> u8 {
    [LEFT, RIGHT, FIRE, 0, LEFT | FIRE][(frame / (3 + player)) as usize % 5]
}

#[test]
fn going_back_each_frame_gives_the_same_frames_again() {
    let session = SessionBuilder::<Game>::new().with_num_players(2).unwrap().with_check_distance(7);
    let mut session = session.start_synctest_session().unwrap();
    let mut game = Match::new(World::new(200), history());
    let mut alone = World::new(200);
    for frame in 0..200 {
        let inputs = [buttons(frame, 0), buttons(frame, 1)];
        for (player, input) in inputs.into_iter().enumerate() {
            session.add_local_input(player, input).unwrap();
        }
        // An error where a checksum differs from the one that the frame had first.
        game.fulfil(session.advance_frame().unwrap()).unwrap();
        alone.step(inputs.into_iter());
    }
    assert_eq!(game.world, alone);
}

/// Goes back, but for what it forgets to put back.
struct Forgetful(History<World>);

impl Frames for Forgetful {
    type Error = state_core::Error;

    fn save(&mut self, frame: u64, world: &World) -> Result<Option<u64>, Self::Error> {
        self.0.save(frame, world)
    }

    fn load(&mut self, frame: u64, world: &mut World) -> Result<(), Self::Error> {
        let score = world.ships[1].score;
        self.0.load(frame, world)?;
        world.ships[1].score = score;
        Ok(())
    }
}

#[test]
fn what_is_not_put_back_is_found_by_the_same_test() {
    let session = SessionBuilder::<Game>::new().with_num_players(2).unwrap().with_check_distance(7);
    let mut session = session.start_synctest_session().unwrap();
    let mut game = Match::new(World::new(200), Forgetful(history()));
    let failed = (0..100).find(|&frame| {
        for player in 0..2 {
            session.add_local_input(player, if frame < 50 { LEFT } else { FIRE }).unwrap();
        }
        let Ok(requests) = session.advance_frame() else { return true };
        game.fulfil(requests).unwrap();
        false
    });
    assert!(failed.is_some_and(|frame| (50..60).contains(&frame)), "{failed:?}");
}

/// The frames of a player who may have more points than the other knows of. That hangs on the frame alone: what is only
/// changed in the world is gone when an earlier frame is restored.
struct Cheating {
    history: History<World>,
    from: u64,
}

impl Cheating {
    const POINTS: u32 = 1000;
}

impl Frames for Cheating {
    type Error = state_core::Error;

    fn save(&mut self, frame: u64, world: &World) -> Result<Option<u64>, Self::Error> {
        let mut world = world.clone();
        if frame >= self.from {
            world.ships[1].score += Self::POINTS;
        }
        self.history.save(frame, &world)
    }

    fn load(&mut self, frame: u64, world: &mut World) -> Result<(), Self::Error> {
        self.history.load(frame, world)?;
        if frame >= self.from {
            world.ships[1].score -= Self::POINTS;
        }
        Ok(())
    }
}

struct Player {
    session: P2PSession<Game>,
    game: Match<Cheating>,
    number: u32,
    desync: Option<u64>,
}

impl Player {
    fn new(number: u32, (socket, other): (Lossy, std::net::SocketAddr), cheats_from: u64) -> Self {
        let (own, their) = if number == 0 { (0, 1) } else { (1, 0) };
        let session = SessionBuilder::<Game>::new()
            .with_desync_detection_mode(DesyncDetection::On { interval: 10 })
            // However busy the machine is, nobody leaves.
            .with_disconnect_timeout(Duration::from_secs(3600))
            .add_player(PlayerType::Local, own)
            .and_then(|builder| builder.add_player(PlayerType::Remote(other), their))
            .and_then(|builder| builder.start_p2p_session(socket))
            .unwrap();
        let frames = Cheating { history: history(), from: cheats_from };
        Self { session, game: Match::new(World::new(100), frames), number, desync: None }
    }

    /// Hears of the other, and plays a frame if that is possible before it is heard of again.
    fn turn(&mut self, until: i32) {
        self.session.poll_remote_clients();
        for event in self.session.events() {
            if let GgrsEvent::DesyncDetected { frame, .. } = event {
                self.desync.get_or_insert(frame.unsigned_abs().into());
            }
        }
        if self.session.current_state() != SessionState::Running || self.session.current_frame() >= until {
            return;
        }
        let frame = self.session.current_frame().unsigned_abs();
        self.session.add_local_input(self.number as usize, buttons(frame, self.number)).unwrap();
        // Too far ahead of the other, it waits.
        if let Ok(requests) = self.session.advance_frame() {
            self.game.fulfil(requests).unwrap();
        }
    }
}

/// Two players over UDP, each message of which comes some turns late, and one in six never.
fn play(until: i32, cheats_from: u64, mut each: impl FnMut(&[Player; 2]) -> bool) -> [Player; 2] {
    let [one, other] = pair(3, 6).unwrap();
    let mut players = [Player::new(0, one, u64::MAX), Player::new(1, other, cheats_from)];
    let mut idle = 0;
    while each(&players) {
        let frames = players.each_ref().map(|player| player.session.current_frame());
        for player in &mut players {
            player.turn(until);
        }
        std::thread::yield_now();
        idle = if frames == players.each_ref().map(|player| player.session.current_frame()) { idle + 1 } else { 0 };
        assert!(idle < 2_000_000, "nothing happens any more at {frames:?}");
    }
    players
}

#[test]
fn two_players_over_a_bad_line_see_the_same_world() {
    let frames = 300;
    let [one, other] = play(frames, u64::MAX, |players| {
        players
            .iter()
            .any(|player| player.session.current_frame() < frames || player.session.confirmed_frame() < frames - 1)
    });
    // The last frames may still be guesses; those before them are what both agree on.
    let agreed = u64::from(frames.unsigned_abs()) - 20;
    let mut alone = World::new(100);
    for frame in 0..frames.unsigned_abs() - 20 {
        alone.step([buttons(frame, 0), buttons(frame, 1)].into_iter());
    }
    for player in [&one, &other] {
        assert_eq!(player.desync, None);
        let found = player.game.frames.history.compare(agreed, &dumps(&alone).unwrap()).unwrap().next();
        assert_eq!(found, None);
    }
}

#[test]
fn a_desync_is_found_by_checksums_and_told_in_words() {
    let [one, other] = play(10_000, 100, |players| players.iter().all(|player| player.desync.is_none()));
    let frame = one.desync.or(other.desync).unwrap();
    // On two machines the bytes would be sent.
    let found: Vec<_> =
        one.game.frames.history.compare(frame, &other.game.frames.history.image(frame).unwrap()).unwrap().collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].path(), "World.ships[1].score");
    let score = |text: &str| text.parse::<u32>().unwrap();
    assert_eq!(score(found[0].ours()) + Cheating::POINTS, score(found[0].theirs()));
}
