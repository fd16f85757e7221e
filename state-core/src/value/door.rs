//! The dynamic door: a live object's state as a tuple of values, and back.

use alloc::string::ToString;
use core::slice;

use super::encode::Collector;
use super::given::{Budget, Given, Items};
use super::{Tuple, Value};
use crate::decode::Regions;
use crate::error::{Error, ErrorKind, Result};
use crate::fingerprint::identity;
use crate::image::{self, Options};
use crate::schema::Nodes;
use crate::state::{Object, RestoreOwned, State};
use crate::walk::{self, Filled};

/// `get_state` and `set_state`, for every object.
///
/// ```
/// use state_core::value::Object;
/// use state_core::{State, StateExt};
///
/// #[derive(State)]
/// #[state(name = "example.Person")]
/// struct Person { name: String, age: i32 }
///
/// #[derive(State)]
/// struct Team { #[state(flatten_parent)] lead: Person, motto: Option<String>, members: Vec<Person> }
///
/// let mut team = Team {
///     lead: Person { name: "Dave".into(), age: 30 },
///     motto: None,
///     members: vec![Person { name: "Ada".into(), age: 36 }],
/// };
/// let state = team.get_state()?;
/// assert_eq!(state.to_string(), "('Dave', 30, None, [Person('Ada', 36)])");
/// assert_eq!(state[1], 30);
///
/// team.set_state(("Eve", 31, "onward", state[3].clone()))?;
/// assert_eq!((&*team.lead.name, team.motto.as_deref()), ("Eve", Some("onward")));
///
/// let error = team.set_state(("Eve", "31", "onward", ())).unwrap_err();
/// assert_eq!(error.to_string(), "Team.lead.age: expected i32, found str '31'");
/// assert_eq!(team.lead.age, 31);
/// # Ok::<(), state_core::Error>(())
/// ```
pub trait StateExt: Object {
    /// The flat state: the parent's slots, then the own ones. A raw array is two slots, its bytes and its count.
    ///
    /// # Errors
    /// As for [`dumps`](crate::dumps).
    fn get_state(&self) -> Result<Tuple>;

    /// Puts a flat state in, with [`load_into`](crate::load_into)'s promises: in place, and all or nothing. Slots
    /// that are missing at the end are filled by their `default`, if they have one.
    ///
    /// # Errors
    /// A value that its slot does not take, with the slot's path, or a refusal; the target is then unchanged.
    fn set_state(&mut self, state: impl Into<Tuple>) -> Result<()>
    where
        Self: RestoreOwned;
}

impl<T: Object> StateExt for T {
    fn get_state(&self) -> Result<Tuple> {
        match to_value(self)? {
            Value::Object(object) => Ok(object.into_state()),
            other => Err(Error::new(ErrorKind::Unwritable, "an object", other.kind().to_string())),
        }
    }

    fn set_state(&mut self, state: impl Into<Tuple>) -> Result<()>
    where
        Self: RestoreOwned,
    {
        let state = state.into();
        let budget = Budget::new(&state);
        let filled = walk::fill_state(T::schema(), Items::new(&state, &budget), Options::new().limits(0));
        let filled = filled.map_err(|error| budget.explain(error))?;
        restore(&filled, self)
    }
}

/// The value that stands for anything with a state: a number, a list, an object with its type tag and state.
///
/// ```
/// use state_core::to_value;
/// assert_eq!(to_value(&(1, Some("two"), [3.0]))?.to_string(), "(1, 'two', [3.0])");
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// As for [`dumps`](crate::dumps).
pub fn to_value<T: State + ?Sized>(value: &T) -> Result<Value> {
    let bytes = crate::dumps(value)?;
    let regions = image::Image::open(&bytes)?.regions(T::HEAD)?;
    read(T::schema(), Nodes::NONE, &regions)
}

/// What a value stands for.
///
/// ```
/// use state_core::{from_value, to_value};
/// let value = to_value(&vec![(1_u8, true)])?;
/// assert_eq!(from_value::<Vec<(u8, bool)>>(&value)?, [(1, true)]);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// A value that does not stand for a `T`, with the path to the part that does not, or a refusal; and one whose shared
/// values come to more than eight times what there is, and a million parts and bytes.
pub fn from_value<T: RestoreOwned>(value: &Value) -> Result<T> {
    let budget = Budget::new(slice::from_ref(value));
    let filled = walk::fill(T::schema(), Given { value, budget: &budget }, Options::new().limits(0));
    let filled = filled.map_err(|error| budget.explain(error))?;
    let regions = filled.regions()?;
    Options::new().pass::<T>(&identity(T::schema()), &regions, regions.head)?;
    image::build(&regions)
}

fn restore<T: RestoreOwned>(filled: &Filled<'_>, target: &mut T) -> Result<()> {
    let (regions, identity) = (filled.regions()?, identity(T::schema()));
    Options::new().pass::<T>(&identity, &regions, regions.head)?;
    image::restore(&regions, &identity, target)
}

/// The value of an image.
pub(crate) fn read(schema: &crate::schema::Schema, nodes: &Nodes, regions: &Regions<'_>) -> Result<Value> {
    let mut collector = Collector::new();
    walk::read(schema, nodes, regions, &mut collector)?;
    Ok(collector.value)
}
