//! What the written type of a field shows: the shape of a raw array, and the types that its values hold. Macros see
//! names, not types, so an alias hides what is behind it; the runtime's traits catch what is missed here.

use quote::ToTokens;
use syn::{
    Expr, ExprGroup, ExprLit, ExprParen, GenericArgument, Ident, Lit, PathArguments, PathSegment, Type, TypeParamBound,
    TypePath, TypeTraitObject,
};

/// A field under `#[state(bytes)]` or `#[state(array)]`.
pub struct Bytes {
    pub shown: Shown,
    /// Whether the shape is in an `Option`.
    pub optional: bool,
    pub shape: Shape,
    pub element: Box<Type>,
}

/// How a raw array appears in the tuple.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// Two slots: the bytes, and the count.
    Counted,
    /// One slot: the bytes.
    Bytes,
    /// One slot: the array, with the type of its elements.
    Array,
}

/// The container of the elements of a raw array.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    Vec,
    BoxSlice,
    Array,
    ArcSlice,
    RcSlice,
    /// `&'a [T]`
    Slice,
    /// `Cow<'a, [T]>`
    Cow,
    /// `Cow<'static, [T]>`
    StaticCow,
    /// Anything else: a single element.
    One,
}

impl Bytes {
    pub fn new(ty: &Type, shown: Shown) -> Self {
        let ty = peel(ty);
        let inside = argument(ty, "Option");
        let (shape, element) = shape(inside.unwrap_or(ty));
        Bytes { shown, optional: inside.is_some(), shape, element: Box::new(element.clone()) }
    }
}

/// The shape of `ty` and the type of its elements.
fn shape(ty: &Type) -> (Shape, &Type) {
    let ty = peel(ty);
    match ty {
        Type::Array(array) => return (Shape::Array, peel(&array.elem)),
        Type::Reference(reference) => {
            if let Type::Slice(slice) = peel(&reference.elem) {
                return (Shape::Slice, peel(&slice.elem));
            }
        }
        _ => {}
    }
    if let Some(element) = argument(ty, "Vec") {
        return (Shape::Vec, element);
    }
    let slices = [("Box", Shape::BoxSlice), ("Arc", Shape::ArcSlice), ("Rc", Shape::RcSlice), ("Cow", Shape::Cow)];
    for (name, shape) in slices {
        if let Some(Type::Slice(slice)) = argument(ty, name) {
            let shape = if is_static_cow(ty) { Shape::StaticCow } else { shape };
            return (shape, peel(&slice.elem));
        }
    }
    (Shape::One, ty)
}

/// Removes parentheses, and the invisible delimiters around a macro's `$ty:ty`.
pub fn peel(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Paren(paren) => &paren.elem,
            Type::Group(group) => &group.elem,
            _ => return ty,
        };
    }
}

/// `T`, if `ty` is `name<T>`, judging by the last segment of its path and ignoring lifetimes.
fn argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == name)?;
    let mut types = arguments(segment);
    let only = types.next()?;
    types.next().is_none().then(|| peel(only))
}

/// A type in the usual spelling.
pub fn shown(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    let joints = [(" < ", "<"), (" >", ">"), (" ,", ","), (" :: ", "::"), (" ;", ";"), ("& ", "&")];
    joints.iter().fold(text, |text, (apart, joined)| text.replace(apart, joined))
}

/// The last name in the path of a type.
pub fn name_of(ty: &Type) -> Option<String> {
    last_segment(ty).map(|segment| segment.ident.to_string())
}

/// The type arguments of a type, as written.
pub fn type_arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    last_segment(ty).into_iter().flat_map(arguments)
}

/// The name of a type that is a single word.
pub fn primitive(ty: &Type) -> Option<String> {
    match peel(ty) {
        Type::Path(TypePath { qself: None, path, .. }) => path.get_ident().map(Ident::to_string),
        _ => None,
    }
}

/// The single-word types that hold nothing.
const PRIMITIVE: &[&str] = &[
    "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64", "str",
];

/// Whether the type is one of those, judging by its name.
pub fn is_primitive(ty: &Type) -> bool {
    primitive(ty).is_some_and(|name| PRIMITIVE.contains(&&*name))
}

/// The type in an `Option`, or the type itself.
pub fn inside_option(ty: &Type) -> &Type {
    argument(ty, "Option").unwrap_or(ty)
}

