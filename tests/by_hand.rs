//! Types that implement the traits by hand and refuse states: the error names the place, and the target is unchanged.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

use state_core::schema::Schema;
use state_core::state::{Checker, Reader, Size, Writer};
use state_core::{Error, ErrorKind, Restore, State, StateExt, dumps, load_into, loads};

/// Implements `State` as that of a number, with this schema.
macro_rules! state_of_a_number {
    ($name:ident($number:ty), $schema:expr) => {
        impl State for $name {
            const HEAD: usize = <$number>::HEAD;
            const DYNAMIC: bool = false;

            fn schema() -> &'static Schema {
                $schema
            }

            fn size(&self, _: &mut Size) {}

            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                self.0.put(head, writer);
            }
        }
    };
}

/// Refuses bytes in its check.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Eq, Ord)]
struct Percent(i8);

state_of_a_number!(Percent(i8), i8::schema());

impl<'de> Restore<'de> for Percent {
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        (0..=100).contains(&(head[0] as i8)) || checker.refuse(head, "a percentage")
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        i8::get(head, reader).map(Self)
    }
}

/// A list of these is encoded as bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Low(u8);

state_of_a_number!(Low(u8), u8::schema());

impl<'de> Restore<'de> for Low {
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        head[0] < 100 || checker.refuse(head, "a low number")
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        u8::get(head, reader).map(Self)
    }
}

/// Refuses states that passed the check.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Port(u16);

state_of_a_number!(Port(u16), {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| u16::schema().refusing());
    &SCHEMA
});

impl<'de> Restore<'de> for Port {
    const CHECKED: bool = false;

    fn check(_: &[u8], _: &mut Checker<'_>) -> bool {
        true
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        let port = u16::get(head, reader)?;
        if port < 1024 {
            reader.refuse(Error::refused(format!("port {port} is taken")));
            return None;
        }
        Some(Self(port))
    }
}

/// Returns `None` without an error.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Silent(f32);

state_of_a_number!(Silent(f32), f32::schema());

impl<'de> Restore<'de> for Silent {
    fn check(_: &[u8], _: &mut Checker<'_>) -> bool {
        true
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        f32::get(head, reader).filter(|value| value.is_finite()).map(Self)
    }
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(shared)]
struct Report {
    title: String,
    least: Percent,
    each: Vec<(u8, Percent)>,
    named: BTreeMap<String, Percent>,
    first: Option<Rc<Tank>>,
    second: Option<Rc<Tank>>,
}

#[derive(State, Debug, PartialEq)]
struct Tank {
    name: String,
    full: Percent,
}

fn tank(name: &str, full: i8) -> Tank {
    Tank { name: name.into(), full: Percent(full) }
}

#[test]
fn a_check_by_hand_names_the_place() {
    let good = Report {
        title: "old".into(),
        least: Percent(1),
        each: vec![(0, Percent(2)), (0, Percent(3))],
        named: [("a".into(), Percent(4)), ("b".into(), Percent(5))].into(),
        first: Some(Rc::new(tank("one", 6))),
        second: Some(Rc::new(tank("two", 7))),
    };
    let places: [(&str, fn(&mut Report)); 5] = [
        ("Report.least", |report| report.least = Percent(-1)),
        ("Report.each[1].1", |report| report.each[1].1 = Percent(-1)),
        ("Report.named['b']", |report| *report.named.get_mut("b").unwrap() = Percent(-1)),
        ("Report.first.full", |report| report.first = Some(Rc::new(tank("new", -1)))),
        ("Report.second.full", |report| report.second = Some(Rc::new(tank("new", -1)))),
    ];
    for (place, damage) in places {
        let mut bad = good.clone();
        bad.title = "a longer title".into();
        damage(&mut bad);
        let bytes = dumps(&bad).unwrap();
        let mut live = good.clone();
        let error = load_into(&bytes, &mut live).unwrap_err();
        assert_eq!(error.to_string(), format!("{place}: expected a percentage, found -1"));
        assert_eq!((error.kind(), error.path()), (ErrorKind::Malformed, place));
        assert_eq!(live, good);
    }
}

#[test]
fn values_are_refused_in_the_same_words() {
    let mut live = tank("old", 50);
    let error = live.set_state(("new", 101)).unwrap_err();
    assert_eq!(error.to_string(), "Tank.full: expected a percentage, found 101");
    assert_eq!(live, tank("old", 50));
    live.set_state(("new", 100)).unwrap();
    assert_eq!(live, tank("new", 100));
}

#[test]
fn a_root_that_refuses_has_no_place() {
    let error = loads::<Percent>(&dumps(&-1_i8).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "expected a percentage, found -1");
    let error = loads::<[Low; 3]>(&dumps(&[1_u8, 2, 200]).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "[2]: expected a low number, found 200");
    let error = loads::<Vec<Option<Percent>>>(&dumps(&[Some(1_i8), None, Some(101)].to_vec()).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "[2]: expected a percentage, found 101");
}

#[test]
fn a_schema_that_says_so_makes_refusals_safe() {
    #[derive(State, Debug, PartialEq)]
    struct Server {
        name: String,
        ports: Vec<Port>,
    }
    #[derive(State, Debug, PartialEq)]
    #[state(name = "Server")]
    struct Plain {
        name: String,
        ports: Vec<u16>,
    }
    assert_eq!(dumps(&Port(7)).unwrap(), dumps(&7_u16).unwrap());
    let bytes = dumps(&Plain { name: "new".into(), ports: vec![8080, 80] }).unwrap();
    let mut live = Server { name: "old".into(), ports: vec![Port(2000); 2] };
    let error = load_into(&bytes, &mut live).unwrap_err();
    assert_eq!(error.to_string(), "Server.ports[1]: port 80 is taken");
    assert_eq!(live, Server { name: "old".into(), ports: vec![Port(2000); 2] });

    let bytes = dumps(&Plain { name: "new".into(), ports: vec![8080, 8081] }).unwrap();
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(live, Server { name: "new".into(), ports: vec![Port(8080), Port(8081)] });
}

#[test]
fn a_value_that_is_not_built_is_an_error() {
    let bytes = dumps(&f32::NAN).unwrap();
    let mut live = Silent(1.0);
    let error = load_into(&bytes, &mut live).unwrap_err();
    assert_eq!(error.to_string(), loads::<Silent>(&bytes).unwrap_err().to_string());
    assert!(error.to_string().contains("a wrong implementation of `Restore`"), "{error}");
    assert_eq!(live, Silent(1.0));
}
