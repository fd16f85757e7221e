//! `remote = Type`: a type that describes one of another crate, and represents it in a state.

#![allow(clippy::cast_precision_loss, clippy::ref_option, reason = "types as other crates have them")]

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use state_core::value::StateExt;
use state_core::{ErrorKind, History, Remote, State, dumps, load_into, loads};

/// Types of another crate, which does not know this one.
mod geometry {
    #[derive(Debug, PartialEq, Clone, Copy)]
    pub struct Point {
        pub x: f32,
        pub y: f32,
    }

    #[derive(Debug, PartialEq, Clone)]
    pub struct Pair<A, B>(pub A, pub B);

    #[derive(Debug, PartialEq, Clone)]
    pub struct Unit;

    #[derive(Debug, PartialEq, Clone)]
    pub enum Shape {
        Empty,
        Circle(Point, f32),
        Polygon { points: Vec<Point>, name: String },
    }

    /// Its fields are private.
    #[derive(Debug, PartialEq, Clone)]
    pub struct Segment {
        name: String,
        ends: Vec<u32>,
        length: u64,
        next: Option<Point>,
    }

    impl Segment {
        pub fn new(name: &str, ends: &[u32]) -> Result<Self, String> {
            match ends {
                [] => Err(format!("{name} has no ends")),
                [next, ..] => {
                    let next = Some(Point { x: *next as f32, y: 0.0 });
                    Ok(Self { name: name.into(), ends: ends.to_vec(), length: ends.len() as u64, next })
                }
            }
        }

        pub fn name(&self) -> &str {
            &self.name
        }

        pub fn ends(&self) -> &[u32] {
            &self.ends
        }

        pub fn length(&self) -> u64 {
            self.length
        }

        pub fn next(&self) -> &Option<Point> {
            &self.next
        }
    }
}

#[derive(State, Debug, PartialEq, Clone)]
#[state(remote = geometry::Point)]
struct Point {
    x: f32,
    y: f32,
}

// The same attributes as in serde.
#[derive(State)]
#[state(remote = "geometry::Pair<A, B>", name = "geometry.Pair")]
struct Pair<A, B>(A, B);

type Mixed = Pair<u8, String>;

#[derive(State)]
#[state(remote = geometry::Unit)]
struct Unit;

#[derive(State)]
#[state(remote = geometry::Shape)]
enum Shape {
    Empty,
    Circle(#[state(with = Point)] geometry::Point, f32),
    Polygon {
        #[state(with = Vec<Point>)]
        points: Vec<geometry::Point>,
        name: String,
    },
}

#[derive(State)]
#[state(remote = geometry::Segment)]
struct Segment {
    #[state(getter = geometry::Segment::name)]
    name: String,
    #[state(getter = geometry::Segment::ends)]
    ends: Vec<u32>,
    #[state(getter = geometry::Segment::length)]
    length: u64,
    #[state(getter = geometry::Segment::next, with = Option<Point>)]
    next: Option<geometry::Point>,
}

impl TryFrom<Segment> for geometry::Segment {
    type Error = String;

    fn try_from(segment: Segment) -> Result<Self, String> {
        Self::new(&segment.name, &segment.ends)
    }
}

#[derive(State, Debug, PartialEq, Clone)]
struct Everything {
    #[state(with = Point)]
    point: geometry::Point,
    #[state(with = Mixed)]
    pair: geometry::Pair<u8, String>,
    #[state(with = Unit)]
    unit: geometry::Unit,
    #[state(with = Option<Vec<Shape>>)]
    shapes: Option<Vec<geometry::Shape>>,
    #[state(with = BTreeMap<_, (Segment, [Point; 2])>)]
    by_name: BTreeMap<String, (geometry::Segment, [geometry::Point; 2])>,
    #[state(with = HashMap<_, Box<Shape>>)]
    boxed: HashMap<u8, Box<geometry::Shape>>,
}

fn everything() -> Everything {
    let point = geometry::Point { x: 1.0, y: 2.0 };
    let polygon = geometry::Shape::Polygon { points: vec![point; 3], name: "triangle".into() };
    let segment = geometry::Segment::new("s", &[3, 4]).unwrap();
    Everything {
        point,
        pair: geometry::Pair(7, "seven".into()),
        unit: geometry::Unit,
        shapes: Some(vec![geometry::Shape::Empty, geometry::Shape::Circle(point, 0.5), polygon.clone()]),
        by_name: BTreeMap::from([("a".into(), (segment, [point; 2]))]),
        boxed: HashMap::from([(1, Box::new(polygon))]),
    }
}

#[test]
fn types_of_another_crate_come_back_wherever_they_are() {
    let everything = everything();
    let bytes = dumps(&everything).unwrap();
    assert_eq!(loads::<Everything>(&bytes).unwrap(), everything);
    let mut live = Everything { shapes: None, by_name: BTreeMap::new(), ..everything.clone() };
    load_into(&bytes, &mut live).unwrap();
    assert_eq!(live, everything);
    let mut history = History::<Everything>::new();
    history.push(0, &everything).unwrap();
    live.point.x = -1.0;
    history.restore(0, &mut live).unwrap();
    assert_eq!(live, everything);
}

#[test]
fn the_state_is_that_of_what_describes_it() {
    #[derive(State)]
    struct Plain {
        point: Point,
        name: u8,
    }
    #[derive(State)]
    #[state(name = "Plain")]
    struct Converted {
        #[state(with = Point)]
        point: geometry::Point,
        name: u8,
    }
    let plain = Plain { point: Point { x: 1.0, y: 2.0 }, name: 3 };
    let converted = Converted { point: geometry::Point { x: 1.0, y: 2.0 }, name: 3 };
    assert_eq!(dumps(&plain).unwrap(), dumps(&converted).unwrap());
    assert_eq!(converted.get_state().unwrap().to_string(), plain.get_state().unwrap().to_string());
}

#[test]
fn a_value_at_the_root_goes_through_its_description() {
    let shape = geometry::Shape::Circle(geometry::Point { x: 0.0, y: 1.0 }, 2.0);
    let bytes = dumps(&Shape::of(&shape)).unwrap();
    let Ok(back) = loads::<Shape>(&bytes).unwrap().made();
    assert_eq!(back, shape);
}

#[test]
fn what_is_no_value_is_refused_and_changes_nothing() {
    #[derive(State, Debug, PartialEq)]
    struct Track {
        laps: u32,
        #[state(with = Vec<Segment>)]
        segments: Vec<geometry::Segment>,
    }
    #[derive(State)]
    #[state(name = "Track")]
    struct Raw {
        laps: u32,
        segments: Vec<Segment>,
    }
    let good = Segment { name: "g".into(), ends: vec![1], length: 1, next: None };
    let bad = Segment { name: "b".into(), ends: vec![], length: 0, next: None };
    let bytes = dumps(&Raw { laps: 9, segments: vec![good, bad] }).unwrap();
    let error = loads::<Track>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.to_string(), "Track.segments[1]: b has no ends");
    let mut live = Track { laps: 1, segments: vec![geometry::Segment::new("l", &[5]).unwrap()] };
    assert!(load_into(&bytes, &mut live).is_err());
    assert_eq!((live.laps, live.segments[0].name()), (1, "l"));
}

