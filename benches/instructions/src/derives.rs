//! What is derived for the data sets here: `state`'s traits alone.

macro_rules! data {
    ($($item:item)*) => {
        $(
            #[derive(Debug, PartialEq, state_core::State, absent::Encode)]
            $item
        )*
    };
}

pub(crate) use {data, data as recursive, data as views};
