//! Which peers meet which data set, and why one does not.

use crate::arguments::Arguments;
use crate::bench::{Bench, Material};
use crate::data::Set;
use crate::data::log::Log;
use crate::data::mesh::Mesh;
use crate::data::minecraft::Save;
use crate::data::mk48::Game;
use crate::measure::measure;
use crate::peers::Peer;
use crate::peers::bincode::Bincode;
use crate::peers::bitcode::Bitcode;
use crate::peers::borsh::Borsh;
use crate::peers::postcard::Postcard;
use crate::peers::rkyv::Rkyv;
use crate::peers::savefile::Savefile;
use crate::peers::speedy::Speedy;
use crate::peers::state::StateCore;
use crate::peers::wincode::Wincode;
use crate::report::SetResult;

/// The names, in the order of the report.
pub const NAMES: [&str; 4] = [Log::NAME, Mesh::NAME, Save::NAME, Game::NAME];

/// Measures all sets that are wanted.
pub fn all(arguments: &Arguments) -> Vec<SetResult> {
    let mut results = Vec::new();
    results.extend(set::<Log>(arguments, |bench| {
        everyone(bench);
        bench.view::<StateCore>().view::<Wincode>().view::<Bitcode>().view::<Speedy>();
        bench.view::<Rkyv>().view::<Postcard>().view::<Bincode>();
    }));
    results.extend(set::<Mesh>(arguments, |bench| {
        everyone(bench);
        bench.view::<StateCore>().view::<Wincode>().view::<Rkyv>();
    }));
    results.extend(set::<Save>(arguments, |bench| {
        everyone(bench);
        bench.view::<StateCore>().view::<Wincode>().view::<Bitcode>().view::<Speedy>();
        bench.view::<Rkyv>().view::<Postcard>().view::<Bincode>();
    }));
    results.extend(set::<Game>(arguments, |bench| {
        everyone(bench);
        bench.view::<Rkyv>();
    }));
    results
}

/// A set, if it is wanted.
fn set<T: Set>(arguments: &Arguments, peers: impl FnOnce(&mut Bench<'_, T>)) -> Option<SetResult> {
    if !arguments.wants_set(T::NAME) {
        return None;
    }
    let material = Material::generate();
    let mut bench = Bench::new(&material, arguments);
    peers(&mut bench);
    Some(measure(bench, arguments))
}

/// All peers, for the types that all take.
fn everyone<T: Set>(bench: &mut Bench<'_, T>)
where
    StateCore: Peer<T>,
    Wincode: Peer<T>,
    Bitcode: Peer<T>,
    Speedy: Peer<T>,
    Rkyv: Peer<T>,
    Savefile: Peer<T>,
    Borsh: Peer<T>,
    Postcard: Peer<T>,
    Bincode: Peer<T>,
{
    bench.peer::<StateCore>().peer::<Wincode>().peer::<Bitcode>().peer::<Speedy>().peer::<Rkyv>();
    bench.peer::<Savefile>().peer::<Borsh>().peer::<Postcard>().peer::<Bincode>();
}
