//! Values that are shared or that contain themselves: seen through, compared, printed and dropped at a cost that is
//! proportional to their size.

use std::collections::BTreeMap;
use std::iter::repeat_n;

use state_core::value::{Array, Dict, List, Object, Order, Parts, Set, Shared, Tuple, Value};
use state_core::{State, StateExt, from_value, to_value};

fn shared(value: impl Into<Value>) -> Value {
    Shared::new(value).into()
}

/// `[1, itself]`, `depth` lists deep.
fn endless(depth: usize) -> Value {
    let nest =
        |itself: Shared| (0..depth).fold(Value::from(itself), |inner, _| List::from([Value::from(1), inner]).into());
    Shared::cyclic(nest).into()
}

/// Lists that contain the one below twice: 2^depth leaves in `depth` values.
fn doubled(depth: usize, leaf: impl Into<Value>) -> Value {
    (0..depth).fold(shared(leaf), |inner, _| shared(List::from([inner.clone(), inner])))
}

#[test]
fn a_handle_is_seen_through() {
    let text = shared("Dave");
    assert_eq!(text, "Dave");
    assert_eq!(text.as_str(), Some("Dave"));
    assert_eq!(text.kind().name(), "str");
    assert_eq!(text.clone(), text);
    assert_eq!(String::try_from(text.clone()).as_deref(), Ok("Dave"));
    assert_eq!(
        shared(text.clone()).as_shared().map(|outer| Shared::same(outer, text.as_shared().unwrap())),
        Some(true)
    );
    assert_eq!(shared(1).as_f64(), Some(1.0));
    assert!(shared(Value::None).is_none());
    assert!(shared(2) > shared(1));
    assert_eq!(shared((1, "a")), (1, "a"));
    assert!(shared(f64::NAN) != shared(f64::NAN));
}

#[test]
fn a_value_with_handles_is_the_state_of_a_type() {
    let one = shared((1_u8, "a"));
    let value = Value::from(List::from([one.clone(), one]));
    let plain: Vec<(u8, String)> = vec![(1, "a".into()), (1, "a".into())];
    assert_eq!(from_value::<Vec<(u8, String)>>(&value).unwrap(), plain);
    assert_eq!(value, to_value(&plain).unwrap());
}

#[test]
fn what_is_the_same_is_told_from_what_is_equal() {
    let (a, b) = (Shared::new(1), Shared::new(1));
    assert_eq!(a, b);
    assert!(!Shared::same(&a, &b));
    assert!(Shared::same(&a, &a.clone()));
}

#[test]
fn a_part_keeps_the_whole() {
    let inner = {
        let whole = endless(3);
        whole.as_list().unwrap()[1].as_list().unwrap()[1].clone()
    };
    assert_eq!(inner.as_list().unwrap()[1], endless(1));
    // This is a copy of the innermost list, around the three that refer to each other.
    assert_eq!(inner.to_string(), "[1, [1, [1, [1, [...]]]]]");
}

#[test]
fn a_handle_that_is_used_too_early_stands_for_nothing() {
    let mut early = None;
    let value = Shared::cyclic(|itself| {
        early = Some(itself.clone());
        itself.into()
    });
    assert_eq!(value.to_string(), "None");
    assert_eq!(early.unwrap().get(), &Value::None);
}

#[test]
fn values_that_contain_themselves_print_as_in_python() {
    let cyclic = |value: fn(Shared) -> Value| Shared::cyclic(value).to_string();
    assert_eq!(cyclic(|itself| List::from([itself]).into()), "[[...]]");
    assert_eq!(cyclic(|itself| Dict::from_iter([("a", itself)]).into()), "{'a': {...}}");
    assert_eq!(
        cyclic(|itself| List::from([Tuple::from((itself.clone(),)), (itself,).into()]).into()),
        "[([...],), ([...],)]"
    );
    assert_eq!(cyclic(|itself| (List::from([itself]),).into()), "([(...)],)");
    assert_eq!(cyclic(|itself| Object::new("shop.Person", ("Dave", itself)).into()), "Person('Dave', Person(...))");
    assert_eq!(cyclic(|itself| Set::from([Object::new("A", (itself,))]).into()), "{A(set(...))}");
    assert_eq!(format!("{:#}", endless(1)), "[\n    1,\n    [...],\n]");

    // Seen from inside, the same cycle starts elsewhere.
    let outer = Shared::cyclic(|itself| List::from([Value::from(Dict::from_iter([("up", itself)]))]).into());
    assert_eq!(outer.get().as_list().unwrap()[0].to_string(), "{'up': [{...}]}");
}

