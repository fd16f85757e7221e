//! The conversion of parts of a field's type to its slot: by modules, as `with` says, or into owned values, because a
//! `Cow<'static, _>` cannot borrow from the bytes. Both follow the written type; types behind an alias are not seen.

use syn::ext::IdentExt;
use syn::{Error, GenericArgument, Path, PathArguments, Type, TypePath};

use crate::shape;

/// A part of a field's type, and how it is converted.
pub struct Convert {
    pub ty: Type,
    pub how: How,
}

pub enum How {
    /// Not at all: it is the same in the slot.
    Keep,
    /// `with`: a module converts it to a slot and back.
    With(Path),
    /// `with`: its slot has this type, which describes it.
    Remote(Type),
    /// `Cow<'static, _>`: it is restored as a `Cow` that borrows from the bytes, and made owned.
    Own,
    /// Its own parts are converted.
    Parts(Holder, Vec<Convert>),
}

/// The types whose parts can be converted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holder {
    Option,
    Box,
    /// Lists and sets: types that can be iterated over and collected.
    List,
    Map,
    Array,
    Tuple,
}

impl Convert {
    /// The conversion that `with` describes: a module, or the type itself with modules in place of the types that they
    /// convert and `_` in place of those that stay.
    pub fn with(with: &Type, ty: &Type) -> Result<Self, Error> {
        let convert = parts_with(with, ty)?;
        if convert.is_kept() {
            let message = "nothing is converted; write a module in place of the type to convert, \
                as in `with = Option<path::to::module>`";
            return Err(Error::new_spanned(with, message));
        }
        Ok(convert)
    }

    /// The conversion to owned values in a type that is restored from bytes, if it contains any `Cow<'static, _>`.
    pub fn owned(ty: &Type) -> Option<Self> {
        let convert = parts_owned(ty);
        (!convert.is_kept()).then_some(convert)
    }

    fn is_kept(&self) -> bool {
        match &self.how {
            How::Keep => true,
            How::With(_) | How::Remote(_) | How::Own => false,
            How::Parts(_, parts) => parts.iter().all(Convert::is_kept),
        }
    }

    /// The types in the slot that are written in the source: those that stay, and those that describe others.
    pub fn written(&self) -> Vec<&Type> {
        match &self.how {
            How::Keep => vec![&self.ty],
            How::Remote(ty) => vec![ty],
            How::With(_) | How::Own => Vec::new(),
            How::Parts(_, parts) => parts.iter().flat_map(Convert::written).collect(),
        }
    }

    /// The type with each part replaced by the result of `part`.
    pub fn replaced(&self, part: &impl Fn(&Convert) -> Type) -> Type {
        match &self.how {
            How::Parts(_, parts) => {
                let parts: Vec<Type> = parts.iter().map(|convert| convert.replaced(part)).collect();
                put_parts(&self.ty, &parts)
            }
            _ => part(self),
        }
    }
}

fn parts_with(with: &Type, ty: &Type) -> Result<Convert, Error> {
    let (with, ty) = (shape::peel(with), shape::peel(ty));
    let keep = |how| Ok(Convert { ty: ty.clone(), how });
    if let Type::Infer(_) = with {
        return keep(How::Keep);
    }
    match module(with) {
        Some(_) if shape::is_primitive(with) => return Err(unfit(with, ty)),
        Some(path) => return keep(How::With(path.clone())),
        None if describes(with) => return keep(How::Remote(with.clone())),
        None => {}
    }
    let (Some((holder, modules)), Some((same, parts))) = (parts(with), parts(ty)) else {
        return Err(unfit(with, ty));
    };
    if holder != same || modules.len() != parts.len() || shape::name_of(with) != shape::name_of(ty) {
        return Err(unfit(with, ty));
    }
    let parts: Result<Vec<_>, _> = modules.into_iter().zip(parts).map(|(with, ty)| parts_with(with, ty)).collect();
    keep(How::Parts(holder, parts?))
}

/// The path of a module: its name begins with a lowercase letter, and names of types with an uppercase one.
fn module(with: &Type) -> Option<&Path> {
    let Type::Path(TypePath { qself: None, path, .. }) = with else { return None };
    let has_arguments = path.segments.iter().any(|segment| !segment.arguments.is_none());
    (!has_arguments && !is_named_as_a_type(path)).then_some(path)
}

