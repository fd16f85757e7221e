//! Which peers take part in which data set, and why one does not.

use crate::arguments::Arguments;
use crate::bench::{Bench, Material};
use crate::data::document::Document;
use crate::data::log::Log;
use crate::data::mesh::Mesh;
use crate::data::minecraft::Save;
use crate::data::mk48::Game;
use crate::data::orders::Exchange;
use crate::data::tree::Program;
use crate::data::world::World;
use crate::data::{Lend, Set};
use crate::measure::measure;
use crate::peers::bincode::Bincode;
use crate::peers::bitcode::Bitcode;
use crate::peers::borsh::Borsh;
use crate::peers::postcard::Postcard;
use crate::peers::rkyv::Rkyv;
use crate::peers::savefile::Savefile;
use crate::peers::speedy::Speedy;
use crate::peers::state::StateCore;
use crate::peers::wincode::Wincode;
use crate::peers::{Borrow, Peer};
use crate::report::SetResult;

/// The names, in the order of the report.
pub const NAMES: [&str; 8] =
    [Log::NAME, Mesh::NAME, Save::NAME, Game::NAME, World::NAME, Exchange::NAME, Program::NAME, Document::NAME];

/// Measures all requested sets.
pub fn all(arguments: &Arguments) -> Vec<SetResult> {
    let public = [
        set::<Log>(arguments, |bench| borrowers(everyone(bench))),
        set::<Mesh>(arguments, |bench| {
            everyone(bench).view::<StateCore>().view::<Wincode>().view::<Rkyv>();
        }),
        set::<Save>(arguments, |bench| borrowers(everyone(bench))),
        set::<Game>(arguments, |bench| {
            everyone(bench).view::<Rkyv>();
        }),
    ];
    let own = [
        set::<World>(arguments, |bench| {
            everyone(bench).view::<StateCore>().view::<Rkyv>();
        }),
        set::<Exchange>(arguments, |bench| {
            everyone(bench).view::<Rkyv>();
        }),
        set::<Program>(arguments, |bench| {
            others(bench.peer::<StateCore>()).view::<Rkyv>();
            bench.refuse("bitcode", "its decoder of a type that holds itself would be an infinite type");
            bench.refuse("wincode", "its size of a type that holds itself in a box asks for itself");
        }),
        set::<Document>(arguments, |bench| borrowers(everyone(bench))),
    ];
    public.into_iter().chain(own).flatten().collect()
}

/// Measures a set, if it is requested.
fn set<T: Set>(arguments: &Arguments, peers: impl FnOnce(&mut Bench<'_, T>)) -> Option<SetResult> {
    if !arguments.wants_set(T::NAME) {
        return None;
    }
    let material = Material::generate();
    let mut bench = Bench::new(&material, arguments);
    peers(&mut bench);
    Some(measure(bench, arguments))
}

/// Adds all peers, for types that all of them support.
fn everyone<'a, 'b, T: Set>(bench: &'b mut Bench<'a, T>) -> &'b mut Bench<'a, T>
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
    others(bench.peer::<StateCore>().peer::<Wincode>().peer::<Bitcode>())
}

/// Adds all peers but the first three.
fn others<'a, 'b, T: Set>(bench: &'b mut Bench<'a, T>) -> &'b mut Bench<'a, T>
where
    Speedy: Peer<T>,
    Rkyv: Peer<T>,
    Savefile: Peer<T>,
    Borsh: Peer<T>,
    Postcard: Peer<T>,
    Bincode: Peer<T>,
{
    bench.peer::<Speedy>().peer::<Rkyv>().peer::<Savefile>();
    bench.peer::<Borsh>().peer::<Postcard>().peer::<Bincode>()
}

/// Adds all peers that can borrow text.
fn borrowers<T: Lend>(bench: &mut Bench<'_, T>)
where
    StateCore: Peer<T> + Borrow<T>,
    Wincode: Peer<T> + Borrow<T>,
    Bitcode: Peer<T> + Borrow<T>,
    Speedy: Peer<T> + Borrow<T>,
    Rkyv: Peer<T> + Borrow<T>,
    Postcard: Peer<T> + Borrow<T>,
    Bincode: Peer<T> + Borrow<T>,
{
    bench.view::<StateCore>().view::<Wincode>().view::<Bitcode>().view::<Speedy>();
    bench.view::<Rkyv>().view::<Postcard>().view::<Bincode>();
}
