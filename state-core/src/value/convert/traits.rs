//! A live object's state as a tuple of dynamic values, and back.

use alloc::string::ToString;
use core::slice;

use crate::error::{Error, ErrorKind, Result};
use crate::image::{self, Options};
use crate::protocol::decode::Regions;
use crate::schema::fingerprint::identity;
use crate::schema::{Nodes, Schema};
use crate::state::{RestoreOwned, State, StateObject};
use crate::value::convert::encode::Collector;
use crate::value::convert::input::{Budget, Given, Items};
use crate::value::{Tuple, Value};
use crate::walk;

/// Gets and sets the state of any object as dynamic values.
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
pub trait StateExt: StateObject {
    /// Returns the flat state: the parent's slots, then the object's own. A raw array is two slots, its bytes and its
    /// count.
    ///
    /// # Errors
    /// As for [`dumps`](crate::dumps).
    fn get_state(&self) -> Result<Tuple>;

    /// Restores a flat state, with the guarantees of [`load_into`](crate::load_into): in place, and all or nothing.
    /// Missing slots at the end are filled by their `default`, if they have one.
    ///
    /// The state of an object that was read from a file keeps the names of its slots while it has all of them, and is
    /// matched by name, as older forms are: see [`evolve`](crate::evolve).
    ///
    /// # Errors
    /// If a value does not fit its slot, with the slot's path, or is refused; the target is then unchanged.
    fn set_state(&mut self, state: impl IntoState) -> Result<()>
    where
        Self: RestoreOwned;
}

/// A state for [`StateExt::set_state`]: a [`Tuple`], or anything that converts into one, such as a Rust tuple or a list
/// of values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a state: a state is a tuple of slots, each of which converts into a `Value`",
    label = "not a tuple of what converts into a `Value`",
    note = "write a state of one slot as `(value,)`, and one without slots as `()`",
    note = "numbers, text, bytes, and options and tuples of these convert; lists, maps and everything else with a state are written as `state_core::to_value(&value)?`"
)]
pub trait IntoState {
    /// The state.
    fn into_state(self) -> Tuple;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Tuple>> IntoState for T {
    fn into_state(self) -> Tuple {
        self.into()
    }
}

impl<T: StateObject> StateExt for T {
    fn get_state(&self) -> Result<Tuple> {
        Options::new().get_state(self)
    }

    fn set_state(&mut self, state: impl IntoState) -> Result<()>
    where
        Self: RestoreOwned,
    {
        Options::new().set_state(self, state)
    }
}

/// Converts anything with a state into a dynamic value: a number, a list, an object with its type tag and state.
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
    Options::new().to_value(value)
}

/// Converts a dynamic value into a `T`.
///
/// ```
/// use state_core::{from_value, to_value};
/// let value = to_value(&vec![(1_u8, true)])?;
/// assert_eq!(from_value::<Vec<(u8, bool)>>(&value)?, [(1, true)]);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// If the value cannot be converted into a `T`, with the path to the part that cannot, or is refused; and if its shared
/// values expand to more than eight times its size plus a million parts and bytes.
pub fn from_value<T: RestoreOwned>(value: &Value) -> Result<T> {
    Options::new().from_value(value)
}

impl Options {
    /// Like [`to_value`](crate::to_value).
    ///
    /// # Errors
    /// As for [`to_value`](crate::to_value).
    pub fn to_value<T: State + ?Sized>(&self, value: &T) -> Result<Value> {
        let bytes = Options::new().depth(self.levels()).copying(self.copies()).dumps(value)?;
        let image = image::Image::open(&bytes)?;
        read((T::schema(), Nodes::NONE), (&image.regions(T::HEAD)?, &bytes), self.levels())
    }

    /// Like [`from_value`](crate::from_value).
    ///
    /// # Errors
    /// As for [`from_value`](crate::from_value).
    pub fn from_value<T: RestoreOwned>(&self, value: &Value) -> Result<T> {
        let budget = Budget::new(slice::from_ref(value));
        let identity = identity(T::schema());
        let filled = walk::fill(T::schema(), Given::new(value, &budget), self.sharing_limits(&identity));
        let filled = filled.map_err(|error| budget.explain(error))?;
        let regions = self.pass_sharing::<T>(&identity, filled.regions()?)?;
        image::build(&regions)
    }

    /// Like [`StateExt::get_state`].
    ///
    /// # Errors
    /// As for [`StateExt::get_state`].
    pub fn get_state<T: StateObject>(&self, object: &T) -> Result<Tuple> {
        match self.to_value(object)? {
            Value::Object(object) => Ok(object.into_state()),
            other => Err(Error::new(ErrorKind::Unwritable, "an object", other.kind().to_string())),
        }
    }

    /// Like [`StateExt::set_state`].
    ///
    /// # Errors
    /// As for [`StateExt::set_state`]; the target is then unchanged.
    pub fn set_state<T: StateObject + RestoreOwned>(&self, target: &mut T, state: impl IntoState) -> Result<()> {
        let state = state.into_state();
        let budget = Budget::new(&state);
        let identity = identity(T::schema());
        let limits = self.sharing_limits(&identity);
        let filled = match state.named() {
            Some(named) => {
                let named = named.map(|slot| Given::named(slot, &budget)).collect();
                walk::fill_named_state(T::schema(), named, limits)
            }
            None => walk::fill_state(T::schema(), Items::new(&state, &budget), limits),
        };
        let filled = filled.map_err(|error| budget.explain(error))?;
        let regions = self.pass_sharing::<T>(&identity, filled.regions()?)?;
        image::restore(&regions, &identity, target)
    }
}

/// Returns the value of an image, whose regions are parts of the bytes.
fn read(root: (&Schema, &Nodes), image: (&Regions<'_>, &[u8]), levels: u32) -> Result<Value> {
    let mut collector = Collector::new();
    walk::read(root, image, levels, &mut collector)?;
    Ok(collector.finish())
}
