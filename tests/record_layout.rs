//! Records have one layout in an image, that of C with each number aligned to its size, also on machines with another
//! layout in memory. `Elsewhere` differs on every machine: packed to four, like a `Bicycle` on 32-bit x86.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use ndarray::{Array2, array};
use state_core::image::{SegmentBuffer, dump_segments};
use state_core::raw::Layout;
use state_core::schema::Schema;
use state_core::value::Dtype;
use state_core::{
    ErrorKind, Inspection, Record, State, StateExt, Value, check, dumps, from_value, load_into, loads, pickle, to_value,
};

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

/// A bicycle in 12 bytes of memory, and in the 16 of an image.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, packed(4))]
struct Elsewhere {
    gears: i32,
    price: f64,
}

impl Record for Elsewhere {
    const LAYOUT: Layout = <Bicycle as Record>::LAYOUT;

    fn schema() -> &'static Schema {
        <Bicycle as Record>::schema()
    }

    fn write(&self, bytes: &mut [u8]) {
        Bicycle { gears: self.gears, price: self.price }.write(bytes);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Bicycle::read(bytes).map(|Bicycle { gears, price }| Self { gears, price })
    }
}

/// Declares a derived record that contains one with another layout, and so has another layout itself.
macro_rules! pair {
    ($module:ident, $bicycle:ident) => {
        mod $module {
            use super::*;

            #[derive(Record, Clone, Copy, Debug, PartialEq)]
            #[repr(C)]
            #[state(name = "shop.Tandem")]
            pub struct Tandem {
                pub tag: u8,
                pub both: [$bicycle; 2],
                pub weight: u16,
            }

            #[derive(State, Clone, Debug, PartialEq)]
            #[state(name = "shop.Shop")]
            pub struct Shop {
                #[state(bytes)]
                pub list: Vec<$bicycle>,
                #[state(bytes, uncounted)]
                pub uncounted: Vec<$bicycle>,
                #[state(array)]
                pub array: Box<[$bicycle]>,
                #[state(bytes)]
                pub shared: Option<Arc<[$bicycle]>>,
                #[state(bytes)]
                pub counted: Rc<[Tandem]>,
                #[state(bytes)]
                pub three: [Tandem; 3],
                #[state(bytes)]
                pub one: Tandem,
                pub grid: Array2<$bicycle>,
            }

            fn bicycle(gears: i32) -> $bicycle {
                $bicycle { gears, price: f64::from(gears) + 0.5 }
            }

            pub fn shop(count: i32) -> Shop {
                let tandem = |at| Tandem { tag: 7, both: [bicycle(at), bicycle(-at)], weight: 0x0102 };
                Shop {
                    list: (0..count).map(bicycle).collect(),
                    uncounted: (0..2 * count).map(bicycle).collect(),
                    array: (0..count).map(bicycle).collect(),
                    shared: (count > 0).then(|| (0..20 * count).map(bicycle).collect()),
                    counted: (0..count).map(tandem).collect(),
                    three: [tandem(1), tandem(2), tandem(3)],
                    one: tandem(count),
                    grid: array![[bicycle(1), bicycle(2)], [bicycle(3), bicycle(count)]],
                }
            }
        }
    };
}
pair!(here, Bicycle);
pair!(elsewhere, Elsewhere);

#[test]
fn the_memory_of_the_two_is_not_the_same() {
    assert_eq!((size_of::<Elsewhere>(), Elsewhere::LAYOUT.size(), Elsewhere::LAYOUT.align()), (12, 16, 8));
    assert_eq!(size_of::<elsewhere::Tandem>(), 32);
    assert_eq!((elsewhere::Tandem::LAYOUT.size(), here::Tandem::LAYOUT.size()), (48, 48));
}

#[test]
fn bytes_are_equal_and_load_either_way() {
    for count in [0, 1, 5] {
        let (ours, theirs) = (here::shop(count), elsewhere::shop(count));
        let bytes = dumps(&ours).unwrap();
        assert_eq!(dumps(&theirs).unwrap(), bytes);
        assert_eq!(loads::<here::Shop>(&bytes).unwrap(), ours);
        assert_eq!(loads::<elsewhere::Shop>(&bytes).unwrap(), theirs);
        check::<elsewhere::Shop>(&bytes).unwrap();
    }
}

