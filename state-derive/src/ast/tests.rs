//! The model of valid inputs, which all rules accept.

use quote::ToTokens;
use syn::parse_quote;

use super::*;
use crate::check;
use crate::convert::How;
use crate::shape::{Shape, Shown};

/// The model, after checking that no rule of `State` finds a fault in it.
fn model(input: &DeriveInput) -> Container {
    let cx = Ctxt::new();
    let container = Container::new(&cx, input);
    check::state(&cx, &container);
    let errors = cx.check().err().map(|error| error.to_string());
    assert_eq!(errors, None, "{}", input.to_token_stream());
    container
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

#[test]
fn a_plain_struct_is_named_after_itself() {
    let container = model(&parse_quote! { pub struct r#Type<'a, T = u8> { r#type: &'a T, #[state()] age: i32 } });
    assert_eq!(container.name, "Type");
    assert_eq!(text(&container.krate), ":: state_core");
    assert!(container.bound.is_none() && container.before_get.is_none() && container.after_set.is_none());
    let names: Vec<&str> = container.fields().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["type", "age"]);
    let fields: Vec<String> =
        container.fields().map(|field| text(&field.member) + " " + &text(&field.binding)).collect();
    assert_eq!(fields, ["r#type __f0", "age __f1"]);
}

#[test]
fn the_words_of_a_type_may_come_in_several_lists() {
    let container = model(&parse_quote! {
        #[serde(rename_all = "camelCase")]
        #[state(name = "example.Grid", crate = crate::runtime,)]
        #[state(bound = "T: Clone, for<'x> &'x T: Copy, 'a: 'static", after_set = <Self as Check>::check)]
        #[state(before_get = hooks::prepare::<3>)]
        struct Grid<'a, T>(&'a T);
    });
    assert_eq!(container.name, "example.Grid");
    assert_eq!(text(&container.krate), "crate :: runtime");
    assert_eq!(container.bound.map(|bound| bound.len()), Some(3));
    assert_eq!(text(&container.after_set), "< Self as Check > :: check");
    assert_eq!(text(&container.before_get), "hooks :: prepare :: < 3 >");
}

#[test]
fn an_empty_bound_is_no_bound_at_all() {
    let container = model(&parse_quote! { #[state(bound = "")] struct Wrapper<T>(Rc<T>); });
    assert_eq!(container.bound.map(|bound| bound.len()), Some(0));
}

#[test]
fn each_role_is_told_from_the_words() {
    let container = model(&parse_quote! {
        struct Child {
            #[state(skip)] a: Cache,
            #[state(skip, default = Vec::<u8>::new)] b: Vec<u8>,
            #[state(default, skip)] c: &'static str,
            #[state(flatten_parent)] base: Base,
            #[state(bytes)] #[state(uncounted, rename = "raw")] d: Option<Box<[u8]>>,
            #[state(with = self::hex)] e: &'static str,
            #[state(sorted)] f: HashSet<u8>,
            #[state(serde)] g: Box<dyn Shape>,
            h: PhantomData<(&'static str, fn())>,
            #[state(default)] i: u8,
            #[state(default = crate::one, rename = "first")] j: u8,
        }
    });
    let fields: Vec<&Field> = container.fields().collect();
    assert!(fields[..3].iter().all(|field| matches!(field.role, Role::Skip)));
    assert!(fields[0].default.is_none());
    assert!(matches!(&fields[1].default, Some(Default::Path(path)) if text(path) == "Vec :: < u8 > :: new"));
    assert!(matches!(fields[2].default, Some(Default::Trait)));
    assert!(matches!(fields[3].role, Role::Parent(None)));
    let Role::Slot(Via::Bytes(bytes)) = &fields[4].role else { panic!("not bytes") };
    assert!(bytes.shown == Shown::Bytes && bytes.optional && bytes.shape == Shape::BoxSlice);
    assert_eq!(fields[4].name, "raw");
    assert!(
        matches!(&fields[5].role, Role::Slot(Via::With(convert)) if matches!(&convert.how, How::With(path) if text(path) == "self :: hex"))
    );
    assert!(matches!(fields[6].role, Role::Slot(Via::Sorted)));
    assert!(matches!(fields[7].role, Role::Slot(Via::Serde)));
    assert!(fields[8..].iter().all(|field| matches!(field.role, Role::Slot(Via::Plain))));
    assert!(matches!(fields[9].default, Some(Default::Trait)));
    assert!(matches!(&fields[10].default, Some(Default::Path(path)) if text(path) == "crate :: one"));
}

#[test]
fn variants_have_names() {
    let container = model(&parse_quote! {
        enum Shape {
            r#None,
            #[state(rename = "Round")] Circle(f64),
            Ring { inner: f64, #[state(rename = "size")] outer: f64 } = 7,
        }
    });
    let variants: Vec<&str> = container.variants().iter().map(|variant| variant.name.as_str()).collect();
    assert_eq!(variants, ["None", "Round", "Ring"]);
    let slots: Vec<&str> = container.fields().map(|field| field.name.as_str()).collect();
    assert_eq!(slots, ["0", "inner", "size"]);
}

#[test]
fn a_unit_struct_has_a_state() {
    let container = model(&parse_quote! { struct Unit; });
    assert!(matches!(&container.data, Data::Struct(variant) if variant.fields.is_empty()));
}

#[test]
fn what_a_macro_passes_on_is_read_through_its_delimiters() {
    let group = |tokens| proc_macro2::Group::new(proc_macro2::Delimiter::None, tokens);
    let name = group(quote::quote!("example.Person"));
    let path = group(quote::quote!(Self::check));
    let ty = group(quote::quote!(Vec<u8>));
    let container = model(&parse_quote! {
        #[state(name = #name, after_set = #path)]
        struct Person { #[state(bytes)] data: #ty }
    });
    assert_eq!(container.name, "example.Person");
    assert_eq!(text(&container.after_set), "Self :: check");
    let role = container.fields().next().map(|field| &field.role);
    assert!(matches!(role, Some(Role::Slot(Via::Bytes(bytes))) if bytes.shape == Shape::Vec));
}

#[test]
fn a_record_ignores_what_state_alone_takes() {
    let input: DeriveInput = parse_quote! {
        #[repr(C, align(8))]
        #[state(name = "example.Bicycle", bound = "", after_set = Self::check)]
        struct Bicycle { #[state(skip)] gears: i32, #[state(rename = "cost")] price: [f64; 2] }
    };
    let container = model(&input);
    let cx = Ctxt::new();
    check::record(&cx, &container);
    assert!(cx.check().is_ok());
    assert!(container.repr.c.is_some() && container.repr.packed.is_none());
    assert_eq!((container.repr.pack, container.repr.align), (None, 8));
}

#[test]
fn a_record_may_be_packed() {
    let cx = Ctxt::new();
    let input = parse_quote! { #[repr(C)] #[repr(packed(2))] struct Pixel(u8, u32); };
    let container = Container::new(&cx, &input);
    check::record(&cx, &container);
    assert!(cx.check().is_ok());
    assert!(container.repr.packed.is_some());
    assert_eq!((container.repr.pack, container.repr.align), (Some(2), 1));
}