#[test]
fn what_has_fields_for_all_refuses_nothing_and_hooks_are_called() {
    #[derive(State)]
    #[state(remote = geometry::Point, after_set = Self::mirror)]
    struct Mirrored {
        x: f32,
        #[state(skip, default = half)]
        y: f32,
    }
    fn half() -> f32 {
        0.5
    }
    impl Mirrored {
        fn mirror(&mut self) {
            self.x = -self.x;
        }
    }
    #[derive(State)]
    struct Held {
        #[state(with = Mirrored)]
        point: geometry::Point,
    }
    let bytes = dumps(&Held { point: geometry::Point { x: 3.0, y: 4.0 } }).unwrap();
    assert_eq!(loads::<Held>(&bytes).unwrap().point, geometry::Point { x: -3.0, y: 0.5 });
}

#[test]
fn an_implementation_by_hand_does_as_well() {
    /// Represents a time of another crate as seconds since midnight.
    #[derive(State)]
    struct Seconds(u32);

    impl Remote for Seconds {
        type Of = std::time::Duration;
        type Error = &'static str;

        fn of(value: &Self::Of) -> Self {
            Self(u32::try_from(value.as_secs()).unwrap_or(u32::MAX))
        }

        fn made(self) -> Result<Self::Of, Self::Error> {
            if self.0 < 86_400 { Ok(std::time::Duration::from_secs(self.0.into())) } else { Err("later than a day") }
        }
    }
    #[derive(State)]
    struct Alarm {
        #[state(with = Seconds)]
        at: std::time::Duration,
    }
    let bytes = dumps(&Alarm { at: std::time::Duration::from_secs(60) }).unwrap();
    assert_eq!(loads::<Alarm>(&bytes).unwrap().at.as_secs(), 60);
    let bytes = dumps(&Alarm { at: std::time::Duration::from_secs(90_000) }).unwrap();
    assert_eq!(loads::<Alarm>(&bytes).map(|_| ()).unwrap_err().to_string(), "Alarm.at: later than a day");
}

#[test]
fn pointers_inside_are_held_by_a_history() {
    mod scene {
        use std::sync::Arc;

        #[derive(Clone)]
        pub struct Model {
            pub mesh: Arc<[f32]>,
            pub at: u8,
        }
    }
    #[derive(State)]
    #[state(remote = scene::Model)]
    struct Model {
        #[state(held)]
        mesh: Arc<[f32]>,
        at: u8,
    }
    #[derive(State)]
    struct Scene {
        #[state(with = Vec<Model>)]
        models: Vec<scene::Model>,
    }
    let mesh: Arc<[f32]> = vec![1.0; 1000].into();
    let mut scene = Scene { models: vec![scene::Model { mesh: mesh.clone(), at: 1 }] };
    let mut history = History::<Scene>::new();
    history.push(0, &scene).unwrap();
    assert!(history.bytes_held() < 500);
    scene.models.clear();
    history.restore(0, &mut scene).unwrap();
    assert!(Arc::ptr_eq(&scene.models[0].mesh, &mesh) && scene.models[0].at == 1);
}
