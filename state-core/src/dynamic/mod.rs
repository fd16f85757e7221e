//! Trait objects: [`dynamic!`](crate::dynamic) lists the types that can be behind `dyn Trait`, and a pointer to it is
//! then written like one to an enum of them.
//!
//! Nothing is registered and nothing runs before `main`: the list is a constant, and a value's type is found in it by
//! its `TypeId`.

mod listed;
#[cfg(feature = "std")]
mod open;
mod tags;

use core::any::Any;

pub use listed::{
    Access, Listed, Member, access, any, boxed, check_listed, exchange_listed, get_listed, position, put_listed,
    set_listed, settle_listed, size_listed,
};
#[cfg(feature = "std")]
pub(crate) use open::registered_so_far;
#[cfg(feature = "std")]
pub use open::{
    OpenMember, OpenSet, Registry, check_open, exchange_open, get_open, gone_arc_open, gone_rc_open, known_set,
    put_open, set_open, settle_open, size_open,
};
pub use tags::{assert_tags, member_aliases, member_schema, member_tag, older_member, renamed_member, trait_name};

use crate::state::State;

/// The supertrait of a trait whose objects have a state; every `'static` type with a [`State`] implements it.
///
/// See [`dynamic!`](crate::dynamic), which lists the types, for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Dynamic`",
    label = "neither a type with a state, nor an object of a trait with the supertrait `Dynamic`",
    note = "for a type, write `#[derive(State)]`",
    note = "for a trait, write `trait Name: state_core::Dynamic`"
)]
pub trait Dynamic: Any {
    #[doc(hidden)]
    fn __any(&self) -> &dyn Any;

    #[doc(hidden)]
    fn __any_mut(&mut self) -> &mut dyn Any;

    #[doc(hidden)]
    fn __type_name(&self) -> &'static str;
}

#[diagnostic::do_not_recommend]
impl<T: State + Any> Dynamic for T {
    fn __any(&self) -> &dyn Any {
        self
    }

    fn __any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn __type_name(&self) -> &'static str {
        core::any::type_name::<T>()
    }
}