#[test]
fn values_that_contain_themselves_are_compared() {
    assert_eq!(endless(1), endless(1));
    assert_eq!(endless(2), endless(3));
    assert_eq!(endless(1).clone(), endless(7));
    let other = Shared::cyclic(|itself| List::from([Value::from(2), itself.into()]).into());
    assert_ne!(endless(1), Value::from(other));
    assert_ne!(endless(1), Value::from(List::from([1, 1])));
    assert_eq!(endless(1).partial_cmp(&endless(2)), Some(std::cmp::Ordering::Equal));

    let dict = |order: [&str; 2]| {
        Shared::cyclic(|itself| {
            let entry = |name: &str| match name {
                "self" => (Value::from(name), Value::from(itself.clone())),
                _ => (name.into(), 1.into()),
            };
            Dict::from_iter(order.map(entry)).into()
        })
    };
    assert_eq!(dict(["self", "other"]), dict(["other", "self"]));
    assert_ne!(dict(["self", "other"]), dict(["self", "others"]));
    // A NaN makes a value unequal to itself, wherever it is.
    let nan = Shared::cyclic(|itself| List::from([Value::from(f64::NAN), itself.into()]).into());
    assert_ne!(nan, nan.clone());
}

#[test]
fn sharing_without_end_costs_what_is_there() {
    let (a, b) = (doubled(500, 1), doubled(500, 1));
    assert!(a == b);
    assert!(a != doubled(500, 2));
    assert!(a.partial_cmp(&b).is_some_and(std::cmp::Ordering::is_eq));
    assert!(a < doubled(500, 2));
    assert!(a.clone() == a);
    let sets = |leaf: i32, swap: bool| {
        (0..500).fold(shared(leaf), |inner, _| {
            let pair = [Value::from((1, inner.clone())), (2, inner).into()];
            let [first, second] = pair;
            shared(if swap { Set::from([second, first]) } else { Set::from([first, second]) })
        })
    };
    assert!(sets(1, false) == sets(1, true));
    assert!(sets(1, false) != sets(2, true));
}

#[test]
fn text_does_not_grow_without_end() {
    let text = doubled(500, 1).to_string();
    assert!(text.len() < 8 << 20, "{}", text.len());
    assert!(text.contains("..."));
    // Indented forty levels deep, the text is mostly spaces, which count too.
    let tree = format!("{:#}", doubled(500, 1));
    assert!(tree.len() < 8 << 20, "{}", tree.len());
    let text = repeat_n(shared("x".repeat(1 << 20)), 100).collect::<List>().to_string();
    assert!(text.len() < 4 << 20, "{}", text.len());
    // A short value is shown each time, however often.
    let text = repeat_n(shared("x"), 50_000).collect::<List>().to_string();
    assert!(!text.contains("..."));
    assert_eq!(doubled(2, 1).to_string(), "[[1, 1], [1, 1]]");
}

#[test]
fn depth_costs_no_stack() {
    let deep = || (0..200_000).fold(shared(1), |inner, _| shared(List::from([inner])));
    let (a, b) = (deep(), deep());
    assert!(a == b);
    assert!(a.clone() == b);
    assert!(a.to_string().ends_with("]]"));
    drop(a);
    drop(b);
    let cycle = endless(200_000);
    assert!(cycle == cycle.clone());
    assert!(cycle.to_string().ends_with("]]"));
}

#[test]
fn threads_can_share() {
    fn assert_threads<T: Send + Sync + 'static>(_: &T) {}
    let value = endless(2);
    assert_threads(&value);
    let there = std::thread::spawn({
        let value = value.clone();
        move || value.to_string()
    });
    assert_eq!(there.join().unwrap(), value.to_string());
}

#[derive(State, Debug, PartialEq)]
#[state(name = "Branch")]
struct Branch(Vec<Branch>);

