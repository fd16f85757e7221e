// The words of other derives: each is answered with ours for the same thing.
use state_core::State;

#[derive(State)]
#[state(tag = "example.Person", rename_all = "camelCase")]
struct Person {
    #[state(flatten)]
    base: Base,
    #[state(skip_serializing)]
    cache: u32,
    #[state(serialize_with = hex)]
    key: u64,
    #[state(alias = "years")]
    age: i32,
}

#[derive(State)]
#[state(deny_unknown_fields, slots)]
struct Base {
    #[state(dict, exclude, default_factory = Vec::new)]
    cache: Vec<u8>,
    #[state(removed)]
    old: u8,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}
