// What `with` names with a capital letter describes a type: this one, and none describes another.
use state_core::State;

mod other {
    pub struct Point(pub f32);
    pub struct Line(pub f32);
}

#[derive(State)]
struct Plain(f32);

#[derive(State)]
#[state(remote = other::Point)]
struct Point(f32);

#[derive(State)]
struct Drawing {
    #[state(with = Plain)]
    plain: other::Point,
    #[state(with = Point)]
    line: other::Line,
}

fn main() {}