/// Whether it is a type that describes another: not a container of converted parts, nor a type whose arguments contain
/// `_` or a module.
fn describes(with: &Type) -> bool {
    let Type::Path(TypePath { qself: None, path, .. }) = with else { return false };
    let is_said = |ty: &Type| matches!(ty, Type::Infer(_)) || !shape::is_primitive(ty) && module(ty).is_some();
    is_named_as_a_type(path)
        && !(shape::is_holder(with) && shape::type_arguments(with).next().is_some())
        && !shape::type_arguments(with).flat_map(shape::held).any(is_said)
}

fn is_named_as_a_type(path: &Path) -> bool {
    let name = path.segments.last().map(|segment| segment.ident.unraw().to_string());
    name.is_some_and(|name| name.starts_with(char::is_uppercase))
}

fn unfit(with: &Type, ty: &Type) -> Error {
    let ty = shape::shown(ty);
    let message = format!(
        "expected a module, or `{ty}` with a module in place of each type to convert and `_` in place of the others; \
            this works inside `Option`, `Box`, `Vec`, arrays, tuples, maps and sets"
    );
    Error::new_spanned(with, message)
}

fn parts_owned(ty: &Type) -> Convert {
    let ty = shape::peel(ty);
    let how = match parts(ty) {
        _ if shape::is_static_cow(ty) => How::Own,
        Some((holder, parts)) => How::Parts(holder, parts.into_iter().map(parts_owned).collect()),
        None => How::Keep,
    };
    let convert = Convert { ty: ty.clone(), how };
    // A part in which nothing is converted stays as a whole.
    if convert.is_kept() { Convert { how: How::Keep, ..convert } } else { convert }
}

/// The parts of a type whose parts can be converted.
fn parts(ty: &Type) -> Option<(Holder, Vec<&Type>)> {
    match ty {
        Type::Array(array) => return Some((Holder::Array, vec![shape::peel(&array.elem)])),
        Type::Tuple(tuple) => return Some((Holder::Tuple, tuple.elems.iter().map(shape::peel).collect())),
        _ => {}
    }
    let parts: Vec<&Type> = shape::type_arguments(ty).map(shape::peel).collect();
    let (holder, count) = match shape::name_of(ty)?.as_str() {
        "Option" => (Holder::Option, 1),
        "Box" => match parts.first()? {
            Type::Slice(slice) => return Some((Holder::List, vec![shape::peel(&slice.elem)])),
            _ => (Holder::Box, 1),
        },
        "Vec" | "VecDeque" | "LinkedList" | "BTreeSet" | "BinaryHeap" | "HashSet" | "IndexSet" => (Holder::List, 1),
        "BTreeMap" | "HashMap" | "IndexMap" => (Holder::Map, 2),
        _ => return None,
    };
    // Further arguments are a hasher.
    (parts.len() >= count).then(|| (holder, parts[..count].to_vec()))
}

/// Replaces the parts of a type.
fn put_parts(ty: &Type, parts: &[Type]) -> Type {
    let mut ty = ty.clone();
    match &mut ty {
        Type::Array(array) => (*array.elem).clone_from(&parts[0]),
        Type::Tuple(tuple) => tuple.elems.iter_mut().zip(parts).for_each(|(elem, part)| elem.clone_from(part)),
        Type::Path(path) => {
            let arguments = path.path.segments.last_mut().map(|segment| &mut segment.arguments);
            if let Some(PathArguments::AngleBracketed(arguments)) = arguments {
                put_arguments(arguments.args.iter_mut(), parts);
            }
        }
        _ => {}
    }
    ty
}