#[test]
fn restores_in_place_keep_what_is_as_long() {
    for (old, new) in [(3, 3), (0, 4), (4, 0), (1, 2)] {
        let mut live = elsewhere::shop(old);
        let kept = (old == new).then(|| (live.array.as_ptr(), live.shared.as_ref().map(|shared| shared.as_ptr())));
        live.one.tag = 0;
        load_into(&dumps(&here::shop(new)).unwrap(), &mut live).unwrap();
        assert_eq!(live, elsewhere::shop(new));
        if let Some(kept) = kept {
            assert_eq!((live.array.as_ptr(), live.shared.as_ref().map(|shared| shared.as_ptr())), kept);
        }
    }
}

#[test]
fn segments_are_the_bytes_in_parts() {
    let (shop, mut buffer) = (elsewhere::shop(30), SegmentBuffer::new());
    let segments = dump_segments(&shop, &mut buffer).unwrap();
    assert_eq!(segments.iter().collect::<Vec<_>>().concat(), dumps(&here::shop(30)).unwrap());
}

#[test]
fn values_and_pickles_are_equal_and_load_either_way() {
    let (ours, theirs) = (here::shop(4), elsewhere::shop(4));
    let value = to_value(&ours).unwrap();
    assert_eq!(to_value(&theirs).unwrap(), value);
    assert_eq!(from_value::<elsewhere::Shop>(&value).unwrap(), theirs);
    let pickled = pickle::dumps(&ours).unwrap();
    assert_eq!(pickle::dumps(&theirs).unwrap(), pickled);
    assert_eq!(pickle::loads::<elsewhere::Shop>(&pickled).unwrap(), theirs);
    let (ours, theirs) = (vec![ours], vec![theirs]);
    let buffers = |options: &pickle::PickleOptions| (options.dumps(&ours).unwrap(), options.dumps(&theirs).unwrap());
    let (ours, theirs) = buffers(&pickle::PickleOptions::new().protocol(pickle::Protocol::V2));
    assert_eq!(ours, theirs);
}