/// `X`, if `ty` is a `Box<X>`.
pub fn boxed(ty: &Type) -> Option<&Type> {
    argument(peel(ty), "Box")
}

/// `X`, if `ty` is a `Box<X>`, `Rc<X>` or `Arc<X>`.
pub fn owned(ty: &Type) -> Option<&Type> {
    ["Box", "Rc", "Arc"].iter().find_map(|name| argument(peel(ty), name))
}

/// Whether a trait object is a function, such as `dyn Fn(..)`.
pub fn is_function(object: &TypeTraitObject) -> bool {
    object.bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(of) => {
            of.path.segments.last().is_some_and(|last| matches!(last.arguments, PathArguments::Parenthesized(_)))
        }
        _ => false,
    })
}

/// `X`, if `ty` is a `[X; 0]`.
pub fn of_none(ty: &Type) -> Option<&Type> {
    let Type::Array(array) = peel(ty) else { return None };
    let mut len = &array.len;
    while let Expr::Group(ExprGroup { expr, .. }) | Expr::Paren(ExprParen { expr, .. }) = len {
        len = expr;
    }
    let zero = matches!(len, Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) if int.base10_digits() == "0");
    zero.then(|| peel(&array.elem))
}

/// Whether `ty` is a `Cow<'static, _>`.
pub fn is_static_cow(ty: &Type) -> bool {
    let cow = last_segment(ty).filter(|segment| segment.ident == "Cow");
    let Some(PathArguments::AngleBracketed(arguments)) = cow.map(|segment| &segment.arguments) else { return false };
    let lifetime = arguments.args.first();
    matches!(lifetime, Some(GenericArgument::Lifetime(lifetime)) if lifetime.ident == "static")
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(TypePath { qself: None, path, .. }) => path.segments.last(),
        _ => None,
    }
}

pub fn arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    let arguments = arguments.into_iter().flatten();
    arguments.filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Types of std and `indexmap` that hold values of their arguments. `PhantomData` does not, and nothing is known about
/// the user's types.
const HOLDERS: &[&str] = &[
    "Arc",
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "Box",
    "Cell",
    "Cow",
    "HashMap",
    "HashSet",
    "IndexMap",
    "IndexSet",
    "LinkedList",
    "Option",
    "Range",
    "RangeInclusive",
    "Rc",
    "RefCell",
    "Result",
    "Reverse",
    "Saturating",
    "Vec",
    "VecDeque",
    "Wrapping",
];

/// The type itself and the types that its values hold, outside in, as far as syntax shows them.
pub fn held(ty: &Type) -> Vec<&Type> {
    let mut held = vec![peel(ty)];
    let mut next = 0;
    while let Some(&outer) = held.get(next) {
        next += 1;
        match outer {
            Type::Array(array) => held.push(peel(&array.elem)),
            Type::Slice(slice) => held.push(peel(&slice.elem)),
            Type::Reference(reference) => held.push(peel(&reference.elem)),
            Type::Tuple(tuple) => held.extend(tuple.elems.iter().map(peel)),
            Type::Path(_) => {
                if let Some(segment) = last_segment(outer).filter(|segment| holds(&segment.ident)) {
                    held.extend(arguments(segment).map(peel));
                }
            }
            _ => {}
        }
    }
    held
}

/// Whether a type holds values of its arguments.
pub fn is_holder(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| holds(&segment.ident))
}

fn holds(name: &Ident) -> bool {
    HOLDERS.iter().any(|holder| name == holder)
}