#[test]
fn what_is_shared_is_put_in_up_to_a_limit() {
    const TOO_MUCH: &str = "expected shared values that come to at most 8 times what there is, found more";
    // A few thousand references to one row are far more than there is, but still little.
    let rows = doubled(1, (1, 2.5));
    assert_eq!(from_value::<Vec<(i32, f64)>>(&rows).unwrap(), [(1, 2.5); 2]);
    let row = Shared::new((1, "a".repeat(100)));
    let rows: List = (0..3000).map(|_| Value::from(row.clone())).collect();
    let rows = from_value::<Vec<(u8, String)>>(&rows.into()).unwrap();
    assert!(rows.len() == 3000 && rows.iter().all(|row| row.1.len() == 100));

    // 2^60 branches.
    let mut branch = Value::from(Object::new("Branch", (List::new(),)));
    for _ in 0..60 {
        let one = shared(branch);
        branch = Object::new("Branch", (List::from([one.clone(), one]),)).into();
    }
    assert_eq!(from_value::<Branch>(&branch).unwrap_err().to_string(), TOO_MUCH);
    let mut live = Branch(vec![Branch(vec![])]);
    let error = live.set_state((List::from([branch.clone(), branch]),)).unwrap_err();
    assert_eq!(error.to_string(), TOO_MUCH);
    assert_eq!(live, Branch(vec![Branch(vec![])]));

    // Long text, bytes, numbers and arrays, each referenced a thousand times.
    let thousand = |value: Value| {
        let one = shared(value);
        Value::from(repeat_n(one, 1000).collect::<List>())
    };
    let text = "t".repeat(100_000);
    assert_eq!(from_value::<Vec<String>>(&thousand(text.as_str().into())).unwrap_err().to_string(), TOO_MUCH);
    assert_eq!(from_value::<Vec<Vec<u8>>>(&thousand(text.as_bytes().into())).unwrap_err().to_string(), TOO_MUCH);
    let array = Array::new("<f8".parse().unwrap(), [12_500], Order::C, vec![0; 100_000]).unwrap();
    assert_eq!(from_value::<Vec<Vec<f64>>>(&thousand(Value::Array(array.into()))).unwrap_err().to_string(), TOO_MUCH);
    // Values that are not shared are never too much.
    let texts: List = (0..1000).map(|_| Value::from("t".repeat(10_000))).collect();
    assert_eq!(from_value::<Vec<String>>(&texts.into()).unwrap().len(), 1000);
}

#[test]
fn entries_and_named_slots_that_are_shared_count_as_what_they_are() {
    const TOO_MUCH: &str = "expected shared values that come to at most 8 times what there is, found more";
    #[derive(State, Debug, PartialEq)]
    #[state(name = "m.Empty", pickle = "dict")]
    struct Empty {
        #[state(default)]
        one: u8,
    }
    let many = |value: Value| Value::from(repeat_n(shared(value), 2000).collect::<List>());
    let numbers = many((0..1000).map(|n| (n, n)).collect::<Dict>().into());
    assert_eq!(from_value::<Vec<BTreeMap<i32, i32>>>(&numbers).map(|all| all.len()).unwrap_err().to_string(), TOO_MUCH);
    let pickle =
        [b"\x80\x02](cm\nEmpty\n)\x81}X\x03\0\0\0oneK\x05sbq\0".to_vec(), b"h\0".repeat(600_000), b"e.".to_vec()];
    let objects = state_core::pickle::load_value(&pickle.concat()).unwrap();
    assert_eq!(from_value::<Vec<Empty>>(&objects).map(|all| all.len()).unwrap_err().to_string(), TOO_MUCH);
    // Objects with the names of their slots, from an inspection.
    let bytes = state_core::Options::new().with_schema().dumps(&Empty { one: 5 }).unwrap();
    let named = shared(state_core::Inspection::open(&bytes).unwrap().value().unwrap());
    let objects = Value::from(repeat_n(named, 600_000).collect::<List>());
    assert_eq!(from_value::<Vec<Empty>>(&objects).map(|all| all.len()).unwrap_err().to_string(), TOO_MUCH);
}

/// Values that were assumed equal while one order was tried are not assumed so afterwards.
#[test]
fn an_order_that_does_not_hold_leaves_nothing_behind() {
    let [one, two] = [shared((1,)), shared((2,))];
    let [first, second] = [shared((1,)), shared((2,))];
    let dict = |keys: [&Value; 2]| Value::from(keys.map(|key| (key.clone(), 0)).into_iter().collect::<Dict>());
    let ours = Value::from((dict([&one, &two]), one));
    assert_ne!(ours, Value::from((dict([&second, &first]), second.clone())));
    assert_eq!(ours, Value::from((dict([&second, &first]), first)));
}

/// A list that contains itself equals no other, wherever it occurs.
#[test]
fn items_of_sets_that_hold_themselves_are_told_apart() {
    let endless = Value::from(Shared::cyclic(|itself| List::from([Value::from(itself)]).into()));
    let plain = Value::from(List::from([Value::from(1)]));
    let set = |items: [&Value; 2]| Value::from(items.map(Clone::clone).into_iter().collect::<Set>());
    assert_ne!(set([&Value::from(1), &endless]), set([&plain, &Value::from(1)]));
    // Nor does a value that contains a NaN, which does not even equal itself.
    let nan = shared(List::from([f64::NAN]));
    assert_ne!(set([&Value::from(1), &nan]), set([&nan, &Value::from(1)]));
}

#[test]
fn a_complex_number_with_half_a_nan_equals_nothing() {
    use state_core::value::Complex;
    for (re, im) in [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::NAN, f64::NAN)] {
        let number = Value::from(Complex::new(re, im));
        assert_ne!(number, number.clone());
    }
    assert_eq!(Value::from(Complex::new(0.0, -0.0)), Value::from(Complex::new(-0.0, 0.0)));
}