fn put_arguments<'a>(arguments: impl Iterator<Item = &'a mut GenericArgument>, parts: &[Type]) {
    let types = arguments.filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    for (ty, part) in types.zip(parts) {
        match ty {
            Type::Slice(slice) => (*slice.elem).clone_from(part),
            _ => ty.clone_from(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::ToTokens;
    use syn::parse_quote;

    fn slot(with: &Type, ty: &Type) -> Result<String, String> {
        let part = |convert: &Convert| match &convert.how {
            How::With(path) => parse_quote!(#path::Slot),
            How::Remote(ty) => ty.clone(),
            _ => convert.ty.clone(),
        };
        let convert = Convert::with(with, ty).map_err(|error| error.to_string())?;
        Ok(convert.replaced(&part).to_token_stream().to_string())
    }

    #[test]
    fn with_is_written_as_the_type() {
        let table: [(Type, Type, &str); 12] = [
            (parse_quote!(mirror::Vector), parse_quote!(math::Vec2), "mirror :: Vector"),
            (parse_quote!(Matrix<T, 2>), parse_quote!(math::Matrix<T, 2>), "Matrix < T , 2 >"),
            (parse_quote!(Vec<Pair<u8, [T; 2]>>), parse_quote!(Vec<X>), "Vec < Pair < u8 , [T ; 2] > >"),
            (parse_quote!(Label<'a>), parse_quote!(Text<'a>), "Label < 'a >"),
            (parse_quote!(Option<Vector>), parse_quote!(Option<math::Vec2>), "Option < Vector >"),
            (parse_quote!(hex), parse_quote!(Vec<u8>), "hex :: Slot"),
            (
                parse_quote!(Option<a::hex>),
                parse_quote!(std::option::Option<u8>),
                "std :: option :: Option < a :: hex :: Slot >",
            ),
            (parse_quote!(HashMap<_, hex>), parse_quote!(HashMap<K, V, S>), "HashMap < K , hex :: Slot , S >"),
            (parse_quote!(HashMap<hex, _>), parse_quote!(HashMap<K, Vec<V>>), "HashMap < hex :: Slot , Vec < V > >"),
            (parse_quote!(Vec<(_, [hex; 2])>), parse_quote!(Vec<(A, [B; N])>), "Vec < (A , [hex :: Slot ; N]) >"),
            (parse_quote!(Box<[hex]>), parse_quote!(Box<[u8]>), "Box < [hex :: Slot] >"),
            (parse_quote!(Option<Box<hex>>), parse_quote!(Option<Box<u8>>), "Option < Box < hex :: Slot > >"),
        ];
        for (with, ty, expected) in &table {
            assert_eq!(slot(with, ty).as_deref(), Ok(*expected));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let table: [(Type, Type); 11] = [
            (parse_quote!(Vec<hex>), parse_quote!(Option<u8>)),
            (parse_quote!(Vec<hex>), parse_quote!(VecDeque<u8>)),
            (parse_quote!(Vec<hex>), parse_quote!(u64)),
            (parse_quote!(Own<hex>), parse_quote!(Own<u8>)),
            (parse_quote!(Own<_, u8>), parse_quote!(Own<u8, u8>)),
            (parse_quote!(Own<Vec<a::hex>>), parse_quote!(Own<Vec<u8>>)),
            (parse_quote!(Arc<Vector>), parse_quote!(Arc<math::Vec2>)),
            (parse_quote!((hex, hex)), parse_quote!((u8, u8, u8))),
            (parse_quote!(HashMap<hex>), parse_quote!(HashMap<u8, u8>)),
            (parse_quote!(Option<Vec<hex>>), parse_quote!(Option<u8>)),
            (parse_quote!(&hex), parse_quote!(&u8)),
        ];
        for (with, ty) in &table {
            let error = slot(with, ty).unwrap_err();
            assert!(error.contains("expected a module, or "), "{error}");
        }
        assert!(
            slot(&parse_quote!(Option<_>), &parse_quote!(Option<u8>)).unwrap_err().contains("nothing is converted")
        );
    }

    #[test]
    fn static_cows_are_found_where_they_are() {
        let owned = |ty: Type| Convert::owned(&ty).map(|convert| convert.written().len());
        assert_eq!(owned(parse_quote!(Cow<'static, str>)), Some(0));
        assert_eq!(owned(parse_quote!(std::borrow::Cow<'static, [u8]>)), Some(0));
        assert_eq!(owned(parse_quote!(HashMap<Cow<'static, str>, (u8, V), S>)), Some(1));
        assert_eq!(owned(parse_quote!((A, Option<Vec<Cow<'static, str>>>, B))), Some(2));
        assert_eq!(owned(parse_quote!(Cow<'a, str>)), None);
        assert_eq!(owned(parse_quote!(Own<Cow<'static, str>>)), None);
    }
}
