//! Reading: the bytes run through a stack machine into an arena of parts; those are looked at, made values of, or put
//! in the image of the type that is asked for.

mod arena;
mod blocks;
mod instance;
mod known;
mod limit;
mod machine;
mod memo;
mod scan;
mod shares;
mod strings;
mod text;
mod view;