/// A change is made only to the value that is reached, not to others that share it; everything else stays as it is.
#[test]
fn values_are_changed_in_place() {
    let town = || Object::new("shop.Town", (1, shared(List::from([1, 2]))));
    let both = shared(Dict::from_iter([("a", Value::from(town())), ("b", shared(town()))]));
    let mut value = Value::from(List::from([both.clone(), both.clone()]));
    let before = value.clone();

    let dict = value.as_list_mut().unwrap()[0].as_dict_mut().unwrap();
    assert!(dict.get_mut("c").is_none());
    let state = dict.get_mut("b").unwrap().as_object_mut().unwrap().state_mut().unwrap();
    state[1].as_list_mut().unwrap().push(3);
    assert_eq!(
        before.to_string(),
        "[{'a': Town(1, [1, 2]), 'b': Town(1, [1, 2])}, {'a': Town(1, [1, 2]), 'b': Town(1, [1, 2])}]"
    );
    assert_eq!(
        value.to_string(),
        "[{'a': Town(1, [1, 2]), 'b': Town(1, [1, 2, 3])}, {'a': Town(1, [1, 2]), 'b': Town(1, [1, 2])}]"
    );
    let [changed, same] = &value.as_list().unwrap()[..] else { panic!("{value}") };
    assert!(changed.as_shared().is_none());
    assert!(Shared::same(same.as_shared().unwrap(), both.as_shared().unwrap()));

    // A value of another kind stays shared.
    let mut other = both.clone();
    assert!(other.as_list_mut().is_none() && other.as_set_mut().is_none());
    assert!(Shared::same(other.as_shared().unwrap(), both.as_shared().unwrap()));

    // A copy of a value that contains itself refers to the original.
    let mut itself = endless(1);
    itself.as_list_mut().unwrap()[0] = 7.into();
    assert_eq!(itself.to_string(), "[7, [1, [...]]]");
}

/// Attributes are found and changed in each form of a state.
#[test]
fn attributes_are_changed_in_place() {
    let dict = |number: i32| Value::from(Dict::from_iter([("x", number), ("y", 2)]));
    let with = |state: Value| Object::from_parts("shop.Town", Parts { state, ..Parts::default() });
    let states = [
        dict(1),
        shared(dict(1)),
        Value::from((Value::None, dict(1))),
        Value::from((dict(1), Value::from(Dict::from_iter([("z", 3)])))),
        shared((Value::None, shared(dict(1)))),
    ];
    for state in states {
        let mut object = with(state.clone());
        let names: Vec<_> = object.attributes().unwrap().map(|(name, _)| name.to_string()).collect();
        for ((name, value), known) in object.attributes_mut().unwrap().zip(&names) {
            assert_eq!(name, known);
            if name == "x" {
                *value = 7.into();
            }
        }
        let values: Vec<_> = object.attributes().unwrap().map(|(_, value)| value.clone()).collect();
        assert_eq!(values[..2], [Value::from(7), Value::from(2)], "{state}");
        assert_ne!(object, with(state));
    }
    assert!(Object::new("shop.Town", (1, 2)).attributes_mut().is_none());
}

/// Arguments, items and entries are changed in place, and what is shared in a copy.
#[test]
fn the_other_parts_of_an_object_change_as_well() {
    let entries = Shared::new(Dict::from_iter([("a", 1)]));
    let args = Shared::new(Tuple::from((1, 2)));
    let parts = Parts { args: args.clone().into(), items: List::from([5, 6]), ..Parts::default() };
    let mut object = Object::from_parts("shop.Town", parts);
    object.args_mut()[1] = 7.into();
    object.items_mut()[0] = entries.clone().into();
    for (key, value) in object.items_mut()[0].as_dict_mut().unwrap().iter_mut() {
        *value = key.clone();
    }
    assert_eq!((object.args(), &object.items()[0]), (&(1, 7).into(), &Dict::from_iter([("a", "a")]).into()));
    assert_eq!((Value::from(args), Value::from(entries)), ((1, 2).into(), Dict::from_iter([("a", 1)]).into()));

    let parts = Parts { entries: Dict::from_iter([("a", 1), ("b", 2)]), ..Parts::default() };
    let mut object = Object::from_parts("shop.Town", parts);
    object.entries_mut().filter(|(key, _)| **key == "b").for_each(|(_, value)| *value = 3.into());
    assert_eq!(object.entries(), &Dict::from_iter([("a", 1), ("b", 3)]));
    assert_eq!((object.args_mut().len(), object.items_mut().len()), (0, 0));

    let mut flat = Object::new("shop.Town", (1, 2));
    assert_eq!((flat.args_mut().len(), flat.items_mut().len(), flat.entries_mut().count()), (0, 0, 0));
}