/// Gives `Box`, `Rc` and `Arc` of a trait object a state, from a list of the types that can be behind it.
///
/// The trait has the supertrait [`Dynamic`](trait@crate::Dynamic), and the list must be in the trait's crate.
///
/// ```
/// use state_core::{Dynamic, State, dumps, dynamic, loads};
///
/// trait Monster: Dynamic {
///     fn roar(&self) -> String;
/// }
///
/// #[derive(State)]
/// struct Goblin { gold: u32 }
///
/// impl Monster for Goblin {
///     fn roar(&self) -> String { format!("a goblin with {} gold", self.gold) }
/// }
///
/// #[derive(State)]
/// struct Slime<T> { of: T }
///
/// impl<T: State + std::fmt::Debug + 'static> Monster for Slime<T> {
///     fn roar(&self) -> String { format!("a slime of {:?}", self.of) }
/// }
///
/// // A generic type is listed as often as it is used, with a tag for each use.
/// dynamic!(dyn Monster = [Goblin, Slime<u8> as "SmallSlime", Slime<u64> as "LargeSlime"]);
///
/// let cave: Vec<Box<dyn Monster>> = vec![Box::new(Goblin { gold: 3 }), Box::new(Slime { of: 7_u64 })];
/// let back: Vec<Box<dyn Monster>> = loads(&dumps(&cave)?)?;
/// assert_eq!(back[0].roar(), "a goblin with 3 gold");
/// assert_eq!(back[1].roar(), "a slime of 7");
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Bytes
/// They are those of `enum Monster { Goblin(Goblin), .. }`, named after the trait, with the members' tags as variants.
/// So an enum and a trait object can replace each other, the fingerprint covers each member's slots, and the list
/// evolves as an enum does: members may be added and reordered, and [`loads_upgraded`](crate::loads_upgraded) still
/// loads older files. A member's tag is that of its type, or the text after `as`; further texts are its former tags:
/// `Goblin as "game.Goblin" | "Goblin"`. A type's own `#[state(alias = "..")]` counts too. The trait is named in the
/// same way: `dynamic!(dyn Monster as "game.Monster" | "Monster" = [..])`.
///
/// A member can be removed as well: a state without a value of it still loads, and one with such a value is an error.
/// For these, list a replacement that drops the slots, such as `#[state(removed)] struct Gone {}`, with the removed
/// tag: `Gone as "Gone" | "Goblin"`. There is no member that replaces all others, as `#[state(other)]` does in an enum.
///
/// # In place
/// [`load_into`](crate::load_into) restores a value of the same type in place, and replaces one of another type.
///
/// # Errors
/// If the type of a value is not in the list, it cannot be written: the error is
/// [`Unwritable`](crate::ErrorKind::Unwritable), and names the type and the list. Bytes with a tag that is not in the
/// list are [`Malformed`](crate::ErrorKind::Malformed).
///
/// # Python
/// A member that is a struct is an object of its own class, as elsewhere, and is recognized by the name of its class
/// when it is read: a pickled list of `Box<dyn Monster>` is a list of objects of different classes. Any other member
/// (an enum, a number with a tag) appears as an enum's variant, named by its tag.
///
/// # Open sets
/// If the users of a library provide the types, the library writes `dynamic!(dyn Plugin = open)`, or
/// `dynamic!(dyn Plugin as "audio.Plugin" = open)`, and the program calls
/// `<dyn Plugin>::register([member!(Echo), member!(Slime<u8> as "SmallSlime")])` once, before it saves or loads the
/// first state. Identity is then checked type by type: see [the guide](crate::guide::behind_a_trait#open-sets). This
/// needs the feature `std`.
///
/// # Several traits, and `Send`
/// A type may be in the lists of several traits. `dyn Monster + Send + Sync` is a separate type, with its own list; a
/// trait with these as supertraits needs only one list.
#[macro_export]
macro_rules! dynamic {
    ($dyn:ty $(as $name:literal $(| $was:literal)*)? = [
        $($member:ty $(as $tag:literal $(| $had:literal)*)?),* $(,)?
    ]) => {
        const _: () = {
            use $crate::__private as __state;

            const __NAME: &str = __state::trait_name(::core::stringify!($dyn), &[$($name)?]);
            const _: () = __state::assert_tags(&[$(__state::member_tag::<$member>(&[$($tag)?])),*]);
            // A type that is listed twice gives one error.
            trait __OnceInTheList {}
            $(impl __OnceInTheList for $member {})*
            static __EVOLUTION: __state::Evolution = __state::Evolution {
                aliases: &[$($($was),*)?],
                parts: &[$(__state::Alias {
                    variant: "",
                    name: __state::member_tag::<$member>(&[$($tag)?]),
                    aliases: __state::member_aliases::<$member>(&[$(&[$tag $(, $had)*])?]),
                }),*],
                ..__state::Evolution::NONE
            };

            impl __state::Listed for $dyn {
                const MEMBERS: &'static [__state::Member<Self>] = &[$(
                    __state::Member::of::<$member>(|head, reader| {
                        let value: __state::Box<$dyn> = __state::boxed::<$member>(head, reader)?;
                        __state::Some(value)
                    })
                ),*];

                const ACCESS: __state::Access<Self> = __state::access();

                fn position(&self) -> __state::Option<__state::usize> {
                    let types: &[__state::TypeId] = &[$(__state::TypeId::of::<$member>()),*];
                    __state::position(__state::any(self), types)
                }

                fn listed() -> &'static __state::Schema {
                    const {
                        &__state::Schema::enumeration(
                            __state::Names { tag: __NAME, id: __state::id::<Self> },
                            <Self as __state::Listed>::HEAD,
                            __state::Shape { form: __state::Form::Dynamic, ..__state::Shape::PLAIN },
                            const {
                                &[$(__state::EnumVariant::new(
                                    __state::member_tag::<$member>(&[$($tag)?]),
                                    const {
                                        &[__state::Slot::new("0", __state::member_schema::<$member>(&[$({
                                            fn renamed() -> &'static __state::Schema {
                                                const {
                                                    &__state::renamed_member::<$member>($tag, const {
                                                        &__state::older_member::<$member>(&[$($had),*])
                                                    })
                                                }
                                            }
                                            renamed as fn() -> _
                                        })?]))]
                                    },
                                )),*]
                            },
                        )
                        .evolving(&__EVOLUTION)
                    }
                }
            }

            impl __state::Pointee for $dyn {
                const POINTER: __state::usize = 0;

                fn pointer_schema() -> &'static __state::Schema {
                    const { &__state::Schema::boxed(<Self as __state::Listed>::listed) }
                }

                fn shared_schema<P: __state::SharedPointer>() -> &'static __state::Schema {
                    const { &__state::Schema::boxed(<Self as __state::Listed>::listed).shared(P::key) }
                }

                fn weak_schema<P: __state::SharedPointer>() -> &'static __state::Schema {
                    const { &__state::Schema::weak(<Self as __state::Listed>::listed).shared(P::key) }
                }

                const SHARED: __state::Share<Self> = {
                    use __state::OneThread as _;
                    __state::Shares::<Self>::SHARE
                };

                fn size_behind(&self, size: &mut __state::Size) {
                    __state::size_listed(self, size);
                }

                fn put_behind<'v>(&'v self, _: &mut [__state::u8], writer: &mut __state::Writer<'_, 'v>) {
                    __state::put_listed(self, writer);
                }
            }

            impl<'de> __state::RestorePointee<'de> for $dyn {
                fn check_behind<P: __state::Pointer<Self>>(
                    _: &[__state::u8],
                    checker: &mut __state::Checker<'_>,
                ) -> __state::bool {
                    __state::check_listed::<Self, P>(checker)
                }

                fn get_behind<P: __state::Pointer<Self>>(
                    _: &'de [__state::u8],
                    reader: &mut __state::Reader<'de>,
                ) -> __state::Option<P> {
                    __state::get_listed::<Self, P>(reader)
                }

                fn set_behind<P: __state::Pointer<Self>>(
                    pointer: &mut P,
                    _: &'de [__state::u8],
                    reader: &mut __state::Reader<'de>,
                ) {
                    __state::set_listed::<Self, P>(pointer, reader);
                }

                #[allow(unreachable_code)]
                fn gone_rc() -> __state::Option<__state::RcWeak<Self>> {
                    // The weak reference can be to any of the types.
                    $(return __state::Some(__state::RcWeak::<$member>::new());)*
                    __state::None
                }

                #[allow(unreachable_code)]
                fn gone_arc() -> __state::Option<__state::ArcWeak<Self>> {
                    $(return __state::Some(__state::ArcWeak::<$member>::new());)*
                    __state::None
                }

                fn exchange_behind<P: __state::Pointer<Self>>(
                    pointer: &mut P,
                    other: &mut P,
                    reader: &mut __state::Reader<'de>,
                ) {
                    __state::exchange_listed::<Self, P>(pointer, other, reader);
                }

                fn settle_behind<P: __state::Pointer<Self>>(
                    pointer: &mut P,
                    reader: &mut __state::Reader<'de>,
                ) -> __state::Option<()> {
                    __state::settle_listed::<Self, P>(pointer, reader)
                }
            }
        };
    };
    ($dyn:ty $(as $name:literal)? = open) => {
        const _: () = {
            use $crate::__private as __state;

            impl $dyn {
                /// Registers types that can be behind the trait object; types that are already registered remain so.
                ///
                /// # Errors
                /// If two types have the same tag, or one type has two; then none of them is registered.
                pub fn register<const N: __state::usize>(
                    members: [__state::OpenMember<Self>; N],
                ) -> __state::Result<(), __state::Error> {
                    <Self as __state::OpenSet>::registry().register(members)
                }
            }

            impl __state::OpenSet for $dyn {
                const NAME: &'static __state::str = __state::trait_name(::core::stringify!($dyn), &[$($name)?]);

                const ACCESS: __state::Access<Self> = __state::access();

                fn registry() -> &'static __state::Registry<Self> {
                    static REGISTRY: __state::Registry<$dyn> = __state::Registry::new();
                    &REGISTRY
                }

                fn open() -> &'static __state::Schema {
                    const { &__state::Schema::open(<Self as __state::OpenSet>::NAME, __state::known_set::<Self>()) }
                }
            }

            impl __state::Pointee for $dyn {
                const POINTER: __state::usize = 0;

                fn pointer_schema() -> &'static __state::Schema {
                    const { &__state::Schema::boxed(<Self as __state::OpenSet>::open) }
                }

                fn shared_schema<P: __state::SharedPointer>() -> &'static __state::Schema {
                    const { &__state::Schema::boxed(<Self as __state::OpenSet>::open).shared(P::key) }
                }

                fn weak_schema<P: __state::SharedPointer>() -> &'static __state::Schema {
                    const { &__state::Schema::weak(<Self as __state::OpenSet>::open).shared(P::key) }
                }

                const SHARED: __state::Share<Self> = {
                    use __state::OneThread as _;
                    __state::Shares::<Self>::SHARE
                };

                fn size_behind(&self, size: &mut __state::Size) {
                    __state::size_open(self, size);
                }

                fn put_behind<'v>(&'v self, _: &mut [__state::u8], writer: &mut __state::Writer<'_, 'v>) {
                    __state::put_open(self, writer);
                }
            }

            impl<'de> __state::RestorePointee<'de> for $dyn {
                fn check_behind<P: __state::Pointer<Self>>(
                    _: &[__state::u8],
                    checker: &mut __state::Checker<'_>,
                ) -> __state::bool {
                    __state::check_open::<Self, P>(checker)
                }

                fn get_behind<P: __state::Pointer<Self>>(
                    _: &'de [__state::u8],
                    reader: &mut __state::Reader<'de>,
                ) -> __state::Option<P> {
                    __state::get_open::<Self, P>(reader)
                }

                fn set_behind<P: __state::Pointer<Self>>(
                    pointer: &mut P,
                    _: &'de [__state::u8],
                    reader: &mut __state::Reader<'de>,
                ) {
                    __state::set_open::<Self, P>(pointer, reader);
                }

                fn gone_rc() -> __state::Option<__state::RcWeak<Self>> {
                    __state::gone_rc_open()
                }

                fn gone_arc() -> __state::Option<__state::ArcWeak<Self>> {
                    __state::gone_arc_open()
                }

                fn exchange_behind<P: __state::Pointer<Self>>(
                    pointer: &mut P,
                    other: &mut P,
                    reader: &mut __state::Reader<'de>,
                ) {
                    __state::exchange_open::<Self, P>(pointer, other, reader);
                }

                fn settle_behind<P: __state::Pointer<Self>>(
                    pointer: &mut P,
                    reader: &mut __state::Reader<'de>,
                ) -> __state::Option<()> {
                    __state::settle_open::<Self, P>(pointer, reader)
                }
            }
        };
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "a list of types is written `dynamic!(dyn Trait = [A, B])`, with a tag of its own as text: `A as \"tag\"`; and a set \
             whose types are registered while the program runs `dynamic!(dyn Trait = open)`"
        );
    };
}
