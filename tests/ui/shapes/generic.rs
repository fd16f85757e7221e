// Stubs take the type as it is: lifetimes, bounds, defaults, const generics and where clauses.
use state_core::State;

#[derive(State)]
#[state(nam = "example.Grid")]
struct Grid<'a, T: Clone + 'a = u8, const N: usize = 3>
where
    T: Default,
{
    cells: [&'a T; N],
}

fn take<T: State>() {}

fn main() {
    take::<Grid<'static>>();
}