/// Whether values of the type cannot lie in memory as in an image, by its name: they point to their contents, take no
/// arbitrary bytes, or differ in size. If a type of the user is named like that, its struct is only copied more slowly.
pub fn is_apart(ty: &Type) -> bool {
    match peel(ty) {
        Type::Array(array) => is_apart(&array.elem),
        Type::Reference(_) | Type::Tuple(_) => true,
        ty => last_segment(ty).is_some_and(|last| {
            let name = &last.ident;
            holds(name) && arguments(last).next().is_some()
                || ["bool", "char", "isize", "usize", "String"].iter().any(|apart| name == apart)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn of(ty: &Type) -> (Shape, bool, String) {
        let bytes = Bytes::new(ty, Shown::Counted);
        let element = bytes.element.to_token_stream().to_string();
        (bytes.shape, bytes.optional, element)
    }

    #[test]
    fn each_shape_is_known_by_its_last_segment() {
        let table: [(Type, Shape); 13] = [
            (parse_quote!(Vec<Bicycle>), Shape::Vec),
            (parse_quote!(std::vec::Vec<Bicycle>), Shape::Vec),
            (parse_quote!(Box<[Bicycle]>), Shape::BoxSlice),
            (parse_quote!([Bicycle; 3]), Shape::Array),
            (parse_quote!(::std::sync::Arc<[Bicycle]>), Shape::ArcSlice),
            (parse_quote!(Rc<[Bicycle]>), Shape::RcSlice),
            (parse_quote!(&'a [Bicycle]), Shape::Slice),
            (parse_quote!(Cow<'a, [Bicycle]>), Shape::Cow),
            (parse_quote!(Cow<'static, [Bicycle]>), Shape::StaticCow),
            (parse_quote!(Bicycle), Shape::One),
            (parse_quote!((Bicycle)), Shape::One),
            (parse_quote!((Vec<(Bicycle)>)), Shape::Vec),
            (parse_quote!(&'a ([Bicycle])), Shape::Slice),
        ];
        for (ty, shape) in &table {
            let text = ty.to_token_stream();
            assert_eq!(of(ty), (*shape, false, "Bicycle".to_owned()), "{text}");
            let optional: Type = parse_quote!(core::option::Option<#ty>);
            assert_eq!(of(&optional), (*shape, true, "Bicycle".to_owned()), "{text}");
        }
    }

    #[test]
    fn what_points_or_is_not_any_bytes_lies_apart() {
        let apart: [Type; 8] = [
            parse_quote!(bool),
            parse_quote!(usize),
            parse_quote!([[char; 2]; 3]),
            parse_quote!(std::string::String),
            parse_quote!((Vec<u8>)),
            parse_quote!(Option<f64>),
            parse_quote!((u8, u8)),
            parse_quote!(&'a str),
        ];
        for ty in &apart {
            assert!(is_apart(ty), "{}", ty.to_token_stream());
        }
        let others: [Type; 6] = [
            parse_quote!(Cell),
            parse_quote!(u64),
            parse_quote!([f32; 3]),
            parse_quote!(Bicycle),
            parse_quote!(bikes::Bicycle<String>),
            parse_quote!(<A as B>::C),
        ];
        for ty in &others {
            assert!(!is_apart(ty), "{}", ty.to_token_stream());
        }
    }

    #[test]
    fn what_is_no_shape_is_one_element() {
        let table: [Type; 6] = [
            parse_quote!(Box<f64>),
            parse_quote!(Arc<Vec<u8>>),
            parse_quote!(VecDeque<u8>),
            parse_quote!(<T as Trait>::Vec<u8>),
            parse_quote!(Cow<'a, str>),
            parse_quote!(Vec<u8, Arena>),
        ];
        for ty in &table {
            let whole = ty.to_token_stream().to_string();
            assert_eq!(of(ty), (Shape::One, false, whole));
        }
    }

    #[test]
    fn an_array_of_arrays_has_arrays_as_elements() {
        assert_eq!(of(&parse_quote!(Vec<[f64; 3]>)).2, "[f64 ; 3]");
        assert_eq!(of(&parse_quote!([[f64; 3]; 4])).2, "[f64 ; 3]");
    }

    #[test]
    fn types_are_shown_as_they_are_written() {
        for text in ["Vec<u64>", "std::HashMap<K, [V; 2]>", "(&'a str, Option<Box<T>>)"] {
            assert_eq!(shown(&syn::parse_str(text).unwrap()), text);
        }
    }

    #[test]
    fn holders_show_what_they_hold() {
        let ty: Type = parse_quote!(Option<(HashMap<&'static str, [u8; 4]>, Own<f32>)>);
        let types: Vec<String> = held(&ty).iter().map(|ty| ty.to_token_stream().to_string()).collect();
        let inner = ["& 'static str", "[u8 ; 4]", "str", "u8"];
        assert_eq!(types[types.len() - 4..], inner);
        assert!(types.iter().all(|ty| ty != "f32"));
    }
}