#[test]
fn a_pickle_of_memory_that_is_not_an_image_is_refused() {
    #[derive(State, Debug)]
    #[state(name = "shop.Bytes")]
    struct Bytes(#[state(bytes, uncounted)] Vec<u8>);

    #[derive(State, Debug)]
    #[state(name = "shop.Bytes")]
    struct Bicycles(#[state(bytes, uncounted)] Vec<Elsewhere>);

    // Four bicycles of twelve bytes would be three of sixteen; five fill no whole number.
    let error = pickle::loads::<Bicycles>(&pickle::dumps(&Bytes(vec![0; 60])).unwrap()).unwrap_err();
    assert!(error.to_string().contains("a whole number of elements of 16 bytes"), "{error}");
}

#[test]
fn an_inspection_shows_the_fields_where_they_are() {
    let bytes = state_core::Options::new().with_schema().dumps(&elsewhere::shop(1)).unwrap();
    let tree = Inspection::open(&bytes).unwrap().tree().unwrap();
    assert!(tree.contains("gears"), "{tree}");
    let value = to_value(&elsewhere::shop(2)).unwrap();
    assert!(value.to_string().contains("1.5"), "{value}");
}

#[test]
fn a_cow_owns_what_cannot_be_borrowed_and_a_slice_is_refused() {
    #[derive(State, Debug)]
    #[state(name = "shop.List")]
    struct Owned<'a>(#[state(bytes)] Cow<'a, [Elsewhere]>, #[state(bytes)] Option<Cow<'a, [Elsewhere]>>);

    #[derive(State, Debug)]
    #[state(name = "shop.List")]
    struct Lent<'a>(#[state(bytes)] &'a [Elsewhere], #[state(bytes)] Option<&'a [Elsewhere]>);

    let items = [Elsewhere { gears: 1, price: 2.5 }, Elsewhere { gears: 3, price: 4.5 }];
    let bytes = dumps(&Lent(&items, Some(&items))).unwrap();
    let loaded: Owned<'_> = loads(&bytes).unwrap();
    assert!(matches!((&loaded.0, &loaded.1), (Cow::Owned(_), Some(Cow::Owned(_)))));
    assert_eq!((&*loaded.0, loaded.1.as_deref()), (&items[..], Some(&items[..])));

    let error = loads::<Lent<'_>>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Alignment);
    let text = "List.0: expected elements that this machine has in memory as in an image, to borrow a raw array of them, \
        found others (`Cow` and `Vec` take them all the same)";
    assert_eq!(error.to_string(), text);
}

/// The layout of a record, taken from its schema: its size, then the name and offset of each field.
fn layout<T: Record>() -> (usize, Vec<(String, usize)>) {
    #[derive(State)]
    struct Holder<T: Record>(#[state(array)] Vec<T>);

    let slots = Holder::<T>(vec![]).get_state().unwrap();
    let Some(Value::Array(array)) = slots.first() else { panic!("an array in {slots:?}") };
    let Dtype::Structured(record) = array.dtype() else { panic!("a record") };
    assert_eq!(record.itemsize(), T::LAYOUT.size());
    (record.itemsize(), record.fields().iter().map(|field| (field.name.to_string(), field.offset)).collect())
}

#[test]
fn the_schema_has_the_layout_of_the_image() {
    #[derive(Record, Clone, Copy)]
    #[repr(C)]
    struct Mixed(u8, u16, u8, u32, u8, u64, u8, i128, u8);

    #[derive(Record, Clone, Copy)]
    #[repr(C, packed(2))]
    struct Two(u8, u64, u8);

    #[derive(Record, Clone, Copy)]
    #[repr(C, packed)]
    struct One(u8, u128, Two);

    #[derive(Record, Clone, Copy)]
    #[repr(C, align(32))]
    struct Wide(u8, [f64; 2]);

    #[derive(Record, Clone, Copy)]
    #[repr(C)]
    struct Around<T: Record, const N: usize>(u8, [T; N], u8);

    let named = |size: usize, offsets: &[usize]| {
        (size, offsets.iter().enumerate().map(|(at, &offset)| (at.to_string(), offset)).collect::<Vec<_>>())
    };
    assert_eq!(layout::<Mixed>(), named(64, &[0, 2, 4, 8, 12, 16, 24, 32, 48]));
    assert_eq!(layout::<Two>(), named(12, &[0, 2, 10]));
    assert_eq!(layout::<One>(), named(29, &[0, 1, 17]));
    assert_eq!(layout::<Wide>(), named(32, &[0, 8]));
    assert_eq!(layout::<Around<Wide, 2>>(), named(128, &[0, 32, 96]));
    assert_eq!(layout::<Around<Elsewhere, 3>>(), named(64, &[0, 8, 56]));
    assert_eq!(layout::<Around<u64, 0>>(), named(16, &[0, 8, 8]));
}

#[test]
fn a_layout_by_hand_that_lies_is_never_undefined_behaviour() {
    macro_rules! lies {
        ($($name:ident: $size:literal;)*) => {$({
            /// A type whose image has another size than its memory, with a false proof that both are the same.
            #[derive(State, Clone, Copy, Debug, PartialEq)]
            struct $name(u32);

            impl Record for $name {
                const IMAGE: state_core::state::Image<Self> = <Self as State>::IMAGE;
                const LAYOUT: Layout = Layout::new($size, 4);

                fn schema() -> &'static Schema {
                    <[u8; $size] as Record>::schema()
                }

                fn write(&self, bytes: &mut [u8]) {
                    bytes.fill(self.0 as u8);
                }

                fn read(bytes: &[u8]) -> Option<Self> {
                    Some(Self(bytes.iter().map(|&byte| u32::from(byte)).sum()))
                }
            }

            #[derive(State, Debug, PartialEq)]
            struct Holder {
                #[state(bytes)]
                list: Vec<$name>,
                #[state(bytes)]
                fixed: [$name; 2],
                #[state(bytes)]
                boxed: Box<[[$name; 3]]>,
            }

            let holder = |value: u32| Holder {
                list: vec![$name(value); 5],
                fixed: [$name(value); 2],
                boxed: vec![[$name(value); 3]; 2].into(),
            };
            let bytes = dumps(&holder(3)).unwrap();
            assert_eq!(loads::<Holder>(&bytes).unwrap(), holder(3 * $size));
            let mut live = holder(1);
            load_into(&bytes, &mut live).unwrap();
            assert_eq!(live, holder(3 * $size));
        })*};
    }
    lies! {
        Small: 1;
        Odd: 3;
        Large: 9;
    }
}

/// The layout of a record is computed in time linear in its fields.
#[test]
fn a_record_may_have_hundreds_of_fields() {
    macro_rules! many {
        ($($name:ident)*) => {
            #[derive(Record, Clone, Copy, Default, Debug, PartialEq)]
            #[repr(C)]
            struct Many { $($name: Five),* }
        };
    }
    #[derive(Record, Clone, Copy, Default, Debug, PartialEq)]
    #[repr(C)]
    struct Five(u8, u16, [u8; 3]);
    many! {
        f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24 f25 f26 f27 f28 f29
        f30 f31 f32 f33 f34 f35 f36 f37 f38 f39 f40 f41 f42 f43 f44 f45 f46 f47 f48 f49 f50 f51 f52 f53 f54 f55 f56
        f57 f58 f59 f60 f61 f62 f63 f64 f65 f66 f67 f68 f69 f70 f71 f72 f73 f74 f75 f76 f77 f78 f79 f80 f81 f82 f83
        f84 f85 f86 f87 f88 f89 f90 f91 f92 f93 f94 f95 f96 f97 f98 f99 f100 f101 f102 f103 f104 f105 f106 f107 f108
        f109 f110 f111 f112 f113 f114 f115 f116 f117 f118 f119 f120 f121 f122 f123 f124 f125 f126 f127 f128 f129 f130
        f131 f132 f133 f134 f135 f136 f137 f138 f139 f140 f141 f142 f143 f144 f145 f146 f147 f148 f149 f150 f151 f152
        f153 f154 f155 f156 f157 f158 f159 f160 f161 f162 f163 f164 f165 f166 f167 f168 f169 f170 f171 f172 f173 f174
        f175 f176 f177 f178 f179 f180 f181 f182 f183 f184 f185 f186 f187 f188 f189 f190 f191 f192 f193 f194 f195 f196
        f197 f198 f199 f200 f201 f202 f203 f204 f205 f206 f207 f208 f209 f210 f211 f212 f213 f214 f215 f216 f217 f218
        f219 f220 f221 f222 f223 f224 f225 f226 f227 f228 f229 f230 f231 f232 f233 f234 f235 f236 f237 f238 f239 f240
        f241 f242 f243 f244 f245 f246 f247 f248 f249 f250 f251 f252 f253 f254 f255 f256 f257 f258 f259 f260 f261 f262
        f263 f264 f265 f266 f267 f268 f269 f270 f271 f272 f273 f274 f275 f276 f277 f278 f279 f280 f281 f282 f283 f284
        f285 f286 f287 f288 f289 f290 f291 f292 f293 f294 f295 f296 f297 f298 f299 f300 f301 f302 f303 f304 f305 f306
        f307 f308 f309 f310 f311 f312 f313 f314 f315 f316 f317 f318 f319 f320 f321 f322 f323 f324 f325 f326 f327 f328
        f329 f330 f331 f332 f333 f334 f335 f336 f337 f338 f339 f340 f341 f342 f343 f344 f345 f346 f347 f348 f349 f350
        f351 f352 f353 f354 f355 f356 f357 f358 f359 f360 f361 f362 f363 f364 f365 f366 f367 f368 f369 f370 f371 f372
        f373 f374 f375 f376 f377 f378 f379 f380 f381 f382 f383 f384 f385 f386 f387 f388 f389 f390 f391 f392 f393 f394
        f395 f396 f397 f398 f399 f400 f401 f402 f403 f404 f405 f406 f407 f408 f409 f410 f411 f412 f413 f414 f415 f416
        f417 f418 f419 f420 f421 f422 f423 f424 f425 f426 f427 f428 f429 f430 f431 f432 f433 f434 f435 f436 f437 f438
        f439 f440 f441 f442 f443 f444 f445 f446 f447 f448 f449 f450 f451 f452 f453 f454 f455 f456 f457 f458 f459 f460
        f461 f462 f463 f464 f465 f466 f467 f468 f469 f470 f471 f472 f473 f474 f475 f476 f477 f478 f479 f480 f481 f482
        f483 f484 f485 f486 f487 f488 f489 f490 f491 f492 f493 f494 f495 f496 f497 f498 f499 f500 f501 f502 f503 f504
        f505 f506 f507 f508 f509 f510 f511 f512 f513 f514 f515 f516 f517 f518 f519 f520 f521 f522 f523 f524 f525 f526
        f527 f528 f529 f530 f531 f532 f533 f534 f535 f536 f537 f538 f539 f540 f541 f542 f543 f544 f545 f546 f547 f548
        f549 f550 f551 f552 f553 f554 f555 f556 f557 f558 f559 f560 f561 f562 f563 f564 f565 f566 f567 f568 f569 f570
        f571 f572 f573 f574 f575 f576 f577 f578 f579 f580 f581 f582 f583 f584 f585 f586 f587 f588 f589 f590 f591 f592
        f593 f594 f595 f596 f597 f598 f599
    }
    #[derive(State, Debug, PartialEq)]
    struct Holder(#[state(bytes)] Vec<Many>);

    let holder = Holder(vec![Many { f0: Five(1, 2, [3; 3]), f599: Five(4, 5, [6; 3]), ..Many::default() }]);
    assert_eq!(loads::<Holder>(&dumps(&holder).unwrap()).unwrap(), holder);
    assert_eq!(Many::LAYOUT.size(), 600 * 8);
}
