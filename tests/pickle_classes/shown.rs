//! What is shown of pickles of PyO3 classes, which are made by forms.

use state_core::pickle::{self, Pickle};

use crate::files;

#[test]
fn objects_are_shown_by_the_names_of_their_classes() {
    let all = [
        ("size", "OldSize(1.0, 2.0)"),
        ("racer", "Racer(1.0, 2.0, {'team': 'red'})"),
        ("runner", "Runner(OldSize.__getstate__(1.0, 2.0, {'team': 'red'}), 'red')"),
        ("jumper", "Jumper(OldSize.__getstate__(1.0, 2.0, {'team': 'red'}, 'red'))"),
        ("packet", "OldPacket(b'"),
        ("own", "OldOwn('text')"),
        ("listed", "Account("),
        ("team", "Team(Person('Dave', 30), None, [Person('Eve', 31), Person('Dave', 30)])"),
    ];
    for (name, text) in all {
        for file in files(name) {
            let value = pickle::load_value(&file).unwrap();
            let (shown, whole) = (value.to_string(), format!("{value:?}"));
            assert!(if text.ends_with(')') { shown == text } else { shown.starts_with(text) }, "{name}: {shown}");
            assert!(whole.starts_with("zoo."), "{name}: {whole}");
            assert_eq!(Pickle::open(&file).unwrap().to_string(), shown);
            assert_eq!(pickle::dump_value(&value).map(|again| pickle::load_value(&again).unwrap()).unwrap(), value);
        }
    }
}

#[test]
fn a_form_by_itself_has_the_name_of_its_class() {
    let form = b"\x80\x04\x8c\x03zoo\x8c\x0aP.__form__\x93K\x03\x85R.";
    assert_eq!(pickle::load_value(form).unwrap().to_string(), "P.__form__(3)");
    assert_eq!(Pickle::open(form).unwrap().to_string(), "P.__form__(3)");
}

#[test]
fn what_no_class_has_is_shown_as_the_calls_that_it_is() {
    let call = |function: &str, arguments: &[u8]| {
        let mut pickle = b"\x80\x04\x8c\x03zoo\x8c".to_vec();
        pickle.push(function.len() as u8);
        pickle.extend(function.bytes());
        pickle.extend(b"\x93");
        pickle.extend(arguments);
        let value = pickle::load_value(&pickle).unwrap();
        assert_eq!(Pickle::open(&pickle).unwrap().to_string(), value.to_string());
        value.to_string()
    };
    // A class that takes no attributes has the function beside it.
    assert_eq!(call("_P__form__", b")RK\x01\x85R."), "P(1)");
    assert_eq!(call("P__form__", b")RK\x01\x85R."), "call(P__form__(), 1)");
    assert_eq!(call("__form__", b")RK\x01\x85R."), "call(zoo.__form__(), 1)");
    // Something was done with the form.
    assert_eq!(call("P.__form__", b")RK\x02bK\x01\x85R."), "call(P.__form__(2), 1)");
    // No class where one should be, and numbers that are none.
    assert_eq!(call("P.__form__", b"K\x01\x85RK\x01\x85R."), "P(1)");
    assert_eq!(call("P.__form__", b"K\x05\x85RK\x01K\x00\x86R."), "P.__getstate__(1, 0)");
    assert_eq!(call("P.__form__", b"K\x05\x85R)R."), "P.__getstate__()");
    // Whatever is no schema is seen.
    assert_eq!(call("P.__form__", b"cos\nsystem\n)R\x85RK\x01\x85R."), "call(P.__form__(system()), 1)");
    assert_eq!(call("P.__form__", b"K\x01K\x01\x86RK\x01\x85R."), "call(P.__form__(1, 1), 1)");
}

#[test]
fn damaged_pickles_are_shown_as_their_values_are() {
    let (mut seed, mut shown) = (0x9E37_79B9_7F4A_7C15_u64, 0);
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 33) as usize % below
    };
    for name in ["size", "racer", "runner", "jumper", "diver", "packet", "fixed", "light", "team"] {
        for file in files(name) {
            for _ in 0..200 {
                let mut damaged = file.clone();
                for _ in 0..=next(3) {
                    let (at, from) = (next(damaged.len()), next(file.len()));
                    match next(3) {
                        0 => damaged[at] = damaged[at].wrapping_add(1),
                        1 => damaged[at] = file[from],
                        _ => damaged.insert(at, file[from]),
                    }
                }
                let (Ok(value), Ok(parts)) = (pickle::load_value(&damaged), Pickle::open(&damaged)) else { continue };
                assert_eq!(parts.to_string(), value.to_string(), "{damaged:?}");
                shown += 1;
            }
        }
    }
    assert!(shown > 500, "{shown} were shown");
}

#[test]
fn the_text_of_many_objects_of_one_form_is_no_longer_than_their_names() {
    for name in [60, 100, 120, 60_000] {
        let mut pickle = b"\x80\x04\x8c\x03zooX".to_vec();
        let name = format!("{}.__form__", "P".repeat(name));
        pickle.extend((name.len() as u32).to_le_bytes());
        pickle.extend(name.bytes());
        pickle.extend(b"\x93)R\x940](");
        for _ in 0..20_000 {
            pickle.extend(b"h\x00)R");
        }
        pickle.extend(b"e.");
        let (value, parts) =
            (pickle::load_value(&pickle).unwrap().to_string(), Pickle::open(&pickle).unwrap().to_string());
        let most = 20_000 * 200 + 20 * name.len();
        assert!(value.len() < most && parts.len() < most, "{} {}", value.len(), parts.len());
    }
}
