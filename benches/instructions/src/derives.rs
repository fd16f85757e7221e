//! The derives of the data sets here: only `state`'s traits.

macro_rules! data {
    ($($item:item)*) => {
        $(
            #[derive(Debug, PartialEq, state_core::State, absent::Encode)]
            $item
        )*
    };
}

pub(crate) use {data, data as recursive, data as views};
